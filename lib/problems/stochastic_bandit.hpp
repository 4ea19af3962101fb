// Bandits whose rewards are seen in samples, one arm at a time.
//
// As a finite sum: every arm was pulled M times by a policy that chooses arms uniformly, and R_{a,j} is what pull j of
// arm a paid. Weighted by importance (K pi_a instead of pi_a), each of the K M pulls is a term,
//
//     f_{a,j}(theta) = K pi_a (r* - R_{a,j}),   mean over all terms = sum_a pi_a (r* - r_a),  r_a = mean_j R_{a,j}
//
// so a minibatch is an unbiased estimate of value and gradient of the softmax bandit. R_{a,j} = r_a + sigma (z_j - mean
// z) has exactly the mean r_a: the optimum is that of the bandit without noise.
//
// On-policy: the gradient bandit of Sutton and Barto (2018), section 2.8, draws a ~ pi and takes (1{b = a} - pi_b) R
// for the gradient of the expected reward; a baseline B in place of R - B changes its variance, not its mean.
// docs/theory/policy-landscapes.md, eqs. (23) and (24).
#ifndef PERIGEE_LIB_PROBLEMS_STOCHASTIC_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_STOCHASTIC_BANDIT_HPP

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/random.hpp>

#include <vector>

namespace perigee::problems {

struct StochasticBanditOptions {
  std::vector<double> rewards{};  // r, length K, finite
  double noise = 0.5;             // sigma >= 0: standard deviation of one pull
  Index pulls = 100;              // M >= 1, of every arm; with 1 there is no noise left
  std::uint64_t instance = 1;     // seed of the noise
};

/// Term a M + j is pull j of arm a. A term costs O(K); the whole sum costs no more than the bandit without noise.
class StochasticBandit final : public FiniteSum {
 public:
  /// Throws std::invalid_argument if an option is outside what is said above.
  explicit StochasticBandit(StochasticBanditOptions options);

  Index dimension() const override { return bandit_.dimension(); }
  Index term_count() const override { return static_cast<Index>(pulled_.size()); }
  double add_term(Index term, ConstVectorView theta, VectorView gradient) const override;
  double value(ConstVectorView theta) const override { return bandit_.value(theta); }
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override {
    return bandit_.value_and_gradient(theta, gradient);
  }
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override {
    bandit_.hessian_vector_product(theta, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return true; }

  /// The bandit of the mean rewards.
  const SoftmaxBandit& bandit() const { return bandit_; }
  /// R_{a,j}.
  double pulled_reward(Index arm, Index pull) const { return pulled_[static_cast<std::size_t>(arm * pulls_ + pull)]; }

 private:
  SoftmaxBandit bandit_;
  Index pulls_;
  std::vector<double> pulled_;
};

/// Draws an arm from a policy pi by inversion: the first whose cumulative probability exceeds u ~ U[0, 1).
Index draw_arm(ConstVectorView pi, RandomEngine& engine);

/// Writes the gradient bandit's estimate of the gradient of -pi'r after arm `arm` paid `reward`:
/// -(1{b = arm} - pi_b) (reward - baseline), for a softmax. All of length K.
void gradient_bandit_estimate(ConstVectorView pi, Index arm, double reward, double baseline, VectorView gradient);

Entry stochastic_bandit();  // "stochastic-bandit"

}  // namespace perigee::problems

#endif
