// Curves in steps with few points: what a page draws and a file keeps of thousands of runs.
//
// A point is left out where the curve has moved by less than one part in (most - 2) since the last one kept: the first
// and the last stay, kept points are exact, and between them the curve is off by less than that part.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_STEP_CURVE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_STEP_CURVE_HPP

#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

inline constexpr std::size_t most_curve_points = 100;

/// A share that grows in steps: share[i] from at[i] on, until at[i + 1]; 0 before the first.
struct StepCurve {
  std::vector<double> at{};     // increasing
  std::vector<double> share{};  // in (0, 1], increasing
};

/// The share of `total` values that are <= x: `sorted` holds the finite ones in increasing order, the others count as
/// infinite. At most `most` points. Throws std::invalid_argument if there are more finite values than `total`, or
/// most < 3. Linear time.
StepCurve step_curve(std::span<const double> sorted, std::size_t total, std::size_t most = most_curve_points);

/// The share at x.
double share_at(const StepCurve& curve, double x);

/// The curve with at most `most` of its steps, each with the events and the runs at risk at its own time. Throws
/// likewise.
SurvivalCurve thinned(const SurvivalCurve& curve, std::size_t most = most_curve_points);

}  // namespace perigee::statistics

#endif
