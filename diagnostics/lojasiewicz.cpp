#include <perigee/diagnostics/lojasiewicz.hpp>

#include <perigee/diagnostics/robust_slope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr std::size_t fewest_blocks = 8;
constexpr std::size_t most_blocks = 24;
const double least_change = std::log(1.1);  // of the excess within the window

struct Blocks {
  std::vector<double> log_time;
  std::vector<double> log_excess;
  std::vector<double> log_gradient;
  Index first = 0;
  Index last = 0;
};

// Means over the last two octaves of time, at most 24 blocks of equal length in log t. Empty where f* is not known.
Blocks blocks_of(const Trajectory& trajectory) {
  Blocks blocks;
  const Series values = value_series(trajectory);
  const ValueBound bound = value_bound(trajectory, values);
  if (bound.source != BoundSource::optimal_value && bound.source != BoundSource::nonnegative_loss) return blocks;
  if (values.size() < fewest_blocks) return blocks;
  double largest = 0.0;
  for (const double value : values.value) largest = std::max(largest, std::abs(value));
  const double floor = bound.value == 0.0 ? 1e-300 : 1e4 * std::numeric_limits<double>::epsilon() * largest;
  const double origin = values.time.front();
  const double begin = std::log(0.25 * (values.time.back() - origin));
  const double width = std::log(4.0) / static_cast<double>(most_blocks);

  struct Sums {
    double time = 0.0, excess = 0.0, gradient = 0.0, count = 0.0;
  };
  std::vector<Sums> sums(most_blocks);
  for (const StepRecord& record : trajectory.records) {
    const double time = static_cast<double>(record.iteration) - origin;
    const double excess = record.value - bound.value;
    if (!(time > 0.0) || !(excess > floor) || !(record.gradient_norm > 0.0)) continue;
    if (!std::isfinite(excess) || !std::isfinite(record.gradient_norm)) continue;
    const double position = (std::log(time) - begin) / width;
    if (position < 0.0) continue;
    if (blocks.last == 0) blocks.first = record.iteration;
    blocks.last = record.iteration;
    Sums& block = sums[std::min(most_blocks - 1, static_cast<std::size_t>(position))];
    block.time += std::log(time);
    block.excess += std::log(excess);
    block.gradient += std::log(record.gradient_norm);
    block.count += 1.0;
  }
  for (const Sums& block : sums) {
    if (!(block.count > 0.0)) continue;
    blocks.log_time.push_back(block.time / block.count);
    blocks.log_excess.push_back(block.excess / block.count);
    blocks.log_gradient.push_back(block.gradient / block.count);
  }
  return blocks;
}

}  // namespace

std::optional<Lojasiewicz> lojasiewicz_exponent(const Trajectory& trajectory) {
  const Blocks blocks = blocks_of(trajectory);
  const std::size_t m = blocks.log_time.size();
  if (m < fewest_blocks) return std::nullopt;
  const auto [least, largest] = std::minmax_element(blocks.log_excess.begin(), blocks.log_excess.end());
  if (*largest - *least < least_change) return std::nullopt;
  const Line line = fit_line(blocks.log_excess, blocks.log_gradient);
  const double degrees = static_cast<double>(m) - 2.0;
  return Lojasiewicz{line.slope, line.root_mean_square / line.spread / std::sqrt(degrees), blocks.first, blocks.last};
}

std::optional<NonUniformCoefficient> non_uniform_coefficient(const Trajectory& trajectory, double exponent) {
  const Blocks blocks = blocks_of(trajectory);
  if (blocks.log_time.size() < fewest_blocks) return std::nullopt;
  std::vector<double> log_coefficient;
  for (std::size_t i = 0; i < blocks.log_time.size(); ++i) {
    log_coefficient.push_back(blocks.log_gradient[i] - exponent * blocks.log_excess[i]);
  }
  const SlopeInterval trend = theil_sen(blocks.log_time, log_coefficient);
  return NonUniformCoefficient{std::exp(log_coefficient.front()), std::exp(log_coefficient.back()), trend.slope,
                               trend.lower, trend.upper};
}

}  // namespace perigee
