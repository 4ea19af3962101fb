#include "support/catch.hpp"

#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/mode_words.hpp>
#include <perigee/diagnostics/compare/suites.hpp>
#include <perigee/diagnostics/compare/tuning.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

double assigned(const NamedChoice& setting, const std::string& name) {
  for (const auto& [key, value] : setting.assignments) {
    if (key == name) return *parse_number(value);
  }
  return not_measured;
}

std::string setting_of(const Solver& solver, const std::string& name) {
  for (const auto& [key, value] : solver.settings()) {
    if (key == name) return value;
  }
  return {};
}

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

RunRow row(Index run, double hit, double cost) {
  RunRow made;
  made.run = run;
  made.cost = cost;
  made.hits = {hit};
  return made;
}

}  // namespace

TEST_CASE("settings are drawn from the ranges that the header states, each its own, the given one first") {
  const CampaignOptions campaign{.cases = cases_of({{"capped-saddle", {}}}),
                                 .solvers = {{"heavy-ball", {}},
                                             {"perturbed-gradient-descent", {{"scale", "2"}}},
                                             {"natural-policy-gradient", {}}},
                                 .seeds = 2};
  // The natural gradient has one rate that a rule may choose: that tunes as well.
  const CampaignOptions tuning = tuning_campaign(campaign, 200, 7);
  REQUIRE(tuning.solvers.size() == 600);
  CHECK(text_of(tuning.solvers[0]) == "heavy-ball");
  CHECK(text_of(tuning.solvers[200]) == "perturbed-gradient-descent(scale=2)");
  Index rules = 0;
  double least = 1.0;
  double greatest = 0.0;
  for (std::size_t i = 1; i < 200; ++i) {
    const double momentum = assigned(tuning.solvers[i], "momentum");
    const double rate = assigned(tuning.solvers[i], "learning_rate");
    CHECK(momentum >= 0.0);  // 1 - 0.9 = 0.1, a tenth to ten times that
    CHECK(momentum <= 0.99);
    rules += std::isnan(rate) ? 1 : 0;
    if (std::isnan(rate)) continue;
    least = std::min(least, rate);
    greatest = std::max(greatest, rate);
  }
  // Binomial(199, 1/2): outside of [60, 139] with a probability below 1e-7. Of at least 60 draws of a uniform on eight
  // decades, none below the second or none above the sixth has a probability below 2 (3/4)^60 < 1e-7.
  CHECK(rules >= 60);
  CHECK(rules <= 139);
  CHECK(least >= 1e-4);
  CHECK(least < 1e-2);
  CHECK(greatest > 1e2);
  CHECK(greatest <= 1e4);
  for (std::size_t i = 201; i < 400; ++i) {
    const NamedChoice& setting = tuning.solvers[i];
    CHECK(assigned(setting, "scale") == 2.0);  // was given
    CHECK(assigned(setting, "escape_iterations") >= 5.0);
    CHECK(assigned(setting, "escape_iterations") <= 500.0);
    CHECK(std::isnan(assigned(setting, "hessian_lipschitz")));  // of the theorem
    CHECK(std::isnan(assigned(setting, "failure_probability")));
  }
  // The same seed, the same settings, whoever else is tuned; another seed, others.
  CampaignOptions alone = campaign;
  alone.solvers = {campaign.solvers[1]};
  const CampaignOptions again = tuning_campaign(alone, 5, 7);
  for (std::size_t i = 0; i < 5; ++i) CHECK(text_of(again.solvers[i]) == text_of(tuning.solvers[200 + i]));
  CHECK(text_of(tuning_campaign(alone, 5, 8).solvers[1]) != text_of(again.solvers[1]));
}

TEST_CASE("every solver of the registry can be tuned where it fits, within what its parameters allow") {
  const Problem problem = problems::make("least-squares", {});
  for (const solvers::Entry& entry : all_solvers::registry()) {
    INFO(entry.name);
    const CampaignOptions tuning =
        tuning_campaign({.cases = cases_of({{"least-squares", {}}}), .solvers = {{entry.name, {}}}}, 6);
    CHECK(tuning.solvers.front().assignments.empty());
    for (std::size_t i = 1; i < tuning.solvers.size(); ++i) {
      CHECK(all_solvers::make(entry.name, tuning.solvers[i].assignments, problem) != nullptr);
    }
    const bool has_rate = std::any_of(entry.parameters.begin(), entry.parameters.end(),
                                      [](const auto& parameter) { return parameter.name == "learning_rate"; });
    if (has_rate) CHECK(tuning.solvers.size() == 6);
  }
}

