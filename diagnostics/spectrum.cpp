// The probabilistic lower bound: van Dorsselaer, Hochstenbach and van der Vorst (2000), "Computing probabilistic bounds
// for extreme eigenvalues of symmetric matrices with the Lanczos method", SIAM J. Matrix Anal. Appl. 22.
#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

// Up to this dimension a complete basis costs less than the doubt.
constexpr Index whole_space_dimension = 32;
constexpr std::size_t flat_direction_limit = 4;
// What lambda_min is computed to, relative to the scale.
constexpr double accuracy = 1e-6;
// Below this an operator counts as zero: its squares and reciprocals leave the range of doubles.
constexpr double smallest_scale = 1e-290;

void check(Index dimension, const SpectrumOptions& options) {
  const auto refuse = [](const std::string& rule, double value) {
    throw std::invalid_argument("analyze_spectrum: " + rule + ", got " + format_number(value));
  };
  if (dimension < 0) refuse("dimension >= 0", static_cast<double>(dimension));
  if (options.max_products < 1) refuse("max_products >= 1", static_cast<double>(options.max_products));
  if (!(options.curvature_tolerance >= 0.0 && options.curvature_tolerance < 1.0)) {
    refuse("curvature_tolerance in [0, 1)", options.curvature_tolerance);
  }
  if (!(options.failure_probability > 0.0 && options.failure_probability < 1.0)) {
    refuse("failure_probability in (0, 1)", options.failure_probability);
  }
  if (!(options.product_error >= 0.0 && std::isfinite(options.product_error))) {
    refuse("product_error >= 0 and finite", options.product_error);
  }
}

// delta with P(|gamma_1| <= delta) <= eta for one coordinate gamma_1 of a point uniform on the sphere in R^n.
// Its density is largest at 0 (n >= 3), Gamma(n/2) / (sqrt(pi) Gamma((n-1)/2)) <= sqrt((n-1)/(2 pi)) there
// (Wendel 1948), so this delta errs to the safe side; n = 2 is the arc sine law, exactly.
double start_component_bound(Index n, double eta) {
  if (n == 1) return 1.0;
  if (n == 2) return std::sin(eta * std::numbers::pi / 2.0);
  return std::min(1.0, eta * std::sqrt(std::numbers::pi / (2.0 * static_cast<double>(n - 1))));
}

using RitzPairs = TridiagonalEigenpairs;

// The basis v_1, ..., v_k and T_k = V'HV. off_diagonal[j] couples v_{j+1} to v_{j+2} (counting from 1); the last
// one is the norm of what the space does not contain yet, beta_{k+1}.
class LanczosBasis {
 public:
  LanczosBasis(Index dimension, const SymmetricOperator& hessian, RandomEngine engine)
      : dimension_(dimension), hessian_(&hessian), engine_(engine), remainder_(dimension) {
    draw_orthogonal_vector();
    vectors_.push_back(remainder_);
  }

  Index size() const { return static_cast<Index>(diagonal_.size()); }
  const std::vector<double>& diagonal() const { return diagonal_; }
  const std::vector<double>& off_diagonal() const { return off_diagonal_; }
  double last_coupling() const { return off_diagonal_.back(); }
  double product_norm() const { return product_norm_; }  // max ||H v_j||, a lower bound on ||H||
  double asymmetry() const { return asymmetry_; }        // max over j of what v_i'Hv_j and v_j'Hv_i differ by

  // One product: appends a row to T. False: the product is not finite, T unchanged.
  bool multiply() {
    const Vector& v = vectors_.back();
    (*hessian_)(v.view(), remainder_.view());
    const double norm = euclidean_norm(remainder_.view());
    if (!std::isfinite(norm)) return false;
    product_norm_ = std::max(product_norm_, norm);

    const double previous = off_diagonal_.empty() ? 0.0 : off_diagonal_.back();
    const std::size_t last = vectors_.size() - 1;
    double alpha = 0.0;
    double excess = 0.0;
    for (std::size_t i = 0; i <= last; ++i) {
      const double coefficient = remove_component(vectors_[i]);
      if (i == last) {
        alpha = coefficient;
      } else {
        // For a symmetric operator this is beta_k next to the diagonal and 0 elsewhere.
        excess = std::hypot(excess, coefficient - (i + 1 == last ? previous : 0.0));
      }
    }
    for (const Vector& basis_vector : vectors_) remove_component(basis_vector);  // twice is enough (Parlett 1980)
    asymmetry_ = std::max(asymmetry_, excess);
    diagonal_.push_back(alpha);
    off_diagonal_.push_back(euclidean_norm(remainder_.view()));
    return true;
  }

