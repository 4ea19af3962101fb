// The median of waiting times of which some are only known to exceed the budget, with its interval.
//
// All runs are cut at one and the same budget, so the Kaplan-Meier estimate is the empirical distribution, and the
// interval can be taken from the order statistics, whatever the distribution: with B ~ Binomial(n, 1/2) and l the
// largest number with 2 P(B < l) <= 1 - level, t_(l) <= median <= t_(n+1-l) with probability >= level (David and
// Nagaraja 2003, section 7.1). A time beyond the budget is infinite.
#ifndef PERIGEE_DIAGNOSTICS_REPLAY_MEDIAN_INTERVAL_HPP
#define PERIGEE_DIAGNOSTICS_REPLAY_MEDIAN_INTERVAL_HPP

#include <vector>

namespace perigee {

struct MedianInterval {
  double median = 0.0;  // infinite: at least half of the runs exceeded the budget
  double lower = 0.0;
  double upper = 0.0;     // infinite: the data give no upper bound
  double coverage = 0.0;  // of [lower, upper], at least; 0: too few times for the level asked, the interval is (0, inf)
};

/// The median (of an even number of times the mean of the two in the middle) and its interval at `level` in (0, 1).
/// Times may be infinite, not NaN; at least one. O(n log n).
MedianInterval median_interval(std::vector<double> times, double level = 0.95);

}  // namespace perigee

#endif
