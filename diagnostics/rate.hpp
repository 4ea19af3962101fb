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

#include <perigee/diagnostics/series.hpp>

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
Rate identify_rate(const Series& quantity, double floor = 0.0);

/// The rate of the value above a known bound; of the squared gradient norm where no bound is known. With what it was
/// found from: "value" or "squared gradient norm".
struct RunRate {
  Rate rate;
  std::string_view quantity;
};
RunRate rate_of_run(const Trajectory& trajectory);

/// The rate of ||grad f||^2; cut off at 1e-24 of its largest value.
Rate gradient_rate(const Trajectory& trajectory);

/// The rate of f - b; cut off at the rounding error of f: 1e4 eps max|f|, or 1e-300 for b = 0.
Rate excess_rate(const Trajectory& trajectory, const ValueBound& bound);

}  // namespace perigee

#endif
