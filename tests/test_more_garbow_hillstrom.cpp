// The More-Garbow-Hillstrom collection: values and derivatives against a second writing of the residuals, known values
// at starts and minima, stationary points by gradient and index, and what the parameters refuse.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"
#include "support/more_garbow_hillstrom_twins.hpp"

#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace perigee;

namespace {

struct Named {
  std::string name;
  Parameters::Assignments parameters;
  std::string text() const { return parameters.empty() ? name : name + " n = " + parameters.front().second; }
  Problem make() const { return problems::make(name, parameters); }
};

// Every problem at its default dimension, and those of any dimension at others for which something is known.
std::vector<Named> instances() {
  std::vector<Named> all;
  for (const problems::Entry& entry : problems::more_garbow_hillstrom()) all.push_back({entry.name, {}});
  for (const auto& [name, dimensions] :
       std::vector<std::pair<std::string, std::vector<int>>>{{"watson", {2, 9, 12}},
                                                             {"penalty-one", {2, 4}},
                                                             {"penalty-two", {2, 4}},
                                                             {"variably-dimensioned", {1, 4}},
                                                             {"trigonometric", {5}},
                                                             {"extended-rosenbrock", {2}},
                                                             {"extended-powell-singular", {4}},
                                                             {"chebyquad", {1, 7, 9, 10}},
                                                             {"brown-almost-linear", {3}},
                                                             {"discrete-boundary-value", {4}},
                                                             {"discrete-integral-equation", {4}},
                                                             {"broyden-tridiagonal", {2}},
                                                             {"broyden-banded", {20}},
                                                             {"linear-full-rank", {3}},
                                                             {"linear-rank-one", {3}},
                                                             {"linear-rank-one-with-zeros", {5}}}) {
    for (const int dimension : dimensions) all.push_back({name, {{"dimension", std::to_string(dimension)}}});
  }
  return all;
}

twins::Reals reals(const Vector& x) { return {x.begin(), x.end()}; }

Eigen::MatrixXd dense_hessian(const Objective& f, const Vector& x) {
  const Index n = x.size();
  Eigen::MatrixXd hessian(n, n);
  Vector unit(n), column(n);
  for (Index j = 0; j < n; ++j) {
    unit.view().setZero();
    unit[j] = 1.0;
    f.hessian_vector_product(x, unit, column);
    hessian.col(j) = column.view();
  }
  return hessian;
}

// The eigenvalues of D H D with D = diag(|H_ii|)^{-1/2}: by Sylvester's law of inertia they have the signs of those of
// H, and on badly scaled problems they are large enough to have one.
Eigen::VectorXd scaled_eigenvalues(const Eigen::MatrixXd& hessian) {
  const Eigen::VectorXd scale = hessian.diagonal().unaryExpr(
      [](double element) { return element == 0.0 ? 1.0 : 1.0 / std::sqrt(std::abs(element)); });
  const Eigen::MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  return test::symmetric_eigenvalues(scaled);
}

double value_at(const std::string& name, const std::string& start, const Parameters::Assignments& parameters = {}) {
  const Problem problem = problems::make(name, parameters);
  return problem.objective->value(start_of(problem, start));
}

}  // namespace

TEST_CASE("value, gradient and Hessian are those of the second writing, near the starts and at them") {
  for (const Named& instance : instances()) {
    const Problem problem = instance.make();
    const twins::Twin twin(instance.name);
    RandomEngine engine = RandomSource(31).engine(instance.text());
    std::vector<Vector> points;
    for (int trial = 0; trial < 5; ++trial) points.push_back(problem.random_start(engine));
    for (const StartPoint& start : problem.starts) points.push_back(start.x);
    for (const Vector& x : points) {
      INFO(instance.text() << " at " << x.view().transpose());
      Vector gradient(x.size());
      const double value = problem.objective->value_and_gradient(x, gradient);
      const double twin_value = static_cast<double>(twin.value(reals(x)));
      const Eigen::VectorXd twin_gradient = twin.gradient(reals(x)).cast<double>();
      const Eigen::MatrixXd twin_hessian = twin.hessian(reals(x)).cast<double>();
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, x);
      if (!std::isfinite(twin_value)) {  // Jennrich and Sampson, x100: exp(400)^2 is beyond double
        CHECK(value == twin_value);
        continue;
      }
      CHECK(value == problem.objective->value(x));
      CHECK(std::abs(value - twin_value) <= 1e-12 * (1.0 + std::abs(twin_value)));
      // Rounding of the twin's differences: 1e-15 |r|^2 in the gradient, 1e-12 |r|^2 in the Hessian.
      CHECK((gradient.view() - twin_gradient).norm() <= 1e-10 * (1.0 + twin_gradient.norm()) + 2e-15 * value);
      CHECK((hessian - twin_hessian).norm() <= 1e-7 * (1.0 + twin_hessian.norm()) + 1e-12 * value);
      CHECK((hessian - hessian.transpose()).norm() <= 1e-13 * (1.0 + hessian.norm()));
    }
  }
}

