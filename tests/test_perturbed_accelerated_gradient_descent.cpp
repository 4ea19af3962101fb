#include "support/catch.hpp"
#include "support/flat_saddle.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/perturbed_accelerated_gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>
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

// The jump that the method makes at iteration `iteration`: its stream is part of its documentation.
Eigen::VectorXd perturbation_of(const RandomSource& random, Index iteration, Index dimension, double radius) {
  Vector xi(dimension);
  RandomEngine engine = random.engine("perturbation", static_cast<std::uint64_t>(iteration));
  fill_uniform_ball(engine, radius, xi);
  return xi.view();
}

// x'Hx/2 + x_1^4/16, H = diag(-e, 1, ..., 1): strict saddle at 0, minima x_1 = +-2 sqrt e with f = -e^2.
}  // namespace

TEST_CASE("perturbed accelerated gradient descent keeps the promises of every solver") {
  const PerturbedAcceleratedGradientDescent practical(AcceleratedParameters::practical(10.0, 1e-3, 1.0));
  const PerturbedAcceleratedGradientDescent theory(AcceleratedParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 3.0, .dimension = 2}));
  for (const auto* solver : {&practical, &theory}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
  }
}

TEST_CASE("theory parameters are the formulas of Jin, Netrapalli and Jordan (2018)") {
  // Worked by hand for d = 10, l = rho = c = Delta_f = 1, eps = 0.01, delta = 0.1: kappa = 10, chi = ln 10^4.
  const AcceleratedParameters parameters = AcceleratedParameters::theory({.gradient_lipschitz = 1.0,
                                                                          .hessian_lipschitz = 1.0,
                                                                          .tolerance = 1e-2,
                                                                          .value_gap = 1.0,
                                                                          .failure_probability = 0.1,
                                                                          .dimension = 10});
  const double chi = 9.210340371976184;
  CHECK(parameters.learning_rate == 0.25);
  CHECK(parameters.momentum_loss == Approx(0.07905694150420949).epsilon(1e-12));
  CHECK(parameters.curvature_threshold == Approx(0.025).epsilon(1e-12));
  CHECK(parameters.exploitation_radius == Approx(0.00625).epsilon(1e-12));
  CHECK(parameters.perturbation_radius == Approx(2.5e-3 / std::pow(chi, 5)).epsilon(1e-12));
  CHECK(parameters.perturbation_radius == Approx(3.7719e-8).epsilon(1e-4));
  CHECK(parameters.gradient_threshold == 1e-2);
  CHECK(parameters.energy_threshold == Approx(1.50876e-8).epsilon(1e-4));
  CHECK(parameters.escape_iterations == 30);  // 29.12565 rounded up
  CHECK(parameters.origin == "theory");
}

TEST_CASE("the energy f(x) + ||v||^2/(2 eta) never rises except by a perturbation") {
  // Lemma of the paper for eta <= 1/(2 l), 2 eta gamma <= theta <= 1/2; l = 10 holds where |x_i| <= 1.6. The velocity
  // is rebuilt from the iterates and from the documented stream of the perturbations.
  const auto objective = capped_saddle();
  int exploited = 0;
  int perturbed = 0;
  double largest_rise = -1.0;
  for (const double curvature : {0.1, 1.0, 10.0}) {
    const AcceleratedParameters parameters = AcceleratedParameters::practical(10.0, 1e-3, curvature);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const RandomSource random(seed);
      const Vector start{1.0 - 0.1 * static_cast<double>(seed), 1e-3 * static_cast<double>(seed)};
      const Witness witness = watch(objective, PerturbedAcceleratedGradientDescent(parameters), start, 1500, random);
      Eigen::VectorXd velocity = Eigen::VectorXd::Zero(2);
      for (std::size_t k = 0; k + 1 < witness.records.size(); ++k) {
        const StepRecord& next = witness.records[k + 1];
        const bool is_return = k + 2 == witness.records.size() && next.kind == StepKind::jump;
        if (is_return) break;  // the anchor that is handed back is an older point
        Eigen::VectorXd from = witness.points[k].view();
        bool is_exploiting = next.kind == StepKind::jump;
        if (next.kind == StepKind::perturbation) {
          ++perturbed;
          from = perturbation_of(random, static_cast<Index>(k), 2, parameters.perturbation_radius) + from;
          // Negative curvature was used here too if the perturbed point was kept, or two more values were asked for.
          is_exploiting =
              from == witness.points[k + 1].view() || next.counts.values == witness.records[k].counts.values + 3;
        }
        const double before =
            objective.value(Vector(ConstVectorView(from))) + 0.5 * velocity.squaredNorm() / parameters.learning_rate;
        velocity = witness.points[k + 1].view() - from;
        if (is_exploiting) {
          velocity.setZero();
          ++exploited;
        }
        const double after = next.value + 0.5 * velocity.squaredNorm() / parameters.learning_rate;
        largest_rise = std::max(largest_rise, after - before);
      }
    }
  }
  CHECK(largest_rise <= 1e-14);  // a few roundings of values of order 1
  CHECK(exploited > 0);
  CHECK(perturbed > 0);
}

