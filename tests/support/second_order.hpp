// What the tests of the second-order solvers share: objectives, and the contracts that every solver keeps.
#ifndef PERIGEE_TESTS_SUPPORT_SECOND_ORDER_HPP
#define PERIGEE_TESTS_SUPPORT_SECOND_ORDER_HPP

#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/run.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace perigee::test {

// More, Garbow and Hillstrom (1981), function 14: minimum 0 at (1, 1, 1, 1); a saddle with lambda_min = -0.12 at
// (-0.968, 0.947, -0.970, 0.951), f = 7.877, near which runs from (-3, -1, -3, -1) slow down.
struct Wood {
  template <class T>
  T operator()(const T* x) const {
    const T a = x[1] - x[0] * x[0];
    const T b = x[3] - x[2] * x[2];
    const T c = x[1] + x[3] - 2.0;
    const T d = x[1] - x[3];
    return 100.0 * a * a + (1.0 - x[0]) * (1.0 - x[0]) + 90.0 * b * b + (1.0 - x[2]) * (1.0 - x[2]) + 10.0 * c * c +
           0.1 * d * d;
  }
};

// -e x_1^2/2 + x_1^4/16 + (x_2^2 + ... + x_n^2)/2: saddle 0 with lambda_min = -e, minima x_1 = +-2 sqrt e, f* = -e^2.
inline auto ill_conditioned_saddle(Index n, double e) {
  return functional(
      n,
      [e](ConstVectorView x) { return 0.5 * (x.squaredNorm() - (1.0 + e) * x[0] * x[0]) + std::pow(x[0], 4) / 16.0; },
      [e](ConstVectorView x, VectorView g) {
        g = x;
        g[0] = -e * x[0] + std::pow(x[0], 3) / 4.0;
      },
      [e](ConstVectorView x, ConstVectorView v, VectorView product) {
        product = v;
        product[0] = (-e + 0.75 * x[0] * x[0]) * v[0];
      });
}

// x'diag(eigenvalues)x/2 with exact products.
inline auto diagonal_quadratic(std::vector<double> eigenvalues) {
  const Vector d(eigenvalues);
  return functional(
      d.size(), [d](ConstVectorView x) { return 0.5 * x.dot(d.view().cwiseProduct(x)); },
      [d](ConstVectorView x, VectorView g) { g = d.view().cwiseProduct(x); },
      [d](ConstVectorView, ConstVectorView v, VectorView product) { product = d.view().cwiseProduct(v); });
}

// The slow twin of a curvature probe: lambda_min of the dense Hessian, by products with unit vectors.
inline double dense_lambda_min(const Objective& objective, ConstVectorView x) {
  const Eigen::MatrixXd hessian = dense_hessian(objective, x);
  return symmetric_eigenvalues(0.5 * (hessian + hessian.transpose()))[0];
}

class Watcher final : public Observer {
 public:
  bool wants_curvature() const override { return true; }
  void observe(const StepRecord&, const Stepper& stepper) override {
    seen.push_back(stepper.record());
    points.push_back(Vector(stepper.current().x()));
  }
  void finish(const End&, const Stepper&) override { ++finishes; }
  std::vector<StepRecord> seen;
  std::vector<Vector> points;
  int finishes = 0;
};

inline bool same_bits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline bool same_record(const StepRecord& a, const StepRecord& b) {
  return a.iteration == b.iteration && a.kind == b.kind && same_bits(a.value, b.value) &&
         same_bits(a.gradient_norm, b.gradient_norm) && same_bits(a.step_norm, b.step_norm) &&
         same_bits(a.step_size, b.step_size) && same_bits(a.curvature, b.curvature) && a.counts == b.counts;
}

// Every iterate is seen once, with the value, gradient norm and step length that a recomputation gives.
inline void check_observation(const Objective& objective, const Solver& solver, ConstVectorView x0) {
  const RunOptions options{.stop = max_iterations(200), .random = RandomSource(3)};
  const RunResult alone = run(objective, solver, x0, options);
  Watcher watcher;
  RunOptions watched = options;
  watched.observers = {&watcher};
  const RunResult result = run(objective, solver, x0, watched);
  CHECK(result.x == alone.x);
  CHECK(result.end == alone.end);
  CHECK(result.counts == alone.counts);
  CHECK(watcher.finishes == 1);
  REQUIRE(watcher.seen.size() == static_cast<std::size_t>(result.iterations) + 1);
  Vector gradient(objective.dimension());
  Vector last_gradient(objective.dimension());
  for (std::size_t k = 0; k < watcher.seen.size(); ++k) {
    const StepRecord& record = watcher.seen[k];
    CHECK(record.iteration == static_cast<Index>(k));
    last_gradient = gradient;
    CHECK(record.value == objective.value_and_gradient(watcher.points[k], gradient));
    CHECK(record.gradient_norm == Approx(gradient.view().norm()));
    if (k == 0) continue;
    const double moved = (watcher.points[k].view() - watcher.points[k - 1].view()).norm();
    CHECK(record.step_norm == Approx(moved).epsilon(1e-8).margin(1e-14));
    const Eigen::VectorXd step = watcher.points[k].view() - watcher.points[k - 1].view();
    const double curvature = step.dot(gradient.view() - last_gradient.view()) / step.squaredNorm();
    CHECK(record.curvature == Approx(curvature).epsilon(1e-6).margin(1e-6));
    if (record.kind == StepKind::step) {
      CHECK(record.step_size == Approx(record.step_norm / watcher.seen[k - 1].gradient_norm));
    } else {
      CHECK(record.kind == StepKind::jump);
      CHECK(std::isnan(record.step_size));
    }
  }
  CHECK(watcher.points.back() == result.x);
  CHECK(watcher.seen.back().counts == result.counts);
}

