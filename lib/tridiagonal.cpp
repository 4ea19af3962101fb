#include <perigee/lib/oracle.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

bool is_positive_definite(const TridiagonalMatrix& matrix, double shift) {
  double pivot = 1.0;
  for (std::size_t j = 0; j < matrix.diagonal.size(); ++j) {
    const double coupling = j == 0 ? 0.0 : matrix.couplings[j - 1];
    pivot = matrix.diagonal[j] + shift - coupling * (coupling / pivot);
    if (!(pivot > 0.0)) return false;
  }
  return true;
}

double largest_element(const TridiagonalMatrix& matrix) {
  double largest = 0.0;
  for (std::size_t j = 0; j < matrix.diagonal.size(); ++j) {
    largest = std::max(largest, std::abs(matrix.diagonal[j]));
    if (j > 0) largest = std::max(largest, matrix.couplings[j - 1]);
  }
  return largest;
}

double norm(std::span<const double> y) { return euclidean_norm({y.data(), static_cast<Index>(y.size())}); }

class QrIteration {
 public:
  QrIteration(std::vector<double>& a, std::vector<double>& b, std::vector<double>& q) : a_(a), b_(b), q_(q) {
    q.assign(a.size() * a.size(), 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) q_[i * a.size() + i] = 1.0;
  }

  void run() {
    if (a_.empty()) return;
    std::size_t last = a_.size() - 1;
    // Two or three steps an eigenvalue are usual; the limit only keeps the loop finite.
    for (std::size_t step = 0; last > 0 && step < 60 * a_.size(); ++step) {
      for (std::size_t i = 0; i < last; ++i) {
        if (std::abs(b_[i]) <= epsilon * (std::abs(a_[i]) + std::abs(a_[i + 1]))) b_[i] = 0.0;
      }
      while (last > 0 && b_[last - 1] == 0.0) --last;
      if (last == 0) break;
      std::size_t first = last - 1;
      while (first > 0 && b_[first - 1] != 0.0) --first;
      sweep(first, last);
    }
  }

 private:
  // The eigenvalue of the trailing 2 x 2 block that is nearer to its last element.
  double shift(std::size_t last) const {
    const double half_difference = 0.5 * (a_[last - 1] - a_[last]);
    const double coupling = b_[last - 1];
    const double root = std::hypot(half_difference, coupling);
    return a_[last] - coupling * (coupling / (half_difference + std::copysign(root, half_difference)));
  }

  // One implicit QR step on the unreduced block [first, last]: the bulge `z` is chased down by rotations.
  void sweep(std::size_t first, std::size_t last) {
    double x = a_[first] - shift(last);
    double z = b_[first];
    for (std::size_t i = first; i < last; ++i) {
      const double r = std::hypot(x, z);
      if (r == 0.0) return;
      const double c = x / r;
      const double s = z / r;
      if (i > first) b_[i - 1] = r;
      const double upper = a_[i];
      const double lower = a_[i + 1];
      const double coupling = b_[i];
      a_[i] = c * c * upper + 2.0 * c * s * coupling + s * s * lower;
      a_[i + 1] = s * s * upper - 2.0 * c * s * coupling + c * c * lower;
      b_[i] = c * s * (lower - upper) + (c * c - s * s) * coupling;
      rotate_columns(i, c, s);
      if (i + 1 < last) {
        x = b_[i];
        z = s * b_[i + 1];
        b_[i + 1] *= c;
      }
    }
  }

  void rotate_columns(std::size_t i, double c, double s) {
    const std::size_t k = a_.size();
    double* left = q_.data() + i * k;
    double* right = left + k;
    for (std::size_t row = 0; row < k; ++row) {
      const double l = left[row];
      left[row] = c * l + s * right[row];
      right[row] = c * right[row] - s * l;
    }
  }

  std::vector<double>& a_;
  std::vector<double>& b_;
  std::vector<double>& q_;
};

}  // namespace

const TridiagonalEigenpairs& TridiagonalEigensolver::solve(std::span<const double> diagonal,
                                                           std::span<const double> off_diagonal) {
  const std::size_t k = diagonal.size();
  off_diagonal = off_diagonal.first(k > 0 ? k - 1 : 0);
  double unit = 0.0;
  for (const double element : diagonal) unit = std::max(unit, std::abs(element));
  for (const double element : off_diagonal) unit = std::max(unit, std::abs(element));
  int exponent = 0;
  std::frexp(unit, &exponent);  // a power of two scales exactly
  diagonal_.assign(diagonal.begin(), diagonal.end());
  off_diagonal_.assign(off_diagonal.begin(), off_diagonal.end());
  for (double& element : diagonal_) element = std::ldexp(element, -exponent);
  for (double& element : off_diagonal_) element = std::ldexp(element, -exponent);

  QrIteration(diagonal_, off_diagonal_, vectors_).run();

  order_.resize(k);
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(), [&](std::size_t i, std::size_t j) { return diagonal_[i] < diagonal_[j]; });
  pairs_.values.clear();
  pairs_.vectors.clear();
  pairs_.vectors.reserve(k * k);
  for (const std::size_t i : order_) {
    pairs_.values.push_back(std::ldexp(diagonal_[i], exponent));
    const auto column = vectors_.begin() + static_cast<std::ptrdiff_t>(i * k);
    pairs_.vectors.insert(pairs_.vectors.end(), column, column + static_cast<std::ptrdiff_t>(k));
  }
  return pairs_;
}

