// Did the line search (or the trust region) fail to find a step, and why?
//
// Two ways to stall:
//  - the run ended as a breakdown because no step was acceptable: ids "line-search-failed" and "no-acceptable-step", or
//    a message that says so. `proven`: it was recorded.
//  - inside a run, for at least 10 iterations up to its end: each took at least 10 values and gradients, and all of
//  them
//    together changed the value by at most 1e-12 (1 + |f|). `suspected`.
// The cause, as far as it can be told: a minimum or another point that was judged stationary, or values too coarse
// (information: the decrease that a gradient step promises, eta ||g||^2, is below 16 eps |f|: rounding decides); else
// wrong derivatives if those were found; else unknown (a kink, noise, or wrong derivatives): a problem.
#ifndef PERIGEE_DIAGNOSTICS_LINE_SEARCH_STALL_HPP
#define PERIGEE_DIAGNOSTICS_LINE_SEARCH_STALL_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "line-search-stall". Comes after detect_end_point and detect_derivative_mismatch.
/// A run that diverged or met non-finite numbers is not asked. No oracle calls, O(records).
void detect_line_search_stall(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
