// What was written for Ceres as a Perigee objective.
#include "support/ceres_examples.hpp"

#include <perigee/perigee.hpp>
#include <perigee/solvers/ceres/ceres_bridge.hpp>

#include <cmath>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("a FirstOrderFunction as an objective") {
  struct HalfLine final : ceres::FirstOrderFunction {
    bool Evaluate(const double* const x, double* cost_, double* gradient) const override {
      if (x[0] <= 0.0) return false;
      *cost_ = x[0] - std::log(x[0]);
      if (gradient != nullptr) gradient[0] = 1.0 - 1.0 / x[0];
      return true;
    }
    int NumParameters() const override { return 1; }
  };
  const ceres::GradientProblem owner(new HalfLine);
  const FirstOrderObjective objective(*owner.function());
  CHECK(objective.dimension() == 1);
  CHECK_FALSE(objective.has_exact_hessian_vector_product());
  Vector gradient{7.0};
  CHECK(objective.value_and_gradient({0.5}, gradient) == 0.5 + std::log(2.0));
  CHECK(gradient[0] == -1.0);
  CHECK(objective.value({0.5}) == 0.5 + std::log(2.0));
  Vector product(1);
  objective.hessian_vector_product({0.5}, {2.0}, product);
  CHECK(product[0] == Approx(8.0).epsilon(1e-8));  // f'' = 1/x^2
  CHECK(std::isnan(objective.value({-1.0})));
  CHECK(std::isnan(objective.value_and_gradient({-1.0}, gradient)));
  CHECK(std::isnan(gradient[0]));
  const MinimizeResult result = minimize(objective, {3.0});
  CHECK(result.x[0] == Approx(1.0).epsilon(1e-6));
}

TEST_CASE("a whole Problem as an objective: losses, several blocks, one of them constant") {
  double m = 0.2;
  double c = 0.3;
  double saddle[2] = {0.4, -0.7};
  double held[2] = {5.0, 6.0};
  ceres::Problem problem;
  add_exponential_data(problem, &m, &c, true);
  problem.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, saddle);
  problem.AddResidualBlock(cost<RosenbrockResidual, 2, 2>({}), nullptr, held);
  problem.SetParameterBlockConstant(held);
  const ProblemObjective objective(problem, {saddle, &c, &m});
  REQUIRE(objective.dimension() == 4);
  CHECK(objective.parameters() == Vector{0.4, -0.7, 0.3, 0.2});

  // The same cost written out: sum of Huber losses (rho(s) = s inside, 2 a sqrt(s) - a^2 outside), halved.
  const Vector x{0.1, 0.2, 0.05, 0.35};
  double expected = 0.5 * (std::pow(0.1 * 0.1 - 1.0, 2) + 0.2 * 0.2) + 0.5 * (100.0 * 19.0 * 19.0 + 16.0);
  for (int i = 0; i < 40; ++i) {
    const double t = 0.125 * i;
    const double y = std::exp(0.3 * t + 0.1) + 0.2 * std::sin(12.9898 * i) + (i % 13 == 5 ? 4.0 : 0.0);
    const double r = std::abs(y - std::exp(0.35 * t + 0.05));
    expected += 0.5 * (r <= 0.5 ? r * r : 2.0 * 0.5 * r - 0.25);
  }
  Vector gradient(4);
  CHECK(objective.value_and_gradient(x, gradient) == Approx(expected).epsilon(1e-13));
  CHECK(objective.value(x) == Approx(expected).epsilon(1e-13));
  // Central differences, error O(h^2) + eps/h: about 1e-7 of the scale of f.
  for (Index i = 0; i < 4; ++i) {
    Vector up = x;
    Vector down = x;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    CHECK(gradient[i] == Approx((objective.value(up) - objective.value(down)) / 2e-5).epsilon(1e-6).margin(1e-5));
  }
  // The caller's memory is as it was.
  CHECK(objective.parameters() == Vector{0.4, -0.7, 0.3, 0.2});
  CHECK(held[0] == 5.0);

  // Without names: the free blocks as Ceres lists them.
  const ProblemObjective unnamed(problem);
  CHECK(unnamed.dimension() == 4);
  CHECK(unnamed.value(unnamed.parameters()) == Approx(objective.value(objective.parameters())).epsilon(1e-13));
  // A part of the blocks: the others stay as they are.
  const ProblemObjective part(problem, {saddle});
  CHECK(part.dimension() == 2);
  Vector part_gradient(2);
  part.value_and_gradient({0.1, 0.2}, part_gradient);
  CHECK(part_gradient[0] == Approx(gradient[0]));
  CHECK(part_gradient[1] == Approx(gradient[1]));

  // From any thread, the same bits.
  std::vector<double> values(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < values.size(); ++i) {
    threads.emplace_back([&objective, &values, i] {
      for (int j = 0; j < 50; ++j) {
        const Vector at{0.1 * static_cast<double>(i), 0.2, 0.05, 0.35};
        const double value = objective.value(at);
        if (j > 0 && value != values[i]) return static_cast<void>(values[i] = -1.0);
        values[i] = value;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i] == objective.value({0.1 * static_cast<double>(i), 0.2, 0.05, 0.35}));
  }
}

