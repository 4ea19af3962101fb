#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/resample.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Sums {
  double cost = 0.0;
  Index arrivals = 0;
};

Sums sums_of(std::span<const CensoredTime> runs, const char* who) {
  if (runs.empty()) throw std::invalid_argument(std::string(who) + ": there must be at least one run, got 0");
  Sums sums;
  for (const CensoredTime& run : sorted_times(runs, who)) {  // in order of size: the sum does not depend on the order
    sums.cost += run.time;
    sums.arrivals += run.outcome == Outcome::event ? 1 : 0;
  }
  return sums;
}

double simulate(std::span<const CensoredTime> runs, RandomEngine& engine) {
  double cost = 0.0;
  for (;;) {
    const CensoredTime& run = runs[uniform_place(engine, runs.size())];
    cost += run.time;
    if (run.outcome == Outcome::event) return cost;
  }
}

}  // namespace

double expected_running_time(std::span<const CensoredTime> runs) {
  const Sums sums = sums_of(runs, "expected_running_time");
  return sums.arrivals == 0 ? infinity : sums.cost / static_cast<double>(sums.arrivals);
}

std::vector<double> simulated_running_times(std::span<const CensoredTime> runs, Index count, RandomEngine& engine) {
  const bool some_arrived = sums_of(runs, "simulated_running_times").arrivals > 0;
  std::vector<double> times(static_cast<std::size_t>(std::max<Index>(0, count)), infinity);
  if (!some_arrived) return times;
  for (double& time : times) time = simulate(runs, engine);
  return times;
}

Interval running_time_interval(std::span<const CensoredTime> runs, const RandomSource& random,
                               const RunningTimeOptions& options) {
  const Index arrivals = sums_of(runs, "running_time_interval").arrivals;
  (void)two_sided_normal_quantile(options.level, "running_time_interval");  // one place says what a level is
  if (options.resamples < 1) {
    throw std::invalid_argument("running_time_interval: resamples must be >= 1, got " +
                                std::to_string(options.resamples));
  }
  if (arrivals == 0) return {std::numeric_limits<double>::quiet_NaN(), infinity};
  std::vector<double> means(static_cast<std::size_t>(options.resamples));
  RandomEngine engine = random.engine("simulated restarts");
  for (double& mean : means) {
    double sum = 0.0;
    for (Index i = 0; i < arrivals; ++i) sum += simulate(runs, engine);
    mean = sum / static_cast<double>(arrivals);
  }
  std::sort(means.begin(), means.end());
  const double outside = 0.5 * (1.0 - options.level);
  return {quantile_of_sorted(means, outside), quantile_of_sorted(means, 1.0 - outside)};
}

}  // namespace perigee::statistics
