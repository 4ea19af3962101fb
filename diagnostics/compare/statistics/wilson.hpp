// The success probability behind k successes in n runs.
//
//     (k + z^2/2)/(n + z^2) -+ z sqrt(k (n - k)/n + z^2/4)/(n + z^2)
//
// Wilson (1927); Brown, Cai and DasGupta (2001) show that it covers near its level for every n and p, where the
// textbook interval k/n -+ z sqrt(...) does not.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_WILSON_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_WILSON_HPP

#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/vector.hpp>

namespace perigee::statistics {

/// The Wilson score interval of `successes` out of `runs` >= 1.
/// Throws std::invalid_argument unless 0 <= successes <= runs, runs >= 1 and level is in (0, 1).
Interval wilson_interval(Index successes, Index runs, double level = usual_level);

}  // namespace perigee::statistics

#endif
