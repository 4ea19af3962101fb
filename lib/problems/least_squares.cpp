#include <perigee/lib/problems/least_squares.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

namespace perigee::problems {

namespace {

// Removes from `vector` its components along `columns`, twice, so that what is left is orthogonal to rounding.
void orthogonalize(VectorView vector, const std::vector<Vector>& columns) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Vector& column : columns) vector -= column.view().dot(vector) * column.view();
  }
}

Vector unit_normal(RandomEngine& engine, Index size, const std::vector<Vector>& orthogonal_to) {
  Vector vector(size);
  fill_standard_normal(engine, vector);
  orthogonalize(vector, orthogonal_to);
  vector.view() /= vector.view().norm();
  return vector;
}

}  // namespace

LeastSquares::LeastSquares(const LeastSquaresOptions& options) : options_(options) {
  const auto [n, samples, condition, noise, seed] = options;
  if (samples <= n) {
    throw std::invalid_argument("LeastSquares: samples must be > dimension = " + std::to_string(n) + ", got " +
                                std::to_string(samples));
  }
  RandomEngine engine = RandomSource(seed).engine("least-squares");
  const double size = static_cast<double>(samples);
  std::vector<Vector> columns;  // of U
  for (Index j = 0; j < n; ++j) columns.push_back(unit_normal(engine, samples, columns));
  const Vector reflection = unit_normal(engine, n, {});  // V = I - 2 u u'
  rows_.resize(static_cast<std::size_t>(samples * n));
  for (Index i = 0; i < samples; ++i) {
    VectorView row_of_a(rows_.data() + i * n, n);
    for (Index j = 0; j < n; ++j) {
      const double place = n > 1 ? static_cast<double>(j) / static_cast<double>(n - 1) : 0.0;
      row_of_a[j] = std::sqrt(size) * columns[static_cast<std::size_t>(j)][i] * std::pow(condition, -0.5 * place);
    }
    row_of_a -= 2.0 * reflection.view().dot(row_of_a) * reflection.view();
  }
  solution_ = Vector(n);
  fill_standard_normal(engine, solution_);
  const Vector residual = unit_normal(engine, samples, columns);
  targets_ = Vector(samples);
  for (Index i = 0; i < samples; ++i) {
    targets_[i] = row(i).dot(solution_.view()) + noise * std::sqrt(size) * residual[i];
  }
}

ConstVectorView LeastSquares::row(Index sample) const {
  return {rows_.data() + sample * options_.dimension, options_.dimension};
}

double LeastSquares::add_term(Index term, ConstVectorView x, VectorView gradient) const {
  const double residual = row(term).dot(x) - targets_[term];
  gradient += residual * row(term);
  return 0.5 * residual * residual;
}

double LeastSquares::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index i = 0; i < options_.samples; ++i) {
    const double residual = row(i).dot(x) - targets_[i];
    sum += 0.5 * residual * residual;
  }
  return sum / static_cast<double>(options_.samples);
}

double LeastSquares::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const double size = static_cast<double>(options_.samples);
  gradient.setZero();
  double sum = 0.0;
  for (Index i = 0; i < options_.samples; ++i) sum += add_term(i, x, gradient);
  gradient /= size;
  return sum / size;
}

void LeastSquares::hessian_vector_product(ConstVectorView, ConstVectorView v, VectorView product) const {
  product.setZero();
  for (Index i = 0; i < options_.samples; ++i) product += row(i).dot(v) * row(i);
  product /= static_cast<double>(options_.samples);
}

namespace {

Problem make_least_squares(const Parameters& parameters) {
  const double noise = parameters.real("noise");
  const Index n = parameters.integer("dimension");
  const auto objective = std::make_shared<LeastSquares>(
      LeastSquaresOptions{.dimension = n,
                          .samples = parameters.integer("samples"),
                          .condition = parameters.real("condition"),
                          .noise = noise,
                          .seed = static_cast<std::uint64_t>(parameters.integer("seed"))});
  Problem problem;
  problem.name = "least-squares";
  problem.summary = "f = (1/2 N) ||A x - y||^2 with A'A/N of a given condition number";
  problem.why_hard = "convex, but gradient descent needs a number of steps proportional to the condition number";
  problem.objective = objective;
  problem.starts = {{"standard", Vector(n)}};
  problem.stationary_points = {{objective->solution(), 0.5 * noise * noise, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = 0.5 * noise * noise;
  problem.gradient_lipschitz = 1.0 + 1e-12;  // the largest eigenvalue is 1 up to rounding
  problem.hessian_lipschitz = 0.0;
  problem.suggested_step = 1.0;
  problem.random_start = normal_start(n);
  return problem;
}

}  // namespace

Entry least_squares() {
  return {.name = "least-squares",
          .family = "constructions",
          .summary = "linear regression with a chosen condition number and a known solution; a finite sum",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "10",
                          .least = 1,
                          .greatest = 1000,
                          .summary = "n, the number of variables"},
                         {.name = "samples",
                          .kind = ParameterKind::integer,
                          .default_value = "100",
                          .least = 2,
                          .greatest = 1e5,
                          .summary = "N, the number of terms, above dimension"},
                         {.name = "condition",
                          .default_value = "100",
                          .least = 1.0,
                          .greatest = 1e12,
                          .summary = "kappa, the condition number of the Hessian"},
                         {.name = "noise",
                          .default_value = "0.1",
                          .least = 0.0,
                          .greatest = 1e6,
                          .summary = "sigma, the root mean square of the residuals at the solution"},
                         {.name = "seed",
                          .kind = ParameterKind::integer,
                          .default_value = "0",
                          .least = 0,
                          .greatest = 1e9,
                          .summary = "of the matrix, the solution and the residuals"}},
          .make = make_least_squares};
}

}  // namespace perigee::problems
