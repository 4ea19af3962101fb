// How a cost grows with the difficulty: the slope of log cost over log difficulty, beside the slope of a theory.
//
//     log t_i = intercept + slope * u_i + error_i,   u_i = log of what the scale says
//
// by least squares, with Student's interval for the slope: slope -+ t_{n-2} s/sqrt(sum (u_i - u)^2). Where costs are
// whole multiples of a unit h it is made wider by what rounding can do, sum |u_i - u| d_i/sum (u_i - u)^2 with d_i =
// h/2 (of log t_i: h/(2 t_i)): counts of runs that draw nothing may lie on a line by chance. A law t ~ kappa^(1/2) has
// slope 1/2 in log kappa, t ~ 1/gap slope 1 in log 1/gap, t ~ log d a slope of 1 of t itself over log d
// (Response::linear). Points should be summaries (medians, restricted means) of independent groups of runs.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_SCALING_FIT_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_SCALING_FIT_HPP

#include <perigee/diagnostics/compare/statistics/interval.hpp>

#include <optional>
#include <span>
#include <string>

namespace perigee::statistics {

/// What stands on the horizontal axis for a difficulty v.
enum class Scale {
  linear,               // v: an index, such as the number of saddles passed
  logarithmic,          // log v: d, kappa
  inverse_logarithmic,  // log 1/v: r, gap
};

/// What stands on the vertical axis for a cost t.
enum class Response { linear, logarithmic };

struct ScalingFit {
  double slope = 0.0;
  double intercept = 0.0;     // of the transformed cost at transformed difficulty 0
  Interval slope_interval{};  // Student's, and rounding; NaN for two points
  double r_squared = 0.0;     // share of the variance explained; NaN if the cost does not vary
  std::size_t points = 0;
  std::optional<double> theory_slope;  // as given
};

/// Throws std::invalid_argument if the lengths differ, there are fewer than two points, all difficulties are equal, a
/// value is not finite, unit (h; 0: costs are not rounded) is negative, or one whose logarithm is taken is not > 0.
/// Leave out points whose cost is infinite or cut off, and say so.
ScalingFit fit_scaling(std::span<const double> difficulties, std::span<const double> costs, Scale scale,
                       Response response, std::optional<double> theory_slope = std::nullopt, double level = usual_level,
                       double unit = 0.0);

/// Whether the theory's slope lies in the interval; nothing: no theory, or no interval.
std::optional<bool> agrees_with_theory(const ScalingFit& fit);

}  // namespace perigee::statistics

#endif
