#include <perigee/diagnostics/compare/statistics/censored.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

void check_times(std::span<const CensoredTime> times, const char* who) {
  for (const CensoredTime& entry : times) {
    if (entry.time >= 0.0 && std::isfinite(entry.time)) continue;
    throw std::invalid_argument(std::string(who) + ": times must be >= 0 and finite, got " + format_number(entry.time));
  }
}

std::vector<CensoredTime> sorted_times(std::span<const CensoredTime> times, const char* who) {
  check_times(times, who);
  std::vector<CensoredTime> sorted(times.begin(), times.end());
  const auto earlier = [](const CensoredTime& a, const CensoredTime& b) {
    return a.time != b.time ? a.time < b.time : a.outcome < b.outcome;
  };
  // A million runs that all spent their budget are in order already.
  if (!std::is_sorted(sorted.begin(), sorted.end(), earlier)) std::sort(sorted.begin(), sorted.end(), earlier);
  return sorted;
}

}  // namespace perigee::statistics
