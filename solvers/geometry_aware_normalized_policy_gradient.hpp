// Geometry-aware normalized policy gradient: theta_{k+1} = theta_k - eta grad f(theta_k)/||grad f(theta_k)||_2, eta =
// 1/6.
//
// Mei, Gao, Dai, Szepesvari and Schuurmans (2021), "Leveraging non-uniformity in first-order non-convex optimization".
// For a softmax bandit the Hessian is bounded by the gradient, ||H(theta)||_2 <= 3 ||grad f(theta)||_2, so that the
// step 1/(6 ||grad f||) of gradient descent fits the curvature at every theta: large in a gravity well, where the
// Hessian is as small as the gradient.
#ifndef PERIGEE_SOLVERS_GEOMETRY_AWARE_NORMALIZED_POLICY_GRADIENT_HPP
#define PERIGEE_SOLVERS_GEOMETRY_AWARE_NORMALIZED_POLICY_GRADIENT_HPP

#include <perigee/solvers/normalized_gradient_descent.hpp>

namespace perigee {

/// Normalized gradient descent (which see) with the step length of the theorem, under its name in the literature.
///
/// On a softmax bandit with exact gradients, whatever the scale of its rewards: f_{k+1} <= f_k - ||grad f_k||/12, hence
/// f_k <= f_0 e^{-c k/12} with c = min over the run of pi_k(a*), by ||grad f|| >= pi(a*) f. A step changes the policy
/// by a bounded factor, so that a corner is left in a time logarithmic in 1/pi(a*). For other objectives nothing is
/// promised. Cost of a step: one gradient.
class GeometryAwareNormalizedPolicyGradient final : public Solver {
 public:
  GeometryAwareNormalizedPolicyGradient() : descent_({.step_length = 1.0 / 6.0}) {}
  /// With another length of the steps, in units of theta.
  explicit GeometryAwareNormalizedPolicyGradient(Schedule step_length)
      : descent_({.step_length = std::move(step_length)}) {}
  std::string name() const override { return "geometry-aware-normalized-policy-gradient"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override {
    return descent_.start(oracle, x0, random);
  }

 private:
  NormalizedGradientDescent descent_;
};

namespace solvers {
struct Entry;
Entry geometry_aware_normalized_policy_gradient();  // "geometry-aware-normalized-policy-gradient"
}  // namespace solvers

}  // namespace perigee

#endif
