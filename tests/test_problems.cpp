// The problems of the registry: derivatives against twins by automatic differentiation, stationary points against
// dense eigenvalues, constants, starts, and messages.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

using namespace perigee;
using perigee::test::dense_hessian;

namespace {

// The twins are written from the formulas of docs/problems.md, not from the code they check.
struct CappedSaddleTwin {
  template <class T>
  T operator()(const T* x) const {
    return x[0] * x[0] - x[1] * x[1] + 0.25 * (pow(x[0], 4) + pow(x[1], 4));
  }
  static double pow(double x, int n) { return std::pow(x, n); }
  template <class T>
  static T pow(const T& x, int n) {
    T result(1.0);
    for (int i = 0; i < n; ++i) result *= x;
    return result;
  }
};

struct MonkeySaddleTwin {  // Re z^3 + |z|^4 in polar coordinates
  template <class T>
  T operator()(const T* x) const {
    using std::atan2, std::cos, std::sqrt;
    const T radius = sqrt(x[0] * x[0] + x[1] * x[1]);
    return radius * radius * radius * (cos(3.0 * atan2(x[1], x[0])) + radius);
  }
};

struct RosenbrockTwin {
  explicit RosenbrockTwin(Index n) : dimension(n) {}
  template <class T>
  T operator()(const T* x) const {
    T sum(0.0);
    for (Index i = 1; i < dimension; ++i) {
      const T a = x[i] - x[i - 1] * x[i - 1];
      const T b = T(1.0) - x[i - 1];
      sum += 100.0 * a * a + b * b;
    }
    return sum;
  }
  Index dimension;
};

struct MuellerBrownTwin {
  template <class T>
  T operator()(const T* x) const {
    using std::exp;
    const double A[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6},
                 c[] = {-10, -10, -6.5, 0.7}, x0[] = {1, 0, -0.5, -1}, y0[] = {0, 0.5, 1.5, 1};
    T sum(0.0);
    for (int j = 0; j < 4; ++j) {
      const T dx = x[0] - x0[j];
      const T dy = x[1] - y0[j];
      sum += A[j] * exp(a[j] * dx * dx + b[j] * dx * dy + c[j] * dy * dy);
    }
    return sum;
  }
};

// The octopus on its tubes D, as Du et al. (2017) print it, eqs. (6) to (10), with the polynomials g1 and g2
// (written in powers of a - 2 tau, unlike the code): valid where the coordinates before the i-th are in
// [2 tau, 6 tau] and those after it in [0, tau].
struct OctopusTwin {
  double L = 1.5, gamma = 1.0, tau = std::exp(1.0);
  int d = 6;
  template <class T>
  T operator()(const T* x) const {
    using std::abs;
    const double nu = (13.0 * gamma + 37.0 * L) * tau * tau / 6.0;
    T sum(0.0);
    int i = 0;
    for (; i < d && abs(x[i]) >= 2.0 * tau; ++i) sum += L * (abs(x[i]) - 4.0 * tau) * (abs(x[i]) - 4.0 * tau) - nu;
    if (i == d) return sum;
    const T a = abs(x[i]);
    if (a <= tau) {
      sum -= gamma * a * a;
      for (int j = i + 1; j < d; ++j) sum += L * x[j] * x[j];
      return sum;
    }
    const T s = a - tau;
    sum += -gamma * a * a + (-14.0 * L + 10.0 * gamma) / (3.0 * tau) * s * s * s +
           (5.0 * L - 3.0 * gamma) / (2.0 * tau * tau) * s * s * s * s;
    if (i + 1 < d) {
      const T v = a - 2.0 * tau;
      const T g2 = -gamma - 10.0 * (L + gamma) / (tau * tau * tau) * v * v * v -
                   15.0 * (L + gamma) / (tau * tau * tau * tau) * v * v * v * v -
                   6.0 * (L + gamma) / (tau * tau * tau * tau * tau) * v * v * v * v * v;
      sum += g2 * x[i + 1] * x[i + 1];
    }
    for (int j = i + 2; j < d; ++j) sum += L * x[j] * x[j];
    return sum;
  }
};

void compare(const Objective& ours, const Objective& twin, ConstVectorView x, RandomEngine& engine) {
  const Index n = x.size();
  Vector v(n), gradient(n), twin_gradient(n), product(n), twin_product(n);
  fill_standard_normal(engine, v);
  const double value = ours.value_and_gradient(x, gradient);
  const double twin_value = twin.value_and_gradient(x, twin_gradient);
  ours.hessian_vector_product(x, v, product);
  twin.hessian_vector_product(x, v, twin_product);
  const double hessian_norm = dense_hessian(ours, x).norm();
  CHECK(value == ours.value(x));
  CHECK(std::abs(value - twin_value) <= 1e-11 * (1.0 + std::abs(twin_value)));
  CHECK((gradient.view() - twin_gradient.view()).norm() <= 1e-11 * (1.0 + twin_gradient.view().norm()));
  CHECK((product.view() - twin_product.view()).norm() <= 1e-11 * (1.0 + hessian_norm) * v.view().norm());
}

struct Instance {
  std::string name;
  Parameters::Assignments parameters;
};

const std::vector<Instance>& instances() {
  static const std::vector<Instance> all{
      {"capped-saddle", {}},
      {"monkey-saddle", {}},
      {"octopus", {}},
      {"octopus", {{"dimension", "1"}}},
      {"octopus", {{"dimension", "4"}, {"smoothness", "2.718281828459045"}, {"tau", "1"}}},
      {"octopus", {{"dimension", "3"}, {"smoothness", "1"}, {"curvature", "0.25"}, {"tau", "1.5"}}},
      {"rosenbrock", {}},
      {"chained-rosenbrock", {}},
      {"chained-rosenbrock", {{"dimension", "2"}}},
      {"chained-rosenbrock", {{"dimension", "4"}}},
      {"chained-rosenbrock", {{"dimension", "5"}}},
      {"chained-rosenbrock", {{"dimension", "6"}}},
      {"chained-rosenbrock", {{"dimension", "7"}}},
      {"mueller-brown", {}},
      {"softmax-bandit", {}},
      {"escort-bandit", {}},
      {"escort-bandit", {{"rewards", "0.2,0.9,1"}}},
      {"escort-bandit", {{"rewards", "0.2,0.9,1"}, {"p", "3"}}},
      {"escort-bandit", {{"p", "1"}}},
      {"escort-bandit", {{"p", "1.5"}}},
      {"escort-bandit", {{"p", "64"}}},
      {"softmax-bandit", {{"rewards", "-3,5,4"}}},
      {"softmax-cross-entropy", {}},
      {"escort-cross-entropy", {{"p", "1"}}},
      {"escort-cross-entropy", {{"p", "1.5"}}},
      {"escort-cross-entropy", {}},
      {"escort-cross-entropy", {{"p", "4"}, {"label", "3"}}},
      {"hyperbolic-saddle", {}},
      {"quadratic-saddle", {}},
      {"quadratic-saddle", {{"dimension", "6"}, {"index", "3"}, {"negative_curvature", "4"}, {"condition", "1000"}}},
      {"nesterov-saddle", {}},
      {"ge-saddle", {}},
      {"zhang-li-saddle", {}},
      {"cross-saddle", {}},
      {"flat-saddle", {}},
      {"lucchi-quartic", {}},
      {"lucchi-quartic", {{"terms", "1"}}},
      {"cubic-regularized-saddle", {}},
      {"cubic-regularized-saddle", {{"dimension", "20"}, {"seed", "3"}}},
      {"ill-conditioned-saddle", {}},
      {"ill-conditioned-saddle", {{"dimension", "3"}, {"negative_curvature", "1"}}},
      {"escalator", {}},
      {"escalator", {{"slope", "0"}}},
      {"himmelblau", {}},
      {"six-hump-camel", {}},
      {"three-hump-camel", {}},
      {"goldstein-price", {}},
      {"styblinski-tang", {}},
      {"styblinski-tang", {{"dimension", "8"}}},
      {"rastrigin", {}},
      {"rastrigin", {{"dimension", "1"}}},
      {"ackley", {}},
      {"ackley", {{"dimension", "1"}}},
      {"ackley", {{"dimension", "5"}}},
      {"double-well", {}},
      {"double-well", {{"dimension", "3"}}},
      {"tilted-well", {}},
      {"tilted-well", {{"dimension", "2"}, {"tilt", "0.38"}}},
      {"cosine-chain", {}},
      {"cosine-chain", {{"dimension", "7"}, {"coupling", "3"}}},
      {"cosine-chain", {{"coupling", "0"}}},
      {"deep-chain", {}},
      {"deep-chain", {{"depth", "1"}}},
      {"deep-chain", {{"depth", "2"}, {"initial", "0.001"}}},
      {"deep-chain", {{"depth", "3"}}},
      {"single-neuron", {}},
      {"single-neuron", {{"dimension", "1"}, {"patterns", "4"}}},
      {"pseudo-huber", {}},
      {"pseudo-huber", {{"delta", "0.1"}}},
      {"random-field", {}},
      {"random-field", {{"dimension", "2"}, {"seed", "7"}}},
      {"least-squares", {}},
      {"least-squares", {{"dimension", "1"}, {"condition", "1"}, {"noise", "0"}}},
      {"xor-network", {}},
      {"square-sum-network", {}},
      {"tabular-mdp", {}},
      {"tabular-mdp", {{"start", "even"}, {"softmax_temperature", "0.5"}, {"initial_state", "3"}}},
      {"tabular-mdp", {{"states", "5"}, {"entropy_temperature", "0.2"}}},
      {"tabular-mdp", {{"states", "5"}, {"entropy_temperature", "0.2"}, {"transform", "escort"}}},
      {"tabular-mdp", {{"states", "5"}, {"barrier", "0.5"}}},
      {"tabular-mdp", {{"transform", "escort"}, {"p", "3"}, {"start", "even"}}},
      {"tabular-mdp", {{"transform", "escort"}, {"p", "1.5"}}},
      {"distractor-chain", {}},
      {"stochastic-bandit", {}},
      {"asr-bandits", {}},
      {"distractor-chain", {{"length", "8"}, {"transform", "escort"}}},
  };
  return all;
}

std::string describe(const Instance& instance) {
  std::string text = instance.name;
  for (const auto& [key, value] : instance.parameters) text += " " + key + "=" + value;
  return text;
}

}  // namespace

