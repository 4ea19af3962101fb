// The statistics of comparisons on cases worked by hand and on published examples.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/data_profile.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>
#include <perigee/diagnostics/compare/statistics/performance_profile.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>
#include <perigee/diagnostics/compare/statistics/target_distribution.hpp>
#include <perigee/diagnostics/compare/statistics/two_sample_tests.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/lib/random.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::statistics;

namespace {

std::vector<CensoredTime> times_of(std::initializer_list<double> events, std::initializer_list<double> censored) {
  std::vector<CensoredTime> times;
  for (const double time : events) times.push_back({time, Outcome::event});
  for (const double time : censored) times.push_back({time, Outcome::censored});
  return times;
}

// Weeks in remission of 42 children with leukemia: Freireich et al. (1963), the standard example of survival analysis
// (Kalbfleisch and Prentice 2002; Klein and Moeschberger 2003).
const std::vector<CensoredTime> treated =
    times_of({6, 6, 6, 7, 10, 13, 16, 22, 23}, {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35});
const std::vector<CensoredTime> untreated =
    times_of({1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}, {});

double mean_of_all(const Clusters& clusters) {
  double sum = 0.0;
  double count = 0.0;
  for (const std::vector<double>& cluster : clusters) {
    for (const double member : cluster) sum += member;
    count += static_cast<double>(cluster.size());
  }
  return sum / count;
}

}  // namespace

TEST_CASE("Wilson intervals agree with worked cases") {
  // The formula worked by hand: 0/10 and 8/10 at 95%.
  const Interval none = wilson_interval(0, 10);
  CHECK(none.lower == Approx(0.0).margin(1e-12));
  CHECK(none.upper == Approx(0.277533).epsilon(1e-5));
  const Interval most = wilson_interval(8, 10);
  CHECK(most.lower == Approx(0.490162).epsilon(1e-5));
  CHECK(most.upper == Approx(0.943318).epsilon(1e-5));
  // k successes and k failures are the same question: the interval is mirrored.
  CHECK(wilson_interval(2, 10).lower == Approx(1.0 - most.upper).epsilon(1e-12));
  CHECK_THROWS_AS(wilson_interval(3, 2), std::invalid_argument);
  CHECK_THROWS_AS(wilson_interval(3, 4, 1.0), std::invalid_argument);
}

TEST_CASE("six runs worked by hand: survival, restricted mean, median, ERT") {
  const std::vector<CensoredTime> runs = times_of({3, 5, 5, 8}, {10, 10});
  const SurvivalCurve curve = kaplan_meier(runs);
  REQUIRE(curve.steps.size() == 3);
  CHECK(curve.steps[0].survival == Approx(5.0 / 6.0));
  CHECK(curve.steps[0].standard_error == Approx(0.152145).epsilon(1e-5));
  CHECK(curve.steps[1].survival == Approx(0.5));
  CHECK(curve.steps[1].standard_error == Approx(0.204124).epsilon(1e-5));
  CHECK(curve.steps[2].survival == Approx(1.0 / 3.0));
  CHECK(curve.steps[2].standard_error == Approx(0.192450).epsilon(1e-5));
  const Estimate mean = restricted_mean(curve, 10.0);
  CHECK(mean.value == Approx(6.833333).epsilon(1e-6));
  // A = 23/6, 13/6, 2/3; terms 1/30, 2/15, 1/6: the variance is 1.189815.
  CHECK(mean.standard_error == Approx(std::sqrt(1.189815)).epsilon(1e-6));
  // To 5: 3 + 2 * 5/6, variance (5/3)^2/30.
  CHECK(restricted_mean(curve, 5.0).value == Approx(14.0 / 3.0));
  CHECK(restricted_mean(curve, 5.0).standard_error == Approx(std::sqrt(25.0 / 270.0)));
  CHECK(median_time(curve) == 5.0);
  CHECK(expected_running_time(runs) == 10.25);

  CHECK(survival_at(curve, 0.0) == 1.0);
  CHECK(survival_at(curve, 5.0) == Approx(0.5));
  CHECK(survival_at(curve, 10.0) == Approx(1.0 / 3.0));
  CHECK(std::isnan(survival_at(curve, 10.5)));
  CHECK_THROWS_AS(restricted_mean(curve, 11.0), std::invalid_argument);
  CHECK_THROWS_AS(kaplan_meier({}), std::invalid_argument);
  CHECK_THROWS_AS(kaplan_meier(times_of({-1}, {})), std::invalid_argument);
}

