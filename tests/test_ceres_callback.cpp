// A trajectory of a Ceres program as it is.
#include "support/ceres_examples.hpp"
#include "support/solver_contract.hpp"

#include <perigee/diagnostics/render_text.hpp>
#include <perigee/perigee.hpp>
#include <perigee/solvers/ceres/ceres_bridge.hpp>

#include <ceres/rotation.h>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

// A pinhole camera (rotation vector, then translation) sees a point: the image position minus the measured one.
struct Projection {
  double u;
  double v;
  template <class T>
  bool operator()(const T* camera, const T* point, T* residual) const {
    T seen[3];
    ceres::AngleAxisRotatePoint(camera, point, seen);
    for (int i = 0; i < 3; ++i) seen[i] += camera[3 + i];
    residual[0] = seen[0] / seen[2] - T(u);
    residual[1] = seen[1] / seen[2] - T(v);
    return true;
  }
};

}  // namespace

TEST_CASE("one line in a curve fit gives a trajectory, and that a report") {
  double m = 0.0;
  double c = 0.0;
  ceres::Problem problem;
  add_exponential_data(problem, &m, &c, false);
  ceres::Solver::Options options = quiet();
  options.function_tolerance = 1e-14;
  TrajectoryCallback recorder(problem, {.every = 1}, {&m, &c});
  recorder.attach(options);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  REQUIRE(summary.termination_type == ceres::CONVERGENCE);
  const Trajectory trajectory = recorder.trajectory(summary);

  const ProblemObjective objective(problem, {&m, &c});
  CHECK(trajectory.records.front().value == summary.initial_cost);
  CHECK(trajectory.records.back().value == summary.final_cost);
  CHECK(trajectory.snapshots.front().x == Vector{0.0, 0.0});
  CHECK(trajectory.snapshots.back().x == Vector{m, c});
  REQUIRE(trajectory.snapshots.size() == trajectory.records.size());
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    Vector gradient(2);
    CHECK(trajectory.records[k].value ==
          Approx(objective.value_and_gradient(trajectory.snapshots[k].x, gradient)).epsilon(1e-13));
    // Ceres computes it from a Jacobian scaled column by column: the same up to rounding in f.
    CHECK(trajectory.records[k].gradient_norm == Approx(gradient.view().norm()).epsilon(1e-8).margin(1e-9));
    if (k > 0) CHECK(trajectory.records[k].value < trajectory.records[k - 1].value);  // monotone by construction
  }
  CHECK(m == Approx(0.3).margin(0.03));
  CHECK(c == Approx(0.1).margin(0.1));
  REQUIRE(trajectory.end.has_value());
  CHECK(trajectory.end->id == "ceres-convergence");
  CHECK(trajectory.end->message == "Ceres: " + summary.message);

  const Diagnosis diagnosis = diagnose(trajectory, &objective);
  INFO(diagnosis.summary);
  CHECK(find_finding(diagnosis, "converged-minimum") != nullptr);
  const std::string report = render_text({{"run", "", {}, {}}, trajectory, diagnosis});
  CHECK(report.find(diagnosis.summary.substr(0, 20)) != std::string::npos);
}

