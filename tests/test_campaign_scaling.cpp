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
                          .solvers = {{"gradient-descent", {}}, {"heavy-ball", {}}},
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
  REQUIRE(descent.fit.theory_slope);
  CHECK(descent.fit.slope == Approx(*descent.fit.theory_slope).epsilon(0.04));
  CHECK(descent.fit.r_squared > 0.99);
  CHECK_FALSE(report.scalings[1].fit.theory_slope);  // none is claimed for momentum
  // Each case has its survival curve of escapes; all have left in the end.
  for (const GroupSummary& group : report.summaries[0].groups) {
    CHECK(group.escape_curve.runs == 31);
    CHECK(group.escape_curve.steps.back().survival == 0.0);
    CHECK(group.median_escape_cost);
  }
}