  // v_{k+1} = remainder / beta_{k+1}.
  void extend() {
    remainder_.view() /= off_diagonal_.back();
    vectors_.push_back(remainder_);
  }

  // v_{k+1} = a random vector orthogonal to an invariant subspace, which T does not couple to it.
  void extend_by_chance() {
    off_diagonal_.back() = 0.0;
    draw_orthogonal_vector();
    vectors_.push_back(remainder_);
  }

  // The unit vector V s for column `pair` of the Ritz vectors.
  Vector combine(const RitzPairs& pairs, std::size_t pair) const {
    Vector result(dimension_);
    for (std::size_t j = 0; j < diagonal_.size(); ++j) {
      result.view() += pairs.component(j, pair) * vectors_[j].view();
    }
    result.view() /= euclidean_norm(result.view());
    return result;
  }

 private:
  double remove_component(const Vector& unit) {
    const double coefficient = unit.view().dot(remainder_.view());
    remainder_.view() -= coefficient * unit.view();
    return coefficient;
  }

  void draw_orthogonal_vector() {
    double norm = 0.0;
    while (!(norm > 1e-8)) {  // a vector that lay in the span would leave nothing but rounding
      fill_standard_normal(engine_, remainder_.view());
      remainder_.view() /= std::max(euclidean_norm(remainder_.view()), std::numeric_limits<double>::min());
      for (int pass = 0; pass < 2; ++pass) {
        for (const Vector& basis_vector : vectors_) remove_component(basis_vector);
      }
      norm = euclidean_norm(remainder_.view());
    }
    remainder_.view() /= norm;
  }

  Index dimension_;
  const SymmetricOperator* hessian_;
  RandomEngine engine_;
  std::vector<Vector> vectors_;
  std::vector<double> diagonal_;
  std::vector<double> off_diagonal_;
  Vector remainder_;
  double product_norm_ = 0.0;
  double asymmetry_ = 0.0;
};

// The allowances for inexact products after k of them.
struct ErrorBounds {
  double scale;       // max(|Ritz value|, ||H v_j||)
  double single;      // of one Rayleigh quotient: products + rounding
  double all_values;  // of all Ritz values at once
  double breakdown;   // a coupling below this is no information about H
};

// The computed T_k is that of H + E with ||E|| <= 3 sqrt(k) max_j ||e_j||, e_j the error of product j: the
// coefficients that reorthogonalization drops are at most ||e_i|| + ||e_j|| each, and E is symmetric.
ErrorBounds error_bounds(const LanczosBasis& basis, double largest_ritz_value, double product_error) {
  const double k = static_cast<double>(basis.size());
  const double scale = std::max(largest_ritz_value, basis.product_norm());
  const double rounding = scale > 0.0 ? (1e-13 + 10.0 * k * epsilon) * scale + smallest_scale : 0.0;
  const double products = std::max(product_error, 2.0 * basis.asymmetry());
  return {scale, products + rounding, 3.0 * std::sqrt(k) * products + rounding, 3.0 * products + rounding};
}

// log |p_k(t)| for t below the smallest Ritz value: p_k(t) = prod_j d_j / prod_j beta_{j+1} with the pivots
// d_1 = alpha_1 - t, d_{j+1} = alpha_{j+1} - t - beta_{j+1}^2 / d_j of T_k - t I. Not below it: -infinity.
double log_lanczos_polynomial(const LanczosBasis& basis, double t, double least_coupling) {
  const std::vector<double>& alpha = basis.diagonal();
  const std::vector<double>& beta = basis.off_diagonal();
  double sum = 0.0;
  double pivot = 0.0;
  for (std::size_t j = 0; j < alpha.size(); ++j) {
    pivot = alpha[j] - t - (j == 0 ? 0.0 : beta[j - 1] * (beta[j - 1] / pivot));
    if (!(pivot > 0.0)) return -infinity;
    // A smaller coupling would only raise |p_k|, and with it the bound.
    sum += std::log(pivot) - std::log(std::max(beta[j], least_coupling));
  }
  return sum;
}

