#include "support/dense_algebra.hpp"
#include "support/second_order_runs.hpp"

#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/solvers/registry.hpp>
#include <perigee/solvers/saddle_free_newton.hpp>

#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

namespace {

// An indefinite quadratic x'Ax/2 with a dense symmetric A.
struct DenseQuadratic {
  Eigen::MatrixXd matrix;
  auto objective() const {
    const Eigen::MatrixXd a = matrix;
    return functional(
        a.rows(), [a](ConstVectorView x) { return 0.5 * x.dot(a * x); },
        [a](ConstVectorView x, VectorView g) { g = a * x; },
        [a](ConstVectorView, ConstVectorView v, VectorView product) { product = a * v; });
  }
};

DenseQuadratic random_quadratic(RandomEngine& engine, Index n) {
  Vector draws(n * n);
  fill_standard_normal(engine, draws);
  const Eigen::Map<const Eigen::MatrixXd> square(draws.data(), n, n);
  return {0.5 * (square + square.transpose())};
}

Vector random_point(RandomEngine& engine, Index n) {
  Vector x(n);
  fill_standard_normal(engine, x);
  return x;
}

}  // namespace

TEST_CASE("Lanczos subspaces: with a further direction V'V = I, V'HV = T and V holds the direction") {
  RandomEngine engine = RandomSource(1).engine("quadratics");
  for (int i = 0; i < 50; ++i) {
    const Index n = 9;
    const DenseQuadratic quadratic = random_quadratic(engine, n);
    const auto f = quadratic.objective();
    Oracle oracle(f);
    const Vector x(n);
    const Vector start = random_point(engine, n);
    const Vector further = random_point(engine, n);
    LanczosSubspace subspace(n);
    subspace.start(start, start.view().norm());
    for (int j = 0; j < 1 + i % 7; ++j) REQUIRE(subspace.extend(oracle, x));
    REQUIRE(subspace.append(oracle, x, further, 1e-3));
    const Index k = subspace.size();
    CHECK(k == 2 + i % 7);
    CHECK(oracle.counts().hessian_vector_products == static_cast<std::uint64_t>(k));
    Eigen::MatrixXd v(n, k);
    Eigen::MatrixXd t = Eigen::MatrixXd::Zero(k, k);
    std::vector<double> unit(static_cast<std::size_t>(k), 0.0);
    Vector column(n);
    for (Index j = 0; j < k; ++j) {
      const auto at = static_cast<std::size_t>(j);
      unit[at] = 1.0;
      subspace.combine(unit, column);
      unit[at] = 0.0;
      v.col(j) = column.view();
      t(j, j) = subspace.matrix().diagonal[at];
      if (j + 1 < k) t(j, j + 1) = t(j + 1, j) = subspace.matrix().couplings[at];
    }
    CHECK((v.transpose() * v - Eigen::MatrixXd::Identity(k, k)).norm() <= 1e-12);
    CHECK((v.transpose() * quadratic.matrix * v - t).norm() <= 1e-12 * quadratic.matrix.norm());
    CHECK((further.view() - v * (v.transpose() * further.view())).norm() <= 1e-12 * further.view().norm());
    // A direction that the space holds already costs nothing and changes nothing.
    REQUIRE(subspace.append(oracle, x, further, 1e-3));
    CHECK(subspace.size() == k);
    CHECK(oracle.counts().hessian_vector_products == static_cast<std::uint64_t>(k));
  }
}

TEST_CASE("saddle-free Newton: the contracts of every solver") {
  check_second_order_contracts(SaddleFreeNewton());
  // Where steps share a basis and the previous step is part of it, a checkpoint holds both.
  check_resume(problems::Rosenbrock(6), SaddleFreeNewton({.subspace_dimension = 3, .steps_per_basis = 3}),
               {-1.2, 1.0, -1.2, 1.0, -1.2, 1.0});
}

TEST_CASE("saddle-free Newton: the first step on an indefinite quadratic is -|H|^{-1} g") {
  // |H| by a dense eigendecomposition. The step minimizes the value along the positive eigenvectors, and damping
  // shortens it along the negative ones: lambda = 0 is the best of the grid.
  RandomEngine engine = RandomSource(1).engine("quadratics");
  for (int i = 0; i < 100; ++i) {
    const Index n = 1 + i % 12;
    const DenseQuadratic quadratic = random_quadratic(engine, n);
    const Vector x0 = random_point(engine, n);
    const Eigen::VectorXd g = quadratic.matrix * x0.view();
    const test::SymmetricEigenpairs eigen = test::symmetric_eigenpairs(quadratic.matrix);
    const Eigen::VectorXd inverse = eigen.values.cwiseAbs().cwiseInverse();
    const Eigen::VectorXd step = -eigen.vectors * inverse.asDiagonal() * eigen.vectors.transpose() * g;
    const auto f = quadratic.objective();
    Oracle oracle(f);
    const auto stepper = SaddleFreeNewton({.inner_accuracy = 1e-12}).start(oracle, x0, RandomSource(1));
    REQUIRE(stepper->step() != StepStatus::ended);
    const Eigen::VectorXd taken = stepper->current().x() - x0.view();
    INFO("condition " << inverse.maxCoeff() / inverse.minCoeff());
    CHECK((taken - step).norm() <= 1e-9 * inverse.maxCoeff() / inverse.minCoeff() * step.norm());
  }
}

