// A strict saddle between two minima.
//
//     f(x, y) = x^2 - y^2 + (x^4 + y^4)/4
//     H(x, y) = diag(2 + 3 x^2, -2 + 3 y^2)
//
// The textbook saddle x^2 - y^2, bounded below by a quartic that leaves value, gradient and Hessian at the
// saddle as they are. On |x|, |y| <= 1.5: l = 8.75, rho = 9.
#ifndef PERIGEE_LIB_PROBLEMS_CAPPED_SADDLE_HPP
#define PERIGEE_LIB_PROBLEMS_CAPPED_SADDLE_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::kernels {
struct CappedSaddleModel;
}

namespace perigee::problems {

class CappedSaddle final : public Objective, public BatchObjective {
 public:
  Index dimension() const override { return 2; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override;
  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override;

 private:
  kernels::CappedSaddleModel model() const;
};

Entry capped_saddle();  // "capped-saddle"

}  // namespace perigee::problems

#endif
