// A deep linear network of one unit a layer: the simplest landscape whose saddle degenerates with depth.
//
//     f(w) = (w_1 w_2 ... w_N - 1)^2/2
//
// At the origin the Hessian is [0 -1; -1 0] for N = 2, a strict saddle, and zero for N >= 3 (Kawaguchi 2016, "Deep
// learning without poor local minima": deeper linear networks have saddles without negative curvature). A point with
// exactly two zeros is a strict saddle; the minima are the surface prod w_i = 1, flat along itself.
// From (s, ..., s) gradient flow takes about ln(1/s) for N = 2 and s^(2-N)/(N - 2) for N >= 3.
// On [-1, 1]^N: l = 3 N - 2.
#ifndef PERIGEE_LIB_PROBLEMS_DEEP_CHAIN_HPP
#define PERIGEE_LIB_PROBLEMS_DEEP_CHAIN_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class DeepChain final : public Objective {
 public:
  /// N = `depth` >= 1.
  explicit DeepChain(Index depth) : depth_(depth) {}
  Index dimension() const override { return depth_; }
  double value(ConstVectorView w) const override;
  double value_and_gradient(ConstVectorView w, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index depth_;
};

Entry deep_chain();  // "deep-chain"

}  // namespace perigee::problems

#endif