TEST_CASE("the release that decides is one of energy, from before the perturbation to T iterations after it") {
  // With little loss of momentum the iterates oscillate, so that a small gradient is met at speed. Recomputed from the
  // iterates: v_t = x_t - x_{t-1} at both ends, which ordinary steps led to.
  AcceleratedParameters parameters = AcceleratedParameters::practical(1.0, 1e-2, 0.01);
  parameters.energy_threshold = 1.0;  // the first perturbation decides, before the velocity has died out
  const Witness witness =
      watch(diagonal_quadratic({1.0, 0.5}), PerturbedAcceleratedGradientDescent(parameters), {1.0, 1.0}, 1000);
  const std::size_t last = witness.records.size() - 2;  // before the return
  const std::size_t anchor = last - static_cast<std::size_t>(parameters.escape_iterations);
  REQUIRE(witness.records[anchor + 1].kind == StepKind::perturbation);
  REQUIRE(witness.points.back() == witness.points[anchor]);
  const auto energy = [&](std::size_t k) {
    REQUIRE(witness.records[k].kind == StepKind::step);
    const double speed = (witness.points[k].view() - witness.points[k - 1].view()).norm();
    return witness.records[k].value + speed * speed / (2.0 * parameters.learning_rate);
  };
  const auto objective = diagonal_quadratic({1.0, 0.5});
  const RunResult result =
      run(objective, PerturbedAcceleratedGradientDescent(parameters), {1.0, 1.0}, {.stop = max_iterations(1000)});
  const std::string before = "lowered the energy by ";
  const double released = std::stod(result.end.message.substr(result.end.message.find(before) + before.size()));
  CHECK(released == Approx(energy(anchor) - energy(last)).epsilon(1e-5));  // the message has six digits
  CHECK(energy(anchor) > 1.2 * witness.records[anchor].value);             // the velocity matters here
}

TEST_CASE("without velocity nothing is exploited: the first step and every step after a jump are gradient steps") {
  // At v = 0 the test for negative curvature reads f(x) <= f(x); taking it at its word would divide 0 by 0.
  const AcceleratedParameters parameters = AcceleratedParameters::practical(10.0, 1e-9, 1.0);
  const Witness witness =
      watch(capped_saddle(), PerturbedAcceleratedGradientDescent(parameters), {0.5, 0.01}, 200, RandomSource(1));
  int rests = 0;
  for (std::size_t k = 0; k + 1 < witness.records.size(); ++k) {
    if (k > 0 && witness.records[k].kind != StepKind::jump) continue;
    ++rests;
    CHECK(witness.records[k + 1].kind == StepKind::step);
    for (Index i = 0; i < 2; ++i) {
      CHECK(witness.points[k + 1][i] ==
            Approx(witness.points[k][i] - parameters.learning_rate * witness.gradients[k][i]).epsilon(1e-13));
    }
  }
  CHECK(rests >= 2);
}

TEST_CASE("the gradient is taken at the perturbed point, which is uniform in the ball") {
  // From the saddle of a quadratic x_1 = (I - eta H) xi exactly, so xi can be read off x_1. For xi uniform in a ball of
  // R^3, (||xi||/r)^3 is uniform in [0, 1]: Kolmogorov-Smirnov over 400 seeds, false alarm 2 exp(-2 2.4^2) = 2e-5.
  const std::vector<double> eigenvalues{1.0, 0.5, -0.25};
  const auto objective = diagonal_quadratic(eigenvalues);
  const AcceleratedParameters parameters = AcceleratedParameters::practical(1.0, 1e-3, 0.25);
  const PerturbedAcceleratedGradientDescent solver(parameters);
  std::vector<double> shares;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Witness witness = watch(objective, solver, {0.0, 0.0, 0.0}, 1, RandomSource(seed));
    CHECK(witness.records[1].kind == StepKind::perturbation);
    double squared = 0.0;
    for (Index i = 0; i < 3; ++i) {
      const double xi = witness.points[1][i] / (1.0 - 0.5 * eigenvalues[static_cast<std::size_t>(i)]);
      CHECK(xi == Approx(perturbation_of(RandomSource(seed), 0, 3, parameters.perturbation_radius)[i]).epsilon(1e-12));
      squared += xi * xi;
    }
    shares.push_back(std::pow(std::sqrt(squared) / parameters.perturbation_radius, 3));
  }
  std::sort(shares.begin(), shares.end());
  double deviation = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    deviation = std::max(deviation, std::abs(shares[i] - (static_cast<double>(i) + 0.5) / 400.0));
  }
  CHECK(deviation < 2.4 / std::sqrt(400.0));
}

