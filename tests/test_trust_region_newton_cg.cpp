#include "support/second_order.hpp"

#include <perigee/lib/problems/capped_saddle.hpp>
#include <perigee/lib/problems/monkey_saddle.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/solvers/registry.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("trust region: the contracts of every solver") {
  const TrustRegionNewtonCg solver;
  const problems::CappedSaddle saddle;
  const problems::Rosenbrock valley(6);
  check_observation(saddle, solver, {1.0, 0.0});
  check_observation(valley, solver, {-1.2, 1.0, -1.2, 1.0, -1.2, 1.0});
  check_resume(saddle, solver, {1.0, 0.0});
  check_resume(saddle, solver, {0.0, 0.0});
  check_resume(valley, solver, {-1.2, 1.0, -1.2, 1.0, -1.2, 1.0});
  check_non_finite(solver);
  check_degenerate_uses(solver);
  CHECK(solver.ends_itself());
}

TEST_CASE("trust region: the order of convergence is 1 + theta") {
  // Strongly convex with a Lipschitz Hessian in 60 variables, so that CG is truncated: ||g_{k+1}|| = O(||g_k||^(1 +
  // theta)) (Nocedal and Wright 2006, theorem 7.2). Measured as log ||g_{k+1}|| / log ||g_k|| at the last step, the
  // constants being of order 1.
  const Index n = 60;
  const auto f = functional(
      n,
      [](ConstVectorView x) {
        double sum = 0.0;
        for (Index i = 0; i < x.size(); ++i) {
          sum += std::exp(x[i]) - (1.0 + 0.3 * std::sin(static_cast<double>(i))) * x[i];
          if (i > 0) sum += 2.0 * (x[i] - x[i - 1]) * (x[i] - x[i - 1]);
        }
        return sum;
      },
      [](ConstVectorView x, VectorView g) {
        for (Index i = 0; i < x.size(); ++i) {
          g[i] = std::exp(x[i]) - (1.0 + 0.3 * std::sin(static_cast<double>(i)));
          if (i > 0) g[i] += 4.0 * (x[i] - x[i - 1]);
          if (i + 1 < x.size()) g[i] -= 4.0 * (x[i + 1] - x[i]);
        }
      },
      [](ConstVectorView x, ConstVectorView v, VectorView product) {
        for (Index i = 0; i < x.size(); ++i) {
          product[i] = std::exp(x[i]) * v[i];
          if (i > 0) product[i] += 4.0 * (v[i] - v[i - 1]);
          if (i + 1 < x.size()) product[i] -= 4.0 * (v[i + 1] - v[i]);
        }
      });
  const auto last_order = [&](double theta) {
    const TrustRegionNewtonCg solver({.forcing_exponent = theta, .criterion = {.gradient_tolerance = 1e-10}});
    Watcher watcher;
    const RunResult result = run(f, solver, Vector(n), {.observers = {&watcher}});
    CHECK(result.end.id == "second-order-stationary");
    double order = 0.0;
    for (std::size_t k = 0; k + 1 < watcher.seen.size(); ++k) {
      const double from = watcher.seen[k].gradient_norm;
      const double to = watcher.seen[k + 1].gradient_norm;
      if (from < 0.05 && to > 1e-14) order = std::log(to) / std::log(from);
    }
    return order;
  };
  CHECK(last_order(1.0) >= 1.8);
  CHECK(last_order(0.5) >= 1.4);
  CHECK(last_order(0.1) < 1.4);  // so the exponent is what makes the difference
}

TEST_CASE("trust region: the first step on a quadratic is Steihaug's, root by root") {
  // In two dimensions CG is written down at once: the Cauchy step, then the conjugate direction. Quadratics are their
  // own models, so the step is accepted and the value after it is that of the better end of the line.
  RandomEngine engine = RandomSource(1).engine("quadratics");
  int backward = 0;
  int negative = 0;
  for (int i = 0; i < 3000; ++i) {
    Vector draws(4);
    fill_standard_normal(engine, draws);
    const double a = 4.0 * draws[0];
    const double b = 4.0 * draws[1];
    const Vector x0{draws[2], draws[3]};
    const auto f = diagonal_quadratic({a, b});
    const Eigen::DiagonalMatrix<double, 2> hessian(a, b);
    const Eigen::Vector2d x = x0.view();
    const Eigen::Vector2d g = hessian * x;
    const double tolerance = std::min(0.5, std::sqrt(g.norm())) * g.norm();
    if (g.norm() <= 1e-6) continue;
    const auto model = [&](const Eigen::Vector2d& s) -> double { return g.dot(s) + 0.5 * s.dot(hessian * s); };
    // Both points of s + tau d on the unit circle.
    const auto ends = [](const Eigen::Vector2d& s, const Eigen::Vector2d& d) {
      const double p = s.dot(d) / d.squaredNorm();
      const double q = (s.squaredNorm() - 1.0) / d.squaredNorm();
      const double root = std::sqrt(p * p - q);
      return std::pair<Eigen::Vector2d, Eigen::Vector2d>{s + (root - p) * d, s - (root + p) * d};
    };
    Eigen::Vector2d s = Eigen::Vector2d::Zero();
    Eigen::Vector2d d = -g;
    for (int j = 0; j < 20; ++j) {
      const Eigen::Vector2d r = g + hessian * s;
      if (r.norm() <= tolerance) break;
      const double curvature = d.dot(hessian * d);
      const auto [forward_end, backward_end] = ends(s, d);
      if (curvature <= 0.0) {
        ++negative;
        backward += model(backward_end) < model(forward_end);
        s = model(backward_end) < model(forward_end) ? backward_end : forward_end;
        break;
      }
      const Eigen::Vector2d next = s + r.squaredNorm() / curvature * d;
      if (next.norm() >= 1.0) {
        s = forward_end;
        break;
      }
      s = next;
      const Eigen::Vector2d r_next = g + hessian * s;
      d = -r_next + r_next.squaredNorm() / r.squaredNorm() * d;
    }
    Oracle oracle(f);
    const auto stepper = TrustRegionNewtonCg().start(oracle, x0, RandomSource(1));
    REQUIRE(stepper->step() != StepStatus::ended);
    CHECK((stepper->current().x() - x - s).norm() <= 1e-6 * (1.0 + s.norm()));
    CHECK(oracle.counts().gradients == 2);
  }
  CHECK(negative > 500);
  CHECK(backward > 10);
}

