#include <perigee/diagnostics/report/downsample.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace perigee {
namespace {

// Marks what of series[begin, end) is kept; at most three positions.
void mark_extremes(const std::vector<double>& series, std::size_t begin, std::size_t end, std::vector<char>& kept) {
  std::size_t lowest = end;
  std::size_t highest = end;
  std::size_t infinite = end;
  for (std::size_t i = begin; i < end; ++i) {
    const double value = series[i];
    if (std::isinf(value)) {
      if (infinite == end) infinite = i;
    } else if (!std::isnan(value)) {
      if (lowest == end || value < series[lowest]) lowest = i;
      if (highest == end || value > series[highest]) highest = i;
    }
  }
  for (const std::size_t i : {lowest, highest, infinite}) {
    if (i != end) kept[i] = 1;
  }
}

}  // namespace

std::vector<std::size_t> select_samples(const std::vector<std::vector<double>>& series, std::size_t limit) {
  const std::size_t count = series.empty() ? 0 : series.front().size();
  for (const std::vector<double>& values : series) {
    if (values.size() != count) {
      throw std::invalid_argument("select_samples: series must be of one length, got " + std::to_string(count) +
                                  " and " + std::to_string(values.size()));
    }
  }
  if (limit < 6 * series.size() + 2) {
    throw std::invalid_argument("select_samples: limit must be at least " + std::to_string(6 * series.size() + 2) +
                                " for " + std::to_string(series.size()) + " series, got " + std::to_string(limit));
  }
  std::vector<std::size_t> selected;
  if (count <= limit) {
    selected.resize(count);
    std::iota(selected.begin(), selected.end(), std::size_t{0});
    return selected;
  }
  std::vector<char> kept(count, 0);
  kept.front() = kept.back() = 1;
  const std::size_t buckets = (limit - 2) / (6 * series.size());  // of either kind
  const double log_end = std::log1p(static_cast<double>(count));
  for (const std::vector<double>& values : series) {
    std::size_t linear_begin = 0;
    std::size_t log_begin = 0;
    for (std::size_t bucket = 1; bucket <= buckets; ++bucket) {
      const double part = static_cast<double>(bucket) / static_cast<double>(buckets);
      const bool is_last = bucket == buckets;
      const std::size_t linear_end = is_last ? count : static_cast<std::size_t>(part * static_cast<double>(count));
      const std::size_t log_stop = is_last ? count : static_cast<std::size_t>(std::expm1(part * log_end));
      const std::size_t log_bucket_end = std::clamp(log_stop, log_begin, count);
      mark_extremes(values, linear_begin, linear_end, kept);
      mark_extremes(values, log_begin, log_bucket_end, kept);
      linear_begin = linear_end;
      log_begin = log_bucket_end;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (kept[i]) selected.push_back(i);
  }
  return selected;
}

}  // namespace perigee
