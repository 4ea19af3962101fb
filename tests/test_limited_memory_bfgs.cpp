// L-BFGS: its two-loop recursion against a dense twin, its promises, and the contracts of every solver.
#include "support/catch.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/curvature_pairs.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;

namespace {

// f = x'A x/2 with a dense symmetric A whose eigenvalues are given.
struct Quadratic {
  explicit Quadratic(const std::vector<double>& eigenvalues) {
    const auto n = static_cast<Index>(eigenvalues.size());
    RandomEngine engine = RandomSource(7).engine("quadratic");
    Eigen::MatrixXd basis(n, n);
    fill_standard_normal(engine, VectorView(basis.data(), n * n));
    for (Index j = 0; j < n; ++j) {  // Gram-Schmidt, twice
      for (int pass = 0; pass < 2; ++pass) {
        for (Index i = 0; i < j; ++i) basis.col(j) -= basis.col(i).dot(basis.col(j)) * basis.col(i);
      }
      basis.col(j).normalize();
    }
    matrix.setZero(n, n);
    for (Index j = 0; j < n; ++j) {
      matrix += eigenvalues[static_cast<std::size_t>(j)] * basis.col(j) * basis.col(j).transpose();
    }
  }
  auto objective() const {
    return functional(
        matrix.rows(), [m = matrix](ConstVectorView x) { return 0.5 * x.dot(m * x); },
        [m = matrix](ConstVectorView x, VectorView g) { g = m * x; });
  }
  Eigen::MatrixXd matrix;
};

// Functions of the collection of More, Garbow and Hillstrom (1981), by their numbers there.
template <class T>
T square(const T& a) {
  return a * a;
}
struct Beale {  // 5
  template <class T>
  T operator()(const T* x) const {
    return square(T(1.5 - x[0] * (1.0 - x[1]))) + square(T(2.25 - x[0] * (1.0 - x[1] * x[1]))) +
           square(T(2.625 - x[0] * (1.0 - x[1] * x[1] * x[1])));
  }
};
struct BrownBadlyScaled {  // 4
  template <class T>
  T operator()(const T* x) const {
    return square(T(x[0] - 1e6)) + square(T(x[1] - 2e-6)) + square(T(x[0] * x[1] - 2.0));
  }
};
struct PowellBadlyScaled {  // 3
  template <class T>
  T operator()(const T* x) const {
    using std::exp;
    return square(T(1e4 * x[0] * x[1] - 1.0)) + square(T(exp(-x[0]) + exp(-x[1]) - 1.0001));
  }
};
struct HelicalValley {  // 7; the half-plane x1 = 0 counts as a quarter turn
  template <class T>
  T operator()(const T* x) const {
    using std::atan;
    using std::sqrt;
    const double turn = 6.283185307179586;
    T angle(x[1] >= 0.0 ? 0.25 : -0.25);
    if (x[0] > 0.0) angle = atan(x[1] / x[0]) / turn;
    if (x[0] < 0.0) angle = atan(x[1] / x[0]) / turn + 0.5;
    return 100.0 * square(T(x[2] - 10.0 * angle)) + 100.0 * square(T(sqrt(x[0] * x[0] + x[1] * x[1]) - 1.0)) +
           x[2] * x[2];
  }
};
struct PowellSingular {  // 13
  template <class T>
  T operator()(const T* x) const {
    return square(T(x[0] + 10.0 * x[1])) + 5.0 * square(T(x[2] - x[3])) + square(square(T(x[1] - 2.0 * x[2]))) +
           10.0 * square(square(T(x[0] - x[3])));
  }
};
struct Wood {  // 14
  template <class T>
  T operator()(const T* x) const {
    return 100.0 * square(T(x[1] - x[0] * x[0])) + square(T(1.0 - x[0])) + 90.0 * square(T(x[3] - x[2] * x[2])) +
           square(T(1.0 - x[2])) + 10.0 * square(T(x[1] + x[3] - 2.0)) + 0.1 * square(T(x[1] - x[3]));
  }
};
struct Rosenbrock {  // 1
  template <class T>
  T operator()(const T* x) const {
    return 100.0 * square(T(x[1] - x[0] * x[0])) + square(T(1.0 - x[0]));
  }
};
struct BrownDennis {  // 16
  template <class T>
  T operator()(const T* x) const {
    T sum(0.0);
    for (int i = 1; i <= 20; ++i) {
      const double t = i / 5.0;
      sum += square(T(square(T(x[0] + t * x[1] - std::exp(t))) + square(T(x[2] + x[3] * std::sin(t) - std::cos(t)))));
    }
    return sum;
  }
};

struct Case {
  std::string name;
  std::unique_ptr<Objective> objective;
  Vector start;
  double least;
};

template <class Functor>
Case make_case(std::string name, Vector start, double least) {
  const Index n = start.size();
  return {std::move(name), std::make_unique<AutodiffObjective<Functor>>(Functor{}, n), std::move(start), least};
}

std::vector<Case> collection() {
  std::vector<Case> cases;
  cases.push_back(make_case<Rosenbrock>("Rosenbrock", {-1.2, 1.0}, 0.0));
  cases.push_back(make_case<PowellBadlyScaled>("Powell badly scaled", {0.0, 1.0}, 0.0));
  cases.push_back(make_case<BrownBadlyScaled>("Brown badly scaled", {1.0, 1.0}, 0.0));
  cases.push_back(make_case<Beale>("Beale", {1.0, 1.0}, 0.0));
  cases.push_back(make_case<HelicalValley>("helical valley", {-1.0, 0.0, 0.0}, 0.0));
  cases.push_back(make_case<PowellSingular>("Powell singular", {3.0, -1.0, 0.0, 1.0}, 0.0));
  cases.push_back(make_case<Wood>("Wood", {-3.0, -1.0, -3.0, -1.0}, 0.0));
  cases.push_back(make_case<BrownDennis>("Brown-Dennis", {25.0, 5.0, -5.0, 1.0}, 85822.20163));
  return cases;
}

bool is_stationary(const Objective& objective, ConstVectorView x) {
  Vector gradient(x.size());
  const double value = objective.value_and_gradient(x, gradient);
  return gradient.view().lpNorm<Eigen::Infinity>() <= 1e-5 * (1.0 + std::abs(value));
}

StopRule stationary(const Objective& objective) {
  return StopRule([&objective](const Progress& progress) -> std::optional<End> {
    if (!is_stationary(objective, progress.x)) return std::nullopt;
    return End{EndClass::convergence, "stationary", "||g||_inf <= 1e-5 (1 + |f|)"};
  });
}

// f = x^4/4 - x^2/2 + y^2/2: a saddle at 0, minima at (+-1, 0).
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
  std::vector<StepRecord> records;
  std::vector<Vector> points;
};

