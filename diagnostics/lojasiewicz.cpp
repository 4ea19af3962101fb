#include <perigee/diagnostics/lojasiewicz.hpp>

#include <perigee/diagnostics/log_time_blocks.hpp>
#include <perigee/diagnostics/robust_slope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace perigee {

namespace {

constexpr std::size_t fewest_blocks = 8;
const double least_change = std::log(1.1);  // of the excess within the window

}  // namespace

InequalityBlocks inequality_blocks(const Trajectory& trajectory) {
  InequalityBlocks blocks;
  const Series values = value_series(trajectory);
  const ValueBound bound = value_bound(trajectory, values);
  if (bound.source != BoundSource::optimal_value && bound.source != BoundSource::nonnegative_loss) return blocks;
  if (values.size() < fewest_blocks) return blocks;
  double largest = 0.0;
  for (const double value : values.value) largest = std::max(largest, std::abs(value));
  const double floor = bound.value == 0.0 ? 1e-300 : 1e4 * std::numeric_limits<double>::epsilon() * largest;
  const double origin = values.time.front();
  const double duration = values.time.back() - origin;
  std::vector<double> times;
  std::vector<std::vector<double>> curves(2);  // log excess, log gradient norm
  for (const StepRecord& record : trajectory.records) {
    const double time = static_cast<double>(record.iteration) - origin;
    const double excess = record.value - bound.value;
    if (!(time >= 0.25 * duration) || !(excess > floor) || !(record.gradient_norm > 0.0)) continue;
    if (!std::isfinite(excess) || !std::isfinite(record.gradient_norm)) continue;
    if (times.empty()) blocks.first = record.iteration;
    blocks.last = record.iteration;
    times.push_back(time);
    curves[0].push_back(std::log(excess));
    curves[1].push_back(std::log(record.gradient_norm));
  }
  LogTimeBlocks means = log_time_blocks(times, curves, 0.25 * duration, duration);
  blocks.log_time = std::move(means.log_time);
  blocks.log_excess = std::move(means.means[0]);
  blocks.log_gradient = std::move(means.means[1]);
  return blocks;
}

std::optional<Lojasiewicz> lojasiewicz_exponent(const InequalityBlocks& blocks) {
  const std::size_t m = blocks.log_time.size();
  if (m < fewest_blocks) return std::nullopt;
  const auto [least, largest] = std::minmax_element(blocks.log_excess.begin(), blocks.log_excess.end());
  if (*largest - *least < least_change) return std::nullopt;
  const Line line = fit_line(blocks.log_excess, blocks.log_gradient);
  const double degrees = static_cast<double>(m) - 2.0;
  return Lojasiewicz{line.slope, line.root_mean_square / line.spread / std::sqrt(degrees), blocks.first, blocks.last};
}

std::optional<NonUniformCoefficient> non_uniform_coefficient(const InequalityBlocks& blocks, double exponent) {
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
