#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

Interval wilson_interval(Index successes, Index runs, double level) {
  if (runs < 1 || successes < 0 || successes > runs) {
    throw std::invalid_argument("wilson_interval: 0 <= successes <= runs and runs >= 1 must hold, got " +
                                std::to_string(successes) + " of " + std::to_string(runs));
  }
  const double z = two_sided_normal_quantile(level, "wilson_interval");
  const double n = static_cast<double>(runs);
  const double k = static_cast<double>(successes);
  const double z2 = z * z;
  const double middle = (k + 0.5 * z2) / (n + z2);
  const double half = z * std::sqrt(k * (n - k) / n + 0.25 * z2) / (n + z2);
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace perigee::statistics
