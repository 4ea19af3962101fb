// What an estimate is said with: an interval, and an estimate with its standard error.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_INTERVAL_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_INTERVAL_HPP

#include <limits>

namespace perigee::statistics {

/// A two-sided confidence interval; NaN: not to be had.
struct Interval {
  double lower = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();
};

struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();
};

inline constexpr double usual_level = 0.95;  // confidence level where none is given; levels are in (0, 1)

}  // namespace perigee::statistics

#endif
