// A bandit whose policy is a softmax: gravity wells at suboptimal corners.
//
//     f(theta) = sum_a pi_a (r* - r_a),  pi = softmax(theta)
//     df/dtheta_a = pi_a A_a,  A_a = sum_b pi_b (r_b - r_a)
//     (H v)_a = pi_a (A_a w_a - sum_b pi_b A_b w_b),  w_a = v_a - pi'v
//
// Mei, Xiao, Dai, Li, Szepesvari and Schuurmans (2020), "Escaping the gravitational pull of softmax", eq. (1).
// A_a and w_a are evaluated relative to the most probable arm m, as (r_m - r_a) - sum_b pi_b (r_m - r_b): the
// plain differences r'pi - r_a lose all digits near a corner.
//
// For distinct rewards there is no finite stationary point: the infimum 0 is approached at infinity.
#ifndef PERIGEE_LIB_PROBLEMS_SOFTMAX_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_SOFTMAX_BANDIT_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <vector>

namespace perigee::kernels {
struct SoftmaxBanditModel;
}

namespace perigee::problems {

/// Value, gradient and product are O(K) and allocate nothing.
class SoftmaxBandit final : public NaturalGradientObjective, public PolicyLandscape, public BatchObjective {
 public:
  /// Throws std::invalid_argument if there is no reward or one is not finite.
  explicit SoftmaxBandit(std::vector<double> rewards) : arms_("SoftmaxBandit", std::move(rewards)) {}

  Index dimension() const override { return arms_.count(); }
  double value(ConstVectorView theta) const override;
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  /// The natural gradient is A: F = diag(pi) - pi pi', F A = pi_a A_a since pi'A = 0.
  double value_and_gradients(ConstVectorView theta, VectorView gradient, VectorView natural) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override;
  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override;

  const Arms& arms() const { return arms_; }
  Index action_count() const override { return arms_.count(); }
  void probabilities(ConstVectorView theta, VectorView pi) const override;
  std::vector<double> rewards() const override { return arms_.rewards(); }
  Index optimal_action() const override { return arms_.best(); }
  std::string transform() const override { return "softmax"; }
  /// C = pi(a*): ||grad f|| >= C f. Mei et al. (2020), eq. (8).
  double lojasiewicz_coefficient(ConstVectorView theta) const override;

 private:
  kernels::SoftmaxBanditModel model() const;
  Arms arms_;
};

/// The bandit that `bandit_parameters` describe, with its starts and constants.
Problem softmax_bandit_problem(const std::string& name, const Parameters& parameters);

Entry softmax_bandit();  // "softmax-bandit"

}  // namespace perigee::problems

#endif
