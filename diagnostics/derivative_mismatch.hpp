// Is the gradient that the run followed the derivative of the values it was judged by?
//
// Asked of the objective at the last snapshot and, since many errors vanish where the gradient does, at the first one.
// First a cheap question: along random unit vectors v, with h = eps^(1/3) (1 + ||x||),
//
//     |D(h) - g'v| > tau max(|D(h)|, |g'v|) + 3 (|D(h) - D(2h)| + 8 eps max|f|/h),   D(h) = (f(x+hv) - f(x-hv))/(2h),
//
// tau = 1e-5. Only where it is answered yes for some v, or value() is not the value of value_and_gradient(), the slopes
// of the Taylor errors decide (derivative_check.hpp): a gradient that is wrong shows slope 1 instead of 2. A kink or
// another lack of smoothness leaves them undecided, and nothing is claimed.
// Five random directions do not prove an error for every point: `likely`.
#ifndef PERIGEE_DIAGNOSTICS_DERIVATIVE_MISMATCH_HPP
#define PERIGEE_DIAGNOSTICS_DERIVATIVE_MISMATCH_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "derivative-mismatch", a problem. Without the objective or snapshots: nothing.
/// Cost: two gradients and 4 values a direction, for right derivatives; about 730 values and gradients at a suspicious
/// point. Random draws: purpose "derivative-mismatch", and those of check_derivatives.
void detect_derivative_mismatch(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