TEST_CASE("derivatives equal those of the autodiff twin") {
  std::vector<std::pair<std::string, std::unique_ptr<Objective>>> twins;
  twins.emplace_back("capped-saddle",
                     std::make_unique<AutodiffObjective<CappedSaddleTwin>>(autodiff<CappedSaddleTwin>(2)));
  twins.emplace_back("monkey-saddle",
                     std::make_unique<AutodiffObjective<MonkeySaddleTwin>>(autodiff<MonkeySaddleTwin>(2)));
  twins.emplace_back("rosenbrock", std::make_unique<AutodiffObjective<RosenbrockTwin>>(autodiff<RosenbrockTwin>(2)));
  twins.emplace_back("chained-rosenbrock",
                     std::make_unique<AutodiffObjective<RosenbrockTwin>>(autodiff<RosenbrockTwin>(10)));
  twins.emplace_back("mueller-brown",
                     std::make_unique<AutodiffObjective<MuellerBrownTwin>>(autodiff<MuellerBrownTwin>(2)));
  for (const auto& [name, twin] : twins) {
    const Problem problem = problems::make(name);
    RandomEngine engine = RandomSource(21).engine(name);
    for (int trial = 0; trial < 50; ++trial) {
      const Vector x = problem.random_start(engine);
      INFO(name << " at " << x.view().transpose());
      compare(*problem.objective, *twin, x, engine);
    }
  }
}

