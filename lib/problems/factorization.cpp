#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/factorization.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee::problems {

namespace {

struct SymmetricFactorization {
  Index rows, columns;  // d, r
  Vector spectrum;      // s, length r
  Index dimension() const { return rows * columns; }

  template <class T>
  T add_gradient(const T* x, T* gradient) const {
    T value(0.0);
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < rows; ++j) {
        T residual = inner(columns, x + i * columns, x + j * columns);
        if (i == j && i < columns) residual -= spectrum[i];
        value += 0.5 * residual * residual;
        add_scaled(columns, 2.0 * residual, x + j * columns, gradient + i * columns);
      }
    }
    return value;
  }
};

struct RectangularFactorization {
  Index rows, other_rows, columns;  // d_1, d_2, r
  Vector spectrum;
  double balance;  // b
  Index dimension() const { return (rows + other_rows) * columns; }

  template <class T>
  T add_gradient(const T* x, T* gradient) const {
    const T* u = x;
    const T* v = x + rows * columns;
    T* gradient_u = gradient;
    T* gradient_v = gradient + rows * columns;
    T value(0.0);
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < other_rows; ++j) {
        T residual = inner(columns, u + i * columns, v + j * columns);
        if (i == j && i < columns) residual -= spectrum[i];
        value += 0.5 * residual * residual;
        add_scaled(columns, residual, v + j * columns, gradient_u + i * columns);
        add_scaled(columns, residual, u + i * columns, gradient_v + j * columns);
      }
    }
    for (Index a = 0; a < columns; ++a) {
      for (Index b = 0; b < columns; ++b) {
        T excess(0.0);  // (U'U - V'V)_ab
        for (Index i = 0; i < rows; ++i) excess += u[i * columns + a] * u[i * columns + b];
        for (Index i = 0; i < other_rows; ++i) excess -= v[i * columns + a] * v[i * columns + b];
        value += 0.25 * balance * excess * excess;
        const T weight = balance * excess;
        for (Index i = 0; i < rows; ++i) gradient_u[i * columns + a] += weight * u[i * columns + b];
        for (Index i = 0; i < other_rows; ++i) gradient_v[i * columns + a] -= weight * v[i * columns + b];
      }
    }
    return value;
  }
};

Vector spectrum_of(const std::string& who, const Parameters& parameters) {
  const double largest = parameters.real("largest");
  const double smallest = parameters.real("smallest");
  const Index rank = parameters.integer("rank");
  if (!(smallest < largest)) {
    throw std::invalid_argument(who + ": smallest must be < largest = " + parameters.text("largest") + ", got " +
                                parameters.text("smallest"));
  }
  return falling_numbers(largest, smallest, rank);
}

void check_rank(const std::string& who, Index rank, Index most, const char* sizes) {
  if (rank <= most) return;
  throw std::invalid_argument(who + ": rank must be <= " + sizes + " = " + std::to_string(most) + ", got " +
                              std::to_string(rank));
}

// Writes sqrt(s_i) into element (i, i) of a row-major factor, for i < count.
void fill_diagonal(const Vector& spectrum, Index count, double* factor) {
  for (Index i = 0; i < count; ++i) factor[i * spectrum.size() + i] = std::sqrt(spectrum[i]);
}

double missing_value(const Vector& spectrum, Index found) {
  return 0.5 * spectrum.view().tail(spectrum.size() - found).squaredNorm();
}

// What both problems share once the objective is there; `point(k)` is the stationary point with k columns found.
template <class Point>
void complete(Problem& problem, const Parameters& parameters, const Vector& spectrum, Point point,
              StationaryType minimum) {
  const Index r = spectrum.size();
  const Index n = problem.objective->dimension();
  problem.why_hard = "every factor of too low a rank is a saddle, and small starts pass one after the other";
  const double scale = parameters.real("start_scale");
  problem.starts = {{"standard", normal_values(random_source_of(parameters), "start", n, scale)},
                    {"origin", Vector(n)}};
  const Index stride = (r + 1) * n <= 10'000'000 ? 1 : r;  // a longer list is thinned to its first and last points
  for (Index found = 0; found <= r; found += stride) {
    const Index index = (r - found) * (r - found);
    problem.stationary_points.push_back(
        {point(found), missing_value(spectrum, found), type_of_index(index, n, minimum), index});
  }
  if (r > 1) problem.starts.push_back({"saddle", point(r - 1)});
  problem.optimal_value = 0.0;
}

