// Does a softmax slow the end of a run down to 1/t?
//
// Near the optimum, the gradient of cross-entropy or expected reward through a softmax is proportional to f - f*, not
// to its square root, so that d f/dt = -C (f - f*)^2 and f - f* ~ 1/t (Mei et al. 2020, section 5 and equations 8 and
// 11). Where the policy is known to be a softmax and f* (or the bound 0 of a loss) is known: the
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
