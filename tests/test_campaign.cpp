#include "support/catch.hpp"
#include "support/small_campaign.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

std::vector<RunRow> rows_of(const Campaign& campaign, const RunnerOptions& options) {
  RowsInMemory memory;
  run_campaign(campaign, memory, options);
  std::vector<RunRow> rows;
  memory.for_each(0, campaign.size(), [&](const RunRow& row) { rows.push_back(row); });
  return rows;
}

bool same_rows(const std::vector<RunRow>& a, const std::vector<RunRow>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_result);
}

CampaignSummary summary_of(const CampaignOptions& options) {
  const Campaign campaign(options);
  RowsInMemory rows;
  run_campaign(campaign, rows, {});
  return summarize(campaign.options(), rows);
}

}  // namespace

TEST_CASE("every run has its place in the grid") {
  const CampaignOptions options = test::small_campaign();
  REQUIRE(run_count(options) == 3 * 2 * 4 * 25);
  for (const Index run : {0, 24, 25, 99, 100, 199, 200, 599}) {
    const RunPlace place = place_of(options, run);
    CHECK((place.case_index * 4 + place.solver) * 25 + place.seed == run);
    CHECK(place.seed < 25);
    CHECK(place.solver < 4);
    CHECK(place.case_index < 6);
  }
}

TEST_CASE("options go through text and come back") {
  CampaignOptions options = test::small_campaign();
  options.solvers.push_back(parse_choice("certified(heavy-ball)(momentum=0.95)"));
  options.targets = {0.1, 1e-3, 0.1 / 3e6};
  options.weights = {0.1, 1.0, 3.0};
  options.judgement = Judgement::diagnosis;
  const CampaignOptions back = options_of(entries_of(options));
  CHECK(entries_of(back) == entries_of(options));
  CHECK(back.targets == options.targets);
  CHECK(back.solvers.back().name == "certified(heavy-ball)");
  CHECK(split_choices("octopus(dimension=5, tau=1), beale") ==
        std::vector<std::string>{"octopus(dimension=5, tau=1)", "beale"});
  CHECK_THROWS_AS(split_choices("a,,b"), std::invalid_argument);
  CHECK_THROWS_AS(options_of({}), std::invalid_argument);
}

TEST_CASE("a problem with an @ has its own start, the others have all of them") {
  const std::vector<std::string> starts{"first", "random"};
  std::vector<CampaignCase> cases;
  for (const char* text : {"octopus(dimension=4)@origin+1e-3", "beale", "octopus(dimension=4)@+1e-3",
                           "tabular-mdp(file=a@b)", "beale@random", "beale@saddle"}) {
    add_cases(cases, parse_cases(text, starts));
  }
  std::vector<std::string> texts;
  for (const CampaignCase& one : cases) texts.push_back(text_of(one));
  CHECK(texts == std::vector<std::string>{"octopus(dimension=4)@origin+1e-3", "beale@first", "beale@random",
                                          "octopus(dimension=4)@+1e-3", "tabular-mdp(file=a@b)@first",
                                          "tabular-mdp(file=a@b)@random", "beale@saddle"});  // beale@random: once
  CHECK_THROWS_AS(parse_cases("beale@", starts), std::invalid_argument);
  CHECK_THROWS_AS(parse_cases("@saddle", starts), std::invalid_argument);

  // Unequal numbers of starts a problem: every row is of the problem and start that its place names.
  CampaignOptions options{.cases = {{{"beale", {}}, "saddle"}, {{"wood", {}}, "standard"}, {{"beale", {}}, "standard"}},
                          .solvers = {{"gradient-descent", {{"learning_rate", "1e-9"}}}},
                          .seeds = 1,
                          .budget = 1.0};
  const Campaign campaign(options);
  CHECK(campaign.run(0).value == Approx(14.203125));      // f(0, 1)
  CHECK(campaign.run(1).value == Approx(19192.0));        // More, Garbow and Hillstrom (1981), problem 14
  CHECK(campaign.run(2).value == Approx(14.203125));      // f(1, 1): the same by chance
  CHECK(campaign.run(0).gradient_norm == 0.0);            // but a saddle
  CHECK(campaign.run(2).gradient_norm == Approx(27.75));  // and none
  options.cases.push_back(options.cases[0]);
  CHECK_THROWS_AS(Campaign(options), std::invalid_argument);
}

