// Every registered solver against every contract, and against its own claims. What is checked of one method alone
// stands in that method's test file.
#include "support/catch.hpp"
#include "support/false_success.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

using namespace perigee;

namespace {

struct Subject {
  std::string name;
  Problem problem;
  Vector start;
  std::shared_ptr<const Solver> solver;
};

// Where a method cannot run on the capped saddle, a problem of its kind.
std::string problem_for(const std::string& solver) {
  if (solver == "mirror-descent") return "simplex-divergence";
  if (solver == "natural-policy-gradient") return "softmax-bandit";
  return "capped-saddle";
}

Subject subject(const std::string& name, const std::string& problem_name) {
  Problem problem = problems::make(problem_name);
  Vector start = problem_name == "capped-saddle" ? Vector{1.0, 1e-9} : problem.starts[0].x;
  std::shared_ptr<const Solver> solver = all_solvers::make(name, {}, problem);
  return {name, std::move(problem), std::move(start), std::move(solver)};
}

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all = [] {
    std::vector<Subject> made;
    for (const solvers::Entry& entry : all_solvers::registry()) {
      made.push_back(subject(entry.name, problem_for(entry.name)));
      if (entry.name != "guided") made.push_back(subject("certified(" + entry.name + ")", problem_for(entry.name)));
    }
    return made;
  }();
  return all;
}

bool same_result(const RunResult& a, const RunResult& b) {
  return a.x == b.x && a.end == b.end && a.counts == b.counts && a.iterations == b.iterations &&
         test::same_bits(a.value, b.value);
}

}  // namespace

TEST_CASE("every solver: an observer sees every iterate once, and changes nothing") {
  for (const Subject& s : subjects()) {
    INFO(s.name);
    const RunOptions options{.stop = max_iterations(120), .random = RandomSource(3)};
    const RunResult alone = run(*s.problem.objective, *s.solver, s.start, options);
    test::Witness witness;
    RunOptions watched = options;
    watched.observers = {&witness};
    const RunResult result = run(*s.problem.objective, *s.solver, s.start, watched);
    CHECK(same_result(result, alone));
    CHECK(witness.finishes == 1);
    REQUIRE(witness.records.size() == static_cast<std::size_t>(result.iterations) + 1);
    CHECK(witness.points.back() == result.x);
    for (std::size_t k = 0; k < witness.records.size(); ++k) {
      const StepRecord& record = witness.records[k];
      REQUIRE(record.iteration == static_cast<Index>(k));
      CHECK(record.counts.gradients <= result.counts.gradients);
      if (record.batch_size > 0) continue;  // an estimate
      // Value and gradient are those of the point shown, computed anew.
      Vector gradient(s.problem.objective->dimension());
      CHECK(record.value == s.problem.objective->value_and_gradient(witness.points[k], gradient));
      CHECK(record.gradient_norm == Approx(euclidean_norm(gradient)));
      if (k == 0) continue;
      CHECK(record.step_norm ==
            Approx((witness.points[k].view() - witness.points[k - 1].view()).norm()).epsilon(1e-9).margin(1e-15));
    }
  }
}

TEST_CASE("every solver: a run continued from a checkpoint is the uninterrupted run, bit for bit") {
  for (const Subject& s : subjects()) {
    const RunOptions options{.stop = max_iterations(90), .random = RandomSource(5)};
    const RunResult whole = run(*s.problem.objective, *s.solver, s.start, options);
    int cuts = 0;
    for (const Index cut : {0, 1, 2, 5, 31}) {
      if (cut >= whole.iterations) continue;
      INFO(s.name << " cut at " << cut);
      ++cuts;
      Oracle oracle(*s.problem.objective);
      const auto stepper = s.solver->start(oracle, s.start, options.random);
      const StepRecord first = stepper->record();
      for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
      const std::vector<std::uint8_t> state = save_run(first, *stepper);
      RunOptions resumed = options;
      resumed.state = state;
      CHECK(same_result(run(*s.problem.objective, *s.solver, s.start, resumed), whole));
      resumed.state = std::span(state).first(state.size() - 1);
      CHECK_THROWS_AS(run(*s.problem.objective, *s.solver, s.start, resumed), std::invalid_argument);
    }
    INFO(s.name);
    CHECK(cuts >= 2);
  }
}