class CurvatureWatcher final : public Observer {
 public:
  void observe(const StepRecord&, const Stepper& stepper) override { records.push_back(stepper.record()); }
  bool wants_curvature() const override { return true; }
  std::vector<StepRecord> records;
};

std::vector<LimitedMemoryBfgs> variants() {
  return {LimitedMemoryBfgs(), LimitedMemoryBfgs({.memory = 1}),
          LimitedMemoryBfgs({.memory = 3, .line_search = line_searches::strong_wolfe()}),
          LimitedMemoryBfgs({.line_search = line_searches::hager_zhang()}),
          LimitedMemoryBfgs({.line_search = line_searches::armijo(), .initial_step = 0.01})};
}

}  // namespace

TEST_CASE("the blocked two-loop recursion is the product with the dense BFGS matrix, in every length") {
  // Independent computation: H = V'HV + ss'/s'y pair by pair from (s'y/y'y) I, Nocedal and Wright (2006), eq. (7.19).
  // Lengths around the block length of the recursion; more pairs than places; one pair refused on the way.
  for (const Index n : {1, 2, 7, 40, 511, 512, 513, 1100}) {
    INFO("n = " << n);
    RandomEngine engine = RandomSource(11).engine("pairs");
    Vector weights(n);
    for (Index i = 0; i < n; ++i) weights[i] = 1.0 + static_cast<double>(i % 5);
    const auto bowl = functional(
        n, [=](ConstVectorView x) { return 0.5 * x.dot(weights.view().cwiseProduct(x)); },
        [=](ConstVectorView x, VectorView g) { g = weights.view().cwiseProduct(x); });
    const auto dome = functional(
        n, [](ConstVectorView x) { return -0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = -x; });
    Oracle oracle(bowl);
    Oracle dome_oracle(dome);
    const Index memory = 3;
    CurvaturePairs pairs(n, memory);
    std::vector<std::pair<Eigen::VectorXd, Eigen::VectorXd>> kept;
    Evaluation from(n);
    Evaluation to(n);
    fill_standard_normal(engine, from.propose());
    oracle.evaluate(from);
    for (int k = 0; k < 6; ++k) {
      fill_standard_normal(engine, to.propose());
      if (k == 4) {  // negative curvature from here to there: must be refused
        dome_oracle.evaluate(from);
        dome_oracle.evaluate(to);
        const Index before = pairs.size();
        pairs.update(from, to);
        CHECK(pairs.size() == before);
      } else {
        oracle.evaluate(from);
        oracle.evaluate(to);
        pairs.update(from, to);
        kept.emplace_back(to.x() - from.x(), to.gradient() - from.gradient());
      }
      Vector direction(n);
      const double slope = pairs.descend(to, direction);
      // The dense product, H v by recursion over the kept pairs: newest last.
      const std::size_t first = kept.size() > 3 ? kept.size() - 3 : 0;
      const double scale = kept.back().first.dot(kept.back().second) / kept.back().second.squaredNorm();
      Eigen::MatrixXd inverse;
      if (n <= 40) {
        inverse = scale * Eigen::MatrixXd::Identity(n, n);
        for (std::size_t i = first; i < kept.size(); ++i) {
          const double rho = 1.0 / kept[i].first.dot(kept[i].second);
          const Eigen::MatrixXd v = Eigen::MatrixXd::Identity(n, n) - rho * kept[i].second * kept[i].first.transpose();
          inverse = (v.transpose() * inverse * v + rho * kept[i].first * kept[i].first.transpose()).eval();
        }
        const Eigen::VectorXd expected = -inverse * to.gradient();
        CHECK((direction.view() - expected).norm() <= 1e-12 * (1.0 + inverse.norm()) * to.gradient_norm());
      } else {  // the plain two-loop recursion
        Eigen::VectorXd q = -to.gradient();
        std::vector<double> alpha(kept.size());
        for (std::size_t i = kept.size(); i-- > first;) {
          alpha[i] = kept[i].first.dot(q) / kept[i].first.dot(kept[i].second);
          q -= alpha[i] * kept[i].second;
        }
        q *= scale;
        for (std::size_t i = first; i < kept.size(); ++i) {
          q += kept[i].first * (alpha[i] - kept[i].second.dot(q) / kept[i].first.dot(kept[i].second));
        }
        CHECK((direction.view() - q).norm() <= 1e-12 * q.norm());
      }
      CHECK(slope == Approx(direction.view().dot(to.gradient())).epsilon(1e-10));
      CHECK(slope < 0.0);  // H is positive definite
      from.propose() = to.x();
    }
  }
}