TEST_CASE("rows do not depend on threads or shards") {
  const Campaign campaign(test::small_campaign());
  const std::vector<RunRow> alone = rows_of(campaign, {.threads = 1});
  REQUIRE(static_cast<Index>(alone.size()) == campaign.size());
  CHECK(same_rows(alone, rows_of(campaign, {.threads = 2})));
  RowsInMemory parts;
  CHECK(run_campaign(campaign, parts, {.threads = 1, .shard = {2, 3}}).wanted == 200);
  CHECK(run_campaign(campaign, parts, {.threads = 2, .shard = {1, 3}}).done == 200);
  CHECK(run_campaign(campaign, parts, {.threads = 2}).done == campaign.size());
  std::vector<RunRow> together;
  parts.for_each(0, campaign.size(), [&](const RunRow& row) { together.push_back(row); });
  CHECK(same_rows(alone, together));
}

TEST_CASE("vector lanes give the rows of single runs, bit for bit") {
  // The contract of lib/ensemble.hpp, seen through everything that a row holds.
  CampaignOptions options = test::small_campaign();
  options.solvers = {{"gradient-descent", {}}, {"gradient-descent", {{"learning_rate", "1e6"}}}};
  options.cases =
      cases_of({{"capped-saddle", {}}, {"octopus", {{"dimension", "4"}}}, {"rosenbrock", {}}, {"softmax-bandit", {}}},
               {"+0.3", "first"});
  options.budget = 400.5;
  Index breakdowns = 0;
  Index solved = 0;
  Index escapes = 0;
  const auto compare_rows = [&](const Campaign& campaign, Index first) {
    REQUIRE(campaign.runs_in_lanes(first));
    std::vector<Index> runs;
    for (Index run = first; run < first + campaign.options().seeds; ++run) runs.push_back(run);
    for (const RunRow& row : campaign.run_many(runs)) {
      const RunRow single = campaign.run(row.run);
      INFO("run " << row.run << ": " << row.end_id << ", " << single.end_id << ", " << row.iterations << ", "
                  << single.iterations << ", " << row.cost << ", " << single.cost);
      CHECK(same_result(row, single));
      breakdowns += row.end_class == EndClass::breakdown ? 1 : 0;
      solved += row.end_id == "value-target" ? 1 : 0;
      escapes += std::isnan(row.escape_iteration) ? 0 : 1;
    }
  };
  const Campaign campaign(options);
  for (Index first = 0; first < campaign.size(); first += options.seeds) compare_rows(campaign, first);
  options.cases = cases_of({{"capped-saddle", {}}, {"monkey-saddle", {}}}, {"saddle+0.1", "saddle"});
  options.solvers = {{"gradient-descent", {}}};
  const Campaign saddles(options);
  for (Index first = 0; first < saddles.size(); first += options.seeds) compare_rows(saddles, first);
  // All kinds of end were among them.
  CHECK(breakdowns > 0);
  CHECK(solved > 0);
  CHECK(escapes > 0);
  CHECK_FALSE(Campaign(test::small_campaign()).runs_in_lanes(100));  // random starts have targets of their own
}

TEST_CASE("a row says what a run of its own says") {
  // The same run driven by hand: hits, escape and cost are of the first iterates past their values.
  CampaignOptions options{.cases = cases_of({{"capped-saddle", {}}}, {"saddle"}),
                          .solvers = {{"perturbed-gradient-descent", {}}},
                          .seeds = 2,
                          .budget = 3000.0,
                          .targets = {0.5, 1e-2, 1e-4}};
  const Campaign campaign(options);
  const RunRow row = campaign.run(1);
  REQUIRE(row.hits.size() == 3);
  REQUIRE(row.end_id == "value-target");
  CHECK(row.hits[0] <= row.hits[1]);
  CHECK(row.hits[1] <= row.hits[2]);
  CHECK(row.hits[2] == row.cost);
  CHECK(row.kicks >= 1);
  CHECK(row.escape_cost <= row.hits[0]);
  CHECK(row.escape_iteration <= static_cast<double>(row.iterations));
  CHECK(row.cost == Approx(static_cast<double>(row.counts.gradients) +
                           2.0 * static_cast<double>(row.counts.hessian_vector_products) +
                           static_cast<double>(row.counts.values) / 3.0));
  const Problem problem = problems::make("capped-saddle");
  CHECK(row.value <= *problem.optimal_value +
                         1e-4 * (problem.objective->value(start_of(problem, "saddle")) - *problem.optimal_value));
}