TEST_CASE("saddle-free Newton: a second step on the same basis moves in the complement by 1/(theta_max + lambda)") {
  // s = -V (|T| + lambda I)^{-1} V'g - (I - V V')g/(theta_max + lambda) for one lambda of the grid, V = (g_0, H g_0)
  // orthonormalized here.
  RandomEngine engine = RandomSource(2).engine("quadratics");
  for (int i = 0; i < 20; ++i) {
    const Index n = 6;
    const DenseQuadratic quadratic = random_quadratic(engine, n);
    const Vector x0 = random_point(engine, n);
    const auto f = quadratic.objective();
    Oracle oracle(f);
    const SaddleFreeNewton solver({.subspace_dimension = 2, .steps_per_basis = 2, .inner_accuracy = 1e-12});
    const auto stepper = solver.start(oracle, x0, RandomSource(1));
    REQUIRE(stepper->step() != StepStatus::ended);
    CHECK(oracle.counts().hessian_vector_products == 2);
    const Eigen::VectorXd x1 = stepper->current().x();
    REQUIRE(stepper->step() != StepStatus::ended);
    CHECK(oracle.counts().hessian_vector_products == 2);
    const Eigen::VectorXd taken = stepper->current().x() - x1;

    const Eigen::VectorXd g0 = quadratic.matrix * x0.view();
    const Eigen::VectorXd g1 = quadratic.matrix * x1;
    Eigen::MatrixXd v(n, 2);
    v.col(0) = g0.normalized();
    v.col(1) = quadratic.matrix * v.col(0);
    v.col(1) = (v.col(1) - v.col(0) * v.col(0).dot(v.col(1))).eval().normalized();
    const Eigen::MatrixXd t = v.transpose() * quadratic.matrix * v;
    const test::SymmetricEigenpairs eigen = test::symmetric_eigenpairs(t);
    const double greatest = eigen.values.cwiseAbs().maxCoeff();
    double nearest = taken.norm();
    for (int j = -9; j < 20; ++j) {
      const double lambda = j == -9 ? 0.0 : greatest * std::pow(10.0, j);
      const Eigen::VectorXd inverse = (eigen.values.cwiseAbs().array() + lambda).inverse();
      const Eigen::VectorXd inside = eigen.vectors.transpose() * (v.transpose() * g1);
      const Eigen::VectorXd outside = g1 - v * (v.transpose() * g1);
      const Eigen::VectorXd step = -v * (eigen.vectors * inverse.cwiseProduct(inside)) - outside / (greatest + lambda);
      nearest = std::min(nearest, (taken - step).norm());
    }
    CHECK(nearest <= 1e-9 * taken.norm());
  }
}

TEST_CASE("saddle-free Newton: the space holds the previous step") {
  // On a positive definite quadratic the undamped step minimizes over x + V. So where V is made of the gradient and the
  // previous step, the next gradient is orthogonal to both.
  std::vector<double> eigenvalues;
  for (int i = 0; i < 30; ++i) eigenvalues.push_back(std::pow(10.0, -i / 10.0));
  const auto f = diagonal_quadratic(eigenvalues);
  Oracle oracle(f);
  Vector x0(30);
  x0.view().setOnes();
  const auto stepper = SaddleFreeNewton({.subspace_dimension = 2}).start(oracle, x0, RandomSource(1));
  Eigen::VectorXd x = x0.view();
  Eigen::VectorXd g = stepper->current().gradient();
  Eigen::VectorXd previous_step = Eigen::VectorXd::Zero(30);
  for (int k = 0; k < 15; ++k) {
    REQUIRE(stepper->step() == StepStatus::advanced);
    const Eigen::VectorXd next = stepper->current().gradient();
    CHECK(std::abs(next.dot(g)) <= 1e-9 * g.norm() * g.norm());
    CHECK(std::abs(next.dot(previous_step)) <= 1e-9 * g.norm() * previous_step.norm());
    previous_step = stepper->current().x() - x;
    x = stepper->current().x();
    g = next;
  }
}

TEST_CASE("saddle-free Newton: quadratic convergence near a minimum") {
  // Newton's method, H > 0 being Lipschitz and the space holding the step to min(kappa, ||s||) ||g||.
  const SaddleFreeNewton solver({.criterion = {.gradient_tolerance = 1e-10}});
  CHECK(last_order(convex_exponentials(40), solver) >= 1.8);
}

