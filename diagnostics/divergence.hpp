// Does the value or the gradient grow without bound?
//
// Read off the second half of what was recorded, in which the quantity must rise (Mann-Kendall above 3.1 on at most 48
// block maxima: false-alarm probability 0.1% for a curve without trend) and end beyond all it was in the first half:
//  - upwards: a value by at least 10 times the range of the first half and a tenth of its largest magnitude; a gradient
//    norm by a factor of at least 100, unless the value fell meanwhile (so a late escape from a saddle does);
//  - downwards, where no bound is known: a value below -1e6 max(1, |f_0|) while the gradient norm grows, too.
// A run whose numbers ceased to be finite after a tenth of that growth diverged as well, whatever the trend: few
// records may separate the growth from the end. Growth proves nothing about what follows: `likely`.
#ifndef PERIGEE_DIAGNOSTICS_DIVERGENCE_HPP
#define PERIGEE_DIAGNOSTICS_DIVERGENCE_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "divergence". Expects the finding "non-finite" to have been made, if there is one.
void detect_divergence(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
