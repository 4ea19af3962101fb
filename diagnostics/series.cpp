#include <perigee/diagnostics/series.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perigee {

namespace {

constexpr double noise_multiple = 15.0;  // below the best value, where nothing is known

template <class ValueAt>
Series collect(const Trajectory& trajectory, ValueAt value_at) {
  Series series;
  for (std::size_t i = 0; i < trajectory.records.size(); ++i) {
    const double time = static_cast<double>(trajectory.records[i].iteration);
    const double value = value_at(i);
    if (!std::isfinite(value) || (!series.empty() && time <= series.time.back())) continue;
    series.time.push_back(time);
    series.value.push_back(value);
    if (trajectory.condensation) series.rows.push_back(static_cast<double>(trajectory.condensation->blocks[i].rows));
  }
  return series;
}

// The value below which that share of the rows lies.
double weighted_quantile(const Series& series, double fraction) {
  std::vector<std::size_t> order(series.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return series.value[a] < series.value[b]; });
  const double wanted = fraction * std::accumulate(series.rows.begin(), series.rows.end(), 0.0);
  double rows = 0.0;
  for (const std::size_t i : order) {
    rows += series.rows[i];
    if (rows > wanted) return series.value[i];
  }
  return series.value[order.back()];
}

double quantile(const Series& series, double fraction) {
  if (!series.rows.empty()) return weighted_quantile(series, fraction);
  std::vector<double> values = series.value;
  const auto position =
      values.begin() + static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), position, values.end());
  return *position;
}

double largest_magnitude(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

}  // namespace

Series value_series(const Trajectory& trajectory) {
  return collect(trajectory, [&](std::size_t i) { return trajectory.records[i].value; });
}

Series gradient_norm_series(const Trajectory& trajectory) {
  return collect(trajectory, [&](std::size_t i) { return trajectory.records[i].gradient_norm; });
}

Series column_series(const Trajectory& trajectory, const Column& column) {
  return collect(trajectory, [&](std::size_t i) { return i < column.values.size() ? column.values[i] : not_measured; });
}

Series largest_value_series(const Trajectory& trajectory) {
  if (!trajectory.condensation) return value_series(trajectory);
  return collect(trajectory, [&](std::size_t i) { return trajectory.condensation->blocks[i].largest_value; });
}

Series window_of(const Series& series, double first, double last) {
  const auto begin = std::lower_bound(series.time.begin(), series.time.end(), first) - series.time.begin();
  const auto end = std::upper_bound(series.time.begin(), series.time.end(), last) - series.time.begin();
  if (begin >= end) return {};
  Series window{{series.time.begin() + begin, series.time.begin() + end},
                {series.value.begin() + begin, series.value.begin() + end}};
  if (!series.rows.empty()) window.rows.assign(series.rows.begin() + begin, series.rows.begin() + end);
  return window;
}

std::vector<double> log_time_of(const Series& series) {
  std::vector<double> spacings;
  for (std::size_t i = 1; i < series.size(); ++i) spacings.push_back(series.time[i] - series.time[i - 1]);
  // The smallest spacing would do as well for a regular log; the median of the first ones bears a ragged start, and
  // a log that was thinned later on keeps the resolution of its beginning.
  if (spacings.size() > 9) spacings.resize(9);
  const double spacing = spacings.empty() ? 1.0 : median_of(std::move(spacings));
  std::vector<double> log_time;
  log_time.reserve(series.size());
  for (const double time : series.time) log_time.push_back(std::log1p((time - series.time.front()) / spacing));
  return log_time;
}

std::string_view name_of(BoundSource source) {
  switch (source) {
    case BoundSource::optimal_value:
      return "the optimal value";
    case BoundSource::lower_bound:
      return "the known lower bound";
    case BoundSource::nonnegative_loss:
      return "zero, as for a loss over classes";
    case BoundSource::extrapolated:
      return "an extrapolated bound";
  }
  return "";
}

ValueBound value_bound(const Trajectory& trajectory, const Series& values) {
  // The value of a minibatch may lie below the optimum of the whole; what is passed is no bound of what was recorded.
  const bool is_of_batches = std::any_of(trajectory.records.begin(), trajectory.records.end(),
                                         [](const StepRecord& record) { return record.batch_size > 0; });
  const auto is_known = [&](const std::optional<double>& bound) {
    if (!bound || !std::isfinite(*bound)) return false;
    return !is_of_batches || values.empty() || *std::min_element(values.value.begin(), values.value.end()) >= *bound;
  };
  if (is_known(trajectory.optimal_value)) return {*trajectory.optimal_value, BoundSource::optimal_value};
  if (is_known(trajectory.lower_bound)) return {*trajectory.lower_bound, BoundSource::lower_bound};
  if (values.empty()) return {0.0, BoundSource::extrapolated};
  const double least = *std::min_element(values.value.begin(), values.value.end());
  if (trajectory.policy && trajectory.policy->rewards.empty() && least >= 0.0) {
    return {0.0, BoundSource::nonnegative_loss};
  }
  const bool many = values.size() >= 200;
  const double best = quantile(values, many ? 0.01 : 0.0);
  const double worst = quantile(values, many ? 0.99 : 1.0);
  const double below = std::max({0.1 * (worst - best), noise_multiple * noise_of(values.value).deviation,
                                 1e-3 * std::abs(best), std::numeric_limits<double>::min()});
  return {std::max(best - below, std::numeric_limits<double>::lowest()), BoundSource::extrapolated};
}

std::vector<double> log_excess_of(const Series& values, const ValueBound& bound) {
  const double epsilon = std::numeric_limits<double>::epsilon();
  const double floor =
      bound.value == 0.0 ? 1e-300 : std::max(4.0 * (epsilon * largest_magnitude(values.value)), 1e-300);
  std::vector<double> log_excess;
  log_excess.reserve(values.size());
  for (const double value : values.value) {
    log_excess.push_back(std::log(std::clamp(value - bound.value, floor, std::numeric_limits<double>::max())));
  }
  return log_excess;
}

RecordNoise noise_of(const std::vector<double>& values) {
  constexpr std::size_t reach = 10;
  constexpr std::size_t most = 20000;
  const std::size_t first = values.size() > most ? values.size() - most : 0;
  std::vector<double> differences;
  for (std::size_t i = first; i + 1 < values.size(); ++i) differences.push_back(values[i + 1] - values[i]);
  std::vector<double> detrended;
  std::vector<double> magnitudes;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const auto low = static_cast<std::ptrdiff_t>(i < reach ? 0 : i - reach);
    const auto high = static_cast<std::ptrdiff_t>(std::min(differences.size(), i + reach + 1));
    detrended.push_back(differences[i] - median_of({differences.begin() + low, differences.begin() + high}));
    magnitudes.push_back(std::abs(detrended.back()));
  }
  const double deviation = median_of(magnitudes) / 0.6745;
  const double limit = 4.0 * deviation;  // spikes count for no more than this
  double squares = 0.0;
  double products = 0.0;
  for (std::size_t i = 0; i < detrended.size(); ++i) {
    detrended[i] = std::clamp(detrended[i], -limit, limit);
    squares += detrended[i] * detrended[i];
    if (i > 0) products += detrended[i] * detrended[i - 1];
  }
  if (!(squares > 0.0) || products >= 0.0) return {};
  const double correlation = std::clamp(1.0 + 2.0 * products / squares, 0.0, 0.98);
  return {deviation / std::sqrt(2.0 * (1.0 - correlation)), correlation};
}

double median_of(std::vector<double> values) {
  if (values.empty()) return not_measured;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace perigee
