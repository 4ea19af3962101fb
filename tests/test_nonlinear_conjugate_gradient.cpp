// Nonlinear conjugate gradients: linear conjugate gradients where they must be, guaranteed descent, and the contracts
// of every solver.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>

#include <Eigen/Core>
#include <cmath>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

// f = sum_i lambda_i x_i^2/2
auto quadratic(std::vector<double> eigenvalues) {
  const auto n = static_cast<Index>(eigenvalues.size());
  const Vector weights{ConstVectorView(eigenvalues)};
  return functional(
      n, [=](ConstVectorView x) { return 0.5 * x.dot(weights.view().cwiseProduct(x)); },
      [=](ConstVectorView x, VectorView g) { g = weights.view().cwiseProduct(x); });
}

auto double_well() {
  return functional(
      2, [](ConstVectorView x) { return 0.25 * std::pow(x[0], 4) - 0.5 * x[0] * x[0] + 0.5 * x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0] * x[0] * x[0] - x[0];
        g[1] = x[1];
      });
}

class Watcher final : public Observer {
 public:
  void observe(const StepRecord&, const Stepper& stepper) override {
    records.push_back(stepper.record());
    points.push_back(Vector(stepper.current().x()));
  }
  bool wants_curvature() const override { return true; }
  std::vector<StepRecord> records;
  std::vector<Vector> points;
};

constexpr ConjugateFormula formulas[] = {ConjugateFormula::hager_zhang, ConjugateFormula::polak_ribiere_plus};

std::vector<NonlinearConjugateGradient> variants() {
  std::vector<NonlinearConjugateGradient> all;
  for (const ConjugateFormula formula : formulas) {
    all.push_back(NonlinearConjugateGradient({.formula = formula}));
    all.push_back(NonlinearConjugateGradient(
        {.formula = formula, .line_search = line_searches::strong_wolfe({.curvature = 0.1}), .restart_interval = 3}));
    all.push_back(NonlinearConjugateGradient(
        {.formula = formula, .line_search = line_searches::more_thuente({.curvature = 0.1}), .initial_step = 0.01}));
  }
  return all;
}

}  // namespace

TEST_CASE("with exact searches on a quadratic the iterates are those of linear conjugate gradients") {
  // Independent computation: Hestenes and Stiefel (1952), Nocedal and Wright (2006), algorithm 5.2.
  const std::vector<double> eigenvalues{1.0, 2.0, 5.0, 9.0, 20.0, 50.0};
  const auto f = quadratic(eigenvalues);
  const Eigen::VectorXd weights = ConstVectorView(eigenvalues);
  const Vector start{1.0, -2.0, 1.0, 0.5, 1.0, 0.3};
  for (const ConjugateFormula formula : formulas) {
    Watcher watcher;
    run(f, NonlinearConjugateGradient({.formula = formula, .line_search = line_searches::exact()}), start,
        {.stop = max_iterations(4), .observers = {&watcher}});
    Eigen::VectorXd x = start.view();
    Eigen::VectorXd residual = weights.cwiseProduct(x);
    Eigen::VectorXd direction = -residual;
    for (std::size_t k = 1; k <= 4; ++k) {
      const double squared = residual.squaredNorm();
      const Eigen::VectorXd product = weights.cwiseProduct(direction);
      const double alpha = squared / direction.dot(product);
      const double length = alpha * direction.norm();
      x += alpha * direction;
      residual += alpha * product;
      direction = residual.squaredNorm() / squared * direction - residual;
      INFO("iterate " << k);
      CHECK((watcher.points[k].view() - x).norm() <= 1e-5 * start.view().norm());
      CHECK(watcher.records[k].step_norm == Approx(length).epsilon(1e-4));
      CHECK(watcher.records[k].step_size == Approx(length / std::sqrt(squared)).epsilon(1e-4));
    }
  }
}

TEST_CASE("finite termination: as many steps as distinct eigenvalues") {
  // Nocedal and Wright (2006), theorem 5.4; the tolerance of the exact search is 1.5e-8.
  const auto f = quadratic({1.0, 1.0, 1.0, 10.0, 10.0, 100.0, 100.0, 100.0});
  const Vector start(Eigen::VectorXd::Ones(8).eval());
  for (const ConjugateFormula formula : formulas) {
    const NonlinearConjugateGradient solver({.formula = formula, .line_search = line_searches::exact()});
    CHECK(run(f, solver, start, {.stop = max_iterations(3)}).value <= 1e-10 * f.value(start));
    CHECK(run(f, solver, start, {.stop = max_iterations(2)}).value > 1e-4 * f.value(start));
  }
}

