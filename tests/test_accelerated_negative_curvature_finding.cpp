#include "support/catch.hpp"
#include "support/flat_saddle.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/accelerated_negative_curvature_finding.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

Eigen::VectorXd first_direction(const RandomSource& random, Index iteration, Index dimension) {
  Vector direction(dimension);
  RandomEngine engine = random.engine("negative-curvature", static_cast<std::uint64_t>(iteration));
  fill_uniform_ball(engine, 1.0, direction);
  return direction.view().normalized();
}

// x'Hx/2 + x_1^4/16, H = diag(-e, 1, ..., 1): strict saddle at 0, minima x_1 = +-2 sqrt e with f = -e^2.
}  // namespace

TEST_CASE("accelerated negative-curvature finding keeps the promises of every solver") {
  const AcceleratedNegativeCurvatureFinding practical(AcceleratedFindingParameters::practical(10.0, 1e-3, 1.0));
  const AcceleratedNegativeCurvatureFinding theory(AcceleratedFindingParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 3.0, .dimension = 2}));
  for (const auto* solver : {&practical, &theory}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
  }
}

TEST_CASE("theory parameters are the formulas of Zhang and Li (2021), algorithm 3") {
  // Worked by hand for l = rho = 1, eps = 0.01, n = 10: kappa = 10. Delta_f = 1e-3/384 makes delta_0 = delta = 0.1.
  const AcceleratedFindingParameters parameters = AcceleratedFindingParameters::theory({.gradient_lipschitz = 1.0,
                                                                                        .hessian_lipschitz = 1.0,
                                                                                        .tolerance = 1e-2,
                                                                                        .value_gap = 1e-3 / 384.0,
                                                                                        .failure_probability = 0.1,
                                                                                        .dimension = 10});
  CHECK(parameters.learning_rate == 0.25);
  CHECK(parameters.momentum_loss == Approx(0.07905694150420949).epsilon(1e-12));
  CHECK(parameters.secant_threshold == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.exploitation_radius == Approx(0.00625).epsilon(1e-12));
  CHECK(parameters.gradient_threshold == 1e-2);
  CHECK(parameters.probe_radius == Approx(1.75156e-5).epsilon(1e-5));
  CHECK(parameters.probe_iterations == 583);  // 582.513 rounded up
  CHECK(parameters.curvature_threshold == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.step_length == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.origin == "theory");
  // A ten times larger gap leaves a tenth of delta to each search.
  const AcceleratedFindingParameters careful = AcceleratedFindingParameters::theory({.gradient_lipschitz = 1.0,
                                                                                     .hessian_lipschitz = 1.0,
                                                                                     .tolerance = 1e-2,
                                                                                     .value_gap = 1e-2 / 384.0,
                                                                                     .failure_probability = 0.1,
                                                                                     .dimension = 10});
  CHECK(careful.probe_radius == Approx(0.1 * parameters.probe_radius).epsilon(1e-12));
}

TEST_CASE("the search is Nesterov's recurrence, its velocity kept by the common scaling") {
  // At the saddle of a quadratic the k-th direction has components c_i p_k(lambda_i) up to its length, with c the
  // documented first draw and p_{k+1} = (1 - eta lambda)((1 + b) p_k - b p_{k-1}) in the iterates u, whose directions w
  // are (1 + b) u_k - b u_{k-1}: computed here without any scaling. The search ends at the first k with curvature
  // <= -threshold, and the move is along that direction.
  const std::vector<double> eigenvalues{1.0, 0.6, 0.05, -0.02};
  const auto objective = diagonal_quadratic(eigenvalues);
  AcceleratedFindingParameters parameters = AcceleratedFindingParameters::practical(1.0, 1e-3, 0.02);
  parameters.curvature_threshold = 0.019;
  const AcceleratedNegativeCurvatureFinding solver(parameters);
  const double b = 1.0 - parameters.momentum_loss;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RandomSource random(seed);
    const Eigen::VectorXd c = first_direction(random, 0, 4);
    Eigen::VectorXd u = c;
    Eigen::VectorXd w = c;
    Index k = 0;
    const Eigen::Map<const Eigen::VectorXd> lambda(eigenvalues.data(), 4);
    while (w.dot(lambda.cwiseProduct(w)) / w.squaredNorm() > -0.019) {
      const Eigen::VectorXd next = w - parameters.learning_rate * lambda.cwiseProduct(w);
      w = next + b * (next - u);
      u = next;
      ++k;
    }
    const RunResult result = run(objective, solver, Vector(4), {.stop = max_iterations(1), .random = random});
    INFO("seed " << seed << ", k = " << k);
    REQUIRE(k <= parameters.probe_iterations);
    CHECK(result.iterations == 1);
    CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(1 + (k + 1) + 1)});
    CHECK(std::abs(result.x.view().dot(w)) / (w.norm() * result.x.view().norm()) == Approx(1.0).epsilon(1e-9));
    CHECK(result.x.view().norm() == Approx(parameters.step_length).epsilon(1e-12));
  }
}

