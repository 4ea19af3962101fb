#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/perturbed_gradient_descent_variant.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("both variants keep the promises of every solver") {
  const ContinuallyPerturbedGradientDescent continual({.learning_rate = 0.1, .noise_radius = 0.01});
  const PerturbedGradientDescentVariant variant(PerturbedVariantParameters::practical(10.0, 1e-3, 1.0, 20));
  for (const Solver* solver : {static_cast<const Solver*>(&continual), static_cast<const Solver*>(&variant)}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
    check_one_gradient_a_step(*solver);
  }
}

TEST_CASE("equation (6) of Jin et al. (2021)") {
  // l = rho = 1, eps = 0.01, iota = 1: r = 2.5e-5, T = 10, F = 2e-5.
  const PerturbedVariantParameters one = PerturbedVariantParameters::equation_6(1.0, 1.0, 0.01, 1.0);
  CHECK(one.learning_rate == 1.0);
  CHECK(one.noise_radius == Approx(2.5e-5).epsilon(1e-12));
  CHECK(one.gradient_threshold == 0.01);
  CHECK(one.decrease_threshold == Approx(1e-5).epsilon(1e-12));  // F/2
  CHECK(one.escape_iterations == 10);
}

TEST_CASE("theory takes the least iota that theorem 18 accepts") {
  // d = 10, l = rho = Delta_f = 1, eps = 0.01, delta = 0.1: iota = 75.69, T = 756.9, r = 5.77e-11, F = 4.6e-11.
  const PerturbedVariantParameters parameters = PerturbedVariantParameters::theory(
      {.gradient_lipschitz = 1.0, .hessian_lipschitz = 1.0, .tolerance = 0.01, .value_gap = 1.0, .dimension = 10});
  CHECK(parameters.escape_iterations == 757);
  CHECK(parameters.noise_radius == Approx(5.77e-11).epsilon(1e-3));
  CHECK(parameters.decrease_threshold == Approx(2.3e-11).epsilon(1e-2));
  // The condition itself, with iota read back from r: equality.
  const double iota = std::cbrt(0.01 / (400.0 * parameters.noise_radius));
  const double iterations = 400.0 * std::pow(iota, 4) / 1e-4;
  CHECK(iterations * std::sqrt(10.0) / 0.1 * iota * iota * std::exp2(8.0 - iota) == Approx(0.1).epsilon(1e-9));
}

TEST_CASE("with noise in every step the variance around a minimum is eta r^2/(d lambda (2 - eta lambda))") {
  // x_{t+1} = (1 - eta lambda) x_t - eta xi_t is an autoregression with lag-one correlation q = 1 - eta lambda. Over n
  // steps the mean of x^2 has the relative variance 2 (1 + q^2)/((1 - q^2) n) to first order in 1/n; 4.5 standard
  // deviations, false alarm 7e-6 a coordinate. The start is in the stationary distribution's middle: 1000 steps are
  // dropped.
  const std::vector<double> eigenvalues{1.0, 4.0};
  const double eta = 0.1;
  const double radius = 0.3;
  const Index steps = 40000;
  const Witness witness = watch(diagonal_quadratic(eigenvalues),
                                ContinuallyPerturbedGradientDescent({.learning_rate = eta, .noise_radius = radius}),
                                {0.0, 0.0}, steps, RandomSource(7));
  for (Index i = 0; i < 2; ++i) {
    const double lambda = eigenvalues[static_cast<std::size_t>(i)];
    double sum = 0.0;
    for (std::size_t k = 1001; k < witness.points.size(); ++k) sum += witness.points[k][i] * witness.points[k][i];
    const auto n = static_cast<double>(witness.points.size() - 1001);
    const double q = 1.0 - eta * lambda;
    const double deviation = std::sqrt(2.0 * (1.0 + q * q) / ((1.0 - q * q) * n));
    const double expected = eta * radius * radius / (2.0 * lambda * (2.0 - eta * lambda));
    CHECK(std::abs(sum / n / expected - 1.0) < 4.5 * deviation);
  }
}

