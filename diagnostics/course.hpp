// Does the value fall over a stretch of a run that has more to it?
#ifndef PERIGEE_DIAGNOSTICS_COURSE_HPP
#define PERIGEE_DIAGNOSTICS_COURSE_HPP

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>

namespace perigee {

/// The trend of the values with first <= time <= last, on the logarithmic axes of the whole run (series.hpp), f - b
/// above the best bound there is. An extrapolated bound lies a tenth of the run's range below, which hides what a loss
/// near 0 still does late in a run: where the bound is extrapolated and every value of the stretch positive, f itself
/// (b = 0) is tried as well, and a descent of it is one.
TrendTest course_of_value(const Trajectory& trajectory, const Series& values, double first, double last,
                          double tolerance);

}  // namespace perigee

#endif