TEST_CASE("Hager-Zhang directions descend by 7/8 of the squared gradient, whatever the line search") {
  // Theorem 1.1 of Hager and Zhang (2005), also with an Armijo search that satisfies nothing more. The step is
  // s_k = alpha (-g_k + beta d_{k-1}): its coefficient at g_k gives alpha, and with it d_k.
  const problems::Rosenbrock f(8);
  for (const auto& search :
       {line_searches::armijo(), line_searches::hager_zhang(), line_searches::strong_wolfe({.curvature = 0.9})}) {
    INFO(search->text());
    Watcher watcher;
    run(f, NonlinearConjugateGradient({.line_search = search}), Vector(Eigen::VectorXd::Constant(8, -1.1).eval()),
        {.stop = max_iterations(300) | gradient_tolerance(1e-3), .observers = {&watcher}});
    REQUIRE(watcher.points.size() > 30);
    for (std::size_t k = 2; k < watcher.points.size(); ++k) {
      Vector gradient(8);
      f.value_and_gradient(watcher.points[k - 1], gradient);
      const Eigen::VectorXd step = watcher.points[k].view() - watcher.points[k - 1].view();
      Eigen::MatrixXd basis(8, 2);
      basis.col(0) = gradient.view().normalized();
      basis.col(1) = (watcher.points[k - 1].view() - watcher.points[k - 2].view()).normalized();
      const double alpha = -test::solve_least_squares(basis, step)[0] / gradient.view().norm();
      const Eigen::VectorXd direction = step / alpha;
      CHECK(gradient.view().dot(direction) <= -0.875 * gradient.view().squaredNorm() * (1.0 - 1e-6));
    }
  }
}

TEST_CASE("fast on an ill-conditioned quadratic: the bound of linear conjugate gradients, within a factor of two") {
  // Error ratio <= 2 ((sqrt kappa - 1)/(sqrt kappa + 1))^k in the norm of A: 2 exp(-2 k/sqrt kappa); for kappa = 1e4
  // and 1e-8 that is k = 956. Steepest descent needs about kappa ln(1e8)/2 = 92000.
  std::vector<double> eigenvalues;
  for (int i = 0; i < 400; ++i) eigenvalues.push_back(std::pow(10.0, 4.0 * i / 399.0));
  const auto f = quadratic(eigenvalues);
  const Vector start(Eigen::VectorXd::Ones(400).eval());
  for (const ConjugateFormula formula : formulas) {
    const RunResult result =
        run(f,
            NonlinearConjugateGradient(
                {.formula = formula, .line_search = line_searches::more_thuente({.curvature = 0.1})}),
            start, {.stop = max_iterations(5000) | value_target(1e-16 * f.value(start))});
    CHECK(result.end.id == "value-target");
    CHECK(result.iterations <= 2 * 956);
  }
}

TEST_CASE("every variant reaches Rosenbrock's minimum in far fewer evaluations than steepest descent") {
  const problems::Rosenbrock f(2);
  for (const NonlinearConjugateGradient& solver : variants()) {
    INFO(solver.settings()[0].second << ", " << solver.settings()[1].second);
    const RunResult result = run(f, solver, {-1.2, 1.0}, {.stop = max_gradients(3000) | gradient_tolerance(1e-6)});
    CHECK(result.end.id == "gradient-tolerance");
    CHECK(result.x[0] == Approx(1.0).margin(1e-5));
    CHECK(result.counts.values == 0);
  }
}

TEST_CASE("records are those of the points seen, with the curvature along the step") {
  const auto f = double_well();
  for (const NonlinearConjugateGradient& solver : variants()) {
    Watcher watcher;
    const RunOptions options{.stop = max_iterations(40) | gradient_tolerance(1e-6)};
    RunOptions watched = options;
    watched.observers = {&watcher};
    const RunResult result = run(f, solver, {0.3, 2.0}, watched);
    CHECK(run(f, solver, {0.3, 2.0}, options).x == result.x);
    REQUIRE(watcher.records.size() == static_cast<std::size_t>(result.iterations) + 1);
    for (std::size_t k = 0; k < watcher.points.size(); ++k) {
      Vector gradient(2);
      CHECK(watcher.records[k].value == f.value_and_gradient(watcher.points[k], gradient));
      CHECK(watcher.records[k].gradient_norm == Approx(gradient.view().norm()));
      if (k == 0) continue;
      Vector before(2);
      f.value_and_gradient(watcher.points[k - 1], before);
      const Eigen::VectorXd step = watcher.points[k].view() - watcher.points[k - 1].view();
      CHECK(watcher.records[k].step_norm == Approx(step.norm()).epsilon(1e-9));
      CHECK(watcher.records[k].curvature ==
            Approx(step.dot(gradient.view() - before.view()) / step.squaredNorm()).epsilon(1e-6));
    }
  }
}