TEST_CASE("bundle adjustment in miniature: blocks, a loss, fixed cameras, and a report") {
  // Three cameras on an arc, two of them held (which fixes gauge and scale), twelve points seen by all; the third
  // camera and the points start disturbed. Exact measurements: the minimum is 0 at the truth.
  double cameras[3][6] = {{0, 0, 0, 0, 0, 0}, {0, -0.3, 0, 1.0, 0, 0.2}, {0.25, 0.1, 0, -0.5, -0.9, 0.1}};
  double points[12][3];
  ceres::Problem problem;
  for (int j = 0; j < 12; ++j) {
    const double angle = 0.5 * j;
    points[j][0] = std::cos(angle);
    points[j][1] = std::sin(angle);
    points[j][2] = 5.0 + 0.7 * std::sin(2.7 * angle);
    for (auto& camera : cameras) {
      double measured[2];
      Projection{0.0, 0.0}(camera, points[j], measured);
      problem.AddResidualBlock(cost<Projection, 2, 6, 3>({measured[0], measured[1]}), new ceres::HuberLoss(0.05),
                               camera, points[j]);
    }
  }
  const std::vector<double> truth(cameras[2], cameras[2] + 6);
  std::vector<double*> blocks{cameras[2]};
  for (auto& point : points) blocks.push_back(point);
  for (std::size_t j = 0; j < blocks.size(); ++j) {
    for (int i = 0; i < 3; ++i) blocks[j][i] += 0.05 * std::sin(3.0 * static_cast<double>(j) + 5.0 * i);
  }
  problem.SetParameterBlockConstant(cameras[0]);
  problem.SetParameterBlockConstant(cameras[1]);

  ceres::Solver::Options options = quiet();
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.function_tolerance = 1e-16;
  TrajectoryCallback recorder(problem, {}, blocks);
  recorder.attach(options);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  REQUIRE(summary.termination_type == ceres::CONVERGENCE);
  const ProblemObjective objective(problem, blocks);
  REQUIRE(objective.dimension() == 42);
  const Trajectory trajectory = recorder.trajectory(summary);
  CHECK(trajectory.records.front().value > 1e-4);
  CHECK(trajectory.records.back().value < 1e-12);
  CHECK(objective.value(trajectory.snapshots.front().x) == Approx(summary.initial_cost).epsilon(1e-12));
  for (Index i = 0; i < 6; ++i) {
    CHECK(trajectory.snapshots.back().x[i] == Approx(truth[static_cast<std::size_t>(i)]).margin(1e-4));
  }
  const Diagnosis diagnosis = diagnose(trajectory, &objective);
  INFO(diagnosis.summary);
  CHECK(find_finding(diagnosis, "converged-minimum") != nullptr);
  CHECK(find_finding(diagnosis, "strict-saddle") == nullptr);
}

TEST_CASE("of a trust-region run only accepted iterates are recorded, under Ceres' numbers") {
  // Levenberg-Marquardt on Rosenbrock from (-1.2, 1) rejects many steps; its summaries then hold the rejected cost.
  double x[2] = {-1.2, 1.0};
  ceres::Problem problem;
  problem.AddResidualBlock(cost<RosenbrockResidual, 2, 2>({}), nullptr, x);
  ceres::Solver::Options options = quiet();
  TrajectoryCallback recorder(problem, {.every = 1});
  recorder.attach(options);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  const Trajectory trajectory = recorder.trajectory(summary);
  std::vector<Index> accepted;
  for (const ceres::IterationSummary& iteration : summary.iterations) {
    if (iteration.step_is_successful) accepted.push_back(iteration.iteration);
  }
  REQUIRE(accepted.size() < summary.iterations.size());  // some were rejected, or this test shows nothing
  REQUIRE(trajectory.records.size() == accepted.size());
  const ProblemObjective objective(problem);
  for (std::size_t k = 0; k < accepted.size(); ++k) {
    CHECK(trajectory.records[k].iteration == accepted[k]);
    CHECK(trajectory.snapshots[k].iteration == accepted[k]);
    CHECK(trajectory.records[k].value == Approx(objective.value(trajectory.snapshots[k].x)).epsilon(1e-12));
    if (k == 0) continue;
    const double step = (trajectory.snapshots[k].x.view() - trajectory.snapshots[k - 1].x.view()).norm();
    CHECK(trajectory.records[k].step_norm == Approx(step).epsilon(1e-6));
    CHECK(std::isnan(trajectory.records[k].step_size));
  }

  // A second solve with the same callback starts a new trajectory.
  options.max_num_iterations = 5;
  x[0] = 2.0;
  ceres::Solve(options, &problem, &summary);
  const Trajectory second = recorder.trajectory(summary);
  CHECK(second.snapshots.front().x[0] == 2.0);
  CHECK(second.records.size() <= 6);
  CHECK(second.end->id == "ceres-no-convergence");
  CHECK(second.end->end_class == EndClass::budget);
}

