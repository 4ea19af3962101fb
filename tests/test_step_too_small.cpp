#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/step_too_small.hpp>

using namespace perigee;
using test::constant_step;
using test::descend;
using test::evidence_of;
using test::log_spaced;
using test::quadratic;

namespace {

const Vector ones(std::vector<double>(10, 1.0));

Diagnosis judged(const Trajectory& trajectory, const Objective* objective = nullptr) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_step_too_small({trajectory, objective, options}, diagnosis);
  return diagnosis;
}

}  // namespace

TEST_CASE("eta lambda is measured right, and the step called too small up to 0.02 and not beyond") {
  // lambda = 10 exactly; 16 Lanczos products in 10 dimensions give it to rounding.
  for (const double product : {1e-6, 1e-4, 1e-2, 0.019, 0.021, 0.1, 1.0}) {
    const auto objective = quadratic(log_spaced(10, 10.0));
    const Trajectory trajectory = descend(*objective, constant_step(product / 10.0), ones.view(), 60);
    const Diagnosis diagnosis = judged(trajectory, objective.get());
    CAPTURE(product);
    REQUIRE(diagnosis.findings.size() == (product <= 0.02 ? 1U : 0U));
    if (diagnosis.findings.empty()) continue;
    CHECK(evidence_of(diagnosis.findings[0], "step_times_curvature") == Approx(product).epsilon(1e-6));
    CHECK(diagnosis.findings[0].certainty == Certainty::likely);
    CHECK(diagnosis.findings[0].severity == Severity::warning);
  }
}

TEST_CASE("without the Hessian the largest curvature met along the steps stands for it: suspected") {
  const auto objective = quadratic(log_spaced(10, 10.0));
  const Diagnosis diagnosis = judged(descend(*objective, constant_step(1e-4), ones.view(), 60));
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].certainty == Certainty::suspected);
  // Rayleigh quotients of the gradient: below the largest eigenvalue, above the smallest.
  CHECK(evidence_of(diagnosis.findings[0], "largest_curvature") < 10.0);
  CHECK(evidence_of(diagnosis.findings[0], "largest_curvature") > 1.0);
}

TEST_CASE("the promised gain is had: the step 1/lambda reaches the same value in the stated fraction of iterations") {
  const auto objective = quadratic(log_spaced(10, 10.0));
  const Trajectory slow = descend(*objective, constant_step(1e-4), ones.view(), 2000);
  const Diagnosis diagnosis = judged(slow, objective.get());
  REQUIRE(diagnosis.findings.size() == 1);
  const double product = evidence_of(diagnosis.findings[0], "step_times_curvature");
  const auto fraction = static_cast<Index>(std::ceil(2000.0 * product));  // 2 iterations
  const Trajectory quick = descend(*objective, constant_step(0.1), ones.view(), fraction);
  CHECK(quick.records.back().value <= slow.records.back().value);
}

TEST_CASE("a finished run, a noisy one, and one with too few records are not accused") {
  const auto objective = quadratic({1.0, 2.0});
  CHECK(judged(descend(*objective, constant_step(0.005), {1.0, 1.0}, 20000), objective.get()).findings.empty());
  CHECK(judged(descend(*objective, constant_step(0.005), {1.0, 1.0}, 20), objective.get()).findings.empty());
  Trajectory batches = descend(*objective, constant_step(0.005), {1.0, 1.0}, 100);
  for (StepRecord& record : batches.records) record.batch_size = 8;
  CHECK(judged(batches, objective.get()).findings.empty());
  // Noise added to exact gradients: a longer step would raise the floor.
  Trajectory noisy = descend(*objective, constant_step(0.005), {1.0, 1.0}, 100);
  CHECK_FALSE(judged(noisy, objective.get()).findings.empty());
  noisy.settings.emplace_back("noise_scale", "0.1");
  CHECK(judged(noisy, objective.get()).findings.empty());
}

TEST_CASE("a plateau that a tiny step makes is explained by it") {
  const auto objective = quadratic({1.0, 2.0});
  const Trajectory trajectory = descend(*objective, constant_step(1e-6), {1.0, 1.0}, 1000);
  const Diagnosis diagnosis = diagnose(trajectory, objective.get());
  REQUIRE(principal_finding(diagnosis) != nullptr);
  CHECK(principal_finding(diagnosis)->id == "step-too-small");
  const Finding* plateau = find_finding(diagnosis, "plateau");
  if (plateau != nullptr) CHECK(plateau->severity == Severity::information);
}

TEST_CASE("no other kind of run passes for a step that is too small") {
  for (const test::LabelledRun& run : test::labelled_runs_without("step-too-small")) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      CAPTURE(run.name, known != nullptr);
      CHECK(find_finding(diagnose(run.trajectory, known), "step-too-small") == nullptr);
    }
  }
}
