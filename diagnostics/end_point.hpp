// What kind of point did the run end at?
//
// Judges the last iterate (stationary_point.hpp) where the objective and a snapshot of it are at hand, and turns the
// judgement into one of the findings strict-saddle, local-maximum, degenerate-stationary-point, converged-minimum and
// suboptimal-minimum. The last is a minimum with f - f* > 1e-6 (1 + |f*|), where f* is the known optimal value or,
// failing that, the best value of the run.
// Without the objective nothing is claimed of the point: what would be needed is added to the diagnosis' limits.
#ifndef PERIGEE_DIAGNOSTICS_END_POINT_HPP
#define PERIGEE_DIAGNOSTICS_END_POINT_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds a JudgedPoint where the last iterate can be judged, at most one finding, and limits.
/// Throws std::invalid_argument if the last snapshot has another length than the objective's.
/// Cost: that of judge_point, plus O(records).
void detect_end_point(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