TEST_CASE("Levenberg-Marquardt's convergence at a saddle is told from one at a minimum") {
  double xy[2] = {0.0, 1.0};  // the Jacobian's first column is 0 there, and stays 0
  ceres::Problem problem;
  problem.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, xy);
  ceres::Solver::Options options = quiet();
  options.function_tolerance = options.parameter_tolerance = 0.0;  // the gradient test alone ends the run
  TrajectoryCallback recorder(problem);
  recorder.attach(options);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  REQUIRE(summary.termination_type == ceres::CONVERGENCE);
  const ProblemObjective objective(problem);
  const Diagnosis diagnosis = diagnose(recorder.trajectory(summary), &objective);
  const Finding* finding = find_finding(diagnosis, "strict-saddle");
  REQUIRE(finding != nullptr);
  CHECK(finding->certainty == Certainty::proven);
}

TEST_CASE("a GradientProblem's trajectory is the one that ceres_minimize sees, the converging iteration included") {
  const Saddle saddle;
  const FirstOrderObjective objective(saddle);
  for (const Vector& start : {Vector{0.7, 1.0}, Vector{0.0, 1.0}, Vector{0.0, 0.0}}) {
    Vector x = start;
    ceres::GradientProblemSolver::Options options;
    options.logging_type = ceres::SILENT;
    TrajectoryCallback recorder(x.data(), 2, {.every = 1});
    recorder.attach(options);
    ceres::GradientProblemSolver::Summary summary;
    ceres::Solve(options, ceres::GradientProblem(new Saddle), x.data(), &summary);
    const Trajectory trajectory = recorder.trajectory(summary);
    test::Witness witness;
    ceres_minimize(objective, start, {}, {.observers = {&witness}});
    REQUIRE(trajectory.records.size() == witness.records.size());
    REQUIRE(trajectory.snapshots.size() == witness.records.size());
    for (std::size_t k = 0; k < witness.records.size(); ++k) {
      CHECK(trajectory.snapshots[k].x == witness.points[k]);
      CHECK(trajectory.records[k].iteration == witness.records[k].iteration);
      CHECK(trajectory.records[k].value == witness.records[k].value);
      if (witness.records.size() == 1) continue;  // ended at the start: Ceres left no gradient norm
      CHECK(trajectory.records[k].gradient_norm == Approx(witness.records[k].gradient_norm).margin(1e-15));
      if (k > 0) CHECK(trajectory.records[k].step_norm == Approx(witness.records[k].step_norm).margin(1e-15));
    }
    CHECK(trajectory.end->id == "ceres-convergence");
  }
}