TEST_CASE("scores are geometric means of restricted means, failures and misfits at the budget") {
  // Two cases, two seeds, budget 100. Worked by hand: adam as given costs (10 + 30)/2 = 20 and, one run of two failed,
  // (60 + 100)/2 = 80: sqrt(20 * 80) = 40. The second setting: sqrt(16 * 25) = 20. The third: sqrt(100 * 4) = 20 < 2
  // * 20. Heavy ball has one setting: sqrt(50 * 100), the first case by a single run, the second a misfit.
  CampaignOptions tuning{.cases = cases_of({{"capped-saddle", {}}, {"rosenbrock", {}}}),
                         .solvers = {{"adam", {}},
                                     {"adam", {{"learning_rate", "0.1"}}},
                                     {"adam", {{"learning_rate", "0.2"}}},
                                     {"heavy-ball", {}}},
                         .seeds = 2,
                         .first_seed = 5,
                         .budget = 100.0};
  tuning.notes = {{3, GroupKind::single, {}}, {7, GroupKind::not_applicable, "no step"}};
  RowsInMemory rows;
  const double never = not_measured;
  rows.append(std::vector<RunRow>{row(0, 10, 10), row(1, 30, 30), row(2, 16, 16), row(3, 16, 16), row(4, never, 100),
                                  row(5, never, 100), row(6, 50, 50), row(8, 60, 60), row(9, never, 101),
                                  row(10, 25, 25), row(11, 25, 25), row(12, 4, 4), row(13, 4, 4)});
  const std::vector<TunedSolver> tuned = tuned_solvers(tuning, rows);
  REQUIRE(tuned.size() == 2);
  CHECK(tuned[0].given_score == Approx(40.0));
  CHECK(tuned[0].chosen_score == Approx(20.0));
  CHECK(text_of(tuned[0].chosen) == "adam(learning_rate=0.1)");  // the first of two that are equal
  CHECK(tuned[0].configurations == 3);
  CHECK(tuned[0].within_twice == 3);
  CHECK(tuned[0].cost == 10 + 30 + 16 + 16 + 100 + 100 + 60 + 101 + 25 + 25 + 4 + 4);
  CHECK(tuned[1].chosen_score == Approx(std::sqrt(50.0 * 100.0)));
  CHECK(text_of(tuned[1].chosen) == "heavy-ball");

  const CampaignOptions compared = tuned_campaign(
      {.cases = cases_of({{"beale", {}}}), .solvers = {{"heavy-ball", {}}, {"adam", {}}}, .seeds = 9}, tuning, rows);
  CHECK(text_of(compared.solvers[0]) == "heavy-ball");
  CHECK(text_of(compared.solvers[1]) == "adam(learning_rate=0.1)");
  CHECK(compared.first_seed == 7);
  CHECK(place_of(compared, 0).seed == 7);
  CHECK(options_of(entries_of(compared)).first_seed == 7);
  // What was tuned is said, and stays in the file; the costs are the sum above.
  CHECK(mode_words(compared) ==
        "Mode tuned: each solver in its cheapest setting to the target 0.001 on other problems (capped-saddle, "
        "rosenbrock), 2 cases under seeds 5 to 6, budget 100.");
  REQUIRE(compared.tuning.size() == 3);
  CHECK(compared.tuning[1] == "heavy-ball: has nothing to tune");
  CHECK(compared.tuning[2] ==
        "adam(learning_rate=0.1): of 3 settings tried 3 within twice the best; tuning has cost 491");
  CHECK(mode_words(options_of(entries_of(compared))) == mode_words(compared));
  CHECK(options_of(entries_of(compared)).tuning == compared.tuning);

  CHECK(message_of([&] {
          (void)tuned_campaign({.cases = cases_of({{"rosenbrock", {}}}), .solvers = {{"adam", {}}}}, tuning, rows);
        }) == "tuning: problems must be others than those tuned on, got rosenbrock");
  CHECK(message_of([&] {
          (void)tuned_campaign({.cases = cases_of({{"beale", {}}}), .solvers = {{"guided", {}}}}, tuning, rows);
        }) == "tuning: solvers must be among those tuned, without parameters of their own, got guided");
  RowsInMemory unfinished;
  unfinished.append(std::vector<RunRow>{row(0, 10, 10)});
  CHECK(message_of([&] { (void)tuned_solvers(tuning, unfinished); }) ==
        "tuning: the tuning campaign must be finished, got runs missing from adam");
  CHECK(message_of([&] { (void)tuned_solvers(tuning, rows, 1); }) ==
        "tuning: target must be one of the campaign's, got 1");
  CHECK(message_of([&] { (void)tuning_campaign(tuning, 3); }) ==
        "tuning: solvers must have different names, got adam twice");
  CHECK(message_of([&] {
          (void)tuning_campaign({.cases = tuning.cases, .solvers = {{"adam", {}}}}, 1);
        }) == "tuning: configurations must be >= 2, got 1");
}