TEST_CASE("trust region: from an exact saddle and from its stable manifold the minimum is reached") {
  const problems::CappedSaddle saddle;
  const TrustRegionNewtonCg solver;
  std::set<bool> sides;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const double start : {0.0, 1.0}) {  // on y = 0 the gradient never has a component of escape: the hard case
      Watcher watcher;
      const RunResult result =
          run(saddle, solver, {start, 0.0}, {.random = RandomSource(seed), .observers = {&watcher}});
      CHECK(result.end.id == "second-order-stationary");
      CHECK(std::abs(result.x[1]) == Approx(std::numbers::sqrt2).epsilon(1e-6));
      CHECK(result.value == Approx(-1.0).epsilon(1e-10));
      const auto jumps = std::count_if(watcher.seen.begin(), watcher.seen.end(),
                                       [](const StepRecord& record) { return record.kind == StepKind::jump; });
      CHECK(jumps == 1);
      CHECK(result.iterations <= 15);
      sides.insert(result.x[1] > 0.0);
    }
  }
  CHECK(sides.size() == 2);  // the side is random: all of one side has probability 2^-39
}

TEST_CASE("trust region: chance enters by the probes only") {
  const problems::CappedSaddle saddle;
  const TrustRegionNewtonCg solver;
  const RunResult one = run(saddle, solver, {1.0, 0.5}, {.random = RandomSource(1)});
  const RunResult other = run(saddle, solver, {1.0, 0.5}, {.random = RandomSource(2)});
  CHECK(one.x == other.x);
  const RunResult jumped = run(saddle, solver, {0.0, 0.0}, {.random = RandomSource(1)});
  const RunResult again = run(saddle, solver, {0.0, 0.0}, {.random = RandomSource(1)});
  CHECK(jumped.x == again.x);
}

TEST_CASE("trust region: at a degenerate saddle no minimum is claimed") {
  const problems::MonkeySaddle monkey;
  const RunResult stuck = run(monkey, TrustRegionNewtonCg(), {0.0, 0.0});
  CHECK(stuck.iterations == 0);
  CHECK(stuck.end.id == "second-order-stationary");
  CHECK(stuck.end.message.find("degenerate saddle is not excluded") != std::string::npos);
  const RunResult beside = run(monkey, TrustRegionNewtonCg(), {0.5, 0.4});
  CHECK(beside.value == Approx(-27.0 / 256.0));
}

