#include <perigee/diagnostics/compare/statistics/data_profile.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

std::vector<DataProfile> data_profiles(const CostTable& costs, std::span<const double> units) {
  std::vector<DataProfile> profiles(solver_count(costs, "data_profiles"));
  if (!units.empty() && units.size() != costs.size()) {
    throw std::invalid_argument("data_profiles: there must be one unit for each of " + std::to_string(costs.size()) +
                                " problems, got " + std::to_string(units.size()));
  }
  for (const double unit : units) {
    if (!(unit > 0.0)) throw std::invalid_argument("data_profiles: units must be > 0, got " + format_number(unit));
  }
  for (std::size_t p = 0; p < costs.size(); ++p) {
    const double unit = units.empty() ? 1.0 : units[p];
    for (std::size_t s = 0; s < profiles.size(); ++s) {
      if (costs[p][s] < never) profiles[s].costs.push_back(costs[p][s] / unit);
    }
  }
  for (DataProfile& profile : profiles) {
    profile.problems = costs.size();
    std::sort(profile.costs.begin(), profile.costs.end());
  }
  return profiles;
}

double fraction_solved(const DataProfile& profile, double k) {
  const auto end = std::upper_bound(profile.costs.begin(), profile.costs.end(), k);
  return static_cast<double>(end - profile.costs.begin()) / static_cast<double>(profile.problems);
}

double first_hit(std::span<const double> costs, std::span<const double> values, double target) {
  if (costs.size() != values.size()) {
    throw std::invalid_argument("first_hit: costs and values must be of one length, got " +
                                std::to_string(costs.size()) + " and " + std::to_string(values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] <= target) return costs[i];
  }
  return never;
}

}  // namespace perigee::statistics
