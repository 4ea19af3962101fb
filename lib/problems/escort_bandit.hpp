// A bandit whose policy is an escort transform: the softmax bandit's twin without its gravity wells.
//
//     f(theta) = sum_a pi_a (r* - r_a),  pi_a = |theta_a|^p / sum_b |theta_b|^p,  p >= 1
//     df/dtheta_a = z_a A_a,  z_a = p pi_a/theta_a,  A_a = sum_b pi_b (r_b - r_a)
//     (H v)_a = (c_a v_a - z_a z'v) A_a - z_a (grad f)'v,  c_a = p (p - 1) pi_a/theta_a^2
//
// Mei et al. (2020), definition 1 and eqs. (4), (5). f depends on theta up to scale and signs only, so
// theta'grad f = 0 and H theta = -grad f. Where an element is zero:
//   p > 1      its derivative is 0, and it stays zero under gradient descent;
//   p = 1      f has a kink; the derivative given is the subgradient 0, for exactly 0 only;
//   1 < p < 2  the second derivative is infinite, and elements of H v with v_a != 0 and A_a != 0 are infinite;
//   theta = 0  is outside the domain: every result is NaN.
//
// For p > 1 and distinct rewards the stationary points are the multiples of +-e_a. At e_a with p = 2,
// H = diag(2 (r_a - r_b))_b: one negative eigenvalue for every better arm; a zero along theta always.
#ifndef PERIGEE_LIB_PROBLEMS_ESCORT_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_ESCORT_BANDIT_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <vector>

namespace perigee::kernels {
struct EscortBanditModel;
}

namespace perigee::problems {

/// Value, gradient and product are O(K) and allocate nothing.
class EscortBandit final : public Objective, public PolicyLandscape, public BatchObjective {
 public:
  /// Throws std::invalid_argument if there is no reward, one is not finite, or not p >= 1 and finite.
  EscortBandit(std::vector<double> rewards, double p);

  Index dimension() const override { return arms_.count(); }
  double value(ConstVectorView theta) const override;
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override;
  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override;

  const Arms& arms() const { return arms_; }
  double p() const { return p_; }
  Index action_count() const override { return arms_.count(); }
  void probabilities(ConstVectorView theta, VectorView pi) const override;
  std::vector<double> rewards() const override { return arms_.rewards(); }
  Index optimal_action() const override { return arms_.best(); }
  std::string transform() const override { return "escort"; }
  /// C = p pi(a*)/|theta(a*)| = p/||theta||_p pi(a*)^{1 - 1/p}: ||grad f|| >= C f. Mei et al. (2020), eq. (9).
  double lojasiewicz_coefficient(ConstVectorView theta) const override;

 private:
  kernels::EscortBanditModel model() const;
  Arms arms_;
  double p_;
};

/// The learning rate of Mei et al. (2020), theorem 2, which is proved for p = 1 as a flow and for p >= 2:
/// eta = 2 ||theta||_p^2 / (9 p^2 K^{1/p}). With p = 1 a discrete step can carry an element across zero and the
/// iterates then end in a limit cycle (see docs/problems.md).
double escort_policy_gradient_step(ConstVectorView theta, double p);
Schedule escort_policy_gradient_schedule(double p);

Entry escort_bandit();  // "escort-bandit"

}  // namespace perigee::problems

#endif
