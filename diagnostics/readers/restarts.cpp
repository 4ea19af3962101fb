#include <perigee/diagnostics/readers/restarts.hpp>

#include <algorithm>

namespace perigee::readers {

namespace {

constexpr std::size_t fewest_rows = 3;  // of the new stretch on old ground

// Both lists increase (not strictly); `old_rows` is what was kept from the new stretch's first step on.
bool goes_over_again(const double* old_begin, const double* old_end, const double* new_begin, const double* new_end) {
  if (old_begin == old_end) return false;
  const double first = *old_begin;
  const double last = std::min(old_end[-1], new_end[-1]);
  if (last < first) return false;
  const auto count = [first, last](const double* begin, const double* end) {
    return static_cast<std::size_t>(std::upper_bound(begin, end, last) - std::lower_bound(begin, end, first));
  };
  const std::size_t again = count(new_begin, new_end);
  return again >= fewest_rows && 2 * again >= count(old_begin, old_end);
}

}  // namespace

std::vector<Restart> find_restarts(const std::vector<double>& steps) {
  std::vector<Restart> restarts;
  std::vector<double> kept;  // increasing: what is not replaced so far, without the rows that came late
  std::size_t falls = 0;
  for (std::size_t begin = 0; begin < steps.size();) {
    std::size_t end = begin + 1;
    while (end < steps.size() && steps[end] >= steps[end - 1]) ++end;
    if (begin > 0) {
      ++falls;
      const auto replaced = std::lower_bound(kept.begin(), kept.end(), steps[begin]);
      const double* const old_begin = kept.data() + (replaced - kept.begin());
      if (goes_over_again(old_begin, kept.data() + kept.size(), steps.data() + begin, steps.data() + end)) {
        restarts.push_back({begin, steps[begin]});
        kept.erase(replaced, kept.end());
      }
    }
    for (std::size_t row = begin; row < end; ++row) {
      if (kept.empty() || steps[row] >= kept.back()) kept.push_back(steps[row]);
    }
    begin = end;
  }
  if (2 * restarts.size() < falls) restarts.clear();
  return restarts;
}

}  // namespace perigee::readers
