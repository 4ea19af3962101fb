// Cross-entropy of an escort transform against one label: gradient descent converges linearly at p = 2.
//
//     f(theta) = -log pi_y = log(1 + sum_{a != y} |theta_a/theta_y|^p),  p >= 1
//     df/dtheta_a = z_a = p pi_a/theta_a (a != y),   df/dtheta_y = -p (1 - pi_y)/theta_y
//     (H v)_a = p (p - 1) pi_a/theta_a^2 v_a - z_a z'v                                       (a != y)
//     (H v)_y = p (1 - pi_y)(1 + p pi_y)/theta_y^2 v_y - z_y sum_{b != y} z_b v_b
//
// with z_y = p pi_y/theta_y in the products. Mei et al. (2020), eqs. (12), (13) and theorem 5. 1 - pi_y is summed
// over the other classes. Zero elements as in escort_bandit.hpp; f is infinite where theta_y = 0, NaN at theta = 0.
// The infimum 0 is attained: the minimizers are the multiples of +-e_y.
#ifndef PERIGEE_LIB_PROBLEMS_ESCORT_CROSS_ENTROPY_HPP
#define PERIGEE_LIB_PROBLEMS_ESCORT_CROSS_ENTROPY_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::kernels {
struct EscortCrossEntropyModel;
}

namespace perigee::problems {

/// Value, gradient and product are O(K) and allocate nothing.
class EscortCrossEntropy final : public Objective, public PolicyLandscape, public BatchObjective {
 public:
  /// Throws std::invalid_argument unless classes >= 1, 0 <= label < classes, and p >= 1 and finite.
  EscortCrossEntropy(Index classes, Index label, double p);

  Index dimension() const override { return classes_; }
  double value(ConstVectorView theta) const override;
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override;
  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override;

  Index action_count() const override { return classes_; }
  void probabilities(ConstVectorView theta, VectorView pi) const override;
  std::vector<double> rewards() const override { return {}; }
  Index optimal_action() const override { return label_; }
  std::string transform() const override { return "escort"; }
  /// C = p/||theta||_p (min_a pi_a^{1 - 2/p})^{1/2}: ||grad f|| >= C f^{1/2}. Mei et al. (2020), eq. (12); the
  /// minimum is taken after the power, so that it also holds for p < 2.
  double lojasiewicz_coefficient(ConstVectorView theta) const override;

 private:
  kernels::EscortCrossEntropyModel model() const;
  Index classes_;
  Index label_;
  double p_;
};

/// The learning rate of Mei et al. (2020), theorem 5 (p = 2): eta = ||theta||_2^2/(4 (3 + c1^2)), c1^2 = 1/pi_1(a_y),
/// where pi_1(a_y) in (0, 1] is the label's probability at the start of the run.
double escort_cross_entropy_step(ConstVectorView theta, double first_probability);
Schedule escort_cross_entropy_schedule(double first_probability);

Entry escort_cross_entropy();  // "escort-cross-entropy"

}  // namespace perigee::problems

#endif
