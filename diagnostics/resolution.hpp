// How finely were the numbers of a log printed? Doubles as a run records them have 16 digits or so; a training loop
// prints a few, and differences below its last digit mean nothing.
#ifndef PERIGEE_DIAGNOSTICS_RESOLUTION_HPP
#define PERIGEE_DIAGNOSTICS_RESOLUTION_HPP

#include <perigee/lib/vector.hpp>

#include <span>

namespace perigee {

/// Significant digits of the shortest text that reads back as `value`: 4 for 2.303, 1 for 0.05, 0 for 0.
Index digits_of(double value);

/// Half a unit in the last decimal place that any of the values has: by so much may each of them have been rounded.
/// 0.00005 for {1.5, 2.3026}; about the rounding of doubles where they were not shortened; 0 for no finite value.
double resolution_of(std::span<const double> values);

}  // namespace perigee

#endif