TEST_CASE("the budget is of cost, not of gradients, and hits beyond it do not count") {
  CampaignOptions options{
      .cases = cases_of({{"rosenbrock", {}}}), .solvers = {{"trust-region-newton-cg", {}}}, .seeds = 1, .budget = 40.0};
  const RunRow cut = Campaign(options).run(0);
  CHECK(cut.end_id == "cost-budget");
  CHECK(cut.cost >= 40.0);
  CHECK(cut.counts.gradients < 40);  // products took part of it
  CHECK(time_to_target(cut, 0, options.budget).outcome == statistics::Outcome::censored);
  CHECK(time_to_target(cut, 0, options.budget).time == 40.0);
  RunRow late = cut;
  late.hits = {41.0};  // reached by the step in progress
  CHECK(time_to_target(late, 0, options.budget).outcome == statistics::Outcome::censored);
  options.weights.product = 0.0;
  CHECK(Campaign(options).run(0).counts.gradients > cut.counts.gradients);
}

TEST_CASE("a run that broke down is censored at the budget in survival, at what it spent in running times") {
  RunRow broken;
  broken.end_class = EndClass::breakdown;
  broken.cost = 7.0;
  broken.hits = {not_measured};
  CHECK(time_to_target(broken, 0, 100.0).time == 100.0);
  CHECK(spent_to_target(broken, 0, 100.0).time == 7.0);
  CHECK(spent_to_target(broken, 0, 100.0).outcome == statistics::Outcome::censored);
}

TEST_CASE("starts by text: moved, scaled, random; the same for every solver") {
  const Problem octopus = problems::make("octopus");
  const StartText moved(octopus, "+1e-4");
  const Vector x = moved.at(3);
  CHECK((x.view() - octopus.starts[0].x.view()).norm() == Approx(1e-4));
  CHECK(x == moved.at(3));
  CHECK_FALSE(x == moved.at(4));
  CHECK_FALSE(moved.is_fixed());
  const Problem rosenbrock = problems::make("rosenbrock");
  const StartText scaled(rosenbrock, rosenbrock.starts[0].name + "*10");
  CHECK(scaled.at(0)[0] == 10.0 * rosenbrock.starts[0].x[0]);
  CHECK(scaled.is_fixed());
  CHECK_THROWS_AS(StartText(octopus, "nowhere"), std::invalid_argument);
  CHECK_THROWS_AS(StartText(octopus, "+"), std::invalid_argument);
  CHECK_THROWS_AS(StartText(octopus, "*-1"), std::invalid_argument);
}

TEST_CASE("from the octopus's saddle perturbed gradient descent always arrives and gradient descent never") {
  const CampaignSummary summary = summary_of({.cases = cases_of({{"octopus", {}}}),
                                              .solvers = {{"gradient-descent", {}}, {"perturbed-gradient-descent", {}}},
                                              .seeds = 10,
                                              .budget = 3000.0});
  REQUIRE(summary.groups.size() == 2);
  CHECK(summary.groups[0].successes == 0);
  CHECK_FALSE(summary.groups[0].median.has_value());
  CHECK(std::isinf(summary.groups[0].running_time));
  CHECK(summary.groups[0].restricted_mean.value == 3000.0);
  CHECK(summary.groups[1].successes == 10);
  CHECK(summary.groups[1].median.value() < 1000.0);
  CHECK(summary.groups[0].mean_test_p < 1e-6);
  CHECK(std::isnan(summary.groups[1].mean_test_p));  // it is the best: against itself there is no test
  REQUIRE(summary.solvers.size() == 2);
  CHECK(summary.solvers[0].solver == 1);
  CHECK(summary.solvers[0].profile_area == Approx(1.0));
  CHECK(summary.solvers[1].profile_area == 0.0);
  CHECK(summary.verdict.find("perturbed-gradient-descent solved 100%") != std::string::npos);
}

TEST_CASE("a solver that ends itself at the target has reached it, and pays for its products") {
  // The trust region ends at the octopus's minimum by its own certificate, whatever the target.
  const CampaignSummary summary = summary_of({.cases = cases_of({{"octopus", {}}}),
                                              .solvers = {{"trust-region-newton-cg", {}}},
                                              .seeds = 3,
                                              .budget = 3000.0,
                                              .targets = {1e-12}});
  REQUIRE(summary.groups.size() == 1);
  CHECK(summary.groups[0].successes == 3);
  CHECK(*summary.groups[0].median > summary.groups[0].median_gradients + 2.0);
}

TEST_CASE("the referee judges every end, and confirms a certificate") {
  // Barzilai-Borwein at the exact saddle of the monkey: a gradient of zero, which a first-order method may take for an
  // end.
  const CampaignSummary summary =
      summary_of({.cases = cases_of({{"capped-saddle", {}}}, {"saddle"}),
                  .solvers = {{"gradient-descent", {}}, {"certified(gradient-descent)", {}}},
                  .seeds = 2,
                  .budget = 500.0,
                  .judgement = Judgement::final_point});
  REQUIRE(summary.groups[0].contradicted.has_value());
  CHECK(summary.groups[0].claims == 0);
  CHECK(*summary.groups[1].contradicted == 0);
  CHECK(summary.groups[1].successes == 2);
}

