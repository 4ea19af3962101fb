// Does the run crawl along a narrow valley, or zig-zag across it?
//
// Over the second half of a run that is not finished (gradient above the tolerance, value falling), the step is about
// as long as the largest curvature lambda permits, 0.1 <= eta lambda <= 10 (lambda as in step_length.hpp), and yet the
// run is slow because the way leads where the curvature is small. The condition number is estimated by
//  - lambda/h, h > 0 the median curvature along the steps: the run crawls along the floor of the valley;
//  - 2 eta lambda/r if successive steps are far from parallel (median cosine below 0.5) and ||grad f||^2 falls at the
//    rate r: it zig-zags, as steepest descent with exact line searches does (Akaike 1959), each step across the valley.
// On a quadratic with fixed steps the first becomes the condition number kappa; with exact line searches at their
// slowest the second is kappa, r = 4/kappa and eta = 2/(lambda_min + lambda_max) (Nocedal and Wright 2006,
// theorem 3.3), and kappa/2 where lambda is read off the steps, which meet (lambda_min + lambda_max)/2. A valley: the
// estimate is at least 100. `likely` where lambda is the Hessian's, else `suspected`. Without the Hessian a run that
// crawls looks like one whose curvature fades (f = x^4, a saturating softmax): that is stated as a limit.
#ifndef PERIGEE_DIAGNOSTICS_ILL_CONDITIONED_VALLEY_HPP
#define PERIGEE_DIAGNOSTICS_ILL_CONDITIONED_VALLEY_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "ill-conditioned-valley", a warning, and explains by it the findings "plateau" within it;
/// or a limit. Comes after the detectors of wells, damping, saddles and floors. At most 16 Hessian-vector products.
void detect_ill_conditioned_valley(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
