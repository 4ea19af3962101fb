#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/solvers/adam.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("adam keeps the promises of every solver") {
  for (const Adam& solver : {Adam({.learning_rate = 0.05}), Adam({.learning_rate = schedules::cosine(0.1, 0.0, 150)}),
                             Adam({.learning_rate = 0.05, .first_moment_decay = 0.0, .second_moment_decay = 0.0})}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_deterministic(solver);
    check_one_gradient_a_step(solver);
  }
}

TEST_CASE("the first step of adam is -eta sign(g), up to epsilon") {
  // m_1/(1 - beta1) = g and v_1/(1 - beta2) = g^2, so the step is -eta g/(|g| + epsilon), whatever the size of g.
  const auto f = diagonal_quadratic({1e6, 1.0, 1e-3, 0.0});
  const Witness witness = watch(f, Adam({.learning_rate = 0.01}), {1.0, -2.0, 3.0, 4.0}, 1);
  CHECK(witness.points[1][0] == Approx(1.0 - 0.01).epsilon(1e-12));
  CHECK(witness.points[1][1] == Approx(-2.0 + 0.01 * 2.0 / (2.0 + 1e-8)).epsilon(1e-14));
  CHECK(witness.points[1][2] == Approx(3.0 - 0.01 * 3e-3 / (3e-3 + 1e-8)).epsilon(1e-14));
  CHECK(witness.points[1][3] == 4.0);  // gradient exactly 0
  CHECK(std::isnan(witness.records[1].step_size));
}

TEST_CASE("adam is algorithm 1 of Kingma and Ba (2015)") {
  // Its sums written out, m_t = (1 - beta1) sum_i beta1^(t-i) g_i and so on, instead of the recursion.
  const problems::Rosenbrock f(2);
  const double eta = 0.02;
  const Witness witness =
      watch(f, Adam({.learning_rate = eta, .first_moment_decay = 0.8, .second_moment_decay = 0.95, .epsilon = 1e-3}),
            {-1.2, 1.0}, 60);
  for (std::size_t t = 1; t <= 60; ++t) {
    for (Index i = 0; i < 2; ++i) {
      double first = 0.0;
      double second = 0.0;
      double first_weights = 0.0;
      double second_weights = 0.0;
      for (std::size_t j = 0; j < t; ++j) {
        const double g = witness.gradients[j][i];
        const auto age = static_cast<double>(t - 1 - j);
        first += std::pow(0.8, age) * g;
        second += std::pow(0.95, age) * g * g;
        first_weights += std::pow(0.8, age);
        second_weights += std::pow(0.95, age);
      }
      const double move = eta * (first / first_weights) / (std::sqrt(second / second_weights) + 1e-3);
      CHECK(witness.points[t - 1][i] - witness.points[t][i] == Approx(move).margin(1e-14).epsilon(1e-10));
    }
  }
}

TEST_CASE("apart from epsilon adam does not feel the scale of the objective or of a coordinate's gradient") {
  // Gradients scaled by powers of two and an epsilon far below rounding: the same iterates to the last bit.
  const auto scaled = [](double first, double second) {
    return functional(
        2, [=](ConstVectorView x) { return first * std::cosh(x[0]) + second * 0.5 * x[1] * x[1]; },
        [=](ConstVectorView x, VectorView g) {
          g[0] = first * std::sinh(x[0]);
          g[1] = second * x[1];
        });
  };
  const Adam solver({.learning_rate = 0.05, .epsilon = 1e-200});
  const RunOptions options{.stop = max_iterations(200)};
  const RunResult one = run(scaled(1.0, 1.0), solver, {2.0, -1.0}, options);
  CHECK(run(scaled(std::ldexp(1.0, 60), std::ldexp(1.0, 60)), solver, {2.0, -1.0}, options).x == one.x);
  CHECK(run(scaled(1.0, std::ldexp(1.0, -40)), solver, {2.0, -1.0}, options).x == one.x);
}