TEST_CASE("the derivative checker passes every problem at random points") {
  for (const Named& instance : instances()) {
    const Problem problem = instance.make();
    for (std::uint64_t trial = 0; trial < 2; ++trial) {
      RandomEngine engine = RandomSource(32).engine(instance.text(), trial);
      const DerivativeReport report =
          check_derivatives(*problem.objective, problem.random_start(engine), RandomSource(trial));
      INFO(instance.text() << ": " << report.text());
      CHECK(report.outcome() == CheckOutcome::passed);
    }
  }
}

TEST_CASE("values at the standard starts") {
  // Published with the collection's implementations, or summed by hand where few residuals differ from 0.
  CHECK(value_at("helical-valley", "standard") == Approx(2500.0));
  CHECK(value_at("biggs-exp6", "standard") == Approx(0.7790700757).epsilon(1e-9));
  CHECK(value_at("powell-badly-scaled", "standard") == Approx(1.135261717).epsilon(1e-9));
  CHECK(value_at("beale", "standard") == Approx(14.203125));  // y'y
  CHECK(value_at("wood", "standard") == Approx(19192.0));
  CHECK(value_at("brown-dennis", "standard") == Approx(7926693.337).epsilon(1e-9));
  CHECK(value_at("watson", "standard") == Approx(30.0));
  CHECK(value_at("penalty-one", "standard", {{"dimension", "4"}}) == Approx(885.06264));
  CHECK(value_at("extended-rosenbrock", "standard") == Approx(5.0 * 24.2));
  CHECK(value_at("extended-powell-singular", "standard") == Approx(3.0 * 215.0));
  CHECK(value_at("freudenstein-roth", "standard") == Approx(400.5));
  CHECK(value_at("jennrich-sampson", "standard") == Approx(4171.306162).epsilon(1e-9));
  CHECK(value_at("bard", "standard") == Approx(41.68169586).epsilon(1e-9));
  CHECK(value_at("meyer", "standard") == Approx(1693607809.0).epsilon(1e-9));
  CHECK(value_at("kowalik-osborne", "standard") == Approx(0.005313172272).epsilon(1e-9));
  CHECK(value_at("osborne-one", "standard") == Approx(0.8790262935).epsilon(1e-9));
  CHECK(value_at("osborne-two", "standard") == Approx(2.093419514).epsilon(1e-9));
}

TEST_CASE("the far starts are multiples of the standard one, or of all ones where that is zero") {
  for (const Named& instance : instances()) {
    const Problem problem = instance.make();
    const Vector& x0 = start_of(problem, "standard");
    for (const auto& [name, factor] : {std::pair{"standard-x10", 10.0}, std::pair{"standard-x100", 100.0}}) {
      const Vector& far = start_of(problem, name);
      for (Index i = 0; i < x0.size(); ++i) {
        CHECK(far[i] == Approx(factor * (x0.view().isZero(0.0) ? 1.0 : x0[i])).epsilon(1e-15));
      }
    }
  }
  // Ten times Gulf's start is its minimizer.
  CHECK(value_at("gulf", "standard-x10") <= 1e-30);
}

TEST_CASE("known minima") {
  // The figures of the collection (More, Garbow and Hillstrom 1981), to the digits it prints.
  const auto least = [](const std::string& name, const Parameters::Assignments& parameters = {}) {
    const Problem problem = problems::make(name, parameters);
    REQUIRE(problem.optimal_value);
    return *problem.optimal_value;
  };
  CHECK(least("gaussian") == Approx(1.12793e-8).epsilon(1e-5));
  CHECK(least("brown-dennis") == Approx(85822.2).epsilon(1e-6));
  CHECK(least("watson") == Approx(2.28767e-3).epsilon(1e-5));
  CHECK(least("watson", {{"dimension", "9"}}) == Approx(1.39976e-6).epsilon(1e-5));
  CHECK(least("watson", {{"dimension", "12"}}) == Approx(4.72238e-10).epsilon(1e-5));
  CHECK(least("penalty-one", {{"dimension", "4"}}) == Approx(2.24997e-5).epsilon(1e-5));
  CHECK(least("penalty-one", {{"dimension", "10"}}) == Approx(7.08765e-5).epsilon(1e-5));
  CHECK(least("penalty-two", {{"dimension", "4"}}) == Approx(9.37629e-6).epsilon(1e-5));
  CHECK(least("penalty-two", {{"dimension", "10"}}) == Approx(2.93660e-4).epsilon(1e-5));
  CHECK(least("chebyquad") == Approx(3.51687e-3).epsilon(1e-5));
  CHECK(least("jennrich-sampson") == Approx(124.362).epsilon(1e-5));
  CHECK(least("bard") == Approx(8.21487e-3).epsilon(1e-5));
  CHECK(least("meyer") == Approx(87.9458).epsilon(1e-5));
  CHECK(least("kowalik-osborne") == Approx(3.07505e-4).epsilon(1e-5));
  CHECK(least("osborne-one") == Approx(5.46489e-5).epsilon(1e-5));
  CHECK(least("osborne-two") == Approx(4.01377e-2).epsilon(1e-5));
  // Of the linear problems with m = 2 n = 20: m - n, m (m - 1)/(2 (2m + 1)), (m^2 + 3m - 6)/(2 (2m - 3)).
  CHECK(least("linear-full-rank") == Approx(10.0));
  CHECK(least("linear-rank-one") == Approx(380.0 / 82.0));
  CHECK(least("linear-rank-one-with-zeros") == Approx(454.0 / 74.0));
  CHECK(problems::make("freudenstein-roth").stationary_points.at(1).value == Approx(48.9842).epsilon(1e-5));
  // Unknown where no figure is known.
  CHECK_FALSE(problems::make("watson", {{"dimension", "7"}}).optimal_value);
  CHECK_FALSE(problems::make("chebyquad", {{"dimension", "10"}}).optimal_value);
  CHECK(problems::make("chebyquad", {{"dimension", "10"}}).stationary_points.front().value ==
        Approx(6.50395e-3).epsilon(1e-5));
  CHECK(problems::make("trigonometric").stationary_points.back().value == Approx(2.79506e-5).epsilon(1e-5));
}

