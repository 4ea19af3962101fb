#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("heavy ball keeps the promises of every solver") {
  for (const HeavyBall& solver : {HeavyBall({.learning_rate = 0.1}),
                                  HeavyBall({.learning_rate = schedules::cosine(0.2, 0.01, 50), .momentum = 0.5})}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_deterministic(solver);
    check_one_gradient_a_step(solver);
  }
}

TEST_CASE("without momentum heavy ball is gradient descent") {
  // On a quadratic gradient descent contracts coordinate i by exactly 1 - eta lambda_i.
  const RunResult result = run(diagonal_quadratic({1.0, 3.0}), HeavyBall({.learning_rate = 0.25, .momentum = 0.0}),
                               {1.0, 1.0}, {.stop = max_iterations(20)});
  CHECK(result.x[0] == Approx(std::pow(0.75, 20)).epsilon(1e-14));
  CHECK(result.x[1] == Approx(std::pow(0.25, 20)).epsilon(1e-14));
}

TEST_CASE(
    "with Polyak's parameters the extreme modes of a quadratic are (1 + c k) q^k, q = (root kappa - 1)/(root kappa + "
    "1)") {
  // At eigenvalues m and l the polynomial z^2 - (1 + beta - eta lambda) z + beta has a double root +-q; the start
  // x_{-1} = x_0 = 1 fixes the two coefficients: x_1 = 1 - eta lambda = z (1 + c).
  const double l = 100.0;
  const double m = 1.0;
  const HeavyBallOptions options = HeavyBallOptions::optimal_for_quadratic(l, m);
  const double q = 9.0 / 11.0;
  CHECK(options.momentum == Approx(q * q).epsilon(1e-14));
  const double eta = 4.0 / 121.0;
  const Witness witness = watch(diagonal_quadratic({m, l}), HeavyBall(options), {1.0, 1.0}, 100);
  const double slope_m = (1.0 - eta * m) / q - 1.0;
  const double slope_l = (1.0 - eta * l) / -q - 1.0;
  for (std::size_t k = 0; k <= 100; ++k) {
    const auto t = static_cast<double>(k);
    CHECK(witness.points[k][0] == Approx((1.0 + slope_m * t) * std::pow(q, t)).epsilon(1e-8));
    CHECK(witness.points[k][1] == Approx((1.0 + slope_l * t) * std::pow(-q, t)).epsilon(1e-8));
  }
}

TEST_CASE("between the extremes every mode contracts by q: x_k^2 - x_{k+1} x_{k-1} falls by beta a step") {
  // For any solution of x_{k+1} = p x_k - beta x_{k-1} this determinant is multiplied by beta each step.
  const std::vector<double> eigenvalues{2.0, 10.0, 37.0, 80.0};
  const HeavyBallOptions options = HeavyBallOptions::optimal_for_quadratic(100.0, 1.0);
  const Witness witness = watch(diagonal_quadratic(eigenvalues), HeavyBall(options), {1.0, 1.0, 1.0, 1.0}, 120);
  const auto determinant = [&](std::size_t k, Index i) {
    return witness.points[k][i] * witness.points[k][i] - witness.points[k + 1][i] * witness.points[k - 1][i];
  };
  for (Index i = 0; i < 4; ++i) {
    CHECK(determinant(1, i) > 0.0);  // complex roots
    for (std::size_t k = 2; k < 120; ++k) {
      CHECK(determinant(k, i) / determinant(k - 1, i) == Approx(options.momentum).epsilon(1e-9));
    }
  }
}

TEST_CASE("at a strict saddle heavy ball grows by the larger root of z^2 - (1 + beta + a) z + beta, a = eta gamma") {
  // Curvatures 1 and -gamma; after 200 steps the smaller root has died out ((z2/z1)^200 < 1e-20 in each case).
  for (const double momentum : {0.0, 0.5, 0.9}) {
    for (const double gamma : {0.05, 0.5, 2.0}) {
      const double a = 0.1 * gamma;
      const double s = 1.0 + momentum + a;
      const double root = 0.5 * (s + std::sqrt(s * s - 4.0 * momentum));
      const Witness witness = watch(diagonal_quadratic({1.0, -gamma}),
                                    HeavyBall({.learning_rate = 0.1, .momentum = momentum}), {1.0, 1e-12}, 200);
      const double measured = witness.points[200][1] / witness.points[199][1];
      INFO("beta " << momentum << ", gamma " << gamma);
      CHECK(measured == Approx(root).epsilon(1e-9));
      CHECK(measured > 1.0 + a - 1e-12);  // never slower than gradient descent
    }
  }
}

TEST_CASE("heavy ball is stable on a quadratic exactly up to eta = 2 (1 + beta)/lambda") {
  // The roots leave the unit disc through -1 there.
  const auto end_norm = [](double share) {
    const HeavyBall solver({.learning_rate = share * 2.0 * 1.9 / 4.0, .momentum = 0.9});
    return std::abs(run(diagonal_quadratic({4.0}), solver, {1.0}, {.stop = max_iterations(3000)}).x[0]);
  };
  CHECK(end_norm(0.99) < 1e-3);
  CHECK(end_norm(1.01) > 1e3);
}

TEST_CASE("heavy ball crosses the octopus where gradient descent does not") {
  // d = 10: growth base 1.136 a saddle for beta = 0.9 against 5.1 for gradient descent with the same step.
  const Problem octopus = problems::make("octopus");
  const auto solver = solvers::make("gradient-descent", {}, octopus);
  const HeavyBall ball({.learning_rate = *octopus.suggested_step, .momentum = 0.9});
  const RunOptions options{.stop = value_target(*octopus.optimal_value + 1e-3) | max_iterations(2000)};
  CHECK(run(*octopus.objective, ball, octopus.starts[0].x, options).end.id == "value-target");
  CHECK(run(*octopus.objective, *solver, octopus.starts[0].x, options).end.id == "max-iterations");
}

TEST_CASE("heavy ball refuses wrong options") {
  CHECK_THROWS_AS(HeavyBall({.learning_rate = 0.1, .momentum = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(HeavyBall({.learning_rate = 0.1, .momentum = -0.1}), std::invalid_argument);
  CHECK_THROWS_AS(HeavyBall({.learning_rate = 0.1, .momentum = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(HeavyBallOptions::optimal_for_quadratic(1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(HeavyBallOptions::optimal_for_quadratic(1.0, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(HeavyBallOptions::optimal_for_quadratic(NAN, 0.5), std::invalid_argument);
}

TEST_CASE("by name heavy ball takes the problem's step and shows all of its settings") {
  const solvers::Entry entry = solvers::heavy_ball();
  const Problem octopus = problems::make("octopus");
  const auto made = entry.make(Parameters(entry.name, entry.parameters, {}), octopus);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"learning_rate", Schedule(*octopus.suggested_step).text()}, {"momentum", "0.9"}};
  CHECK(made->name() == entry.name);
  CHECK(made->settings() == expected);
  CHECK_THROWS_AS(Parameters(entry.name, entry.parameters, {{"momentum", "1"}}), std::invalid_argument);
}
