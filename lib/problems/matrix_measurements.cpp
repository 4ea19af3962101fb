#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/matrix_measurements.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct MatrixSensing {
  Index rows, columns, measurements;  // d, r, m
  Vector matrices;                    // m symmetric d x d matrices
  Vector targets;                     // b, length m
  Index dimension() const { return rows * columns; }
  Index term_count() const { return measurements; }

  // <A_i, U U'> = sum_jk A_jk U_j'U_k; grad = 2 (residual) A_i U.
  template <class T>
  T project(Index term, const T* x) const {
    const double* a = matrices.data() + term * rows * rows;
    T sum(0.0);
    for (Index j = 0; j < rows; ++j) {
      for (Index k = 0; k < j; ++k) sum += 2.0 * a[j * rows + k] * inner(columns, x + j * columns, x + k * columns);
      sum += a[j * rows + j] * inner(columns, x + j * columns, x + j * columns);
    }
    return sum;
  }
  template <class T>
  T add_term(Index term, const T* x, T* gradient) const {
    const double* a = matrices.data() + term * rows * rows;
    const T residual = project(term, x) - targets[term];
    for (Index j = 0; j < rows; ++j) {
      for (Index k = 0; k < rows; ++k) {
        add_scaled(columns, (2.0 * a[j * rows + k]) * residual, x + k * columns, gradient + j * columns);
      }
    }
    return 0.5 * residual * residual;
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

struct SeenElement {
  Index row, column;
  double value;
};

struct MatrixCompletion {
  Index rows, columns;
  std::vector<SeenElement> seen;
  double penalty, row_bound;  // lambda, alpha
  Index dimension() const { return rows * columns; }
  Index term_count() const { return static_cast<Index>(seen.size()); }

  template <class T>
  T add_term(Index term, const T* x, T* gradient) const {
    const auto [i, j, value] = seen[static_cast<std::size_t>(term)];
    const T* u = x + i * columns;
    const T* v = x + j * columns;
    const T residual = inner(columns, u, v) - value;
    add_scaled(columns, residual, v, gradient + i * columns);
    add_scaled(columns, residual, u, gradient + j * columns);
    return 0.5 * residual * residual;
  }
  template <class T>
  T add_common(const T* x, T* gradient) const {
    using std::sqrt;
    T sum(0.0);
    for (Index i = 0; i < rows; ++i) {
      const T* u = x + i * columns;
      const T square = inner(columns, u, u);
      if (square <= row_bound * row_bound) continue;
      const T length = sqrt(square);
      const T excess = length - row_bound;
      sum += penalty * excess * excess * excess * excess;
      add_scaled(columns, 4.0 * penalty * excess * excess * excess / length, u, gradient + i * columns);
    }
    return sum;
  }
};

// U* has orthogonal columns of squared lengths falling from 1 to 1/2.
Vector true_factor(const RandomSource& random, Index rows, Index columns) {
  const Vector axes = orthonormal_rows(random, "truth", columns, rows);
  const Vector spectrum = falling_numbers(1.0, 0.5, columns);
  Vector factor(rows * columns);
  for (Index i = 0; i < rows; ++i) {
    for (Index a = 0; a < columns; ++a) factor[i * columns + a] = std::sqrt(spectrum[a]) * axes[a * rows + i];
  }
  return factor;
}

void check_rank(const std::string& who, Index rank, Index dimension) {
  if (rank <= dimension) return;
  throw std::invalid_argument(who + ": rank must be <= dimension = " + std::to_string(dimension) + ", got " +
                              std::to_string(rank));
}

void complete(Problem& problem, const Parameters& parameters, const Vector& truth) {
  const Index n = truth.size();
  const double scale = parameters.real("start_scale");
  problem.starts = {{"standard", normal_values(random_source_of(parameters), "start", n, scale)},
                    {"origin", Vector(n)},
                    {"truth", truth}};
  list_classified(problem, {Vector(n), truth});
  problem.optimal_value = 0.0;
  problem.suggested_step = step_by_curvature(*problem.objective, {problem.starts.front().x, truth, Vector(n)});
  problem.random_start = normal_start(n, 1.0 / std::sqrt(static_cast<double>(n)));
}

Problem make_sensing(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index r = parameters.integer("rank");
  const Index m = parameters.integer("measurements");
  check_rank("matrix-sensing", r, d);
  check_data_size("matrix-sensing", "measurements x dimension^2", static_cast<double>(m) * static_cast<double>(d * d));
  const RandomSource random = random_source_of(parameters);
  const Vector truth = true_factor(random, d, r);
  MatrixSensing formula{d, r, m, normal_values(random, "measurements", m * d * d), Vector(m)};
  for (Index term = 0; term < m; ++term) {
    double* a = formula.matrices.data() + term * d * d;
    for (Index j = 0; j < d; ++j) {
      for (Index k = 0; k < j; ++k) a[j * d + k] = a[k * d + j] = 0.5 * (a[j * d + k] + a[k * d + j]);
    }
  }
  for (Index term = 0; term < m; ++term) formula.targets[term] = formula.project(term, truth.data());
  Problem problem;
  problem.name = "matrix-sensing";
  problem.summary = "a positive semidefinite matrix of low rank from random projections";
  problem.why_hard = "factors of too low a rank are saddles; with too few measurements there are false minima";
  problem.objective = std::make_shared<DifferentiatedSum<MatrixSensing>>(std::move(formula));
  complete(problem, parameters, truth);
  return problem;
}

Problem make_completion(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index r = parameters.integer("rank");
  check_rank("matrix-completion", r, d);
  const RandomSource random = random_source_of(parameters);
  const Vector truth = true_factor(random, d, r);
  MatrixCompletion formula{d, r, {}, parameters.real("penalty"), 0.0};
  RandomEngine engine = random.engine("seen");
  for (Index i = 0; i < d; ++i) {
    const double* u = truth.data() + i * r;
    formula.row_bound = std::max(formula.row_bound, 2.0 * std::sqrt(inner(r, u, u)));
    for (Index j = 0; j <= i; ++j) {
      if (uniform_unit(engine) >= parameters.real("probability")) continue;
      formula.seen.push_back({i, j, inner(r, u, truth.data() + j * r)});
    }
  }
  if (formula.seen.empty()) {
    throw std::invalid_argument("matrix-completion: at least one element must be seen, got none with probability " +
                                parameters.text("probability"));
  }
  Problem problem;
  problem.name = "matrix-completion";
  problem.summary = "a positive semidefinite matrix of low rank from some of its elements";
  problem.why_hard = "factors of too low a rank are saddles; rows that are seldom seen are hardly determined";
  problem.objective = std::make_shared<DifferentiatedSum<MatrixCompletion>>(std::move(formula));
  complete(problem, parameters, truth);
  return problem;
}

}  // namespace

