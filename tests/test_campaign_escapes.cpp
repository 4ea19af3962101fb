// When a run of a campaign has left its saddle, and what a limit of wall time does to it.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/lib/ensemble.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

EscapeRule rule_of(const Problem& problem, const std::string& start, const CampaignOptions& options = {}) {
  return escape_rule(problem, StartText(problem, start), options);
}

}  // namespace

TEST_CASE("the distance of an escape follows the start's offset within the landscape's own scale") {
  // x^2 - y^2 + (x^4 + y^4)/4: the saddle at 0 with f = 0, minima at (0, +-sqrt 2) with f* = -1.
  const Problem capped = problems::make("capped-saddle");
  CHECK(rule_of(capped, "saddle").value == Approx(-1e-3));
  CHECK(rule_of(capped, "saddle").distance == Approx(std::sqrt(2.0) / 10.0));
  CHECK(rule_of(capped, "saddle+1e-9").distance == Approx(std::sqrt(2.0) / 10.0));
  CHECK(rule_of(capped, "saddle+0.05").distance == Approx(0.5));
  CHECK(rule_of(capped, "saddle+1").distance == Approx(std::sqrt(2.0) / 2.0));
  CHECK(std::isnan(rule_of(capped, "standard").value));
  CHECK(std::isnan(rule_of(capped, "random").value));
  CampaignOptions options;
  options.escape_distance = 4.0;
  options.escape_fraction = 0.25;
  CHECK(rule_of(capped, "saddle+0.05", options).distance == Approx(0.2));
  CHECK(rule_of(capped, "saddle+0.05", options).value == Approx(-0.25));
  // The nearest point to the octopus's origin is the next saddle, 4 tau away: at most 2 tau, as Du et al. (2017) count.
  CHECK(rule_of(problems::make("octopus", {{"tau", "1"}}), "origin+5").distance == Approx(2.0));
  // A start beside the saddle counts as one at it: (1e-6, 0) here, with minima at (+-2, 0).
  const EscapeRule beside = rule_of(problems::make("zhang-li-saddle"), "near-saddle");
  CHECK(beside.value == Approx(-1e-3));
  CHECK(beside.distance == Approx(0.2));
  // A minimum with a singular Hessian is no saddle.
  CHECK(std::isnan(rule_of(problems::make("powell-singular"), "standard").value));
}

TEST_CASE("a run has escaped at the first iterate that is both low enough and far enough") {
  // By hand, from the recorded iterates of the same run, one point after the other.
  const Campaign campaign({.cases = {{{"capped-saddle", {}}, "saddle+0.05"}},
                           .solvers = {{"gradient-descent", {{"learning_rate", "0.01"}}}},
                           .seeds = 8,
                           .budget = 2000.0});
  const Problem problem = problems::make("capped-saddle");
  Index later = 0;
  for (Index run = 0; run < campaign.size(); ++run) {
    const RunRow row = campaign.run(run);
    Vector x = StartText(problem, "saddle+0.05").at(static_cast<std::uint64_t>(run));
    Vector gradient(2);
    Index low = -1;
    Index escape = -1;
    for (Index k = 0; escape < 0 && k < 2000; ++k) {
      const double value = problem.objective->value_and_gradient(x, gradient);
      if (low < 0 && value <= -1e-3) low = k;
      if (value <= -1e-3 && x.view().norm() > 0.5) escape = k;
      x.view() -= 0.01 * gradient.view();
    }
    INFO("seed " << run);
    CHECK(row.escape_iteration == static_cast<double>(escape));
    CHECK(row.escape_cost == static_cast<double>(escape) + 1.0);
    later += low < escape ? 1 : 0;
  }
  CHECK(later == 8);  // the value alone would have said so earlier
}

TEST_CASE("ensembles judge the distance in vector lanes and one by one to the same bits") {
  // The octopus goes through vectors; its like behind a plain objective goes lane by lane.
  const Problem octopus = problems::make("octopus", {{"dimension", "3"}});
  const auto plain = functional(
      3, [&](ConstVectorView x) { return octopus.objective->value(x); },
      [&](ConstVectorView x, VectorView gradient) { octopus.objective->value_and_gradient(x, gradient); });
  const auto start = [](Index run, VectorView x) {
    RandomEngine engine = RandomSource(static_cast<std::uint64_t>(run)).engine("start");
    fill_uniform_ball(engine, 1.0, x);
  };
  EnsembleOptions options{.learning_rate = *octopus.suggested_step, .max_iterations = 400, .escape_value = -0.1};
  const EnsembleResult by_value = run_ensemble(*octopus.objective, 100, start, options);
  options.escape_from = {0.0, 0.0, 0.0};
  options.escape_distance = 3.0;
  const EnsembleResult vectors = run_ensemble(*octopus.objective, 100, start, options);
  const EnsembleResult single = run_ensemble(plain, 100, start, options);
  Index later = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const bool same = vectors.runs[i].escape_time == single.runs[i].escape_time ||
                      (std::isnan(vectors.runs[i].escape_time) && std::isnan(single.runs[i].escape_time));
    CHECK(same);
    CHECK_FALSE(vectors.runs[i].escape_time < by_value.runs[i].escape_time);
    later += vectors.runs[i].escape_time > by_value.runs[i].escape_time ? 1 : 0;
  }
  CHECK(later > 50);
  options.escape_from = {0.0};
  CHECK_THROWS_AS(run_ensemble(plain, 1, start, options), std::invalid_argument);
}

TEST_CASE("a run that the clock ends says so, is not solved, and is not held against a merge") {
  // A millionth of a second is over before the second iterate, on whatever machine.
  const CampaignOptions options{.cases = {{{"rosenbrock", {}}, "+1e-3"}},
                                .solvers = {{"gradient-descent", {{"learning_rate", "1e-6"}}}},
                                .seeds = 2,
                                .seconds = 1e-6};
  const Campaign campaign(options);
  CHECK_FALSE(campaign.runs_in_lanes(0));
  RowsInMemory rows;
  run_campaign(campaign, rows, {});
  rows.for_each(0, 2, [](const RunRow& row) {
    CHECK(row.end_id == "max-seconds");
    CHECK(row.end_class == EndClass::budget);
    CHECK_FALSE(is_reproducible(row));
  });
  const CampaignSummary summary = summarize(campaign.options(), rows);
  CHECK(summary.groups[0].timed_out == 2);
  CHECK(summary.groups[0].successes == 0);
  CHECK(summary.groups[0].restricted_mean.value == options.budget);
  CHECK(options_of(campaign.configuration().entries).seconds == 1e-6);
  CHECK(std::isinf(options_of(entries_of({.cases = options.cases, .solvers = options.solvers})).seconds));

  const test::TemporaryFolder folder;
  RunRow other = campaign.run(0);
  other.iterations += 1;
  {
    CampaignStore store(folder.path() / "1.sqlite", campaign.configuration(), {});
    store.append(std::vector<RunRow>{campaign.run(0)});
    CampaignStore second(folder.path() / "2.sqlite", campaign.configuration(), {});
    second.append(std::vector<RunRow>{other, campaign.run(1)});
  }
  CampaignStore store(folder.path() / "1.sqlite", campaign.configuration(), {});
  CHECK(store.merge(folder.path() / "2.sqlite") == 1);
  // A generous limit changes nothing.
  CampaignOptions generous = options;
  generous.seconds = 3600.0;
  generous.budget = 200.0;
  CampaignOptions none = generous;
  none.seconds = CampaignOptions().seconds;
  CHECK(same_result(Campaign(generous).run(1), Campaign(none).run(1)));
}
