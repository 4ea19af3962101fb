// The statistics of comparisons against R and SciPy on simulated data: tests/data/statistics.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>
#include <perigee/diagnostics/compare/statistics/two_sample_tests.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace perigee;
using namespace perigee::statistics;

namespace {

using Numbers = std::vector<double>;

std::multimap<std::string, Numbers> read_reference() {
  std::ifstream file(std::string(PERIGEE_TEST_DATA) + "/statistics/reference.txt");
  REQUIRE(file);
  std::multimap<std::string, Numbers> reference;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    Numbers numbers;
    for (double number = 0.0; words >> number;) numbers.push_back(number);
    REQUIRE_FALSE(numbers.empty());
    reference.emplace(name, numbers);
  }
  return reference;
}

const Numbers& reference(const std::string& name) {
  static const std::multimap<std::string, Numbers> all = read_reference();
  const auto place = all.find(name);
  REQUIRE(place != all.end());
  return place->second;
}

std::vector<CensoredTime> sample(const std::string& which) {
  std::vector<CensoredTime> times;
  for (std::size_t i = 0; i < reference("time_" + which).size(); ++i) {
    times.push_back(
        {reference("time_" + which)[i], reference("event_" + which)[i] == 1.0 ? Outcome::event : Outcome::censored});
  }
  return times;
}

// The reference has 15 digits.
Approx same(double value) { return Approx(value).epsilon(1e-12).margin(1e-13); }

}  // namespace

TEST_CASE("Kaplan-Meier with Greenwood's errors and log-log bands agrees with R") {
  const SurvivalCurve curve = kaplan_meier(sample("a"));
  REQUIRE(curve.steps.size() == reference("km_time").size());
  for (std::size_t i = 0; i < curve.steps.size(); ++i) {
    INFO("step " << i);
    CHECK(curve.steps[i].time == reference("km_time")[i]);
    CHECK(curve.steps[i].survival == same(reference("km_survival")[i]));
    CHECK(curve.steps[i].standard_error == same(reference("km_error")[i]));
    CHECK(curve.steps[i].band.lower == same(reference("km_lower")[i]));
    CHECK(curve.steps[i].band.upper == same(reference("km_upper")[i]));
  }
}

TEST_CASE("restricted means and their errors agree with R") {
  for (const std::string which : {"a", "b"}) {
    const Estimate mean = restricted_mean(kaplan_meier(sample(which)), 45.0);
    CHECK(mean.value == same(reference("restricted_mean_" + which)[0]));
    CHECK(mean.standard_error == same(reference("restricted_mean_" + which)[1]));
  }
}

TEST_CASE("log-rank, Holm and Wilson agree with R") {
  const TestResult test = log_rank_test(sample("a"), sample("b"));
  CHECK(test.statistic == same(reference("log_rank")[0]));
  CHECK(test.p_value == same(reference("log_rank")[1]));
  const std::vector<double> adjusted = holm_adjusted(reference("p_values"));
  for (std::size_t i = 0; i < adjusted.size(); ++i) CHECK(adjusted[i] == same(reference("holm")[i]));
  const auto all = read_reference();
  REQUIRE(all.count("wilson") == 4);
  for (auto [place, end] = all.equal_range("wilson"); place != end; ++place) {
    const Interval interval =
        wilson_interval(static_cast<Index>(place->second[0]), static_cast<Index>(place->second[1]));
    CHECK(interval.lower == same(place->second[2]));
    CHECK(interval.upper == same(place->second[3]));
  }
}

TEST_CASE("the scaling fit agrees with R's least squares, the quantiles with its normal distribution") {
  const Numbers& expected = reference("scaling_fit");
  const ScalingFit fit = fit_scaling(reference("scaling_difficulty"), reference("scaling_cost"), Scale::logarithmic,
                                     Response::logarithmic, 0.5);
  CHECK(fit.slope == same(expected[0]));
  CHECK(fit.intercept == same(expected[1]));
  CHECK(fit.slope_interval.lower == same(expected[2]));
  CHECK(fit.slope_interval.upper == same(expected[3]));
  CHECK(fit.r_squared == same(expected[4]));
  CHECK(agrees_with_theory(fit) == true);
  const Numbers probabilities{1e-10, 0.001, 0.3, 0.975};
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    CHECK(normal_quantile(probabilities[i]) == same(reference("normal_quantile")[i]));
    CHECK(normal_probability(normal_quantile(probabilities[i])) == same(probabilities[i]));
  }
}

TEST_CASE("bootstrap intervals agree with SciPy's to the noise of resampling") {
  Clusters clusters;
  for (const double value : reference("bootstrap_sample")) clusters.push_back({value});
  const auto mean = [](const Clusters& drawn) {
    double sum = 0.0;
    for (const auto& cluster : drawn) sum += cluster[0];
    return sum / static_cast<double>(drawn.size());
  };
  // 100000 resamples of standard deviation 0.27: a quantile at 2.5% (density 0.2) has a standard error of
  // sqrt(0.025 * 0.975/100000)/0.2 = 0.0025; 0.0125 is 5 of them (the skew makes the upper density no less than half).
  for (const auto& [method, name] : {std::pair{BootstrapMethod::percentile, "bootstrap_percentile"},
                                     std::pair{BootstrapMethod::bias_corrected, "bootstrap_BCa"}}) {
    const BootstrapResult result = cluster_bootstrap(
        clusters, mean, RandomSource(11), {.resamples = 100000, .method = method, .resampling = Resampling::clusters});
    CHECK(result.interval.lower == Approx(reference(name)[0]).margin(0.0125));
    CHECK(result.interval.upper == Approx(reference(name)[1]).margin(0.0125));
  }
  // The two differ by more than that: neither would pass for the other.
  CHECK(reference("bootstrap_BCa")[0] - reference("bootstrap_percentile")[0] > 0.05);
}
