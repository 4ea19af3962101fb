// What the bandit problems share: arms with rewards, their parameters, and the policies to start from.
//
// A bandit is posed as minimization of the sub-optimality of a policy pi over K arms,
//
//     f = (pi* - pi)'r = sum_a pi_a (r* - r_a),   r* = max_a r_a,
//
// a sum of terms >= 0 with infimum f* = 0: no digit is lost near the optimal corner.
#ifndef PERIGEE_LIB_PROBLEMS_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_BANDIT_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problem.hpp>

#include <string>
#include <vector>

namespace perigee::problems {

/// K >= 1 arms with finite rewards.
class Arms {
 public:
  /// Throws std::invalid_argument, in the name of `who`, if there is no reward or one is not finite.
  Arms(const std::string& who, std::vector<double> rewards);
  Index count() const { return static_cast<Index>(rewards_.size()); }
  const std::vector<double>& rewards() const { return rewards_; }
  double reward(Index a) const { return rewards_[static_cast<std::size_t>(a)]; }
  Index best() const { return best_; }                                // the first of the best
  double regret(Index a) const { return reward(best_) - reward(a); }  // r* - r_a >= 0
  /// Delta = r* - the best of the other rewards; 0 if the best arm has an equal, or is the only one.
  double gap() const;
  const std::vector<double>& regrets() const { return regrets_; }  // of every arm
  double range() const;                                            // max r - min r

 private:
  std::vector<double> rewards_;
  std::vector<double> regrets_;
  Index best_ = 0;
};

/// r = (base + gap, base, ..., base), the family of Mei et al. (2020), section 2.
std::vector<double> gap_rewards(Index arms, double gap, double base);

/// pi_best = probability, the others equal. Throws unless probability is in (0, 1), or 1 with a single arm.
Vector even_policy(const Arms& arms, double probability);

/// The corner of a suboptimal arm: pi_best = probability; the highest reward among the other arms (the first of
/// them) gets 1 - probability - remainder; the rest share `remainder`. With two arms there is no rest and
/// `remainder` is unused. Throws unless all of these are > 0.
Vector corner_policy(const Arms& arms, double probability, double remainder);

/// The arm that `corner_policy` puts its mass on; the best arm if it is the only one.
Index corner_arm(const Arms& arms);

/// arms, reward_gap, base_reward, rewards, initial_probability, start, remainder.
std::vector<ParameterDescription> bandit_parameters();

/// The arms that these parameters describe.
Arms arms_of(const std::string& who, const Parameters& parameters);

/// The policies to start from, "corner", "even" and "uniform", with the one that `start` names first. One whose
/// probabilities would not all be > 0 is left out, unless it is the one that is asked for: then this throws.
std::vector<StartPoint> start_policies(const std::string& who, const Parameters& parameters, const Arms& arms);

/// A parameter named `p`: the escort's power.
ParameterDescription escort_power_parameter();

}  // namespace perigee::problems

#endif
