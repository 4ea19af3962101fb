#include "support/dense_algebra.hpp"
#include "support/second_order_runs.hpp"

#include <perigee/solvers/capped_conjugate_gradient.hpp>
#include <perigee/solvers/newton_capped_cg.hpp>
#include <perigee/solvers/registry.hpp>

#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

namespace {

Eigen::MatrixXd random_matrix(RandomEngine& engine, Index n) {
  Vector draws(n * n);
  fill_standard_normal(engine, draws);
  return Eigen::Map<const Eigen::MatrixXd>(draws.data(), n, n);
}

// An operator, symmetric or not, as the Hessian of an objective of which nothing else is asked.
auto objective_with_hessian(const Eigen::MatrixXd& h) {
  return functional(
      h.rows(), [](ConstVectorView) { return 0.0; }, [](ConstVectorView, VectorView g) { g.setZero(); },
      [h](ConstVectorView, ConstVectorView v, VectorView product) { product = h * v; });
}

struct Solved {
  CappedResult result;
  Eigen::VectorXd direction;
  Index products;
};

Solved solve_capped(const Eigen::MatrixXd& h, const Eigen::VectorXd& g, const CappedOptions& options) {
  const auto f = objective_with_hessian(h);
  Oracle oracle(f);
  const Vector x(h.rows());
  Vector direction(h.rows());
  CappedConjugateGradient conjugate_gradient(h.rows());
  const CappedResult result =
      conjugate_gradient.solve(oracle, x, ConstVectorView(g.data(), g.size()), options, direction);
  return {result, direction.view(), static_cast<Index>(oracle.counts().hessian_vector_products)};
}

}  // namespace

TEST_CASE("capped CG: on a positive definite matrix it is plain CG, and solves the damped system") {
  RandomEngine engine = RandomSource(1).engine("matrices");
  for (int i = 0; i < 200; ++i) {
    const Index n = 1 + i % 15;
    const Eigen::MatrixXd root = random_matrix(engine, n);
    const Eigen::MatrixXd h = root * root.transpose() / static_cast<double>(n);
    const Eigen::VectorXd g = random_matrix(engine, n).col(0);
    const CappedOptions options{.damping = 0.05, .accuracy = 0.5, .products = 1000};
    const Solved solved = solve_capped(h, g, options);
    REQUIRE(solved.result.verdict == CappedVerdict::solution);
    // CG from its textbook, as many steps.
    const Eigen::MatrixXd damped = h + 2.0 * options.damping * Eigen::MatrixXd::Identity(n, n);
    Eigen::VectorXd y = Eigen::VectorXd::Zero(n);
    Eigen::VectorXd r = -g;
    Eigen::VectorXd p = r;
    for (Index j = 0; j < solved.result.iterations; ++j) {
      const double alpha = r.squaredNorm() / p.dot(damped * p);
      y += alpha * p;
      const Eigen::VectorXd next = r - alpha * damped * p;
      p = next + next.squaredNorm() / r.squaredNorm() * p;
      r = next;
    }
    CHECK((solved.direction - y).norm() <= 1e-9 * y.norm());
    const double kappa = (solved.result.hessian_bound + 2.0 * options.damping) / options.damping;
    CHECK((damped * solved.direction + g).norm() <= options.accuracy / (3.0 * kappa) * g.norm() * (1.0 + 1e-9));
    // Hence near the solution by LU factors, whose inverse is at most 1/(2 eps).
    const Eigen::VectorXd exact = test::solve_dense(damped, -g);
    CHECK((solved.direction - exact).norm() <=
          options.accuracy / (3.0 * kappa) * g.norm() / (2.0 * options.damping) * (1.0 + 1e-9));
  }
}