TEST_CASE("with noise in every step the displacement at a saddle has the variance of its exact recursion") {
  // From 0, coordinate of curvature -gamma after t steps: N(0, eta^2 r^2/d ((1+a)^{2t} - 1)/((1+a)^2 - 1)), a = eta
  // gamma. 1000 independent runs: the mean of the squares over its expectation has standard deviation sqrt(2/1000); 4.5
  // of them, false alarm 7e-6.
  const double a = 0.1 * 0.5;
  const int t = 30;
  const ContinuallyPerturbedGradientDescent solver({.learning_rate = 0.1, .noise_radius = 0.2});
  const auto objective = diagonal_quadratic({1.0, -0.5});
  double sum = 0.0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const double y = run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(t), .random = RandomSource(seed)}).x[1];
    sum += y * y;
  }
  const double growth = (1.0 + a) * (1.0 + a);
  const double expected = 0.01 * 0.04 / 2.0 * (std::pow(growth, t) - 1.0) / (growth - 1.0);
  CHECK(std::abs(sum / 1000.0 / expected - 1.0) < 4.5 * std::sqrt(2.0 / 1000.0));
}

TEST_CASE("without noise the continual variant is gradient descent") {
  const RunResult result = run(diagonal_quadratic({1.0, 3.0}),
                               ContinuallyPerturbedGradientDescent({.learning_rate = 0.25, .noise_radius = 0.0}),
                               {1.0, 1.0}, {.stop = max_iterations(20)});
  CHECK(result.x[0] == Approx(std::pow(0.75, 20)).epsilon(1e-14));
  CHECK(result.x[1] == Approx(std::pow(0.25, 20)).epsilon(1e-14));
}

TEST_CASE("the first perturbation of the variant comes after T iterations, and the gradient is taken behind it") {
  // At the saddle of a quadratic x_{t+1} = -eta (I - eta H) xi, xi uniform in B(0, r), drawn from the documented
  // stream.
  PerturbedVariantParameters parameters = PerturbedVariantParameters::practical(2.0, 1e-3, 1.0, 7);
  const Witness witness = watch(diagonal_quadratic({1.0, -0.5}), PerturbedGradientDescentVariant(parameters),
                                {0.0, 0.0}, 9, RandomSource(11));
  for (std::size_t k = 1; k <= 8; ++k) CHECK(witness.records[k].kind == StepKind::step);
  CHECK(witness.records[9].kind == StepKind::perturbation);
  Vector xi(2);
  RandomEngine engine = RandomSource(11).engine("perturbation", 8);
  fill_uniform_ball(engine, parameters.noise_radius, xi);
  CHECK(witness.points[9][0] == Approx(-0.5 * 0.5 * xi[0]).epsilon(1e-12));
  CHECK(witness.points[9][1] == Approx(-0.5 * 1.25 * xi[1]).epsilon(1e-12));
  CHECK(witness.points[9].view().norm() <= 0.01 * 1.25);  // the displacement eta r is a hundredth of the scale
}

TEST_CASE("lemma 20: with equation (6) one episode from a strict saddle releases F/2") {
  // l = rho = 1, eps = 0.01, iota = 25: the lemma promises it with probability >= 1 - 0.07 at curvature
  // -sqrt(rho eps) = -0.1. Exactly, |xi_y| would have to be below 3e-6 r: 200 seeds fail with probability 4e-4.
  const auto objective = functional(
      2, [](ConstVectorView x) { return 0.5 * x[0] * x[0] - 0.05 * x[1] * x[1] + 0.01 * std::pow(x[1], 4); },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0];
        g[1] = -0.1 * x[1] + 0.04 * std::pow(x[1], 3);
      });
  const PerturbedVariantParameters parameters = PerturbedVariantParameters::equation_6(1.0, 1.0, 0.01, 25.0);
  CHECK(parameters.escape_iterations == 250);
  const PerturbedGradientDescentVariant solver(parameters);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(251 + 250), .random = RandomSource(seed)});
    INFO("seed " << seed);
    CHECK(result.value <= -parameters.decrease_threshold);
    CHECK(result.end.end_class == EndClass::budget);
  }
}

