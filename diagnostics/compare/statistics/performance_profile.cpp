#include <perigee/diagnostics/compare/statistics/performance_profile.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace perigee::statistics {

std::vector<PerformanceProfile> performance_profiles(const CostTable& costs) {
  std::vector<PerformanceProfile> profiles(solver_count(costs, "performance_profiles"));
  for (PerformanceProfile& profile : profiles) profile.problems = costs.size();
  for (std::size_t p = 0; p < costs.size(); ++p) {
    const std::span<const double> row = costs[p];
    const double best = *std::min_element(row.begin(), row.end());
    for (std::size_t s = 0; s < row.size(); ++s) {
      if (row[s] < never) profiles[s].ratios.push_back(row[s] / best);
    }
  }
  for (PerformanceProfile& profile : profiles) std::sort(profile.ratios.begin(), profile.ratios.end());
  return profiles;
}

double fraction_within(const PerformanceProfile& profile, double alpha) {
  const auto end = std::upper_bound(profile.ratios.begin(), profile.ratios.end(), alpha);
  return static_cast<double>(end - profile.ratios.begin()) / static_cast<double>(profile.problems);
}

double area_under(const PerformanceProfile& profile, double alpha_most) {
  if (!(alpha_most > 1.0) || !std::isfinite(alpha_most)) {
    throw std::invalid_argument("area_under: alpha_most must be > 1 and finite, got " + format_number(alpha_most));
  }
  double sum = 0.0;  // every ratio r adds a step from r to alpha_most
  for (const double ratio : profile.ratios) sum += std::max(0.0, std::log(alpha_most / ratio));
  return sum / (std::log(alpha_most) * static_cast<double>(profile.problems));
}

std::vector<PairwiseProfiles> pairwise_profiles(const CostTable& costs) {
  const std::size_t solvers = solver_count(costs, "pairwise_profiles");
  std::vector<PairwiseProfiles> pairs;
  for (std::size_t first = 0; first < solvers; ++first) {
    for (std::size_t second = first + 1; second < solvers; ++second) {
      CostTable two(2);
      for (std::size_t p = 0; p < costs.size(); ++p) two.add(std::array{costs[p][first], costs[p][second]});
      std::vector<PerformanceProfile> profiles = performance_profiles(two);
      pairs.push_back({first, second, std::move(profiles[0]), std::move(profiles[1])});
    }
  }
  return pairs;
}

}  // namespace perigee::statistics