TEST_CASE("capped CG: its verdicts hold, within the bounds on its work") {
  // Royer, O'Neill and Wright (2020), lemmas 1 and 2, on symmetric matrices of every inertia: CG steps <= min(n, J(M)),
  // products at most one more; M <= ||H||; d'Hbar d < eps ||d||^2 or else d'Hbar d >= eps ||d||^2 and a small residual.
  RandomEngine engine = RandomSource(2).engine("matrices");
  int solutions = 0;
  int negative = 0;
  for (int i = 0; i < 2000; ++i) {
    const Index n = 1 + i % 15;
    const double shift = 8.0 * uniform_unit(engine) - 2.0;
    const Eigen::MatrixXd square = random_matrix(engine, n);
    const Eigen::MatrixXd h = 0.5 * (square + square.transpose()) + shift * Eigen::MatrixXd::Identity(n, n);
    const Eigen::VectorXd g = random_matrix(engine, n).col(0);
    const double damping = std::pow(10.0, -3.0 * uniform_unit(engine));
    const CappedOptions options{.damping = damping, .accuracy = 0.5, .products = 1000};
    const Solved solved = solve_capped(h, g, options);
    const Eigen::VectorXd& d = solved.direction;
    const Eigen::MatrixXd damped = h + 2.0 * damping * Eigen::MatrixXd::Identity(n, n);
    const double share = d.dot(damped * d) / d.squaredNorm();
    const double rounding = 1e-12 * damped.norm();
    INFO("n " << n << ", shift " << shift << ", damping " << damping);
    CHECK(solved.result.iterations <= n);
    CHECK(solved.result.iterations <= capped_iterations(solved.result.hessian_bound, damping, options.accuracy));
    CHECK(solved.products <= solved.result.iterations + 1);
    CHECK(solved.result.hessian_bound <= test::spectral_norm(h) * (1.0 + 1e-9));
    CHECK(solved.result.curvature == Approx(share - 2.0 * damping).margin(1e-9 * damped.norm()));
    if (solved.result.verdict == CappedVerdict::negative_curvature) {
      ++negative;
      CHECK(share <= damping + rounding);
    } else {
      ++solutions;
      REQUIRE(solved.result.verdict == CappedVerdict::solution);
      const double kappa = (solved.result.hessian_bound + 2.0 * damping) / damping;
      CHECK(share >= damping - rounding);
      CHECK((damped * d + g).norm() <= (options.accuracy / (3.0 * kappa) + 1e-9) * g.norm());
      CHECK(d.dot(g) < 0.0);
    }
    // Positive definite to eps: no false alarm. Negative definite: no solution.
    const Eigen::VectorXd values = test::symmetric_eigenvalues(h);
    if (values[0] > -damping) CHECK(solved.result.verdict == CappedVerdict::solution);
    if (values[n - 1] < -damping) CHECK(solved.result.verdict == CappedVerdict::negative_curvature);
  }
  CHECK(solutions > 500);
  CHECK(negative > 500);
}

TEST_CASE("capped CG: curvature between -2 eps and -eps shows at once") {
  // g'Hg = -1.55 eps ||g||^2: Hbar is positive definite, and yet below eps.
  const Eigen::MatrixXd h = Eigen::Vector2d(-0.15, -0.16).asDiagonal();
  const Solved solved = solve_capped(h, Eigen::Vector2d(1.0, 1.0), {.damping = 0.1, .accuracy = 0.5, .products = 10});
  CHECK(solved.result.verdict == CappedVerdict::negative_curvature);
  CHECK(solved.result.curvature == Approx(-0.155));
  CHECK(solved.products == 1);
}