TEST_CASE("negative curvature is met exactly where it is stronger than gamma, and then used by a step of length s") {
  // On a quadratic the secant curvature along v is v'Hv/v'v; in one dimension it is H = -gamma_saddle.
  AcceleratedParameters parameters = AcceleratedParameters::practical(1.0, 1e-9, 0.25);
  parameters.curvature_threshold = 0.5;
  const PerturbedAcceleratedGradientDescent solver(parameters);
  const Witness weak = watch(diagonal_quadratic({-0.499}), solver, {1e-4}, 60);
  for (std::size_t k = 1; k < weak.records.size(); ++k) CHECK(weak.records[k].kind == StepKind::step);
  // Undisturbed, the method grows by the larger root of z^2 - (1 + b)(1 + a) z + b (1 + a), b = 1 - theta,
  // a = eta gamma; the smaller root has died out after 60 steps.
  const double b = 1.0 - parameters.momentum_loss;
  const double a = parameters.learning_rate * 0.499;
  const double s = (1.0 + b) * (1.0 + a);
  const double root = 0.5 * (s + std::sqrt(s * s - 4.0 * b * (1.0 + a)));
  CHECK(weak.points[60][0] / weak.points[59][0] == Approx(root).epsilon(1e-9));

  const Witness strong = watch(diagonal_quadratic({-0.501}), solver, {1e-4}, 3);
  CHECK(strong.records[1].kind == StepKind::step);
  CHECK(strong.records[2].kind == StepKind::jump);
  CHECK(strong.records[2].step_norm == Approx(parameters.exploitation_radius).epsilon(1e-12));
  CHECK(strong.points[2][0] > strong.points[1][0]);  // the downhill side of the two
}

TEST_CASE("from the exact saddle it arrives at a minimum for every seed") {
  const auto objective = capped_saddle();
  const PerturbedAcceleratedGradientDescent solver(AcceleratedParameters::practical(10.0, 1e-3, 1.0));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(3000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "perturbation-released-nothing");
    CHECK(result.value == Approx(-1.0).margin(1e-6));
    CHECK(result.gradient_norm <= 1e-3);
    CHECK(result.end.message.find("second order not certified with practical parameters") != std::string::npos);
  }
}

TEST_CASE("with theory parameters the returned point of a saddle run is second-order stationary") {
  // l = 10, rho = 10 hold where |x_i| <= 1.6. Second-order stationary: gradient <= eps, and 3 y^2 - 2, the smallest
  // eigenvalue here, >= -sqrt(rho eps). delta = 0.1 allows 1 in 10 to be wrong; 6 of 20 has probability 0.011.
  const auto objective = capped_saddle();
  const PerturbedAcceleratedGradientDescent solver(AcceleratedParameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 1.0, .dimension = 2}));
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result =
        run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(20000), .random = RandomSource(seed)});
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.gradient_norm <= 1e-2);
    CHECK(result.end.message.find("by remark 2 with theory parameters") != std::string::npos);
    if (3.0 * result.x[1] * result.x[1] - 2.0 < -std::sqrt(0.1)) ++wrong;
  }
  CHECK(wrong <= 5);
}