TEST_CASE("the octopus equals the published function on its tubes, in every orthant") {
  const OctopusTwin functor;
  const auto twin = autodiff(functor, functor.d);
  const problems::Octopus octopus({.dimension = functor.d, .tau = functor.tau});
  RandomEngine engine = RandomSource(22).engine("tubes");
  for (int trial = 0; trial < 400; ++trial) {
    // Coordinates before the active one in [2 tau, 6 tau], the active one in [0, 2 tau], the later in [0, tau].
    const int active = static_cast<int>(uniform_unit(engine) * (functor.d + 1));
    Vector x(functor.d);
    for (int i = 0; i < functor.d; ++i) {
      const double u = uniform_unit(engine);
      const double a = i < active ? 2.0 + 4.0 * u : (i == active ? 2.0 * u : u);
      x[i] = (uniform_unit(engine) < 0.5 ? -1.0 : 1.0) * a * functor.tau;
    }
    INFO("x = " << x.view().transpose());
    compare(octopus, twin, x, engine);
  }
}

TEST_CASE("the octopus is twice continuously differentiable across its seams, also outside the tubes") {
  const problems::Octopus octopus({.dimension = 3});
  const double tau = problems::OctopusOptions{}.tau;
  RandomEngine engine = RandomSource(23).engine("seams");
  for (const double seam : {0.0, tau, 2.0 * tau}) {
    for (int trial = 0; trial < 20; ++trial) {
      Vector x(3), v(3), below(3), above(3);
      for (Index i = 0; i < 3; ++i) x[i] = 6.0 * tau * (2.0 * uniform_unit(engine) - 1.0);
      fill_standard_normal(engine, v);
      const Index i = trial % 3;
      const double h = 1e-9;
      x[i] = seam - h;
      const double value_below = octopus.value_and_gradient(x, below);
      const Eigen::MatrixXd hessian_below = dense_hessian(octopus, x);
      x[i] = seam + h;
      const double value_above = octopus.value_and_gradient(x, above);
      // Lipschitz bounds of f, its gradient and its Hessian in this box, at a distance of 2 h.
      CHECK(std::abs(value_above - value_below) <= 2.0 * h * 1e4);
      CHECK((above.view() - below.view()).norm() <= 2.0 * h * 1e5);
      CHECK((dense_hessian(octopus, x) - hessian_below).norm() <= 2.0 * h * 1e6);
    }
  }
}

