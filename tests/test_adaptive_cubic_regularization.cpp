#include "support/dense_algebra.hpp"
#include "support/second_order_runs.hpp"

#include <perigee/solvers/adaptive_cubic_regularization.hpp>
#include <perigee/solvers/cubic_subproblem.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

namespace {

// How well y meets the conditions of a global minimizer, relative to gamma and to the size of T.
void check_global_minimizer(const CubicSubproblem& subproblem, const std::vector<double>& diagonal,
                            const std::vector<double>& couplings, double gamma, double sigma) {
  const Index k = static_cast<Index>(diagonal.size());
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(k, k);
  for (Index j = 0; j < k; ++j) {
    matrix(j, j) = diagonal[static_cast<std::size_t>(j)];
    if (j > 0) matrix(j, j - 1) = matrix(j - 1, j) = couplings[static_cast<std::size_t>(j - 1)];
  }
  const Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(subproblem.y().data(), k);
  const double length = y.norm();
  const double lambda = subproblem.multiplier();
  const double size = matrix.norm() + lambda;
  CHECK(subproblem.length() == Approx(length).epsilon(1e-10));
  CHECK(lambda == Approx(sigma * length).epsilon(1e-7));
  Eigen::VectorXd residual = matrix * y + lambda * y;
  residual[0] += gamma;
  CHECK(residual.norm() <= 1e-10 * (gamma + size * length));
  const double lambda_min = test::symmetric_eigenvalues(matrix)[0];
  CHECK(lambda >= -lambda_min - 1e-12 * size);
  const double model = gamma * y[0] + 0.5 * y.dot(matrix * y) + sigma / 3.0 * std::pow(length, 3);
  CHECK(subproblem.decrease() == Approx(-model).epsilon(1e-7));
  CHECK(subproblem.decrease() > 0.0);
}

}  // namespace

TEST_CASE("cubic subproblem: the solution meets the conditions of a global minimizer") {
  // Nesterov and Polyak (2006), section 5: (T + lambda I) y = -gamma e_1, lambda = sigma ||y||, T + lambda I >= 0.
  RandomEngine engine = RandomSource(1).engine("subproblems");
  CubicSubproblem subproblem;
  for (const std::size_t k : {1u, 2u, 5u, 40u}) {
    for (int i = 0; i < 50; ++i) {
      std::vector<double> diagonal(k);
      std::vector<double> couplings(k);
      fill_standard_normal(engine, diagonal);
      fill_standard_normal(engine, couplings);
      for (double& element : couplings) element = std::abs(element);
      if (i % 3 == 0) {
        for (double& element : diagonal) element += 4.0;  // convex for most of them
      }
      const double gamma = std::pow(10.0, 12.0 * uniform_unit(engine) - 8.0);
      const double sigma = std::pow(10.0, 12.0 * uniform_unit(engine) - 8.0);
      INFO("k " << k << ", gamma " << gamma << ", sigma " << sigma);
      subproblem.solve({diagonal, couplings}, gamma, sigma);
      check_global_minimizer(subproblem, diagonal, couplings, gamma, sigma);
    }
  }
}

TEST_CASE("cubic subproblem: the hard case") {
  // T = diag(1, -1), uncoupled: e_1 is orthogonal to the eigenvector of -1. With gamma = 1 and sigma = 0.1 a root needs
  // ||y(1)|| = 1/2 = 10: none exists, so lambda = 1, y = (-1/2, +-sqrt(100 - 1/4)).
  CubicSubproblem subproblem;
  const std::vector<double> diagonal{1.0, -1.0};
  const std::vector<double> couplings{0.0, 0.0};
  subproblem.solve({diagonal, couplings}, 1.0, 0.1);
  CHECK(subproblem.multiplier() == Approx(1.0));
  CHECK(subproblem.y()[0] == Approx(-0.5));
  CHECK(std::abs(subproblem.y()[1]) == Approx(std::sqrt(99.75)));
  check_global_minimizer(subproblem, diagonal, couplings, 1.0, 0.1);

  // Nearly hard: the coupling decreases to nothing, and the solution stays a global minimizer all the way.
  for (double coupling = 1.0; coupling > 1e-20; coupling *= 0.1) {
    INFO("coupling " << coupling);
    const std::vector<double> coupled{coupling, 0.0};
    subproblem.solve({diagonal, coupled}, 1.0, 0.1);
    check_global_minimizer(subproblem, diagonal, coupled, 1.0, 0.1);
  }
}

TEST_CASE("cubic regularization: the contracts of every solver") {
  check_second_order_contracts(AdaptiveCubicRegularization());
}

TEST_CASE("cubic regularization: quadratic convergence near a minimum") {
  // Cartis, Gould and Toint (2011), corollary 4.10, in 40 variables, where the Krylov spaces are truncated.
  const AdaptiveCubicRegularization solver({.criterion = {.gradient_tolerance = 1e-10}});
  CHECK(last_order(convex_exponentials(40), solver) >= 1.8);
}

