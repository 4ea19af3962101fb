// Did a value or a gradient cease to be a number?
//
// Proven: an infinity was recorded, or the run's own End says "non-finite". Otherwise NaN in a record may also mean
// "not measured", so only this counts, as `likely`: the quantity was measured up to some iteration, and from there to
// the end never again, over a stretch longer than any gap before. A gap that closes again is a limit, no finding.
#ifndef PERIGEE_DIAGNOSTICS_NON_FINITE_HPP
#define PERIGEE_DIAGNOSTICS_NON_FINITE_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "non-finite"; its phase starts at the first such iteration.
void detect_non_finite(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