TEST_CASE("capped CG: where CG is too slow a difference of two iterates shows negative curvature") {
  // For a symmetric matrix the tests on y and p come first as a rule. A skew part, which no quadratic form sees, slows
  // CG down while they pass: the third test must then give a direction that keeps its promise, or none.
  RandomEngine engine = RandomSource(3).engine("matrices");
  int found = 0;
  int truncated = 0;
  for (int i = 0; i < 20000; ++i) {
    const Index n = 2 + i % 5;
    const Eigen::MatrixXd square = random_matrix(engine, n);
    const double skewness = 0.1 + 0.3 * uniform_unit(engine);
    const Eigen::MatrixXd h = 0.2 * (square + square.transpose()) + skewness * (square - square.transpose()) +
                              0.2 * uniform_unit(engine) * Eigen::MatrixXd::Identity(n, n);
    const Eigen::VectorXd g = random_matrix(engine, n).col(0);
    const double damping = 0.3;
    const Solved solved = solve_capped(h, g, {.damping = damping, .accuracy = 0.5, .products = 10000});
    const Eigen::VectorXd& d = solved.direction;
    const double share = d.dot(h * d) / d.squaredNorm() + 2.0 * damping;
    CHECK(solved.result.iterations <= capped_iterations(solved.result.hessian_bound, damping, 0.5));
    CHECK(solved.products <= 2 * solved.result.iterations + 1);
    if (solved.products == solved.result.iterations + 1) continue;
    if (solved.result.verdict == CappedVerdict::negative_curvature) {
      ++found;
      CHECK(share < damping * (1.0 + 1e-6));
      CHECK(solved.result.curvature == Approx(share - 2.0 * damping).margin(1e-6));
    } else {
      ++truncated;
      CHECK(solved.result.verdict == CappedVerdict::truncated);
      CHECK(d.allFinite());
    }
  }
  INFO(found << " found, " << truncated << " truncated");
  CHECK(found > 10);
  CHECK(truncated > 10);
}

TEST_CASE("capped CG: no more products than allowed, and the direction still descends") {
  RandomEngine engine = RandomSource(4).engine("matrices");
  const Index n = 30;
  const Eigen::MatrixXd root = random_matrix(engine, n);
  const Eigen::VectorXd g = random_matrix(engine, n).col(0);
  for (const Index products : {2, 3, 5}) {
    const Solved solved =
        solve_capped(root * root.transpose(), g, {.damping = 1e-3, .accuracy = 0.5, .products = products});
    CHECK(solved.result.verdict == CappedVerdict::truncated);
    CHECK(solved.products == products);
    CHECK(solved.direction.dot(g) < 0.0);
  }
}

TEST_CASE("Newton-capped-CG: the contracts of every solver") { check_second_order_contracts(NewtonCappedCg()); }

TEST_CASE("Newton-capped-CG: every step decreases f as the lemmas say, and so does a run end") {
  // Royer, O'Neill and Wright (2020), lemmas 3 and 4, in the constants of the header, for L <= 6 sqrt 2 + 2; a step to
  // ||g+|| <= eps_g that is not the last is followed by a jump, so there are at most 2 (f_0 - f*)/delta + 1 steps,
  // delta the decrease of the others.
  const auto f = autodiff<Waves>(3);
  const double gradient_tolerance = 1e-4;
  RandomEngine engine = RandomSource(1).engine("starts");
  Index jumps = 0;
  for (const double scale : {1.0, waves_hessian_lipschitz, 50.0}) {
    const double curvature_tolerance = std::sqrt(scale * gradient_tolerance);
    const NewtonCappedCgOptions options{
        .hessian_scale = scale,
        .criterion = {.gradient_tolerance = gradient_tolerance, .curvature_tolerance = curvature_tolerance}};
    const double eta = options.sufficient_decrease;
    const double theta = options.backtracking;
    const double r = waves_hessian_lipschitz / scale;
    const double a = 4.0 + options.accuracy;
    const double along = eta / 6.0 * scale * std::pow(std::min(1.0, 3.0 * theta / (r + eta)), 3);
    const double otherwise =
        eta / 6.0 * scale * std::pow(std::min(4.0 / (a + std::sqrt(a * a + 8.0 * r)), 3.0 * theta / (r + eta)), 3);
    const auto decrease_to = [&](double gradient_norm) {
      const double reach = std::min(gradient_norm / curvature_tolerance, curvature_tolerance / scale);
      return std::min(along * std::pow(curvature_tolerance / scale, 3), otherwise * std::pow(reach, 3));
    };
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Vector start(3);
      fill_standard_normal(engine, start);
      start.view() *= seed % 10 == 0 ? 0.0 : 3.0;
      if (seed % 10 == 0) start[1] = std::numbers::pi;  // a saddle
      Watcher watcher;
      const RunResult result =
          run(f, NewtonCappedCg(options), start, {.random = RandomSource(seed), .observers = {&watcher}});
      INFO("scale " << scale << ", seed " << seed << ": " << result.end.message);
      CHECK(result.end.id == "second-order-stationary");
      jumps += count_jumps(watcher);
      for (std::size_t k = 0; k + 1 < watcher.seen.size(); ++k) {
        const StepRecord& next = watcher.seen[k + 1];
        const double least = next.kind == StepKind::jump ? along * std::pow(curvature_tolerance / scale, 3)
                                                         : decrease_to(next.gradient_norm);
        INFO("step " << k << ", least decrease " << least);
        CHECK(watcher.seen[k].value - next.value >= least - 1e-12);
      }
      const double gap = watcher.seen.front().value + 6.0;
      CHECK(static_cast<double>(result.iterations) <= 2.0 * gap / decrease_to(gradient_tolerance) + 1.0);
    }
  }
  CHECK(jumps >= 18);  // one from each saddle started at
}