TEST_CASE("with exact searches on a quadratic, memory >= n ends in n steps") {
  // BFGS with exact line searches generates the conjugate gradient iterates: Nocedal and Wright (2006), theorem 6.4.
  const Quadratic quadratic({1.0, 3.0, 10.0, 40.0, 100.0});
  const auto f = quadratic.objective();
  const RunResult result = run(f, LimitedMemoryBfgs({.memory = 5, .line_search = line_searches::exact()}),
                               {1.0, -1.0, 2.0, 0.5, 1.0}, {.stop = max_iterations(5)});
  CHECK(result.value <= 1e-12 * f.value({1.0, -1.0, 2.0, 0.5, 1.0}));
  // Steepest descent from there is nowhere near: without pairs this test fails.
  const RunResult four = run(f, LimitedMemoryBfgs({.memory = 5, .line_search = line_searches::exact()}),
                             {1.0, -1.0, 2.0, 0.5, 1.0}, {.stop = max_iterations(4)});
  CHECK(four.value > 1e-8);
}

TEST_CASE("linear convergence on a strongly convex quadratic, far faster than the bound of steepest descent") {
  std::vector<double> eigenvalues;
  for (int i = 0; i < 60; ++i) eigenvalues.push_back(std::pow(10.0, 4.0 * i / 59.0));
  const Quadratic quadratic(eigenvalues);
  const auto f = quadratic.objective();
  const Vector start(Eigen::VectorXd::Ones(60).eval());
  const RunResult result =
      run(f, LimitedMemoryBfgs(), start, {.stop = max_iterations(3000) | gradient_tolerance(1e-8)});
  CHECK(result.end.id == "gradient-tolerance");
  // ((kappa - 1)/(kappa + 1))^2 a step, kappa = 1e4, needs some 1e5 steps for this gradient norm.
  CHECK(result.iterations < 1500);
}

