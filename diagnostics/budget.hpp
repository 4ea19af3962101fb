// Did the run end only because it was out of iterations, evaluations or time? And what was left to gain?
//
// Information if nothing suggests that more would have helped, a warning if the gradient norm still exceeds
// eps_g (1 + |f|), or, at a point that is not stationary in this sense, the value still falls (trend.hpp, over the last
// octave). The fact is `proven`: the End says so. An end by a short step ("step-tolerance") is no exhausted budget.
#ifndef PERIGEE_DIAGNOSTICS_BUDGET_HPP
#define PERIGEE_DIAGNOSTICS_BUDGET_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "budget-exhausted". Without an End in the trajectory there is nothing to say.
void detect_exhausted_budget(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
