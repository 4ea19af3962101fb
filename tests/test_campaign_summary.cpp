// A group of more runs than one thread reads at a time, from a file, against figures worked by hand.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>

#include <cmath>

using namespace perigee;

namespace {

constexpr Index seeds = 150000;  // three pieces of at most 65,536
constexpr double budget = 1000.0;

const Campaign& large_campaign() {
  static const Campaign campaign({.cases = cases_of({{"capped-saddle", {}}}, {"random"}),
                                  .solvers = {{"gradient-descent", {}}, {"perturbed-gradient-descent", {}}},
                                  .seeds = seeds,
                                  .budget = budget});
  return campaign;
}

// Of the first solver two runs of three arrive, at the costs 1, ..., 500 equally often; the third broke down at 700.
// The second solver arrives at 1200 - run, as long as that is within the budget and at least 300, else never.
RunRow row_of(Index run) {
  RunRow row;
  row.run = run;
  const Index seed = run % seeds;
  const bool first = run < seeds;
  const bool arrives = first ? seed % 3 != 0 : seed >= 200 && seed <= 900;
  row.cost = first ? 700.0 : budget;
  if (arrives) row.cost = first ? 1.0 + static_cast<double>(seed / 3 % 500) : 1200.0 - static_cast<double>(seed);
  row.end_class = arrives ? EndClass::convergence : first ? EndClass::breakdown : EndClass::budget;
  row.end_id = arrives ? "value-target" : first ? "non-finite" : "cost-budget";
  row.counts.gradients = static_cast<std::uint64_t>(row.cost);
  row.seconds = 1e-3 * row.cost;
  row.hits = {arrives ? row.cost : not_measured};
  return row;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST_CASE("a group of very many runs is summed up in pieces, by any number of threads alike") {
  const test::TemporaryFolder folder;
  const Campaign& campaign = large_campaign();
  CampaignStore store(folder.path() / "large.sqlite", campaign.configuration(), provenance_of_this_process(2));
  std::vector<RunRow> rows;
  for (Index run = 0; run < 2 * seeds; ++run) rows.push_back(row_of(run));
  store.append(rows);

  const CampaignSummary summary = summarize(campaign.options(), store, {.threads = 3});
  REQUIRE(summary.groups.size() == 2);
  CHECK(summary.missing == 0);
  const GroupSummary& first = summary.groups[0];
  CHECK(first.runs == seeds);
  CHECK(first.successes == 100000);
  CHECK(first.breakdowns == 50000);
  // 200 runs arrive at each of the costs 1, ..., 500: half of all at the 375th.
  CHECK(first.median == 375.0);
  // Mean of min(T, budget): two thirds of (1 + 500)/2 and a third of the budget.
  CHECK(first.restricted_mean.value == Approx(2.0 / 3.0 * 250.5 + 1000.0 / 3.0));
  // All costs, those of failures as spent, over the arrivals.
  CHECK(first.running_time == Approx(250.5 + 700.0 / 2.0));
  CHECK(first.running_time_interval.lower < first.running_time);
  CHECK(first.running_time_interval.upper > first.running_time);
  // A third at 700 and two thirds at 1, ..., 500: the median is where 3/4 of those are.
  CHECK(first.median_gradients == Approx(375.5).margin(0.5));
  CHECK(first.median_seconds == Approx(0.3755).margin(5e-4));
  CHECK(summary.groups[1].successes == 701);
  CHECK_FALSE(summary.groups[1].median.has_value());

  const CampaignSummary alone = summarize(campaign.options(), store, {.threads = 1});
  CHECK(alone.verdict == summary.verdict);
  for (std::size_t g = 0; g < 2; ++g) {
    CHECK(same(alone.groups[g].running_time_interval.upper, summary.groups[g].running_time_interval.upper));
    CHECK(same(alone.groups[g].mean_test_p, summary.groups[g].mean_test_p));
    CHECK(same(alone.solvers[g].profile_area, summary.solvers[g].profile_area));
    CHECK(same(alone.solvers[g].median_ratio, summary.solvers[g].median_ratio));
  }
  CHECK_THROWS_AS(summarize(campaign.options(), store, {.threads = 0}), std::invalid_argument);
}

TEST_CASE("scores are read as the whole rows have them, and nothing else is") {
  const test::TemporaryFolder folder;
  const Campaign& campaign = large_campaign();
  CampaignStore store(folder.path() / "few.sqlite", campaign.configuration(), provenance_of_this_process(1));
  std::vector<RunRow> rows;
  for (Index run = 0; run < 77; ++run) {  // two statements of many rows, and some of one
    rows.push_back(row_of(run));
    rows.back().iterations = 10 + run;
    rows.back().value = 0.5;
    rows.back().gradient_norm = 0.25;
    rows.back().kicks = 3;
    rows.back().escape_iteration = 4.0;
    rows.back().escape_cost = 5.0;
    rows.back().point = "minimum";
    rows.back().findings = "plateau";
  }
  store.append(rows);
  std::size_t seen = 0;
  store.for_each(0, seeds, [&](const RunRow& row) { CHECK(same_result(row, rows[seen++])); });
  CHECK(seen == 77);
  store.for_each(
      70, 71,
      [&](const RunRow& row) {
        RunRow scores = rows[70];
        scores.iterations = 0;
        scores.value = scores.gradient_norm = not_measured;
        scores.kicks = 0;
        scores.findings.clear();
        CHECK(same_result(row, scores));
        CHECK(row.seconds == scores.seconds);
      },
      RowDetail::scores);
}
