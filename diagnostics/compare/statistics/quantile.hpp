// Quantiles of a sample.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_QUANTILE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_QUANTILE_HPP

#include <span>
#include <vector>

namespace perigee::statistics {

/// The quantile at `part` in [0, 1] by linear interpolation of the order statistics (Hyndman and Fan 1996, type 7).
/// NaN for an empty sample. Elements may be infinite, not NaN.
double quantile(std::vector<double> sample, double part);

/// The same of a sample in increasing order.
double quantile_of_sorted(std::span<const double> sorted, double part);

}  // namespace perigee::statistics

#endif