TEST_CASE("cubic regularization: a weight of half the Hessian's Lipschitz constant accepts every step") {
  // m(s) >= f(x + s) for sigma >= rho/2 (Nesterov and Polyak 2006, lemma 1), so one gradient an iterate, and one at the
  // start.
  const auto f = autodiff<Waves>(3);
  const double weight = 0.5 * waves_hessian_lipschitz;
  const AdaptiveCubicRegularization solver({.initial_weight = weight, .least_weight = weight});
  RandomEngine engine = RandomSource(1).engine("starts");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Vector start(3);
    fill_standard_normal(engine, start);
    start.view() *= 3.0;
    Watcher watcher;
    const RunResult result = run(f, solver, start, {.random = RandomSource(seed), .observers = {&watcher}});
    CHECK(result.counts.gradients == static_cast<std::uint64_t>(result.iterations) + 1);
    CHECK(result.end.id == "second-order-stationary");
    CHECK(result.value == Approx(-6.0).margin(1e-10));  // the only minima, up to periods
    for (std::size_t k = 1; k < watcher.seen.size(); ++k) CHECK(watcher.seen[k].value < watcher.seen[k - 1].value);
  }
}

TEST_CASE("cubic regularization: from an exact saddle and from its stable manifold the minimum is reached") {
  check_escape(AdaptiveCubicRegularization(), 15);  // from the manifold: the hard case
}

TEST_CASE("cubic regularization: chance enters by the probes only") { check_chance(AdaptiveCubicRegularization()); }

TEST_CASE("cubic regularization: at a degenerate saddle no minimum is claimed") {
  check_degenerate_saddle(AdaptiveCubicRegularization());
}

TEST_CASE("cubic regularization: the octopus takes a few dozen iterations") {
  check_octopus(AdaptiveCubicRegularization(), 60);
}

TEST_CASE("cubic regularization: classics") {
  const RunResult valley = run(problems::Rosenbrock(2), AdaptiveCubicRegularization(), {-1.2, 1.0});
  CHECK(valley.value < 1e-12);
  CHECK(valley.counts.gradients <= 40);
  CHECK(valley.counts.values == 0);

  check_long_valley(AdaptiveCubicRegularization());

  const auto wood = autodiff<Wood>(4);
  for (const double factor : {1.0, 10.0, 100.0}) {
    const RunResult result = run(wood, AdaptiveCubicRegularization(), {-3.0 * factor, -factor, -3.0 * factor, -factor});
    CHECK(result.value < 1e-10);
    CHECK(result.iterations <= 80);
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("cubic regularization: the ill-conditioned saddle costs less than 100 gradients at every conditioning") {
  check_ill_conditioned_saddle(AdaptiveCubicRegularization({.criterion = {.gradient_tolerance = 1e-9}}), 100.0);
}

TEST_CASE("cubic regularization: no registered problem is claimed to be solved where it is not") {
  check_claims(AdaptiveCubicRegularization());
}

TEST_CASE("cubic regularization: wrong options are refused") {
  using Options = AdaptiveCubicRegularizationOptions;
  CHECK_THROWS_WITH(AdaptiveCubicRegularization(Options{.initial_weight = 1e-9}),
                    "AdaptiveCubicRegularization: initial_weight must be >= least_weight and finite, got 1e-09");
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.least_weight = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.acceptance_ratio = 0.9}), std::invalid_argument);
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.very_good_ratio = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.inner_accuracy = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.subspace_dimension = 0}), std::invalid_argument);
  CHECK_THROWS_AS(AdaptiveCubicRegularization(Options{.criterion = {.failure_probability = 0.0}}),
                  std::invalid_argument);
  const problems::CappedSaddle saddle;
  CHECK_THROWS_AS(run(saddle, AdaptiveCubicRegularization(), {1.0, 2.0, 3.0}), std::invalid_argument);
}

TEST_CASE("cubic regularization: made by name it has the defaults of its options, or what is assigned") {
  const solvers::Entry entry = solvers::adaptive_cubic_regularization();
  const auto made = [&](const Parameters::Assignments& assignments, const Problem& problem) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), problem);
  };
  // The capped saddle has rho = 9; Rosenbrock's function knows no Lipschitz constant.
  const Problem saddle = problems::make("capped-saddle");
  const Problem valley = problems::make("rosenbrock");
  CHECK(entry.name == AdaptiveCubicRegularization().name());
  CHECK(made({}, valley)->settings() == AdaptiveCubicRegularization().settings());
  CHECK(made({}, saddle)->settings() == AdaptiveCubicRegularization({.initial_weight = 4.5}).settings());
  CHECK(made({{"initial_weight", "2"}, {"gradient_tolerance", "1e-3"}}, saddle)->settings() ==
        AdaptiveCubicRegularization({.initial_weight = 2.0, .criterion = {.gradient_tolerance = 1e-3}}).settings());
  CHECK_THROWS_AS(made({{"gradient_tolerance", "0"}}, saddle), std::invalid_argument);
}