TEST_CASE("with theory parameters a strict saddle is found and left by a step that needs no halving") {
  // Curvature -sqrt(rho eps) = -0.1, the weakest that the theory promises to find, |x_1|^3/6 has rho = 1. The promises:
  // e'He <= -sqrt(rho eps)/4 and a fall of sqrt(eps^3/rho)/384 at least. One search fails with probability
  // <= delta_0 <= 1e-3, so 100 seeds fail with probability <= 0.1 by the bound.
  std::vector<double> eigenvalues(20, 0.0);
  eigenvalues[0] = -0.1;
  for (std::size_t i = 10; i < 20; ++i) eigenvalues[i] = 0.1 * static_cast<double>(i - 9);
  const auto quadratic = diagonal_quadratic(eigenvalues);
  const auto objective = functional(
      20, [&](ConstVectorView x) { return quadratic.value(x) + std::pow(std::abs(x[0]), 3) / 6.0; },
      [&](ConstVectorView x, VectorView g) {
        quadratic.value_and_gradient(x, g);
        g[0] += 0.5 * x[0] * std::abs(x[0]);
      });
  const AcceleratedFindingParameters parameters = AcceleratedFindingParameters::theory({.gradient_lipschitz = 1.1,
                                                                                        .hessian_lipschitz = 1.0,
                                                                                        .tolerance = 0.01,
                                                                                        .value_gap = 1.0 / 3840.0,
                                                                                        .failure_probability = 1e-3,
                                                                                        .dimension = 20});
  const AcceleratedNegativeCurvatureFinding solver(parameters);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const RunResult result =
        run(objective, solver, Vector(20), {.stop = max_iterations(1), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    REQUIRE(result.iterations == 1);
    const Eigen::VectorXd e = result.x.view().normalized();
    double curvature = 0.0;
    for (Index i = 0; i < 20; ++i) curvature += eigenvalues[static_cast<std::size_t>(i)] * e[i] * e[i];
    CHECK(curvature <= -0.025 + parameters.probe_radius);  // measured over r': within rho r'/2 of e'He
    CHECK(result.x.view().norm() == Approx(0.025).epsilon(1e-12));
    CHECK(result.value <= -1e-3 / 384.0);
  }
}

TEST_CASE("at a minimum nothing is found, and the end says so with its numbers") {
  const AcceleratedFindingParameters parameters = AcceleratedFindingParameters::practical(2.0, 1e-3, 0.5);
  const AcceleratedNegativeCurvatureFinding solver(parameters);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(diagonal_quadratic({1.5, 0.5, 0.0}), solver, {0.0, 1e-4, 3.0},
                                 {.stop = max_iterations(100), .random = RandomSource(seed)});
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.iterations == 0);
    // theta = 1/4: the start, T' + 1 = 41 measurements.
    CHECK(result.counts == OracleCounts{.gradients = 42});
    CHECK(result.end.message.find("second order not certified with practical parameters") != std::string::npos);
    CHECK(result.end.message.find("0.125") != std::string::npos);
  }
}

TEST_CASE("after a move along curvature the velocity is zero: the next step is a plain gradient step") {
  const AcceleratedFindingParameters parameters = AcceleratedFindingParameters::practical(10.0, 1e-1, 1.0);
  const AcceleratedNegativeCurvatureFinding solver(parameters);
  // (1, 1e-9) slides towards the saddle at speed, and searches where its gradient is 0.1.
  const Witness witness = watch(capped_saddle(), solver, {1.0, 1e-9}, 300, RandomSource(1));
  std::size_t move = 1;
  while (witness.records[move].step_norm != Approx(0.1).epsilon(1e-9)) REQUIRE(++move + 1 < witness.records.size());
  REQUIRE(witness.records[move].kind == StepKind::jump);
  REQUIRE(move > 3);
  const std::size_t next = move + 1;
  for (Index i = 0; i < 2; ++i) {
    CHECK(witness.points[next][i] ==
          Approx(witness.points[move][i] - parameters.learning_rate * witness.gradients[move][i]).epsilon(1e-13));
  }
}

TEST_CASE("from the exact saddle it arrives at a minimum for every seed") {
  const auto objective = capped_saddle();
  const AcceleratedNegativeCurvatureFinding solver(AcceleratedFindingParameters::practical(10.0, 1e-3, 1.0));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
  }
}

