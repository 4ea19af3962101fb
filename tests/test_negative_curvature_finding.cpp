#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/negative_curvature_finding.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

// lambda_1 x_1^2/2 + ... + |x_1|^3/6: Hessian-Lipschitz with rho = 1.
auto cubic_saddle(const std::vector<double>& eigenvalues) {
  const auto n = static_cast<Index>(eigenvalues.size());
  return functional(
      n,
      [eigenvalues](ConstVectorView x) {
        double sum = std::pow(std::abs(x[0]), 3) / 6.0;
        for (Index i = 0; i < x.size(); ++i) sum += 0.5 * eigenvalues[static_cast<std::size_t>(i)] * x[i] * x[i];
        return sum;
      },
      [eigenvalues](ConstVectorView x, VectorView g) {
        for (Index i = 0; i < x.size(); ++i) g[i] = eigenvalues[static_cast<std::size_t>(i)] * x[i];
        g[0] += 0.5 * x[0] * std::abs(x[0]);
      });
}

Eigen::VectorXd first_direction(const RandomSource& random, Index iteration, Index dimension) {
  Vector direction(dimension);
  RandomEngine engine = random.engine("negative-curvature", static_cast<std::uint64_t>(iteration));
  fill_uniform_ball(engine, 1.0, direction);
  return direction.view().normalized();
}

}  // namespace

TEST_CASE("negative-curvature finding keeps the promises of every solver") {
  const NegativeCurvatureFinding practical(CurvatureFindingParameters::practical(10.0, 1e-3, 1.0));
  const NegativeCurvatureFinding theory(CurvatureFindingParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 3.0, .dimension = 2}));
  for (const auto* solver : {&practical, &theory}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
  }
}

TEST_CASE("theory parameters are the formulas of Zhang and Li (2021)") {
  // l = rho = 1, eps = 0.01, n = 10, Delta_f = 1/384, delta = 0.1: delta_0 = 1e-4.
  const CurvatureFindingParameters parameters = CurvatureFindingParameters::theory({.gradient_lipschitz = 1.0,
                                                                                    .hessian_lipschitz = 1.0,
                                                                                    .tolerance = 0.01,
                                                                                    .value_gap = 1.0 / 384.0,
                                                                                    .failure_probability = 0.1,
                                                                                    .dimension = 10});
  CHECK(parameters.learning_rate == 1.0);
  CHECK(parameters.gradient_threshold == 0.01);
  CHECK(parameters.probe_radius == Approx(0.01 / 8.0 * std::sqrt(0.31415926535897931) * 1e-4).epsilon(1e-12));
  // 80 ln(10^4 sqrt(10/(0.01 pi))) = 80 (9.210340 + 2.881386) = 967.3...
  CHECK(parameters.probe_iterations == 968);
  CHECK(parameters.curvature_threshold == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.step_length == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.origin == "theory");
}

TEST_CASE("the search is the power method on I - eta H, and costs the gradients that the power method needs") {
  // At the saddle of a quadratic the k-th direction has components c_i (1 - eta lambda_i)^k, up to its length, with c
  // the documented first draw; the search ends at the first k with curvature <= -threshold.
  const std::vector<double> eigenvalues{1.0, 0.6, 0.05, -0.1};
  const auto objective = diagonal_quadratic(eigenvalues);
  CurvatureFindingParameters parameters = CurvatureFindingParameters::practical(1.25, 1e-3, 0.25);
  parameters.curvature_threshold = 0.09;
  const NegativeCurvatureFinding solver(parameters);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RandomSource random(seed);
    const Eigen::VectorXd c = first_direction(random, 0, 4);
    Index k = 0;
    for (;; ++k) {
      double numerator = 0.0;
      double denominator = 0.0;
      for (Index i = 0; i < 4; ++i) {
        const double lambda = eigenvalues[static_cast<std::size_t>(i)];
        const double weight = std::pow(c[i] * std::pow(1.0 - lambda / 1.25, static_cast<double>(k)), 2);
        numerator += lambda * weight;
        denominator += weight;
      }
      if (numerator / denominator <= -0.09) break;
    }
    const RunResult result = run(objective, solver, Vector(4), {.stop = max_iterations(1), .random = random});
    INFO("seed " << seed << ", k = " << k);
    REQUIRE(k <= parameters.probe_iterations);
    CHECK(result.iterations == 1);
    CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(1 + (k + 1) + 1)});
    CHECK(result.x.view().norm() == Approx(parameters.step_length).epsilon(1e-12));
  }
}

