#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/resample.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require_runs(std::span<const CensoredTime> runs, const char* who) {
  if (runs.empty()) throw std::invalid_argument(std::string(who) + ": there must be at least one run, got 0");
  check_times(runs, who);
}

Index arrivals_of(std::span<const CensoredTime> runs) {
  return std::count_if(runs.begin(), runs.end(), [](const CensoredTime& run) { return run.outcome == Outcome::event; });
}

double simulate(std::span<const CensoredTime> runs, RandomEngine& engine) {
  double cost = 0.0;
  for (;;) {
    const CensoredTime& run = runs[uniform_place(engine, runs.size())];
    cost += run.time;
    if (run.outcome == Outcome::event) return cost;
  }
}

constexpr std::size_t most_simulated_runs = 50000;  // of which each resample draws as many
constexpr double most_summed = 1000.0;              // costs or counts drawn one by one

double standard_normal(RandomEngine& engine) {
  double number = 0.0;
  fill_standard_normal(engine, VectorView(&number, 1));
  return number;
}

// Runs of one outcome, for sums of many of them drawn with replacement.
class Costs {
 public:
  void add(double cost) { costs_.push_back(cost); }

  void finish() {
    for (const double cost : costs_) mean_ += cost / static_cast<double>(costs_.size());
    for (const double cost : costs_) variance_ += (cost - mean_) * (cost - mean_) / static_cast<double>(costs_.size());
  }

  double count() const { return static_cast<double>(costs_.size()); }

  double sum_of(double draws, RandomEngine& engine) const {
    if (costs_.empty() || draws <= 0.0) return 0.0;
    if (draws > most_summed) return draws * mean_ + std::sqrt(draws * variance_) * standard_normal(engine);
    double sum = 0.0;
    for (double i = 0.0; i < draws; ++i) sum += costs_[uniform_place(engine, costs_.size())];
    return sum;
  }

 private:
  std::vector<double> costs_;
  double mean_ = 0.0;
  double variance_ = 0.0;
};

// How many runs fail before so many arrivals: each time a geometric number, P(at least k) = (1 - p)^k.
double failures_before(double arrivals, double rate, RandomEngine& engine) {
  if (rate >= 1.0) return 0.0;
  if (arrivals > most_summed) {
    const double mean = arrivals * (1.0 - rate) / rate;
    return std::max(0.0, std::round(mean + std::sqrt(mean / rate) * standard_normal(engine)));
  }
  double failures = 0.0;
  for (double i = 0.0; i < arrivals; ++i) {
    failures += std::floor(std::log1p(-uniform_unit(engine)) / std::log1p(-rate));
  }
  return failures;
}

// The means of k simulated running times where there are too many runs to draw them all again and again.
void simulate_means(std::span<const CensoredTime> runs, RandomEngine& engine, std::span<double> means) {
  Costs arrived;
  Costs failed;
  for (const CensoredTime& run : runs) (run.outcome == Outcome::event ? arrived : failed).add(run.time);
  arrived.finish();
  failed.finish();
  const double arrivals = arrived.count();
  const double rate = arrivals / static_cast<double>(runs.size());
  for (double& mean : means) {
    const double failures = failures_before(arrivals, rate, engine);
    mean = (arrived.sum_of(arrivals, engine) + failed.sum_of(failures, engine)) / arrivals;
  }
}

}  // namespace

double expected_running_time(std::span<const CensoredTime> runs) {
  require_runs(runs, "expected_running_time");
  double cost = 0.0;  // in order of size: the sum does not depend on the order
  for (const CensoredTime& run : sorted_times(runs, "expected_running_time")) cost += run.time;
  const Index arrivals = arrivals_of(runs);
  return arrivals == 0 ? infinity : cost / static_cast<double>(arrivals);
}

std::vector<double> simulated_running_times(std::span<const CensoredTime> runs, Index count, RandomEngine& engine) {
  require_runs(runs, "simulated_running_times");
  std::vector<double> times(static_cast<std::size_t>(std::max<Index>(0, count)), infinity);
  if (arrivals_of(runs) == 0) return times;
  for (double& time : times) time = simulate(runs, engine);
  return times;
}

Interval running_time_interval(std::span<const CensoredTime> runs, const RandomSource& random,
                               const RunningTimeOptions& options) {
  require_runs(runs, "running_time_interval");
  const Index arrivals = arrivals_of(runs);
  (void)two_sided_normal_quantile(options.level, "running_time_interval");  // one place says what a level is
  if (options.resamples < 1) {
    throw std::invalid_argument("running_time_interval: resamples must be >= 1, got " +
                                std::to_string(options.resamples));
  }
  if (arrivals == 0) return {std::numeric_limits<double>::quiet_NaN(), infinity};
  std::vector<double> means(static_cast<std::size_t>(options.resamples));
  RandomEngine engine = random.engine("simulated restarts");
  if (runs.size() > most_simulated_runs) {
    simulate_means(runs, engine, means);
  } else {
    for (double& mean : means) {
      double sum = 0.0;
      for (Index i = 0; i < arrivals; ++i) sum += simulate(runs, engine);
      mean = sum / static_cast<double>(arrivals);
    }
  }
  std::sort(means.begin(), means.end());
  const double outside = 0.5 * (1.0 - options.level);
  return {quantile_of_sorted(means, outside), quantile_of_sorted(means, 1.0 - outside)};
}

}  // namespace perigee::statistics