TEST_CASE("a diagnosis names what held the run") {
  const Campaign campaign({.cases = cases_of({{"capped-saddle", {}}}, {"saddle"}),
                           .solvers = {{"gradient-descent", {}}},
                           .seeds = 1,
                           .budget = 300.0,
                           .judgement = Judgement::diagnosis});
  const RunRow row = campaign.run(0);
  CHECK(row.point == "strict-saddle");
  CHECK(row.findings.find("strict-saddle") != std::string::npos);
}

TEST_CASE("a campaign that is not finished is summed up over what there is") {
  const CampaignOptions options = test::small_campaign();
  const Campaign campaign(options);
  RowsInMemory rows;
  const std::vector<RunRow> all = rows_of(campaign, {.threads = 1});
  rows.append(std::span(all).first(40));
  const CampaignProgress reached = run_campaign(campaign, rows, {.cancelled = [] { return true; }});
  CHECK(reached.done == 40);
  const CampaignSummary summary = summarize(options, rows);
  CHECK(summary.missing == reached.wanted - reached.done);
  CHECK(summary.groups.size() == 24);
  CHECK(summary.groups.back().runs == 0);
}

TEST_CASE("a run that is cancelled on its way leaves no row, and is run again from its start") {
  // Three jobs: Adam run by run, gradient descent in vector lanes (octopus) and lane by lane (mueller-brown). It is
  // asked after every iteration, so that the first of Adam's runs ends before, and the second after it has said so.
  const Campaign campaign({.cases = cases_of({{"mueller-brown", {}}, {"octopus", {}}}, {"+1e-3"}),
                           .solvers = {{"adam", {}}, {"gradient-descent", {}}},
                           .seeds = 3,
                           .budget = 3000.0,
                           .targets = {1e-12}});
  const std::vector<RunRow> all = rows_of(campaign, {.threads = 1});
  REQUIRE(all.size() == 12);
  const Index in_second_run = all[0].iterations + all[1].iterations / 2;
  const Index after_three = all[0].iterations + all[1].iterations + all[2].iterations + 3;  // once before each run, too
  for (const Index asked : {Index{0}, Index{1}, Index{2}, Index{70}, in_second_run, after_three, 2 * after_three}) {
    RowsInMemory rows;
    Index left = asked;
    const CampaignProgress reached = run_campaign(campaign, rows, {.cancelled = [&] { return left-- <= 0; }});
    if (asked == in_second_run) CHECK(reached.done == 1);
    if (asked == after_three) CHECK(reached.done == 3);
    const CampaignProgress finished = run_campaign(campaign, rows, {});
    CHECK(finished.done == finished.wanted);
    std::vector<RunRow> continued;
    rows.for_each(0, campaign.size(), [&](const RunRow& row) { continued.push_back(row); });
    REQUIRE(continued.size() == all.size());
    CHECK(same_rows(continued, all));
  }
  // Of lanes those that have ended are kept, however many there are by then.
  for (const Index run : {Index{3}, Index{9}}) {
    const std::vector<Index> lanes{run, run + 1, run + 2};
    REQUIRE(campaign.runs_in_lanes(run));
    CHECK(campaign.run_many(lanes, [] { return true; }).empty());
    for (Index asked = 1; asked < 4000; asked += 97) {
      Index left = asked;
      for (const RunRow& row : campaign.run_many(lanes, [&] { return left-- <= 0; })) {
        CHECK(same_result(row, all[static_cast<std::size_t>(row.run)]));
      }
    }
  }
}

TEST_CASE("unknown names and wrong options are refused before anything runs") {
  CampaignOptions options{.cases = cases_of({{"octopus", {}}}, {"nowhere"}), .solvers = {{"gradient-descent", {}}}};
  CHECK_THROWS_AS(Campaign(options), std::invalid_argument);
  options.cases = cases_of({{"octopus", {}}});
  options.targets = {1.0};
  CHECK_THROWS_AS(Campaign(options), std::invalid_argument);
  options.targets = {1e-3, 1e-1};
  CHECK_THROWS_AS(Campaign(options), std::invalid_argument);
  options.targets = {0.1};
  options.solvers[0].name = "gradient-decent";
  CHECK_THROWS_AS(Campaign(options), std::invalid_argument);
  CHECK(parse_shard("2/3").count == 3);
  for (const char* wrong : {"0/2", "3/2", "1", "1/2x", "a/b", ""})
    CHECK_THROWS_AS(parse_shard(wrong), std::invalid_argument);
}
