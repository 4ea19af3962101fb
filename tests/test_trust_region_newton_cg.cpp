#include "support/second_order_runs.hpp"

#include <perigee/solvers/registry.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("trust region: the contracts of every solver") { check_second_order_contracts(TrustRegionNewtonCg()); }

TEST_CASE("trust region: the order of convergence is 1 + theta") {
  // Strongly convex with a Lipschitz Hessian in 60 variables, so that CG is truncated: ||g_{k+1}|| = O(||g_k||^(1 +
  // theta)) (Nocedal and Wright 2006, theorem 7.2).
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
  const auto order_with = [&](double theta) {
    return last_order(f, TrustRegionNewtonCg({.forcing_exponent = theta, .criterion = {.gradient_tolerance = 1e-10}}));
  };
  CHECK(order_with(1.0) >= 1.8);
  CHECK(order_with(0.5) >= 1.4);
  CHECK(order_with(0.1) < 1.4);  // so the exponent is what makes the difference
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
  check_escape(TrustRegionNewtonCg(), 15);
}

TEST_CASE("trust region: chance enters by the probes only") { check_chance(TrustRegionNewtonCg()); }

TEST_CASE("trust region: at a degenerate saddle no minimum is claimed") {
  check_degenerate_saddle(TrustRegionNewtonCg());
}

TEST_CASE("trust region: the octopus takes a few dozen iterations") { check_octopus(TrustRegionNewtonCg(), 48); }

TEST_CASE("trust region: classics") {
  const RunResult valley = run(problems::Rosenbrock(2), TrustRegionNewtonCg(), {-1.2, 1.0});
  CHECK(valley.value < 1e-12);
  CHECK(valley.counts.gradients <= 45);
  CHECK(valley.counts.values == 0);

  check_long_valley(TrustRegionNewtonCg());

  const auto wood = autodiff<Wood>(4);
  for (const double factor : {1.0, 10.0, 100.0}) {
    const RunResult result = run(wood, TrustRegionNewtonCg(), {-3.0 * factor, -factor, -3.0 * factor, -factor});
    CHECK(result.value < 1e-10);
    CHECK(result.iterations <= 150);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("trust region: the ill-conditioned saddle costs less than 100 gradients at every conditioning") {
  check_ill_conditioned_saddle(TrustRegionNewtonCg({.criterion = {.gradient_tolerance = 1e-8}}), 100.0);
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
  check_claims(TrustRegionNewtonCg());
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