TEST_CASE("saddle-free Newton: near a strict saddle the unstable component doubles in a step") {
  // At (x, y) near the capped saddle, s_y = -g_y/|H_yy| = y (2 - y^2)/(2 - 3 y^2) = y (1 + y^2 + O(y^4)).
  const problems::CappedSaddle saddle;
  const double start = 1e-6;
  // The space must hold the whole step, hence the small kappa.
  const SaddleFreeNewton solver({.inner_accuracy = 1e-12, .criterion = {.gradient_tolerance = 1e-9}});
  Watcher watcher;
  const RunResult result = run(saddle, solver, {0.3, start}, {.observers = {&watcher}});
  CHECK(result.value == Approx(-1.0));
  CHECK(count_jumps(watcher) == 0);
  int doublings = 0;
  for (std::size_t k = 0; k + 1 < watcher.points.size(); ++k) {
    const double y = watcher.points[k][1];
    if (y > 0.1) break;
    INFO("iteration " << k << ", y " << y);
    CHECK(watcher.points[k + 1][1] / y == Approx(2.0 + y * y).margin(1e-9 + 4.0 * std::pow(y, 4)));
    ++doublings;
  }
  CHECK(doublings == std::ceil(std::log2(0.1 / start)));  // 17
}

TEST_CASE("saddle-free Newton: from an exact saddle and from its stable manifold the minimum is reached") {
  check_escape(SaddleFreeNewton(), 15);
}

TEST_CASE("saddle-free Newton: chance enters by the probes only") { check_chance(SaddleFreeNewton()); }

TEST_CASE("saddle-free Newton: at a degenerate saddle no minimum is claimed") {
  check_degenerate_saddle(SaddleFreeNewton());
}

TEST_CASE("saddle-free Newton: the octopus is passed by jumps") {
  check_octopus(SaddleFreeNewton(), 60);
  // Newton's steps square the distance to the stable manifolds while they double the way out, so after the first
  // saddles only probes find it: without them the passage takes time exponential in the number of saddles.
  const problems::Octopus octopus({.dimension = 10, .smoothness = std::numbers::e});
  Vector start(10);
  for (Index i = 0; i < 10; ++i) start[i] = 0.9 - 0.07 * static_cast<double>(i);
  Watcher watcher;
  run(octopus, SaddleFreeNewton(), start, {.observers = {&watcher}});
  CHECK(count_jumps(watcher) >= 8);
}

TEST_CASE("saddle-free Newton: the ill-conditioned saddle costs no more than the doublings from 1e-6") {
  // At most log2(2 sqrt(0.1)/1e-6) < 20 doublings, at 4 cost units each, and some ten steps at the minimum.
  check_ill_conditioned_saddle(SaddleFreeNewton({.criterion = {.gradient_tolerance = 1e-8}}), 120.0);
}

TEST_CASE("saddle-free Newton: classics") {
  const RunResult valley = run(problems::Rosenbrock(2), SaddleFreeNewton(), {-1.2, 1.0});
  CHECK(valley.value < 1e-12);
  CHECK(valley.counts.gradients <= 40);
  check_long_valley(SaddleFreeNewton());
  const auto wood = autodiff<Wood>(4);
  for (const double factor : {1.0, 10.0, 100.0}) {
    const RunResult result = run(wood, SaddleFreeNewton(), {-3.0 * factor, -factor, -3.0 * factor, -factor});
    INFO(result.end.message);
    CHECK(result.value < 1e-10);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("saddle-free Newton: no registered problem is claimed to be solved where it is not") {
  check_claims(SaddleFreeNewton());
}

TEST_CASE("saddle-free Newton: wrong options are refused") {
  using Options = SaddleFreeNewtonOptions;
  CHECK_THROWS_WITH(SaddleFreeNewton(Options{.subspace_dimension = 0}),
                    "SaddleFreeNewton: subspace_dimension must be >= 1, got 0");
  CHECK_THROWS_AS(SaddleFreeNewton(Options{.steps_per_basis = 0}), std::invalid_argument);
  CHECK_THROWS_AS(SaddleFreeNewton(Options{.inner_accuracy = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(SaddleFreeNewton(Options{.acceptance_ratio = 0.5}), std::invalid_argument);
  CHECK_THROWS_AS(SaddleFreeNewton(Options{.initial_jump = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(SaddleFreeNewton(Options{.criterion = {.probe_products = 0}}), std::invalid_argument);
  const problems::CappedSaddle saddle;
  CHECK_THROWS_AS(run(saddle, SaddleFreeNewton(), {1.0, 2.0, 3.0}), std::invalid_argument);
}

TEST_CASE("saddle-free Newton: made by name it has the defaults of its options, or what is assigned") {
  const solvers::Entry entry = solvers::saddle_free_newton();
  const Problem saddle = problems::make("capped-saddle");
  const auto made = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), saddle);
  };
  CHECK(entry.name == SaddleFreeNewton().name());
  CHECK(made({})->settings() == SaddleFreeNewton().settings());
  CHECK(
      made({{"subspace_dimension", "7"}, {"steps_per_basis", "2"}, {"probe_products", "9"}})->settings() ==
      SaddleFreeNewton({.subspace_dimension = 7, .steps_per_basis = 2, .criterion = {.probe_products = 9}}).settings());
}
