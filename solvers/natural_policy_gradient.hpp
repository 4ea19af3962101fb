// Natural policy gradient: steepest descent in the metric of the policies, not of their parameters.
//
//     theta_{k+1} = theta_k - eta_k F(theta_k)^+ grad f(theta_k)
//
// Kakade (2001), "A natural policy gradient"; Agarwal, Kakade, Lee and Mahajan (2021), "On the theory of policy
// gradient methods: optimality, approximation, and distribution shift", section 5. For a softmax bandit theta += eta A,
// so pi_a ~ pi_a exp(eta r_a): the iterates of mirror descent with the negative entropy on the simplex.
#ifndef PERIGEE_SOLVERS_NATURAL_POLICY_GRADIENT_HPP
#define PERIGEE_SOLVERS_NATURAL_POLICY_GRADIENT_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

struct NaturalPolicyGradientOptions {
  Schedule learning_rate;  // eta_k
};

/// Natural policy gradient, for objectives that are a NaturalGradientObjective.
///
/// On a softmax bandit with K arms, any constant eta > 0 and a start pi_1: f_T <= ln(1/pi_1(a*))/(eta T),
/// monotonically, and in the end f falls like e^{-eta Delta T}; from a corner it escapes in ln(1/pi_1(a*))/(eta Delta)
/// steps, where the plain gradient needs about 1/(2 eta Delta pi_1(a*)). With a temperature in the objective the
/// convergence is linear from the start (Cen, Cheng, Chen, Wei and Chi 2022). All of it is for exact gradients: with
/// gradients from sampled actions the method may commit to a suboptimal one (Chung, Thomas, Machado and Le Roux 2021).
/// The record's gradient norm is that of grad f, which is small in a gravity well though the method is not stuck there:
/// a tolerance on it ends runs early. The record's step_size is NaN. Cost of a step: one gradient.
class NaturalPolicyGradient final : public Solver {
 public:
  explicit NaturalPolicyGradient(NaturalPolicyGradientOptions options) : options_(std::move(options)) {}
  std::string name() const override { return "natural-policy-gradient"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  /// Throws std::invalid_argument also if the objective is no NaturalGradientObjective.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  NaturalPolicyGradientOptions options_;
};

namespace solvers {
struct Entry;
Entry natural_policy_gradient();  // "natural-policy-gradient"
}  // namespace solvers

}  // namespace perigee

#endif