TEST_CASE("a resumed run is bit-identical") {
  const problems::Rosenbrock f(6);
  const Vector start{-1.2, 1.0, -1.2, 1.0, 0.3, 2.0};
  for (const NonlinearConjugateGradient& solver : variants()) {
    const RunOptions options{.stop = max_iterations(40), .random = RandomSource(4)};
    const RunResult whole = run(f, solver, start, options);
    for (const Index cut : {0, 1, 2, 17, 39}) {
      if (cut >= whole.iterations) continue;
      INFO(solver.settings()[1].second << " cut at " << cut);
      Oracle oracle(f);
      const auto stepper = solver.start(oracle, start, options.random);
      const StepRecord first = stepper->record();
      for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
      const std::vector<std::uint8_t> state = save_run(first, *stepper);
      RunOptions resumed = options;
      resumed.random = RandomSource(5);  // the method draws nothing
      resumed.state = state;
      const RunResult rest = run(f, solver, start, resumed);
      CHECK(rest.x == whole.x);
      CHECK(rest.counts == whole.counts);
      CHECK(rest.end == whole.end);
      const problems::Rosenbrock other(5);
      CHECK_THROWS_AS(run(other, solver, ConstVectorView(start.data(), 5), resumed), std::invalid_argument);
      resumed.state = std::span(state).first(state.size() - 8);
      CHECK_THROWS_AS(run(f, solver, start, resumed), std::invalid_argument);
    }
  }
}

TEST_CASE("walls, stationary starts and empty starts end honestly") {
  const auto island = functional(
      1, [](ConstVectorView x) { return x[0] == 0.0 ? 1.0 : NAN; }, [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  const RunResult cliff = run(island, NonlinearConjugateGradient(), Vector{0.0});
  CHECK(cliff.end.id == "non-finite");
  CHECK(cliff.x == Vector{0.0});
  CHECK(cliff.value == 1.0);

  const auto barrier = functional(
      1, [](ConstVectorView x) { return x[0] > 0.0 ? x[0] - std::log(x[0]) : NAN; },
      [](ConstVectorView x, VectorView g) { g[0] = 1.0 - 1.0 / x[0]; });
  const RunResult inside =
      run(barrier, NonlinearConjugateGradient(), {50.0}, {.stop = max_iterations(99) | gradient_tolerance(1e-8)});
  CHECK(inside.end.id == "gradient-tolerance");
  CHECK(inside.x[0] == Approx(1.0).epsilon(1e-7));

  const RunResult saddle = run(double_well(), NonlinearConjugateGradient(), {0.0, 0.0});
  CHECK(saddle.end.end_class == EndClass::breakdown);
  CHECK(saddle.end.id == "line-search-failed");

  const auto empty = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  CHECK(run(empty, NonlinearConjugateGradient(), Vector(), {.stop = gradient_tolerance(0.0)}).end.id ==
        "gradient-tolerance");
  CHECK(run(empty, NonlinearConjugateGradient(), Vector()).end.end_class == EndClass::breakdown);

  const auto liar = functional(
      1, [](ConstVectorView x) { return x[0]; }, [](ConstVectorView, VectorView g) { g[0] = -1.0; });
  const RunResult lied = run(liar, NonlinearConjugateGradient(), {1.0});
  CHECK(lied.end.end_class == EndClass::breakdown);
  CHECK(lied.x == Vector{1.0});
  CHECK_THROWS_AS(run(liar, NonlinearConjugateGradient(), {1.0, 2.0}), std::invalid_argument);
}

TEST_CASE("wrong options are refused") {
  CHECK_THROWS_AS(NonlinearConjugateGradient({.initial_step = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(NonlinearConjugateGradient({.initial_step = INFINITY}), std::invalid_argument);
  CHECK_THROWS_AS(NonlinearConjugateGradient({.restart_interval = -1}), std::invalid_argument);
  CHECK(NonlinearConjugateGradient().name() == "nonlinear-conjugate-gradient");
  CHECK(NonlinearConjugateGradient().settings()[0].second == "hager-zhang");
}