TEST_CASE("every solver: one recipe runs in many threads at once, each run as if it were alone") {
  for (const Subject& s : subjects()) {
    std::vector<RunResult> alone(4);
    std::vector<RunResult> together(4);
    const auto run_seed = [&](std::size_t seed) {
      return run(*s.problem.objective, *s.solver, s.start, {.stop = max_iterations(60), .random = RandomSource(seed)});
    };
    for (std::size_t seed = 0; seed < 4; ++seed) alone[seed] = run_seed(seed);
    {
      std::vector<std::jthread> threads;
      for (std::size_t seed = 0; seed < 4; ++seed) {
        threads.emplace_back([&, seed] { together[seed] = run_seed(seed); });
      }
    }
    for (std::size_t seed = 0; seed < 4; ++seed) {
      INFO(s.name << ", seed " << seed);
      CHECK(same_result(alone[seed], together[seed]));
    }
  }
}

TEST_CASE("every solver: budgets hold, to the step in progress") {
  for (const Subject& s : subjects()) {
    INFO(s.name);
    const RunResult few = run(*s.problem.objective, *s.solver, s.start, {.stop = max_iterations(3)});
    CHECK(few.iterations <= 3);
    CHECK(run(*s.problem.objective, *s.solver, s.start, {.stop = max_iterations(0)}).iterations == 0);
    const RunResult cheap = run(*s.problem.objective, *s.solver, s.start, {.stop = max_gradients(1)});
    CHECK(cheap.iterations == 0);
    CHECK(cheap.end.end_class == EndClass::budget);
  }
}

TEST_CASE("every solver: starts of the wrong length are refused, no variables and stationary starts survived") {
  const auto nowhere = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  for (const Subject& s : subjects()) {
    INFO(s.name);
    CHECK_THROWS_AS(run(*s.problem.objective, *s.solver, Vector(s.start.size() + 1)), std::invalid_argument);
    if (problem_for(s.name) != "capped-saddle" || s.name.find("mirror") != std::string::npos ||
        s.name.find("natural") != std::string::npos) {
      continue;  // their domains are the problem's
    }
    CHECK(run(nowhere, *s.solver, Vector(), {.stop = max_iterations(3)}).value == 4.0);
    const RunResult stationary = run(*s.problem.objective, *s.solver, {0.0, 0.0}, {.stop = max_iterations(50)});
    CHECK(std::isfinite(stationary.value));
    CHECK(test::refuted_claim(s.problem, stationary, {.gradient = 1e-3, .curvature = 1e-5}).empty());
  }
}

