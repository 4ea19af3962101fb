// Uses Perigee beside Eigen's own owning types and solvers, compiled with whatever flags the user likes.
#include <perigee/perigee.hpp>

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>

int main() {
  const Eigen::Index n = 37;  // no multiple of a packet
  const Eigen::VectorXd centre = Eigen::VectorXd::LinSpaced(n, -1.0, 1.0);
  Eigen::MatrixXd hessian = Eigen::MatrixXd::Identity(n, n) * 2.0;
  hessian(0, 1) = hessian(1, 0) = 0.5;
  const auto objective = perigee::functional(
      n, [&](perigee::ConstVectorView x) { return 0.5 * (x - centre).dot(hessian * (x - centre)); },
      [&](perigee::ConstVectorView x, perigee::VectorView g) { g = hessian * (x - centre); },
      [&](perigee::ConstVectorView, perigee::ConstVectorView v, perigee::VectorView product) {
        product = hessian * v;
      });

  const Eigen::VectorXd start = Eigen::VectorXd::Zero(n);
  const perigee::MinimizeResult result = perigee::minimize(objective, start);
  std::puts(result.verdict.c_str());
  const Eigen::VectorXd found = result.x.view();
  const double error = (found - centre).norm();
  // The user's own eigen-solver, instantiated with the user's flags, beside the library's.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> dense(hessian);
  const double disagreement = std::abs(dense.eigenvalues()[0] - result.judgement.spectrum.lambda_min);

  perigee::Recorder recorder;
  const perigee::Problem bandit = perigee::problems::make("softmax-bandit");
  const auto solver = perigee::solvers::make("gradient-descent", {}, bandit);
  perigee::run(*bandit.objective, *solver, bandit.starts[0].x,
               {.stop = perigee::max_iterations(2000), .observers = {&recorder}});
  perigee::annotate(recorder.trajectory(), bandit, *solver);
  const perigee::Diagnosis diagnosis = perigee::diagnose(recorder.trajectory(), bandit.objective.get());
  std::puts(diagnosis.summary.c_str());

  std::printf("error %g, eigenvalue disagreement %g\n", error, disagreement);
  return error < 1e-5 && disagreement < 1e-6 && !diagnosis.summary.empty() ? 0 : 1;
}
