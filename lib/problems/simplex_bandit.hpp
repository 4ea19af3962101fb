// A bandit whose variable is the policy itself: a linear function on the simplex.
//
//     f(x) = sum_a x_a (r* - r_a) / sum_a x_a  for x >= 0;  on the simplex f = (pi* - pi)'r with pi = x
//     df/dx_a = (r* - r_a - f)/s,  (H v)_a = -(df/dx_a sum_b v_b + sum_b v_b df/dx_b)/s,  s = sum_a x_a
//
// Divided by the sum, f is defined around the simplex and does not care about scale; on the simplex its gradient is
// minus the advantage of each arm, the linear function's gradient but for a constant that no simplex method sees.
// Elements < 0, and x = 0, are outside the domain: NaN. It is the escort bandit with p = 1 on one orthant, with
// one-sided derivatives at its faces. The parametrization has no gravity well: ||grad f|| >= f at every policy.
//
// Stationary under the constraints are, for distinct rewards, the optimal corner only: a suboptimal corner leads down
// along the edge to every better one. The gradient there is not 0, nor is it at the optimum: use a solver that
// knows the simplex.
#ifndef PERIGEE_LIB_PROBLEMS_SIMPLEX_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_SIMPLEX_BANDIT_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <vector>

namespace perigee::problems {

/// Value, gradient and product are O(K) and allocate nothing.
class SimplexBandit final : public Objective, public PolicyLandscape {
 public:
  /// Throws std::invalid_argument if there is no reward or one is not finite.
  explicit SimplexBandit(std::vector<double> rewards) : arms_("SimplexBandit", std::move(rewards)) {}

  Index dimension() const override { return arms_.count(); }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  const Arms& arms() const { return arms_; }
  Index action_count() const override { return arms_.count(); }
  void probabilities(ConstVectorView x, VectorView pi) const override { pi = x / x.sum(); }
  std::vector<double> rewards() const override { return arms_.rewards(); }
  Index optimal_action() const override { return arms_.best(); }
  std::string transform() const override { return "direct"; }
  /// C = 1/s: the best arm's derivative is -f/s.
  double lojasiewicz_coefficient(ConstVectorView x) const override { return 1.0 / x.sum(); }

 private:
  Arms arms_;
};

Entry simplex_bandit();  // "simplex-bandit"

}  // namespace perigee::problems

#endif
