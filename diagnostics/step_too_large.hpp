// Is the step longer than the curvature permits? Two clear cases only:
//  - overshoot: early in the run (first tenth) the excess over the bound jumped to at least 1.5 times its initial
//    value, by more than 10 standard deviations of the noise in the second half, and at the end (median of the second
//    half) it still is above 0.8 times the initial one. Needs a known bound, or an end above the start. From values
//    alone: `suspected`, since other things can ruin a run; `likely` if the loss moreover ended at log K, the
//    cross-entropy of a uniform guess among K recorded classes, within 2%.
//  - oscillation: over the second half, eta h >= 1.99 at the median, h the curvature recorded along the steps, and the
//    value does not fall (course.hpp). On a quadratic, eta h > 2 makes an eigencomponent grow; eta h = 2 is the
//    limit cycle of period 2. For heavy ball and Nesterov, where the settings are on record, eta h is scaled by what
//    they bear (stability.hpp). Gradient descent that keeps progressing at the edge of stability is not meant
//    (edge_of_stability.hpp). `likely`.
// Cycles of other periods: limit_cycle.hpp.
#ifndef PERIGEE_DIAGNOSTICS_STEP_TOO_LARGE_HPP
#define PERIGEE_DIAGNOSTICS_STEP_TOO_LARGE_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "step-too-large".
void detect_step_too_large(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
