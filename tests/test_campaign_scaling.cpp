#include "support/catch.hpp"
#include "support/made_campaign.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_scaling.hpp>

#include <cmath>

using namespace perigee;

namespace {

CampaignCase of_dimension(int dimension) {
  return {.problem = {"quadratic", {{"dimension", std::to_string(dimension)}, {"seed", "3"}}}};
}

// The slopes of a campaign of one varied number, of one quantity, in the order of the solvers.
std::vector<CampaignScaling> scalings_of(const CampaignOptions& options, ScaledQuantity quantity) {
  const Campaign campaign(options);
  RowsInMemory rows;
  run_campaign(campaign, rows, {});
  std::vector<CampaignScaling> scalings =
      campaign_scalings(campaign.options(), summarize(campaign.options(), rows, {.resamples = 20}));
  std::erase_if(scalings, [&](const CampaignScaling& scaling) { return scaling.quantity != quantity; });
  return scalings;
}

std::vector<CampaignCase> varied(const std::string& problem, const std::string& parameter,
                                 const std::vector<std::string>& values, const std::string& start) {
  std::vector<CampaignCase> cases;
  for (const std::string& value : values) cases.push_back({{problem, {{parameter, value}}}, start});
  return cases;
}

}  // namespace

TEST_CASE("a power law in a parameter is measured with its exponent, and what never arrived is left out") {
  // Costs 7 d^1.5 of the first solver; the second does not arrive from d = 8 on.
  const CampaignOptions options{.cases = {of_dimension(4), of_dimension(2), of_dimension(16), of_dimension(8)},
                                .solvers = {{"first", {}}, {"second", {}}},
                                .seeds = 3,
                                .budget = 1e6};
  const std::vector<double> dimensions{4.0, 2.0, 16.0, 8.0};
  const auto cost = [&](const RunPlace& place) -> std::optional<double> {
    const double dimension = dimensions[static_cast<std::size_t>(place.case_index)];
    if (place.solver == 1 && dimension > 6.0) return std::nullopt;
    return 7.0 * std::pow(dimension, 1.5);
  };
  const ComparisonReport report = test::made_report(options, cost);
  REQUIRE(report.scalings.size() == 1);  // the second solver has two values only
  const CampaignScaling& scaling = report.scalings.front();
  CHECK(scaling.family == "quadratic(dimension=*, seed=3)");
  CHECK(scaling.parameter == "dimension");
  CHECK(scaling.values == std::vector<double>{2.0, 4.0, 8.0, 16.0});
  CHECK(scaling.fit.slope == Approx(1.5));
  CHECK(std::exp(scaling.fit.intercept) == Approx(7.0));
  CHECK_FALSE(scaling.fit.theory_slope);
}

TEST_CASE("no number varies alone: no slopes") {
  CampaignOptions options{.cases = {of_dimension(2), of_dimension(4)}, .solvers = {{"one", {}}}, .seeds = 2};
  options.cases.push_back({.problem = {"quadratic", {{"dimension", "8"}, {"seed", "4"}}}});
  CHECK(test::made_report(options, [](const RunPlace&) { return std::optional(5.0); }).scalings.empty());
}

TEST_CASE("gradient descent leaves a saddle in log(1/r) / log(1 + eta gamma) iterations") {
  // The theorem of the header, on a saddle that is quadratic near 0; the rate and the eigenvalue are asked of solver
  // and problem. Medians of 31 seeds are whole iterations: over 16 e-foldings half of one moves the slope by 1%.
  CampaignOptions options{.cases = cases_of({{"capped-saddle", {}}}, {"saddle+1e-3", "saddle+1e-4", "saddle+1e-5",
                                                                      "saddle+1e-6", "saddle+1e-8", "saddle+1e-10"}),
                          .solvers = {{"gradient-descent", {}}, {"adam", {}}},
                          .seeds = 31,
                          .budget = 2000.0};
  const Campaign campaign(options);
  RowsInMemory rows;
  run_campaign(campaign, rows, {});
  const ComparisonReport report =
      compare_runs(campaign.configuration(), options, rows, {}, {.resamples = 20, .restarts = 5});
  REQUIRE(report.scalings.size() == 2);
  const CampaignScaling& descent = report.scalings[0];
  CHECK(descent.quantity == ScaledQuantity::iterations_to_escape);
  CHECK(law_words(descent) == "iterations over log 1/distance");
  REQUIRE(descent.fit.theory_slope);
  CHECK(descent.fit.slope == Approx(*descent.fit.theory_slope).epsilon(0.04));
  CHECK(descent.fit.r_squared > 0.99);
  CHECK_FALSE(report.scalings[1].fit.theory_slope);  // none is claimed for Adam
  // Each case has its survival curve of escapes; all have left in the end.
  for (const GroupSummary& group : report.summaries[0].groups) {
    CHECK(group.escape_curve.runs == 31);
    CHECK(group.escape_curve.steps.back().survival == 0.0);
    CHECK(group.median_escape_cost);
  }
}