TEST_CASE("the octopus carries the smallest denormal coordinates") {
  const problems::Octopus octopus({.dimension = 3, .smoothness = 1.5});
  const double tiny = 5e-324;
  Vector x{1.0, tiny, -64.0 * tiny}, gradient(3);
  octopus.value_and_gradient(x, gradient);
  CHECK(gradient[1] == 3.0 * tiny);  // 2 L x, exactly
  CHECK(gradient[2] == 3.0 * -64.0 * tiny);
  x[0] = 4.0 * problems::OctopusOptions{}.tau;  // now x_2 is free: -2 gamma x
  octopus.value_and_gradient(x, gradient);
  CHECK(gradient[1] == -2.0 * tiny);
}

TEST_CASE("the octopus' constants are those of the problem card") {
  // nu and l on D for L = 1, 1.5, e at gamma = 1, tau = e; l by an independent search with 1% added on top.
  const auto octopus = [](double smoothness) { return problems::Octopus({.dimension = 2, .smoothness = smoothness}); };
  CHECK(octopus(1.0).drop() == Approx(61.575467491).epsilon(1e-10));
  CHECK(octopus(1.5).drop() == Approx(84.358390463).epsilon(1e-10));
  CHECK(octopus(std::exp(1.0)).drop() == Approx(139.870432574).epsilon(1e-10));
  CHECK(octopus(1.0).gradient_lipschitz_on_tubes() == Approx(1.01 * 15.543).epsilon(1e-3));
  CHECK(octopus(1.5).gradient_lipschitz_on_tubes() == Approx(1.01 * 21.064).epsilon(1e-3));
  CHECK(octopus(std::exp(1.0)).gradient_lipschitz_on_tubes() == Approx(1.01 * 34.663).epsilon(1e-3));

  // f* = -d nu is a lower bound everywhere, not on the tubes only.
  const problems::Octopus f({.dimension = 4});
  RandomEngine engine = RandomSource(24).engine("bound");
  for (int trial = 0; trial < 20000; ++trial) {
    Vector x(4);
    for (Index i = 0; i < 4; ++i) x[i] = 20.0 * (2.0 * uniform_unit(engine) - 1.0);
    REQUIRE(f.value(x) >= -4.0 * f.drop());
  }
}

TEST_CASE("listed stationary points are stationary, of their value, type and index") {
  for (const Instance& instance : instances()) {
    const Problem problem = problems::make(instance.name, instance.parameters);
    for (const StationaryPoint& point : problem.stationary_points) {
      INFO(describe(instance) << " at " << point.x.view().transpose());
      Vector gradient(point.x.size());
      const double value = problem.objective->value_and_gradient(point.x, gradient);
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, point.x);
      const test::SymmetricEigenpairs solver = test::symmetric_eigenpairs(hessian);
      const Eigen::VectorXd eigenvalues = solver.values;
      const double size = eigenvalues.cwiseAbs().maxCoeff();
      const double zero = 1e-9 * (1.0 + size);
      CHECK((hessian - hessian.transpose()).norm() <= 1e-12 * (1.0 + size));
      CHECK(gradient.view().norm() <= 1e-13 * (1.0 + size));
      CHECK(value == Approx(point.value).epsilon(1e-13).margin(1e-13));
      CHECK((eigenvalues.array() < -zero).count() == point.index);
      switch (point.type) {
        case StationaryType::minimum:
          CHECK(eigenvalues[0] > zero);
          break;
        case StationaryType::strict_saddle:
          CHECK(eigenvalues[0] < -zero);
          break;
        case StationaryType::maximum:
          CHECK(eigenvalues[eigenvalues.size() - 1] < -zero);
          break;
        case StationaryType::degenerate:
          CHECK(std::abs(eigenvalues[0]) <= zero);
          break;
      }
      if (problem.optimal_value) CHECK(point.value >= *problem.optimal_value);
    }
  }
}