TEST_CASE("a tuned rate is near the best rate of a quadratic, and another seed draws another start") {
  // Gradient descent on a quadratic of condition number kappa contracts at best by (kappa - 1)/(kappa + 1) a step, at
  // the rate 2/(l + mu); beyond 2/l it diverges. Thirty draws, half of them over eight decades, 16% of these within a
  // factor of 4.5 below 2/l: the problem's own step, which is among them, is the least that is chosen.
  CampaignOptions options{.cases = cases_of({{"least-squares", {}}}, {"random"}),
                          .solvers = {{"heavy-ball", {}}},
                          .seeds = 4,
                          .budget = 500.0};
  const Campaign tuning(tuning_campaign(options, 30, 1));
  RowsInMemory rows;
  run_campaign(tuning, rows, {});
  const std::vector<TunedSolver> tuned = tuned_solvers(tuning.options(), rows);
  REQUIRE(tuned.size() == 1);
  CHECK(tuned[0].chosen_score <= tuned[0].given_score);
  CHECK(tuned[0].within_twice < 30);  // rates beyond 2(1 + momentum)/l diverge

  options.first_seed = 4;
  const Campaign later(options);
  options.first_seed = 0;
  options.seeds = 8;
  const Campaign all(options);
  CHECK(same_result(later.run(0), [&] {
    RunRow fifth = all.run(4);
    fifth.run = 0;
    return fifth;
  }()));
  CHECK_FALSE(later.run(0).cost == all.run(0).cost);
}

TEST_CASE("a campaign says how its solvers were set") {
  const CampaignOptions given{.cases = cases_of({{"capped-saddle", {}}}),
                              .solvers = {{"gradient-descent", {}}, {"adam", {}}, {"neon2", {}}}};
  const CampaignOptions theory = theory_campaign(given);
  CHECK(mode_words(given).starts_with("Mode default: every solver in one setting"));
  CHECK(mode_words(theory) ==
        "Mode theory: solvers are set by their theorems from what each problem knows; without a theory, and as they "
        "are: adam.");
  CHECK(mode_words(options_of(entries_of(theory))) == mode_words(theory));
  // A default campaign has the entries that it always had: files of before go on.
  for (const auto& [name, value] : entries_of(given)) CHECK(name != "mode");
  CHECK_THROWS_AS(solver_mode_of("guessed"), std::invalid_argument);
  CHECK(mode_caveat(given) != mode_caveat(theory));
}

TEST_CASE("theory takes only what is known of the problem") {
  // 1/l and nothing else; where l is not known, there is no theory.
  const Problem saddle = problems::make("capped-saddle", {});
  const NamedChoice descent = theory_setting({"gradient-descent", {}});
  CHECK(text_of(descent) == "gradient-descent(learning_rate=theory)");
  CHECK(*parse_number(setting_of(*all_solvers::make(descent.name, descent.assignments, saddle), "learning_rate")) ==
        Approx(1.0 / *saddle.gradient_lipschitz));
  CHECK(message_of([&] { (void)all_solvers::make(descent.name, descent.assignments, problems::make("beale", {})); }) ==
        "gradient-descent: learning_rate=theory needs a problem that knows l; 'beale' does not");
  CHECK(text_of(theory_setting({"neon2", {}})) == "neon2(parameters=theory)");
  CHECK(text_of(theory_setting({"certified(gradient-descent)", {}})) ==
        "certified(gradient-descent)(learning_rate=theory)");
  CHECK(text_of(theory_setting({"gradient-descent", {{"learning_rate", "0.1"}}})) ==
        "gradient-descent(learning_rate=0.1)");
  CHECK(text_of(theory_setting({"guided", {}})) == "guided");
  CHECK(text_of(theory_setting({"heavy-ball", {}})) == "heavy-ball");
}
