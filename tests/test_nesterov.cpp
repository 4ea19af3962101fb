#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/solvers/nesterov.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

namespace {

// x_{k+1} = y_k - eta grad f(y_k), from what the records show.
Vector descended(const Witness& witness, std::size_t k, double eta) {
  return Vector(Eigen::VectorXd(witness.points[k].view() - eta * witness.gradients[k].view()));
}

// n eigenvalues from m to l, evenly spaced in the logarithm.
std::vector<double> log_spaced(double m, double l, int n) {
  std::vector<double> eigenvalues;
  for (int i = 0; i < n; ++i) eigenvalues.push_back(m * std::pow(l / m, i / (n - 1.0)));
  return eigenvalues;
}

Vector ones(Index n) {
  Vector x(n);
  x.view().setOnes();
  return x;
}

}  // namespace

TEST_CASE("nesterov keeps the promises of every solver, with each momentum and restart") {
  for (const MomentumRestart restart : {MomentumRestart::none, MomentumRestart::function, MomentumRestart::gradient}) {
    for (const std::optional<double> momentum : {std::optional<double>(), std::optional<double>(0.7)}) {
      const Nesterov solver({.learning_rate = 0.1, .momentum = momentum, .restart = restart});
      INFO(solver.settings()[1].second << ", restart " << solver.settings()[2].second);
      check_observed(solver);
      check_resumed(solver);
      check_starts(solver);
      check_wall(solver);
      check_deterministic(solver);
      check_one_gradient_a_step(solver);
    }
  }
}

TEST_CASE("convex: f(x_k) - f* <= 2 l |x_0 - x*|^2/(k + 1)^2 with momentum k/(k + 3)") {
  // Su, Boyd and Candes (2016). On a quadratic with eigenvalues down to 1e-6, a regime where nothing is strongly
  // convex within 2000 steps, and on log cosh, which is flat far out; l = 1 both times.
  const Nesterov solver({.learning_rate = 1.0});
  const auto check_bound = [&](const Objective& f, const Vector& x0) {
    const Witness witness = watch(f, solver, x0, 2000);
    const double squared = x0.view().squaredNorm();
    double tightest = 0.0;
    for (std::size_t k = 1; k <= 2000; ++k) {
      const double excess = f.value(descended(witness, k - 1, 1.0));
      const auto t = static_cast<double>(k + 1);
      const double bound = 2.0 * squared / (t * t);
      CHECK(excess <= bound);
      tightest = std::max(tightest, excess / bound);
    }
    return tightest;
  };
  const auto quadratic = diagonal_quadratic(log_spaced(1e-6, 1.0, 30));
  check_bound(quadratic, ones(30));
  // The rate is not loose by an order: weight on eigenvalues near 1/k^2 comes within a factor of 5 of the bound.
  CHECK(check_bound(diagonal_quadratic({1e-6, 1.0}), {1.0, 0.0}) > 0.2);
  const auto log_cosh = functional(
      2,
      [](ConstVectorView x) {
        return (x.array().abs() + (-2.0 * x.array().abs()).exp().log1p()).sum() - 2.0 * std::log(2.0);
      },
      [](ConstVectorView x, VectorView g) { g = x.array().tanh(); });
  check_bound(log_cosh, {40.0, -25.0});
}

TEST_CASE("the momentum is k/(k + 3), or the constant that was asked for") {
  // On a slope of -1 with eta = 1 the x_k are 0, 1, ...: beta_k = (y_{k+1} - x_{k+1})/(x_{k+1} - x_k) from the points.
  const auto slope = functional(
      1, [](ConstVectorView x) { return -x[0]; }, [](ConstVectorView, VectorView g) { g[0] = -1.0; });
  const Witness growing = watch(slope, Nesterov({.learning_rate = 1.0}), {0.0}, 50);
  const Witness constant = watch(slope, Nesterov({.learning_rate = 1.0, .momentum = 0.7}), {0.0}, 50);
  for (std::size_t k = 1; k < 50; ++k) {
    const auto momentum_of = [k](const Witness& witness) {
      const double before = descended(witness, k - 1, 1.0)[0];
      const double after = descended(witness, k, 1.0)[0];
      return (witness.points[k + 1][0] - after) / (after - before);
    };
    const auto t = static_cast<double>(k);
    CHECK(momentum_of(growing) == Approx(t / (t + 3.0)).epsilon(1e-12));
    CHECK(momentum_of(constant) == Approx(0.7).epsilon(1e-12));
  }
}

TEST_CASE("gradient descent breaks the accelerated bound on the same quadratic") {
  // Eigenvalue 1e-6 with l = 1: gradient descent has lost less than 0.4% of f = lambda/2 after 2000 steps.
  const RunResult slow = run(diagonal_quadratic({1e-6, 1.0}), Nesterov({.learning_rate = 1.0, .momentum = 0.0}),
                             {1.0, 0.0}, {.stop = max_iterations(2000)});
  const RunResult fast = run(diagonal_quadratic({1e-6, 1.0}), Nesterov({.learning_rate = 1.0}), {1.0, 0.0},
                             {.stop = max_iterations(2000)});
  CHECK(slow.value > 2.0 / (2000.0 * 2000.0) * 0.99);
  CHECK(fast.value < 0.5 * slow.value);
}