TEST_CASE("from the exact saddle the variant arrives at a minimum and returns the point before its last jump") {
  const auto objective = capped_saddle();
  const PerturbedGradientDescentVariant solver(PerturbedVariantParameters::practical(10.0, 1e-3));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Witness witness;
    const RunResult result = run(objective, solver, {0.0, 0.0},
                                 {.stop = max_iterations(2000), .random = RandomSource(seed), .observers = {&witness}});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "perturbation-released-nothing");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
    CHECK(result.end.message.find("second order not certified with practical parameters") != std::string::npos);
    CHECK(witness.records.back().kind == StepKind::jump);
    CHECK(witness.records[witness.records.size() - 51].kind == StepKind::perturbation);
    CHECK(witness.points[witness.points.size() - 52] == result.x);
  }
}

TEST_CASE("the variant crosses the octopus for every seed") {
  const Problem octopus = problems::make("octopus");
  const solvers::Entry entry = solvers::perturbed_gradient_descent_variant();
  const auto solver = entry.make(Parameters(entry.name, entry.parameters, {}), octopus);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
  }
}

TEST_CASE("the variants refuse wrong parameters and never mix theory and practice") {
  CHECK_THROWS_AS(ContinuallyPerturbedGradientDescent({.learning_rate = 0.0, .noise_radius = 1.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(ContinuallyPerturbedGradientDescent({.learning_rate = 0.1, .noise_radius = -1.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(ContinuallyPerturbedGradientDescent({.learning_rate = 0.1, .noise_radius = NAN}),
                  std::invalid_argument);
  CHECK_THROWS_AS(ContinualPerturbationOptions::theory(1.0, 0.1, 0.5), std::invalid_argument);
  const ContinualPerturbationOptions theory = ContinualPerturbationOptions::theory(2.0, 0.01, 3.0);
  CHECK(theory.learning_rate == Approx(1.0 / (2.0 * 19683.0)).epsilon(1e-13));
  CHECK(theory.noise_radius == Approx(0.03).epsilon(1e-13));
  CHECK_THROWS_AS(PerturbedVariantParameters::equation_6(1.0, 1.0, 0.01, 0.9), std::invalid_argument);
  CHECK_THROWS_AS(PerturbedVariantParameters::equation_6(1.0, 1e9, 1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(PerturbedVariantParameters::practical(1.0, 1e-3, 1.0, 0), std::invalid_argument);
  PerturbedVariantParameters parameters = PerturbedVariantParameters::practical(1.0, 1e-3);
  parameters.noise_radius = -1.0;
  CHECK_THROWS_AS(PerturbedGradientDescentVariant(parameters), std::invalid_argument);

  const Problem octopus = problems::make("octopus");
  const solvers::Entry entry = solvers::perturbed_gradient_descent_variant();
  const auto make = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), octopus);
  };
  CHECK(make({})->name() == entry.name);
  CHECK_THROWS_AS(make({{"value_gap", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"scale", "2"}}), std::invalid_argument);
  const auto theory_settings =
      make({{"parameters", "theory"}, {"gradient_lipschitz", "10"}, {"hessian_lipschitz", "2"}, {"value_gap", "3"}})
          ->settings();
  CHECK(theory_settings.front() == std::pair<std::string, std::string>("parameters", "theory"));
  CHECK_THROWS_AS(make({{"parameters", "folklore"}}), std::invalid_argument);
  const solvers::Entry continual = solvers::continually_perturbed_gradient_descent();
  CHECK(continual.make(Parameters(continual.name, continual.parameters, {}), octopus)->name() == continual.name);
}
