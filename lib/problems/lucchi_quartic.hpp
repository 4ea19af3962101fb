// A quartic whose saddle has one unstable, one stable and d - 1 flat directions.
//
//     f(x, y) = (1/4) sum_{i=1}^d x_i^4 - y sum_i x_i + (d/2) y^2,   variables (x_1, ..., x_d, y)
//
// Lucchi, Orvieto and Solomou (2021), "On the second-order convergence properties of random search methods", eq. (9).
// Gradient: x_i^3 - y, d y - sum x_i; so all x_i equal t = y with t^3 = t. At 0 the Hessian has the eigenvalues
// (d +- sqrt(d^2 + 4 d))/2, the smaller one tending to -1 for large d, and d - 1 zeros. Minima +-(1, ..., 1), f* =
// -d/4.
#ifndef PERIGEE_LIB_PROBLEMS_LUCCHI_QUARTIC_HPP
#define PERIGEE_LIB_PROBLEMS_LUCCHI_QUARTIC_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class LucchiQuartic final : public Objective {
 public:
  /// d = `terms` >= 1; d + 1 variables.
  explicit LucchiQuartic(Index terms) : terms_(terms) {}
  Index dimension() const override { return terms_ + 1; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index terms_;
};

Entry lucchi_quartic();  // "lucchi-quartic"

}  // namespace perigee::problems

#endif