TEST_CASE("without censoring the curve is the empirical one, its error binomial, the restricted mean the mean") {
  // Identities of the estimator.
  const SurvivalCurve curve = kaplan_meier(untreated);
  const double n = static_cast<double>(untreated.size());
  for (const SurvivalStep& step : curve.steps) {
    double later = 0.0;
    for (const CensoredTime& entry : untreated) later += entry.time > step.time ? 1.0 : 0.0;
    CHECK(step.survival == Approx(later / n).margin(1e-14));
    CHECK(step.standard_error == Approx(std::sqrt(later / n * (1.0 - later / n) / n)).margin(1e-14));
    if (step.survival > 0.0) {
      CHECK(step.band.lower < step.survival);
      CHECK(step.band.upper > step.survival);
      CHECK(step.band.upper <= 1.0);
    }
  }
  CHECK(std::isnan(curve.steps.back().band.lower));
  double sum = 0.0;
  double squares = 0.0;
  for (const CensoredTime& entry : untreated) sum += entry.time;
  for (const CensoredTime& entry : untreated) squares += (entry.time - sum / n) * (entry.time - sum / n);
  const Estimate mean = restricted_mean(curve, 40.0);  // beyond the last event, where S = 0
  CHECK(mean.value == Approx(sum / n));
  CHECK(mean.standard_error == Approx(std::sqrt(squares) / n));
  CHECK(expected_running_time(untreated) == Approx(sum / n));
}

TEST_CASE("remission times: the published curve, medians and log-rank statistic") {
  const SurvivalCurve curve = kaplan_meier(treated);
  // Klein and Moeschberger (2003), table 4.1A.
  const std::vector<double> survival{0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448};
  const std::vector<double> errors{0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135};
  REQUIRE(curve.steps.size() == survival.size());
  for (std::size_t i = 0; i < survival.size(); ++i) {
    CHECK(curve.steps[i].survival == Approx(survival[i]).margin(0.0006));
    CHECK(curve.steps[i].standard_error == Approx(errors[i]).margin(0.0006));
  }
  CHECK(median_time(curve) == 23.0);
  CHECK(median_time(kaplan_meier(untreated)) == 8.0);
  const TestResult test = log_rank_test(treated, untreated);
  CHECK(test.statistic == Approx(16.79).margin(0.005));
  CHECK(log_rank_test(untreated, treated).statistic == Approx(test.statistic));
  CHECK(test.p_value == Approx(4.17e-5).epsilon(0.01));
}

TEST_CASE("tests have nothing to say where there is nothing to test") {
  CHECK(std::isnan(log_rank_test(times_of({}, {5, 5}), times_of({}, {5})).p_value));
  CHECK(log_rank_test(treated, treated).statistic == Approx(0.0).margin(1e-20));
  CHECK(log_rank_test(treated, treated).p_value == Approx(1.0));
  const MeanDifference same = restricted_mean_test(times_of({}, {5, 5}), times_of({}, {5}), 5.0);
  CHECK(same.difference == 0.0);
  CHECK(std::isnan(same.test.p_value));
  CHECK_THROWS_AS(log_rank_test({}, treated), std::invalid_argument);
}

TEST_CASE("Holm's correction worked by hand") {
  // Sorted .005 .01 .03 .04, times 4 3 2 1, made monotone.
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005, std::nan("")};
  const std::vector<double> adjusted = holm_adjusted(p);
  CHECK(adjusted[0] == Approx(0.03));
  CHECK(adjusted[1] == Approx(0.06));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[3] == Approx(0.02));
  CHECK(std::isnan(adjusted[4]));
}

TEST_CASE("ERT: infinite without arrivals, and the mean of simulated running times with restarts") {
  CHECK(std::isinf(expected_running_time(times_of({}, {10, 10}))));
  RandomEngine engine = RandomSource(1).engine("test");
  CHECK(std::isinf(simulated_running_times(times_of({}, {10}), 3, engine)[0]));
  CHECK(std::isinf(running_time_interval(times_of({}, {10, 10}), RandomSource(1)).upper));
  // The mean of a simulated time is the ERT: 40000 of them, standard deviation below 11, so that 0.3 is over 5 standard
  // errors (false alarm below 1e-6).
  const std::vector<double> times = simulated_running_times(times_of({3, 5, 5, 8}, {10, 10}), 40000, engine);
  double sum = 0.0;
  for (const double time : times) sum += time;
  CHECK(sum / 40000.0 == Approx(10.25).margin(0.3));
  // Where all arrive at the same cost there is nothing to vary.
  const Interval certain = running_time_interval(times_of({7, 7, 7}, {}), RandomSource(1));
  CHECK(certain.lower == 7.0);
  CHECK(certain.upper == 7.0);
}

