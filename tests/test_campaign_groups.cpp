// Groups of a campaign that are not a run a seed: solvers that do not fit, and runs that draw nothing.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/compare/suites.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

TEST_CASE("a solver that does not fit a case is marked there, and counts as not having solved it") {
  // Mirror descent over probabilities starts on the simplex only; the natural policy gradient wants a policy.
  const Campaign campaign({.cases = {{{"simplex-divergence", {}}, "uniform"}, {{"capped-saddle", {}}, "standard"}},
                           .solvers = {{"mirror-descent", {}}, {"limited-memory-bfgs", {}}},
                           .seeds = 3,
                           .budget = 500.0});
  const CampaignOptions& options = campaign.options();
  REQUIRE(options.notes.size() == 4);  // the others draw nothing
  CHECK(note_of(options, 0)->kind == GroupKind::single);
  CHECK(note_of(options, 2)->kind == GroupKind::not_applicable);
  CHECK(note_of(options, 2)->reason.find("simplex") != std::string::npos);
  CHECK(runs_in_group(options, 2) == 0);
  CHECK(wanted_count(options) == 3);
  CHECK(entries_of(options_of(campaign.configuration().entries)) == entries_of(options));

  RowsInMemory rows;
  CHECK(run_campaign(campaign, rows, {}).wanted == 3);
  const CampaignSummary summary = summarize(options, rows);
  CHECK(summary.missing == 0);
  CHECK(summary.groups[2].kind == GroupKind::not_applicable);
  CHECK(summary.groups[2].reason == note_of(options, 2)->reason);
  CHECK(summary.groups[2].runs == 0);
  for (const SolverSummary& solver : summary.solvers) {
    CHECK(solver.runs == 6);  // two cases under three seeds, whatever was run
    CHECK(solver.not_applicable == (solver.solver == 0 ? 1 : 0));
    if (solver.solver == 0) CHECK(solver.successes <= 3);
  }
  CHECK(summary.solvers.size() == 2);

  // What fits nowhere is an error, and so is what is wrong everywhere.
  CHECK_THROWS_AS(Campaign({.cases = cases_of({{"capped-saddle", {}}}), .solvers = {{"mirror-descent", {}}}}),
                  std::invalid_argument);
  CHECK_THROWS_AS(Campaign({.cases = cases_of({{"capped-saddle", {}}}), .solvers = {{"adam", {{"speed", "1"}}}}}),
                  std::invalid_argument);
}

TEST_CASE("what is said to draw nothing gives the same row under every seed, bit for bit") {
  // The claim of the registry, of every method that makes it, on every case of these where it fits.
  const std::vector<CampaignCase> cases{{{"rosenbrock", {}}, "standard"},       {{"octopus", {}}, "ones"},
                                        {{"capped-saddle", {}}, "near-saddle"}, {{"least-squares", {}}, "standard"},
                                        {{"softmax-bandit", {}}, "corner"},     {{"simplex-bandit", {}}, "even"}};
  Index methods = 0;
  for (const solvers::Entry& entry : all_solvers::registry()) {
    if (entry.randomness != solvers::Randomness::none) continue;
    ++methods;
    const Campaign campaign({.cases = cases, .solvers = {{entry.name, {}}}, .seeds = 4, .budget = 300.0});
    for (Index group = 0; group < static_cast<Index>(cases.size()); ++group) {
      if (runs_in_group(campaign.options(), group) == 0) continue;
      CHECK(runs_in_group(campaign.options(), group) == 1);
      const RunRow first = campaign.run(4 * group);
      for (const Index seed : {1, 2, 3}) {
        RunRow other = campaign.run(4 * group + seed);
        other.run = first.run;
        INFO(entry.name << " on " << text_of(cases[static_cast<std::size_t>(group)]));
        CHECK(same_result(first, other));
      }
    }
  }
  CHECK(methods == 10);
  // And one that draws shows it: seeds do reach the runs.
  const Campaign seeded({.cases = {{{"octopus", {}}, "origin"}},
                         .solvers = {{"perturbed-gradient-descent", {}}},
                         .seeds = 2,
                         .budget = 300.0});
  CHECK(seeded.options().notes.empty());
  RunRow other = seeded.run(1);
  other.run = 0;
  CHECK_FALSE(same_result(seeded.run(0), other));
}

TEST_CASE("the one run of what draws nothing stands for all seeds, and chance has no part in it") {
  CampaignOptions options{.cases = {{{"capped-saddle", {}}, "standard"}, {{"capped-saddle", {}}, "+1e-2"}},
                          .solvers = {{"limited-memory-bfgs", {}}, {"perturbed-gradient-descent", {}}},
                          .seeds = 12,
                          .budget = 1000.0};
  const Campaign campaign(options);
  RowsInMemory rows;
  const CampaignProgress reached = run_campaign(campaign, rows, {});
  CHECK(reached.done == 1 + 3 * 12);  // a moved start is drawn
  const CampaignSummary summary = summarize(campaign.options(), rows);
  CHECK(summary.missing == 0);
  const GroupSummary& single = summary.groups[0];
  CHECK(single.kind == GroupKind::single);
  CHECK(single.runs == 1);
  CHECK(std::isnan(single.success.lower));
  CHECK(std::isnan(summary.groups[1].log_rank_p));
  CHECK_FALSE(std::isnan(summary.groups[2].success.lower));

  // The profiles are those of a campaign that made the run under every seed.
  RowsInMemory repeated;
  for (Index run = 0; run < campaign.size(); ++run) repeated.append(std::vector<RunRow>{campaign.run(run)});
  options.notes.clear();
  const CampaignSummary twelve = summarize(options, repeated);
  REQUIRE(twelve.solvers.size() == summary.solvers.size());
  for (std::size_t s = 0; s < twelve.solvers.size(); ++s) {
    CHECK(summary.solvers[s].solver == twelve.solvers[s].solver);
    CHECK(summary.solvers[s].runs == twelve.solvers[s].runs);
    CHECK(summary.solvers[s].profile_area == twelve.solvers[s].profile_area);
    CHECK(summary.solvers[s].profile_interval.lower == twelve.solvers[s].profile_interval.lower);
    CHECK(summary.solvers[s].median_ratio == twelve.solvers[s].median_ratio);
  }

  // Shards: each run in one of them, and the single ones not all in the first.
  const Campaign singles({.cases = suite_cases("policy"), .solvers = {{"limited-memory-bfgs", {}}}, .seeds = 6});
  RowsInMemory parts;
  for (const Index index : {1, 2, 3}) {
    const CampaignProgress part = run_campaign(singles, parts, {.shard = {index, 3}});
    CHECK(part.wanted >= 5);
    CHECK(part.wanted <= 6);
  }
  CHECK(run_campaign(singles, parts, {.cancelled = [] { return true; }}).done == wanted_count(singles.options()));
}