TEST_CASE("trust region: the octopus takes a few dozen iterations") {
  const problems::Octopus octopus({.dimension = 10, .smoothness = std::numbers::e});
  RandomEngine engine = RandomSource(1).engine("starts");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Vector start(10);
    for (Index i = 0; i < 10; ++i) start[i] = 2.0 * uniform_unit(engine) - 1.0;
    const RunResult result = run(octopus, TrustRegionNewtonCg(), start, {.random = RandomSource(seed)});
    INFO(result.end.message);
    CHECK(result.value == Approx(-10.0 * octopus.drop()).epsilon(1e-9));
    CHECK(result.iterations <= 48);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("trust region: classics") {
  const RunResult valley = run(problems::Rosenbrock(2), TrustRegionNewtonCg(), {-1.2, 1.0});
  CHECK(valley.value < 1e-12);
  CHECK(valley.counts.gradients <= 45);
  CHECK(valley.counts.values == 0);

  Vector start(100);
  for (Index i = 0; i < 100; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
  const problems::Rosenbrock chain(100);
  const RunResult chained = run(chain, TrustRegionNewtonCg(), start);
  INFO(chained.end.message);
  CHECK(chained.end.id == "second-order-stationary");
  CHECK(chained.gradient_norm <= 1e-6);
  // The chain has two minima: 0, and 3.9866 for long chains.
  CHECK((chained.value < 1e-9 || chained.value == Approx(3.986623854)));
  CHECK(dense_lambda_min(chain, chained.x) > 0.0);

  const auto wood = autodiff<Wood>(4);
  for (const double factor : {1.0, 10.0, 100.0}) {
    const RunResult result = run(wood, TrustRegionNewtonCg(), {-3.0 * factor, -factor, -3.0 * factor, -factor});
    CHECK(result.value < 1e-10);
    CHECK(result.iterations <= 150);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("trust region: the ill-conditioned saddle costs less than 100 gradients at every conditioning") {
  // A Hessian-vector product counts as two gradients.
  const TrustRegionNewtonCg solver({.criterion = {.gradient_tolerance = 1e-8}});
  for (const double e : {1e-1, 1e-2, 1e-3, 1e-4}) {
    const auto f = ill_conditioned_saddle(10, e);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      for (const double first : {0.0, 1e-6}) {
        for (const double rest : {0.0, 1.0}) {
          Vector start(10);
          start.view().setConstant(rest);
          start[0] = first;
          const RunResult result = run(f, solver, start, {.random = RandomSource(seed)});
          INFO("e " << e << ": " << result.end.message);
          CHECK(result.counts.gradients + 2 * result.counts.hessian_vector_products <= 100);
          CHECK(result.value == Approx(-e * e).epsilon(1e-4));
          CHECK(result.end.id == "second-order-stationary");
        }
      }
    }
  }
}

TEST_CASE("trust region: the gradient is driven down where differences of values are rounding") {
  // f = 1e8 + f_0 resolves 1.5e-8, so values stop telling steps apart at ||g|| = 1e-4; the trapezoidal rule goes on.
  const auto f = functional(
      2, [](ConstVectorView x) { return 1e8 + std::exp(x[0]) - x[0] + x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = std::exp(x[0]) - 1.0;
        g[1] = 2.0 * x[1];
      });
  const TrustRegionNewtonCg solver({.criterion = {.gradient_tolerance = 1e-10}});
  const RunResult result = run(f, solver, {1.0, 1.0});
  INFO(result.end.message);
  CHECK(result.end.id == "second-order-stationary");
  CHECK(result.gradient_norm <= 1e-10);
}

TEST_CASE("trust region: no registered problem is claimed to be solved where it is not") {
  // An independent look at every end: gradient norm, and the smallest eigenvalue of the dense Hessian.
  for (const problems::Entry& entry : problems::registry()) {
    const Problem problem = problems::make(entry.name);
    for (const StartPoint& start : problem.starts) {
      const RunResult result = run(*problem.objective, TrustRegionNewtonCg(), start.x, {.stop = max_iterations(500)});
      INFO(entry.name << " from " << start.name << ": " << result.end.message);
      CHECK(result.end.message.find("minimum") == std::string::npos);
      if (result.end.end_class != EndClass::convergence) continue;
      CHECK(result.gradient_norm <= 1e-6);
      if (result.end.id == "second-order-stationary") CHECK(dense_lambda_min(*problem.objective, result.x) >= -1e-5);
    }
  }
}

TEST_CASE("trust region: wrong options are refused") {
  using Options = TrustRegionNewtonCgOptions;
  CHECK_THROWS_WITH(TrustRegionNewtonCg(Options{.initial_radius = 0.0}),
                    "TrustRegionNewtonCg: initial_radius must be in (0, greatest_radius], got 0");
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.initial_radius = 2e3}), std::invalid_argument);
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.greatest_radius = std::nan("")}), std::invalid_argument);
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.acceptance_ratio = 0.25}), std::invalid_argument);
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.forcing_exponent = 1.5}), std::invalid_argument);
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.step_products = 0}), std::invalid_argument);
  CHECK_THROWS_AS(TrustRegionNewtonCg(Options{.criterion = {.gradient_tolerance = 0.0}}), std::invalid_argument);
  const problems::CappedSaddle saddle;
  CHECK_THROWS_AS(run(saddle, TrustRegionNewtonCg(), {1.0, 2.0, 3.0}), std::invalid_argument);
}

TEST_CASE("trust region: made by name it has the defaults of its options, or what is assigned") {
  const solvers::Entry entry = solvers::trust_region_newton_cg();
  const auto made = [&](const Parameters::Assignments& assignments, const Problem& problem) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), problem);
  };
  // The capped saddle has rho = 9; Rosenbrock's function knows no Lipschitz constant.
  const Problem saddle = problems::make("capped-saddle");
  const Problem valley = problems::make("rosenbrock");
  CHECK(entry.name == TrustRegionNewtonCg().name());
  CHECK(made({}, valley)->settings() == TrustRegionNewtonCg().settings());
  CHECK(made({{"initial_radius", "2"}, {"probe_products", "7"}}, saddle)->settings() ==
        TrustRegionNewtonCg({.initial_radius = 2.0, .criterion = {.probe_products = 7}}).settings());
  CHECK_THROWS_AS(made({{"gradient_tolerance", "0"}}, saddle), std::invalid_argument);
}
