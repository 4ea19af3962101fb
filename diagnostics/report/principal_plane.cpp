#include <perigee/diagnostics/report/principal_plane.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace perigee {
namespace {

constexpr std::size_t most_snapshots = 400;
constexpr double most_products = 1e9;  // multiplications for the Gram matrix: about a second
constexpr int power_iterations = 1000;

bool is_finite(const Snapshot& snapshot) {
  return std::all_of(snapshot.x.begin(), snapshot.x.end(), [](double element) { return std::isfinite(element); });
}

// An even selection of the usable snapshots.
std::vector<const Snapshot*> selection_of(const std::vector<Snapshot>& snapshots) {
  std::vector<const Snapshot*> usable;
  for (const Snapshot& snapshot : snapshots) {
    if (is_finite(snapshot)) usable.push_back(&snapshot);
  }
  if (usable.size() < 3) return {};
  const Index dimension = usable.front()->x.size();
  for (const Snapshot* snapshot : usable) {
    if (snapshot->x.size() != dimension || dimension < 2) return {};
  }
  const double affordable = std::sqrt(2.0 * most_products / static_cast<double>(dimension));
  const std::size_t limit = std::max<std::size_t>(3, std::min(most_snapshots, static_cast<std::size_t>(affordable)));
  if (usable.size() <= limit) return usable;
  std::vector<const Snapshot*> selected;
  for (std::size_t i = 0; i < limit; ++i) selected.push_back(usable[i * (usable.size() - 1) / (limit - 1)]);
  return selected;
}

using Matrix = std::vector<std::vector<double>>;

// Gram matrix of the centred snapshots, in units of `scale`^2 so that nothing overflows.
Matrix gram_of(const std::vector<const Snapshot*>& snapshots, double scale) {
  const std::size_t count = snapshots.size();
  Matrix gram(count, std::vector<double>(count, 0.0));
  // Distances to the first snapshot first: centring afterwards (in the small matrix) would cancel digits if the
  // path were far from the origin.
  const Vector& origin = snapshots.front()->x;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (Index k = 0; k < origin.size(); ++k) {
        sum += ((snapshots[i]->x[k] / scale - origin[k] / scale) * (snapshots[j]->x[k] / scale - origin[k] / scale));
      }
      gram[i][j] = gram[j][i] = sum;
    }
  }
  const auto size = static_cast<double>(count);
  std::vector<double> row_mean(count);
  for (std::size_t i = 0; i < count; ++i) row_mean[i] = std::accumulate(gram[i].begin(), gram[i].end(), 0.0) / size;
  const double mean = std::accumulate(row_mean.begin(), row_mean.end(), 0.0) / size;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) gram[i][j] += mean - row_mean[i] - row_mean[j];
  }
  return gram;
}

double norm_of(const std::vector<double>& vector) {
  return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

// Leading eigenpair of `gram`; takes it out of the matrix. Returns the eigenvalue, 0 if nothing is left.
double take_eigenpair(Matrix& gram, std::vector<double>& vector) {
  const std::size_t count = gram.size();
  // The row of the largest diagonal element lies in the range of the matrix: a start without randomness.
  std::size_t largest = 0;
  for (std::size_t i = 1; i < count; ++i) {
    if (gram[i][i] > gram[largest][largest]) largest = i;
  }
  vector = gram[largest];
  double eigenvalue = 0.0;
  std::vector<double> product(count);
  for (int iteration = 0; iteration < power_iterations; ++iteration) {
    const double norm = norm_of(vector);
    if (!(norm > 0.0)) return 0.0;
    for (double& element : vector) element /= norm;
    for (std::size_t i = 0; i < count; ++i) {
      product[i] = std::inner_product(gram[i].begin(), gram[i].end(), vector.begin(), 0.0);
    }
    eigenvalue = norm_of(product);
    double change = 0.0;
    for (std::size_t i = 0; i < count; ++i) change = std::max(change, std::abs(product[i] - eigenvalue * vector[i]));
    if (change <= 1e-13 * eigenvalue) break;
    vector = product;
  }
  const double norm = norm_of(vector);
  for (double& element : vector) element /= norm;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) gram[i][j] -= eigenvalue * vector[i] * vector[j];
  }
  return eigenvalue;
}

