#include <perigee/solvers/cubic_subproblem.hpp>

#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr double accuracy = 1e-12;  // of the root, relative
constexpr int most_iterations = 200;

// The root of lambda (lambda + theta) = sigma gamma, the secular equation of a 1 x 1 problem; no cancellation.
double single_root(double theta, double sigma, double gamma) {
  const double root = std::hypot(theta, 2.0 * std::sqrt(sigma) * std::sqrt(gamma));
  return theta > 0.0 ? 2.0 * sigma * (gamma / (theta + root)) : 0.5 * (root - theta);
}

}  // namespace

// y = -gamma (T + lambda I)^{-1} e_1. False: not positive definite.
bool CubicSubproblem::evaluate(const TridiagonalMatrix& matrix, double gamma, double lambda) {
  if (!factor_.factor(matrix, lambda)) return false;
  std::fill(y_.begin(), y_.end(), 0.0);
  y_.front() = -gamma;
  factor_.solve(y_);
  length_ = euclidean_norm({y_.data(), static_cast<Index>(y_.size())});
  multiplier_ = lambda;
  return std::isfinite(length_);
}

void CubicSubproblem::solve(const TridiagonalMatrix& matrix, double gamma, double sigma) {
  y_.resize(matrix.diagonal.size());
  const double theta = smallest_eigenvalue(matrix);
  // ||y|| is at most gamma/(lambda + theta) and at least gamma/(lambda + theta_max).
  double high = single_root(theta, sigma, gamma);
  double low = std::max(-theta, single_root(largest_eigenvalue_bound(matrix), sigma, gamma));
  // Rounding may have put it a little too far to the left.
  for (double more = std::numeric_limits<double>::epsilon(); !evaluate(matrix, gamma, high) && more < 1.0;
       more *= 4.0) {
    high += more * (high + std::abs(theta));
  }
  double lambda = high;
  for (int i = 0; i < most_iterations; ++i) {
    if (!evaluate(matrix, gamma, lambda)) {
      low = lambda;
    } else {
      const double excess = length_ - lambda / sigma;
      if (std::abs(excess) <= accuracy * length_) break;
      (excess > 0.0 ? low : high) = lambda;
    }
    if (!(high - low > 2.0 * std::numeric_limits<double>::epsilon() * high)) break;
    double next = 0.5 * (low + high);
    if (multiplier_ == lambda) {
      const double inverse = 1.0 / length_;
      const double function = inverse - sigma / lambda;
      const double slope = factor_.inverse_form(y_) * inverse * inverse * inverse + sigma / (lambda * lambda);
      const double newton = lambda - function / slope;
      if (newton > low && newton < high) next = newton;
    }
    lambda = next;
  }
  // Next to -theta the length depends on more digits of lambda than there are, and in the hard case on none: there the
  // eigenvector, which (T + lambda I) hardly notices, makes up the length.
  const double wanted = multiplier_ / sigma;
  if (theta < 0.0 && std::abs(length_ - wanted) > 100.0 * accuracy * wanted) {
    eigenvector_.resize(y_.size());
    smallest_eigenvector(matrix, theta, factor_, eigenvector_);
    double along = 0.0;
    for (std::size_t j = 0; j < y_.size(); ++j) along += y_[j] * eigenvector_[j];
    // The root of ||y + tau u|| = wanted that is nearer to 0, u signed so that y'u >= 0.
    const double room = (wanted - length_) * (wanted + length_);
    const double tau = room / (std::abs(along) + std::sqrt(std::max(along * along + room, 0.0)));
    for (std::size_t j = 0; j < y_.size(); ++j) y_[j] += (along < 0.0 ? -tau : tau) * eigenvector_[j];
    length_ = wanted;
  }
  // m(y) = gamma y_1/2 - lambda ||y||^2/6 at a solution.
  decrease_ = -0.5 * gamma * y_.front() + multiplier_ * length_ * (length_ / 6.0);
}

}  // namespace perigee
