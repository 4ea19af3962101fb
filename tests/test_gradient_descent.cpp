#include "support/catch.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

// f(x) = sum_i lambda_i x_i^2 / 2
auto quadratic(std::vector<double> eigenvalues) {
  const auto n = static_cast<Index>(eigenvalues.size());
  return functional(
      n,
      [eigenvalues](ConstVectorView x) {
        double sum = 0.0;
        for (Index i = 0; i < x.size(); ++i) sum += 0.5 * eigenvalues[static_cast<std::size_t>(i)] * x[i] * x[i];
        return sum;
      },
      [eigenvalues](ConstVectorView x, VectorView g) {
        for (Index i = 0; i < x.size(); ++i) g[i] = eigenvalues[static_cast<std::size_t>(i)] * x[i];
      });
}

}  // namespace

TEST_CASE("on a quadratic every coordinate contracts by exactly 1 - eta lambda") {
  const auto f = quadratic({1.0, 3.0});
  const GradientDescent solver({.learning_rate = 0.25});
  const RunResult result = run(f, solver, {1.0, 1.0}, {.stop = max_iterations(20)});
  CHECK(result.x[0] == Approx(std::pow(0.75, 20)).epsilon(1e-14));
  CHECK(result.x[1] == Approx(std::pow(0.25, 20)).epsilon(1e-14));
  CHECK(result.counts.gradients == 21);
}

TEST_CASE("descent lemma: with eta = 1/l every step releases at least eta/2 |g|^2") {
  // f = log cosh, l = 1.
  const auto f = functional(
      2, [](ConstVectorView x) { return x.array().cosh().log().sum(); },
      [](ConstVectorView x, VectorView g) { g = x.array().tanh(); });
  Recorder recorder;
  run(f, GradientDescent({.learning_rate = 1.0}), {3.0, -2.0}, {.stop = max_iterations(50), .observers = {&recorder}});
  const auto& records = recorder.trajectory().records;
  for (std::size_t k = 1; k < records.size(); ++k) {
    const double released = records[k - 1].value - records[k].value;
    const double promised = 0.5 * records[k - 1].gradient_norm * records[k - 1].gradient_norm;
    CHECK(released >= promised - 1e-15);
    // Not measured where the square of the gradient underflows.
    if (promised > 0.0) CHECK(records[k].curvature <= 1.0 + 1e-12);
  }
}

TEST_CASE("the curvature along the step is the Rayleigh quotient of the Hessian on a quadratic") {
  const auto f = quadratic({1.0, 3.0});
  Recorder recorder({.every = 1});
  run(f, GradientDescent({.learning_rate = 0.25}), {1.0, 1.0}, {.stop = max_iterations(5), .observers = {&recorder}});
  const Trajectory& trajectory = recorder.trajectory();
  CHECK(std::isnan(trajectory.records[0].curvature));
  for (std::size_t k = 1; k <= 5; ++k) {
    const Vector step(Eigen::VectorXd(trajectory.snapshots[k].x.view() - trajectory.snapshots[k - 1].x.view()));
    const double quotient = (step[0] * step[0] + 3.0 * step[1] * step[1]) / step.view().squaredNorm();
    CHECK(trajectory.records[k].curvature == Approx(quotient).epsilon(1e-10));
  }
}

TEST_CASE("with an exact line search the first step on a quadratic is g'g / g'Hg") {
  const auto f = quadratic({1.0, 10.0});
  Recorder recorder;
  run(f, GradientDescent({.line_search = line_searches::exact()}), {2.0, 1.0},
      {.stop = max_iterations(1), .observers = {&recorder}});
  const double g1 = 2.0;
  const double g2 = 10.0;
  CHECK(recorder.trajectory().records[1].step_size ==
        Approx((g1 * g1 + g2 * g2) / (g1 * g1 + 10.0 * g2 * g2)).epsilon(1e-6));
}

TEST_CASE(
    "exact steepest descent contracts by at most ((kappa - 1)/(kappa + 1))^2, and just that from the worst start") {
  // Kantorovich; equality from x0 = (kappa, 1) on diag(1, kappa): Nocedal and Wright (2006), eq. (3.29).
  const double kappa = 20.0;
  const auto f = quadratic({1.0, kappa});
  Recorder recorder;
  run(f, GradientDescent({.line_search = line_searches::exact()}), {kappa, 1.0},
      {.stop = max_iterations(20), .observers = {&recorder}});
  const double factor = std::pow((kappa - 1.0) / (kappa + 1.0), 2);
  const auto& records = recorder.trajectory().records;
  for (std::size_t k = 1; k < records.size(); ++k) {
    CHECK(records[k].value / records[k - 1].value == Approx(factor).epsilon(1e-5));
  }
}

TEST_CASE("every line search reaches Rosenbrock's minimum") {
  const problems::Rosenbrock f(2);
  for (const auto& search :
       {line_searches::armijo(), line_searches::strong_wolfe({.curvature = 0.1}), line_searches::exact()}) {
    INFO(search->text());
    const RunResult result = run(f, GradientDescent({.line_search = search}), {-1.2, 1.0},
                                 {.stop = max_iterations(100000) | gradient_tolerance(1e-6)});
    CHECK(result.end.id == "gradient-tolerance");
    CHECK(result.x[0] == Approx(1.0).margin(1e-4));
  }
}

TEST_CASE("a line search that finds nothing ends the run as a breakdown, not as convergence") {
  // The gradient has the wrong sign: every step goes up.
  const auto wrong = functional(
      1, [](ConstVectorView x) { return x[0] * x[0]; }, [](ConstVectorView x, VectorView g) { g[0] = -2.0 * x[0]; });
  const RunResult result = run(wrong, GradientDescent({.line_search = line_searches::armijo()}), {1.0});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "line-search-failed");
  CHECK(result.x[0] == 1.0);
}

TEST_CASE("exactly one of learning rate and line search must be set") {
  CHECK_THROWS_AS(GradientDescent(GradientDescentOptions{}), std::invalid_argument);
  CHECK_THROWS_AS(GradientDescent({.learning_rate = 0.1, .line_search = line_searches::armijo()}),
                  std::invalid_argument);
}

TEST_CASE("by name the escort bandit is descended with the step of theorem 2, whatever the iterate has become") {
  // eta_k = 2 ||theta_k||_p^2/(9 p^2 K^{1/p}), Mei et al. (2020), recomputed here from every iterate.
  const Problem problem = problems::make("escort-bandit", {{"p", "2"}, {"arms", "4"}});
  const auto solver = solvers::make("gradient-descent", {}, problem);
  CHECK(solver->settings()[0].second == "escort-policy-gradient(p=2)");
  Oracle oracle(*problem.objective);
  const auto stepper = solver->start(oracle, problem.starts.front().x, RandomSource(0));
  for (int k = 0; k < 200; ++k) {
    const double squared = stepper->current().x().squaredNorm();
    REQUIRE(stepper->step() == StepStatus::advanced);
    CHECK(stepper->record().step_size == Approx(2.0 * squared / (9.0 * 4.0 * 2.0)).epsilon(1e-13));
  }
  CHECK(stepper->current().x().squaredNorm() > 1.01);  // the step has grown with it
}
