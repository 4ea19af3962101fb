// The flat saddle on which escapes are counted, and the median of the counts.
#ifndef PERIGEE_TESTS_SUPPORT_FLAT_SADDLE_HPP
#define PERIGEE_TESTS_SUPPORT_FLAT_SADDLE_HPP

#include <perigee/lib/functional.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee::test {

/// x'Hx/2 + x_1^4/16, H = diag(-e, 1, ..., 1): minima at x_1 = +-2 sqrt(e) with f = -e^2.
inline auto flat_saddle(Index n, double e) {
  return functional(
      n,
      [e](ConstVectorView x) { return 0.5 * (x.squaredNorm() - (1.0 + e) * x[0] * x[0]) + std::pow(x[0], 4) / 16.0; },
      [e](ConstVectorView x, VectorView g) {
        g = x;
        g[0] = -e * x[0] + 0.25 * x[0] * x[0] * x[0];
      });
}

/// The upper median; at least one value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace perigee::test

#endif