Entry matrix_sensing() {
  return {.name = "matrix-sensing",
          .family = "structured",
          .summary = "a low-rank matrix from random projections; a finite sum",
          .parameters = {integer_parameter("dimension", "8", 1, 1000, "d"),
                         integer_parameter("rank", "2", 1, 100, "r, at most d"),
                         integer_parameter("measurements", "160", 1, 1e6, "m; about 10 d r keep false minima away"),
                         real_parameter("start_scale", "0.1", 1e-12, 10, "deviation of the standard start's elements"),
                         seed_parameter()},
          .make = make_sensing};
}

Entry matrix_completion() {
  return {.name = "matrix-completion",
          .family = "structured",
          .summary = "a low-rank matrix from some of its elements; a finite sum",
          .parameters = {integer_parameter("dimension", "20", 1, 2000, "d"),
                         integer_parameter("rank", "2", 1, 100, "r, at most d"),
                         real_parameter("probability", "0.6", 1e-6, 1, "p, with which an element i <= j is seen"),
                         real_parameter("penalty", "1", 0, 1e6, "lambda, against long rows"),
                         real_parameter("start_scale", "0.1", 1e-12, 10, "deviation of the standard start's elements"),
                         seed_parameter()},
          .make = make_completion};
}

}  // namespace perigee::problems
