// Saddles at the origin of n dimensions with prescribed curvatures.
//
//     f(x) = x'D x/2 + q x_1^4/4 + c ||x||^3/6,   D diagonal
//
//     quadratic-saddle           q = c = 0: some eigenvalues negative, the others spread over a condition number
//     ill-conditioned-saddle     D = diag(-e, 1, ..., 1), q = 1/4: minima at x_1 = +-2 sqrt(e), f* = -e^2.
//                                The second experiment of Zhang and Li (2021)
//     cubic-regularized-saddle   D = diag(-1, U[1, 2], ...), c = 1: minima +-2 e_1, f* = -2/3, rho = 1.
//                                Lucchi, Orvieto and Solomou (2021), eq. (8)
//
// Gradient D x + q x_1^3 e_1 + c ||x|| x/2; Hessian D + 3 q x_1^2 e_1 e_1' + c (||x|| I + x x'/||x||)/2, where the last
// term is 0 at the origin.
#ifndef PERIGEE_LIB_PROBLEMS_DIAGONAL_SADDLES_HPP
#define PERIGEE_LIB_PROBLEMS_DIAGONAL_SADDLES_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <utility>
#include <vector>

namespace perigee::problems {

class DiagonalSaddle final : public Objective {
 public:
  /// `diagonal`: the n >= 1 eigenvalues at the origin. q = `quartic`, c = `cubic`, both >= 0.
  explicit DiagonalSaddle(std::vector<double> diagonal, double quartic = 0.0, double cubic = 0.0)
      : diagonal_(std::move(diagonal)), quartic_(quartic), cubic_(cubic) {}
  Index dimension() const override { return static_cast<Index>(diagonal_.size()); }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  std::vector<double> diagonal_;
  double quartic_;  // q
  double cubic_;    // c
};

Entry quadratic_saddle();          // "quadratic-saddle"
Entry ill_conditioned_saddle();    // "ill-conditioned-saddle"
Entry cubic_regularized_saddle();  // "cubic-regularized-saddle"

}  // namespace perigee::problems

#endif
