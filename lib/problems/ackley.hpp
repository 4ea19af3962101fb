// Ackley's function: a nearly flat plateau, ripples, and a cusp at the minimum.
//
//     f(x) = -20 exp(-r/5) - exp(c) + 20 + e,   r = ||x||/sqrt(n),   c = (1/n) sum_i cos 2 pi x_i
//
// Ackley (1987), "A connectionist machine for genetic hillclimbing". f* = 0 at the origin, where f has a cusp like
// 4 r: it is no stationary point, and there is no Hessian. At exactly 0 the gradient is returned as 0, a
// subgradient, and Hessian-vector products are NaN; a derivative check there is undecided, and says that f is not
// smooth. On the diagonal x = (t, ..., t) the gradient is along the diagonal, so the stationary points of the
// one-variable function are stationary points in every dimension.
#ifndef PERIGEE_LIB_PROBLEMS_ACKLEY_HPP
#define PERIGEE_LIB_PROBLEMS_ACKLEY_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class Ackley final : public Objective {
 public:
  /// `dimension` >= 1.
  explicit Ackley(Index dimension) : dimension_(dimension) {}
  Index dimension() const override { return dimension_; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index dimension_;
};

Entry ackley();  // "ackley"

}  // namespace perigee::problems

#endif
