// Levenberg-Marquardt from a start where the Jacobian has a zero column: convergence at a strict saddle.
#include <perigee/perigee.hpp>
#include <perigee/solvers/ceres/ceres_bridge.hpp>

#include <ceres/ceres.h>

#include <cstdio>

struct Residual {
  template <class T>
  bool operator()(const T* x, const T* y, T* residual) const {
    residual[0] = x[0] * x[0] - T(1.0);
    residual[1] = y[0];
    return true;
  }
};

int main() {
  double xy[2] = {0.0, 1.0};
  ceres::Problem problem;
  problem.AddResidualBlock(new ceres::AutoDiffCostFunction<Residual, 2, 1, 1>(new Residual), nullptr, xy, xy + 1);
  ceres::Solver::Options options;
  options.logging_type = ceres::SILENT;
  options.function_tolerance = options.parameter_tolerance = 0.0;
  perigee::TrajectoryCallback recorder(problem);
  recorder.attach(options);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  const perigee::ProblemObjective objective(problem);
  const perigee::Diagnosis diagnosis = perigee::diagnose(recorder.trajectory(summary), &objective);
  std::puts(diagnosis.summary.c_str());
  const bool saddle = perigee::find_finding(diagnosis, "strict-saddle") != nullptr;
  const perigee::RunResult left = perigee::ceres_minimize(objective, {0.5, 1.0});
  std::printf("cost from (0.5, 1): %g\n", left.value);
  return summary.termination_type == ceres::CONVERGENCE && saddle && left.value < 1e-6 ? 0 : 1;
}
