#include <perigee/lib/problems/separable.hpp>

#include <cmath>
#include <cstddef>

namespace perigee::problems {

double Separable::value(ConstVectorView x) const {
  double sum = 0.0;
  for (const double element : x) sum += profile_(element).value;
  return sum;
}

double Separable::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double sum = 0.0;
  for (Index i = 0; i < dimension_; ++i) {
    const ScalarJet at = profile_(x[i]);
    sum += at.value;
    gradient[i] = at.first;
  }
  return sum;
}

void Separable::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  for (Index i = 0; i < dimension_; ++i) product[i] = profile_(x[i]).second * v[i];
}

std::vector<double> sign_changes(const std::function<double(double)>& slope, const std::vector<double>& grid) {
  std::vector<double> zeros;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    double below = grid[i];
    const double slope_below = slope(below);
    if (slope_below == 0.0) {
      zeros.push_back(below);
      continue;
    }
    if (i + 1 == grid.size()) break;
    double above = grid[i + 1];
    if (!(slope_below * slope(above) < 0.0)) continue;
    while (true) {
      const double middle = below + 0.5 * (above - below);
      if (middle <= below || middle >= above) break;  // neighbouring doubles
      (slope(middle) * slope_below > 0.0 ? below : above) = middle;
    }
    zeros.push_back(std::abs(slope(below)) <= std::abs(slope(above)) ? below : above);
  }
  return zeros;
}

std::vector<double> even_grid(double least, double greatest, int cells) {
  std::vector<double> grid;
  for (int i = 0; i <= cells; ++i) grid.push_back(least + (greatest - least) * (static_cast<double>(i) / cells));
  return grid;
}

Vector constant_vector(Index dimension, double t) {
  Vector x(dimension);
  x.view().setConstant(t);
  return x;
}

bool lists_all_combinations(Index dimension, std::size_t zeros) {
  return std::pow(static_cast<double>(zeros), static_cast<double>(dimension)) <= most_listed_points;
}

namespace {

// The point with these coordinates, each one a zero of phi', classified by the signs of phi''.
StationaryPoint classified(const Profile& profile, Vector x) {
  StationaryPoint point;
  bool flat = false;
  for (const double element : x) {
    const ScalarJet at = profile(element);
    point.value += at.value;
    if (at.second < 0.0) ++point.index;
    if (at.second == 0.0) flat = true;
  }
  const Index n = x.size();
  if (point.index == 0) {
    point.type = flat ? StationaryType::degenerate : StationaryType::minimum;
  } else {
    point.type = point.index == n ? StationaryType::maximum : StationaryType::strict_saddle;
  }
  point.x = std::move(x);
  return point;
}

}  // namespace

std::vector<StationaryPoint> separable_points(Index dimension, const Profile& profile,
                                              const std::vector<double>& zeros) {
  std::vector<StationaryPoint> points;
  if (!lists_all_combinations(dimension, zeros.size())) {
    for (const double zero : zeros) points.push_back(classified(profile, constant_vector(dimension, zero)));
    return points;
  }
  std::vector<std::size_t> digits(static_cast<std::size_t>(dimension), 0);  // counts in base zeros.size()
  while (true) {
    Vector x(dimension);
    for (Index i = 0; i < dimension; ++i) x[i] = zeros[digits[static_cast<std::size_t>(i)]];
    points.push_back(classified(profile, std::move(x)));
    std::size_t place = 0;
    while (place < digits.size() && ++digits[place] == zeros.size()) digits[place++] = 0;
    if (place == digits.size()) return points;
  }
}

}  // namespace perigee::problems
