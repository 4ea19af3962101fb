#include <perigee/solvers/curvature_probe.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A Ritz vector this good, ||H v - theta v|| <= 0.1 |theta|, has nearly the curvature that there is.
constexpr double direction_accuracy = 0.1;
// Relative error of products that are differences of gradients: eps^(2/3) with a margin of 1e3.
constexpr double difference_error = 1e-7;

// delta with P(|v_1'u| <= delta) <= eta, v_1 uniform on the sphere in R^n. The density of one coordinate is largest at
// 0, at most sqrt((n-1)/(2 pi)) for n >= 3 (Wendel 1948); for n = 2 it is the arc sine law.
double start_component(Index n, double eta) {
  if (n == 1) return 1.0;
  if (n == 2) return std::sin(0.5 * eta * std::numbers::pi);
  return std::min(1.0, eta * std::sqrt(std::numbers::pi / (2.0 * static_cast<double>(n - 1))));
}

// How far the Ritz values may be from those of the Hessian itself.
struct ProbeError {
  double one;       // a single Rayleigh quotient
  double all;       // every Ritz value at once: errors E of the products have ||E|| <= sqrt(k) max_j ||e_j||
  double coupling;  // a coupling below this says nothing about H
};

ProbeError error_of(const LanczosSubspace& subspace, bool products_are_exact) {
  const double assumed = products_are_exact ? 0.0 : difference_error * subspace.product_norm();
  const double products = std::max(assumed, 2.0 * subspace.asymmetry());
  const double rounding = subspace.rounding();
  // Orthogonalization drops coefficients of size ||e_i|| + ||e_j||, hence the factor 3.
  const double all = 3.0 * std::sqrt(static_cast<double>(subspace.size())) * products + rounding;
  return {products + rounding, all, 3.0 * products + rounding};
}

// log |p_k(t)|, or -infinity where T - t I is not positive definite.
double log_lanczos_polynomial(const TridiagonalMatrix& matrix, double t, double least_coupling) {
  double sum = 0.0;
  double pivot = 1.0;
  for (std::size_t j = 0; j < matrix.diagonal.size(); ++j) {
    const double coupling = j == 0 ? 0.0 : matrix.couplings[j - 1];
    pivot = matrix.diagonal[j] - t - coupling * (coupling / pivot);
    if (!(pivot > 0.0)) return -infinity;
    sum += std::log(pivot) - std::log(std::max(matrix.couplings[j], least_coupling));
  }
  return sum;
}

// The t of the head comment: |p_k| falls from the left towards the smallest Ritz value, so t is found by bisection on
// the logarithm of its distance.
double probable_lower_bound(const LanczosSubspace& subspace, double ritz_value, double delta, const ProbeError& error) {
  const double scale = std::max(subspace.product_norm(), std::numeric_limits<double>::min());
  const double least_coupling = std::max(error.coupling, std::numeric_limits<double>::min());
  const double target = -std::log(delta);
  const auto is_reached = [&](double distance) {
    return log_lanczos_polynomial(subspace.matrix(), ritz_value - distance, least_coupling) >= target;
  };
  double near = 1e-17 * scale;
  double far = scale;
  for (int i = 0; i < 200 && !is_reached(far); ++i) far *= 4.0;
  if (!is_reached(far)) return -infinity;
  for (int i = 0; i < 80 && far > near * (1.0 + 1e-9); ++i) {
    const double middle = std::sqrt(near) * std::sqrt(far);
    (is_reached(middle) ? far : near) = middle;
  }
  return ritz_value - far;
}

}  // namespace

void check(const SecondOrderCriterion& criterion, const std::string& who) {
  const auto require = [&](bool holds, const char* rule, double value) {
    if (!holds) throw std::invalid_argument(who + ": " + rule + ", got " + format_number(value));
  };
  require(criterion.gradient_tolerance > 0.0 && std::isfinite(criterion.gradient_tolerance),
          "gradient_tolerance must be > 0 and finite", criterion.gradient_tolerance);
  require(criterion.curvature_tolerance > 0.0 && std::isfinite(criterion.curvature_tolerance),
          "curvature_tolerance must be > 0 and finite", criterion.curvature_tolerance);
  require(criterion.failure_probability > 0.0 && criterion.failure_probability < 1.0,
          "failure_probability must be in (0, 1)", criterion.failure_probability);
  require(criterion.probe_products >= 1, "probe_products must be >= 1", static_cast<double>(criterion.probe_products));
}

