#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/occupation_time_perturbed_gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

// -slope x_1 + x_2^2/2: along x_1 the gradient is small and constant, and every iterate lies to the left of the next.
auto slide(double slope) {
  return functional(
      2, [slope](ConstVectorView x) { return -slope * x[0] + 0.5 * x[1] * x[1]; },
      [slope](ConstVectorView x, VectorView g) {
        g[0] = -slope;
        g[1] = x[1];
      });
}

// Perturbs every `pause` + 1 iterations and never returns, as long as the value falls.
PerturbedParameters restless(Index pause) {
  return {.learning_rate = 0.5,
          .perturbation_radius = 1e-6,
          .gradient_threshold = 1e-2,
          .decrease_threshold = 1e-300,
          .escape_iterations = pause,
          .origin = "practical"};
}

}  // namespace

TEST_CASE("occupation-time perturbed gradient descent keeps the promises of every solver") {
  // The short window is full, and its ring has turned over, at the later of the cuts of check_resumed.
  const OccupationTimePerturbedGradientDescent usual(PerturbedParameters::practical(10.0, 1e-3));
  PerturbedParameters always = restless(5);
  always.learning_rate = 0.1;
  always.gradient_threshold = 10.0;
  const OccupationTimePerturbedGradientDescent brief(always, {.exponent = 1.0, .window = 3});
  for (const auto* solver : {&usual, &brief}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
  }
}

TEST_CASE("a run that is cut between perturbations remembers where it has been") {
  // The memory decides the signs of the perturbations after the cut: bit for bit those of the uninterrupted run, at
  // every cut, before the ring of 7 is full and after it has turned over.
  const auto objective = slide(1e-3);
  const OccupationTimePerturbedGradientDescent solver(restless(4), {.exponent = 1.5, .window = 7});
  const RunOptions options{.stop = max_iterations(60), .random = RandomSource(4)};
  const RunResult whole = run(objective, solver, {0.0, 0.0}, options);
  REQUIRE(whole.iterations == 60);
  for (Index cut = 1; cut < 40; ++cut) {
    Oracle oracle(objective);
    const auto stepper = solver.start(oracle, {0.0, 0.0}, options.random);
    const StepRecord first = stepper->record();
    for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    RunOptions resumed = options;
    resumed.state = state;
    CHECK(run(objective, solver, {0.0, 0.0}, resumed).x == whole.x);
  }
}

TEST_CASE("the first perturbation, without a past, is uniform in the ball") {
  // From the saddle of a quadratic x_1 = (I - eta H) xi exactly. For xi uniform in a ball of R^3, (||xi||/r)^3 is
  // uniform in [0, 1], and each coordinate is positive with probability 1/2. 400 seeds: Kolmogorov-Smirnov, false alarm
  // 2 exp(-2 2.4^2) = 2e-5; signs within 5 standard deviations, false alarm 3 x 6e-7.
  const std::vector<double> eigenvalues{1.0, 0.5, -0.25};
  const PerturbedParameters parameters = PerturbedParameters::practical(2.0, 1e-3);
  const OccupationTimePerturbedGradientDescent solver(parameters);
  std::vector<double> shares;
  int positive[3] = {0, 0, 0};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Witness witness = watch(diagonal_quadratic(eigenvalues), solver, {0.0, 0.0, 0.0}, 1, RandomSource(seed));
    double squared = 0.0;
    for (Index i = 0; i < 3; ++i) {
      const double xi = witness.points[1][i] / (1.0 - 0.5 * eigenvalues[static_cast<std::size_t>(i)]);
      squared += xi * xi;
      if (xi > 0.0) ++positive[i];
    }
    shares.push_back(std::pow(std::sqrt(squared) / parameters.perturbation_radius, 3));
  }
  std::sort(shares.begin(), shares.end());
  double deviation = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    deviation = std::max(deviation, std::abs(shares[i] - (static_cast<double>(i) + 0.5) / 400.0));
  }
  CHECK(deviation < 2.4 / std::sqrt(400.0));
  for (const int count : positive) CHECK(std::abs(count - 200) <= 50);
}

