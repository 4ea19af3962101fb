// What a policy over the arms of a bandit can be asked, whatever its parameters: how far from what corner, and for how
// long. docs/theory/policy-landscapes.md, eqs. (18) to (22).
//
// The flows are those of the expected reward pi'r with the rates that make them flows of pi alone (Mei et al. 2020):
//
//     softmax            d pi_a/dt = pi_a (pi_a A_a - sum_b pi_b^2 A_b),             A_a = r_a - pi'r
//     escort, power p    d pi_a/dt = pi_a^{2-2/p} A_a - pi_a sum_b pi_b^{2-2/p} A_b  with eta = ||theta||_p^2/p^2
//
// so p = 2 is the replicator flow pi_a A_a, and p -> infinity is the softmax.
#ifndef PERIGEE_LIB_PROBLEMS_POLICY_QUANTITIES_HPP
#define PERIGEE_LIB_PROBLEMS_POLICY_QUANTITIES_HPP

#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>

namespace perigee::problems {

/// sum_a pi_a (r* - r_a) >= 0, without cancellation near the optimal corner.
double sub_optimality(const Arms& arms, ConstVectorView pi);

/// -sum_a pi_a log pi_a, in nats, in [0, log K]; 0 log 0 = 0.
double entropy(ConstVectorView pi);

/// A vertex of the simplex: the policy that always takes one action.
struct Corner {
  Index action = 0;
  double distance = 0.0;  // ||pi - e_action||_2, in [0, sqrt 2)
};

/// The corner of the most probable action, the first of several: the nearest, as ||pi - e_a||^2 = ||pi||^2 + 1 - 2
/// pi_a.
Corner nearest_corner(ConstVectorView pi);

/// d pi(a*)/dt of the flow above, per unit of time: negative where the flow goes away from the best arm. A softmax of
/// temperature T has the flow of T = 1 divided by T^2.
double optimal_probability_velocity(const Arms& arms, ConstVectorView pi, const transforms::PolicyTransform& transform);

/// The steps that softmax policy gradient with the fixed learning rate eta > 0 needs at least before
/// sum_a pi_a (r* - r_a) < 0.9 Delta, on rewards (b + Delta, b, ..., b) from pi(a*) = e:
///
///     (1/e - 10)/(2 eta Delta), and 0 if e >= 0.1
///
/// because escape is pi(a*) > 0.1 and every step obeys 1/pi_{t+1}(a*) >= 1/pi_t(a*) - 2 eta Delta. It counts steps from
/// 0; Mei et al. (2020) count iterates from 1. Throws std::invalid_argument unless e is in (0, 1], and Delta and eta
/// are > 0 and finite.
double least_escape_steps(double initial_probability, double reward_gap, double learning_rate);

/// Where the mass of the first policy lies that is not on the best arm.
enum class RemainingMass { on_one_arm, even };

/// The time, in steps, that the flow itself takes, in the same setting: with c = 1/2 (on one arm) or (K-1)/K (even),
///
///     c (F(0.1) - F(e))/(eta Delta),   F(x) = 2 log(x/(1-x)) + 1/(1-x) - 1/x
///
/// 0 if e >= 0.1. Discrete steps with eta Delta <= 1 follow it closely where the policy moves slowly. Throws
/// std::invalid_argument as `least_escape_steps`, or unless arms >= 2.
double predicted_escape_steps(double initial_probability, double reward_gap, double learning_rate, Index arms,
                              RemainingMass remaining_mass);

}  // namespace perigee::problems

#endif
