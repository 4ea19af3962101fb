#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/ill_conditioned_valley.hpp>

using namespace perigee;
using test::constant_step;
using test::descend;
using test::evidence_of;
using test::log_spaced;
using test::quadratic;

namespace {

Diagnosis judged(const Trajectory& trajectory, const Objective* objective = nullptr) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_ill_conditioned_valley({trajectory, objective, options}, diagnosis);
  return diagnosis;
}

}  // namespace

TEST_CASE("crawling along the floor of a quadratic, the estimate is its condition number") {
  // After 3 condition/10 iterations with eta = 1/lambda_max every component but the slowest few has gone.
  for (const double condition : {300.0, 3e3, 3e4}) {
    const auto objective = quadratic({1.0, condition / 10.0, condition});
    const Trajectory trajectory =
        descend(*objective, constant_step(1.0 / condition), {1.0, 1.0, 1.0}, static_cast<Index>(0.3 * condition));
    const Diagnosis diagnosis = judged(trajectory, objective.get());
    CAPTURE(condition);
    REQUIRE(diagnosis.findings.size() == 1);
    CHECK(evidence_of(diagnosis.findings[0], "condition_estimate") == Approx(condition).epsilon(0.1));
    CHECK(evidence_of(diagnosis.findings[0], "step_cosine") > 0.99);
    CHECK(diagnosis.findings[0].certainty == Certainty::likely);
    CHECK(diagnosis.findings[0].message.find("crawl along") != std::string::npos);
    // From the log alone it could be a curvature that faded, and this is said.
    const Diagnosis blind = judged(trajectory);
    CHECK(blind.findings.empty());
    if (condition < 1e3) continue;  // there the second half still meets a curvature of 30
    REQUIRE(blind.limits.size() == 1);
    CHECK(blind.limits[0].find("Whether the run crawls along a narrow valley") == 0);
  }
}

TEST_CASE(
    "zig-zag of exact line searches: cosine 0, rate ((k - 1)/(k + 1))^2, condition from the Hessian, half of it from "
    "steps") {
  // From (condition, 1) steepest descent with exact steps shrinks f by ((k - 1)/(k + 1))^2 an iteration, for ever.
  for (const double condition : {300.0, 1000.0, 1e4}) {
    const auto objective = quadratic({1.0, condition});
    const Trajectory trajectory = descend(*objective, {.line_search = line_searches::exact()}, {condition, 1.0}, 200);
    for (const Objective* known : {static_cast<const Objective*>(nullptr), objective.get()}) {
      const Diagnosis diagnosis = judged(trajectory, known);
      CAPTURE(condition, known != nullptr);
      REQUIRE(diagnosis.findings.size() == 1);
      const Finding& finding = diagnosis.findings[0];
      CHECK(evidence_of(finding, "step_cosine") == Approx(0.0).margin(0.05));
      CHECK(evidence_of(finding, "squared_gradient_rate") ==
            Approx(2.0 * std::log((condition + 1.0) / (condition - 1.0))).epsilon(0.05));
      const double expected = known != nullptr ? condition : 0.5 * condition;
      CHECK(evidence_of(finding, "condition_estimate") == Approx(expected).epsilon(0.05));
      CHECK(finding.message.find("zig-zag") != std::string::npos);
    }
  }
}

TEST_CASE("cosines from snapshots agree with those from the records") {
  const auto objective = quadratic({1.0, 1000.0});
  const GradientDescentOptions exact{.line_search = line_searches::exact()};
  Trajectory every = descend(*objective, exact, {1000.0, 1.0}, 200, {.every = 1});
  every.solver.clear();  // from snapshots alone
  const Diagnosis from_snapshots = judged(every, objective.get());
  const Diagnosis from_records = judged(descend(*objective, exact, {1000.0, 1.0}, 200), objective.get());
  REQUIRE(from_snapshots.findings.size() == 1);
  REQUIRE(from_records.findings.size() == 1);
  CHECK(evidence_of(from_snapshots.findings[0], "step_cosine") ==
        Approx(evidence_of(from_records.findings[0], "step_cosine")).margin(0.02));
}

TEST_CASE("the curved valley of Rosenbrock's function is found, and its condition number there") {
  // At the minimum the eigenvalues are 1001.6 and 0.3994: 2508. On the way the floor is steeper.
  for (const test::LabelledRun& run : test::labelled_runs()) {
    if (run.name != "rosenbrock") continue;
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    const Finding* valley = find_finding(diagnosis, "ill-conditioned-valley");
    CAPTURE(diagnosis.summary);
    REQUIRE(valley != nullptr);
    CHECK(evidence_of(*valley, "condition_estimate") > 500.0);
    CHECK(evidence_of(*valley, "condition_estimate") < 5000.0);
  }
}

TEST_CASE("a condition number below 100 is no valley, nor is a finished run") {
  const auto mild = quadratic(log_spaced(5, 50.0));
  CHECK(judged(descend(*mild, constant_step(0.02), {1.0, 1.0, 1.0, 1.0, 1.0}, 100), mild.get()).findings.empty());
  const auto steep = quadratic({1.0, 200.0});
  CHECK(judged(descend(*steep, constant_step(0.005), {1.0, 1.0}, 10000), steep.get()).findings.empty());
}

TEST_CASE("no other kind of run passes for a valley") {
  for (const test::LabelledRun& run : test::labelled_runs_without("ill-conditioned-valley")) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      CAPTURE(run.name, known != nullptr);
      CHECK(find_finding(diagnose(run.trajectory, known), "ill-conditioned-valley") == nullptr);
    }
  }
}
