// A chain of pendulums: infinitely many wells, coupled by springs.
//
//     f(x) = sum_{i=1}^n (1 - cos x_i) + (c/2) sum_{i=1}^{n-1} (x_{i+1} - x_i)^2
//
// Frenkel and Kontorova (1938), "On the theory of plastic deformation and twinning", with free ends. Stationary
// everywhere where all x_i equal the same multiple of pi; others are kinks, where the chain changes from one well to
// the next, pinned as minima while c is small. At (pi, ..., pi) the eigenvalues are -1 + 4 c sin^2(k pi/2 n),
// k = 0, ..., n - 1. Everywhere l = 1 + 4 c and rho = 1.
#ifndef PERIGEE_LIB_PROBLEMS_COSINE_CHAIN_HPP
#define PERIGEE_LIB_PROBLEMS_COSINE_CHAIN_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class CosineChain final : public Objective {
 public:
  /// `dimension` >= 1, c = `coupling` >= 0.
  CosineChain(Index dimension, double coupling) : dimension_(dimension), coupling_(coupling) {}
  Index dimension() const override { return dimension_; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index dimension_;
  double coupling_;
};

Entry cosine_chain();  // "cosine-chain"

}  // namespace perigee::problems

#endif
