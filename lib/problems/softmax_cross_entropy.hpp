// Cross-entropy of a softmax against one label: convex, yet gradient descent converges only like 1/t.
//
//     f(theta) = -log pi_y = log(1 + sum_{a != y} exp(theta_a - theta_y)),  pi = softmax(theta)
//     grad f = pi - e_y,  with 1 - pi_y summed over the other classes
//     (H v)_a = pi_a (v_a - pi'v)
//
// Mei et al. (2020), eqs. (10), (11): "softmax damping". No finite stationary point (K >= 2); infimum 0 at
// infinity. H = diag(pi) - pi pi' has eigenvalues in [0, 1/2], so l = 1/2.
#ifndef PERIGEE_LIB_PROBLEMS_SOFTMAX_CROSS_ENTROPY_HPP
#define PERIGEE_LIB_PROBLEMS_SOFTMAX_CROSS_ENTROPY_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::kernels {
struct SoftmaxCrossEntropyModel;
}

namespace perigee::problems {

/// Value, gradient and product are O(K) and allocate nothing.
class SoftmaxCrossEntropy final : public Objective, public PolicyLandscape, public BatchObjective {
 public:
  /// Throws std::invalid_argument unless classes >= 1 and 0 <= label < classes.
  SoftmaxCrossEntropy(Index classes, Index label);

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
  std::string transform() const override { return "softmax"; }
  /// C = (min_a pi_a)^{1/2}: ||grad f|| >= C f^{1/2}. Mei et al. (2020), eq. (11).
  double lojasiewicz_coefficient(ConstVectorView theta) const override;

 private:
  kernels::SoftmaxCrossEntropyModel model() const;
  Index classes_;
  Index label_;
};

Entry softmax_cross_entropy();  // "softmax-cross-entropy"

}  // namespace perigee::problems

#endif
