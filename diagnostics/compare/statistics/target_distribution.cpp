#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/target_distribution.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

TargetDistribution target_distribution(std::span<const std::vector<CensoredTime>> pairs, Index draws,
                                       const RandomSource& random) {
  if (pairs.empty()) throw std::invalid_argument("target_distribution: there must be at least one pair, got 0");
  if (draws < 1) throw std::invalid_argument("target_distribution: draws must be >= 1, got " + std::to_string(draws));
  TargetDistribution distribution;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    RandomEngine engine = random.engine("target distribution", i);
    const std::vector<double> times = simulated_running_times(pairs[i], draws, engine);
    distribution.times.insert(distribution.times.end(), times.begin(), times.end());
  }
  std::sort(distribution.times.begin(), distribution.times.end());
  return distribution;
}

double fraction_reached(const TargetDistribution& distribution, double cost) {
  const auto end = std::upper_bound(distribution.times.begin(), distribution.times.end(), cost);
  return static_cast<double>(end - distribution.times.begin()) / static_cast<double>(distribution.times.size());
}

double area_above(const TargetDistribution& distribution, double least, double most) {
  if (!(least > 0.0 && least < most && std::isfinite(most))) {
    throw std::invalid_argument("area_above: 0 < least < most must hold, got " + format_number(least) + " and " +
                                format_number(most));
  }
  double sum = 0.0;
  for (const double time : distribution.times) sum += std::log(std::clamp(time, least, most) / least);
  return sum / (std::log(most / least) * static_cast<double>(distribution.times.size()));
}

}  // namespace perigee::statistics
