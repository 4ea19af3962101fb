// Networks that progress at the edge of stability, and quadratics, which cannot.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"
#include "support/finding_contract.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/lib/problems/dense_network.hpp>
#include <perigee/solvers/heavy_ball.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace perigee;
using test::evidence_of;

namespace {

// Sigmoid units fitted to the Chebyshev polynomial of that degree at 20 Chebyshev points, as in Cohen et al. (2021).
problems::DenseNetwork network(std::vector<Index> layers, double degree) {
  problems::DenseNetworkOptions options{.layers = std::move(layers)};
  for (int t = 0; t < 20; ++t) {
    const double angle = std::numbers::pi * (t + 0.5) / 20.0;
    options.inputs.push_back(std::cos(angle));
    options.targets.push_back(std::cos(degree * angle));
  }
  return problems::DenseNetwork(std::move(options));
}

Vector start_of(const Objective& objective, double scale) {
  Vector x(objective.dimension());
  RandomEngine engine = RandomSource(1).engine("w");
  fill_standard_normal(engine, x);
  x.view() *= scale;
  return x;
}

Trajectory descend_with(const Objective& objective, double learning_rate, const Vector& start, Index iterations) {
  Trajectory trajectory = test::descend(objective, test::constant_step(learning_rate), start.view(), iterations);
  trajectory.settings = {{"learning_rate", std::to_string(learning_rate)}};
  return trajectory;
}

double sharpness(const Objective& objective, const Vector& x) {
  return test::symmetric_eigenvalues(test::dense_hessian(objective, x.view())).maxCoeff();
}

const Finding* edge_in(const Diagnosis& diagnosis) { return find_finding(diagnosis, "edge-of-stability"); }

// 1-10-10-1, step 0.4: 2/eta = 5 from iteration 2000 on; every second step raises the loss, which falls by a factor 90.
struct Oscillating {
  problems::DenseNetwork objective = network({1, 10, 10, 1}, 4.0);
  Trajectory trajectory = descend_with(objective, 0.4, start_of(objective, 2.0), 20000);
};

}  // namespace

TEST_CASE("a network that oscillates and learns is at the edge of stability, not in trouble for its step") {
  const Oscillating run;
  for (const Objective* objective :
       {static_cast<const Objective*>(nullptr), static_cast<const Objective*>(&run.objective)}) {
    const Diagnosis diagnosis = diagnose(run.trajectory, objective);
    CAPTURE(diagnosis.summary);
    const Finding* finding = edge_in(diagnosis);
    REQUIRE(finding != nullptr);
    test::check_contract(*finding);
    CHECK(finding->severity == Severity::information);
    CHECK(finding->certainty == (objective == nullptr ? Certainty::suspected : Certainty::likely));
    CHECK(finding->first <= 3000);
    CHECK(finding->last == 20000);
    CHECK(evidence_of(*finding, "relative_product") == Approx(2.0).epsilon(0.02));
    CHECK(evidence_of(*finding, "stable_curvature") == Approx(5.0));
    CHECK(evidence_of(*finding, "rising_steps") > 0.4);
    CHECK(evidence_of(*finding, "probes") >= (objective == nullptr ? 0.0 : 5.0));
    CHECK(find_finding(diagnosis, "step-too-large") == nullptr);
    // The dense Hessian says the same at every snapshot of the stretch; before it the curvature rose to there.
    int snapshots = 0;
    for (const Snapshot& snapshot : run.trajectory.snapshots) {
      const double product = 0.4 * sharpness(run.objective, snapshot.x);
      CAPTURE(snapshot.iteration, product);
      if (snapshot.iteration >= 4000) CHECK(std::abs(product - 2.0) < 0.04);
      if (snapshot.iteration >= 4000) ++snapshots;
      if (snapshot.iteration > 100 && snapshot.iteration < 1000) CHECK(product < 1.85);
    }
    CHECK(snapshots >= 5);
  }
  CHECK(run.trajectory.records[2000].value > 50.0 * run.trajectory.records.back().value);
}

TEST_CASE("where the oscillation comes and goes, only the curvature at snapshots tells") {
  // 1-20-1, step 0.23: the median step follows the valley (eta h = 1e-3), the oscillation flares up five times.
  const problems::DenseNetwork objective = network({1, 20, 1}, 3.0);
  const Trajectory trajectory = descend_with(objective, 0.23, start_of(objective, 1.0), 20000);
  CHECK(edge_in(diagnose(trajectory)) == nullptr);
  const Diagnosis diagnosis = diagnose(trajectory, &objective);
  const Finding* finding = edge_in(diagnosis);
  REQUIRE(finding != nullptr);
  test::check_contract(*finding);
  CHECK(finding->certainty == Certainty::likely);
  CHECK(finding->last == 20000);
  CHECK(evidence_of(*finding, "relative_product") == Approx(2.0).epsilon(0.03));
  CHECK(evidence_of(*finding, "product_along_steps") < 0.1);
  for (const Snapshot& snapshot : trajectory.snapshots) {
    if (snapshot.iteration >= 2500) CHECK(std::abs(0.23 * sharpness(objective, snapshot.x) - 2.0) < 0.1);
  }
}

