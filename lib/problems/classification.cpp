#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/classification.hpp>

#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace perigee::problems {

StationaryType type_of_index(Index index, Index dimension, StationaryType if_no_negative_eigenvalue) {
  if (index == 0) return if_no_negative_eigenvalue;
  return index == dimension ? StationaryType::maximum : StationaryType::strict_saddle;
}

namespace {

// The symmetric part of H(x), row-major.
Vector dense_hessian(const Objective& objective, ConstVectorView x) {
  const Index n = x.size();
  Vector hessian(n * n);
  Vector unit(n);
  Vector column(n);
  for (Index j = 0; j < n; ++j) {
    unit[j] = 1.0;
    objective.hessian_vector_product(x, unit, column);
    unit[j] = 0.0;
    for (Index i = 0; i < n; ++i) {
      hessian[i * n + j] += 0.5 * column[i];
      hessian[j * n + i] += 0.5 * column[i];
    }
  }
  return hessian;
}

// Eigenvalues by Jacobi's cyclic method (Golub and Van Loan 2013, section 8.5): Eigen's solver owns aligned matrices,
// which this library must not.
Vector eigenvalues_of(Vector matrix, Index n) {
  const double size = matrix.view().norm();
  for (int sweep = 0; sweep < 30; ++sweep) {
    double rest = 0.0;
    for (Index p = 0; p < n; ++p) {
      for (Index q = 0; q < p; ++q) rest += matrix[p * n + q] * matrix[p * n + q];
    }
    if (!(std::sqrt(rest) > 1e-15 * size)) break;
    for (Index p = 0; p < n; ++p) {
      for (Index q = 0; q < p; ++q) {
        if (matrix[p * n + q] == 0.0) continue;
        const double ratio = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * matrix[p * n + q]);
        const double tangent = std::copysign(1.0, ratio) / (std::abs(ratio) + std::hypot(1.0, ratio));
        const double cosine = 1.0 / std::hypot(1.0, tangent);
        const double sine = tangent * cosine;
        for (Index k = 0; k < n; ++k) {
          const double first = matrix[k * n + p];
          const double second = matrix[k * n + q];
          matrix[k * n + p] = cosine * first - sine * second;
          matrix[k * n + q] = sine * first + cosine * second;
        }
        for (Index k = 0; k < n; ++k) {
          const double first = matrix[p * n + k];
          const double second = matrix[q * n + k];
          matrix[p * n + k] = cosine * first - sine * second;
          matrix[q * n + k] = sine * first + cosine * second;
        }
      }
    }
  }
  Vector eigenvalues(n);
  for (Index i = 0; i < n; ++i) eigenvalues[i] = matrix[i * n + i];
  return eigenvalues;
}

}  // namespace

StationaryPoint classified(const Objective& objective, Vector x) {
  const Index n = x.size();
  const Vector eigenvalues = eigenvalues_of(dense_hessian(objective, x), n);
  const double zero = 1e-9 * (1.0 + eigenvalues.view().cwiseAbs().maxCoeff());
  const Index index = (eigenvalues.view().array() < -zero).count();
  const StationaryType flat =
      eigenvalues.view().minCoeff() > zero ? StationaryType::minimum : StationaryType::degenerate;
  const double value = objective.value(x);
  return {std::move(x), value, type_of_index(index, n, flat), index};
}

void list_classified(Problem& problem, const std::vector<Vector>& points) {
  const Index n = problem.objective->dimension();
  const auto* sum = dynamic_cast<const FiniteSum*>(problem.objective.get());
  const auto terms = static_cast<double>(sum != nullptr ? sum->term_count() : 1);
  if (n > most_classified_variables || terms * static_cast<double>(n * n) > 1e8) return;
  for (const Vector& point : points) {
    problem.stationary_points.push_back(classified(*problem.objective, point));
  }
}

double step_by_curvature(const Objective& objective, const std::vector<Vector>& points) {
  double largest = 0.0;
  for (const Vector& point : points) {
    RandomEngine engine = RandomSource(0).engine("curvature");
    Vector direction(point.size());
    fill_standard_normal(engine, direction);
    Vector product(point.size());
    for (int k = 0; k < 40; ++k) {
      const double norm = direction.view().norm();
      if (!(norm > 0.0)) break;
      direction.view() /= norm;
      objective.hessian_vector_product(point, direction, product);
      largest = std::max(largest, product.view().norm());
      std::swap(direction, product);
    }
  }
  return largest > 0.0 ? 0.5 / largest : 1.0;
}

}  // namespace perigee::problems