TEST_CASE("listed stationary points of the collection are stationary, of their value, type and index") {
  for (const Named& instance : instances()) {
    const Problem problem = instance.make();
    for (const StationaryPoint& point : problem.stationary_points) {
      INFO(instance.text() << " at " << point.x.view().transpose());
      Vector gradient(point.x.size());
      const double value = problem.objective->value_and_gradient(point.x, gradient);
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, point.x);
      // A point rounded to 17 digits has a gradient of eps |H| |x|, element by element.
      const Eigen::VectorXd rounding =
          hessian.cwiseAbs() * point.x.view().cwiseAbs() + Eigen::VectorXd::Ones(point.x.size());
      CHECK((gradient.view().array().abs() <= 1e-14 * rounding.array()).all());
      CHECK(value == Approx(point.value).epsilon(1e-11).margin(1e-18));
      CHECK(twins::Twin(instance.name).gradient(reals(point.x)).cast<double>().norm() <= 1e-8 * rounding.norm());
      const Eigen::VectorXd eigenvalues = scaled_eigenvalues(hessian);
      const double zero = 1e-12;
      CHECK((eigenvalues.array() < -zero).count() == point.index);
      if (point.type == StationaryType::minimum) CHECK(eigenvalues[0] > zero);
      if (point.type == StationaryType::strict_saddle) CHECK(eigenvalues[0] < -zero);
      if (point.type == StationaryType::maximum) CHECK(eigenvalues[eigenvalues.size() - 1] < -zero);
      if (point.type == StationaryType::degenerate) CHECK(std::abs(eigenvalues[0]) <= zero);
      if (problem.optimal_value) CHECK(point.value >= *problem.optimal_value);
    }
  }
}

TEST_CASE("where the list claims to be complete, Newton's method finds nothing else") {
  for (const Named& instance : instances()) {
    const Problem problem = instance.make();
    if (!problem.all_stationary_points_known) continue;
    RandomEngine engine = RandomSource(33).engine(instance.text());
    int found = 0;
    for (int trial = 0; trial < 200; ++trial) {
      Vector x(problem.objective->dimension());
      fill_standard_normal(engine, x);
      Vector gradient(x.size());
      for (int iteration = 0; iteration < 100; ++iteration) {
        problem.objective->value_and_gradient(x, gradient);
        const Eigen::VectorXd step = test::solve_dense(dense_hessian(*problem.objective, x), gradient.view());
        x.view() -= step;
        if (!(step.norm() > 1e-13 * (1.0 + x.view().norm()))) break;
      }
      problem.objective->value_and_gradient(x, gradient);
      if (!x.view().allFinite() || gradient.view().norm() > 1e-12) continue;
      ++found;
      // Newton's method converges linearly to a singular minimum: distances as gradients^(1/3).
      const bool listed = std::ranges::any_of(problem.stationary_points, [&](const StationaryPoint& point) {
        return (point.x.view() - x.view()).norm() <= (point.type == StationaryType::degenerate ? 1e-3 : 1e-5);
      });
      INFO(instance.text() << " at " << x.view().transpose());
      CHECK(listed);
    }
    INFO(instance.text());
    CHECK(found > 0);
  }
}

TEST_CASE("all problems of the collection are registered, and wrong dimensions are refused") {
  CHECK(problems::unconstrained_more_garbow_hillstrom().size() == 18);
  CHECK(problems::more_garbow_hillstrom().size() == 34);  // and Rosenbrock's function is among the classics
  for (const std::string& name : problems::unconstrained_more_garbow_hillstrom()) {
    CHECK(problems::entry_named(name).family == "more-garbow-hillstrom");
  }
  CHECK_THROWS_WITH(problems::make("extended-rosenbrock", {{"dimension", "3"}}),
                    "extended-rosenbrock: dimension must be a multiple of 2, got 3");
  CHECK_THROWS_WITH(problems::make("extended-powell-singular", {{"dimension", "6"}}),
                    "extended-powell-singular: dimension must be a multiple of 4, got 6");
  CHECK_THROWS_AS(problems::make("watson", {{"dimension", "32"}}), std::invalid_argument);
}