// ||p_k(H) v_1|| = 1 and |gamma_1| > delta leave |p_k(lambda_min)| < 1/delta, and |p_k| falls towards the smallest
// Ritz value from the left: so lambda_min lies right of the point where |p_k| = 1/delta. Holds for all k at once.
double probabilistic_lower_bound(const LanczosBasis& basis, double smallest_ritz_value, double delta,
                                 const ErrorBounds& bounds) {
  const double target = -std::log(delta);
  const auto reached = [&](double gap) {
    return log_lanczos_polynomial(basis, smallest_ritz_value - gap, bounds.breakdown) >= target;
  };
  double near = 1e-17 * bounds.scale;
  double far = bounds.scale;
  for (int i = 0; i < 200 && !reached(far); ++i) far *= 4.0;
  if (!reached(far)) return -infinity;
  for (int i = 0; i < 80 && far > near * (1.0 + 1e-9); ++i) {
    const double middle = std::sqrt(near) * std::sqrt(far);
    (reached(middle) ? far : near) = middle;
  }
  return smallest_ritz_value - far;
}

double largest_magnitude(const RitzPairs& pairs) {
  return std::max(std::abs(pairs.values.front()), std::abs(pairs.values.back()));
}

double ritz_residual(const LanczosBasis& basis, const RitzPairs& pairs, std::size_t pair) {
  return basis.last_coupling() * std::abs(pairs.component(pairs.values.size() - 1, pair));
}

double least_certified(double tolerance, const ErrorBounds& bounds) {
  return -std::max(tolerance * bounds.scale, 2.0 * bounds.all_values);
}

// Whether more products could still change the answer.
bool answered(const LanczosBasis& basis, const RitzPairs& pairs, double delta, const SpectrumOptions& options) {
  const ErrorBounds bounds = error_bounds(basis, largest_magnitude(pairs), options.product_error);
  const double theta = pairs.values.front();
  const double residual = ritz_residual(basis, pairs, 0);
  if (residual > accuracy * bounds.scale + bounds.single) return false;
  if (theta + bounds.single < 0.0) return true;
  const double lower_bound = probabilistic_lower_bound(basis, theta, delta, bounds) - bounds.all_values;
  // A value that looks positive deserves a positive bound: it tells a strict minimum from a flat one.
  const bool looks_positive = theta - residual > bounds.all_values;
  return looks_positive ? lower_bound > 0.0 : lower_bound >= least_certified(options.curvature_tolerance, bounds);
}

Spectrum nothing_known(const LanczosBasis& basis, Index products) {
  Spectrum spectrum;
  spectrum.lambda_min = spectrum.lambda_min_residual = not_known;
  spectrum.lambda_max = spectrum.lambda_max_residual = not_known;
  spectrum.error = spectrum.lower_bound_error = infinity;
  spectrum.lower_bound = -infinity;
  spectrum.products = products;
  spectrum.basis_size = basis.size();
  return spectrum;
}

// lambda_min as the Rayleigh quotient of its Ritz vector, with the residual that the vector really has.
// False: the product is not finite.
bool measure_smallest(const LanczosBasis& basis, const RitzPairs& pairs, const SymmetricOperator& hessian,
                      Spectrum& spectrum) {
  spectrum.direction = basis.combine(pairs, 0);
  if (basis.size() == 1) {  // the one product made was with this very vector
    spectrum.lambda_min = basis.diagonal().front();
    spectrum.lambda_min_residual = basis.last_coupling();
    return true;
  }
  Vector product(spectrum.direction.size());
  hessian(spectrum.direction.view(), product.view());
  ++spectrum.products;
  const double quotient = spectrum.direction.view().dot(product.view());
  product.view() -= quotient * spectrum.direction.view();
  const double residual = euclidean_norm(product.view());
  if (!std::isfinite(quotient) || !std::isfinite(residual)) return false;
  spectrum.lambda_min = quotient;
  spectrum.lambda_min_residual = residual;
  return true;
}

