#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>
#include <perigee/diagnostics/compare/statistics/two_sample_tests.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee::statistics {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// How many leave at the next time, and how many of these by an event.
struct Leaving {
  double all = 0.0;
  double events = 0.0;
};

Leaving leave_at(double time, const std::vector<CensoredTime>& sorted, std::size_t& next) {
  Leaving leaving;
  for (; next < sorted.size() && sorted[next].time == time; ++next) {
    leaving.all += 1.0;
    leaving.events += sorted[next].outcome == Outcome::event ? 1.0 : 0.0;
  }
  return leaving;
}

}  // namespace

TestResult log_rank_test(std::span<const CensoredTime> first, std::span<const CensoredTime> second) {
  if (first.empty() || second.empty()) throw std::invalid_argument("log_rank_test: no sample may be empty, got one");
  const std::vector<CensoredTime> a = sorted_times(first, "log_rank_test");
  const std::vector<CensoredTime> b = sorted_times(second, "log_rank_test");
  double excess = 0.0;
  double variance = 0.0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {  // beyond, only one is at risk: both sums get nothing more
    const double at_risk = static_cast<double>(a.size() - i);
    const double all = at_risk + static_cast<double>(b.size() - j);
    const double time = std::min(a[i].time, b[j].time);
    const Leaving from_a = leave_at(time, a, i);
    const Leaving from_b = leave_at(time, b, j);
    const double events = from_a.events + from_b.events;
    const double share = at_risk / all;
    excess += from_a.events - events * share;
    if (all > 1.0) variance += events * share * (1.0 - share) * (all - events) / (all - 1.0);
  }
  if (variance == 0.0) return {nan, nan};
  const double statistic = excess * excess / variance;
  return {statistic, chi_squared_tail(statistic)};
}

MeanDifference restricted_mean_test(std::span<const CensoredTime> first, std::span<const CensoredTime> second,
                                    double horizon, double level) {
  const double z = two_sided_normal_quantile(level, "restricted_mean_test");
  const Estimate a = restricted_mean(kaplan_meier(first, level), horizon);
  const Estimate b = restricted_mean(kaplan_meier(second, level), horizon);
  MeanDifference result;
  result.difference = a.value - b.value;
  const double error = std::hypot(a.standard_error, b.standard_error);
  result.interval = {result.difference - z * error, result.difference + z * error};
  result.test.statistic = result.difference / error;  // 0/0: nothing to test
  result.test.p_value = std::erfc(std::abs(result.test.statistic) / std::sqrt(2.0));
  return result;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size(), nan);
  double greatest = 0.0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = static_cast<double>(order.size() - rank) * p_values[order[rank]];
    greatest = std::max(greatest, std::min(1.0, scaled));
    adjusted[order[rank]] = greatest;
  }
  return adjusted;
}

}  // namespace perigee::statistics
