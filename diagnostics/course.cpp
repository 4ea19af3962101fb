#include <perigee/diagnostics/course.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace perigee {

TrendTest course_of_value(const Trajectory& trajectory, const Series& values, double first, double last,
                          double tolerance) {
  const auto begin = std::lower_bound(values.time.begin(), values.time.end(), first) - values.time.begin();
  const auto end = std::upper_bound(values.time.begin(), values.time.end(), last) - values.time.begin();
  const auto skipped = static_cast<std::size_t>(begin);
  const auto count = static_cast<std::size_t>(std::max(begin, end) - begin);
  const std::vector<double> log_time = log_time_of(values);
  const auto trend_above = [&](const ValueBound& bound) {
    const std::vector<double> log_excess = log_excess_of(values, bound);
    return test_trend(std::span(log_time).subspan(skipped, count), std::span(log_excess).subspan(skipped, count),
                      tolerance);
  };
  const ValueBound bound = value_bound(trajectory, values);
  const TrendTest test = trend_above(bound);
  const std::span<const double> stretch = std::span(values.value).subspan(skipped, count);
  const bool is_positive = std::all_of(stretch.begin(), stretch.end(), [](double value) { return value > 0.0; });
  if (bound.is_known() || test.trend == Trend::descent || !is_positive) return test;
  const TrendTest of_loss = trend_above({0.0, BoundSource::nonnegative_loss});
  return of_loss.trend == Trend::descent ? of_loss : test;
}

}  // namespace perigee
