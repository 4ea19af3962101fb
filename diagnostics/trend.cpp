#include <perigee/diagnostics/trend.hpp>

#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee {

namespace {

constexpr Index fewest_blocks = 6;
constexpr Index most_blocks = 24;
constexpr double confidence = 0.90;
constexpr double clipping = 4.0;           // standard deviations
constexpr double most_weight = 4.0;        // of a block, times the lightest
constexpr double left_correlation = 1.25;  // on the variance, see the header
constexpr std::size_t most_points = 2048;  // longer stretches are averaged in groups first: the cost stays bounded

Trend decide(double lower, double upper, double tolerance) {
  if (lower > -tolerance && upper < tolerance) return Trend::plateau;
  if (lower > tolerance) return Trend::descent;
  if (upper < -tolerance) return Trend::ascent;
  return Trend::undetermined;
}

struct Blocks {
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> count;
};

// Means over `group` consecutive points each.
Blocks group_means(std::span<const double> x, std::span<const double> y, std::size_t group) {
  Blocks means;
  for (std::size_t first = 0; first < x.size(); first += group) {
    const std::size_t count = std::min(group, x.size() - first);
    double sum_x = 0.0;
    double sum_y = 0.0;
    for (std::size_t i = first; i < first + count; ++i) {
      sum_x += x[i];
      sum_y += y[i];
    }
    means.x.push_back(sum_x / static_cast<double>(count));
    means.y.push_back(sum_y / static_cast<double>(count));
  }
  return means;
}

// Means over stretches of equal length in x, lengthened until each holds `records_per_block` points.
Blocks block_means(std::span<const double> x, std::span<const double> y, std::size_t records_per_block) {
  Blocks blocks;
  const double width = (x.back() - x.front()) / static_cast<double>(most_blocks);
  double sum_x = 0.0;
  double sum_y = 0.0;
  std::size_t count = 0;
  double next_edge = x.front() + width;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum_x += x[i];
    sum_y += y[i];
    ++count;
    const bool edge = i + 1 == x.size() || x[i + 1] >= next_edge;
    if (!edge || count < records_per_block) continue;
    blocks.x.push_back(sum_x / static_cast<double>(count));
    blocks.y.push_back(sum_y / static_cast<double>(count));
    blocks.count.push_back(static_cast<double>(count));
    sum_x = sum_y = 0.0;
    count = 0;
    if (i + 1 < x.size()) next_edge = std::max(next_edge + width, x[i + 1] + 0.5 * width);
  }
  return blocks;
}

// y with deviations from the line of that slope clipped at four standard deviations: a spike counts for no more.
std::vector<double> without_spikes(const Blocks& points, double slope) {
  std::vector<double> levels(points.y.size());
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = points.y[i] - slope * points.x[i];
  const double level = median_of(levels);
  std::vector<double> deviations(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) deviations[i] = std::abs(levels[i] - level);
  const double most = clipping * median_of(deviations) / 0.6745;
  std::vector<double> clipped(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    clipped[i] = level + std::clamp(levels[i] - level, -most, most) + slope * points.x[i];
  }
  return clipped;
}

}  // namespace

std::string_view name_of(Trend trend) {
  switch (trend) {
    case Trend::plateau:
      return "plateau";
    case Trend::descent:
      return "descent";
    case Trend::ascent:
      return "ascent";
    case Trend::undetermined:
      return "undetermined";
  }
  return "";
}

TrendTest test_trend(std::span<const double> log_time, std::span<const double> log_excess, double tolerance) {
  TrendTest test;
  if (log_time.size() < static_cast<std::size_t>(fewest_blocks)) return test;
  const Line line = fit_line(log_time, log_excess);
  if (!(line.spread > 0.0)) return test;
  const double worst = line.root_mean_square / line.spread;
  test.exponent = -line.slope;
  test.lower = test.exponent - worst;
  test.upper = test.exponent + worst;
  test.trend = decide(test.lower, test.upper, tolerance);
  if (test.trend != Trend::undetermined) return test;

  const std::size_t group = (log_time.size() + most_points - 1) / most_points;
  const Blocks points = group_means(log_time, log_excess, group);
  const double correlation = autocorrelation_time(residuals_of(fit_line(points.x, points.y), points.x, points.y));
  test.autocorrelation_time = correlation * static_cast<double>(group);
  const auto records = static_cast<std::size_t>(std::max(1.0, std::ceil(2.0 * correlation)));
  const Blocks blocks = block_means(points.x, points.y, records);
  test.blocks = static_cast<Index>(blocks.x.size());
  if (test.blocks < fewest_blocks) return test;
  const std::vector<double> clipped = without_spikes(points, theil_sen(blocks.x, blocks.y).slope);
  const Blocks means = block_means(points.x, clipped, records);
  const double lightest = *std::min_element(means.count.begin(), means.count.end());
  std::vector<double> weights = means.count;
  for (double& weight : weights) weight = std::min(weight, most_weight * lightest);
  const SlopeInterval interval = weighted_slope(means.x, means.y, weights, confidence, left_correlation);
  test.exponent = -interval.slope;
  test.lower = -interval.upper;
  test.upper = -interval.lower;
  test.trend = decide(test.lower, test.upper, tolerance);
  return test;
}

}  // namespace perigee
