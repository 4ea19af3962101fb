// Whether what a run says of the point that it returns is true, judged by a dense Hessian.
#ifndef PERIGEE_TESTS_SUPPORT_FALSE_SUCCESS_HPP
#define PERIGEE_TESTS_SUPPORT_FALSE_SUCCESS_HPP

#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/format.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/run.hpp>

#include <cmath>
#include <string>

namespace perigee::test {

/// What the methods were told to call stationary and not negative: the tolerances of their claims.
struct ClaimedTolerances {
  double gradient = 1e-6;   // eps_g
  double curvature = 1e-5;  // eps_H
};

/// Empty if everything that the End claims of result.x holds; else what does not.
///
/// Any convergence: ||grad f|| <= eps_g (1 + |f|), computed anew, unless the criterion is one on a value, or on the gap
/// of a constrained problem. A claim of the second order: no eigenvalue of the dense Hessian below -eps_H and its
/// rounding. No End calls a point a minimum.
inline std::string refuted_claim(const Problem& problem, const RunResult& result, const ClaimedTolerances& claimed) {
  if (result.end.message.find("minimum") != std::string::npos &&
      result.end.message.find("no minimum") == std::string::npos) {
    return "calls the point a minimum: " + result.end.message;
  }
  if (result.end.end_class != EndClass::convergence) return {};
  if (result.end.id == "value-target" || result.end.id == "stationarity-tolerance") return {};
  Vector gradient(result.x.size());
  const double value = problem.objective->value_and_gradient(result.x, gradient);
  const double norm = euclidean_norm(gradient);
  if (!(norm <= 1.0001 * claimed.gradient * (1.0 + std::abs(value)))) {
    return "convergence at gradient norm " + format_number(norm) + ": " + result.end.message;
  }
  const bool second_order = result.end.message.find("second-order stationary") != std::string::npos;
  if (!second_order || result.x.size() == 0) return {};
  const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, result.x);
  if (!hessian.allFinite()) return "a claim of the second order where the Hessian is not finite: " + result.end.message;
  const Eigen::VectorXd eigenvalues = symmetric_eigenvalues(0.5 * (hessian + hessian.transpose()));
  const double error = (problem.objective->has_exact_hessian_vector_product() ? 1e-12 : 1e-6) * hessian.norm();
  if (eigenvalues[0] >= -1.0001 * claimed.curvature - error) return {};
  return "a claim of the second order where an eigenvalue is " + format_number(eigenvalues[0]) + ": " +
         result.end.message;
}

}  // namespace perigee::test

#endif
