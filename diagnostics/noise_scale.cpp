#include <perigee/diagnostics/noise_scale.hpp>

#include <perigee/diagnostics/robust_slope.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct BlockCount {
  std::size_t blocks;
  double student;  // two-sided 95% quantile with one degree of freedom less
};
constexpr std::array<BlockCount, 2> block_counts{{{16, 2.13145}, {8, 2.36462}}};
constexpr std::size_t fewest_in_block = 2;
constexpr double correlation_times = 2.0;
constexpr std::size_t most_correlated = 2048;  // numbers of which autocorrelations are taken

// Squared norms of one batch size.
struct Measurements {
  double terms = 0.0;  // infinite: all there are
  std::vector<double> time;
  std::vector<double> squared_norm;
  void add(double at, double norm) {
    time.push_back(at);
    squared_norm.push_back(norm * norm);
  }
};

double terms_of(double batch_size) { return batch_size == 0.0 ? infinity : batch_size; }

using Pair = std::pair<Measurements, Measurements>;  // the smaller size, the bigger one

template <class Use>
void each_row(const Trajectory& trajectory, Index first, Use use) {
  for (std::size_t i = 0; i < trajectory.records.size(); ++i) {
    if (trajectory.records[i].iteration < first) continue;
    if (trajectory.condensation && trajectory.condensation->blocks[i].rows > 1) continue;
    use(i, trajectory.records[i]);
  }
}

// Both sizes at every point.
Pair from_columns(const Trajectory& trajectory, Index first, const Column& norms, const Column& sizes) {
  std::map<std::pair<double, double>, Pair> by_sizes;
  each_row(trajectory, first, [&](std::size_t i, const StepRecord& record) {
    const bool is_there = i < norms.values.size() && i < sizes.values.size();
    if (!is_there || !std::isfinite(norms.values[i]) || !std::isfinite(record.gradient_norm)) return;
    const double small = sizes.values[i];
    const double big = terms_of(record.batch_size);
    if (!(small > 0.0) || !(small < big)) return;
    Pair& pair = by_sizes[{small, big}];
    pair.first.terms = small;
    pair.second.terms = big;
    const double time = static_cast<double>(record.iteration);
    pair.first.add(time, norms.values[i]);
    pair.second.add(time, record.gradient_norm);
  });
  if (by_sizes.empty()) return {};
  return std::max_element(
             by_sizes.begin(), by_sizes.end(),
             [](const auto& a, const auto& b) { return a.second.first.time.size() < b.second.first.time.size(); })
      ->second;
}

// One size or the other at each point.
Pair from_records(const Trajectory& trajectory, Index first) {
  std::map<double, Measurements> by_size;
  each_row(trajectory, first, [&](std::size_t, const StepRecord& record) {
    if (!std::isfinite(record.gradient_norm)) return;
    Measurements& measurements = by_size[terms_of(record.batch_size)];
    measurements.terms = terms_of(record.batch_size);
    measurements.add(static_cast<double>(record.iteration), record.gradient_norm);
  });
  if (by_size.size() < 2) return {};
  std::vector<const Measurements*> sizes;
  for (const auto& entry : by_size) sizes.push_back(&entry.second);
  std::stable_sort(sizes.begin(), sizes.end(),
                   [](const auto* a, const auto* b) { return a->time.size() > b->time.size(); });
  if (sizes[0]->terms > sizes[1]->terms) std::swap(sizes[0], sizes[1]);
  return {*sizes[0], *sizes[1]};
}

// Means over blocks that end at the given times.
std::vector<double> block_means(const Measurements& measurements, std::span<const double> ends) {
  std::vector<double> sums(ends.size(), 0.0);
  std::vector<double> counts(ends.size(), 0.0);
  std::size_t block = 0;
  for (std::size_t i = 0; i < measurements.time.size(); ++i) {
    while (block + 1 < ends.size() && measurements.time[i] > ends[block]) ++block;
    sums[block] += measurements.squared_norm[i];
    counts[block] += 1.0;
  }
  for (std::size_t j = 0; j < sums.size(); ++j) {
    sums[j] = counts[j] >= static_cast<double>(fewest_in_block) ? sums[j] / counts[j] : not_measured;
  }
  return sums;
}

// In measurements; about a straight line, since a slow course is no noise. Long series by means of groups.
double correlation_time(const Measurements& measurements) {
  const std::size_t group = (measurements.time.size() + most_correlated - 1) / most_correlated;
  std::vector<double> time;
  std::vector<double> mean;
  for (std::size_t begin = 0; begin + group <= measurements.time.size(); begin += group) {
    time.push_back(measurements.time[begin]);
    mean.push_back(0.0);
    for (std::size_t i = begin; i < begin + group; ++i) mean.back() += measurements.squared_norm[i];
  }
  return static_cast<double>(group) * autocorrelation_time(residuals_of(fit_line(time, mean), time, mean));
}

