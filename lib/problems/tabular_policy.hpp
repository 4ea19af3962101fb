// The sub-optimality of a tabular policy in a Markov decision process: theta has one element a pair (s, a).
//
//     f(theta) = V*(rho) - V^pi(rho) = sum_s m(s) sum_a pi(a|s) (V*(s) - Q*(s, a)),   tau = 0
//     f(theta) = V*_tau(rho) - V^pi_tau(rho) = tau sum_s m(s) KL(pi(.|s) || pi*_tau(.|s)),   tau > 0
//     plus the barrier  -(lambda/(S A)) sum_{s, a} log(A pi(a|s)),   lambda >= 0
//
// with m the discounted visits under pi. The first is the performance-difference lemma (Kakade and Langford 2002,
// lemma 6.1), the second its soft form (Mei et al. 2020b, "On the global convergence rates of softmax policy gradient
// methods", appendix); both are sums of terms >= 0, so no digit is lost near the optimum. The barrier is that of
// Agarwal, Kakade, Lee and Mahajan (2021), section 5.2. The gradient is the policy gradient theorem of Sutton et al.
// (2000), df/dtheta(s, a) = m(s) z(s, a) (Q(s, a) - V(s)) in costs, with z the score of the transform.
// Hessian-vector products differentiate both linear systems: docs/theory/policy-landscapes.md, eqs. (10) to (16).
#ifndef PERIGEE_LIB_PROBLEMS_TABULAR_POLICY_HPP
#define PERIGEE_LIB_PROBLEMS_TABULAR_POLICY_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/markov_decision_process.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>

namespace perigee::problems {

struct TabularPolicyOptions {
  transforms::PolicyTransform transform = transforms::PolicyTransform::softmax();
  double entropy_temperature = 0.0;  // tau >= 0
  double barrier = 0.0;              // lambda >= 0
};

/// Values cost one dense factorization, (2/3) S^3, and one solution; gradients two solutions, products four.
class TabularPolicy final : public Objective {
 public:
  /// Throws std::invalid_argument unless entropy_temperature and barrier are >= 0 and finite.
  TabularPolicy(MarkovDecisionProcess process, TabularPolicyOptions options);

  Index dimension() const override { return process_.pair_count(); }
  double value(ConstVectorView theta) const override;
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  const MarkovDecisionProcess& process() const { return process_; }
  const TabularPolicyOptions& options() const { return options_; }
  const OptimalValues& optimum() const { return optimum_; }
  /// Of the regularized process; empty if tau = 0.
  const SoftOptimalValues& soft_optimum() const { return soft_optimum_; }
  /// pi(a|s), length S A.
  void policy(ConstVectorView theta, VectorView pi) const;
  /// m(s) = d(s)/(1 - gamma), length S, of a policy pi of length S A.
  void visits(ConstVectorView pi, VectorView m) const;
  /// V^pi(s) in rewards, length S, without regularization, of a policy pi of length S A.
  void values(ConstVectorView pi, VectorView v) const;

  /// C = min_s |z(s, a*(s))| / (sqrt(S) max_s d*(s)/d(s)): ||grad f|| >= C f for tau = lambda = 0. For a softmax this
  /// is lemma 8 of Mei et al. (2020b); NaN with regularization. Cost: two factorizations.
  double lojasiewicz_coefficient(ConstVectorView theta) const;

 private:
  struct Point;
  Point evaluate(ConstVectorView theta) const;
  double barrier_weight() const { return options_.barrier / static_cast<double>(process_.pair_count()); }

  MarkovDecisionProcess process_;
  TabularPolicyOptions options_;
  OptimalValues optimum_;
  SoftOptimalValues soft_optimum_;
};

/// The learning rates of Mei et al. (2020), theorem 3, one a state: (1 - gamma)^3 ||theta(s, .)||_p^2/(10 p^2 A^{2/p}),
/// proved for p = 1 and p >= 2 and rewards in [0, 1]. theta has length S A, `rates` length S.
/// Throws std::invalid_argument unless p >= 1 and finite.
void escort_policy_gradient_rates(const MarkovDecisionProcess& process, ConstVectorView theta, double p,
                                  VectorView rates);

}  // namespace perigee::problems

#endif
