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

/// step_too_small.hpp
struct StepTooSmallOptions {
  double largest_product = 0.02;   // eta lambda: at most this is too small
  double smallest_product = 1e-9;  // eta lambda: below this the curvature drowns in rounding, and nothing is said
};

/// ill_conditioned_valley.hpp
struct IllConditionedValleyOptions {
  double condition = 100.0;       // estimated condition number, at least
  double smallest_product = 0.1;  // eta lambda: the step cannot be much longer
  double largest_product = 10.0;
  double zigzag_cosine = 0.5;  // median cosine of successive steps below which they cross the valley
};

/// noise_floor.hpp
struct NoiseFloorOptions {
  double floor_ratio = 0.5;      // rho at a floor, at most
  double growth_ratio = 1.5;     // rho of a slope or an escape, at least
  double deviation = 3.0;        // from a random walk, in standard deviations (0.13% one-sided)
  double escape_share = 0.5;     // of the squared displacements, in the last quarter: at least, for an escape
  double fewest_degrees = 30.0;  // degrees of freedom without which nothing is called flat
  double stationarity = 2.0;     // ratio of the squared steps of the two halves, at most, at a floor
  double unkept_promise = 20.0;  // eta sum ||g||^2 over what the value lost, at least, where only values are known
};

/// saddle_passage.hpp
struct SaddlePassageOptions {
  double growth = 10.0;      // of the gradient norm from its lowest to its next peak, at least
  double slope_ratio = 2.0;  // between the growth rates of the two halves: at most, or the growth is not exponential
  double rate_agreement = 0.25;  // relative, between the growth rate and log(1 + eta |lambda|), for `likely`
  double costly_share = 0.1;     // of the run: a passage that took as much is a warning
  Index most_judged = 20;   // passages whose curvature is asked of the objective; the later ones rely on the record
  Index max_products = 40;  // Hessian-vector products at the snapshot nearest to the saddle
};

}  // namespace perigee

#endif
