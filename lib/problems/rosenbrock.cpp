#include <perigee/lib/problems/rosenbrock.hpp>

#include <stdexcept>
#include <string>

namespace perigee::problems {

Rosenbrock::Rosenbrock(Index dimension) : dimension_(dimension) {
  if (dimension < 2) throw std::invalid_argument("Rosenbrock: dimension must be >= 2, got " + std::to_string(dimension));
}

double Rosenbrock::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index i = 0; i + 1 < dimension_; ++i) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
  }
  return sum;
}

double Rosenbrock::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double sum = 0.0;
  double from_previous = 0.0;  // d/dx_i of term i - 1
  for (Index i = 0; i + 1 < dimension_; ++i) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
    gradient[i] = from_previous - 400.0 * x[i] * off_parabola - 2.0 * from_one;
    from_previous = 200.0 * off_parabola;
  }
  gradient[dimension_ - 1] = from_previous;
  return sum;
}

void Rosenbrock::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product.setZero();
  for (Index i = 0; i + 1 < dimension_; ++i) {
    product[i] += (1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0) * v[i] - 400.0 * x[i] * v[i + 1];
    product[i + 1] += 200.0 * v[i + 1] - 400.0 * x[i] * v[i];
  }
}

namespace {

Vector alternating_start(Index dimension) {
  Vector x(dimension);
  for (Index i = 0; i < dimension; ++i) x[i] = i % 2 == 0 ? -1.2 : 1.0;
  return x;
}

}  // namespace

Entry rosenbrock() {
  return {.name = "rosenbrock",
          .family = "classics",
          .summary = "Rosenbrock's curved valley in two dimensions",
          .parameters = {},
          .make = [](const Parameters&) {
            Problem problem;
            problem.name = "rosenbrock";
            problem.summary = "f = 100 (y - x^2)^2 + (1 - x)^2";
            problem.why_hard = "a narrow curved valley: the Hessian at the minimum has condition number 2508";
            problem.objective = std::make_shared<Rosenbrock>(2);
            problem.starts = {{"standard", alternating_start(2)}};
            problem.stationary_points = {{{1.0, 1.0}, 0.0, StationaryType::minimum, 0}};
            problem.all_stationary_points_known = true;
            problem.optimal_value = 0.0;
            problem.suggested_step = 1e-3;
            return problem;
          }};
}

}  // namespace perigee::problems