TEST_CASE("momentum leaves a saddle by the largest root, and a kick forgets where the run started") {
  // mu^2 - (1 + beta + eta gamma) mu + beta = 0 and Nesterov's, at gamma = 2. Perturbed gradient descent from
  // distances far within its kick has one law for all of them: slope 0.
  const std::vector<CampaignScaling> scalings =
      scalings_of({.cases = cases_of({{"capped-saddle", {}}},
                                     {"saddle+1e-4", "saddle+1e-5", "saddle+1e-6", "saddle+1e-8", "saddle+1e-10"}),
                   .solvers = {{"heavy-ball", {{"learning_rate", "0.1"}, {"momentum", "0.9"}}},
                               {"heavy-ball", {{"learning_rate", "0.1"}, {"momentum", "0.3"}}},
                               {"nesterov", {{"learning_rate", "0.1"}, {"momentum", "0.5"}, {"restart", "none"}}},
                               {"perturbed-gradient-descent", {}},
                               {"nesterov", {{"learning_rate", "0.1"}}}},
                   .seeds = 51,
                   .budget = 2000.0},
                  ScaledQuantity::iterations_to_escape);
  REQUIRE(scalings.size() == 5);
  const auto larger_root = [](double sum, double product) {
    return 0.5 * (sum + std::sqrt(sum * sum - 4.0 * product));
  };
  const std::vector<double> mu{larger_root(1.0 + 0.9 + 0.2, 0.9), larger_root(1.0 + 0.3 + 0.2, 0.3),
                               larger_root(1.5 * 1.2, 0.5 * 1.2)};
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(scalings[i].fit.theory_slope);
    CHECK(*scalings[i].fit.theory_slope == Approx(1.0 / std::log(mu[i])).epsilon(1e-6));
    CHECK(scalings[i].fit.slope == Approx(*scalings[i].fit.theory_slope).epsilon(0.04));
    CHECK(statistics::agrees_with_theory(scalings[i].fit) == true);
  }
  CHECK(*scalings[3].fit.theory_slope == Approx(0.0).margin(1e-9));
  CHECK(statistics::agrees_with_theory(scalings[3].fit) == true);
  CHECK_FALSE(scalings[4].fit.theory_slope);  // a momentum that grows has no mu
}

TEST_CASE("iterations to leave a saddle grow with log d where the rate does not depend on d") {
  // Jin et al. (2017): polylogarithmic in d. The component of a random direction is 0.674/sqrt(d) in the median, so
  // that the slope over log d is 1/(2 log(1 + eta gamma)), gamma = 1, of gradient descent beside the saddle and of the
  // perturbed method at it. With rates of 1/l, which falls with d, there is no such line: a power law is fitted.
  const std::vector<std::string> dimensions{"10", "30", "100", "300", "1000"};
  CampaignOptions options{.cases = varied("cubic-regularized-saddle", "dimension", dimensions, "saddle+1e-4"),
                          .solvers = {{"gradient-descent", {{"learning_rate", "0.2"}}}, {"gradient-descent", {}}},
                          .seeds = 101,
                          .budget = 1000.0,
                          .targets = {0.9}};
  const std::vector<CampaignScaling> beside = scalings_of(options, ScaledQuantity::iterations_to_escape);
  options.cases = varied("cubic-regularized-saddle", "dimension", dimensions, "saddle");
  options.solvers = {{"perturbed-gradient-descent", {{"gradient_lipschitz", "5"}}}};
  const std::vector<CampaignScaling> kicked = scalings_of(options, ScaledQuantity::iterations_to_escape);
  REQUIRE(beside.size() == 2);
  REQUIRE(kicked.size() == 1);
  for (const CampaignScaling& scaling : {beside[0], kicked[0]}) {
    CHECK(law_words(scaling) == "iterations over log dimension");
    REQUIRE(scaling.fit.theory_slope);
    // To a few percent: the median component of a sphere in R^10 is not yet 0.674/sqrt(10).
    CHECK(*scaling.fit.theory_slope == Approx(0.5 / std::log(1.2)).epsilon(0.03));
    CHECK(statistics::agrees_with_theory(scaling.fit) == true);
  }
  CHECK(law_words(beside[1]) == "power law");
  CHECK(statistics::agrees_with_theory(beside[1].fit) == true);
  CHECK(*beside[1].fit.theory_slope == Approx(beside[1].fit.slope).margin(0.05));
}

