#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("theory parameters are the formulas of Jin et al. (2017), algorithm 2") {
  // Worked by hand for d = 10, l = rho = c = Delta_f = 1, eps = 0.01, delta = 0.1.
  const PerturbedParameters parameters = PerturbedParameters::theory({.gradient_lipschitz = 1.0,
                                                                      .hessian_lipschitz = 1.0,
                                                                      .tolerance = 1e-2,
                                                                      .value_gap = 1.0,
                                                                      .failure_probability = 0.1,
                                                                      .dimension = 10});
  CHECK(parameters.learning_rate == 1.0);
  CHECK(parameters.perturbation_radius == Approx(5.82134867319796e-06).epsilon(1e-12));
  CHECK(parameters.gradient_threshold == Approx(5.82134867319796e-06).epsilon(1e-12));
  CHECK(parameters.decrease_threshold == Approx(1.4045442255581615e-08).epsilon(1e-12));
  CHECK(parameters.escape_iterations == 415);  // 414.4653... rounded up
  CHECK(parameters.origin == "theory");
}

TEST_CASE("from the exact saddle gradient descent stays and perturbed gradient descent leaves, for every seed") {
  const auto f = capped_saddle();
  const RunResult stuck = run(f, GradientDescent({.learning_rate = 0.1}), {0.0, 0.0}, {.stop = max_iterations(1000)});
  CHECK(stuck.x == Vector{0.0, 0.0});
  const PerturbedGradientDescent solver(PerturbedParameters::practical(10.0, 1e-3));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result = run(f, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "perturbation-released-nothing");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
  }
}

TEST_CASE("with theory parameters the escape from a quadratic saddle takes as long as its law says") {
  // Along the escape direction |y_t| = |xi_y| (1 + 2 eta)^t exactly until the quartic term counts. For xi uniform in
  // the disc of radius r, P(|xi_y| <= q r) = 2/pi (q sqrt(1 - q^2) + asin q), so the median of |xi_y|/r is 0.404.
  // The median over 401 seeds of the time to |y| > 0.1 is the time from the median displacement, within the
  // ranks 200 +- 40 (4 sigma: false alarm 6e-5).
  const auto f = capped_saddle();
  const double learning_rate = 0.01;
  const double radius = 1e-4;
  const PerturbedGradientDescent solver({.learning_rate = learning_rate,
                                         .perturbation_radius = radius,
                                         .gradient_threshold = 1e-3,
                                         .decrease_threshold = 1e-10,
                                         .escape_iterations = 2000,
                                         .origin = "practical"});
  std::vector<double> times;
  for (std::uint64_t seed = 0; seed < 401; ++seed) {
    Oracle oracle(f);
    const auto stepper = solver.start(oracle, {0.0, 0.0}, RandomSource(seed));
    while (std::abs(stepper->current().x()[1]) <= 0.1) REQUIRE(stepper->step() == StepStatus::advanced);
    times.push_back(static_cast<double>(stepper->record().iteration));
  }
  std::sort(times.begin(), times.end());
  const auto time_from = [&](double displacement) {
    return std::log(0.1 / displacement) / std::log1p(2.0 * learning_rate);
  };
  const double predicted = time_from(0.4040 * radius);
  CHECK(times[160] <= predicted + 1.0);
  CHECK(times[240] >= predicted - 1.0);
}

TEST_CASE("a perturbation that releases nothing returns the anchor as the last iterate") {
  const auto bowl = functional(
      2, [](ConstVectorView x) { return 0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = x; });
  Recorder recorder;
  const PerturbedGradientDescent solver(PerturbedParameters::practical(1.0, 1e-3));
  const RunResult result =
      run(bowl, solver, {1.0, 1.0}, {.stop = max_iterations(500), .random = RandomSource(1), .observers = {&recorder}});
  CHECK(result.end.end_class == EndClass::convergence);
  const StepRecord& last = recorder.trajectory().records.back();
  CHECK(last.kind == StepKind::jump);
  CHECK(last.value == result.value);
  CHECK(recorder.trajectory().snapshots.back().x == result.x);
}

TEST_CASE("a perturbation that leaves the domain changes nothing: the state is that of the last iterate") {
  // Everywhere near 1 is outside, and the gradient there is small enough to perturb at once.
  PerturbedParameters parameters = PerturbedParameters::practical(1.0, 10.0);
  check_wall(PerturbedGradientDescent(parameters));

  // The episodic variant rests at 1 for an episode, then jumps out.
  const auto rest = functional(
      1, [](ConstVectorView x) { return x[0] == 1.0 ? 1.0 : std::numeric_limits<double>::quiet_NaN(); },
      [](ConstVectorView, VectorView g) { g[0] = 0.0; });
  const PeriodicallyPerturbedGradientDescent episodic(
      {.learning_rate = 0.1, .perturbation_radius = 0.01, .decrease_threshold = 1e-6, .episode_iterations = 3});
  Oracle oracle(rest);
  const auto stepper = episodic.start(oracle, {1.0}, RandomSource(0));
  for (int k = 0; k < 3; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
  StateWriter before;
  stepper->save_state(before);
  REQUIRE(stepper->step() == StepStatus::ended);
  CHECK(stepper->end().id == "non-finite");
  StateWriter after;
  stepper->save_state(after);
  CHECK(std::vector<std::uint8_t>(before.bytes().begin(), before.bytes().end()) ==
        std::vector<std::uint8_t>(after.bytes().begin(), after.bytes().end()));
}

TEST_CASE("the episodic variant leaves the saddle and ends at a minimum") {
  const auto f = capped_saddle();
  const PeriodicallyPerturbedGradientDescent solver(
      {.learning_rate = 0.1, .perturbation_radius = 0.01, .decrease_threshold = 1e-6, .episode_iterations = 50});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(f, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    // The gradient is not part of its criterion, so this is no convergence.
    CHECK(result.end.end_class == EndClass::budget);
    CHECK(result.end.id == "jumps-released-nothing");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
  }
}

TEST_CASE("perturbed gradient descent crosses the octopus in a few hundred iterations") {
  // d = 10, L = 1.5, gamma = 1, tau = e, eta = 1/(4L), from (1, ..., 1): Du et al. (2017); their theorem 5.1 has it
  // take poly(d) iterations where gradient descent takes exp(d).
  const Problem octopus = problems::make("octopus");
  const auto solver = solvers::make("perturbed-gradient-descent", {}, octopus);
  const auto nothing = solvers::make("gradient-descent", {}, octopus);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
    CHECK(result.iterations < 1000);
  }
  const RunResult stuck = run(*octopus.objective, *nothing, octopus.starts[0].x, {.stop = max_iterations(5000)});
  CHECK(stuck.value > *octopus.optimal_value + 100.0);
}

TEST_CASE("theory and practice never mix, and wrong parameters are refused") {
  const Problem octopus = problems::make("octopus");
  const auto make = [&](const Parameters::Assignments& assignments) {
    return solvers::make("perturbed-gradient-descent", assignments, octopus);
  };
  CHECK_THROWS_AS(make({{"hessian_lipschitz", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"scale", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "folklore"}}), std::invalid_argument);
  CHECK_THROWS_AS(
      PerturbedParameters::theory(
          {.gradient_lipschitz = 1.0, .hessian_lipschitz = 1e9, .tolerance = 1.0, .value_gap = 1.0, .dimension = 2}),
      std::invalid_argument);
  CHECK_THROWS_AS(PerturbedParameters::practical(0.0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(solvers::make("perturbed-gradient", {}, octopus), std::invalid_argument);
}