TEST_CASE("with theory parameters a strict saddle is found and left by a step that needs no halving") {
  // Curvature -sqrt(rho eps) = -0.1, the weakest that the theory promises to find, among 20 flat or curved directions.
  // Its promises: e'He <= -sqrt(rho eps)/4, the step is sqrt(eps/rho)/4, f falls by sqrt(eps^3/rho)/384 at least.
  // One search fails with probability <= delta_0 <= 1e-3, so 100 seeds fail with probability <= 0.1 by the bound.
  std::vector<double> eigenvalues(20, 0.0);
  eigenvalues[0] = -0.1;
  for (std::size_t i = 10; i < 20; ++i) eigenvalues[i] = 0.1 * static_cast<double>(i - 9);
  const auto objective = cubic_saddle(eigenvalues);
  const CurvatureFindingParameters parameters = CurvatureFindingParameters::theory({.gradient_lipschitz = 1.1,
                                                                                    .hessian_lipschitz = 1.0,
                                                                                    .tolerance = 0.01,
                                                                                    .value_gap = 1.0 / 3840.0,
                                                                                    .failure_probability = 1e-3,
                                                                                    .dimension = 20});
  const NegativeCurvatureFinding solver(parameters);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const RunResult result =
        run(objective, solver, Vector(20), {.stop = max_iterations(1), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    REQUIRE(result.iterations == 1);
    const Eigen::VectorXd e = result.x.view().normalized();
    double curvature = 0.0;
    for (Index i = 0; i < 20; ++i) curvature += eigenvalues[static_cast<std::size_t>(i)] * e[i] * e[i];
    CHECK(curvature <= -0.025 + parameters.probe_radius);  // measured over r: within rho r/2 of e'He
    CHECK(result.x.view().norm() == Approx(0.025).epsilon(1e-12));
    CHECK(result.value <= -1e-3 / 384.0);
  }
}

TEST_CASE("at a minimum nothing is found, and the end says so with its numbers") {
  const NegativeCurvatureFinding solver(CurvatureFindingParameters::practical(2.0, 1e-3, 0.5));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(diagonal_quadratic({1.5, 0.5, 0.0}), solver, {0.0, 1e-4, 3.0},
                                 {.stop = max_iterations(100), .random = RandomSource(seed)});
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.iterations == 0);
    // The start, T + 1 = 41 measurements.
    CHECK(result.counts == OracleCounts{.gradients = 42});
    CHECK(result.end.message.find("0.125") != std::string::npos);
  }
}

TEST_CASE("where every curvature is 1/eta the search ends without a direction") {
  // e - eta H e = 0 exactly: there is no next direction, and no negative curvature either.
  CurvatureFindingParameters parameters = CurvatureFindingParameters::practical(1.0, 1e-3, 0.5);
  parameters.probe_radius = std::exp2(-17);  // a power of two: every operation is exact
  const RunResult result =
      run(diagonal_quadratic({1.0}), NegativeCurvatureFinding(parameters), {0.0}, {.stop = max_iterations(100)});
  CHECK(result.end.id == "no-negative-curvature-found");
  CHECK(result.counts == OracleCounts{.gradients = 2});
}

TEST_CASE("the step goes downhill and is halved where it would overshoot") {
  // From y = 1e-4 the slope points to y > 0; a step of length 10 lands far above, sqrt 2 is the minimum.
  CurvatureFindingParameters parameters = CurvatureFindingParameters::practical(10.0, 1e-3, 1.0);
  parameters.step_length = 10.0;
  const NegativeCurvatureFinding solver(parameters);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Witness witness = watch(capped_saddle(), solver, {0.0, 1e-4}, 1, RandomSource(seed));
    INFO("seed " << seed);
    REQUIRE(witness.records.size() == 2);
    CHECK(witness.records[1].kind == StepKind::jump);
    CHECK(witness.points[1][1] > 0.0);
    CHECK(witness.records[1].value < witness.records[0].value);
    CHECK(std::exp2(std::round(std::log2(witness.records[1].step_norm / 10.0))) ==
          Approx(witness.records[1].step_norm / 10.0).epsilon(1e-9));
  }
}

TEST_CASE("a search that would see nothing but rounding claims nothing") {
  // x + r e is x for r = 1e-17 at x = (0, 1): the strict saddle would read as flat.
  CurvatureFindingParameters parameters = CurvatureFindingParameters::practical(1.0, 1e-3, 0.1);
  parameters.probe_radius = 1e-17;
  const RunResult result = run(diagonal_quadratic({-0.1, 0.0}), NegativeCurvatureFinding(parameters), {0.0, 1.0},
                               {.stop = max_iterations(10)});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "probe-below-rounding");
}