TEST_CASE("how many stationary points there are") {
  const auto count = [](const std::string& name, const Parameters::Assignments& parameters = {}) {
    return problems::make(name, parameters).stationary_points.size();
  };
  CHECK(count("capped-saddle") == 3);
  CHECK(count("monkey-saddle") == 4);
  CHECK(count("mueller-brown") == 5);
  CHECK(count("octopus") == 11);
  CHECK(count("octopus", {{"dimension", "5"}}) == 31 + 32);  // 2^d - 1 saddles and 2^d minima
  CHECK(count("chained-rosenbrock", {{"dimension", "3"}}) == 1);
  CHECK(count("chained-rosenbrock", {{"dimension", "7"}}) == 3);
  CHECK(count("softmax-bandit") == 0);
  CHECK(count("escort-bandit", {{"rewards", "0.2,0.9,1"}}) == 3);
  CHECK_FALSE(problems::make("octopus").all_stationary_points_known);
  CHECK(problems::make("mueller-brown").all_stationary_points_known);
}

TEST_CASE("Newton's method from random starts finds no stationary point that is not listed") {
  // Only for those that claim to know all of them; 400 starts each, so a point with a basin of 2% of the box is
  // missed with probability 0.98^400 < 4e-4.
  for (const Instance& instance : instances()) {
    const Problem problem = problems::make(instance.name, instance.parameters);
    if (!problem.all_stationary_points_known) continue;
    RandomEngine engine = RandomSource(25).engine(describe(instance));
    std::vector<int> found(problem.stationary_points.size(), 0);
    for (int trial = 0; trial < 400; ++trial) {
      Vector x = problem.random_start(engine);
      Vector gradient(x.size());
      bool converged = false;
      for (int k = 0; k < 200 && !converged; ++k) {
        problem.objective->value_and_gradient(x, gradient);
        const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, x);
        if (!hessian.allFinite()) break;
        const Eigen::VectorXd step = test::solve_dense(hessian, gradient.view());
        x.view() -= step * std::min(1.0, 0.5 / step.norm());
        converged = step.norm() <= 1e-11;
      }
      if (!converged) continue;
      // Far outside its box the Mueller-Brown surface is flat to machine precision along its Gaussians' tails.
      if (x.view().norm() > 10.0) continue;
      bool listed = false;
      for (std::size_t i = 0; i < found.size(); ++i) {
        if ((x.view() - problem.stationary_points[i].x.view()).norm() > 1e-5) continue;
        listed = true;
        ++found[i];
      }
      INFO(describe(instance) << ": Newton ended at " << x.view().transpose());
      CHECK(listed);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      INFO(describe(instance) << ", point " << i);
      // The monkey's origin attracts too slowly (linearly) for the tolerance; everything else must be found.
      if (problem.stationary_points[i].type != StationaryType::degenerate) CHECK(found[i] > 0);
    }
  }
}

TEST_CASE("every problem has what a user of the registry relies on") {
  for (const Instance& instance : instances()) {
    const Problem problem = problems::make(instance.name, instance.parameters);
    INFO(describe(instance));
    CHECK(problem.name == instance.name);
    CHECK_FALSE(problem.summary.empty());
    CHECK_FALSE(problem.why_hard.empty());
    REQUIRE_FALSE(problem.starts.empty());
    // The curvature of an escort with p < 2 is unbounded near zeros: there is no step to suggest.
    const std::string text = describe(instance);
    const bool has_kinks = text.ends_with("p=1") || text.ends_with("p=1.5");
    CHECK(problem.suggested_step.has_value() == !has_kinks);
    for (const StartPoint& start : problem.starts) {
      CHECK(start.x.size() == problem.objective->dimension());
      CHECK(std::isfinite(problem.objective->value(start.x)));
    }
    RandomEngine engine = RandomSource(1).engine("start");
    RandomEngine again = RandomSource(1).engine("start");
    const Vector start = problem.random_start(engine);
    CHECK(start.size() == problem.objective->dimension());
    CHECK(start == problem.random_start(again));
    CHECK(problem.objective->has_exact_hessian_vector_product());
  }
}