Problem make_symmetric(const Parameters& parameters) {
  const std::string name = "symmetric-factorization";
  const Index d = parameters.integer("dimension");
  const Vector spectrum = spectrum_of(name, parameters);
  const Index r = spectrum.size();
  check_rank(name, r, d, "dimension");
  Problem problem;
  problem.name = name;
  problem.summary = "the symmetric factors U of a positive semidefinite matrix of known rank";
  problem.objective = std::make_shared<Differentiated<SymmetricFactorization>>(SymmetricFactorization{d, r, spectrum});
  const auto point = [&](Index found) {
    Vector x(d * r);
    fill_diagonal(spectrum, found, x.data());
    return x;
  };
  complete(problem, parameters, spectrum, point, r > 1 ? StationaryType::degenerate : StationaryType::minimum);
  const double largest = spectrum[0];
  problem.gradient_lipschitz = 6.0 * largest;
  problem.hessian_lipschitz = 12.0 * std::sqrt(largest);
  problem.suggested_step = 1.0 / (8.0 * largest);
  const double share = std::sqrt(largest / static_cast<double>(d * r));
  problem.random_start = uniform_box_start(d * r, -share, share);
  return problem;
}

Problem make_rectangular(const Parameters& parameters) {
  const std::string name = "rectangular-factorization";
  const Index rows = parameters.integer("rows");
  const Index other_rows = parameters.integer("other_rows");
  const double balance = parameters.real("balance");
  const Vector spectrum = spectrum_of(name, parameters);
  const Index r = spectrum.size();
  check_rank(name, r, std::min(rows, other_rows), "min(rows, other_rows)");
  Problem problem;
  problem.name = name;
  problem.summary = "the factors U, V of a matrix of known rank, balanced by a penalty";
  problem.objective = std::make_shared<Differentiated<RectangularFactorization>>(
      RectangularFactorization{rows, other_rows, r, spectrum, balance});
  const auto point = [&](Index found) {
    Vector x((rows + other_rows) * r);
    fill_diagonal(spectrum, found, x.data());
    fill_diagonal(spectrum, found, x.data() + rows * r);
    return x;
  };
  const bool unique = r == 1 && balance > 0.0;  // up to the sign
  complete(problem, parameters, spectrum, point, unique ? StationaryType::minimum : StationaryType::degenerate);
  problem.suggested_step = step_by_curvature(*problem.objective, {problem.starts.front().x, point(r)});
  problem.random_start = normal_start((rows + other_rows) * r, std::sqrt(spectrum[0] / static_cast<double>(r)) / 2.0);
  return problem;
}

std::vector<ParameterDescription> shared_parameters() {
  return {integer_parameter("rank", "3", 1, 1000, "r, the rank of the matrix and the number of columns"),
          real_parameter("largest", "1", 1e-6, 1e6, "s_1"),
          real_parameter("smallest", "0.5", 1e-9, 1e6, "s_r, below largest; the others fall evenly"),
          real_parameter("start_scale", "0.05", 1e-12, 10, "standard deviation of the elements of the standard start"),
          seed_parameter()};
}

std::vector<ParameterDescription> with_shared(std::vector<ParameterDescription> own) {
  for (ParameterDescription& parameter : shared_parameters()) own.push_back(std::move(parameter));
  return own;
}

}  // namespace

Entry symmetric_factorization() {
  return {.name = "symmetric-factorization",
          .family = "structured",
          .summary = "U U' = M of low rank: factors of too low a rank are strict saddles",
          .parameters = with_shared({integer_parameter("dimension", "10", 1, 1e4, "d, the rows of U")}),
          .make = make_symmetric};
}

Entry rectangular_factorization() {
  return {.name = "rectangular-factorization",
          .family = "structured",
          .summary = "U V' = M of low rank, with a balancing penalty",
          .parameters = with_shared({integer_parameter("rows", "8", 1, 1e4, "d_1, the rows of U"),
                                     integer_parameter("other_rows", "6", 1, 1e4, "d_2, the rows of V"),
                                     real_parameter("balance", "0.5", 0, 1e3, "b, the weight of the penalty")}),
          .make = make_rectangular};
}

}  // namespace perigee::problems