TEST_CASE("points are not made up where Ceres keeps no parameters, fails, or returns another iterate") {
  SECTION("parameters that stand still while Ceres steps are kept at the ends only") {
    Vector x{0.7, 1.0};
    ceres::GradientProblemSolver::Options options;
    options.logging_type = ceres::SILENT;
    TrajectoryCallback recorder(x.data(), 2, {.every = 1});
    options.callbacks.push_back(&recorder);  // without attach
    ceres::GradientProblemSolver::Summary summary;
    ceres::Solve(options, ceres::GradientProblem(new Saddle), x.data(), &summary);
    const Trajectory trajectory = recorder.trajectory(summary);
    REQUIRE(trajectory.records.size() > 3);
    REQUIRE(trajectory.snapshots.size() == 2);
    CHECK(trajectory.snapshots.front().x == Vector{0.7, 1.0});
    CHECK(trajectory.snapshots.back().x == x);
    CHECK(trajectory.snapshots.back().iteration == trajectory.records.back().iteration);
  }
  SECTION("a callback that took no part in the solve has no trajectory to give") {
    Vector x{0.7, 1.0};
    ceres::GradientProblemSolver::Options options;
    options.logging_type = ceres::SILENT;
    const TrajectoryCallback recorder(x.data(), 2);
    ceres::GradientProblemSolver::Summary summary;
    ceres::Solve(options, ceres::GradientProblem(new Saddle), x.data(), &summary);
    CHECK_THROWS_AS(recorder.trajectory(summary), std::invalid_argument);
  }
  SECTION("failure: no value from it, the last point is the last iterate") {
    struct Failing final : ceres::FirstOrderFunction {
      bool Evaluate(const double* const, double*, double*) const override { return false; }
      int NumParameters() const override { return 1; }
    };
    Vector x{3.0};
    ceres::GradientProblemSolver::Options options;
    options.logging_type = ceres::SILENT;
    TrajectoryCallback recorder(x.data(), 1);
    recorder.attach(options);
    ceres::GradientProblemSolver::Summary summary;
    ceres::Solve(options, ceres::GradientProblem(new Failing), x.data(), &summary);
    const Trajectory trajectory = recorder.trajectory(summary);
    CHECK(trajectory.end->end_class == EndClass::breakdown);
    CHECK(trajectory.end->id == "ceres-failure");
    REQUIRE(trajectory.records.size() == 1);
    CHECK(std::isnan(trajectory.records[0].value));
  }
  SECTION("nonmonotonic steps: the point returned closes the trajectory") {
    double x[2] = {-1.2, 1.0};
    ceres::Problem problem;
    problem.AddResidualBlock(cost<RosenbrockResidual, 2, 2>({}), nullptr, x);
    const ProblemObjective objective(problem);
    bool returned_another = false;
    for (int iterations = 1; iterations <= 12; ++iterations) {
      x[0] = -1.2;
      x[1] = 1.0;
      ceres::Solver::Options options = quiet();
      options.use_nonmonotonic_steps = true;
      options.max_num_iterations = iterations;
      TrajectoryCallback recorder(problem, {.every = 1});
      recorder.attach(options);
      ceres::Solver::Summary summary;
      ceres::Solve(options, &problem, &summary);
      const Trajectory trajectory = recorder.trajectory(summary);
      CHECK(trajectory.snapshots.back().x == Vector{x[0], x[1]});
      CHECK(trajectory.records.back().value == Approx(summary.final_cost).epsilon(1e-12));
      std::size_t row = 0;
      for (const Snapshot& snapshot : trajectory.snapshots) {  // no point under another's value
        while (trajectory.records[row].iteration != snapshot.iteration) ++row;
        CHECK(objective.value(snapshot.x) == Approx(trajectory.records[row].value).epsilon(1e-12));
      }
      returned_another = returned_another || trajectory.records.back().kind == StepKind::jump;
    }
    CHECK(returned_another);
  }
  SECTION("a callback of the user's that ends the solve is no convergence") {
    struct Enough final : ceres::IterationCallback {
      explicit Enough(ceres::CallbackReturnType answer_) : answer(answer_) {}
      ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override {
        return summary.iteration < 2 ? ceres::SOLVER_CONTINUE : answer;
      }
      ceres::CallbackReturnType answer;
    };
    for (const auto answer : {ceres::SOLVER_TERMINATE_SUCCESSFULLY, ceres::SOLVER_ABORT}) {
      Enough enough(answer);
      Vector x{0.7, 1.0};
      ceres::GradientProblemSolver::Options options;
      options.logging_type = ceres::SILENT;
      options.callbacks.push_back(&enough);  // before the recorder, which is then not called at iteration 2
      TrajectoryCallback recorder(x.data(), 2);
      recorder.attach(options);
      ceres::GradientProblemSolver::Summary summary;
      ceres::Solve(options, ceres::GradientProblem(new Saddle), x.data(), &summary);
      const Trajectory trajectory = recorder.trajectory(summary);
      CHECK(trajectory.records.size() == 3);
      CHECK(trajectory.end->id == (answer == ceres::SOLVER_ABORT ? "ceres-user-failure" : "ceres-user-success"));
      CHECK(trajectory.end->end_class != EndClass::convergence);
      double value = 0.0;
      Saddle().Evaluate(trajectory.snapshots.back().x.data(), &value, nullptr);
      CHECK(trajectory.snapshots.back().iteration == 2);
      CHECK(trajectory.records.back().value == value);
    }
  }
}