TEST_CASE("the collection of More, Garbow and Hillstrom: every start ends stationary, in few evaluations") {
  double log_sum = 0.0;
  const std::vector<Case> cases = collection();
  for (const Case& each : cases) {
    for (const double scale : {1.0, 10.0, 100.0}) {
      INFO(each.name << " from " << scale << " x0");
      const Vector start(Eigen::VectorXd(scale * each.start.view()));
      const RunResult result =
          run(*each.objective, LimitedMemoryBfgs(), start, {.stop = max_gradients(2000) | stationary(*each.objective)});
      CHECK(result.end.id == "stationary");
      CHECK(is_stationary(*each.objective, result.x));
      CHECK(result.value >= each.least - 1e-5 * (1.0 + each.least));
      // At Brown's start |f| = 1e12 makes even the start stationary in this measure; see below.
      if (scale == 1.0 && each.name != "Brown badly scaled") {
        CHECK(result.value <= each.least + 1e-4 * (1.0 + each.least));  // from x0 itself no other point is in the way
        log_sum += std::log(static_cast<double>(result.counts.gradients));
      }
    }
  }
  const double mean = std::exp(log_sum / static_cast<double>(cases.size() - 1));
  INFO("geometric mean of evaluations from x0: " << mean);
  CHECK(mean <= 45.0);  // 42.6 when written

  const AutodiffObjective<BrownBadlyScaled> brown(BrownBadlyScaled{}, 2);
  const RunResult result =
      run(brown, LimitedMemoryBfgs(), {1.0, 1.0}, {.stop = max_gradients(500) | value_target(1e-9)});
  CHECK(result.end.id == "value-target");
  CHECK(result.x[0] == Approx(1e6).epsilon(1e-9));
}

TEST_CASE("records are those of the points seen, with the curvature along the step") {
  const auto f = double_well();
  for (const LimitedMemoryBfgs& solver : variants()) {
    Watcher watcher;
    CurvatureWatcher curvature;
    const RunOptions options{.stop = max_iterations(60) | gradient_tolerance(1e-9)};
    RunOptions watched = options;
    watched.observers = {&watcher, &curvature};
    const RunResult result = run(f, solver, {0.3, 2.0}, watched);
    CHECK(run(f, solver, {0.3, 2.0}, options).x == result.x);
    REQUIRE(watcher.records.size() == static_cast<std::size_t>(result.iterations) + 1);
    CHECK(std::isnan(curvature.records[0].curvature));
    for (std::size_t k = 0; k < watcher.points.size(); ++k) {
      Vector gradient(2);
      CHECK(watcher.records[k].iteration == static_cast<Index>(k));
      CHECK(watcher.records[k].value == f.value_and_gradient(watcher.points[k], gradient));
      CHECK(watcher.records[k].gradient_norm == Approx(gradient.view().norm()));
      if (k == 0) continue;
      Vector before(2);
      f.value_and_gradient(watcher.points[k - 1], before);
      const Eigen::VectorXd step = watcher.points[k].view() - watcher.points[k - 1].view();
      CHECK(watcher.records[k].step_norm == Approx(step.norm()).epsilon(1e-12));
      CHECK(curvature.records[k].curvature ==
            Approx(step.dot(gradient.view() - before.view()) / step.squaredNorm()).epsilon(1e-12));
    }
  }
}

TEST_CASE("a resumed run is bit-identical, before and after the ring is full") {
  const problems::Rosenbrock f(6);
  const Vector start{-1.2, 1.0, -1.2, 1.0, 0.3, 2.0};
  for (const LimitedMemoryBfgs& solver : variants()) {
    const RunOptions options{.stop = max_iterations(40)};
    const RunResult whole = run(f, solver, start, options);
    for (const Index cut : {0, 1, 2, 9, 25, 39}) {
      if (cut >= whole.iterations) continue;
      INFO(solver.settings()[1].second << " cut at " << cut);
      Oracle oracle(f);
      const auto stepper = solver.start(oracle, start, RandomSource(1));
      const StepRecord first = stepper->record();
      for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
      const std::vector<std::uint8_t> state = save_run(first, *stepper);
      RunOptions resumed = options;
      resumed.state = state;
      const RunResult rest = run(f, solver, start, resumed);
      CHECK(rest.x == whole.x);
      CHECK(rest.counts == whole.counts);
      CHECK(rest.end == whole.end);
      // Of another memory, another dimension, or cut short: refused.
      CHECK_THROWS_AS(run(f, LimitedMemoryBfgs({.memory = 4}), start, resumed), std::invalid_argument);
      const problems::Rosenbrock other(5);
      CHECK_THROWS_AS(run(other, solver, ConstVectorView(start.data(), 5), resumed), std::invalid_argument);
      resumed.state = std::span(state).first(state.size() - 8);
      CHECK_THROWS_AS(run(f, solver, start, resumed), std::invalid_argument);
    }
  }
}