TEST_CASE(
    "gradients to leave a saddle of curvature -1/kappa: like kappa without momentum, at most like its root with it") {
  // Medians over 10 seeds to nine tenths of the depth, from the exact saddle in 10 dimensions. Gradient descent takes
  // ln(R/r)/ln(1 + 1/kappa). With momentum the growth rate is of order 1/sqrt(kappa), which bounds the exponent by 1/2
  // from above; the steps along negative curvature do better than that here.
  std::vector<double> plain;
  std::vector<double> accelerated;
  const std::vector<double> kappas{1e1, 1e2, 1e3, 1e4};
  for (const double kappa : kappas) {
    const double e = 1.0 / kappa;
    const double scale = std::sqrt(e);
    const double tolerance = 0.1 * e * scale;
    const auto objective = flat_saddle(10, e);
    const PerturbedGradientDescent slow(
        PerturbedParameters::practical(1.0, tolerance, scale, static_cast<Index>(20.0 * kappa)));
    const PerturbedAcceleratedGradientDescent fast(AcceleratedParameters::practical(1.0, tolerance, e, scale));
    const auto gradients_of = [&](const Solver& solver) {
      std::vector<double> counts;
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const RunResult result =
            run(objective, solver, Vector(10),
                {.stop = value_target(-0.9 * e * e) | max_iterations(1000000), .random = RandomSource(seed)});
        INFO("kappa " << kappa << ", " << solver.name() << ", seed " << seed << ": " << result.end.message);
        CHECK(result.end.id == "value-target");
        counts.push_back(static_cast<double>(result.counts.gradients));
      }
      return median(counts);
    };
    plain.push_back(gradients_of(slow));
    accelerated.push_back(gradients_of(fast));
  }
  const auto exponent = [](const std::vector<double>& counts) { return std::log10(counts[3] / counts[1]) / 2.0; };
  CHECK(exponent(plain) == Approx(1.0).margin(0.1));
  CHECK(exponent(accelerated) <= 0.5);
  CHECK(accelerated[3] < 0.05 * plain[3]);
}

TEST_CASE("it crosses the octopus for every seed") {
  // d = 10, L = e, gamma = 1, tau = e: gradient descent needs time exponential in d (Du et al. 2017).
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  const solvers::Entry entry = solvers::perturbed_accelerated_gradient_descent();
  const auto solver = entry.make(Parameters(entry.name, entry.parameters, {}), octopus);
  Index longest = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
    longest = std::max(longest, result.iterations);
  }
  CHECK(longest < 2000);
}

TEST_CASE("two gradients a step, and one value more where it perturbs") {
  const PerturbedAcceleratedGradientDescent solver(AcceleratedParameters::practical(1.0, 1e-3, 0.25));
  const RunResult ordinary = run(diagonal_quadratic({1.0, 0.5}), solver, {100.0, 100.0}, {.stop = max_iterations(5)});
  CHECK(ordinary.counts == OracleCounts{.gradients = 11});
  const RunResult perturbed = run(diagonal_quadratic({1.0, 0.5}), solver, {0.0, 0.0}, {.stop = max_iterations(5)});
  CHECK(perturbed.counts == OracleCounts{.values = 1, .gradients = 11});
}

TEST_CASE("perturbed accelerated gradient descent refuses wrong parameters and never mixes theory and practice") {
  const auto changed = [](auto change) {
    AcceleratedParameters parameters = AcceleratedParameters::practical(1.0, 1e-3, 0.1);
    change(parameters);
    return PerturbedAcceleratedGradientDescent(parameters);
  };
  CHECK_THROWS_AS(changed([](auto& p) { p.learning_rate = 0.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.momentum_loss = 1.5; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.momentum_loss = NAN; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.exploitation_radius = -1.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.escape_iterations = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(AcceleratedParameters::practical(1.0, 1e-3, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(
      AcceleratedParameters::theory(
          {.gradient_lipschitz = 1.0, .hessian_lipschitz = 1e9, .tolerance = 1.0, .value_gap = 1.0, .dimension = 2}),
      std::invalid_argument);

  const Problem octopus = problems::make("octopus");
  const solvers::Entry entry = solvers::perturbed_accelerated_gradient_descent();
  const auto make = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), octopus);
  };
  CHECK(make({})->name() == entry.name);
  CHECK(make({})->settings().front() == std::pair<std::string, std::string>("parameters", "practical"));
  CHECK_THROWS_AS(make({{"hessian_lipschitz", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"curvature", "0.5"}}), std::invalid_argument);
  const auto theory_settings =
      make({{"parameters", "theory"}, {"gradient_lipschitz", "10"}, {"hessian_lipschitz", "2"}, {"value_gap", "3"}})
          ->settings();
  CHECK(theory_settings.front() == std::pair<std::string, std::string>("parameters", "theory"));
  CHECK_THROWS_AS(make({{"parameters", "folklore"}}), std::invalid_argument);
}
