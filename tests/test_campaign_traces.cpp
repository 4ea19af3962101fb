// Traces of runs, and targets of problems whose optimal value nobody knows.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/compare/new_targets.hpp>
#include <perigee/diagnostics/compare/relative_targets.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace perigee;

namespace {

CampaignOptions unknown_optimum() {
  return {.cases = {{{"random-field", {}}, "random"}, {{"rosenbrock", {}}, "standard"}},
          .solvers = {{"limited-memory-bfgs", {}}, {"adam", {{"learning_rate", "0.05"}}}},
          .seeds = 5,
          .budget = 400.0,
          .targets = {1e-1, 1e-3},
          .traces = Traces::kept};
}

// Cost and value of every iterate.
class Everything final : public Observer {
 public:
  explicit Everything(const CostWeights& weights) : weights_(weights) {}
  void observe(const StepRecord&, const Stepper& stepper) override {
    points.push_back({cost_of(stepper.record().counts, weights_), stepper.record().value});
  }
  ValueTrace points;

 private:
  CostWeights weights_;
};

}  // namespace

TEST_CASE("a trace is bounded, and its costs are at most a bin late") {
  // 1e5 improvements in a row, the worst there is: read off at every level, against the costs that they really had.
  ValueTrace trace;
  const auto value_at = [](Index k) { return 1.0 / static_cast<double>(k); };
  for (Index k = 1; k <= 100000; ++k) extend(trace, static_cast<double>(k), value_at(k));
  CHECK(static_cast<double>(trace.size()) <= 10.0 + 8.0 * std::log2(1e5));
  CHECK(trace.front().cost == 1.0);
  CHECK(trace.back().cost == 100000.0);
  for (Index k = 1; k <= 100000; k += 37) {
    const double read = cost_to_reach(trace, value_at(k));
    CHECK(read >= static_cast<double>(k));
    CHECK(read <= 1.125 * static_cast<double>(k));
  }
  CHECK(std::isnan(cost_to_reach(trace, 1e-6)));
  // What is no improvement leaves no point.
  const std::size_t size = trace.size();
  extend(trace, 2e5, trace.back().value);
  extend(trace, 3e5, std::numeric_limits<double>::quiet_NaN());
  CHECK(trace.size() == size);
  CHECK(same_trace(trace_of(bytes_of(trace)), trace));
  CHECK_THROWS_AS(trace_of(std::vector<std::uint8_t>(24)), std::invalid_argument);
}

TEST_CASE("targets relative to the best value found agree with runs that were looked at in full") {
  const Campaign campaign(unknown_optimum());
  const CampaignOptions& options = campaign.options();
  CHECK(options.relative_cases == std::vector<Index>{0});
  RowsInMemory rows;
  run_campaign(campaign, rows, {.threads = 2});
  RelativeTargets relative(options, rows);

  // The same runs by hand, every iterate kept.
  const Problem problem = problems::make("random-field");
  const StartText start(problem, "random");
  std::vector<ValueTrace> all;
  double best = std::numeric_limits<double>::infinity();
  for (const NamedChoice& choice : options.solvers) {
    const auto solver = all_solvers::make(choice.name, choice.assignments, problem);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Everything watched(options.weights);
      (void)run(*problem.objective, *solver, start.at(seed),
                {.stop = max_gradients(400), .random = RandomSource(seed), .observers = {&watched}});
      std::erase_if(watched.points, [&](const TracePoint& point) { return point.cost > 401.0; });
      for (const TracePoint& point : watched.points) best = std::min(best, point.value);
      all.push_back(watched.points);
    }
  }
  CHECK(relative.best_value(0) == best);
  CHECK(std::isnan(relative.best_value(1)));
  Index hits = 0;
  Index misses = 0;
  relative.for_each(0, 10, [&](const RunRow& row) {
    const ValueTrace& points = all[static_cast<std::size_t>(row.run)];
    CHECK(row.trace.front().value == points.front().value);
    for (std::size_t i = 0; i < 2; ++i) {
      const double target = best + options.targets[i] * (points.front().value - best);
      const double exact = cost_to_reach(points, target);
      INFO("run " << row.run << ", target " << i);
      if (std::isnan(exact)) {
        CHECK(std::isnan(row.hits[i]));
        ++misses;
      } else {
        CHECK(row.hits[i] >= exact);
        CHECK(row.hits[i] <= 1.125 * exact);
        ++hits;
      }
    }
  });
  CHECK(hits > 0);
  CHECK(misses > 0);

  // The best run has solved its case, and where f* is known nothing changes.
  const CampaignSummary summary = summarize(options, relative, {.target = 1});
  CHECK(summary.groups[0].successes + summary.groups[1].successes >= 1);
  rows.for_each(10, 20, [&](const RunRow& plain) {
    relative.for_each(plain.run, plain.run + 1, [&](const RunRow& row) { CHECK(same_result(plain, row)); });
  });
}