TEST_CASE("no coordinate moves further than the Cauchy-Schwarz bound, and growing gradients attain it") {
  // The gradients (beta2/beta1)^t are those of no smooth function of the points reached, so they come from a count of
  // the calls, one a point.
  const double beta1 = 0.9;
  const double beta2 = 0.999;
  const double growth = beta2 / beta1;
  const double r = beta1 * beta1 / beta2;
  const double eta = 0.01;
  int calls = 0;
  const auto growing = functional(
      1, [](ConstVectorView) { return 0.0; },
      [&calls, growth](ConstVectorView, VectorView g) { g[0] = std::pow(growth, calls++); });
  const Witness attained = watch(growing, Adam({.learning_rate = eta, .epsilon = 1e-300}), {0.0}, 600);
  const auto bound_at = [&](std::size_t step) {
    const auto t = static_cast<double>(step);
    return eta * (1.0 - beta1) / (1.0 - std::pow(beta1, t)) * std::sqrt((1.0 - std::pow(beta2, t)) / (1.0 - beta2)) *
           std::sqrt((1.0 - std::pow(r, t)) / (1.0 - r));
  };
  for (std::size_t t = 1; t <= 600; ++t) CHECK(attained.records[t].step_norm == Approx(bound_at(t)).epsilon(1e-6));
  CHECK(bound_at(100000) == Approx(7.27 * eta).epsilon(1e-3));

  // Gradients that jump between scales by chance of the landscape stay below it.
  const auto wild = functional(
      1, [](ConstVectorView x) { return -std::cos(50.0 * x[0]) + 3.0 * std::sin(7.0 * x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = 50.0 * std::sin(50.0 * x[0]) + 21.0 * std::cos(7.0 * x[0]); });
  const Witness below = watch(wild, Adam({.learning_rate = eta}), {0.3}, 600);
  for (std::size_t t = 1; t <= 600; ++t) CHECK(below.records[t].step_norm <= bound_at(t) * (1.0 + 1e-12));
}

TEST_CASE("adam leaves a saddle aligned with the axes at full speed, and stays at an exact one") {
  // From |y| = 1e-9 gradient descent with eta = 0.1 needs ln(1e9)/ln(1.2) = 114 steps to |y| = 1. Adam, whose epsilon
  // is far below the gradient 2e-9, moves y by about eta = 0.05 a step from the first: 20 steps, taken twice over.
  const Adam solver({.learning_rate = 0.05, .epsilon = 1e-14});
  CHECK(std::abs(watch(capped_saddle(), solver, {1.0, 1e-9}, 40).points[40][1]) > 1.0);
  CHECK(run(capped_saddle(), solver, {1.0, 0.0}, {.stop = max_iterations(500)}).x[1] == 0.0);
}

TEST_CASE("with a falling rate adam reaches the minimum, with a constant one it keeps moving at the scale of eta") {
  const problems::Rosenbrock f(2);
  const RunResult falling =
      run(f, Adam({.learning_rate = schedules::cosine(0.05, 0.0, 5000)}), {-1.2, 1.0}, {.stop = max_iterations(5000)});
  CHECK(falling.value < 1e-8);
  // The second moment falls until the effective step is as long as is stable, 2 (1 + beta1)/(1 - beta1)/lambda (Cohen
  // et al. 2022), and there it is held by the oscillation: root mean square gradient eta lambda (1 - beta1)/(2 (1 +
  // beta1)), the same of x without the lambda.
  const double eta = 0.1;
  const double settled = eta * 0.1 / (2.0 * 1.9);
  for (const double lambda : {1.0, 100.0}) {
    const Witness witness = watch(diagonal_quadratic({lambda}), Adam({.learning_rate = eta}), {1.0}, 40000);
    double squares = 0.0;
    for (std::size_t k = 20000; k < 40000; ++k) squares += witness.points[k][0] * witness.points[k][0];
    CHECK(std::sqrt(squares / 20000.0) == Approx(settled).epsilon(0.2));
  }
}

TEST_CASE("a gradient whose square overflows ends adam as non-finite instead of freezing it") {
  const auto steep = functional(
      1, [](ConstVectorView x) { return 1e200 * x[0]; }, [](ConstVectorView, VectorView g) { g[0] = 1e200; });
  const RunResult result = run(steep, Adam(), {1.0}, {.stop = max_iterations(5)});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "non-finite");
  CHECK(result.x == Vector{1.0});
}

TEST_CASE("adam refuses wrong options") {
  CHECK_THROWS_AS(Adam({.learning_rate = -0.1}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.first_moment_decay = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.first_moment_decay = -0.1}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.second_moment_decay = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.second_moment_decay = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.first_moment_decay = 0.9, .second_moment_decay = 0.8}), std::invalid_argument);
  CHECK_THROWS_AS(Adam({.epsilon = 0.0}), std::invalid_argument);
}

TEST_CASE("by name adam has the defaults of the paper") {
  const solvers::Entry entry = solvers::adam();
  const auto made = entry.make(Parameters(entry.name, entry.parameters, {}), problems::make("octopus"));
  CHECK(made->name() == entry.name);
  CHECK(made->settings() == Adam().settings());
  const std::vector<std::pair<std::string, std::string>> expected{{"learning_rate", "0.001"},
                                                                  {"first_moment_decay", "0.9"},
                                                                  {"second_moment_decay", "0.999"},
                                                                  {"epsilon", "1e-08"}};
  CHECK(made->settings() == expected);
}
