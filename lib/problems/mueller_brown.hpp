// The Mueller-Brown surface: three minima joined by curved paths over two saddles.
//
//     f(x, y) = sum_{j=1}^4 A_j exp(a_j (x - x_j)^2 + b_j (x - x_j)(y - y_j) + c_j (y - y_j)^2)
//
// Mueller and Brown (1979), "Location of saddle points and minimum energy paths by a constrained simplex
// optimization procedure", Theoretica Chimica Acta 53. Of interest in [-1.5, 1.2] x [-0.2, 2]. The exponent of
// the fourth term is a positive quadratic: outside the box f grows like exp of a square, and where that
// overflows f is infinite and its derivatives are not finite. It is not clamped.
#ifndef PERIGEE_LIB_PROBLEMS_MUELLER_BROWN_HPP
#define PERIGEE_LIB_PROBLEMS_MUELLER_BROWN_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class MuellerBrown final : public Objective {
 public:
  Index dimension() const override { return 2; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }
};

Entry mueller_brown();  // "mueller-brown"

}  // namespace perigee::problems

#endif