std::vector<std::pair<std::string, std::string>> settings_of(const SecondOrderCriterion& criterion) {
  return {{"gradient_tolerance", format_exact(criterion.gradient_tolerance)},
          {"curvature_tolerance", format_exact(criterion.curvature_tolerance)},
          {"failure_probability", format_exact(criterion.failure_probability)},
          {"probe_products", std::to_string(criterion.probe_products)}};
}

ProbeResult probe_curvature(Oracle& oracle, ConstVectorView x, RandomEngine engine,
                            const SecondOrderCriterion& criterion, LanczosSubspace& subspace, VectorView direction) {
  const Index n = x.size();
  if (n == 0) {
    return {
        .verdict = ProbeVerdict::not_negative, .ritz_value = infinity, .lower_bound = infinity, .is_exhaustive = true};
  }
  fill_standard_normal(engine, direction);
  subspace.start(direction, euclidean_norm(direction));
  const double delta = start_component(n, criterion.failure_probability);
  const bool is_exact = oracle.objective().has_exact_hessian_vector_product();
  const double tolerance = criterion.curvature_tolerance;

  TridiagonalFactor factor;
  std::vector<double> ritz_vector;
  ProbeResult result;
  Index next_look = 1;
  for (;;) {
    if (!subspace.extend(oracle, x)) {
      result.verdict = ProbeVerdict::not_finite;
      ++result.products;
      return result;
    }
    ++result.products;
    const bool is_last = subspace.is_closed() || result.products >= criterion.probe_products;
    if (!is_last && result.products < next_look) continue;
    next_look += 1 + next_look / 5;

    const ProbeError error = error_of(subspace, is_exact);
    const double theta = result.ritz_value = smallest_eigenvalue(subspace.matrix());
    result.is_exhaustive = subspace.size() == n;
    result.lower_bound =
        (result.is_exhaustive ? theta : probable_lower_bound(subspace, theta, delta, error)) - error.all;
    if (theta <= -tolerance && theta + error.one < 0.0) {
      ritz_vector.resize(static_cast<std::size_t>(subspace.size()));
      smallest_eigenvector(subspace.matrix(), theta, factor, ritz_vector);
      const double residual = subspace.matrix().couplings.back() * std::abs(ritz_vector.back());
      if (is_last || residual <= direction_accuracy * -theta) {
        subspace.combine(ritz_vector, direction);
        direction /= euclidean_norm(direction);
        result.verdict = ProbeVerdict::negative;
        return result;
      }
    } else if (result.lower_bound >= -tolerance) {
      result.verdict = ProbeVerdict::not_negative;
      return result;
    }
    if (is_last) return result;
  }
}

End end_of_probe(const ProbeResult& result, const SecondOrderCriterion& criterion, double gradient_norm,
                 Index iteration) {
  if (result.verdict == ProbeVerdict::not_finite) {
    return {EndClass::breakdown, "non-finite",
            "a Hessian-vector product is not finite at iteration " + std::to_string(iteration) +
                ", where gradient norm " + format_number(gradient_norm) +
                " <= " + format_number(criterion.gradient_tolerance) + "; second order not certified"};
  }
  const std::string gradient_part = "gradient norm " + format_number(gradient_norm) +
                                    " <= eps_g = " + format_number(criterion.gradient_tolerance) + " at iteration " +
                                    std::to_string(iteration);
  const std::string work = std::to_string(result.products) + " Hessian-vector products";
  const std::string chance =
      " with probability >= 1 - " + format_number(criterion.failure_probability) + " over the random start of Lanczos";
  if (result.verdict == ProbeVerdict::undecided) {
    return {EndClass::convergence, "first-order-stationary",
            "first-order stationary: " + gradient_part + "; second order not certified: after " + work +
                " the smallest Ritz value is " + format_number(result.ritz_value) +
                ", and no more than lambda_min >= " + format_number(result.lower_bound) + " is known" +
                (result.is_exhaustive ? "" : chance)};
  }
  std::string message = "second-order stationary at (eps_g = " + format_number(criterion.gradient_tolerance) +
                        ", eps_H = " + format_number(criterion.curvature_tolerance) + "): " + gradient_part;
  if (result.products == 0) return {EndClass::convergence, "second-order-stationary", message + ", no variables"};
  message += ", lambda_min >= " + format_number(result.lower_bound) + " >= -eps_H" +
             (result.is_exhaustive ? ", the Lanczos basis spans the whole space" : chance) + " (smallest Ritz value " +
             format_number(result.ritz_value) + ", " + work + ")";
  if (result.lower_bound <= 0.0) message += "; lambda_min may be 0, so a degenerate saddle is not excluded";
  return {EndClass::convergence, "second-order-stationary", message};
}

}  // namespace perigee
