#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/vanishing_noise.hpp>
#include <perigee/lib/problems/least_squares.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <cmath>

using namespace perigee;

namespace {

// Batches of 4 of 100 terms, x* of length about sqrt(10), f* = sigma^2/2.
problems::LeastSquares least_squares(double sigma) {
  return problems::LeastSquares({.dimension = 10, .samples = 100, .condition = 10.0, .noise = sigma});
}

Trajectory run_on(const FiniteSum& objective, Index iterations) {
  const StochasticGradientDescent solver(
      {.learning_rate = schedules::constant(0.1), .batch = {.size = 4, .sampling = Sampling::with_replacement}});
  Recorder recorder(SnapshotRule{.every = 100});
  run(objective, solver, Vector(objective.dimension()).view(),
      {.stop = max_iterations(iterations), .random = RandomSource(3), .observers = {&recorder}});
  Trajectory trajectory = recorder.trajectory();
  trajectory.solver = solver.name();
  trajectory.settings = solver.settings();
  return trajectory;
}

Trajectory without_snapshots(Trajectory trajectory) {
  trajectory.snapshots.clear();
  return trajectory;
}

Trajectory values_alone(Trajectory trajectory) {
  trajectory = without_snapshots(std::move(trajectory));
  for (StepRecord& record : trajectory.records) record.gradient_norm = record.step_norm = not_measured;
  return trajectory;
}

}  // namespace

TEST_CASE("where every example can be fitted, stochastic gradient descent converges, and no floor is told") {
  // Linear convergence under interpolation (Ma, Bassily and Belkin 2018): the gradient of every batch is 0 at x*, so
  // that nothing but rounding, a relative 1e-15 or so, keeps the iterates from it.
  const problems::LeastSquares objective = least_squares(0.0);
  const Trajectory all = run_on(objective, 20000);
  REQUIRE(all.records.back().gradient_norm < 1e-13 * all.records.front().gradient_norm);
  for (const Trajectory& log : {all, without_snapshots(all), values_alone(all)}) {
    const Diagnosis diagnosis = diagnose(log);
    CAPTURE(diagnosis.summary);
    CHECK(find_finding(diagnosis, "noise-floor") == nullptr);
    const Finding* floor = find_finding(diagnosis, "rounding-floor");
    REQUIRE(floor != nullptr);
    CHECK(floor->severity == Severity::information);
    CHECK(diagnosis.summary.find("converged as far as its numbers can tell") != std::string::npos);
  }
  const Diagnosis with_objective = diagnose(all, &objective);
  CHECK(find_finding(with_objective, "noise-floor") == nullptr);
  REQUIRE(with_objective.principal >= 0);
  CHECK(with_objective.findings[static_cast<std::size_t>(with_objective.principal)].id == "converged-minimum");
}

TEST_CASE("the same run with noise in the data has a floor, and nothing has vanished") {
  // E||g||^2 of a batch of 4 at x* is about sigma^2 tr(A'A/N)/4: far above rounding for any sigma one could mean.
  for (const double sigma : {1.0, 1e-3, 1e-6}) {
    const problems::LeastSquares objective = least_squares(sigma);
    const Trajectory trajectory = run_on(objective, 20000);
    CAPTURE(sigma);
    CHECK_FALSE(find_vanished_noise(trajectory, 10000).has_value());
    CHECK_FALSE(find_vanished_noise(without_snapshots(trajectory), 10000).has_value());
    CHECK(find_finding(diagnose(trajectory), "noise-floor") != nullptr);
  }
}

TEST_CASE("what still falls has not come to rest, however small it is") {
  // Stochastic gradient descent towards x* = 0 goes on down without end: such gradients have no rounding floor.
  Trajectory trajectory;
  for (Index k = 0; k <= 1000; ++k) {
    StepRecord record;
    record.iteration = k;
    record.batch_size = 4;
    record.gradient_norm =
        std::pow(0.75, static_cast<double>(k)) * (1.0 + 0.5 * std::sin(7.0 * static_cast<double>(k)));
    record.value = record.gradient_norm * record.gradient_norm;
    trajectory.records.push_back(record);
  }
  CHECK_FALSE(find_vanished_noise(trajectory, 500).has_value());
  CHECK_FALSE(find_vanished_noise(values_alone(trajectory), 500).has_value());
  for (StepRecord& record : trajectory.records) {  // the control: the same, stopped by rounding
    record.gradient_norm = std::max(record.gradient_norm, 1e-16);
    record.value = record.gradient_norm * record.gradient_norm;
  }
  const std::optional<Finding> finding = find_vanished_noise(trajectory, 500);
  REQUIRE(finding.has_value());
  // 0.75^k times 0.5 to 1.5 comes to 1e-12 of a largest norm between 1 and 1.5 at k from 92 to 98.
  CHECK(finding->first >= 91);
  CHECK(finding->first <= 99);
  CHECK(find_vanished_noise(values_alone(trajectory), 500).has_value());
}
