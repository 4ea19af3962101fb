// Do intervals cover, and tests err, at the rate they name? In simulation.
//
// Of `repetitions` intervals at level 0.95 the share that covers has standard deviation sqrt(0.95 * 0.05/repetitions);
// the bands are 4 of these (false alarm 6e-5) around the nominal level. Intervals that are asymptotic get samples large
// enough that theory puts their own error below one of these.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>
#include <perigee/diagnostics/compare/statistics/two_sample_tests.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>

#include <algorithm>
#include <cmath>

using namespace perigee;
using namespace perigee::statistics;

namespace {

bool covers(const Interval& interval, double truth) { return interval.lower <= truth && truth <= interval.upper; }

// The share of `hits`, against `nominal`.
void check_rate(int hits, int repetitions, double nominal) {
  const double share = static_cast<double>(hits) / repetitions;
  const double deviation = std::sqrt(nominal * (1.0 - nominal) / repetitions);
  INFO(hits << " of " << repetitions << ", nominal " << nominal << " +- " << deviation);
  CHECK(std::abs(share - nominal) < 4.0 * deviation);
}

double exponential(RandomEngine& engine, double mean) { return -mean * std::log1p(-uniform_unit(engine)); }

// Exponential times, cut at a common budget, some of them earlier at random.
std::vector<CensoredTime> exponential_sample(RandomEngine& engine, int count, double mean, double budget) {
  std::vector<CensoredTime> times;
  for (int i = 0; i < count; ++i) {
    const double time = exponential(engine, mean);
    const double limit = std::min(budget, exponential(engine, 4.0 * mean));
    times.push_back(time <= limit ? CensoredTime{time, Outcome::event} : CensoredTime{limit, Outcome::censored});
  }
  times.push_back({budget, Outcome::censored});  // the budget itself is always seen
  return times;
}

double binomial_probability(int n, int k, double p) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                  (n - k) * std::log1p(-p));
}

}  // namespace

TEST_CASE("Wilson intervals cover at their level on average, and nowhere far from it") {
  // Exact, by summing binomial probabilities: Brown, Cai and DasGupta (2001), section 3.
  constexpr int n = 50;
  double sum = 0.0;
  double least = 1.0;
  for (int i = 1; i < 200; ++i) {
    const double p = i / 200.0;
    double coverage = 0.0;
    for (int k = 0; k <= n; ++k) {
      if (covers(wilson_interval(k, n), p)) coverage += binomial_probability(n, k, p);
    }
    sum += coverage / 199.0;
    least = std::min(least, coverage);
  }
  CHECK(sum == Approx(0.95).margin(0.005));
  CHECK(least > 0.85);
}

TEST_CASE("Kaplan-Meier bands and restricted means cover; their tests err at their level") {
  constexpr int repetitions = 2000;
  constexpr double mean = 10.0;
  constexpr double budget = 15.0;
  const double true_survival = std::exp(-0.7);
  const double true_mean = mean * (1.0 - std::exp(-budget / mean));
  int band = 0;
  int restricted = 0;
  int log_rank_alarms = 0;
  int mean_alarms = 0;
  int log_rank_detections = 0;
  RandomEngine engine = RandomSource(21).engine("coverage");
  for (int i = 0; i < repetitions; ++i) {
    const std::vector<CensoredTime> first = exponential_sample(engine, 200, mean, budget);
    const std::vector<CensoredTime> second = exponential_sample(engine, 150, mean, budget);
    const std::vector<CensoredTime> slower = exponential_sample(engine, 150, 1.6 * mean, budget);
    const SurvivalCurve curve = kaplan_meier(first);
    const auto after = std::upper_bound(curve.steps.begin(), curve.steps.end(), 0.7 * mean,
                                        [](double t, const SurvivalStep& step) { return t < step.time; });
    band += covers(std::prev(after)->band, true_survival) ? 1 : 0;
    const Estimate estimate = restricted_mean(curve, budget);
    const double half = 1.959964 * estimate.standard_error;
    restricted += covers({estimate.value - half, estimate.value + half}, true_mean) ? 1 : 0;
    log_rank_alarms += log_rank_test(first, second).p_value <= 0.05 ? 1 : 0;
    mean_alarms += restricted_mean_test(first, second, budget).test.p_value <= 0.05 ? 1 : 0;
    log_rank_detections += log_rank_test(first, slower).p_value <= 0.05 ? 1 : 0;
  }
  check_rate(band, repetitions, 0.95);
  check_rate(restricted, repetitions, 0.95);
  check_rate(log_rank_alarms, repetitions, 0.05);
  check_rate(mean_alarms, repetitions, 0.05);
  // Schoenfeld's formula: with about 220 events and a hazard ratio of 1.6 the power is over 0.9.
  CHECK(log_rank_detections > 0.85 * repetitions);
}

