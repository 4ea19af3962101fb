#include <perigee/diagnostics/rate.hpp>

#include <perigee/diagnostics/log_time_blocks.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/spectrum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t fewest_blocks = 8;

// log G over log(t - origin), in blocks.
LogTimeBlocks average(const Series& window, double origin) {
  std::vector<double> time;
  std::vector<std::vector<double>> logarithms(1);
  for (std::size_t i = 0; i < window.size(); ++i) {
    time.push_back(window.time[i] - origin);
    logarithms[0].push_back(std::log(window.value[i]));
  }
  return log_time_blocks(time, logarithms, time.front(), time.back());
}

struct LocalRateSlope {
  double slope = not_measured;  // s
  double error = not_measured;
};

// Least squares with the orthogonal polynomials 1, v, w = v^2 - alpha v - beta of v = u - mean u.
LocalRateSlope local_rate_slope(std::span<const double> u, std::span<const double> z) {
  const double n = static_cast<double>(u.size());
  const Line line = fit_line(u, z);
  double v2 = 0.0;
  double v3 = 0.0;
  for (const double x : u) {
    const double v = x - line.mean_x;
    v2 += v * v;
    v3 += v * v * v;
  }
  const double alpha = v3 / v2;
  const double beta = v2 / n;
  double ww = 0.0;
  double wz = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double v = u[i] - line.mean_x;
    const double w = v * v - alpha * v - beta;
    ww += w * w;
    wz += w * z[i];
  }
  const double c = wz / ww;
  const double slope_at_mean = line.slope - alpha * c;  // dz/du where v = 0
  double squares = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double v = u[i] - line.mean_x;
    const double residual = z[i] - line.at(u[i]) - c * (v * v - alpha * v - beta);
    squares += residual * residual;
  }
  const double variance = squares / std::max(1.0, n - 3.0);
  const double error_c = std::sqrt(variance / ww);
  const double error_b = std::sqrt(variance / v2 + alpha * alpha * variance / ww);
  if (!(slope_at_mean + 2.0 * error_b < 0.0)) return {};  // not clearly falling
  const double ratio = 2.0 * c / slope_at_mean;           // d log p/du
  const double relative_b = error_b / slope_at_mean;
  return {ratio - 1.0, std::sqrt(std::pow(2.0 * error_c / slope_at_mean, 2) + std::pow(ratio * relative_b, 2))};
}

}  // namespace

std::string_view name_of(RateVerdict verdict) {
  switch (verdict) {
    case RateVerdict::linear:
      return "linear";
    case RateVerdict::power_law:
      return "power-law";
    case RateVerdict::undetermined:
      return "undetermined";
  }
  return "";
}

Rate identify_rate(const Series& quantity, double floor, const RateOptions& options) {
  Rate rate;
  if (quantity.size() < 2) return rate;
  const double origin = quantity.time.front();
  std::size_t end = 1;
  while (end < quantity.size() && quantity.value[end] > std::max(floor, 0.0)) ++end;
  if (end < 1 + fewest_blocks) return rate;
  const double last = quantity.time[end - 1];
  const double first = origin + 0.25 * (last - origin);
  Series window = window_of(quantity, std::max(first, quantity.time[1]), last);
  rate.last = static_cast<Index>(last);
  if (window.size() < fewest_blocks) return rate;
  rate.first = static_cast<Index>(window.time.front());
  const LogTimeBlocks blocks = average(window, origin);
  if (blocks.size() < fewest_blocks) return rate;

  const double n = static_cast<double>(blocks.size());
  const std::span<const double> u(blocks.log_time);
  const std::span<const double> z(blocks.means.front());
  const Line line = fit_line(u, z);
  rate.exponent = -line.slope;
  rate.exponent_error = line.root_mean_square / line.spread / std::sqrt(std::max(1.0, n - 2.0));
  rate.rate = (z.front() - z.back()) / (std::exp(u.back()) - std::exp(u.front()));

  const LocalRateSlope local = local_rate_slope(u, z);
  rate.slope = local.slope;
  rate.slope_error = local.error;
  if (!std::isfinite(local.slope)) return rate;
  const double lower = local.slope - options.confidence * local.error;
  const double upper = local.slope + options.confidence * local.error;
  if (upper < options.slope) rate.verdict = RateVerdict::power_law;
  if (lower > options.slope && lower <= options.steepest) rate.verdict = RateVerdict::linear;

  const std::size_t half = u.size() / 2;
  if (half < 6) return rate;
  const LocalRateSlope early = local_rate_slope(u.first(half), z.first(half));
  const LocalRateSlope late = local_rate_slope(u.subspan(half), z.subspan(half));
  if (std::isfinite(early.slope) && std::isfinite(late.slope)) {
    const double uncertainty = std::hypot(early.error, late.error);
    rate.is_pre_asymptotic = std::abs(late.slope - early.slope) > options.bend + options.confidence * uncertainty;
  }
  return rate;
}

Rate gradient_rate(const Trajectory& trajectory, const RateOptions& options) {
  Series squared = gradient_norm_series(trajectory);
  double largest = 0.0;
  for (double& value : squared.value) {
    value *= value;
    largest = std::max(largest, value);
  }
  return identify_rate(squared, 1e-24 * largest, options);
}

Rate excess_rate(const Trajectory& trajectory, const ValueBound& bound, const RateOptions& options) {
  Series excess = value_series(trajectory);
  double largest = 0.0;
  for (const double value : excess.value) largest = std::max(largest, std::abs(value));
  for (double& value : excess.value) value -= bound.value;
  const double rounding = 1e4 * std::numeric_limits<double>::epsilon() * largest;
  return identify_rate(excess, bound.value == 0.0 ? 1e-300 : rounding, options);
}

std::optional<double> lasting_curvature(const Trajectory& trajectory, const Objective& objective,
                                        const RandomSource& random) {
  if (trajectory.snapshots.empty() || trajectory.records.empty()) return std::nullopt;
  const Snapshot& end = trajectory.snapshots.back();
  const Index origin = trajectory.records.front().iteration;
  const double duration = static_cast<double>(end.iteration - origin);
  if (end.iteration != trajectory.records.back().iteration || !(duration > 0.0)) return std::nullopt;
  const Snapshot* earlier = nullptr;
  for (const Snapshot& snapshot : trajectory.snapshots) {
    const double share = static_cast<double>(snapshot.iteration - origin) / duration;
    if (share >= 0.5 && share <= 0.75) earlier = &snapshot;
  }
  if (earlier == nullptr) return std::nullopt;
  const auto smallest = [&](const Snapshot& at) -> std::optional<double> {
    const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
      objective.hessian_vector_product(at.x.view(), v, product);
    };
    const Spectrum spectrum = analyze_spectrum(at.x.size(), hessian, random, {.max_products = 64});
    if (!(spectrum.lower_bound > 0.0)) return std::nullopt;
    return spectrum.lambda_min;
  };
  const std::optional<double> at_end = smallest(end);
  const std::optional<double> before = at_end ? smallest(*earlier) : std::nullopt;
  if (!before) return std::nullopt;
  const double fading =
      std::log(*before / *at_end) / std::log(duration / static_cast<double>(earlier->iteration - origin));
  if (!(fading < 0.5)) return std::nullopt;
  return at_end;
}

RunRate rate_of_run(const Trajectory& trajectory, const RateOptions& options) {
  const ValueBound bound = value_bound(trajectory, value_series(trajectory));
  if (bound.is_known()) return {excess_rate(trajectory, bound, options), "value"};
  return {gradient_rate(trajectory, options), "squared gradient norm"};
}

}  // namespace perigee
