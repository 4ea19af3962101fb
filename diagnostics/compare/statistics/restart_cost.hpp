// What arriving costs if a run that has not arrived after c is given up and started again, for the best such c.
//
//     cost(c) = sum_i min(t_i, c) / #{i : t_i <= c, arrived}
//
// The expectation of the time until some run arrives is E min(T, c) / P(T <= c) for a fixed cutoff c, and no other
// strategy of restarts has a smaller one than the best cutoff (Luby, Sinclair and Zuckerman 1993). The cost
// falls only where a run arrives, so that the arrivals are the cutoffs to be tried. The first arrivals say little of
// the law of T: they are tried from the fifth on. Without a cutoff it is the expected running time of
// expected_running_time.hpp. The least of noisy numbers is too small; the interval makes up for it: percentiles of the
// cost in one resample of the runs at the cutoff that was best in another.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_RESTART_COST_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_RESTART_COST_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/random.hpp>

#include <limits>
#include <span>

namespace perigee::statistics {

inline constexpr int first_cutoff = 5;  // arrivals up to the smallest cutoff that is tried

struct RestartCost {
  double cost = std::numeric_limits<double>::infinity();    // expected, in the unit of the times
  double cutoff = std::numeric_limits<double>::infinity();  // c; infinite: no run is given up before its own end
};

/// Events are arrivals. Infinite if none arrived. Throws std::invalid_argument if there are no runs or a time is
/// negative or not finite. O(n log n).
RestartCost restart_cost(std::span<const CensoredTime> runs);

struct RestartCostOptions {
  Index resamples = 999;  // >= 1
  double level = usual_level;
};

/// Its upper end is infinite where more than (1 - level)/2 of the resamples have no arrival. Throws likewise.
Interval restart_cost_interval(std::span<const CensoredTime> runs, const RandomSource& random,
                               const RestartCostOptions& options = {});

}  // namespace perigee::statistics

#endif