void keep_flat_directions(const LanczosBasis& basis, const RitzPairs& pairs, double tolerance, Spectrum& spectrum) {
  for (std::size_t i = 0; i < pairs.values.size() && spectrum.flat_directions.size() < flat_direction_limit; ++i) {
    const bool is_flat = std::abs(pairs.values[i]) <= tolerance;
    if (is_flat && ritz_residual(basis, pairs, i) <= tolerance) {
      spectrum.flat_directions.push_back(basis.combine(pairs, i));
    }
  }
}

// What the finished basis says.
Spectrum conclude(const LanczosBasis& basis, const SymmetricOperator& hessian, double delta, Index dimension,
                  const SpectrumOptions& options) {
  const bool is_whole_space = basis.size() == dimension;
  Spectrum spectrum = nothing_known(basis, basis.size());
  const RitzPairs pairs = solve_tridiagonal(basis.diagonal(), basis.off_diagonal());
  if (!measure_smallest(basis, pairs, hessian, spectrum)) return nothing_known(basis, spectrum.products);
  const ErrorBounds bounds = error_bounds(basis, largest_magnitude(pairs), options.product_error);
  spectrum.exhausted_space = is_whole_space || basis.last_coupling() <= bounds.breakdown;
  spectrum.lambda_max = pairs.values.back();
  spectrum.lambda_max_residual = ritz_residual(basis, pairs, pairs.values.size() - 1);

  const double theta = std::min(pairs.values.front(), spectrum.lambda_min);
  spectrum.error = bounds.single;
  spectrum.lower_bound_error = bounds.all_values;
  if (is_whole_space || bounds.scale == 0.0) {
    spectrum.lower_bound = theta - bounds.all_values;
  } else {
    const double bound = probabilistic_lower_bound(basis, pairs.values.front(), delta, bounds);
    spectrum.lower_bound = std::min(bound, theta) - bounds.all_values;
  }
  for (const double value : pairs.values) {
    if (value + bounds.all_values < 0.0) ++spectrum.negative_ritz_values;
  }
  const double certified = least_certified(options.curvature_tolerance, bounds);
  if (spectrum.lambda_min + bounds.single < 0.0) {
    spectrum.verdict = CurvatureVerdict::negative;
    spectrum.negative_ritz_values = std::max<Index>(spectrum.negative_ritz_values, 1);
  } else if (spectrum.lower_bound >= certified) {
    spectrum.verdict = CurvatureVerdict::not_negative;
  }
  keep_flat_directions(basis, pairs, -certified, spectrum);
  return spectrum;
}

}  // namespace

Spectrum analyze_spectrum(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                          const SpectrumOptions& options) {
  check(dimension, options);
  if (dimension == 0) {
    Spectrum empty;
    empty.verdict = CurvatureVerdict::not_negative;
    empty.exhausted_space = true;
    return empty;
  }
  // The Ritz vector's own product is the last one; a single product serves for both.
  const Index most = std::min(dimension, std::max<Index>(options.max_products - 1, 1));
  const bool wants_whole_space = dimension <= whole_space_dimension && most == dimension;
  const double delta = start_component_bound(dimension, options.failure_probability);

  LanczosBasis basis(dimension, hessian, random.engine("lanczos", 0));
  Index next_check = 1;
  while (true) {
    if (!basis.multiply()) return nothing_known(basis, basis.size() + 1);
    if (basis.size() == most) break;
    const bool is_invariant = basis.last_coupling() <= error_bounds(basis, 0.0, options.product_error).breakdown;
    if (wants_whole_space) {
      if (is_invariant) {
        basis.extend_by_chance();
      } else {
        basis.extend();
      }
      continue;
    }
    if (is_invariant) break;
    if (basis.size() == next_check) {
      if (answered(basis, solve_tridiagonal(basis.diagonal(), basis.off_diagonal()), delta, options)) break;
      next_check += 1 + next_check / 5;
    }
    basis.extend();
  }
  return conclude(basis, hessian, delta, dimension, options);
}

}  // namespace perigee
