#include <perigee/diagnostics/replay/median_interval.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

MedianInterval median_interval(std::vector<double> times, double level) {
  std::sort(times.begin(), times.end());
  const std::size_t n = times.size();
  MedianInterval interval;
  interval.median = n % 2 == 1 ? times[n / 2] : 0.5 * (times[n / 2 - 1] + times[n / 2]);
  interval.upper = std::numeric_limits<double>::infinity();
  // P(B < l), summed term by term; log terms, so that 2^-n does not underflow.
  const double count = static_cast<double>(n);
  double below = 0.0;
  for (std::size_t l = 1; 2 * l <= n; ++l) {
    const double k = static_cast<double>(l - 1);
    below += std::exp(std::lgamma(count + 1.0) - std::lgamma(k + 1.0) - std::lgamma(count - k + 1.0) -
                      count * std::log(2.0));
    if (2.0 * below > 1.0 - level) break;
    interval.lower = times[l - 1];
    interval.upper = times[n - l];
    interval.coverage = 1.0 - 2.0 * below;
  }
  return interval;
}

}  // namespace perigee
