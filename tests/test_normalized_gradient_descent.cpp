#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/normalized_gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("normalized gradient descent keeps the promises of every solver") {
  const NormalizedGradientDescent plain({.step_length = 0.05});
  const NormalizedGradientDescent falling({.step_length = schedules::robbins_monro(1.0, 10.0)});
  const NormalizedGradientDescent noisy({.step_length = 0.05, .noise_scale = 0.02, .noise_interval = 7});
  for (const NormalizedGradientDescent& solver : {plain, falling, noisy}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_one_gradient_a_step(solver);
  }
  check_deterministic(plain);
  check_deterministic(falling);
}

TEST_CASE("every step is eta long and against the gradient, however small or large that is") {
  // Scaled by 2^-1000 and 2^500 the squares of the gradient underflow and overflow; the iterates stay the
  // same but for rounding.
  const auto scaled = [](double factor) {
    return functional(
        2, [factor](ConstVectorView x) { return factor * (std::cosh(x[0]) + 0.5 * x[1] * x[1]); },
        [factor](ConstVectorView x, VectorView g) {
          g[0] = factor * std::sinh(x[0]);
          g[1] = factor * x[1];
        });
  };
  const NormalizedGradientDescent solver({.step_length = 0.01});
  const Witness one = watch(scaled(1.0), solver, {2.0, -1.0}, 150);
  const Witness tiny = watch(scaled(std::ldexp(1.0, -1000)), solver, {2.0, -1.0}, 150);
  const Witness huge = watch(scaled(std::ldexp(1.0, 500)), solver, {2.0, -1.0}, 150);
  for (std::size_t k = 1; k <= 150; ++k) {
    CHECK(one.records[k].step_norm == Approx(0.01).epsilon(1e-12));
    CHECK(one.records[k].step_size == Approx(0.01 / one.records[k - 1].gradient_norm).epsilon(1e-12));
    const Eigen::VectorXd step = one.points[k].view() - one.points[k - 1].view();
    CHECK(step.dot(one.gradients[k - 1].view()) == Approx(-0.01 * one.records[k - 1].gradient_norm).epsilon(1e-12));
    CHECK((tiny.points[k].view() - one.points[k].view()).norm() < 1e-13);
    CHECK((huge.points[k].view() - one.points[k].view()).norm() < 1e-13);
  }
}

TEST_CASE("a gradient whose inverse overflows still has a direction") {
  const auto faint = functional(
      1, [](ConstVectorView x) { return 1e-310 * x[0]; }, [](ConstVectorView, VectorView g) { g[0] = 1e-310; });
  const RunResult result =
      run(faint, NormalizedGradientDescent({.step_length = 1.0}), {5.0}, {.stop = max_iterations(3)});
  CHECK(result.x[0] == Approx(2.0).epsilon(1e-12));
}

TEST_CASE("a gradient that is exactly 0 gives a step of length 0, and no step size") {
  const Witness witness = watch(capped_saddle(), NormalizedGradientDescent({.step_length = 0.1}), {0.0, 0.0}, 3);
  CHECK(witness.points[3] == Vector{0.0, 0.0});
  CHECK(witness.records[3].step_norm == 0.0);
  CHECK(std::isnan(witness.records[3].step_size));
}

TEST_CASE("convex: the best of K values is within l/2 ((R^2 + K eta^2)/(2 eta K))^2 of the minimum") {
  // Nesterov (2018), section 3.2.3, with the growth of an l-smooth function around its minimizer.
  const auto quadratic = diagonal_quadratic({0.01, 0.3, 1.0});
  const auto log_cosh = functional(
      3,
      [](ConstVectorView x) {
        return (x.array().abs() + (-2.0 * x.array().abs()).exp().log1p()).sum() - 3.0 * std::log(2.0);
      },
      [](ConstVectorView x, VectorView g) { g = x.array().tanh(); });
  const auto check_bound = [](const Objective& f, const Vector& x0, double eta) {
    const Witness witness = watch(f, NormalizedGradientDescent({.step_length = eta}), x0, 1000);
    double best = witness.records[0].value;
    for (std::size_t count = 1; count <= 1000; ++count) {  // K iterates, 0 ... K - 1
      best = std::min(best, witness.records[count - 1].value);
      const double total = eta * static_cast<double>(count);
      const double distance = (x0.view().squaredNorm() + eta * total) / (2.0 * total);
      CHECK(best <= 0.5 * distance * distance);
    }
  };
  for (const double eta : {0.5, 0.1, 0.02}) {
    check_bound(quadratic, {3.0, -2.0, 1.0}, eta);
    check_bound(log_cosh, {5.0, -2.0, 0.1}, eta);
  }
}

TEST_CASE("with a constant length it ends in an oscillation of the size of eta, with a falling one it converges") {
  // In one dimension the iterates end up at distance at most eta from the minimizer, on alternating sides.
  const auto parabola = diagonal_quadratic({2.0});
  const Witness constant = watch(parabola, NormalizedGradientDescent({.step_length = 0.1}), {1.037}, 200);
  for (std::size_t k = 100; k <= 200; ++k) {
    CHECK(std::abs(constant.points[k][0]) < 0.1);
    CHECK(constant.points[k][0] * constant.points[k - 1][0] < 0.0);
  }
  const Witness falling =
      watch(parabola, NormalizedGradientDescent({.step_length = schedules::robbins_monro(1.0, 1.0)}), {1.037}, 2000);
  CHECK(std::abs(falling.points[2000][0]) < 1.0 / 2000.0);  // the last length bounds the distance
}