TEST_CASE("an ill-conditioned saddle takes one over its negative curvature, less a logarithm") {
  // T = log(D/(q r))/log(1 + eta gamma) with D, where the escape counts, wider for small gamma: the slope is not -1.
  const std::vector<CampaignScaling> scalings = scalings_of(
      {.cases = varied("ill-conditioned-saddle", "negative_curvature", {"0.3", "0.1", "0.03", "0.01"}, "saddle+1e-4"),
       .solvers = {{"gradient-descent", {}}, {"heavy-ball", {}}},
       .seeds = 51,
       .budget = 20000.0,
       .targets = {0.9}},
      ScaledQuantity::iterations_to_escape);
  REQUIRE(scalings.size() == 2);
  for (const CampaignScaling& scaling : scalings) {
    CHECK(law_words(scaling) == "power law");
    CHECK(statistics::agrees_with_theory(scaling.fit) == true);
    CHECK(*scaling.fit.theory_slope < -0.6);
  }
}

TEST_CASE("gradient descent takes exponential time on the octopus, by the base of Du et al.") {
  // eta = 1/(4 L), L = 1.5: b = 1 + log 2/log(4/3) by hand. Where noise is added the time is polynomial: no exponent.
  const std::vector<CampaignScaling> scalings =
      scalings_of({.cases = varied("octopus", "dimension", {"2", "3", "4", "5", "6"}, "first"),
                   .solvers = {{"gradient-descent", {}}, {"perturbed-gradient-descent", {}}},
                   .seeds = 9,
                   .budget = 20000.0,
                   .targets = {0.1}},
                  ScaledQuantity::cost_to_target);
  REQUIRE(scalings.size() == 2);
  CHECK(law_words(scalings[0]) == "log cost over dimension");
  CHECK(*scalings[0].fit.theory_slope == Approx(std::log(1.0 + std::log(2.0) / std::log(4.0 / 3.0))));
  CHECK(statistics::agrees_with_theory(scalings[0].fit) == true);
  CHECK(scalings[0].fit.slope_interval.upper - scalings[0].fit.slope_interval.lower < 0.1);
  CHECK(law_words(scalings[1]) == "power law");
  CHECK_FALSE(scalings[1].fit.theory_slope);
}

TEST_CASE("a gravity well takes 1/(gap p) of gradient descent, log 1/p of natural and normalized gradients") {
  // Mei et al. (2020, 2021). Nothing is drawn: what remains of the intervals is rounding to whole iterations.
  CampaignOptions options{
      .cases = varied("softmax-bandit", "initial_probability", {"1e-2", "1e-3", "1e-4", "1e-5"}, "first"),
      .solvers = {{"gradient-descent", {}},
                  {"natural-policy-gradient", {}},
                  {"geometry-aware-normalized-policy-gradient", {}},
                  {"adam", {}}},
      .seeds = 1,
      .budget = 400000.0,
      .targets = {0.5}};
  const std::vector<CampaignScaling> by_probability = scalings_of(options, ScaledQuantity::cost_to_target);
  options.cases = varied("softmax-bandit", "reward_gap", {"0.1", "0.2", "0.4", "0.7"}, "first");
  const std::vector<CampaignScaling> by_gap = scalings_of(options, ScaledQuantity::cost_to_target);
  REQUIRE(by_probability.size() == 4);
  REQUIRE(by_gap.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(statistics::agrees_with_theory(by_probability[i].fit) == true);
    CHECK(statistics::agrees_with_theory(by_gap[i].fit) == true);
  }
  CHECK(law_words(by_probability[0]) == "power law");
  CHECK(*by_probability[0].fit.theory_slope == Approx(-1.0).margin(0.02));
  CHECK(law_words(by_probability[1]) == "cost over log 1/initial_probability");
  CHECK(*by_probability[2].fit.theory_slope == Approx(6.0 / std::sqrt(2.0)).epsilon(0.01));
  CHECK(*by_gap[0].fit.theory_slope == Approx(-1.0).margin(0.01));
  CHECK(*by_gap[1].fit.theory_slope == Approx(-1.0).margin(0.03));
  CHECK(*by_gap[2].fit.theory_slope == Approx(0.0).margin(1e-9));
  CHECK_FALSE(by_probability[3].fit.theory_slope);
}