TEST_CASE("seeds do not matter, and the counts are gradients only") {
  const problems::Rosenbrock f(2);
  const RunResult one =
      run(f, LimitedMemoryBfgs(), {-1.2, 1.0}, {.stop = max_iterations(20), .random = RandomSource(1)});
  const RunResult two =
      run(f, LimitedMemoryBfgs(), {-1.2, 1.0}, {.stop = max_iterations(20), .random = RandomSource(2)});
  CHECK(one.x == two.x);
  CHECK(one.counts.values == 0);
  CHECK(one.counts.hessian_vector_products == 0);
  CHECK(one.counts.gradients >= 21);
  CHECK(one.counts.gradients <= 40);
}

TEST_CASE("walls, stationary starts and empty starts end honestly") {
  // Defined at the start only: every trial is outside.
  const auto island = functional(
      1, [](ConstVectorView x) { return x[0] == 0.0 ? 1.0 : NAN; }, [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  const RunResult cliff = run(island, LimitedMemoryBfgs(), Vector{0.0});
  CHECK(cliff.end.id == "non-finite");
  CHECK(cliff.x == Vector{0.0});
  CHECK(cliff.value == 1.0);

  // A barrier: defined for x > 0 only, minimizer 1. Trials outside are shortened.
  const auto barrier = functional(
      1, [](ConstVectorView x) { return x[0] > 0.0 ? x[0] - std::log(x[0]) : NAN; },
      [](ConstVectorView x, VectorView g) { g[0] = 1.0 - 1.0 / x[0]; });
  const RunResult inside =
      run(barrier, LimitedMemoryBfgs(), {50.0}, {.stop = max_iterations(99) | gradient_tolerance(1e-8)});
  CHECK(inside.end.id == "gradient-tolerance");
  CHECK(inside.x[0] == Approx(1.0).epsilon(1e-7));

  // At an exact saddle the gradient vanishes: no step, and no word of success without a rule that grants it.
  const RunResult saddle = run(double_well(), LimitedMemoryBfgs(), {0.0, 0.0});
  CHECK(saddle.end.end_class == EndClass::breakdown);
  CHECK(saddle.end.id == "line-search-failed");
  CHECK(saddle.x == Vector{0.0, 0.0});

  const auto empty = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  CHECK(run(empty, LimitedMemoryBfgs(), Vector(), {.stop = gradient_tolerance(0.0)}).end.id == "gradient-tolerance");
  CHECK(run(empty, LimitedMemoryBfgs(), Vector()).end.end_class == EndClass::breakdown);

  // The gradient lies: no step is found, with pairs or without.
  const auto liar = functional(
      1, [](ConstVectorView x) { return x[0]; }, [](ConstVectorView, VectorView g) { g[0] = -1.0; });
  const RunResult lied = run(liar, LimitedMemoryBfgs(), {1.0});
  CHECK(lied.end.end_class == EndClass::breakdown);
  CHECK(lied.x == Vector{1.0});
  CHECK_THROWS_AS(run(liar, LimitedMemoryBfgs(), {1.0, 2.0}), std::invalid_argument);
}

TEST_CASE("values decrease at every step under Wolfe conditions") {
  const problems::Rosenbrock f(10);
  Recorder recorder;
  run(f, LimitedMemoryBfgs(), Vector(Eigen::VectorXd::Constant(10, -1.5).eval()),
      {.stop = max_iterations(200) | gradient_tolerance(1e-6), .observers = {&recorder}});
  const auto& records = recorder.trajectory().records;
  REQUIRE(records.size() > 20);
  for (std::size_t k = 1; k < records.size(); ++k) CHECK(records[k].value < records[k - 1].value);
}

TEST_CASE("wrong options are refused") {
  CHECK_THROWS_AS(LimitedMemoryBfgs({.memory = 0}), std::invalid_argument);
  CHECK_THROWS_AS(LimitedMemoryBfgs({.initial_step = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(LimitedMemoryBfgs({.initial_step = NAN}), std::invalid_argument);
  CHECK(LimitedMemoryBfgs().name() == "limited-memory-bfgs");
  CHECK(LimitedMemoryBfgs().settings()[0].second == "10");
}
