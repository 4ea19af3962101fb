// How fast does a quantity go to zero at the end of a run: linearly, e^(-kappa t), or like a power, t^-p?
//
// Over the last two octaves of time, [T/4, T], with z = log G and u = log t: for t^-p the local exponent
// p(u) = -dz/du is constant, for e^(-kappa t) it doubles with every octave. The local rate kappa(t) = -dz/dt = p/t has
// slope s = d log kappa/d log t = -1 for a power and 0 for linear convergence, and no limit value of G enters but 0.
// z is averaged over at most 24 blocks of equal length in u, a quadratic z = a - b (u - m) + c (u - m)^2 is fitted by
// least squares, and s = -2c/b - 1 with its standard error. Power law if s + 1.64 se < -1/2, linear if
// s - 1.64 se > -1/2 (one-sided 5% each way), else undetermined; so is s - 1.64 se > 1/2, a curve that falls ever
// faster (an escape, or superlinear convergence).
#ifndef PERIGEE_DIAGNOSTICS_RATE_HPP
#define PERIGEE_DIAGNOSTICS_RATE_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>

#include <optional>
#include <string_view>

namespace perigee {

enum class RateVerdict {
  linear,        // G ~ e^(-kappa t)
  power_law,     // G ~ t^-p
  undetermined,  // too few points, too much noise, not falling, or in between
};

/// "linear", "power-law", "undetermined".
std::string_view name_of(RateVerdict verdict);

struct Rate {
  RateVerdict verdict = RateVerdict::undetermined;
  double slope = not_measured;           // s
  double slope_error = not_measured;     // standard error of s
  double exponent = not_measured;        // p: mean slope of -log G over log t in the window
  double exponent_error = not_measured;  // standard error of p, as far as scatter goes
  double rate = not_measured;            // kappa: mean of -d log G/dt in the window, per iteration
  bool is_pre_asymptotic = false;        // s differs by more than 0.3 between the two octaves
  Index first = 0;                       // the window, in iterations
  Index last = 0;
};

/// `quantity`: positive, going to 0 (a squared gradient norm, a value minus the optimal one). Points at or below
/// `floor` (where rounding, not the method, decides), and all that follow the first of them, are left out; so is the
/// first point of the series, t = 0. O(n).
Rate identify_rate(const Series& quantity, double floor = 0.0, const RateOptions& options = {});

/// The rate of the value above a known bound; of the squared gradient norm where no bound is known. With what it was
/// found from: "value" or "squared gradient norm".
struct RunRate {
  Rate rate;
  std::string_view quantity;
};
RunRate rate_of_run(const Trajectory& trajectory, const RateOptions& options = {});

/// The rate of ||grad f||^2; cut off at 1e-24 of its largest value.
Rate gradient_rate(const Trajectory& trajectory, const RateOptions& options = {});

/// The rate of f - b; cut off at the rounding error of f: 1e4 eps max|f|, or 1e-300 for b = 0.
Rate excess_rate(const Trajectory& trajectory, const ValueBound& bound, const RateOptions& options = {});

/// The smallest curvature at the end of the run if it is positive and does not fade: then a power law is an
/// intermediate regime, as on a quadratic before 1/(eta lambda_min) iterations, where many curvatures together look
/// like t^-p and no curve can tell; convergence is linear in the end. A power law that lasts needs a curvature that
/// fades like 1/t. Compares the smallest eigenvalue at the last snapshot, which must be of the last record, with that
/// at an earlier one, at half to three quarters of the run: d log lambda_min/d log t > -1/2, and both positive beyond
/// their bounds. Nothing where that is not so, or not known. At most 128 Hessian-vector products.
std::optional<double> lasting_curvature(const Trajectory& trajectory, const Objective& objective,
                                        const RandomSource& random);

}  // namespace perigee

#endif