TEST_CASE("the Gauss-Newton product cannot see a saddle that differences of the gradient see") {
  double xy[2] = {0.0, 1.0};
  ceres::Problem problem;
  problem.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, xy);
  const ProblemObjective objective(problem);
  Vector product(2);
  objective.gauss_newton_product({0.0, 0.0}, {1.0, 1.0}, product);  // J = [[0, 0], [0, 1]]
  CHECK(product == Vector{0.0, 1.0});
  objective.hessian_vector_product({0.0, 0.0}, {1.0, 1.0}, product);  // H = diag(-2, 1)
  CHECK(product[0] == Approx(-2.0).epsilon(1e-8));
  CHECK(product[1] == Approx(1.0).epsilon(1e-8));
  objective.gauss_newton_product({1.0, 0.0}, {1.0, 1.0}, product);  // residuals vanish: H = J'J = diag(4, 1)
  CHECK(product == Vector{4.0, 1.0});
  objective.hessian_vector_product({1.0, 0.0}, {1.0, 1.0}, product);
  CHECK(product[0] == Approx(4.0).epsilon(1e-8));

  // Perigee on the same problem gets out, and the result goes back into the caller's memory.
  ProblemObjective again(problem);
  const MinimizeResult result = minimize(again, again.parameters());
  CHECK(result.escapes == 1);
  CHECK(result.judgement.point_class == PointClass::minimum);
  again.set_parameters(result.x);
  CHECK(std::abs(xy[0]) == Approx(1.0).epsilon(1e-6));
  CHECK_THROWS_AS(again.set_parameters({1.0}), std::invalid_argument);
}

TEST_CASE("a Problem that is not a function on R^n is refused in words") {
  double x[3] = {1.0, 0.0, 0.0};
  double y[2] = {0.0, 1.0};
  double stranger = 0.0;
  ceres::Problem sphere;
  sphere.AddParameterBlock(x, 3, new ceres::SphereManifold<3>);
  CHECK_THROWS_WITH(ProblemObjective(sphere),
                    "ProblemObjective: parameter block number 0 must not have a manifold: its gradient lives in the "
                    "tangent space");
  sphere.SetParameterBlockConstant(x);
  CHECK(ProblemObjective(sphere).dimension() == 0);
  CHECK(ProblemObjective(sphere).value(Vector()) == 0.0);

  ceres::Problem bounded;
  bounded.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, y);
  CHECK_NOTHROW(ProblemObjective(bounded));
  bounded.SetParameterUpperBound(y, 1, 2.0);
  CHECK_THROWS_WITH(ProblemObjective(bounded),
                    "ProblemObjective: parameter block number 0 must not have bounds: a minimum on a bound is no "
                    "stationary point");
  CHECK_NOTHROW(TrajectoryCallback(bounded));
  CHECK_THROWS_AS(TrajectoryCallback(bounded, {}, {&stranger}), std::invalid_argument);
  bounded.AddParameterBlock(x, 3);
  CHECK_THROWS_AS(TrajectoryCallback(bounded, {}, {x}), std::invalid_argument);  // one of two free blocks
  CHECK_THROWS_AS(TrajectoryCallback(bounded, {.at_most = 1}), std::invalid_argument);
  ceres::Problem plain;
  plain.AddResidualBlock(cost<SaddleResidual, 2, 2>({}), nullptr, y);
  CHECK_THROWS_AS(ProblemObjective(plain, {&stranger}), std::invalid_argument);
  CHECK_THROWS_AS(ProblemObjective(plain, {y, y}), std::invalid_argument);
  plain.SetParameterBlockConstant(y);
  CHECK_THROWS_AS(ProblemObjective(plain, {y}), std::invalid_argument);
}

TEST_CASE("a cost function that fails or throws leaves the caller's parameters alone") {
  struct Moody final : ceres::SizedCostFunction<1, 1> {
    bool Evaluate(double const* const* x, double* residual, double** jacobian) const override {
      if (x[0][0] > 2.0) throw std::runtime_error("too large");
      residual[0] = std::sqrt(x[0][0]);
      if (jacobian != nullptr && jacobian[0] != nullptr) jacobian[0][0] = 0.5 / residual[0];
      return x[0][0] > 0.0;
    }
  };
  double x = 1.0;
  ceres::Problem problem;
  problem.AddResidualBlock(new Moody, nullptr, &x);
  const ProblemObjective objective(problem);
  Vector out(1);
  CHECK(objective.value({2.0}) == Approx(1.0));
  CHECK(std::isnan(objective.value_and_gradient({-1.0}, out)));
  CHECK(std::isnan(out[0]));
  objective.gauss_newton_product({-1.0}, {1.0}, out);
  CHECK(std::isnan(out[0]));
  CHECK(x == 1.0);
  CHECK_THROWS_AS(objective.value({3.0}), std::runtime_error);
  CHECK(x == 1.0);
}
