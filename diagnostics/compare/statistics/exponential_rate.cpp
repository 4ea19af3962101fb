#include <perigee/diagnostics/compare/statistics/exponential_rate.hpp>

#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

namespace {

ExponentialRate point_estimate(std::span<const CensoredTime> sorted) {
  ExponentialRate estimate;
  for (const CensoredTime& entry : sorted) {
    estimate.total_time += entry.time;
    estimate.events += entry.outcome == Outcome::event ? 1 : 0;
  }
  estimate.rate = estimate.total_time > 0.0 ? static_cast<double>(estimate.events) / estimate.total_time
                                            : std::numeric_limits<double>::quiet_NaN();
  return estimate;
}

// sup |S(t) - exp(-rate t)| over the times at which something was still at risk; `sorted` as sorted_times has them.
double distance_to_exponential(std::span<const CensoredTime> sorted, double rate) {
  double survival = 1.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    double events = 0.0;
    for (; end < sorted.size() && sorted[end].time == sorted[i].time; ++end) {
      events += sorted[end].outcome == Outcome::event ? 1.0 : 0.0;
    }
    const double law = std::exp(-rate * sorted[i].time);
    largest = std::max(largest, std::abs(survival - law));
    survival *= 1.0 - events / static_cast<double>(sorted.size() - i);
    largest = std::max(largest, std::abs(survival - law));
    i = end;
  }
  return largest;
}

double mean_time_on_test(std::span<const CensoredTime> sorted) {
  double before = 0.0;  // sum of the times that are over
  double sum = 0.0;     // of T at the events
  double last = 0.0;
  double events = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double at_risk = static_cast<double>(sorted.size() - i);
    if (sorted[i].outcome == Outcome::event) {
      last = before + at_risk * sorted[i].time;
      sum += last;
      events += 1.0;
    }
    before += sorted[i].time;
  }
  return (sum - last) / (last * (events - 1.0));
}

}  // namespace

ExponentialRate exponential_rate(std::span<const CensoredTime> times, double level) {
  (void)two_sided_normal_quantile(level, "exponential_rate");  // one place says what a level is
  ExponentialRate estimate = point_estimate(sorted_times(times, "exponential_rate"));
  if (!(estimate.total_time > 0.0)) return estimate;
  const double outside = 0.5 * (1.0 - level);
  const double events = static_cast<double>(estimate.events);
  const double scale = 1.0 / (2.0 * estimate.total_time);
  estimate.interval = {events > 0.0 ? scale * chi_squared_quantile(outside, 2.0 * events) : 0.0,
                       scale * chi_squared_quantile(1.0 - outside, 2.0 * events + 2.0)};
  return estimate;
}

ExponentialityTest exponentiality_test(std::span<const CensoredTime> times, std::span<const double> limits,
                                       const RandomSource& random, const ExponentialityOptions& options) {
  const std::vector<CensoredTime> sorted = sorted_times(times, "exponentiality_test");
  const ExponentialRate estimate = point_estimate(sorted);
  if (estimate.events < 3 || !(estimate.total_time > 0.0)) {
    throw std::invalid_argument("exponentiality_test: there must be at least 3 events, got " +
                                std::to_string(estimate.events));
  }
  if (limits.size() != times.size()) {
    throw std::invalid_argument("exponentiality_test: there must be one limit a time, got " +
                                std::to_string(limits.size()) + " for " + std::to_string(times.size()));
  }
  if (options.resamples < 1) {
    throw std::invalid_argument("exponentiality_test: resamples must be >= 1, got " +
                                std::to_string(options.resamples));
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (limits[i] >= times[i].time) continue;
    throw std::invalid_argument("exponentiality_test: a limit must be no less than its time, got " +
                                format_number(limits[i]) + " for " + format_number(times[i].time));
  }
  ExponentialityTest test;
  test.distance = distance_to_exponential(sorted, estimate.rate);
  test.mean_time_on_test = mean_time_on_test(sorted);
  RandomEngine engine = random.engine("exponentiality");
  Index as_far = 0;
  std::vector<CensoredTime> simulated(times.size());
  for (Index resample = 0; resample < options.resamples; ++resample) {
    for (std::size_t i = 0; i < simulated.size(); ++i) {
      double time = -std::log1p(-uniform_unit(engine)) / estimate.rate;
      if (options.spacing > 0.0) time = options.spacing * std::ceil(time / options.spacing);
      simulated[i] =
          time <= limits[i] ? CensoredTime{time, Outcome::event} : CensoredTime{limits[i], Outcome::censored};
    }
    const std::vector<CensoredTime> in_order = sorted_times(simulated, "exponentiality_test");
    // Without an event the rate is 0, and the distance too.
    const double distance = distance_to_exponential(in_order, point_estimate(in_order).rate);
    as_far += distance >= test.distance * (1.0 - 1e-12) ? 1 : 0;
  }
  test.p_value = static_cast<double>(as_far + 1) / static_cast<double>(options.resamples + 1);
  return test;
}

}  // namespace perigee::statistics
