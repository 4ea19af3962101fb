// What theory predicts of the costs of a solver where a campaign varies one number: up to a constant, a time for each
// value, whose slope is then taken as that of the measured ones is.
//
// Leaving a saddle of index one along its negative curvature -gamma (eigenvalue measured), from a random point at
// distance r of it, in dimension d. The component along the direction is multiplied by mu a step:
//
//     T = log(D/(q_d r))/log mu        D: where the campaign counts the escape (escape_rule.hpp)
//     gradient descent                 mu = 1 + eta gamma                                   (Du et al. 2017, section 1)
//     heavy ball                       mu^2 - (1 + beta + eta gamma) mu + beta = 0          (largest root)
//     Nesterov, constant momentum      mu^2 - (1 + beta)(1 + eta gamma) mu + beta (1 + eta gamma) = 0
//     q_d                              the median of |u_1|, u uniform on the sphere: close to 0.674/sqrt(d)
//
// so that T grows by 1/log mu with log 1/r and by half of that with log d. Perturbed gradient descent (Jin et al. 2017)
// brings its own r: the radius of the ball that its kick is drawn from (q_{d+2}: a ball is the shadow of a sphere two
// dimensions up), whatever the start, where that is nearer by far and its gradient below the threshold.
//
// The octopus of Du et al. (2017): while gradient descent leaves one saddle, its distance from the next one's unstable
// direction shrinks by |1 - eta L| a step, so that it takes b times as long until it has left the next, too:
//
//     T_d ~ b^d,   b = 1 - log|1 - eta L|/log(1 + eta gamma),   L and -gamma the extreme eigenvalues at a saddle
//
// That perturbed gradient descent takes polynomial time there (the same paper) has no exponent to compare with.
//
// The gravity well of a softmax bandit (Mei et al. 2020, "Escaping the gravitational pull of softmax") from a corner,
// with probability p of the best action and gap Delta, as if there were two arms; x the logit of the probability:
//
//     gradient descent                         T = [e^x + 2 x - e^-x]/(2 eta Delta)  from x_0 to x_1: 1/(2 eta Delta p)
//     natural policy gradient                  T = (x_1 - x_0)/(eta Delta): log 1/p
//     geometry-aware normalized (Mei et al. 2021)   T = (x_1 - x_0)/(sqrt(2) eta): log 1/p, whatever the gap
//
// No law is claimed for other methods. Internal to diagnostics/compare.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_SCALING_THEORY_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_SCALING_THEORY_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>

#include <span>
#include <string>
#include <vector>

namespace perigee {

enum class ScaledQuantity {
  cost_to_target,        // median C
  cost_to_escape,        // median C
  iterations_to_escape,  // median
};

/// Predictions of one solver for cases that differ in one number, up to a constant summand.
struct ScalingTheory {
  ScaledQuantity quantity = ScaledQuantity::cost_to_target;
  statistics::Scale scale = statistics::Scale::logarithmic;
  statistics::Response response = statistics::Response::logarithmic;
  std::vector<double> predicted{};  // one a case, > 0
  std::string words{};              // the law and its source
};

/// All that is known for `solver` on the cases at these places of the campaign, which differ in `parameter` only
/// ("distance": of the start). Target: what the last of the campaign's targets asks for.
/// Cost: an eigen-solve a case at a saddle. Throws as Campaign.
std::vector<ScalingTheory> scaling_theories(const CampaignOptions& campaign, std::span<const std::size_t> cases,
                                            const std::string& parameter, const NamedChoice& solver);

}  // namespace perigee

#endif