TEST_CASE("strongly convex: f(x_k) - f* <= (1 - 1/root kappa)^k (f(x_0) - f* + m/2 |x_0 - x*|^2)") {
  // Nesterov (2018), section 2.2.1. A quadratic, and sum of log cosh and a quadratic (m = 0.01, l = 1.01).
  const auto check_rate = [](const Objective& f, double l, double m, const Vector& x0) {
    const Witness witness = watch(f, Nesterov(NesterovOptions::strongly_convex(l, m)), x0, 300);
    const double initial = witness.records[0].value + 0.5 * m * x0.view().squaredNorm();
    for (std::size_t k = 1; k <= 300; ++k) {
      const double promised = std::pow(1.0 - std::sqrt(m / l), static_cast<double>(k)) * initial;
      CHECK(f.value(descended(witness, k - 1, 1.0 / l)) <= promised * (1.0 + 1e-9) + 1e-16);
    }
  };
  check_rate(diagonal_quadratic(log_spaced(1.0, 400.0, 12)), 400.0, 1.0, ones(12));
  const auto smooth = functional(
      2,
      [](ConstVectorView x) {
        return (x.array().abs() + (-2.0 * x.array().abs()).exp().log1p()).sum() - 2.0 * std::log(2.0) +
               0.005 * x.squaredNorm();
      },
      [](ConstVectorView x, VectorView g) { g = x.array().tanh() + 0.01 * x.array(); });
  check_rate(smooth, 1.01, 0.01, {30.0, -4.0});
}

TEST_CASE("the slowest mode of a quadratic is (1 + c k) (1 - 1/root kappa)^k exactly") {
  // At lambda = m the polynomial z^2 - (1 + beta) q z + beta q, q = 1 - 1/kappa, has the double root 1 - 1/root kappa;
  // y_0 = 1, y_1 = q + beta (q - 1) fix the coefficients.
  const double kappa = 400.0;
  const Witness witness =
      watch(diagonal_quadratic({1.0, kappa}), Nesterov(NesterovOptions::strongly_convex(kappa, 1.0)), {1.0, 0.0}, 200);
  const double z = 0.95;
  const double q = 1.0 - 1.0 / kappa;
  const double beta = 19.0 / 21.0;
  const double slope = (q + beta * (q - 1.0)) / z - 1.0;
  for (std::size_t k = 0; k <= 200; ++k) {
    const auto t = static_cast<double>(k);
    CHECK(witness.points[k][0] == Approx((1.0 + slope * t) * std::pow(z, t)).epsilon(1e-8));
  }
}

TEST_CASE("at a strict saddle nesterov grows by the larger root of z^2 - s z + beta (1 + a), s = (1 + beta)(1 + a)") {
  for (const double momentum : {0.0, 0.5, 0.9}) {
    for (const double gamma : {0.05, 0.5, 2.0}) {
      const double a = 0.1 * gamma;
      const double s = (1.0 + momentum) * (1.0 + a);
      const double root = 0.5 * (s + std::sqrt(s * s - 4.0 * momentum * (1.0 + a)));
      const Witness witness = watch(diagonal_quadratic({1.0, -gamma}),
                                    Nesterov({.learning_rate = 0.1, .momentum = momentum}), {1.0, 1e-12}, 200);
      INFO("beta " << momentum << ", gamma " << gamma);
      CHECK(witness.points[200][1] / witness.points[199][1] == Approx(root).epsilon(1e-9));
      // Faster than the heavy ball of the same parameters, unless there is no momentum.
      const double ball = 0.5 * (1.0 + momentum + a + std::sqrt(std::pow(1.0 + momentum + a, 2) - 4.0 * momentum));
      CHECK(root >= ball);
      if (momentum > 0.0) CHECK(root > ball);
    }
  }
}

TEST_CASE("gradient restart: wherever the momentum pointed uphill, a plain gradient step and a fresh run") {
  // The test grad f(y_k)'(x_{k+1} - x_k) > 0 recomputed from the points shown; x_0 = y_0.
  const double eta = 1.0;
  const auto f = diagonal_quadratic(log_spaced(1e-3, 1.0, 10));
  const Nesterov solver({.learning_rate = eta, .restart = MomentumRestart::gradient});
  const Witness witness = watch(f, solver, ones(10), 600);
  Vector before = witness.points[0];
  int restarts = 0;
  bool is_first = true;  // of the sequence beta_k: no momentum yet
  for (std::size_t k = 0; k < 600; ++k) {
    INFO("iteration " << k);
    const Vector after = descended(witness, k, eta);
    const double along = witness.gradients[k].view().dot(after.view() - before.view());
    CHECK((witness.points[k + 1] == after) == (is_first || along > 0.0));
    is_first = along > 0.0;
    before = after;
    if (!is_first) continue;
    ++restarts;
    const Witness fresh = watch(f, solver, witness.points[k + 1], std::min<Index>(50, static_cast<Index>(599 - k)));
    for (std::size_t j = 0; j < fresh.points.size(); ++j) CHECK(fresh.points[j] == witness.points[k + 1 + j]);
  }
  CHECK(restarts >= 3);
}

