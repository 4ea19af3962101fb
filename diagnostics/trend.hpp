// Does a stretch of a curve stand still, fall or rise? An equivalence test, so that "stands still" is a claim that
// can be wrong with a stated probability only, and noise leads to "undetermined" instead.
//
// The curve is z = log excess over u = log time (series.hpp); p = -dz/du. Two intervals for p are tried in turn:
//  1. whatever the deviations from the least-squares line are, they change its slope by at most
//     rms(residuals)/rms(u - mean u) (Cauchy-Schwarz). Needs no assumption on noise; decides clean curves.
//  2. block means over at least 2 autocorrelation times of the detrended stretch, 6 to 24 of them; records further
//     than 4 standard deviations (from the median absolute one) from the Theil-Sen line (Sen 1968) are clipped there
//     first, so that spikes count for little. Least squares, a block weighted by its records (a late block in log time
//     holds many, and rank statistics would give it no more say than an early one), at most 4 times the lightest: a
//     wiggle of the curve itself is as large in a block of many. Student's interval at 90%, its variance raised by 5/4:
//     block means over 2 autocorrelation times of an AR(1) process keep a correlation rho/(2 (1 + rho)^2) <= 1/8.
// Plateau: interval within (-p_0, p_0); descent: above p_0; ascent: below -p_0 (two one-sided tests at 5% each,
// Schuirmann 1987).
#ifndef PERIGEE_DIAGNOSTICS_TREND_HPP
#define PERIGEE_DIAGNOSTICS_TREND_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/lib/vector.hpp>

#include <span>
#include <string_view>

namespace perigee {

enum class Trend { plateau, descent, ascent, undetermined };

/// "plateau", "descent", "ascent", "undetermined".
std::string_view name_of(Trend trend);

struct TrendTest {
  Trend trend = Trend::undetermined;
  double exponent = 0.0;  // p
  double lower = 0.0;     // 90% interval of p
  double upper = 0.0;
  double autocorrelation_time = 1.0;  // in records
  Index blocks = 0;                   // block means used; 0: the residuals were small enough to decide
};

/// `log_time` strictly increasing, same length as `log_excess`. Fewer than 6 points: undetermined. O(n).
TrendTest test_trend(std::span<const double> log_time, std::span<const double> log_excess,
                     double tolerance = PlateauOptions{}.exponent);

}  // namespace perigee

#endif