TEST_CASE("Newton-capped-CG: a step along negative curvature has the length |curvature|/h") {
  // On a quadratic -c x_1^2/2 + x_2^2/2 the full step passes the line search: c^3/(2 h^2) > (eta/6) c^3/h^2.
  const auto f = diagonal_quadratic({-0.5, 1.0});
  for (const double scale : {1.0, 4.0}) {
    Oracle oracle(f);
    const auto stepper = NewtonCappedCg({.hessian_scale = scale}).start(oracle, {0.0, 0.0}, RandomSource(1));
    REQUIRE(stepper->step() == StepStatus::advanced);
    CHECK(stepper->record().kind == StepKind::jump);
    CHECK(stepper->record().step_norm == Approx(0.5 / scale));
    CHECK(std::abs(stepper->current().x()[0]) == Approx(0.5 / scale));
    // From there the gradient is an eigenvector of -0.5: capped CG finds it, and goes on outwards.
    REQUIRE(stepper->step() == StepStatus::advanced);
    CHECK(stepper->record().kind == StepKind::step);
    CHECK(std::abs(stepper->current().x()[0]) == Approx(1.0 / scale));
  }
}

TEST_CASE("Newton-capped-CG: a step must decrease f by (eta/6) h ||s||^3") {
  // -x^2/4 + q x^4 from 0: the full step 1/2 gives (1 - q)/16, to be compared with (0.1/6)/8 = 1/480.
  for (const double q : {0.9, 0.98}) {
    const auto f = functional(
        1, [q](ConstVectorView x) { return -0.25 * x[0] * x[0] + q * std::pow(x[0], 4); },
        [q](ConstVectorView x, VectorView g) { g[0] = -0.5 * x[0] + 4.0 * q * std::pow(x[0], 3); },
        [q](ConstVectorView x, ConstVectorView v, VectorView product) {
          product[0] = (-0.5 + 12.0 * q * x[0] * x[0]) * v[0];
        });
    Oracle oracle(f);
    const auto stepper = NewtonCappedCg().start(oracle, {0.0}, RandomSource(1));
    REQUIRE(stepper->step() == StepStatus::advanced);
    CHECK(stepper->record().step_norm == Approx((1.0 - q) / 16.0 > 1.0 / 480.0 ? 0.5 : 0.25));
  }
}

TEST_CASE("Newton-capped-CG: the damping makes local convergence linear, by 2 eps_H/(lambda + 2 eps_H)") {
  const auto f = diagonal_quadratic({2.0});
  const double damping = 0.1;
  const NewtonCappedCg solver({.criterion = {.curvature_tolerance = damping}});
  Watcher watcher;
  const RunResult result = run(f, solver, {1.0}, {.observers = {&watcher}});
  CHECK(result.end.id == "second-order-stationary");
  REQUIRE(watcher.points.size() >= 5);
  for (std::size_t k = 0; k + 1 < watcher.points.size(); ++k) {
    CHECK(watcher.points[k + 1][0] / watcher.points[k][0] == Approx(0.2 / 2.2).epsilon(1e-9));
  }
}