TEST_CASE("with theory parameters the returned point of a saddle run is second-order stationary") {
  // l = 10, rho = 10 hold where |x_i| <= 1.6. Second-order stationary: gradient <= eps, and 3 y^2 - 2, the smallest
  // eigenvalue here, >= -sqrt(rho eps). delta = 0.1 allows 1 in 10 to be wrong; 6 of 20 has probability 0.011.
  const auto objective = capped_saddle();
  const AcceleratedNegativeCurvatureFinding solver(AcceleratedFindingParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 1.0, .dimension = 2}));
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(20000), .random = RandomSource(seed)});
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.gradient_norm <= 1e-2);
    if (3.0 * result.x[1] * result.x[1] - 2.0 < -std::sqrt(0.1)) ++wrong;
  }
  CHECK(wrong <= 5);
}

TEST_CASE("gradients to find curvature -e grow like the root of l/e, without momentum like l/e") {
  // Along -e the direction grows by 1 + theta + O(theta^2) an update, theta = sqrt(e/l)/2; along curvatures >= 0 it
  // does not. Curvatures -e, 0, e and seven between 0.1 and l = 1, from the exact saddle to the first move: medians of
  // ten seeds, exponents from l/e = 10^2 to 10^4.
  const auto exponent = [](auto solver_for) {
    std::vector<double> medians;
    for (const double e : {1e-3, 1e-5}) {
      const auto objective = diagonal_quadratic({-e, 0.0, e, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0});
      const auto solver = solver_for(e);
      std::vector<double> counts;
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const RunResult result =
            run(objective, solver, Vector(10), {.stop = max_iterations(1), .random = RandomSource(seed)});
        REQUIRE(result.iterations == 1);
        counts.push_back(static_cast<double>(result.counts.gradients));
      }
      medians.push_back(median(counts));
    }
    return std::log10(medians[1] / medians[0]) / 2.0;
  };
  const double accelerated = exponent([](double e) {
    AcceleratedFindingParameters parameters = AcceleratedFindingParameters::practical(1.0, 1e-9, e);
    parameters.curvature_threshold = 0.9 * e;
    return AcceleratedNegativeCurvatureFinding(parameters);
  });
  const double plain =
      exponent([](double e) { return NegativeCurvatureFinding(CurvatureFindingParameters::practical(1.0, 1e-9, e)); });
  CHECK(accelerated == Approx(0.5).margin(0.1));
  CHECK(plain == Approx(1.0).margin(0.1));
}

TEST_CASE("from the flat saddle to nine tenths of its depth the gradients grow at most like the root of kappa") {
  // Medians of ten seeds at kappa = 10^2 and 10^4; the way out after the first move counts, too.
  std::vector<double> medians;
  for (const double kappa : {1e2, 1e4}) {
    const double e = 1.0 / kappa;
    const double scale = std::sqrt(e);
    const AcceleratedNegativeCurvatureFinding solver(
        AcceleratedFindingParameters::practical(2.0, 0.01 * e * scale, e, scale));
    std::vector<double> counts;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const RunResult result =
          run(flat_saddle(10, e), solver, Vector(10),
              {.stop = value_target(-0.9 * e * e) | max_iterations(1000000), .random = RandomSource(seed)});
      INFO("kappa " << kappa << ", seed " << seed << ": " << result.end.message);
      CHECK(result.end.id == "value-target");
      counts.push_back(static_cast<double>(result.counts.gradients));
    }
    medians.push_back(median(counts));
  }
  CHECK(std::log10(medians[1] / medians[0]) / 2.0 <= 0.5);
}

TEST_CASE("accelerated negative-curvature finding crosses the octopus for every seed") {
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  const auto solver = solvers::make("accelerated-negative-curvature-finding", {}, octopus);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
    CHECK(result.counts.gradients < 3000);
  }
}

TEST_CASE("accelerated negative-curvature finding refuses wrong parameters and never mixes theory and practice") {
  const auto changed = [](auto change) {
    AcceleratedFindingParameters parameters = AcceleratedFindingParameters::practical(1.0, 1e-3, 0.1);
    change(parameters);
    return AcceleratedNegativeCurvatureFinding(parameters);
  };
  CHECK_THROWS_AS(changed([](auto& p) { p.learning_rate = 0.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.momentum_loss = 1.5; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.probe_radius = NAN; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.probe_iterations = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(AcceleratedFindingParameters::practical(1.0, 1e-3, 2.0), std::invalid_argument);

  const Problem octopus = problems::make("octopus");
  const auto make = [&](const Parameters::Assignments& assignments) {
    return solvers::make("accelerated-negative-curvature-finding", assignments, octopus);
  };
  CHECK(make({})->settings().front().second == "practical");
  CHECK_THROWS_AS(make({{"hessian_lipschitz", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"curvature", "0.5"}}), std::invalid_argument);
  CHECK(make({{"parameters", "theory"}, {"gradient_lipschitz", "10"}, {"hessian_lipschitz", "2"}, {"value_gap", "3"}})
            ->settings()
            .front()
            .second == "theory");
}