TEST_CASE("ERT intervals by simulated restarts cover") {
  // Success with probability 0.6 at an exponential cost of mean 10, else failure at 50: ERT = 10 + 0.4/0.6 * 50.
  constexpr int repetitions = 600;
  constexpr double truth = 10.0 + 0.4 / 0.6 * 50.0;
  int hits = 0;
  RandomEngine engine = RandomSource(22).engine("coverage");
  for (int i = 0; i < repetitions; ++i) {
    std::vector<CensoredTime> runs;
    for (int r = 0; r < 150; ++r) {
      const bool arrives = uniform_unit(engine) < 0.6;
      runs.push_back(arrives ? CensoredTime{exponential(engine, 10.0), Outcome::event}
                             : CensoredTime{50.0, Outcome::censored});
    }
    const RandomSource random(static_cast<std::uint64_t>(i));
    hits += covers(running_time_interval(runs, random, {.resamples = 400}), truth) ? 1 : 0;
  }
  check_rate(hits, repetitions, 0.95);
}

TEST_CASE("bootstrap intervals clustered by problem cover; those that ignore the clusters do not") {
  // 60 problems of 5 runs: an effect of the problem N(0, 1) plus noise N(0, 1).
  constexpr int repetitions = 600;
  constexpr std::size_t problems = 60;
  constexpr std::size_t runs = 5;
  const auto mean = [](const Clusters& clusters) {
    double sum = 0.0;
    double count = 0.0;
    for (const auto& cluster : clusters) {
      for (const double member : cluster) sum += member;
      count += static_cast<double>(cluster.size());
    }
    return sum / count;
  };
  int corrected = 0;
  int percentile = 0;
  int two_stage = 0;
  int ignorant = 0;
  RandomEngine engine = RandomSource(23).engine("coverage");
  for (int i = 0; i < repetitions; ++i) {
    Vector effects(problems);
    Vector noise(problems * runs);
    fill_standard_normal(engine, effects);
    fill_standard_normal(engine, noise);
    Clusters clusters(problems);
    Clusters loose;
    for (std::size_t p = 0; p < problems; ++p) {
      for (std::size_t r = 0; r < runs; ++r) {
        clusters[p].push_back(effects[static_cast<Index>(p)] + noise[static_cast<Index>(p * runs + r)]);
        loose.push_back({clusters[p].back()});
      }
    }
    const RandomSource random(static_cast<std::uint64_t>(i));
    const auto covered = [&](const Clusters& data, BootstrapMethod method, Resampling resampling) {
      const BootstrapOptions options{.resamples = 400, .method = method, .resampling = resampling};
      return covers(cluster_bootstrap(data, mean, random, options).interval, 0.0) ? 1 : 0;
    };
    corrected += covered(clusters, BootstrapMethod::bias_corrected, Resampling::clusters);
    percentile += covered(clusters, BootstrapMethod::percentile, Resampling::clusters);
    two_stage += covered(clusters, BootstrapMethod::percentile, Resampling::clusters_and_members);
    ignorant += covered(loose, BootstrapMethod::percentile, Resampling::clusters);
  }
  check_rate(corrected, repetitions, 0.95);
  check_rate(percentile, repetitions, 0.95);
  // Drawing runs anew, too, adds (1 - 1/5)/5 to the variance 1 + 1/5 of a problem's mean: intervals are 6% wider.
  check_rate(two_stage, repetitions, 0.962);
  // Taking the runs for independent gives sqrt(2/5)/sqrt(1 + 1/5) = 0.577 of the width: it covers in 74%.
  check_rate(ignorant, repetitions, 0.742);
}

TEST_CASE("slope intervals cover: exactly, for normal errors") {
  constexpr int repetitions = 3000;
  int hits = 0;
  RandomEngine engine = RandomSource(24).engine("coverage");
  Vector errors(6);
  const std::vector<double> difficulty{1, 2, 4, 8, 16, 32};
  for (int i = 0; i < repetitions; ++i) {
    fill_standard_normal(engine, errors);
    std::vector<double> cost;
    for (std::size_t k = 0; k < difficulty.size(); ++k) {
      cost.push_back(std::exp(1.0 + 0.5 * std::log(difficulty[k]) + 0.3 * errors[static_cast<Index>(k)]));
    }
    hits +=
        covers(fit_scaling(difficulty, cost, Scale::logarithmic, Response::logarithmic).slope_interval, 0.5) ? 1 : 0;
  }
  check_rate(hits, repetitions, 0.95);
}
