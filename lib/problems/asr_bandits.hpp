// Bandits whose rewards change with time: the setting of adaptive sampling with reward.
//
//     r(t, s) = (b_1(t) + Delta(s), b_2(t), b_3(t)),   s = 0 ... S-1 states, each with a softmax over 3 actions
//
// Dou et al. (2022), "Demystify the gravity well in the optimization landscape", theorem 2. An objective is pure, so
// time cannot be hidden in it. Here time is the number of a term: f_t, the mean over the states of the sub-optimality
// at time t, is term t of a finite sum over the horizon. The mean over the horizon is an objective like any other (f_t
// is linear in the rewards: it is the bandit of the mean rewards, and time has left it), and the process itself is
// `follow_asr_bandits`, which takes the terms in order of time.
//
// What governs the escape of a state is the actual gap G_t(s) = Delta(s) + b_1(t) - max(b_2(t), b_3(t)). With b_2 =
// b_3, 1/pi_{t+1}(a*) >= 1/pi_t(a*) - 2 eta G_t as for a bandit, so pi(a*) > 0.1 is not before 2 eta sum_t G_t exceeds
// 1/pi_1(a*) - 10; no constant is uniform in Delta(s) alone. docs/theory/policy-landscapes.md, eq. (25).
#ifndef PERIGEE_LIB_PROBLEMS_ASR_BANDITS_HPP
#define PERIGEE_LIB_PROBLEMS_ASR_BANDITS_HPP

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/trajectory.hpp>

#include <vector>

namespace perigee::problems {

inline constexpr Index asr_actions = 3;

struct AsrBanditsOptions {
  std::vector<double> gaps{};    // Delta(s) > 0, one a state
  std::vector<double> levels{};  // b_1, b_2, b_3 at t = 0, then at t = 1, ...: length 3 horizon, finite
};

/// theta has one element a state and action, s 3 + a. A term costs O(S).
class AsrBandits final : public FiniteSum {
 public:
  /// Throws std::invalid_argument if there is no state or no time, a gap is not > 0, or action 0 is not the best in
  /// every state at every time (Delta(s) + b_1(t) >= max(b_2(t), b_3(t))).
  explicit AsrBandits(AsrBanditsOptions options);

  Index state_count() const { return static_cast<Index>(options_.gaps.size()); }
  Index dimension() const override { return asr_actions * state_count(); }
  Index term_count() const override { return static_cast<Index>(options_.levels.size()) / asr_actions; }
  double add_term(Index time, ConstVectorView theta, VectorView gradient) const override;
  /// The mean over the horizon, in O(S).
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  /// r(t, s, a).
  double reward(Index time, Index state, Index action) const;
  /// G_t(s) >= 0.
  double actual_gap(Index time, Index state) const;
  /// pi(a|s), length 3 S.
  void policy(ConstVectorView theta, VectorView pi) const;

 private:
  const SoftmaxBandit& bandit_of(Index state) const { return mean_bandits_[static_cast<std::size_t>(state)]; }
  AsrBanditsOptions options_;
  std::vector<SoftmaxBandit> mean_bandits_;  // one a state
};

/// b_i(t) = level - amplitude (1 + sin(2 pi t/period_i))/2, in [level - amplitude, level], for t = 0 ... horizon-1.
/// Throws std::invalid_argument unless amplitude >= 0, periods > 0, and horizon >= 1.
std::vector<double> sinusoidal_levels(Index horizon, double level, double amplitude,
                                      const std::vector<double>& periods);

/// The process: theta_{t+1}(s) = theta_t(s) - eta grad f_t(s) of the state's own sub-optimality (S times that of the
/// mean), t = 0, 1, ..., `steps`; the horizon repeats. Records f_t(theta_t) and its gradient, and the columns "pi_0" to
/// "pi_2" (means over the states), "gap" (mean of G_t(s)) and "escaped" (the share of states whose sub-optimality is
/// below 0.9 G_t(s)). Throws std::invalid_argument unless theta has length 3 S, learning_rate > 0 and steps >= 0.
Trajectory follow_asr_bandits(const AsrBandits& bandits, ConstVectorView start, double learning_rate, Index steps);

Entry asr_bandits();  // "asr-bandits"

}  // namespace perigee::problems

#endif
