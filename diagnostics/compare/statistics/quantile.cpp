#include <perigee/diagnostics/compare/statistics/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee::statistics {

double quantile(std::vector<double> sample, double part) {
  std::sort(sample.begin(), sample.end());
  return quantile_of_sorted(sample, part);
}

double quantile_of_sorted(std::span<const double> sorted, double part) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double rest = place - static_cast<double>(below);
  // Equal neighbours are not interpolated: of two infinities that would make a NaN of 0 times infinity.
  if (rest == 0.0 || sorted[below] == sorted[above]) return sorted[below];
  return (1.0 - rest) * sorted[below] + rest * sorted[above];
}

}  // namespace perigee::statistics
