#include <perigee/diagnostics/reproduce/kolmogorov.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace perigee::reproduce {

double kolmogorov_distance(std::vector<double> sample, const std::function<double(double)>& distribution) {
  std::sort(sample.begin(), sample.end());
  const auto count = static_cast<double>(sample.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double law = distribution(sample[i]);
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, law - rank / count, (rank + 1.0) / count - law});
  }
  return distance;
}

double kolmogorov_bound(double draws, double alpha) { return std::sqrt(std::log(2.0 / alpha) / (2.0 * draws)); }

}  // namespace perigee::reproduce