TEST_CASE("ERT intervals of very many runs are those of drawing every run") {
  // 50,000 runs are drawn one by one, 50,001 in sums of normal numbers. The sums of 2000 resamples have the same law up
  // to the one run more, so that a limit of one interval is that of the other up to sampling: a quantile at 2.5% of
  // 2000 normal numbers has a standard deviation of sqrt(.025 .975/2000)/density = .06 standard deviations of the mean,
  // a fifteenth part of the half width each, and 0.1 of the width is 4 of them for the difference of two.
  const auto compare = [](int arrivals) {
    RandomEngine engine = RandomSource(7).engine("costs");
    std::vector<CensoredTime> runs;
    for (int i = 0; i < 50000; ++i) {
      const double cost = 10.0 - 10.0 * std::log(1.0 - uniform_unit(engine));
      runs.push_back({cost, i < arrivals ? Outcome::event : Outcome::censored});
    }
    const Interval drawn = running_time_interval(runs, RandomSource(1), {.resamples = 2000});
    runs.push_back({20.0, Outcome::censored});
    const Interval summed = running_time_interval(runs, RandomSource(2), {.resamples = 2000});
    const double width = drawn.upper - drawn.lower;
    CHECK(summed.lower == Approx(drawn.lower).margin(0.1 * width));
    CHECK(summed.upper == Approx(drawn.upper).margin(0.1 * width));
    // By the delta method: the cost of a run has variance 100 and mean 20, an arrival comes after a geometric number of
    // failures. The interval of 20 arrivals is skew: only its width is asked, within a quarter.
    const double rate = arrivals / 50000.0;
    const double deviation = std::sqrt((100.0 / rate + 400.0 * (1.0 - rate) / (rate * rate)) / arrivals);
    CHECK(summed.upper - summed.lower == Approx(2.0 * 1.96 * deviation).epsilon(arrivals < 1000 ? 0.25 : 0.1));
  };
  compare(30000);
  compare(20);
  const std::vector<CensoredTime> certain(60000, {7.0, Outcome::event});
  CHECK(running_time_interval(certain, RandomSource(1)).lower == Approx(7.0).epsilon(1e-12));
}

TEST_CASE("performance profiles of three solvers on four problems, worked by hand") {
  const CostTable costs{{1, 2, 4}, {6, 3, never}, {5, 5, 20}, {never, never, never}};
  const std::vector<PerformanceProfile> profiles = performance_profiles(costs);
  REQUIRE(profiles.size() == 3);
  CHECK(profiles[0].ratios == std::vector<double>{1, 1, 2});
  CHECK(profiles[1].ratios == std::vector<double>{1, 1, 2});
  CHECK(profiles[2].ratios == std::vector<double>{4, 4});
  CHECK(fraction_within(profiles[0], 1.0) == 0.5);
  CHECK(fraction_within(profiles[0], 2.0) == 0.75);
  CHECK(fraction_within(profiles[2], 3.9) == 0.0);
  CHECK(fraction_within(profiles[2], 1e9) == 0.5);  // nobody solved the fourth, one the second
  // log2 8 = 3: (3 + 3 + 2)/(3 * 4) and (1 + 1)/(3 * 4).
  CHECK(area_under(profiles[0], 8.0) == Approx(8.0 / 12.0));
  CHECK(area_under(profiles[2], 8.0) == Approx(2.0 / 12.0));
  CHECK_THROWS_AS(area_under(profiles[0], 1.0), std::invalid_argument);
  CHECK_THROWS_AS(performance_profiles({{1.0, 2.0}, {1.0}}), std::invalid_argument);
  CHECK_THROWS_AS(performance_profiles({{0.0}}), std::invalid_argument);
}

