#include <perigee/lib/problems/diagonal_saddles.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace perigee::problems {

double DiagonalSaddle::value(ConstVectorView x) const {
  const ConstVectorView diagonal(diagonal_);
  const double norm = x.norm();
  return 0.5 * (diagonal.array() * x.array().square()).sum() + 0.25 * quartic_ * std::pow(x[0], 4) +
         cubic_ * (norm * norm * norm / 6.0);
}

double DiagonalSaddle::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const ConstVectorView diagonal(diagonal_);
  gradient = (diagonal.array() + 0.5 * cubic_ * x.norm()) * x.array();
  gradient[0] += quartic_ * x[0] * x[0] * x[0];
  return DiagonalSaddle::value(x);
}

void DiagonalSaddle::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  const ConstVectorView diagonal(diagonal_);
  const double norm = x.norm();
  product = (diagonal.array() + 0.5 * cubic_ * norm) * v.array();
  if (norm > 0.0) product += (0.5 * cubic_ * x.dot(v) / norm) * x;
  product[0] += 3.0 * quartic_ * x[0] * x[0] * v[0];
}

namespace {

ParameterDescription dimension_parameter() {
  return {.name = "dimension",
          .kind = ParameterKind::integer,
          .default_value = "10",
          .least = 2,
          .greatest = 1e7,
          .summary = "n, the number of variables"};
}

Vector along_first_axis(Index dimension, double length) {
  Vector x(dimension);
  x[0] = length;
  return x;
}

// Ones everywhere but in the `unstable` first coordinates, where `there`.
Vector ones_but(Index dimension, Index unstable, double there) {
  Vector x(dimension);
  for (Index i = 0; i < dimension; ++i) x[i] = i < unstable ? there : 1.0;
  return x;
}

std::vector<StartPoint> starts_of(const Parameters& parameters, Index unstable) {
  const Index n = parameters.integer("dimension");
  return {{"standard", ones_but(n, unstable, 1e-3)},
          {"near-saddle", along_first_axis(n, parameters.real("offset"))},
          {"stable-manifold", ones_but(n, unstable, 0.0)},
          {"saddle", Vector(n)}};
}

Problem make_quadratic(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const Index index = parameters.integer("index");
  if (index >= n) {
    throw std::invalid_argument("quadratic-saddle: index must be in [1, dimension) = [1, " + std::to_string(n) +
                                "), got " + std::to_string(index));
  }
  const double negative = parameters.real("negative_curvature");
  const double condition = parameters.real("condition");
  std::vector<double> diagonal;
  for (Index i = 0; i < n; ++i) {
    if (i < index) {
      diagonal.push_back(-negative);
    } else {  // from 1 down to 1/condition, evenly on a logarithmic scale
      const double place = n - index > 1 ? static_cast<double>(i - index) / static_cast<double>(n - index - 1) : 0.0;
      diagonal.push_back(std::pow(condition, -place));
    }
  }
  Problem problem;
  problem.name = "quadratic-saddle";
  problem.summary = "f = x'D x/2 with D = diag(-gamma, ..., -gamma, 1, ..., 1/kappa)";
  problem.why_hard = "gradient descent on a pure saddle: it leaves at the rate 1 + eta gamma, and never without noise";
  problem.objective = std::make_shared<DiagonalSaddle>(std::move(diagonal));
  problem.starts = starts_of(parameters, index);
  problem.stationary_points = {{Vector(n), 0.0, StationaryType::strict_saddle, index}};
  problem.all_stationary_points_known = true;
  problem.gradient_lipschitz = std::max(1.0, negative);
  problem.hessian_lipschitz = 0.0;
  problem.suggested_step = 0.5 / std::max(1.0, negative);
  problem.random_start = uniform_box_start(n, -1.0, 1.0);
  return problem;
}

Problem make_ill_conditioned(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const double negative = parameters.real("negative_curvature");
  std::vector<double> diagonal(static_cast<std::size_t>(n), 1.0);
  diagonal[0] = -negative;
  const double root = 2.0 * std::sqrt(negative);
  Problem problem;
  problem.name = "ill-conditioned-saddle";
  problem.summary = "f = x'D x/2 + x_1^4/16 with D = diag(-e, 1, ..., 1)";
  problem.why_hard = "the only way out has the curvature -e: about ln(1/offset)/(eta e) steps of gradient descent";
  problem.objective = std::make_shared<DiagonalSaddle>(std::move(diagonal), 0.25);
  problem.starts = starts_of(parameters, 1);
  problem.stationary_points = {{Vector(n), 0.0, StationaryType::strict_saddle, 1},
                               {along_first_axis(n, root), -negative * negative, StationaryType::minimum, 0},
                               {along_first_axis(n, -root), -negative * negative, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = -negative * negative;
  problem.gradient_lipschitz = 3.0;  // 3 x_1^2/4 at |x_1| = 2
  problem.hessian_lipschitz = 3.0;   // 3 |x_1|/2 there
  problem.suggested_step = 0.3;
  problem.random_start = uniform_box_start(n, -2.0, 2.0);
  return problem;
}

Problem make_cubic_regularized(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const RandomSource source(static_cast<std::uint64_t>(parameters.integer("seed")));
  RandomEngine engine = source.engine("cubic-regularized-saddle");
  std::vector<double> diagonal{-1.0};
  for (Index i = 1; i < n; ++i) diagonal.push_back(1.0 + uniform_unit(engine));
  Problem problem;
  problem.name = "cubic-regularized-saddle";
  problem.summary = "f = x'D x/2 + ||x||^3/6 with D = diag(-1, U[1, 2], ..., U[1, 2])";
  problem.why_hard =
      "one descending direction among n - 1 ascending ones: a random step of size r has only r/sqrt(n) of it";
  problem.objective = std::make_shared<DiagonalSaddle>(std::move(diagonal), 0.0, 1.0);
  problem.starts = starts_of(parameters, 1);
  problem.stationary_points = {{Vector(n), 0.0, StationaryType::strict_saddle, 1},
                               {along_first_axis(n, 2.0), -2.0 / 3.0, StationaryType::minimum, 0},
                               {along_first_axis(n, -2.0), -2.0 / 3.0, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = -2.0 / 3.0;
  const double radius = 3.0;
  problem.gradient_lipschitz = 2.0 + radius;  // ||D|| + ||x|| on the ball of that radius
  problem.hessian_lipschitz = 1.0;
  // The standard start lies at a distance of sqrt(n - 1).
  problem.suggested_step = 1.0 / (2.0 + std::max(radius, std::sqrt(static_cast<double>(n))));
  const double half = radius / std::sqrt(static_cast<double>(n));
  problem.random_start = uniform_box_start(n, -half, half);
  return problem;
}

}  // namespace

Entry quadratic_saddle() {
  return {.name = "quadratic-saddle",
          .family = "saddles",
          .summary = "a quadratic with chosen index, negative curvature and condition number",
          .parameters = {dimension_parameter(),
                         {.name = "index",
                          .kind = ParameterKind::integer,
                          .default_value = "1",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "number of negative eigenvalues, below dimension"},
                         {.name = "negative_curvature",
                          .default_value = "1",
                          .least = 1e-8,
                          .greatest = 1e6,
                          .summary = "gamma: the negative eigenvalues are -gamma"},
                         {.name = "condition",
                          .default_value = "10",
                          .least = 1.0,
                          .greatest = 1e12,
                          .summary = "kappa: the positive eigenvalues go from 1 to 1/kappa"},
                         offset_parameter()},
          .make = make_quadratic};
}

Entry ill_conditioned_saddle() {
  return {.name = "ill-conditioned-saddle",
          .family = "saddles",
          .summary = "a strict saddle whose negative curvature is as small as you like",
          .parameters = {dimension_parameter(),
                         {.name = "negative_curvature",
                          .default_value = "0.01",
                          .least = 1e-8,
                          .greatest = 1.0,
                          .summary = "e: the condition number at the saddle is 1/e"},
                         offset_parameter()},
          .make = make_ill_conditioned};
}

Entry cubic_regularized_saddle() {
  return {.name = "cubic-regularized-saddle",
          .family = "saddles",
          .summary = "one unstable direction among many: for dependence on the dimension",
          .parameters = {dimension_parameter(),
                         {.name = "seed",
                          .kind = ParameterKind::integer,
                          .default_value = "0",
                          .least = 0,
                          .greatest = 1e9,
                          .summary = "of the positive eigenvalues"},
                         offset_parameter()},
          .make = make_cubic_regularized};
}

}  // namespace perigee::problems
