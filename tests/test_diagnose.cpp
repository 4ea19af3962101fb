#include "support/catch.hpp"
#include "support/curves.hpp"
#include "support/finding_contract.hpp"
#include "support/policy_runs.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <set>

using namespace perigee;

namespace {

const std::vector<std::string> logs{"digits-softmax-reward-0.csv", "digits-softmax-reward-3.csv",
                                    "digits-escort4-reward.jsonl", "digits-softmax-xent-lr-too-large.csv",
                                    "digits-softmax-xent.csv"};

Trajectory log_of(const std::string& file) {
  return read_trajectory(std::string(PERIGEE_TEST_DATA) + "/logs/" + file).trajectory;
}

std::vector<Trajectory> many_trajectories() {
  std::vector<Trajectory> all;
  for (const std::string& file : logs) all.push_back(log_of(file));
  test::PolicyRun run;
  run.rewards = test::gap_rewards(6, 0.5);
  run.start = test::near_corner(6, 1e-3, 1e-6);
  for (const Index iterations : {0, 1, 15, 1500, 20000}) {
    run.iterations = iterations;
    all.push_back(test::simulate(run));
  }
  for (const double rho : {0.0, 0.9}) {
    all.push_back(test::with_relative_noise(test::trajectory_of([](double) { return 1.0; }, 300), 1, 0.5, rho));
  }
  return all;
}

}  // namespace

TEST_CASE("whatever the trajectory, a diagnosis keeps its form") {
  std::set<std::string> ids;
  for (const FindingDescription& description : finding_descriptions()) ids.insert(description.id);
  for (const Trajectory& trajectory : many_trajectories()) {
    const Diagnosis diagnosis = diagnose(trajectory);
    CAPTURE(diagnosis.summary);
    CHECK(diagnosis.summary.size() > 20);
    CHECK(diagnosis.summary.back() == '.');
    CHECK(diagnosis.summary.find('\n') == std::string::npos);
    const Index last = trajectory.records.back().iteration;
    for (std::size_t i = 0; i < diagnosis.findings.size(); ++i) {
      const Finding& finding = diagnosis.findings[i];
      CHECK(ids.count(finding.id) == 1);
      CHECK(finding.last <= last);
      test::check_contract(finding);
      if (i > 0) CHECK(static_cast<int>(diagnosis.findings[i - 1].severity) >= static_cast<int>(finding.severity));
    }
    for (std::size_t i = 0; i < diagnosis.phases.size(); ++i) {
      CHECK(diagnosis.phases[i].first <= diagnosis.phases[i].last);
      if (i > 0) CHECK(diagnosis.phases[i - 1].last < diagnosis.phases[i].first);
    }
  }
}

TEST_CASE("a diagnosis is a pure function of its arguments") {
  for (const Trajectory& trajectory : many_trajectories()) {
    const Diagnosis first = diagnose(trajectory);
    const Diagnosis second = diagnose(trajectory);
    CHECK(first.summary == second.summary);
    CHECK(first.findings.size() == second.findings.size());
    CHECK(first.limits == second.limits);
  }
}

TEST_CASE("from values alone nothing is proven but what the log says itself") {
  for (const std::string& file : logs) {
    for (const Finding& finding : diagnose(log_of(file)).findings) {
      CAPTURE(file, finding.id);
      CHECK(finding.certainty != Certainty::proven);
      CHECK(finding.id != "converged-minimum");
    }
  }
}

TEST_CASE("each training log is told as it was") {
  const auto summary = [](const std::string& file) { return diagnose(log_of(file)).summary; };
  const auto contains = [](const std::string& text, const std::string& part) {
    CAPTURE(text, part);
    CHECK(text.find(part) != std::string::npos);
  };
  // All ten classes are learnt; loss .904 -> .0059.
  contains(summary("digits-softmax-reward-0.csv"), "No problem found: the value went from 0.9035 to 0.005884");
  // Class 1 is never learnt; the loss sits about a tenth above the other runs.
  contains(summary("digits-softmax-reward-3.csv"),
           "One class is not learnt: the probability of the right answer for p_class_1 fell from 0.0623");
  contains(summary("digits-softmax-reward-3.csv"), "It accounts for about 0.1 of the final value 0.1031.");
  // No such plateau.
  contains(summary("digits-escort4-reward.jsonl"), "No problem found");
  CHECK(find_finding(diagnose(log_of("digits-escort4-reward.jsonl")), "plateau") == nullptr);
  // The step is too large; the network dies and the loss stays at log 10.
  contains(summary("digits-softmax-xent-lr-too-large.csv"), "The step was too long: the value jumped");
  contains(summary("digits-softmax-xent-lr-too-large.csv"), "log 10");
  // Sublinear, a little faster than 1/t.
  contains(summary("digits-softmax-xent.csv"), "sublinearly, like t^-1.37, a little faster than 1/t");
}