TEST_CASE("Newton-capped-CG: from an exact saddle and from its stable manifold the minimum is reached") {
  check_escape(NewtonCappedCg(), 15);
}

TEST_CASE("Newton-capped-CG: chance enters by the probes only") { check_chance(NewtonCappedCg()); }

TEST_CASE("Newton-capped-CG: at a degenerate saddle no minimum is claimed") {
  check_degenerate_saddle(NewtonCappedCg());
}

TEST_CASE("Newton-capped-CG: the octopus takes a few dozen iterations") { check_octopus(NewtonCappedCg(), 60); }

TEST_CASE("Newton-capped-CG: the ill-conditioned saddle is passed in steps of the length lambda/h") {
  // From the saddle to 2 sqrt e in steps of e/h at first, longer in the end: at most about 2 h/sqrt e of them, 2/sqrt e
  // at e = 1e-4 being 200. A step costs one gradient and two products, and there are ten at the minimum.
  check_ill_conditioned_saddle(NewtonCappedCg({.criterion = {.gradient_tolerance = 1e-8}}), 1300.0);
  check_ill_conditioned_saddle(NewtonCappedCg({.hessian_scale = 0.01, .criterion = {.gradient_tolerance = 1e-8}}),
                               120.0);
}

TEST_CASE("Newton-capped-CG: classics") {
  const RunResult valley = run(problems::Rosenbrock(2), NewtonCappedCg(), {-1.2, 1.0});
  CHECK(valley.value < 1e-12);
  CHECK(valley.counts.gradients <= 45);
  CHECK(valley.counts.values == 0);
  check_long_valley(NewtonCappedCg());
  const auto wood = autodiff<Wood>(4);
  for (const double factor : {1.0, 10.0}) {
    const RunResult result = run(wood, NewtonCappedCg(), {-3.0 * factor, -factor, -3.0 * factor, -factor});
    INFO(result.end.message);
    CHECK(result.value < 1e-10);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("Newton-capped-CG: no registered problem is claimed to be solved where it is not") {
  check_claims(NewtonCappedCg());
}

TEST_CASE("Newton-capped-CG: wrong options are refused") {
  using Options = NewtonCappedCgOptions;
  CHECK_THROWS_WITH(NewtonCappedCg(Options{.accuracy = 1.0}), "NewtonCappedCg: accuracy must be in (0, 1), got 1");
  CHECK_THROWS_AS(NewtonCappedCg(Options{.hessian_scale = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(NewtonCappedCg(Options{.sufficient_decrease = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(NewtonCappedCg(Options{.backtracking = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(NewtonCappedCg(Options{.step_products = 1}), std::invalid_argument);
  CHECK_THROWS_AS(NewtonCappedCg(Options{.criterion = {.curvature_tolerance = 0.0}}), std::invalid_argument);
  const problems::CappedSaddle saddle;
  CHECK_THROWS_AS(run(saddle, NewtonCappedCg(), {1.0, 2.0, 3.0}), std::invalid_argument);
}

TEST_CASE("Newton-capped-CG: made by name it has the defaults of its options, or what is assigned") {
  const solvers::Entry entry = solvers::newton_capped_cg();
  const auto made = [&](const Parameters::Assignments& assignments, const Problem& problem) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), problem);
  };
  // The capped saddle has rho = 9; Rosenbrock's function knows no Lipschitz constant.
  const Problem saddle = problems::make("capped-saddle");
  const Problem valley = problems::make("rosenbrock");
  CHECK(entry.name == NewtonCappedCg().name());
  CHECK(made({}, valley)->settings() == NewtonCappedCg().settings());
  CHECK(made({}, saddle)->settings() == NewtonCappedCg({.hessian_scale = 9.0}).settings());
  CHECK(made({{"hessian_scale", "2"}, {"backtracking", "0.25"}, {"probe_products", "9"}}, saddle)->settings() ==
        NewtonCappedCg({.hessian_scale = 2.0, .backtracking = 0.25, .criterion = {.probe_products = 9}}).settings());
}
