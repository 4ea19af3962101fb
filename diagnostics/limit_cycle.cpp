#include <perigee/diagnostics/limit_cycle.hpp>

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace perigee {

namespace {

constexpr std::size_t fewest_records = 65;
constexpr std::size_t most_records = 1001;
constexpr double constant_ratio = 1.01;  // largest over least step size of the window

double root_mean_square(std::span<const double> z) {
  double squares = 0.0;
  for (const double value : z) squares += value * value;
  return std::sqrt(squares / static_cast<double>(z.size()));
}

// I_j by Goertzel's recurrence.
double power_at(std::span<const double> z, std::size_t j) {
  const double n = static_cast<double>(z.size());
  const double twice_cosine = 2.0 * std::cos(2.0 * std::numbers::pi * static_cast<double>(j) / n);
  double previous = 0.0;
  double before = 0.0;
  for (const double value : z) {
    const double next = value + twice_cosine * previous - before;
    before = previous;
    previous = next;
  }
  return previous * previous + before * before - twice_cosine * previous * before;
}

double recurrence_at(std::span<const double> z, std::size_t lag, double deviation) {
  double squares = 0.0;
  for (std::size_t t = 0; t + lag < z.size(); ++t) squares += (z[t + lag] - z[t]) * (z[t + lag] - z[t]);
  return std::sqrt(0.5 * squares / static_cast<double>(z.size() - lag)) / deviation;
}

// The last records of the second half, an odd number.
Series window_at_end(const Series& values) {
  const double middle = 0.5 * (values.time.front() + values.time.back());
  Series late = window_of(values, middle, values.time.back());
  std::size_t count = std::min(late.size(), most_records);
  if (count % 2 == 0 && count > 0) --count;
  const auto skipped = static_cast<std::ptrdiff_t>(late.size() - count);
  return {{late.time.begin() + skipped, late.time.end()}, {late.value.begin() + skipped, late.value.end()}};
}

bool is_equally_spaced(const Series& series) {
  const double spacing = series.time[1] - series.time[0];
  for (std::size_t i = 1; i < series.size(); ++i) {
    if (series.time[i] - series.time[i - 1] != spacing) return false;
  }
  return true;
}

enum class StepSizes { constant, steady, unknown, varying };

// Within the window. A schedule that drives the cycle must change within it; a step size that drifts over many cycles
// (with the norm of the iterates, say) does not.
StepSizes step_sizes_of(const Trajectory& trajectory, const LimitCycle& cycle, double steady) {
  std::vector<double> time;
  std::vector<double> size;
  for (const StepRecord& record : trajectory.records) {
    if (record.iteration < cycle.first || !std::isfinite(record.step_size)) continue;
    time.push_back(static_cast<double>(record.iteration));
    size.push_back(record.step_size);
  }
  if (size.empty()) return StepSizes::unknown;
  const auto [least, largest] = std::minmax_element(size.begin(), size.end());
  if (*largest <= constant_ratio * *least) return StepSizes::constant;
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < size.size(); ++begin) {
    while (end < size.size() && time[end] <= time[begin] + 2.0 * cycle.period) ++end;
    const auto first = size.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto [low, high] = std::minmax_element(first, size.begin() + static_cast<std::ptrdiff_t>(end));
    if (!(*high <= steady * *low)) return StepSizes::varying;
  }
  return StepSizes::steady;
}

bool uses_batches(const Trajectory& trajectory) {
  return std::any_of(trajectory.records.begin(), trajectory.records.end(),
                     [](const StepRecord& record) { return record.batch_size > 0; });
}

}  // namespace

