// The bandit with a temperature: against its definition, its constants, its minimum.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/problems/entropy_regularized_bandit.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/transforms/softmax.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

// Regret plus tau times negative entropy, less its minimum -tau ln sum exp(-(r* - r_a)/tau).
struct Twin {
  std::vector<double> r;
  double tau;
  template <class T>
  T operator()(const T* theta) const {
    using std::exp, std::log;
    const double best = *std::max_element(r.begin(), r.end());
    T sum(0.0);
    double partition = 0.0;
    for (std::size_t a = 0; a < r.size(); ++a) {
      sum += exp(theta[a]);
      partition += std::exp((r[a] - best) / tau);
    }
    T f(tau * std::log(partition));
    for (std::size_t a = 0; a < r.size(); ++a) {
      const T pi = exp(theta[a]) / sum;
      f += pi * (best - r[a]) + tau * pi * log(pi);
    }
    return f;
  }
};

Eigen::MatrixXd dense_hessian(const Objective& objective, const Vector& theta) {
  const Index n = theta.size();
  Eigen::MatrixXd hessian(n, n);
  Vector column(n);
  for (Index i = 0; i < n; ++i) {
    Vector unit(n);
    unit[i] = 1.0;
    objective.hessian_vector_product(theta, unit, column);
    hessian.col(i) = column.view();
  }
  return hessian;
}

}  // namespace

TEST_CASE("value and derivatives of the entropy-regularized bandit are those of its definition") {
  const std::vector<double> rewards{0.2, 0.9, 1.0, -0.5};
  RandomEngine engine = RandomSource(1).engine("points");
  for (const double tau : {0.05, 0.5, 4.0}) {
    const EntropyRegularizedBandit bandit(rewards, tau);
    const auto twin = autodiff(Twin{rewards, tau}, 4);
    for (int trial = 0; trial < 30; ++trial) {
      Vector theta(4), v(4), gradient(4), expected(4), natural(4), plain(4);
      fill_standard_normal(engine, theta);
      fill_standard_normal(engine, v);
      const double scale = 1.0 + tau;
      CHECK(bandit.value_and_gradients(theta, gradient, natural) ==
            Approx(twin.value_and_gradient(theta, expected)).epsilon(1e-12).margin(1e-14 * scale));
      CHECK(bandit.value(theta) == bandit.value_and_gradient(theta, plain));
      CHECK(plain == gradient);
      CHECK((gradient.view() - expected.view()).cwiseAbs().maxCoeff() <= 1e-13 * scale);
      // F y = grad f with F = diag(pi) - pi pi'.
      Vector pi(4);
      transforms::softmax(theta, pi);
      const double along = pi.view().dot(natural.view());
      for (Index a = 0; a < 4; ++a) {
        CHECK(pi[a] * (natural[a] - along) == Approx(gradient[a]).epsilon(1e-11).margin(1e-15 * scale));
      }
      bandit.hessian_vector_product(theta, v, gradient);
      twin.hessian_vector_product(theta, v, expected);
      CHECK((gradient.view() - expected.view()).cwiseAbs().maxCoeff() <= 1e-12 * scale);
    }
  }
}

TEST_CASE("its minimum is exp(r/tau), on a line of parameters, and values beside it keep their digits") {
  const Problem problem = make("entropy-regularized-bandit", {{"rewards", "0.2,0.9,1"}, {"temperature", "0.3"}});
  const StationaryPoint& minimum = problem.stationary_points.at(0);
  Vector gradient(3);
  CHECK(problem.objective->value_and_gradient(minimum.x, gradient) <= 1e-30);
  CHECK(gradient.view().norm() <= 1e-16);
  for (Index a = 0; a < 3; ++a) {
    const double rewards[] = {0.2, 0.9, 1.0};
    CHECK(minimum.x[a] - minimum.x[2] == Approx((rewards[a] - rewards[2]) / 0.3).epsilon(1e-14).margin(1e-15));
  }
  const Eigen::VectorXd eigenvalues = test::symmetric_eigenvalues(dense_hessian(*problem.objective, minimum.x));
  CHECK(std::abs(eigenvalues[0]) <= 1e-15);  // along the line
  CHECK(eigenvalues[1] > 0.01);
  // Second order: f(x + h v) = h^2/2 v'Hv + O(h^3), at values far below the rounding of the definition.
  Vector moved = minimum.x, v{1.0, -0.5, 0.25}, product(3);
  moved.view() += 1e-7 * v.view();
  problem.objective->hessian_vector_product(minimum.x, v, product);
  CHECK(problem.objective->value(moved) == Approx(0.5e-14 * v.view().dot(product.view())).epsilon(1e-5));
}

TEST_CASE("the stated constant bounds its Hessian, and its step descends to the minimum from every start") {
  RandomEngine engine = RandomSource(2).engine("points");
  for (const char* temperature : {"0.01", "0.3", "5"}) {
    const Problem problem = make("entropy-regularized-bandit", {{"temperature", temperature}});
    for (int trial = 0; trial < 300; ++trial) {
      Vector theta = problem.random_start(engine);
      theta.view() *= static_cast<double>(trial % 6);
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, theta);
      CHECK((hessian - hessian.transpose()).norm() <= 1e-13 * (1.0 + hessian.norm()));
      const double norm = test::spectral_norm(hessian);
      CHECK(norm <= *problem.gradient_lipschitz);
    }
  }
  const Problem problem = make("entropy-regularized-bandit", {{"temperature", "0.3"}});
  for (const StartPoint& start : problem.starts) {
    INFO(start.name);
    Oracle oracle(*problem.objective);
    const auto stepper =
        GradientDescent({.learning_rate = *problem.suggested_step}).start(oracle, start.x, RandomSource(0));
    for (int k = 0; k < 5000; ++k) {
      const double before = stepper->current().value();
      stepper->step();
      REQUIRE(stepper->current().value() <= before * (1.0 + 1e-12) + 1e-30);
    }
    CHECK(stepper->current().value() <= 1e-12);
  }
}

TEST_CASE("extreme parameters stay finite, wrong ones are refused") {
  const Problem cold = make("entropy-regularized-bandit", {{"temperature", "1e-6"}, {"initial_probability", "1e-300"}});
  for (const StartPoint& start : cold.starts) {
    Vector gradient(6), product(6);
    CHECK(std::isfinite(cold.objective->value_and_gradient(start.x, gradient)));
    CHECK(gradient.view().allFinite());
    cold.objective->hessian_vector_product(start.x, start.x, product);
    CHECK(product.view().allFinite());
  }
  CHECK_THROWS_AS(EntropyRegularizedBandit({0.5, 1.0}, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(EntropyRegularizedBandit({0.5, 1.0}, std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(EntropyRegularizedBandit({}, 1.0), std::invalid_argument);
}