bool fills(const Measurements& measurements, std::size_t blocks) {
  const double in_block = static_cast<double>(measurements.time.size()) / static_cast<double>(blocks);
  return in_block >= static_cast<double>(fewest_in_block) &&
         in_block >= correlation_times * correlation_time(measurements);
}

struct Moments {
  double signal = 0.0;  // means of ||G||^2 and of tr(Sigma)
  double noise = 0.0;
  double signal_variance = 0.0;  // of these means
  double noise_variance = 0.0;
  double covariance = 0.0;
};

Moments moments_of(const std::vector<double>& signal, const std::vector<double>& noise) {
  const double count = static_cast<double>(signal.size());
  Moments moments;
  for (std::size_t j = 0; j < signal.size(); ++j) {
    moments.signal += signal[j] / count;
    moments.noise += noise[j] / count;
  }
  const double scale = 1.0 / (count * (count - 1.0));
  for (std::size_t j = 0; j < signal.size(); ++j) {
    const double s = signal[j] - moments.signal;
    const double n = noise[j] - moments.noise;
    moments.signal_variance += scale * s * s;
    moments.noise_variance += scale * n * n;
    moments.covariance += scale * s * n;
  }
  return moments;
}

// All N >= 0 with (noise - N signal)^2 <= t^2 var(noise - N signal); what encloses them, where there are two parts.
std::pair<double, double> fieller_interval(Moments m, double t) {
  m.signal = std::max(0.0, m.signal);  // a square: below 0 by chance only
  const double a = m.signal * m.signal - t * t * m.signal_variance;
  const double b = m.noise * m.signal - t * t * m.covariance;
  const double c = m.noise * m.noise - t * t * m.noise_variance;
  const double discriminant = b * b - a * c;
  if (!(discriminant >= 0.0)) return {0.0, infinity};
  const double low = (b - std::sqrt(discriminant)) / a;
  const double high = (b + std::sqrt(discriminant)) / a;
  if (a > 0.0) return {std::max(0.0, low), std::max(0.0, high)};
  // Outside of the two: up to the lesser and from the greater on.
  const double lesser = std::min(low, high);
  const double greater = std::max(low, high);
  return {lesser >= 0.0 ? 0.0 : std::max(0.0, greater), infinity};
}

}  // namespace

NoiseScale read_noise_scale(const Trajectory& trajectory, Index first) {
  const Column* norms = trajectory.column(small_batch_gradient_norm_column);
  const Column* sizes = trajectory.column(small_batch_size_column);
  const auto [small, big] =
      norms && sizes ? from_columns(trajectory, first, *norms, *sizes) : from_records(trajectory, first);
  const Measurements& rarer = small.time.size() < big.time.size() ? small : big;
  for (const auto& [blocks, student] : block_counts) {
    if (!fills(small, blocks) || !fills(big, blocks)) continue;
    std::vector<double> ends;
    for (std::size_t j = 1; j <= blocks; ++j) ends.push_back(rarer.time[rarer.time.size() * j / blocks - 1]);
    const std::vector<double> small_means = block_means(small, ends);
    const std::vector<double> big_means = block_means(big, ends);
    std::vector<double> signal;
    std::vector<double> noise;
    for (std::size_t j = 0; j < blocks; ++j) {
      const double b = small.terms;
      const double inverse = 1.0 / big.terms;  // 0 for the whole objective
      noise.push_back((small_means[j] - big_means[j]) / (1.0 / b - inverse));
      signal.push_back((big_means[j] - b * inverse * small_means[j]) / (1.0 - b * inverse));
    }
    const Moments moments = moments_of(signal, noise);
    if (!std::isfinite(moments.signal_variance) || !std::isfinite(moments.noise_variance)) continue;
    NoiseScale scale;
    scale.small_batch = small.terms;
    scale.big_batch = big.terms;
    scale.squared_gradient = moments.signal;
    scale.noise_trace = moments.noise;
    scale.scale = moments.signal > 0.0 ? std::max(0.0, moments.noise) / moments.signal : infinity;
    std::tie(scale.lower, scale.upper) = fieller_interval(moments, student);
    scale.blocks = static_cast<Index>(blocks);
    return scale;
  }
  return {};
}

}  // namespace perigee
