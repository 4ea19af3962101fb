// A policy whose parameters are the outputs of a network with one hidden layer of rectified linear units.
//
//     L(s, .) = W2 max(0, W1 x_s + b1) + b2,   f(w) = F(L),   w = (W1, b1, W2, b2), matrices by rows
//
// x_s are the features of state s, F a landscape over tables of length S A. Gradients go back through the network from
// the exact gradient of F, products forward and back through both (Pearlmutter 1994). Where a pre-activation is exactly
// zero the network has a kink; the derivative taken there is 0.
#ifndef PERIGEE_LIB_PROBLEMS_NETWORK_POLICY_HPP
#define PERIGEE_LIB_PROBLEMS_NETWORK_POLICY_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>

#include <memory>

namespace perigee::problems {

/// Cost of a call: that of F, and about 2 (gradients 4, products 8) S h (F + A) operations.
class NetworkPolicy final : public Objective {
 public:
  /// `features` has S rows of `feature_count` >= 1 numbers, S = features.size()/feature_count; `landscape` has a
  /// dimension that is a multiple of S. Throws std::invalid_argument otherwise, or if hidden < 1.
  NetworkPolicy(std::shared_ptr<const Objective> landscape, Vector features, Index feature_count, Index hidden);

  Index dimension() const override { return hidden_ * (feature_count_ + 1) + outputs_ * (hidden_ + 1); }
  double value(ConstVectorView w) const override;
  double value_and_gradient(ConstVectorView w, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return landscape_->has_exact_hessian_vector_product(); }

  const Objective& landscape() const { return *landscape_; }
  /// Writes L, length S A.
  void outputs(ConstVectorView w, VectorView table) const;
  /// Weights N(0, 2/feature_count) and N(0, 1/hidden), biases 0 (He et al. 2015).
  Vector random_weights(RandomEngine& engine) const;

 private:
  std::shared_ptr<const Objective> landscape_;
  Vector features_;
  Index feature_count_;
  Index hidden_;
  Index states_;
  Index outputs_;
};

}  // namespace perigee::problems

#endif
