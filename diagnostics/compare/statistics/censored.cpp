#include <perigee/diagnostics/compare/statistics/censored.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

std::vector<CensoredTime> sorted_times(std::span<const CensoredTime> times, const char* who) {
  std::vector<CensoredTime> sorted(times.begin(), times.end());
  for (const CensoredTime& entry : sorted) {
    if (entry.time >= 0.0 && std::isfinite(entry.time)) continue;
    throw std::invalid_argument(std::string(who) + ": times must be >= 0 and finite, got " + format_number(entry.time));
  }
  std::sort(sorted.begin(), sorted.end(), [](const CensoredTime& a, const CensoredTime& b) {
    return a.time != b.time ? a.time < b.time : a.outcome < b.outcome;
  });
  return sorted;
}

}  // namespace perigee::statistics
