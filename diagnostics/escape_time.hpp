// How long does softmax policy gradient stay near a suboptimal corner? The exact flow, integrated from a policy.
//
// d theta_a/dt = eta pi_a (r_a - J), pi = softmax(theta), J = pi'r: the gradient flow of J (Mei et al. 2020,
// equation 1). r_a - J is evaluated as sum_b pi_b (r_a - r_b), which keeps its digits near a vertex.
// For two arms of gap D, d pi/dt = 2 eta D pi^2 (1 - pi)^2: about 1/(2 eta D pi) iterations; for K arms with the
// others equal, about (K-1)/(K eta D pi). In general the other arms decide, so the flow is integrated (classical
// Runge-Kutta, at most 3% change of any probability a step); discrete steps of eta <= 1 and r in [0, 1] follow it
// closely as long as the policy moves slowly, which is what a well is.
#ifndef PERIGEE_DIAGNOSTICS_ESCAPE_TIME_HPP
#define PERIGEE_DIAGNOSTICS_ESCAPE_TIME_HPP

#include <vector>

namespace perigee {

/// (pi* - pi)'r = sum_a pi_a (max r - r_a), >= 0.
double suboptimality(const std::vector<double>& probabilities, const std::vector<double>& rewards);

/// pi*, the probability of all actions that share the best reward up to rounding (1e-12).
double optimal_probability(const std::vector<double>& probabilities, const std::vector<double>& rewards);

/// d(1/pi*)/dt of the flow: -(1/pi*^2) d pi*/dt, d log pi_a/dt = eta (pi_a (r_a - J) - sum_b pi_b^2 (r_b - J)).
/// Negative where the policy is on its way out.
double inverse_probability_speed(const std::vector<double>& probabilities, const std::vector<double>& rewards,
                                 double learning_rate);

/// Time, in iterations, until the suboptimality of the flow from `probabilities` falls below `threshold`;
/// 0 if it is below already, infinity if it never is within 1e5 integration steps or the flow has stopped.
/// learning_rate > 0; probabilities and rewards have the same length; a probability of 0 stays 0.
double softmax_escape_time(const std::vector<double>& probabilities, const std::vector<double>& rewards,
                           double learning_rate, double threshold);

}  // namespace perigee

#endif