TEST_CASE("little or nothing recorded is said to be that") {
  const Diagnosis nothing = diagnose(Trajectory{});
  CHECK(nothing.findings.empty());
  CHECK(nothing.summary.find("Nothing was recorded") == 0);
  CHECK(nothing.limits.size() == 1);
  const Diagnosis single = diagnose(test::trajectory_of([](double) { return 0.25; }, 0));
  CHECK(single.summary.find("only one value was recorded, 0.25") != std::string::npos);
  Trajectory blank;
  blank.records.resize(1);
  CHECK(diagnose(blank).summary.find("Neither the value nor the gradient norm was recorded") == 0);
}

TEST_CASE("the summary names the cause rather than the exhausted budget") {
  test::PolicyRun run;
  run.start = test::others_equal(10, 0.1);
  run.iterations = 10000;
  const Diagnosis diagnosis = diagnose(test::simulate(run));
  REQUIRE(principal_finding(diagnosis) != nullptr);
  CHECK(principal_finding(diagnosis)->id == "softmax-damping");
  CHECK(diagnosis.summary.find("The run makes progress, but ever more slowly") == 0);
  CHECK(diagnosis.summary.find("The run ended by max-iterations at iteration 10000") != std::string::npos);
}

TEST_CASE("an objective of another dimension is refused") {
  const Problem problem = problems::make("rosenbrock");
  Trajectory trajectory = test::trajectory_of([](double) { return 1.0; }, 0);
  trajectory.snapshots.push_back({0, Vector{1.0, 2.0, 3.0}});
  CHECK_THROWS_WITH(diagnose(trajectory, problem.objective.get()),
                    "diagnose: the objective must have the dimension of the snapshots, got " +
                        std::to_string(problem.objective->dimension()) + " and 3");
}

TEST_CASE("a run that converged is told so, with no plateau beside it") {
  const Problem problem = problems::make("rosenbrock");
  Recorder recorder;
  const GradientDescent solver({.line_search = line_searches::strong_wolfe({.curvature = 0.1})});
  run(*problem.objective, solver, problem.starts[0].x,
      {.stop = max_iterations(100000) | gradient_tolerance(1e-8), .observers = {&recorder}});
  const Diagnosis diagnosis = diagnose(recorder.trajectory(), problem.objective.get());
  CAPTURE(diagnosis.summary);
  REQUIRE(!diagnosis.findings.empty());
  CHECK(find_finding(diagnosis, "converged-minimum") != nullptr);
  for (const Finding& finding : diagnosis.findings) {
    if (finding.id == "plateau") CHECK(finding.last < recorder.trajectory().records.back().iteration);
  }
  CHECK(diagnosis.summary.find("gradient-tolerance") != std::string::npos);
}

TEST_CASE("an oscillation above the known optimum is told as such; the level curve is its consequence") {
  // x <- x - (2/L) L x changes the sign of x and nothing else.
  const auto parabola = functional(
      1, [](ConstVectorView x) { return 1.5 * x[0] * x[0]; },
      [](ConstVectorView x, VectorView g) { g[0] = 3.0 * x[0]; });
  Recorder recorder;
  run(parabola, GradientDescent({.learning_rate = schedules::constant(2.0 / 3.0)}), Vector{0.5},
      {.stop = max_iterations(200), .observers = {&recorder}});
  recorder.trajectory().optimal_value = 0.0;
  const Diagnosis diagnosis = diagnose(recorder.trajectory(), &parabola);
  CAPTURE(diagnosis.summary);
  REQUIRE(!diagnosis.findings.empty());
  CHECK(diagnosis.findings.front().id == "step-too-large");
  const Finding* plateau = find_finding(diagnosis, "plateau");
  if (plateau != nullptr) CHECK(plateau->severity == Severity::information);
}