TEST_CASE("function restart: after a rise the run is a fresh one, and the next step descends") {
  // With growing momentum the first step of a fresh run is a plain gradient step, which releases at least |g|^2/(2 l)
  // without any convexity; with a constant one a step of (1 + beta)/l < 2/l, which does not rise either.
  // f = sum of cos and a quadratic, l = 1.1.
  const auto f = functional(
      3, [](ConstVectorView x) { return x.array().cos().sum() + 0.05 * x.squaredNorm(); },
      [](ConstVectorView x, VectorView g) { g = 0.1 * x.array() - x.array().sin(); });
  const double l = 1.1;
  for (const std::optional<double> momentum : {std::optional<double>(), std::optional<double>(0.9)}) {
    const Nesterov solver({.learning_rate = 1.0 / l, .momentum = momentum, .restart = MomentumRestart::function});
    const Witness witness = watch(f, solver, {9.3, -20.0, 0.1}, 300);
    int rises = 0;
    for (std::size_t k = 1; k < 300; ++k) {
      if (!(witness.records[k].value > witness.records[k - 1].value)) continue;
      ++rises;
      const double g = witness.records[k].gradient_norm;
      const double beta = momentum.value_or(0.0);
      const double promised = 0.5 * (1.0 + beta) * (1.0 - beta) * g * g / l;
      CHECK(witness.records[k + 1].value <= witness.records[k].value - promised + 1e-14);
      const Witness fresh = watch(f, solver, witness.points[k], std::min<Index>(20, static_cast<Index>(300 - k)));
      for (std::size_t j = 0; j < fresh.points.size(); ++j) CHECK(fresh.points[j] == witness.points[k + j]);
    }
    CHECK(rises >= 3);
  }
}

TEST_CASE("restarts find the linear rate without knowing m, and growing momentum alone does not") {
  // kappa = 1e4. With the best restart interval known the excess falls by e^2 every e sqrt(8 kappa) steps
  // (O'Donoghue and Candes 2015, section 3.1): 1e-16 takes 14166 steps. Adaptive restarts must not need more.
  const auto f = diagonal_quadratic(log_spaced(1e-4, 1.0, 20));
  const auto steps_with = [&](MomentumRestart restart) {
    return run(f, Nesterov({.learning_rate = 1.0, .restart = restart}), ones(20),
               {.stop = value_target(1e-16 * f.value(ones(20))) | max_iterations(200000)})
        .iterations;
  };
  const double fixed = std::exp(1.0) * std::sqrt(8.0e4) * std::log(1e16) / 2.0;
  const Index without = steps_with(MomentumRestart::none);
  const Index with_gradient = steps_with(MomentumRestart::gradient);
  const Index with_function = steps_with(MomentumRestart::function);
  CHECK(static_cast<double>(with_gradient) < fixed);
  CHECK(static_cast<double>(with_function) < fixed);
  CHECK(without > 3 * std::max(with_gradient, with_function));
}

TEST_CASE("with restarts nesterov reaches the minimum of Rosenbrock's function") {
  const problems::Rosenbrock f(2);
  for (const MomentumRestart restart : {MomentumRestart::function, MomentumRestart::gradient}) {
    const RunResult result = run(f, Nesterov({.learning_rate = 5e-4, .restart = restart}), {-1.2, 1.0},
                                 {.stop = max_iterations(20000) | gradient_tolerance(1e-8)});
    CHECK(result.end.id == "gradient-tolerance");
    CHECK(result.x[0] == Approx(1.0).margin(1e-6));
  }
}

TEST_CASE("nesterov refuses wrong options") {
  CHECK_THROWS_AS(Nesterov({.learning_rate = 0.1, .momentum = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(Nesterov({.learning_rate = 0.1, .momentum = -0.5}), std::invalid_argument);
  CHECK_THROWS_AS(Nesterov({.learning_rate = 0.1, .momentum = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(NesterovOptions::strongly_convex(1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(NesterovOptions::strongly_convex(1.0, -1.0), std::invalid_argument);
}

TEST_CASE("by name nesterov takes the problem's step and shows all of its settings") {
  const solvers::Entry entry = solvers::nesterov();
  const Problem octopus = problems::make("octopus");
  const auto made = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), octopus)->settings();
  };
  const std::string step = Schedule(*octopus.suggested_step).text();
  using Settings = std::vector<std::pair<std::string, std::string>>;
  CHECK(made({}) == Settings{{"learning_rate", step}, {"momentum", "k/(k+3)"}, {"restart", "gradient"}});
  CHECK(made({{"momentum", "0.5"}, {"restart", "none"}, {"learning_rate", "0.25"}}) ==
        Settings{{"learning_rate", "0.25"}, {"momentum", "0.5"}, {"restart", "none"}});
  CHECK_THROWS_AS(made({{"restart", "often"}}), std::invalid_argument);
}