TEST_CASE("who is second depends on the others: pairwise profiles do not") {
  // After Gould and Scott (2016): A is best everywhere or nowhere; B looks better than C beside A, and is not alone.
  const CostTable costs{{1, 9, 10}, {1, 9, 10}, {9, 20, 10}};
  const std::vector<PairwiseProfiles> pairs = pairwise_profiles(costs);
  REQUIRE(pairs.size() == 3);
  CHECK((pairs[2].first == 1 && pairs[2].second == 2));
  CHECK(fraction_within(pairs[2].of_first, 1.0) == Approx(2.0 / 3.0));
  CHECK(fraction_within(pairs[2].of_second, 1.0) == Approx(1.0 / 3.0));
  CHECK(fraction_within(pairs[2].of_second, 10.0 / 9.0) == 1.0);
  const std::vector<PerformanceProfile> all = performance_profiles(costs);
  CHECK(fraction_within(all[1], 2.0) == 0.0);
  CHECK(fraction_within(all[2], 2.0) == Approx(1.0 / 3.0));  // beside A the order of the two is the other way round
}

TEST_CASE("data profiles count problems solved within so many units") {
  const CostTable costs{{10, 40}, {30, never}, {12, 12}};
  const std::vector<DataProfile> profiles = data_profiles(costs, std::vector<double>{5, 10, 3});
  CHECK(profiles[0].costs == std::vector<double>{2, 3, 4});
  CHECK(fraction_solved(profiles[0], 3.0) == Approx(2.0 / 3.0));
  CHECK(fraction_solved(profiles[1], 7.9) == Approx(1.0 / 3.0));
  CHECK(fraction_solved(profiles[1], 8.0) == Approx(2.0 / 3.0));
  CHECK_THROWS_AS(data_profiles(costs, std::vector<double>{1, 1}), std::invalid_argument);
  // A history that goes up again has still been there; NaN has not.
  const std::vector<double> at{1, 2, 3, 4};
  CHECK(first_hit(at, std::vector<double>{5, std::nan(""), 1, 9}, 2.0) == 3.0);
  CHECK(first_hit(at, std::vector<double>{5, 4, 3, 9}, 2.0) == never);
}

TEST_CASE("the distribution over targets: a solver that always arrives at the same cost, one that never does") {
  const std::vector<std::vector<CensoredTime>> pairs{times_of({10, 10}, {}), times_of({}, {100})};
  const TargetDistribution distribution = target_distribution(pairs, 50, RandomSource(3));
  CHECK(fraction_reached(distribution, 9.9) == 0.0);
  CHECK(fraction_reached(distribution, 10.0) == 0.5);
  CHECK(fraction_reached(distribution, 1e300) == 0.5);
  // Above the curve on [1, 1000]: half of it up to 10, one third of the logarithmic scale, and the other half
  // throughout.
  CHECK(area_above(distribution, 1.0, 1000.0) == Approx(0.5 / 3.0 + 0.5));
  CHECK_THROWS_AS(target_distribution({}, 50, RandomSource(3)), std::invalid_argument);
}

TEST_CASE("quantiles of samples with infinite elements") {
  CHECK(quantile({1, 2, 3, 4}, 0.5) == 2.5);
  CHECK(std::isinf(quantile({1, never, never, never}, 0.9)));
  CHECK(quantile({1, 2, never}, 0.5) == 2.0);
}

TEST_CASE("the bootstrap is reproducible, and exact where nothing varies") {
  const Clusters constant{{2, 2}, {2}, {2, 2, 2}};
  const BootstrapResult result = cluster_bootstrap(constant, mean_of_all, RandomSource(1), {.resamples = 100});
  CHECK(result.estimate == 2.0);
  CHECK(result.interval.lower == 2.0);
  CHECK(result.interval.upper == 2.0);
  const Clusters some{{1, 2}, {4}, {3, 5, 9}, {2, 2}};
  const BootstrapResult a = cluster_bootstrap(some, mean_of_all, RandomSource(1), {.resamples = 500});
  const BootstrapResult b = cluster_bootstrap(some, mean_of_all, RandomSource(1), {.resamples = 500});
  CHECK(a.interval.lower == b.interval.lower);
  CHECK(a.interval.lower < a.estimate);
  CHECK(a.estimate < a.interval.upper);
  CHECK_THROWS_AS(cluster_bootstrap({{1.0}}, mean_of_all, RandomSource(1)), std::invalid_argument);
  CHECK_THROWS_AS(cluster_bootstrap({{1.0}, {}}, mean_of_all, RandomSource(1)), std::invalid_argument);
}