std::optional<LimitCycle> find_limit_cycle(const Series& values, const LimitCycleOptions& options) {
  if (values.size() < fewest_records) return std::nullopt;
  const Series window = window_at_end(values);
  const std::size_t n = window.size();
  if (n < fewest_records || !is_equally_spaced(window)) return std::nullopt;
  const Line line = fit_line(window.time, window.value);
  const std::vector<double> z = residuals_of(line, window.time, window.value);
  const double deviation = root_mean_square(z);
  const double duration = window.time.back() - window.time.front();
  if (!(deviation > options.deviation * (1.0 + std::abs(line.intercept)))) return std::nullopt;
  if (std::abs(line.slope) * duration > 2.0 * std::numbers::sqrt2 * deviation) return std::nullopt;
  const std::span<const double> curve(z);
  const double early = root_mean_square(curve.first(n / 2));
  const double late = root_mean_square(curve.last(n / 2));
  if (!(early <= options.decay * late && late <= options.decay * early)) return std::nullopt;

  const std::size_t frequencies = (n - 1) / 2;
  std::size_t peak = 1;
  double highest = 0.0;
  double total = 0.0;
  for (std::size_t j = 1; j <= frequencies; ++j) {
    const double power = power_at(curve, j);
    total += power;
    if (power > highest) {
      highest = power;
      peak = j;
    }
  }
  LimitCycle cycle;
  cycle.g = highest / total;
  const double m = static_cast<double>(frequencies);
  cycle.chance = std::min(1.0, std::exp(std::log(m) + (m - 1.0) * std::log1p(-std::min(cycle.g, 1.0 - 1e-16))));
  if (static_cast<Index>(peak) < options.cycles || cycle.chance > options.chance) return std::nullopt;

  std::size_t lag = 2;
  cycle.recurrence = recurrence_at(curve, lag, deviation);
  for (std::size_t candidate = 3; candidate <= n / 4; ++candidate) {
    const double recurrence = recurrence_at(curve, candidate, deviation);
    if (recurrence < 0.99 * cycle.recurrence - 1e-3) {  // of equals the shortest
      cycle.recurrence = recurrence;
      lag = candidate;
    }
  }
  if (cycle.recurrence > options.recurrence) return std::nullopt;
  const double frequency = static_cast<double>(peak) / static_cast<double>(n);  // per record
  auto cycles = static_cast<std::size_t>(std::max(1.0, std::round(static_cast<double>(lag) * frequency)));
  if (lag % cycles == 0) cycles = 1;  // a shorter whole lag came back less well: the peak is a harmonic
  cycle.period = static_cast<double>(lag) / static_cast<double>(cycles) * (window.time[1] - window.time[0]);
  cycle.first = static_cast<Index>(window.time.front());
  cycle.last = static_cast<Index>(window.time.back());
  cycle.deviation = deviation;
  return cycle;
}

void detect_limit_cycle(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  if (uses_batches(trajectory) || trajectory.condensation) return;
  for (const char* id : {"step-too-large", "edge-of-stability", "divergence", "non-finite"}) {
    if (find_finding(diagnosis, id) != nullptr) return;
  }
  const LimitCycleOptions& options = input.options.limit_cycle;
  const std::optional<LimitCycle> cycle = find_limit_cycle(value_series(trajectory), options);
  if (!cycle) return;
  const StepSizes step_sizes = step_sizes_of(trajectory, *cycle, options.steady);
  if (step_sizes == StepSizes::varying) return;

  Finding finding;
  finding.id = "step-too-large";
  finding.first = cycle->first;
  finding.last = cycle->last;
  finding.severity = Severity::problem;
  finding.certainty = step_sizes == StepSizes::constant ? Certainty::likely : Certainty::suspected;
  finding.evidence = {{"period", cycle->period, "iterations"},
                      {"fisher_g", cycle->g, "1"},
                      {"chance_under_noise", cycle->chance, "1", Comparison::at_most, options.chance},
                      {"recurrence", cycle->recurrence, "1", Comparison::at_most, options.recurrence},
                      {"deviation", cycle->deviation, "value"},
                      {"step_size", trajectory.records.back().step_size, "1"}};
  const std::string period = format_number(cycle->period, 3);
  finding.message = "From iteration " + std::to_string(cycle->first) + " on the value goes in circles, once every " +
                    period + " iterations, and comes back to " + format_number(100.0 * cycle->recurrence, 2) +
                    "% of what noise would: a limit cycle, as of a step that leaps over the valley.";
  finding.recommendation =
      "Halve the step size until the cycle is gone, or let it decrease; more iterations of this size gain nothing.";
  finding.counterevidence = "The same cycle, as large and as many iterations long, at half the step size.";
  explain_plateaus(diagnosis, cycle->first, cycle->last, "The limit cycle of period " + period + " explains it.");
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