// Coordinates along one component, pointing from start to end.
std::vector<double> coordinates(double eigenvalue, std::vector<double> vector, double scale) {
  const double sign = vector.back() < vector.front() ? -1.0 : 1.0;
  for (double& element : vector) element *= sign * std::sqrt(std::max(eigenvalue, 0.0)) * scale;
  return vector;
}

// The unit vector X'u/||X'u|| of the component whose eigenvector of the Gram matrix is u, given by its coordinates
// (they are a multiple of u). u is orthogonal to the constants, so that the mean need not be subtracted.
Vector direction_of(const std::vector<const Snapshot*>& snapshots, const std::vector<double>& coordinates,
                    double scale) {
  const Vector& anchor = snapshots.front()->x;
  const double largest = std::abs(*std::max_element(coordinates.begin(), coordinates.end(),
                                                    [](double a, double b) { return std::abs(a) < std::abs(b); }));
  Vector direction(anchor.size());
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    for (Index k = 0; k < anchor.size(); ++k) {
      direction[k] += coordinates[i] / largest * (snapshots[i]->x[k] / scale - anchor[k] / scale);
    }
  }
  direction.view() /= direction.view().norm();
  return direction;
}

Vector mean_of(const std::vector<const Snapshot*>& snapshots) {
  Vector mean(snapshots.front()->x.size());
  for (const Snapshot* snapshot : snapshots) {
    for (Index k = 0; k < mean.size(); ++k) mean[k] += snapshot->x[k] / static_cast<double>(snapshots.size());
  }
  return mean;
}

}  // namespace

PlanePath principal_plane(const std::vector<Snapshot>& snapshots) {
  const std::vector<const Snapshot*> selected = selection_of(snapshots);
  if (selected.empty()) return {};
  double scale = 0.0;
  for (const Snapshot* snapshot : selected) {
    for (Index k = 0; k < snapshot->x.size(); ++k) {
      // Halves, because the difference of two finite numbers may overflow.
      scale = std::max(scale, 2.0 * std::abs(snapshot->x[k] / 4.0 - selected.front()->x[k] / 4.0));
    }
  }
  if (!(scale > 0.0)) return {};
  PlanePath path;
  for (const Snapshot* snapshot : selected) path.iterations.push_back(snapshot->iteration);
  if (selected.front()->x.size() == 2) {
    for (const Snapshot* snapshot : selected) {
      path.first.push_back(snapshot->x[0]);
      path.second.push_back(snapshot->x[1]);
    }
    path.origin = {0.0, 0.0};
    path.first_direction = {1.0, 0.0};
    path.second_direction = {0.0, 1.0};
    return path;
  }
  Matrix gram = gram_of(selected, scale);
  double total = 0.0;
  for (std::size_t i = 0; i < gram.size(); ++i) total += gram[i][i];
  if (!(total > 0.0)) return {};
  std::vector<double> vector(gram.size(), 0.0);
  const double first = take_eigenpair(gram, vector);
  path.first = coordinates(first, vector, scale);
  path.first_share = first / total;
  double second = take_eigenpair(gram, vector);
  // What deflation leaves of a one-dimensional path is rounding, not a second component.
  if (!(second > 1e-13 * first)) {
    second = 0.0;
    vector.assign(gram.size(), 0.0);
  }
  path.second = coordinates(second, vector, scale);
  path.second_share = second / total;
  if (second > 0.0) {
    path.origin = mean_of(selected);
    path.first_direction = direction_of(selected, path.first, scale);
    path.second_direction = direction_of(selected, path.second, scale);
  }
  return path;
}

}  // namespace perigee
