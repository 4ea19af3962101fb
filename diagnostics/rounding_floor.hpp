// Is the step too short to change the iterate in double precision?
//
// With the objective at hand: the rounding floor is reached iff fl(x - eta g) = x in every coordinate, eta the last
// step size, although the gradient is not zero, or although a coordinate has underflowed: it is zero or subnormal
// now, and an earlier snapshot shows it below 1e-100 without being zero. A coordinate that has underflowed at a saddle
// never grows again: x_i <- (1 + eta |lambda|) x_i multiplies zero.
// Without it: at least 20 values at the end are equal to the last bit, and the steps, where recorded, do not exceed
// 1e-15 ||x||. Values with fewer than 10 digits may be equal because the log rounds them, and do not count alone.
#ifndef PERIGEE_DIAGNOSTICS_ROUNDING_FLOOR_HPP
#define PERIGEE_DIAGNOSTICS_ROUNDING_FLOOR_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "rounding-floor": a problem if the judged end point is a strict saddle, a degenerate
/// saddle or not stationary, else information. Comes after detect_end_point in the list of detectors.
/// Throws std::invalid_argument if the last snapshot has another length than the objective's.
/// Cost: one gradient, O(n + records).
void detect_rounding_floor(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
