// The thresholds of the detectors that have more than one, in one place. Every number is free of units unless its
// comment names one; the defaults are those that the tests and docs/findings/ speak of.
#ifndef PERIGEE_DIAGNOSTICS_DETECTOR_OPTIONS_HPP
#define PERIGEE_DIAGNOSTICS_DETECTOR_OPTIONS_HPP

#include <perigee/lib/vector.hpp>

namespace perigee {

/// derivative_mismatch.hpp
struct DerivativeMismatchOptions {
  double relative_error = 1e-5;  // of a directional derivative: below this no question is asked, in (0, 1)
  int directions = 2;            // of the cheap question, >= 0; 0: the derivatives are not looked at
};

/// line_search_stall.hpp
struct LineSearchStallOptions {
  Index iterations = 10;              // shortest stall inside a run, in iterations
  double calls_per_iteration = 10.0;  // values and gradients an iteration of a stall takes, at least
  double relative_change = 1e-12;     // of the value over the stall, relative to 1 + |f|, at most
};

}  // namespace perigee

#endif