TEST_CASE("a perturbation points away from the past with the probability of its law") {
  // On the slide the past of x_1 lies to the left: with N remembered, P(xi_1 > 0) = (1 + N^alpha)/(2 + N^alpha). The
  // second perturbation comes after N = pause + 1 iterates, if the window holds as many. Each case: 2000 seeds, within
  // 4.5 standard deviations: false alarm 7e-6.
  const auto objective = slide(1e-3);
  struct Case {
    Index pause;
    Index window;
    double exponent;
    double remembered;
  };
  for (const Case& with :
       {Case{2, 100, 1.0, 3.0}, Case{2, 2, 1.0, 2.0}, Case{3, 100, 2.0, 4.0}, Case{1, 100, 0.5, 2.0}}) {
    const OccupationTimePerturbedGradientDescent solver(restless(with.pause),
                                                        {.exponent = with.exponent, .window = with.window});
    const int seeds = 2000;
    int ahead = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const Witness witness = watch(objective, solver, {0.0, 0.0}, with.pause + 2, RandomSource(seed));
      REQUIRE(witness.records.size() == static_cast<std::size_t>(with.pause + 3));
      REQUIRE(witness.records.back().kind == StepKind::perturbation);
      const double advance = witness.points.back()[0] - witness.points[witness.points.size() - 2][0];
      if (advance > 0.5e-3) ++ahead;  // eta slope
    }
    const double weight = 1.0 + std::pow(with.remembered, with.exponent);
    const double probability = weight / (1.0 + weight);
    INFO("pause " << with.pause << ", window " << with.window << ", exponent " << with.exponent << ": " << ahead);
    CHECK(std::abs(ahead - seeds * probability) <= 4.5 * std::sqrt(seeds * probability * (1.0 - probability)));
  }
}

TEST_CASE("iterates with large gradients are no part of the past") {
  // The slope is steep (gradient 1) until x_1 = 1 and gentle after it. The first perturbation happens at the first
  // gentle iterate, all of whose predecessors lie to the left: remembered, they would make P(xi_1 > 0) > 0.99. With no
  // past it is 1/2: 400 seeds within 5 standard deviations.
  const auto objective = functional(
      1, [](ConstVectorView x) { return x[0] < 1.0 ? 1.0 - x[0] : 1e-3 * (1.0 - x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] < 1.0 ? -1.0 : -1e-3; });
  PerturbedParameters parameters = restless(5);
  parameters.learning_rate = 0.07;
  const OccupationTimePerturbedGradientDescent solver(parameters);
  int ahead = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Witness witness = watch(objective, solver, {0.0}, 16, RandomSource(seed));
    REQUIRE(witness.records.back().kind == StepKind::perturbation);
    if (witness.points[16][0] - witness.points[15][0] > 0.07e-3) ++ahead;
  }
  CHECK(std::abs(ahead - 200) <= 50);
}

TEST_CASE("from the exact saddle it arrives at a minimum for every seed, and claims evidence only") {
  const auto objective = capped_saddle();
  const OccupationTimePerturbedGradientDescent solver(PerturbedParameters::practical(10.0, 1e-3));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "perturbation-released-nothing");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
  }
  const OccupationTimePerturbedGradientDescent theory(PerturbedParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 0.1, .value_gap = 1.0, .dimension = 2}));
  const RunResult result = run(objective, theory, {0.0, 1.4}, {.stop = max_iterations(20000)});
  CHECK(result.end.end_class == EndClass::convergence);
  CHECK(result.end.message.find("second order not certified (theory, occupation-time parameters)") !=
        std::string::npos);
}

TEST_CASE("occupation-time perturbed gradient descent crosses the octopus for every seed") {
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  const auto solver = solvers::make("occupation-time-perturbed-gradient-descent", {}, octopus);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
  }
}

TEST_CASE("occupation-time perturbed gradient descent refuses wrong parameters") {
  const auto made = [](OccupationTime occupation) {
    return OccupationTimePerturbedGradientDescent(PerturbedParameters::practical(1.0, 1e-3), occupation);
  };
  CHECK_THROWS_AS(made({.exponent = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(made({.exponent = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(made({.exponent = 200.0}), std::invalid_argument);  // 100^200 overflows
  CHECK_THROWS_AS(made({.window = 0}), std::invalid_argument);
  PerturbedParameters wrong = PerturbedParameters::practical(1.0, 1e-3);
  wrong.perturbation_radius = -1.0;
  CHECK_THROWS_AS(OccupationTimePerturbedGradientDescent(wrong), std::invalid_argument);
  const Problem octopus = problems::make("octopus");
  const auto solver = solvers::make("occupation-time-perturbed-gradient-descent", {{"window", "7"}}, octopus);
  CHECK(solver->settings().back().second == "7");
}
