// The thresholds of the detectors, in one place. Every number is free of units unless its comment names one; the
// defaults are those that the tests and docs/findings/ speak of. thresholds.hpp gives each a name and a range.
#ifndef PERIGEE_DIAGNOSTICS_DETECTOR_OPTIONS_HPP
#define PERIGEE_DIAGNOSTICS_DETECTOR_OPTIONS_HPP

#include <perigee/lib/vector.hpp>

namespace perigee {

/// plateau.hpp; `exponent` also decides in every other detector that asks whether a curve stands still
struct PlateauOptions {
  double exponent = 0.1;          // p_0 of f - b ~ t^-p: less than a quarter of the excess lost per tenfold time
  double length = 2.0;            // last over first iteration, at least
  double terminal_length = 1.5;   // the same where the run ended in it after something else
  double band = 0.05;             // around the median excess, relative, at least: what lies outside is cut off the ends
  double departure = 1.25;        // factor of the excess by which a plateau is left
  double lasting = 3.0;           // as many times as long as it took to leave, at least
  double lost_from_start = 0.05;  // of the excess, at most, where the run starts and ends in it
  double optimum = 1e-6;          // of the range of the values above the known bound: counts as the optimum itself
  double costly_share = 0.1;      // of the run: a plateau that was left and took as much is a warning
  double shorter_step = 1.5;  // factor by which the step size fell as a plateau was left, at least, to be its way out
};

/// lost_ground.hpp
struct LostGroundOptions {
  double share = 0.1;       // of what had been gained, lost at the end, at least
  double held = 0.1;        // of the run, near the best level on end, at least
  double deviations = 6.0;  // standard errors of a median between the two levels, more than
};

/// rate.hpp
struct RateOptions {
  double slope = -0.5;       // s: below is a power law (theory -1), above is linear (theory 0)
  double steepest = 0.5;     // s above which a curve falls ever faster, and is neither
  double confidence = 1.64;  // standard errors of s (5% one-sided)
  double bend = 0.3;         // difference of s between the two octaves, beyond its error: not at its final rate
};

/// gravity_well.hpp, where the rewards are known
struct GravityWellOptions {
  double band = 0.1;              // relative distance of the suboptimality from the gap of a corner, at most
  double probability = 0.0125;    // of the best action at its lowest, at most: log 2/log(band/probability) = 1/3
  double slow_share = 1.0 / 3.0;  // of the stretch, passed at no more than twice that probability, at least
  Index iterations = 10;          // and records, at least
};

/// lost_class.hpp, where a training log has one column a class
struct LostClassOptions {
  double probability = 0.05;  // of the right answer throughout the second half of the log, less than
  double learnt = 0.5;        // median of the other classes at the end, more than
  double rise = 1.64;         // Mann-Kendall statistic of log p, at most (5% one-sided), or
  double horizon = 3.0;       // time that the rise needs to `probability`, in lengths of the log, more than
  Index records = 20;         // fewest
  double same_loss = 0.02;    // relative: the value is read as the mean of 1 - p
};

/// softmax_damping.hpp
struct SoftmaxDampingOptions {
  double smallest_exponent = 0.75;  // p of f - f* ~ t^-p, where 1 is expected
  double largest_exponent = 1.5;
  double clean = 0.1;  // |p - 1|, at most, for `likely`
};

/// divergence.hpp
struct DivergenceOptions {
  double trend = 3.1;              // Mann-Kendall statistic of the second half, more than (0.1% one-sided)
  double gradient_growth = 100.0;  // of the gradient norm over the largest of the first half, at least
  double value_growth = 10.0;      // rise of the value over the range of the first half, at least
  double relative_rise = 0.1;      // of the value's size, at least, whatever that range
  double depth = 1e6;              // by which the value fell, relative to 1 or its start, where no bound is known
  double non_finite_share = 0.1;   // of these growths, where the numbers ceased to be finite
};

/// step_too_large.hpp
struct StepTooLargeOptions {
  double product = 1.99;          // eta times the curvature along the step, at least (stable below 2)
  double jump = 1.5;              // of the excess in the first tenth of the run, over its start, at least
  double jump_deviations = 10.0;  // the same in standard deviations of the final level, at least
  double unrecovered = 0.8;       // of the initial excess, left at the end, more than
  double uniform_guess = 0.02;    // relative distance of the final level from log(classes), at most
};

/// limit_cycle.hpp
struct LimitCycleOptions {
  double chance = 1e-6;     // of the highest peak of the periodogram under noise, at most
  Index cycles = 8;         // within the window, at least: fewer are a course
  double recurrence = 0.3;  // what is missing from coming back, of what noise would miss, at most
  double decay = 1.5;       // ratio of the deviations of the two halves, at most
  double deviation = 1e-9;  // relative to 1 + |f|, more than
  double steady = 1.5;      // largest over least step size of two periods, at most: else a schedule drives the cycle
};

/// superlinear.hpp
struct SuperlinearOptions {
  double ratio = 1.2;     // of the lengths of successive steps in log ||grad f||, at least
  double growth = 2.0;    // of the last of three to the first, at least
  double factor = 100.0;  // by which the gradient norm fell in the last step, at least
};

/// edge_of_stability.hpp
struct EdgeOfStabilityOptions {
  double least_product = 1.8;    // eta lambda, scaled so that 2 is what the method bears: at the edge from here
  double largest_product = 2.4;  // to here
  double length = 0.25;          // of the run, at least
  double rises = 0.01;           // share of the steps there that raise the value, at least
};

/// rounding_floor.hpp
struct RoundingFloorOptions {
  Index equal_values = 20;    // to the last bit, at the end of the run, at least
  double step_ratio = 1e-15;  // ||step||/||x||, at most
  Index digits = 10;          // of the value as recorded, at least, where no steps are
};

/// end_point.hpp
struct EndPointOptions {
  double better = 1e-6;  // by which another value is better, relative to 1 + |f|, more than
};

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
  double gradient_fall = 2.0;         // factor by which the gradient norm falls over the stall, at most
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
  double vanished = 1e-12;       // median gradient norm over the largest, at most, where the noise vanished with it
  double unkept_promise = 20.0;  // eta sum ||g||^2 over what the value lost, at least, where only values are known
};

/// saddle_passage.hpp
struct SaddlePassageOptions {
  double growth = 10.0;      // of the gradient norm from its lowest to its next peak, at least
  double slope_ratio = 2.0;  // between the growth rates of the two halves: at most, or the growth is not exponential
  double rate_agreement = 0.25;  // relative, between the growth rate and log(1 + eta |lambda|), for `likely`
  double costly_share = 0.1;     // of the run: a passage that took as much is a warning
  double peak_drop = 3.0;        // factor by which the gradient norm fell after a peak
  double slow_ratio = 10.0;      // of the peak to the gradient norm: near the saddle where at least this
  double falling_share = 0.8;    // of the steps of the growth that lower the value, at least
  Index most_judged = 20;   // passages whose curvature is asked of the objective; the later ones rely on the record
  Index max_products = 40;  // Hessian-vector products at the snapshot nearest to the saddle
};

}  // namespace perigee

#endif
