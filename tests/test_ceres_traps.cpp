// Where Ceres stops in a trap and says CONVERGENCE, the report of its run names the trap: every direction and line
// search that its gradient solver accepts, and its trust-region strategies.
#include "support/ceres_examples.hpp"

#include <perigee/perigee.hpp>
#include <perigee/solvers/ceres/ceres_bridge.hpp>

#include <string>

using namespace perigee;
using namespace perigee::test;

namespace {

struct Method {
  const char* name;
  CeresDirection direction;
  CeresLineSearch line_search;
};

// The eight pairs less L-BFGS and BFGS with Armijo, which Ceres refuses.
const Method methods[] = {
    {"lbfgs, wolfe", CeresDirection::lbfgs, CeresLineSearch::wolfe},
    {"bfgs, wolfe", CeresDirection::bfgs, CeresLineSearch::wolfe},
    {"conjugate gradient, wolfe", CeresDirection::conjugate_gradient, CeresLineSearch::wolfe},
    {"conjugate gradient, armijo", CeresDirection::conjugate_gradient, CeresLineSearch::armijo},
    {"steepest descent, wolfe", CeresDirection::steepest_descent, CeresLineSearch::wolfe},
    {"steepest descent, armijo", CeresDirection::steepest_descent, CeresLineSearch::armijo},
};

struct Stop {
  RunResult result;
  Diagnosis diagnosis;
};

Stop stop_of(const Problem& problem, const std::string& start, const Method& method) {
  // Ceres' value test would stop some of them on the way; its gradient test is the one that claims stationarity.
  const CeresOptions options{.direction = method.direction,
                             .line_search = method.line_search,
                             .function_tolerance = 0.0,
                             .parameter_tolerance = 0.0};
  Recorder recorder({}, probe_of(problem));
  Stop stop{ceres_minimize(*problem.objective, start_of(problem, start).view(), options,
                           {.stop = max_iterations(500), .observers = {&recorder}}),
            {}};
  annotate(recorder.trajectory(), problem, GradientDescent({.learning_rate = 0.1}));
  recorder.trajectory().solver = ceres_name(options);
  stop.diagnosis = diagnose(recorder.trajectory(), problem.objective.get());
  return stop;
}

const Finding& main_finding(const Diagnosis& diagnosis) {
  REQUIRE_FALSE(diagnosis.findings.empty());
  return diagnosis.findings.front();
}

}  // namespace

TEST_CASE("at the capped saddle every method of Ceres says convergence, and the report says strict saddle") {
  const Problem problem = problems::make("capped-saddle");
  for (const char* start : {"stable-manifold", "saddle"}) {
    for (const Method& method : methods) {
      const Stop stop = stop_of(problem, start, method);
      INFO(start << ", " << method.name << ": " << stop.result.end.message << "\n" << stop.diagnosis.summary);
      CHECK(stop.result.end.id == "ceres-convergence");
      CHECK(stop.result.x.view().norm() < 1e-6);  // it is the saddle that Ceres stopped at
      const Finding& finding = main_finding(stop.diagnosis);
      CHECK(finding.id == "strict-saddle");
      CHECK(finding.certainty == Certainty::proven);
      CHECK(finding.severity == Severity::problem);
    }
  }
}

TEST_CASE("in a softmax well every method of Ceres says convergence, and the report says gravity well") {
  // The gradient at pi(a*) = 1e-11 is below Ceres' tolerance, so none of them takes a step.
  const Problem problem =
      problems::make("softmax-bandit", {{"arms", "3"}, {"initial_probability", "1e-11"}, {"remainder", "1e-11"}});
  for (const Method& method : methods) {
    const Stop stop = stop_of(problem, "corner", method);
    INFO(method.name << ": " << stop.result.end.message << "\n" << stop.diagnosis.summary);
    CHECK(stop.result.end.id == "ceres-convergence");
    CHECK(stop.result.value > 0.45);  // of the gap 0.5
    const Finding& finding = main_finding(stop.diagnosis);
    CHECK(finding.id == "gravity-well");
    CHECK(finding.severity == Severity::problem);
  }
}