TEST_CASE("curvature that no step can use is a breakdown, no success") {
  // A derivative that promises what the values do not keep: f is constant, its gradient claims -y.
  const auto liar = functional(
      1, [](ConstVectorView) { return 0.0; }, [](ConstVectorView x, VectorView g) { g[0] = -x[0]; });
  const NegativeCurvatureFinding solver(CurvatureFindingParameters::practical(2.0, 1e-3, 1.0));
  const RunResult result = run(liar, solver, {0.0}, {.stop = max_iterations(10)});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "no-descent-along-curvature");
  CHECK(result.x == Vector{0.0});
}

TEST_CASE("from the exact saddle it arrives at a minimum for every seed") {
  const auto objective = capped_saddle();
  const NegativeCurvatureFinding solver(CurvatureFindingParameters::practical(10.0, 1e-3, 1.0));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
    CHECK(result.end.message.find("second order not certified with practical parameters") != std::string::npos);
  }
}

TEST_CASE("on the flat saddle the gradients grow at most like kappa, and the move out is one step") {
  // x'Hx/2 + x_1^4/16, H = diag(-e, 1, ..., 1), e = 1/kappa, from its saddle in 10 dimensions, to nine tenths of the
  // depth. What the search leaves to gradient descent is the way from a step of sqrt(e)/10 to the minimum.
  std::vector<double> medians;
  for (const double kappa : {1e1, 1e2, 1e3, 1e4}) {
    const double e = 1.0 / kappa;
    const double scale = std::sqrt(e);
    const auto objective = functional(
        10,
        [e](ConstVectorView x) { return 0.5 * (x.squaredNorm() - (1.0 + e) * x[0] * x[0]) + std::pow(x[0], 4) / 16.0; },
        [e](ConstVectorView x, VectorView g) {
          g = x;
          g[0] = -e * x[0] + 0.25 * x[0] * x[0] * x[0];
        });
    // l = 2: with l = 1 the first update would remove the curvature-1 directions at once.
    const NegativeCurvatureFinding solver(CurvatureFindingParameters::practical(2.0, 0.01 * e * scale, e, scale));
    std::vector<double> counts;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const RunResult result =
          run(objective, solver, Vector(10),
              {.stop = value_target(-0.9 * e * e) | max_iterations(1000000), .random = RandomSource(seed)});
      INFO("kappa " << kappa << ", seed " << seed << ": " << result.end.message);
      CHECK(result.end.id == "value-target");
      counts.push_back(static_cast<double>(result.counts.gradients));
    }
    std::sort(counts.begin(), counts.end());
    medians.push_back(counts[5]);
  }
  CHECK(std::log10(medians[3] / medians[1]) / 2.0 == Approx(1.0).margin(0.1));
}

TEST_CASE("negative-curvature finding crosses the octopus for every seed") {
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  const solvers::Entry entry = solvers::negative_curvature_finding();
  const auto solver = entry.make(Parameters(entry.name, entry.parameters, {}), octopus);
  Index longest = 0;
  std::uint64_t most = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
    longest = std::max(longest, result.iterations);
    most = std::max(most, result.counts.gradients);
  }
  CHECK(longest < 1000);
  CHECK(most < 3000);
}

TEST_CASE("negative-curvature finding refuses wrong parameters and never mixes theory and practice") {
  const auto changed = [](auto change) {
    CurvatureFindingParameters parameters = CurvatureFindingParameters::practical(1.0, 1e-3, 0.1);
    change(parameters);
    return NegativeCurvatureFinding(parameters);
  };
  CHECK_THROWS_AS(changed([](auto& p) { p.learning_rate = 0.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.probe_radius = NAN; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.probe_iterations = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.step_length = INFINITY; }), std::invalid_argument);
  CHECK_THROWS_AS(CurvatureFindingParameters::practical(1.0, 1e-3, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(
      CurvatureFindingParameters::theory(
          {.gradient_lipschitz = 1.0, .hessian_lipschitz = 1e9, .tolerance = 1.0, .value_gap = 1.0, .dimension = 2}),
      std::invalid_argument);

  const Problem octopus = problems::make("octopus");
  const solvers::Entry entry = solvers::negative_curvature_finding();
  const auto make = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), octopus);
  };
  CHECK(make({})->name() == entry.name);
  CHECK_THROWS_AS(make({{"hessian_lipschitz", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"curvature", "0.5"}}), std::invalid_argument);
  const auto theory_settings =
      make({{"parameters", "theory"}, {"gradient_lipschitz", "10"}, {"hessian_lipschitz", "2"}, {"value_gap", "3"}})
          ->settings();
  CHECK(theory_settings.front() == std::pair<std::string, std::string>("parameters", "theory"));
  CHECK_THROWS_AS(make({{"parameters", "folklore"}}), std::invalid_argument);
}