TEST_CASE("noise comes every N0 steps, marked, of mean square length theta^2") {
  // At a point of zero gradient the noise steps are the noise alone; 1000 of them in d = 20, started afresh each time.
  // ||n||^2 d is chi-squared with d degrees of freedom, so the mean of 1000 has standard deviation
  // theta^2 sqrt(2/(20 000)) = 0.01 theta^2; 5 deviations: false alarm 6e-7.
  const auto flat = functional(
      20, [](ConstVectorView) { return 0.0; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  const NormalizedGradientDescent solver({.step_length = 0.1, .noise_scale = 0.3, .noise_interval = 4});
  const Witness witness = watch(flat, solver, Vector(20), 4000, RandomSource(11));
  double sum = 0.0;
  for (std::size_t k = 1; k <= 4000; ++k) {
    const StepRecord& record = witness.records[k];
    const bool is_noisy = k % 4 == 1;  // the step from x_0, x_4, ...
    CHECK(record.kind == (is_noisy ? StepKind::perturbation : StepKind::step));
    if (!is_noisy) CHECK(record.step_norm == 0.0);
    sum += record.step_norm * record.step_norm;
  }
  CHECK(sum / 1000.0 == Approx(0.09).epsilon(0.05));
  // Another seed, other draws.
  CHECK(watch(flat, solver, Vector(20), 1, RandomSource(12)).points[1] != witness.points[1]);
}

TEST_CASE("with noise it leaves an exact saddle and ends near a minimum, for every seed") {
  // Once the noise has left the saddle's stable manifold (probability 1; a component below 1e-9 theta has probability
  // 1e-9 a draw), the steps of length eta take over: distance sqrt 2 in a few hundred of them.
  const NormalizedGradientDescent noisy({.step_length = 0.02, .noise_scale = 0.02, .noise_interval = 50});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult result =
        run(capped_saddle(), noisy, {0.0, 0.0}, {.stop = max_iterations(400), .random = RandomSource(seed)});
    INFO("seed " << seed);
    CHECK(result.value < -0.99);
  }
  // Without noise it stays.
  CHECK(run(capped_saddle(), NormalizedGradientDescent({.step_length = 0.02}), {0.0, 0.0}).x == Vector{0.0, 0.0});
}

TEST_CASE("normalized gradient descent crosses the octopus, with noise in a time proportional to its dimension") {
  // Its path leads through d tubes, along one coordinate after the other, each from at most 1 to 4 tau: in steps of eta
  // d (4 tau - 1)/eta of them. With noise the tubes not yet entered never lock, and little is added to that. Without,
  // the locked coordinates keep shrinking while the others grow, and doubling d takes more than double the time, but
  // not, as for gradient descent (octopus.hpp), its square; no path is shorter than the straight line.
  const double eta = 0.1;
  const double tube = (4.0 * 2.718281828459045 - 1.0) / eta;
  const auto iterations = [&](int dimension, double noise_scale) {
    const Problem octopus = problems::make("octopus", {{"dimension", std::to_string(dimension)}});
    const RunResult result =
        run(*octopus.objective, NormalizedGradientDescent({.step_length = eta, .noise_scale = noise_scale}),
            octopus.starts[0].x,
            {.stop = value_target(*octopus.optimal_value + 1.0 * dimension) | max_iterations(20000),
             .random = RandomSource(4)});
    INFO("dimension " << dimension << ", noise " << noise_scale << ": " << result.iterations << " iterations");
    CHECK(result.end.id == "value-target");
    return static_cast<double>(result.iterations);
  };
  for (const int dimension : {10, 20, 40, 80}) CHECK(iterations(dimension, 0.01) < 1.25 * dimension * tube);
  for (const int dimension : {5, 10, 20}) {
    const double plain = iterations(dimension, 0.0);
    CHECK(plain > (tube - 10.0) * std::sqrt(dimension));  // f - f* <= d is within sqrt d of a minimizer
    CHECK(iterations(2 * dimension, 0.0) < 4.0 * plain);
  }
}

TEST_CASE("normalized gradient descent refuses wrong options") {
  using Solver = NormalizedGradientDescent;
  CHECK_THROWS_AS(Solver({.step_length = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(Solver({.step_length = 0.1, .noise_scale = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(Solver({.step_length = 0.1, .noise_scale = INFINITY}), std::invalid_argument);
  CHECK_THROWS_AS(Solver({.step_length = 0.1, .noise_interval = 0}), std::invalid_argument);
}

TEST_CASE("by name normalized gradient descent shows all of its settings") {
  const solvers::Entry entry = solvers::normalized_gradient_descent();
  const Problem octopus = problems::make("octopus");
  const auto made = entry.make(
      Parameters(entry.name, entry.parameters, {{"step_length", "robbins-monro(initial=1, offset=10)"}}), octopus);
  CHECK(made->name() == entry.name);
  CHECK(made->settings()[0].second == schedules::robbins_monro(1.0, 10.0).text());
  CHECK(made->settings()[2].second == "50");
  CHECK_THROWS_AS(Parameters(entry.name, entry.parameters, {{"noise_interval", "0"}}), std::invalid_argument);
}
