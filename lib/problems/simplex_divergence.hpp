// The Kullback-Leibler divergence from a target distribution.
//
//     f(x) = sum_a x_a ln(x_a/q_a) - x_a + q_a,  x >= 0;   df/dx_a = ln(x_a/q_a),  (H v)_a = v_a/x_a
//
// On the simplex it is KL(x, q), everywhere on x >= 0 it is convex with the one minimum x = q, f = 0 (Kullback and
// Leibler 1951; Csiszar 1975 for sums other than 1). Elements < 0 are outside the domain: NaN; where one is 0 its
// derivative is -infinity.
//
// f has no Lipschitz gradient near the faces, but relative to the negative entropy it is exactly 1-smooth and
// 1-strongly convex: mirror descent contracts ln(x_a/q_a), up to a common constant, by 1 - eta a step.
#ifndef PERIGEE_LIB_PROBLEMS_SIMPLEX_DIVERGENCE_HPP
#define PERIGEE_LIB_PROBLEMS_SIMPLEX_DIVERGENCE_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

/// Value, gradient and product are O(n) and allocate nothing.
class SimplexDivergence final : public Objective {
 public:
  /// The target q. Throws std::invalid_argument unless it has elements, all > 0 and finite.
  explicit SimplexDivergence(Vector target);

  Index dimension() const override { return target_.size(); }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }
  const Vector& target() const { return target_; }

 private:
  Vector target_;
};

Entry simplex_divergence();  // "simplex-divergence"

}  // namespace perigee::problems

#endif