TEST_CASE("every solver: where no step is finite the run breaks down at the last finite iterate") {
  const auto needle = functional(
      1, [](ConstVectorView x) { return x[0] == 1.0 ? 1.0 : std::numeric_limits<double>::quiet_NaN(); },
      [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  for (const Subject& s : subjects()) {
    if (s.name.find("mirror") != std::string::npos || s.name.find("natural") != std::string::npos) continue;
    INFO(s.name);
    test::Witness witness;
    const RunResult result = run(needle, *s.solver, {1.0}, {.stop = max_iterations(5), .observers = {&witness}});
    CHECK(result.end.end_class == EndClass::breakdown);
    CHECK(result.x == Vector{1.0});
    CHECK(result.value == 1.0);
    CHECK(witness.records.size() == static_cast<std::size_t>(result.iterations) + 1);
    const RunResult outside = run(needle, *s.solver, {2.0}, {.stop = max_iterations(5)});
    CHECK(outside.end.id == "non-finite");
    CHECK(outside.iterations == 0);
  }
}

TEST_CASE("out of a saddle and a softmax well, no certified solver claims more than it knows") {
  // x^4/4 - x^2/2 + y^2/2 from (0, 1), exactly, within 1e-12 and within 1e-6 of the stable manifold; and a softmax
  // bandit of ten arms with rewards 0, 1/9, ..., 1 whose arm of reward 4/9 has log-odds 5, 10, 15 or 20.
  Problem saddle = problems::make("nesterov-saddle");
  Parameters::Assignments arms{{"arms", "10"},
                               {"rewards",
                                "0,0.1111111111111111,0.2222222222222222,0.3333333333333333,"
                                "0.4444444444444444,0.5555555555555556,0.6666666666666666,"
                                "0.7777777777777778,0.8888888888888888,1"}};
  const Problem well = problems::make("softmax-bandit", arms);
  int left = 0;
  int suitable = 0;
  for (const solvers::Entry& entry : all_solvers::registry()) {
    const std::string name = entry.name == "guided" ? entry.name : "certified(" + entry.name + ")";
    INFO(name);
    if (entry.name != "mirror-descent" && entry.name != "natural-policy-gradient") {
      const auto solver = all_solvers::make(name, {}, saddle);
      for (const double off : {0.0, 1e-12, 1e-6}) {
        // The registered saddle is that of y^4/4 - y^2/2 + x^2/2: the same with its variables exchanged.
        const RunResult result =
            run(*saddle.objective, *solver, {1.0, off}, {.stop = max_gradients(3000), .random = RandomSource(2)});
        INFO("off the manifold by " << off << ": " << result.end.message);
        CHECK(test::refuted_claim(saddle, result, {.gradient = 1e-3}) == "");
        if (result.end.id == "second-order-stationary")
          CHECK(result.gradient_norm <= 1e-6 * (1.0 + std::abs(result.value)));
        ++suitable;
        left += result.value < -0.2 ? 1 : 0;
      }
    }
    if (entry.name == "mirror-descent") continue;
    const auto solver = all_solvers::make(name, {}, well);
    for (const double log_odds : {5.0, 10.0, 15.0, 20.0}) {
      Vector start(10);
      start[4] = log_odds;
      const RunResult result =
          run(*well.objective, *solver, start, {.stop = max_gradients(1000), .random = RandomSource(2)});
      INFO("log-odds " << log_odds << ": " << result.end.message);
      CHECK(test::refuted_claim(well, result, {.gradient = 1e-3}) == "");
      if (entry.name == "guided") CHECK(result.value < 1e-4);
    }
  }
  // The others have spent their gradients near the saddle, and say so.
  CHECK(left >= (9 * suitable) / 10);
}

TEST_CASE("no solver claims of a registered problem what its dense Hessian refutes") {
  std::vector<Problem> small;
  for (const problems::Entry& entry : problems::registry()) {
    Problem problem = problems::make(entry.name);
    if (problem.objective->dimension() <= 12) small.push_back(std::move(problem));
  }
  CHECK(small.size() > 50);
  int claims = 0;
  for (const solvers::Entry& entry : all_solvers::registry()) {
    for (const Problem& problem : small) {
      std::unique_ptr<Solver> solver;
      try {
        solver = all_solvers::make(entry.name, {}, problem);
      } catch (const std::invalid_argument&) {
        continue;  // the problem has no step to suggest, or is not of the method's kind
      }
      StopRule stop = max_gradients(60) | max_iterations(60);
      if (!solver->ends_itself()) stop = gradient_tolerance(1e-6) | stop;
      RunResult result;
      try {
        result = run(*problem.objective, *solver, problem.starts[0].x, {.stop = stop, .random = RandomSource(7)});
      } catch (const std::invalid_argument&) {
        continue;  // not a landscape of the method's kind
      }
      claims += result.end.end_class == EndClass::convergence ? 1 : 0;
      INFO(entry.name << " on " << problem.name);
      CHECK(test::refuted_claim(problem, result, {.gradient = 1e-3, .curvature = 1e-5}) == "");
    }
  }
  CHECK(claims > 300);
}