TEST_CASE("Ceres' trust regions converge to a saddle of a least-squares problem, and the report says so") {
  // The Jacobian's first column vanishes on the line x = 0, so the step never leaves it.
  struct TrustRegion {
    const char* name;
    ceres::TrustRegionStrategyType type;
    ceres::DoglegType dogleg;
  };
  const TrustRegion strategies[] = {{"Levenberg-Marquardt", ceres::LEVENBERG_MARQUARDT, ceres::TRADITIONAL_DOGLEG},
                                    {"dogleg", ceres::DOGLEG, ceres::TRADITIONAL_DOGLEG},
                                    {"subspace dogleg", ceres::DOGLEG, ceres::SUBSPACE_DOGLEG}};
  for (const TrustRegion& strategy : strategies) {
    double xy[2] = {0.0, 1.0};
    ceres::Problem problem;
    problem.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, xy);
    ceres::Solver::Options options = quiet();
    options.trust_region_strategy_type = strategy.type;
    options.dogleg_type = strategy.dogleg;
    options.linear_solver_type = ceres::DENSE_QR;
    options.function_tolerance = options.parameter_tolerance = 0.0;
    TrajectoryCallback recorder(problem);
    recorder.attach(options);
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
    const ProblemObjective objective(problem);
    const Diagnosis diagnosis = diagnose(recorder.trajectory(summary), &objective);
    INFO(strategy.name << ": " << summary.message << "\n" << diagnosis.summary);
    CHECK(summary.termination_type == ceres::CONVERGENCE);
    const Finding& finding = main_finding(diagnosis);
    CHECK(finding.id == "strict-saddle");
    CHECK(finding.certainty == Certainty::proven);
  }
}

TEST_CASE("BoxBOD: the certified parameters from NIST's second start, a plateau from the first, and the way off it") {
  // NIST/ITL StRD, "BoxBOD" (higher level of difficulty): the certified values, and both starting values.
  const double certified[] = {2.1380940889e+02, 5.4723748542e-01};
  const double certified_cost = 0.5 * 1.1680088766e+03;
  struct Fit {
    Diagnosis diagnosis;
    double cost;
  };
  double b[2];
  ceres::Problem problem;
  add_oxygen_demand_data(problem, b);
  const ProblemObjective objective(problem);
  const auto fit_from = [&](double b1, double b2) {
    b[0] = b1;
    b[1] = b2;
    ceres::Solver::Options options = quiet();
    options.function_tolerance = 0.0;
    options.parameter_tolerance = 1e-12;  // the certified values have eleven digits
    TrajectoryCallback recorder(problem);
    recorder.attach(options);
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
    CHECK(summary.termination_type == ceres::CONVERGENCE);
    return Fit{diagnose(recorder.trajectory(summary), &objective), summary.final_cost};
  };

  const Fit good = fit_from(100.0, 0.75);
  CHECK(b[0] == Approx(certified[0]).epsilon(1e-8));
  CHECK(b[1] == Approx(certified[1]).epsilon(1e-8));
  CHECK(good.cost == Approx(certified_cost).epsilon(1e-9));
  CHECK(main_finding(good.diagnosis).id == "converged-minimum");

  // With b2 so great that exp(-b2) = 0 the model is the constant b1, best at the mean of y: 172.5.
  const Fit bad = fit_from(1.0, 1.0);
  INFO(bad.diagnosis.summary);
  CHECK(b[0] == Approx(172.5).epsilon(1e-6));
  CHECK(b[1] > 40.0);
  CHECK(bad.cost == Approx(4885.75));  // half the sum of squares about the mean
  const Finding& finding = main_finding(bad.diagnosis);
  CHECK(finding.id == "degenerate-stationary-point");
  CHECK(finding.severity == Severity::problem);
  CHECK(bad.diagnosis.summary.find("The run came to rest on a plateau") == 0);

  // Where the finding points to, Ceres finds the certified minimum.
  CHECK(evidence_value(finding.evidence, "descent_coordinate") == 1.0);
  b[1] -= std::abs(evidence_value(finding.evidence, "descent_step"));
  CHECK(bad.cost - objective.value(objective.parameters()) ==
        Approx(evidence_value(finding.evidence, "descent_decrease")));
  fit_from(b[0], b[1]);
  CHECK(b[0] == Approx(certified[0]).epsilon(1e-8));
  CHECK(b[1] == Approx(certified[1]).epsilon(1e-8));
}
