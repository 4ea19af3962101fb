// The monkey saddle between three minima: a stationary point that the second order does not decide.
//
//     f(x, y) = x^3 - 3 x y^2 + (x^2 + y^2)^2 = Re z^3 + |z|^4,  z = x + i y
//
// The Hessian vanishes at the origin, yet f descends from it in three directions. On |z| <= 1: l = 18
// (6|z| + 12|z|^2), rho = 30 (6 + 24|z|).
#ifndef PERIGEE_LIB_PROBLEMS_MONKEY_SADDLE_HPP
#define PERIGEE_LIB_PROBLEMS_MONKEY_SADDLE_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class MonkeySaddle final : public Objective {
 public:
  Index dimension() const override { return 2; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }
};

Entry monkey_saddle();  // "monkey-saddle"

}  // namespace perigee::problems

#endif