TEST_CASE("the suggested step descends monotonically from the first start") {
  for (const Instance& instance : instances()) {
    const Problem problem = problems::make(instance.name, instance.parameters);
    if (!problem.suggested_step) continue;
    Oracle oracle(*problem.objective);
    const GradientDescent solver({.learning_rate = *problem.suggested_step});
    const auto stepper = solver.start(oracle, problem.starts.front().x, RandomSource(0));
    double previous = stepper->current().value();
    for (int k = 0; k < 3000 && stepper->step() == StepStatus::advanced; ++k) {
      INFO(describe(instance) << ", iteration " << k + 1);
      REQUIRE(stepper->current().value() <= previous + 1e-12 * std::abs(previous));
      previous = stepper->current().value();
    }
    INFO(describe(instance));
    CHECK(previous < problem.objective->value(problem.starts.front().x));
  }
}

TEST_CASE("stated smoothness constants bound the Hessian and its changes where starts are drawn") {
  for (const Instance& instance : instances()) {
    const Problem problem = problems::make(instance.name, instance.parameters);
    RandomEngine engine = RandomSource(26).engine(describe(instance));
    for (int trial = 0; trial < 200; ++trial) {
      const Vector x = problem.random_start(engine);
      const Vector y = problem.random_start(engine);
      const auto norm = [](const Eigen::MatrixXd& matrix) { return test::spectral_norm(matrix); };
      INFO(describe(instance));
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, x);
      if (problem.gradient_lipschitz) CHECK(norm(hessian) <= *problem.gradient_lipschitz);
      if (problem.hessian_lipschitz) {
        const double change = norm(hessian - dense_hessian(*problem.objective, y));
        CHECK(change <= *problem.hessian_lipschitz * (x.view() - y.view()).norm());
      }
    }
  }
}

TEST_CASE("from the stable manifolds gradient descent ends in the saddles") {
  for (const char* name : {"capped-saddle", "monkey-saddle"}) {
    const Problem problem = problems::make(name);
    const RunResult result = run(*problem.objective, GradientDescent({.learning_rate = *problem.suggested_step}),
                                 start_of(problem, "stable-manifold"), {.stop = max_iterations(100000)});
    INFO(name);
    CHECK(result.x[1] == 0.0);
    // Linear contraction at the first; like 1/(3 eta k) at the degenerate one.
    CHECK(std::abs(result.x[0]) <= (std::string(name) == "capped-saddle" ? 1e-12 : 1e-4));
  }
}

TEST_CASE("outside its box the Mueller-Brown surface is infinite, not NaN") {
  const Problem problem = problems::make("mueller-brown");
  CHECK(problem.objective->value({100.0, 100.0}) == std::numeric_limits<double>::infinity());
  CHECK(problem.objective->value({-60.0, 30.0}) == std::numeric_limits<double>::infinity());
}

TEST_CASE("the registry explains wrong names and values") {
  REQUIRE_THROWS_WITH(problems::make("octopos"), "no problem 'octopos'; did you mean 'octopus'?");
  REQUIRE_THROWS_WITH(problems::make("softmax-bandits"),
                      "no problem 'softmax-bandits'; did you mean 'softmax-bandit'?");
  REQUIRE_THROWS_WITH(problems::make("zzzzzz"), "no problem 'zzzzzz'; `perigee list problems` shows them all");
  REQUIRE_THROWS_WITH(problems::make("octopus", {{"dimensions", "3"}}),
                      "octopus: no parameter 'dimensions'; did you mean 'dimension'? (it takes dimension, smoothness, "
                      "curvature, tau)");
  REQUIRE_THROWS_WITH(problems::make("octopus", {{"dimension", "0"}}),
                      "octopus: dimension must be in [1, 1e+07], got 0");
  REQUIRE_THROWS_WITH(problems::make("octopus", {{"smoothness", "0.5"}}),
                      "Octopus: smoothness must be >= curvature = 1 and finite, got 0.5");
  REQUIRE_THROWS_WITH(start_of(problems::make("capped-saddle"), "sadle"),
                      "capped-saddle: no start 'sadle'; it has standard, near-saddle, stable-manifold, saddle");

  std::vector<std::string> names;
  for (const problems::Entry& entry : problems::registry()) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(names.size() >= 10);
}
