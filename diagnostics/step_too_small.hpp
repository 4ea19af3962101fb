// Is the step far shorter than the curvature permits?
//
// Over the second half of a run that is not finished (gradient above the tolerance, value falling), eta lambda <= 0.02,
// with eta the median step size and lambda the largest curvature in sight: the larger of the largest |Ritz value| of
// the Hessian at the end (16 products) and the largest |h| recorded along the steps of the whole run. Gradient descent
// on a quadratic of that curvature is stable up to eta lambda = 2 and fastest near 1, so the step is 50 times too short
// and the run some 50 times too long. Softmax damping and gravity wells, where curvature fades with the gradient, are
// not meant, and neither are steps that rounding swallows (rounding_floor.hpp).
// `likely` where the Hessian was asked, else `suspected`: the steps may have missed the largest curvature.
#ifndef PERIGEE_DIAGNOSTICS_STEP_TOO_SMALL_HPP
#define PERIGEE_DIAGNOSTICS_STEP_TOO_SMALL_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "step-too-small", a warning, and explains by it the findings "plateau" within it.
/// Comes after the detectors of wells, damping, saddles and floors. At most 16 Hessian-vector products.
void detect_step_too_small(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
