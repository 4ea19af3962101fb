#include <perigee/diagnostics/trend.hpp>

#include <perigee/diagnostics/robust_slope.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee {

namespace {

constexpr Index fewest_blocks = 6;
constexpr Index most_blocks = 24;
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
    sum_x = sum_y = 0.0;
    count = 0;
    if (i + 1 < x.size()) next_edge = std::max(next_edge + width, x[i + 1] + 0.5 * width);
  }
  return blocks;
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
  const Blocks blocks =
      block_means(points.x, points.y, static_cast<std::size_t>(std::max(1.0, std::ceil(2.0 * correlation))));
  test.blocks = static_cast<Index>(blocks.x.size());
  if (test.blocks < fewest_blocks) return test;
  const SlopeInterval interval = theil_sen(blocks.x, blocks.y);
  test.exponent = -interval.slope;
  test.lower = -interval.upper;
  test.upper = -interval.lower;
  test.trend = decide(test.lower, test.upper, tolerance);
  return test;
}

}  // namespace perigee