TEST_CASE("the bootstrap of a mean is that of any statistic which is the mean") {
  // The general one, whose jackknife calls the statistic without each cluster, is the slow twin: same draws, same
  // interval but for rounding. Sizes differ, and values are far from 0, where sums taken apart lose digits.
  RandomEngine engine = RandomSource(5).engine("clusters");
  Clusters clusters(40);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    clusters[i].resize(1 + i % 7);
    for (double& member : clusters[i]) member = 1e4 + std::exp(3.0 * uniform_unit(engine));
  }
  for (const Resampling resampling : {Resampling::clusters, Resampling::clusters_and_members}) {
    for (const BootstrapMethod method : {BootstrapMethod::percentile, BootstrapMethod::bias_corrected}) {
      const BootstrapOptions options{.resamples = 400, .method = method, .resampling = resampling};
      const BootstrapResult slow = cluster_bootstrap(clusters, mean_of_all, RandomSource(2), options);
      const BootstrapResult fast = cluster_bootstrap_of_mean(clusters, RandomSource(2), options);
      CHECK(fast.estimate == slow.estimate);
      CHECK(fast.interval.lower == Approx(slow.interval.lower).epsilon(1e-12));
      CHECK(fast.interval.upper == Approx(slow.interval.upper).epsilon(1e-12));
    }
  }
  // 1/10 has no exact sums: what rounding leaves is not taken for skewness.
  const Clusters constant{{0.1, 0.1, 0.1}, {0.1}, {0.1, 0.1}};
  const BootstrapResult same = cluster_bootstrap_of_mean(constant, RandomSource(1), {.resamples = 100});
  CHECK(same.interval.lower == Approx(0.1).epsilon(1e-14));
  CHECK(same.interval.upper == Approx(0.1).epsilon(1e-14));
  CHECK_THROWS_AS(cluster_bootstrap_of_mean({{1.0}}, RandomSource(1)), std::invalid_argument);
}

TEST_CASE("exact power laws are found exactly") {
  const std::vector<double> kappa{10, 100, 1000};
  const std::vector<double> root{3 * std::sqrt(10.0), 3 * std::sqrt(100.0), 3 * std::sqrt(1000.0)};
  const ScalingFit fit = fit_scaling(kappa, root, Scale::logarithmic, Response::logarithmic, 0.5);
  CHECK(fit.slope == Approx(0.5));
  CHECK(std::exp(fit.intercept) == Approx(3.0));
  CHECK(fit.r_squared == Approx(1.0));
  // t = 2 + 7 log 1/r, a line of t itself.
  const std::vector<double> radius{1e-2, 1e-4, 1e-6, 1e-9};
  std::vector<double> time;
  for (const double r : radius) time.push_back(2.0 + 7.0 * std::log(1.0 / r));
  const ScalingFit line = fit_scaling(radius, time, Scale::inverse_logarithmic, Response::linear);
  CHECK(line.slope == Approx(7.0));
  CHECK(line.intercept == Approx(2.0));
  CHECK_FALSE(agrees_with_theory(line).has_value());
  // Rounded to whole numbers they are off by half of one at most: with u = -3, -1, 1, 3 (x) by 0.5 * 8/20 of a slope.
  const std::vector<double> places{0, 2, 4, 6};
  const ScalingFit rounded =
      fit_scaling(places, std::vector<double>{10, 20, 30, 40}, Scale::linear, Response::linear, 5.15, usual_level, 1.0);
  CHECK(rounded.slope == Approx(5.0));
  CHECK(rounded.slope_interval.upper == Approx(5.2));
  CHECK(agrees_with_theory(rounded) == true);
  CHECK_THROWS_AS(fit_scaling(places, places, Scale::linear, Response::linear, {}, usual_level, -1.0),
                  std::invalid_argument);
  CHECK_THROWS_AS(fit_scaling(radius, std::vector<double>{1, 2, 3, never}, Scale::linear, Response::linear),
                  std::invalid_argument);
  CHECK_THROWS_AS(fit_scaling(std::vector<double>{1, 1}, std::vector<double>{1, 2}, Scale::linear, Response::linear),
                  std::invalid_argument);
}