TEST_CASE("traces are stored bit for bit, and only where they were asked for") {
  const test::TemporaryFolder folder;
  const Campaign campaign(unknown_optimum());
  RowsInMemory memory;
  run_campaign(campaign, memory, {});
  {
    CampaignStore store(folder.path() / "c.sqlite", campaign.configuration(), {});
    run_campaign(campaign, store, {.threads = 2});
  }
  CampaignStore store(folder.path() / "c.sqlite");
  const CampaignOptions back = options_of(store.configuration().entries);
  CHECK(back.traces == Traces::kept);
  CHECK(back.relative_cases == campaign.options().relative_cases);
  Index compared = 0;
  memory.for_each(0, campaign.size(), [&](const RunRow& expected) {
    store.for_each(expected.run, expected.run + 1, [&](const RunRow& row) {
      CHECK(row.trace.size() >= 2);
      CHECK(same_result(expected, row));
      ++compared;
    });
  });
  CHECK(compared == wanted_count(campaign.options()));

  CampaignOptions without = unknown_optimum();
  without.traces = Traces::none;
  CHECK_THROWS_AS(Campaign(without), std::invalid_argument);
  without.cases.erase(without.cases.begin());
  CHECK(Campaign(without).run(0).trace.empty());
}

TEST_CASE("new targets are read off the traces of runs that are over") {
  // The twin: the same campaign run for these targets from the start. Costs are at most a bin of the trace late (1/8),
  // exact for the target that both have, and a run that reached one reached the other. Moved, fixed and drawn starts;
  // a problem without f*, where any target will do.
  CampaignOptions options{.cases = {{{"rosenbrock", {}}, "standard"},
                                    {{"capped-saddle", {}}, "+1e-2"},
                                    {{"beale", {}}, "random"},
                                    {{"random-field", {}}, "random"}},
                          .solvers = {{"limited-memory-bfgs", {}}, {"adam", {{"learning_rate", "0.05"}}}},
                          .seeds = 4,
                          .budget = 600.0,
                          .targets = {1e-1, 1e-4},
                          .traces = Traces::kept};
  const auto rows_of = [](const Campaign& campaign) {
    RowsInMemory rows;
    run_campaign(campaign, rows, {});
    return rows;
  };
  const Campaign campaign(options);
  RowsInMemory rows = rows_of(campaign);
  const std::vector<double> wanted{0.5, 1e-1, 1e-2};
  NewTargets shown(campaign.options(), wanted, rows);
  CHECK(shown.options().targets == wanted);
  options.targets = {0.5, 1e-1, 1e-2, 1e-4};
  const Campaign twin(options);
  RowsInMemory twin_rows = rows_of(twin);
  RelativeTargets filled(shown.options(), shown);
  RelativeTargets twin_filled(twin.options(), twin_rows);
  std::vector<RunRow> expected;
  twin_filled.for_each(0, twin.size(), [&](const RunRow& row) { expected.push_back(row); });
  std::size_t seen = 0;
  Index reached = 0;
  filled.for_each(0, campaign.size(), [&](const RunRow& row) {
    REQUIRE(row.hits.size() == 3);
    const RunRow& other = expected[seen++];
    REQUIRE(other.run == row.run);
    for (std::size_t i = 0; i < 3; ++i) {
      REQUIRE(std::isnan(row.hits[i]) == std::isnan(other.hits[i]));
      if (std::isnan(row.hits[i])) continue;
      ++reached;
      CHECK(row.hits[i] >= other.hits[i]);
      CHECK(row.hits[i] <= 1.125 * other.hits[i] + 1.0);
      if (i == 1) CHECK(row.hits[i] == other.hits[i]);
    }
  });
  CHECK(seen == expected.size());
  CHECK(reached > 40);
  const CampaignSummary summary = summarize(shown.options(), filled, {.target = 2, .resamples = 10});
  CHECK(summary.target == 1e-2);

  const auto message_of = [&](const CampaignOptions& made, std::vector<double> targets) -> std::string {
    try {
      NewTargets refused(made, std::move(targets), rows);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return {};
  };
  CHECK(message_of(campaign.options(), {1e-5}) ==
        "targets: must be >= 0.0001, where the runs of this campaign ended, got 1e-05; run it again with that target, "
        "into another file");
  CampaignOptions without = campaign.options();
  without.traces = Traces::none;
  CHECK(message_of(without, {0.5}) ==
        "targets: other targets than those of the campaign are read off traces, and its runs have none; run it again "
        "with --traces, or with these --targets, into another file");
  CHECK_THROWS_AS(shown.append(std::vector<RunRow>(1)), std::invalid_argument);
}
