// Does a softmax slow the end of a run down to 1/t?
//
// Through a softmax the gradient of cross-entropy or expected reward is proportional to what is left to gain, in both
// the value and the slope of the logits, so that f - f* ~ 1/t, however well conditioned the rest is (Mei et al. 2020,
// theorems 2 and 4). Where the policy is known to be a softmax and f* (or the bound 0 of a loss) is known: the
// verdict of rate.hpp is a power law, and the exponent p of f - f* ~ t^-p over the last two octaves lies
//  - in [0.9, 1.1]: `likely`;
//  - in [0.75, 1.5]: `suspected`: near 1/t, but something else works, too (a network's features still moving).
// Before the asymptotic regime (the local rate still bends) at most `suspected`. Information only: the run does
// converge, slowly. A log that does not name the transform yields a line in the limits instead: other causes give
// power laws as well.
#ifndef PERIGEE_DIAGNOSTICS_SOFTMAX_DAMPING_HPP
#define PERIGEE_DIAGNOSTICS_SOFTMAX_DAMPING_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "softmax-damping", and what stands in its way to the limits.
void detect_softmax_damping(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
