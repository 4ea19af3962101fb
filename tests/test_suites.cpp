#include "support/catch.hpp"

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/suites.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

using namespace perigee;

namespace {

std::set<std::string> problem_names(SuitePart part) {
  std::set<std::string> names;
  for (const Suite& suite : suites()) {
    for (const CampaignCase& one : suite_cases(suite.name, part)) names.insert(one.problem.name);
  }
  return names;
}

}  // namespace

TEST_CASE("every case of a suite is there, knows its best value, and has something left to do") {
  for (const Suite& suite : suites()) {
    std::set<std::string> texts;
    for (const CampaignCase& one : suite.cases) {
      INFO(suite.name << ": " << text_of(one));
      CHECK(texts.insert(text_of(one)).second);
      const Problem problem = problems::make(one.problem.name, one.problem.assignments);
      REQUIRE(problem.optimal_value.has_value());
      const StartText start(problem, one.start);
      CHECK(start.is_fixed());
      // The height above f* is what targets are fractions of.
      CHECK(problem.objective->value(start.at(0)) > *problem.optimal_value);
    }
    // A campaign over all of it can be made.
    CHECK(Campaign({.cases = suite.cases, .solvers = {{"limited-memory-bfgs", {}}}}).size() ==
          20 * static_cast<Index>(suite.cases.size()));
  }
}

TEST_CASE("the minimal suite has the saddles that it names and the first twenty of the standard set") {
  const std::vector<CampaignCase> cases = suite_cases("minimal");
  CHECK(std::count_if(cases.begin(), cases.end(), [](const CampaignCase& one) {
          return one.start == "standard" && one.problem.name != "deep-chain";
        }) == 20);
  // Exact saddles are stationary points that the problem knows and that are no minimum.
  Index exact = 0;
  for (const CampaignCase& one : cases) {
    if (one.start != "saddle" && one.start != "saddle-sphere") continue;
    INFO(text_of(one));
    const Problem problem = problems::make(one.problem.name, one.problem.assignments);
    const Vector x = StartText(problem, one.start).at(0);
    CHECK(std::any_of(problem.stationary_points.begin(), problem.stationary_points.end(), [&](const auto& point) {
      return point.type != StationaryType::minimum && (point.x.view() - x.view()).norm() < 1e-9;
    }));
    ++exact;
  }
  CHECK(exact == 7);
}

TEST_CASE("the halves are disjoint, cover everything, and alternate by name") {
  const std::set<std::string> training = problem_names(SuitePart::training);
  const std::set<std::string> held_out = problem_names(SuitePart::held_out);
  const std::set<std::string> all = problem_names(SuitePart::all);
  CHECK(training.size() + held_out.size() == all.size());
  CHECK(training.size() - held_out.size() <= 1);
  bool train = true;
  for (const std::string& name : all) {
    INFO(name);
    CHECK(training.count(name) == (train ? 1 : 0));
    CHECK(held_out.count(name) == (train ? 0 : 1));
    train = !train;
  }
  // By name, never by start or parameters: the same problem in two suites is in the same half of both.
  CHECK(part_of_problem("softmax-bandit") != SuitePart::all);
  CHECK_THROWS_AS(part_of_problem("no-such-problem"), std::invalid_argument);
  CHECK_THROWS_AS(suite_cases("no-such-suite"), std::invalid_argument);
  for (const SuitePart part : {SuitePart::training, SuitePart::held_out, SuitePart::all}) {
    CHECK(suite_part_of(name_of(part)) == part);
  }
  CHECK_THROWS_AS(suite_part_of("test"), std::invalid_argument);
}