TEST_CASE("the curvature follows the step: at half of it the same network meets more, and stays inside") {
  // What distinguishes the edge of stability, 5 at step 0.4, from a landscape that is merely steep.
  const problems::DenseNetwork objective = network({1, 10, 10, 1}, 4.0);
  const Trajectory half = descend_with(objective, 0.2, start_of(objective, 2.0), 20000);
  const Diagnosis diagnosis = diagnose(half, &objective);
  CAPTURE(diagnosis.summary);
  const double curvature = sharpness(objective, half.snapshots.back().x);
  CHECK(curvature > 6.0);
  CHECK(curvature < 0.9 * 2.0 / 0.2);
  CHECK(edge_in(diagnosis) == nullptr);
  // Inside, the value falls at every step, and here it gets further.
  for (std::size_t k = 10001; k < half.records.size(); ++k) {
    if (!(half.records[k].value < half.records[k - 1].value)) FAIL("the value rises at iteration " << k);
  }
  CHECK(half.records.back().value < 1e-4);
}

TEST_CASE("with momentum the edge is where the method says, (2 + 2 beta)/eta") {
  const problems::DenseNetwork objective = network({1, 10, 10, 1}, 4.0);
  // The second one ends with a loss of 2e-4, that of half way halved: near 0 an extrapolated bound would call it level.
  for (const double momentum : {0.3, 0.5}) {
    CAPTURE(momentum);
    const HeavyBall solver({.learning_rate = 0.4, .momentum = momentum});
    Recorder recorder(SnapshotRule{});
    run(objective, solver, start_of(objective, 2.0).view(), {.stop = max_iterations(10000), .observers = {&recorder}});
    Trajectory trajectory = recorder.trajectory();
    trajectory.solver = solver.name();
    trajectory.settings = solver.settings();
    const Diagnosis diagnosis = diagnose(trajectory, &objective);
    CAPTURE(diagnosis.summary);
    const Finding* finding = edge_in(diagnosis);
    REQUIRE(finding != nullptr);
    const double edge = (2.0 + 2.0 * momentum) / 0.4;
    CHECK(evidence_of(*finding, "stable_curvature") == Approx(edge));
    CHECK(sharpness(objective, trajectory.snapshots.back().x) == Approx(edge).epsilon(0.05));
    CHECK(find_finding(diagnosis, "step-too-large") == nullptr);
  }
}

TEST_CASE("quadratics are never at the edge of stability") {
  // Below 2/L the value falls at every step; at 2/L one component keeps its size, whatever the others do; beyond it
  // grows. The last case falls for ever, beside an oscillation that does not.
  struct Case {
    std::vector<double> eigenvalues;
    double step;
    const char* expected;
  };
  for (const Case& one :
       {Case{{1.0, 10.0}, 0.19, ""}, Case{{1.0, 10.0}, 0.1999, ""}, Case{{1.0, 10.0}, 0.2, "step-too-large"},
        Case{{1.0, 10.0}, 0.202, "divergence"}, Case{{0.001, 10.0}, 0.2, ""}}) {
    const auto objective = test::quadratic(one.eigenvalues);
    const Trajectory trajectory = descend_with(*objective, one.step, {100.0, 1.0}, 2000);
    for (const Objective* known : {static_cast<const Objective*>(nullptr), objective.get()}) {
      const Diagnosis diagnosis = diagnose(trajectory, known);
      CAPTURE(one.step, diagnosis.summary);
      CHECK(edge_in(diagnosis) == nullptr);
      if (std::string(one.expected) != "") CHECK(find_finding(diagnosis, one.expected) != nullptr);
    }
  }
}

TEST_CASE("the question is asked of plain steps of one size on the whole objective") {
  const Oscillating run;
  REQUIRE(edge_in(diagnose(run.trajectory)) != nullptr);
  Trajectory batches = run.trajectory;
  for (StepRecord& record : batches.records) record.batch_size = 10;
  CHECK(edge_in(diagnose(batches)) == nullptr);
  Trajectory schedule = run.trajectory;
  for (StepRecord& record : schedule.records) record.step_size *= record.iteration < 10000 ? 1.0 : 0.9;
  CHECK(edge_in(diagnose(schedule)) == nullptr);
  Trajectory other = run.trajectory;
  other.solver = "langevin-dynamics";
  CHECK(edge_in(diagnose(other)) == nullptr);
  Trajectory perturbed = run.trajectory;
  perturbed.records[5000].kind = StepKind::perturbation;
  CHECK(edge_in(diagnose(perturbed)) == nullptr);
  // A log that names no method, with step sizes and curvature, will do.
  Trajectory log = run.trajectory;
  log.solver.clear();
  log.settings.clear();
  CHECK(edge_in(diagnose(log)) != nullptr);
}
