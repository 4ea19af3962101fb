#include <perigee/solvers/capped_conjugate_gradient.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace perigee {

namespace {

// zeta_hat, tau and T for one bound on ||H||.
struct Cap {
  double accuracy;   // zeta_hat
  double log_ratio;  // log tau
  double log_start;  // log sqrt(T)

  Cap(double hessian_bound, double damping, double zeta) {
    const double kappa = (hessian_bound + 2.0 * damping) / damping;
    accuracy = zeta / (3.0 * kappa);
    log_ratio = -std::log1p(1.0 / std::sqrt(kappa));
    log_start = std::log(2.0) + 2.0 * std::log(kappa) - std::log(-std::expm1(0.5 * log_ratio));
  }

  bool is_exceeded(double relative_residual, Index iterations) const {
    return std::log(relative_residual) > log_start + 0.5 * static_cast<double>(iterations) * log_ratio;
  }
};

}  // namespace

Index capped_iterations(double hessian_bound, double damping, double accuracy) {
  const Cap cap(hessian_bound, damping, accuracy);
  return static_cast<Index>(std::ceil(2.0 * (cap.log_start - std::log(cap.accuracy)) / -cap.log_ratio));
}

CappedConjugateGradient::CappedConjugateGradient(Index dimension)
    : residual_(dimension),
      search_(dimension),
      product_(dimension),
      last_product_(dimension),
      last_point_(dimension),
      last_residual_(dimension) {}

CappedResult CappedConjugateGradient::solve(Oracle& oracle, ConstVectorView x, ConstVectorView gradient,
                                            const CappedOptions& options, VectorView direction) {
  const double damping = options.damping;
  VectorView y = direction;
  VectorView r = residual_.view();
  VectorView p = search_.view();
  y.setZero();
  r = gradient;
  p = -gradient;
  const double initial = euclidean_norm(gradient);
  double rr = initial * initial;
  double pp = rr;
  CappedResult result;
  for (;;) {
    oracle.hessian_vector_product(x, p, product_.view());
    const double product_norm = euclidean_norm(product_.view());
    if (!std::isfinite(product_norm)) {
      result.verdict = CappedVerdict::not_finite;
      return result;
    }
    const Index j = result.iterations;
    result.hessian_bound = std::max(result.hessian_bound, product_norm / std::sqrt(pp));
    const double form = p.dot(product_.view()) + 2.0 * damping * pp;  // p'Hbar p
    double yy = 0.0;
    double y_form = 0.0;
    if (j > 0) {
      // H y = r - g - 2 eps y, and H r from r = beta p_{j-1} - p_j; the latter's part along p_{j-1} is last_product_.
      yy = y.squaredNorm();
      y_form = y.dot(r) - y.dot(gradient);
      const double y_norm = (r - gradient - 2.0 * damping * y).norm();
      const double r_norm = (last_product_.view() - product_.view()).norm();
      result.hessian_bound = std::max({result.hessian_bound, y_norm / std::sqrt(yy), r_norm / std::sqrt(rr)});
    }
    const Cap cap(result.hessian_bound, damping, options.accuracy);
    const double relative_residual = std::sqrt(rr) / initial;
    if (j > 0 && y_form < damping * yy) {
      result.verdict = CappedVerdict::negative_curvature;
      result.curvature = y_form / yy - 2.0 * damping;
      return result;
    }
    if (j > 0 && relative_residual <= cap.accuracy) {
      result.verdict = CappedVerdict::solution;
      result.curvature = y_form / yy - 2.0 * damping;
      return result;
    }
    if (form < damping * pp) {
      y = p;
      result.verdict = CappedVerdict::negative_curvature;
      result.curvature = form / pp - 2.0 * damping;
      return result;
    }
    const bool is_slow = j > 0 && cap.is_exceeded(relative_residual, j);
    if (j > 0 && (is_slow || j + 1 >= options.products)) {
      result.verdict = CappedVerdict::truncated;
      result.curvature = y_form / yy - 2.0 * damping;
      if (!is_slow) return result;
      const double alpha = rr / form;
      last_point_.view() = y + alpha * p;
      last_residual_.view() = r + alpha * (product_.view() + 2.0 * damping * p);
      if (find_slow_part(oracle, x, gradient, damping, j, y, result.curvature)) {
        result.verdict = CappedVerdict::negative_curvature;
      }
      return result;
    }

    const double alpha = rr / form;
    y += alpha * p;
    r += alpha * (product_.view() + 2.0 * damping * p);
    const double next = r.squaredNorm();
    const double beta = next / rr;
    p = beta * p - r;
    pp = p.squaredNorm();
    rr = next;
    last_product_.view() = beta * product_.view();
    ++result.iterations;
    if (rr == 0.0) {
      // Solved exactly: nothing is left to search along.
      yy = y.squaredNorm();
      result.curvature = (y.dot(r) - y.dot(gradient)) / yy - 2.0 * damping;
      result.verdict = result.curvature < -damping ? CappedVerdict::negative_curvature : CappedVerdict::solution;
      return result;
    }
  }
}

// y_0, ..., y_{j-1} once more, each against y_{j+1}. Leaves y_j where none shows negative curvature.
bool CappedConjugateGradient::find_slow_part(Oracle& oracle, ConstVectorView x, ConstVectorView gradient,
                                             double damping, Index iterations, VectorView direction,
                                             double& curvature) {
  VectorView y = direction;
  VectorView r = residual_.view();
  VectorView p = search_.view();
  y.setZero();
  r = gradient;
  p = -gradient;
  double rr = r.squaredNorm();
  for (Index i = 0; i < iterations; ++i) {
    const double squared = (last_point_.view() - y).squaredNorm();
    const double form = (last_point_.view() - y).dot(last_residual_.view() - r);
    if (form < damping * squared) {
      y = last_point_.view() - y;
      curvature = form / squared - 2.0 * damping;
      return true;
    }
    oracle.hessian_vector_product(x, p, product_.view());
    product_.view() += 2.0 * damping * p;
    const double alpha = rr / p.dot(product_.view());
    y += alpha * p;
    r += alpha * product_.view();
    const double next = r.squaredNorm();
    p = next / rr * p - r;
    rr = next;
  }
  return false;
}

}  // namespace perigee
