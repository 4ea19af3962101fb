// The linear systems of one policy: I - gamma P_pi, P_pi(s, s') = sum_a pi(a|s) P(s'|s, a), factorized once.
//
// Values are (I - gamma P_pi)^{-1} h for costs or rewards h(s), discounted visits are m = (I - gamma P_pi)^{-T} rho:
// m(s) = sum_t gamma^t Pr(s_t = s) = d(s)/(1 - gamma). docs/theory/policy-landscapes.md, eqs. (8) and (9).
#ifndef PERIGEE_LIB_PROBLEMS_POLICY_EVALUATION_HPP
#define PERIGEE_LIB_PROBLEMS_POLICY_EVALUATION_HPP

#include <perigee/lib/problems/markov_decision_process.hpp>

#include <memory>

namespace perigee::problems {

/// Dense LU factors with partial pivoting: S^2 numbers, (2/3) S^3 operations to make, 2 S^2 a solution.
class PolicyEvaluation {
 public:
  /// pi of length S A. No element need be a probability; where they are, the matrix is nonsingular.
  PolicyEvaluation(const MarkovDecisionProcess& process, ConstVectorView pi);
  ~PolicyEvaluation();
  PolicyEvaluation(PolicyEvaluation&&) noexcept;
  PolicyEvaluation& operator=(PolicyEvaluation&&) noexcept;

  /// v <- (I - gamma P_pi)^{-1} v, v of length S.
  void solve(VectorView v) const;
  /// v <- (I - gamma P_pi)^{-T} v.
  void solve_transposed(VectorView v) const;

 private:
  struct Factors;
  std::unique_ptr<const Factors> factors_;
};

}  // namespace perigee::problems

#endif
