// A classifier of images as a policy: a network whose outputs are the parameters of a softmax or an escort policy over
// the classes, rewarded for the right one. Mei et al. (2020), section 6 and figure 6.
//
//     o(x) = W2 max(0, W1 x + b1) + b2,   pi = softmax(o) or escort(o),   w = (W1, b1, W2, b2), matrices by rows
//     f(w) = (1/N) sum_i 1 - pi(y_i|x_i)       objective reward: the probability of the wrong classes
//     f(w) = (1/N) sum_i -log pi(y_i|x_i)      objective cross-entropy
//
// Gradients by back-propagation, Hessian-vector products by differentiating both passes along v (Pearlmutter 1994).
// With s = sum_{b != y} pi_b in place of 1 - pi_y, which loses its digits near a corner, and the scores z of
// lib/transforms/policy_transform.hpp, a sample's gradient by o is
//
//     reward           -z_y s  for a = y,      z_a pi_y  for a != y
//     cross-entropy    -c_y s  for a = y,      z_a       for a != y,    c_y = 1 or p/o_y
//
// An escort's cross-entropy has a pole where o_y = 0. At the kink of a rectified unit the derivative taken is 0.
#ifndef PERIGEE_LIB_PROBLEMS_POLICY_NETWORK_HPP
#define PERIGEE_LIB_PROBLEMS_POLICY_NETWORK_HPP

#include <perigee/lib/data/labelled_samples.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>

#include <memory>

namespace perigee::problems {

enum class PolicyNetworkLoss { reward, cross_entropy };

struct PolicyNetworkOptions {
  Index hidden = 32;  // h >= 1, rectified units
  transforms::PolicyTransform head = transforms::PolicyTransform::softmax();
  PolicyNetworkLoss loss = PolicyNetworkLoss::reward;
};

/// How a network classifies some samples.
struct Classification {
  double loss;               // the mean of the objective's terms
  double error_rate;         // the share of samples whose most probable class is not theirs
  double worst_class_error;  // the same of the class with the greatest share: 1 for a class that is lost
};

/// N samples of d features and K classes; n = h (d + 1) + K (h + 1). Cost of a gradient of b terms: 4 b h (d + K)
/// multiplications, of a product 8, as matrix products over blocks of 256 samples; the memory of a call is that of
/// one block.
class PolicyNetwork final : public FiniteSum {
 public:
  /// Throws std::invalid_argument if there is no sample, or if hidden < 1.
  PolicyNetwork(std::shared_ptr<const data::LabelledSamples> samples, const PolicyNetworkOptions& options);

  Index dimension() const override;
  Index term_count() const override { return samples_->count(); }
  double add_term(Index term, ConstVectorView w, VectorView gradient) const override;
  double batch_value_and_gradient(std::span<const Index> terms, ConstVectorView w, VectorView gradient) const override;
  double value(ConstVectorView w) const override;
  double value_and_gradient(ConstVectorView w, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  const PolicyNetworkOptions& options() const { return options_; }
  /// Writes o(x_i) of sample i, length K.
  void outputs(Index sample, ConstVectorView w, VectorView o) const;
  /// Of this network's own samples or of others, such as a test set. One forward pass over them.
  /// Throws std::invalid_argument unless they have as many features and no more classes.
  Classification classify(const data::LabelledSamples& samples, ConstVectorView w) const;
  /// Weights N(0, 2/d) and N(0, 2/h), biases 0: He et al. (2015), equation (10).
  Vector random_weights(RandomEngine& engine) const;

 private:
  std::shared_ptr<const data::LabelledSamples> samples_;
  PolicyNetworkOptions options_;
};

struct Entry;
Entry policy_network();  // "policy-network"

}  // namespace perigee::problems

#endif