TridiagonalEigenpairs solve_tridiagonal(const std::vector<double>& diagonal, const std::vector<double>& off_diagonal) {
  return TridiagonalEigensolver().solve(diagonal, off_diagonal);
}

double largest_eigenvalue_bound(const TridiagonalMatrix& matrix) {
  double bound = -std::numeric_limits<double>::infinity();
  const std::size_t k = matrix.diagonal.size();
  for (std::size_t j = 0; j < k; ++j) {
    const double radius = (j > 0 ? matrix.couplings[j - 1] : 0.0) + (j + 1 < k ? matrix.couplings[j] : 0.0);
    bound = std::max(bound, matrix.diagonal[j] + radius);
  }
  return bound;
}

bool TridiagonalFactor::factor(const TridiagonalMatrix& matrix, double shift) {
  const std::size_t k = matrix.diagonal.size();
  pivots_.resize(k);
  factors_.resize(k);
  for (std::size_t j = 0; j < k; ++j) {
    const double coupling = j == 0 ? 0.0 : matrix.couplings[j - 1];
    if (j > 0) factors_[j - 1] = coupling / pivots_[j - 1];
    pivots_[j] = matrix.diagonal[j] + shift - (j == 0 ? 0.0 : coupling * factors_[j - 1]);
    if (!(pivots_[j] > 0.0)) return false;
  }
  return true;
}

void TridiagonalFactor::solve(std::span<double> y) const {
  for (std::size_t j = 1; j < y.size(); ++j) y[j] -= factors_[j - 1] * y[j - 1];
  for (std::size_t j = 0; j < y.size(); ++j) y[j] /= pivots_[j];
  for (std::size_t j = y.size() - 1; j > 0; --j) y[j - 1] -= factors_[j - 1] * y[j];
}

double TridiagonalFactor::inverse_form(std::span<const double> y) const {
  double element = 0.0;
  double sum = 0.0;
  for (std::size_t j = 0; j < y.size(); ++j) {
    element = y[j] - (j == 0 ? 0.0 : factors_[j - 1] * element);
    sum += element * (element / pivots_[j]);
  }
  return sum;
}

double smallest_eigenvalue(const TridiagonalMatrix& matrix) {
  // Gershgorin's discs from below, the smallest diagonal element (a Rayleigh quotient) from above.
  double low = std::numeric_limits<double>::infinity();
  double high = low;
  const std::size_t k = matrix.diagonal.size();
  for (std::size_t j = 0; j < k; ++j) {
    const double radius = (j > 0 ? matrix.couplings[j - 1] : 0.0) + (j + 1 < k ? matrix.couplings[j] : 0.0);
    low = std::min(low, matrix.diagonal[j] - radius);
    high = std::min(high, matrix.diagonal[j]);
  }
  const double resolution = 0.25 * epsilon * largest_element(matrix);
  while (high - low > resolution) {
    const double middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) break;
    (is_positive_definite(matrix, -middle) ? low : high) = middle;
  }
  return high;
}

void smallest_eigenvector(const TridiagonalMatrix& matrix, double value, TridiagonalFactor& factor,
                          std::span<double> vector) {
  for (std::size_t j = 0; j < vector.size(); ++j) vector[j] = j % 2 == 0 ? 1.0 : -1.0;
  double offset = 4.0 * epsilon * largest_element(matrix);
  bool is_factored = offset > 0.0 && factor.factor(matrix, offset - value);
  for (int widening = 0; !is_factored && offset > 0.0 && widening < 20; ++widening) {
    offset *= 4.0;
    is_factored = factor.factor(matrix, offset - value);
  }
  // Each solution is dominated by the eigenvalues within a few offsets of the smallest; three leave nothing else.
  for (int iteration = 0; iteration < 3 && is_factored; ++iteration) {
    factor.solve(vector);
    const double length = norm(vector);
    for (double& element : vector) element /= length;
  }
  const double length = norm(vector);
  for (double& element : vector) element /= length;
}

}  // namespace perigee