// A run resumed from any of its iterates goes on bit for bit.
inline void check_resume(const Objective& objective, const Solver& solver, ConstVectorView x0) {
  const RunOptions options{.stop = max_iterations(200), .random = RandomSource(5)};
  Watcher whole;
  RunOptions watched = options;
  watched.observers = {&whole};
  const RunResult uninterrupted = run(objective, solver, x0, watched);
  REQUIRE(uninterrupted.iterations >= 3);
  for (Index cut = 0; cut < uninterrupted.iterations; ++cut) {
    INFO("cut at " << cut);
    Oracle oracle(objective);
    const auto stepper = solver.start(oracle, x0, options.random);
    const StepRecord first = stepper->record();
    for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    Watcher rest;
    RunOptions resumed = options;
    resumed.observers = {&rest};
    resumed.state = state;
    const RunResult result = run(objective, solver, x0, resumed);
    CHECK(result.x == uninterrupted.x);
    CHECK(result.end == uninterrupted.end);
    CHECK(result.counts == uninterrupted.counts);
    REQUIRE(rest.seen.size() == static_cast<std::size_t>(uninterrupted.iterations - cut));
    for (std::size_t i = 0; i < rest.seen.size(); ++i) {
      CHECK(same_record(rest.seen[i], whole.seen[static_cast<std::size_t>(cut) + 1 + i]));
    }
  }
}

// Walls of NaN are kept away from; where nothing but NaN is in reach, the last finite iterate is kept.
inline void check_non_finite(const Solver& solver) {
  // -log x + x^4/4 from x = 1e-3 is defined for x > 0 only; minimum at 1.
  const auto barrier = functional(
      1, [](ConstVectorView x) { return x[0] > 0.0 ? std::pow(x[0], 4) / 4.0 - std::log(x[0]) : NAN; },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] > 0.0 ? std::pow(x[0], 3) - 1.0 / x[0] : NAN; });
  const RunResult inside = run(barrier, solver, {5.0});
  INFO(inside.end.message);
  CHECK(inside.end.id == "second-order-stationary");
  CHECK(inside.x[0] == Approx(1.0).epsilon(1e-6));

  // Finite at the start alone.
  const auto island = functional(
      1, [](ConstVectorView x) { return x[0] == 1.0 ? 1.0 : NAN; }, [](ConstVectorView, VectorView g) { g[0] = 1.0; },
      [](ConstVectorView, ConstVectorView v, VectorView product) { product = v; });
  Watcher watcher;
  const RunResult result = run(island, solver, {1.0}, {.observers = {&watcher}});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "non-finite");
  CHECK(result.x == Vector{1.0});
  CHECK(result.value == 1.0);
  CHECK(watcher.seen.size() == 1);

  // Products that are not finite.
  const auto no_products = functional(
      1, [](ConstVectorView x) { return x[0] * x[0]; }, [](ConstVectorView x, VectorView g) { g[0] = 2.0 * x[0]; },
      [](ConstVectorView, ConstVectorView, VectorView product) { product[0] = NAN; });
  for (const double start : {1.0, 0.0}) {
    const RunResult broken = run(no_products, solver, {start});
    CHECK(broken.end.end_class == EndClass::breakdown);
    CHECK(broken.end.id == "non-finite");
    CHECK(broken.x == Vector{start});
  }
  const RunResult at_start = run(barrier, solver, {-1.0});
  CHECK(at_start.end.id == "non-finite");
}

// A minimum to begin with, no variables at all, and gradients that are not those of the value.
inline void check_degenerate_uses(const Solver& solver) {
  const auto bowl = diagonal_quadratic({1.0, 2.0, 3.0});
  const RunResult still = run(bowl, solver, {0.0, 0.0, 0.0});
  CHECK(still.iterations == 0);
  CHECK(still.end.end_class == EndClass::convergence);
  CHECK(still.end.id == "second-order-stationary");

  const auto empty = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  const RunResult nothing = run(empty, solver, Vector());
  CHECK(nothing.value == 4.0);
  CHECK(nothing.end.id == "second-order-stationary");

  const auto wrong = functional(
      2, [](ConstVectorView x) { return x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = -2.0 * x; });
  const RunResult refused = run(wrong, solver, {1.0, 1.0});
  INFO(refused.end.message);
  CHECK(refused.end.end_class == EndClass::breakdown);
  CHECK(refused.end.id == "no-acceptable-step");
}

}  // namespace perigee::test

#endif
