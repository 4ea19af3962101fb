// Is a policy held near a suboptimal corner of the simplex, and for how long?
//
// Mei et al. (2020), section 2 and theorem 1: near the corner of a suboptimal arm c the gradient of J through a softmax
// shrinks with pi(a*), however good a* is, so the policy stays there for about C/(eta D pi(a*)) iterations, D = r* -
// r_c. With the probabilities and the rewards recorded, a well is a phase in which
//  1. the suboptimality delta = (pi* - pi)'r stays within 10% of the gap D of one suboptimal reward level, for at least
//     10 iterations and records (arms of equal reward make one corner; its arm is the one of the largest probability);
//  2. the probability of the best action falls to 1/80 or less;
//  3. at least a third of the phase passes at no more than twice its lowest probability of the best action. This is the
//     mark of the well: 1/pi falls at a constant rate, so that half of the time goes by before pi has doubled. Where
//     instead log pi rises at a constant rate, as through an escort transform with p = 2, the share is
//     log 2/log(0.1/pi), below a third for pi < 1/80; such a passage is no well.
//     While the run is still in the phase, an escort transform therefore permits no verdict, unless pi(a*) falls.
// A run of a softmax policy that says it has converged while conditions 1 and 2 hold, or whose log ends there, needs
// neither length nor condition 3: it stopped where (pi* - pi)'r is D and the gradient small because pi(a*) is.
// Everything is computed from what was recorded; that the phase is a well is `likely`, not proven.
// Training logs with one column a class are the matter of lost_class.hpp.
#ifndef PERIGEE_DIAGNOSTICS_GRAVITY_WELL_HPP
#define PERIGEE_DIAGNOSTICS_GRAVITY_WELL_HPP

#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/recorded_policies.hpp>

#include <vector>

namespace perigee {

struct GravityWell {
  Index first = 0;  // the phase, in iterations; `last` is the last record inside
  Index last = 0;
  Index corner = 0;                   // the suboptimal arm
  double corner_probability = 0.0;    // its largest probability in the phase
  double gap = 0.0;                   // D
  double start_probability = 0.0;     // of the best action at the first record of the phase
  double lowest_probability = 0.0;    // of the best action in the phase
  Index lowest_iteration = 0;         // where
  double coefficient = not_measured;  // Lojasiewicz coefficient at its lowest: pi(a*) for a softmax; NaN otherwise
  double slow_share = 0.0;            // of the phase, at most at twice the lowest probability
  double escape_time = not_measured;  // measured, iterations from `first` to the first record outside; NaN: inside
  double predicted_escape_time = not_measured;     // the same from the flow; NaN: no softmax, or no step size recorded
  double predicted_remaining_time = not_measured;  // from `last`, if the run ended inside
  double formula_lower = not_measured;             // 1/2/(eta D pi), pi the start probability
  double formula_upper = not_measured;             // (K-1)/K/(eta D pi)
};

/// The wells of a policy whose rewards are known, in order; empty if rewards or probabilities are missing.
/// O(records x arms).
std::vector<GravityWell> find_gravity_wells(const Trajectory& trajectory, const GravityWellOptions& options = {});
std::vector<GravityWell> find_gravity_wells(const Trajectory& trajectory, const RecordedPolicies& policies,
                                            const GravityWellOptions& options);

/// Adds a finding "gravity-well" for each, a problem if the run ended inside, else a warning, and explains by it the
/// findings "plateau" within it. Looks for lost classes where neither rewards nor an optimal action are known.
void detect_gravity_well(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
