#include <perigee/diagnostics/step_too_large.hpp>

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr double jump_ratio = 1.5;
constexpr double jump_deviations = 10.0;
constexpr double unrecovered_share = 0.8;
constexpr double unstable_product = 1.99;  // eta h
constexpr double uniform_guess_tolerance = 0.02;

// Median and standard deviation (from the median absolute one) over the second half.
struct Level {
  double median = not_measured;
  double deviation = not_measured;
};

Level level_of_second_half(const Series& series) {
  const double middle = 0.5 * (series.time.front() + series.time.back());
  std::vector<double> values = window_of(series, middle, series.time.back()).value;
  Level level;
  level.median = median_of(values);
  for (double& value : values) value = std::abs(value - level.median);
  level.deviation = 1.4826 * median_of(std::move(values));
  return level;
}

bool add_overshoot(const Trajectory& trajectory, const Series& values, Diagnosis& diagnosis) {
  if (values.size() < 20) return false;
  const ValueBound bound = value_bound(trajectory, values);
  const double initial = values.value.front();
  const Level end_level = level_of_second_half(values);
  const double final_level = end_level.median;
  const double early_end = values.time.front() + 0.1 * (values.time.back() - values.time.front());
  const Series early = window_of(values, values.time.front(), early_end);
  const auto peak = std::max_element(early.value.begin(), early.value.end());
  const double initial_excess = initial - bound.value;
  if (!(initial_excess > 0.0) || !(*peak - bound.value >= jump_ratio * initial_excess)) return false;
  if (!(*peak - initial > jump_deviations * end_level.deviation)) return false;
  const bool is_unrecovered =
      bound.is_known() ? final_level - bound.value > unrecovered_share * initial_excess : final_level >= initial;
  if (!is_unrecovered) return false;

  const Index peak_iteration = static_cast<Index>(early.time[static_cast<std::size_t>(peak - early.value.begin())]);
  Finding finding;
  finding.id = "step-too-large";
  finding.first = peak_iteration;
  finding.last = trajectory.records.back().iteration;
  finding.severity = Severity::problem;
  finding.certainty = Certainty::suspected;
  finding.evidence = {{"initial_value", initial, "value"},
                      {"peak_value", *peak, "value"},
                      {"peak_iteration", static_cast<double>(peak_iteration), "iterations"},
                      {"final_level", final_level, "value"},
                      {"bound", bound.value, "value"}};
  finding.message = "The value jumped from " + format_number(initial, 4) + " to " + format_number(*peak, 4) +
                    " at iteration " + std::to_string(peak_iteration) + " and never recovered: it ended near " +
                    format_number(final_level, 4);
  const bool has_classes =
      trajectory.policy && trajectory.policy->rewards.empty() && trajectory.policy->probability_columns.size() >= 2;
  if (has_classes) {
    const auto classes = static_cast<double>(trajectory.policy->probability_columns.size());
    const double uniform_guess = std::log(classes);
    finding.evidence.push_back({"uniform_guess_loss", uniform_guess, "value"});
    if (std::abs(final_level - uniform_guess) <= uniform_guess_tolerance * uniform_guess) {
      finding.certainty = Certainty::likely;
      finding.message += ", the cross-entropy log " + format_number(classes) + " = " + format_number(uniform_guess, 4) +
                         " of guessing regardless of the input";
    }
  }
  const double step_size = trajectory.records.back().step_size;
  finding.evidence.push_back({"step_size", step_size, "1"});
  finding.message += ".";
  finding.recommendation = std::string("Start again with a shorter step") +
                           (std::isfinite(step_size) ? " (a tenth of " + format_number(step_size) + ", say)" : "") +
                           " or a warm-up; units that died in the jump do not come back.";
  diagnosis.findings.push_back(std::move(finding));
  return true;
}

void add_oscillation(const Trajectory& trajectory, const Series& values, Diagnosis& diagnosis) {
  if (values.size() < 20) return;
  const double middle = 0.5 * (values.time.front() + values.time.back());
  std::vector<double> products;
  for (const StepRecord& record : trajectory.records) {
    const double product = record.step_size * record.curvature;
    if (static_cast<double>(record.iteration) >= middle && std::isfinite(product)) products.push_back(product);
  }
  if (products.size() < 10) return;
  const double typical = median_of(products);
  if (!(typical >= unstable_product)) return;

  const Series late = window_of(values, middle, values.time.back());
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, value_bound(trajectory, values));
  const std::size_t skipped = values.size() - late.size();
  const TrendTest test = test_trend(std::span(log_time).subspan(skipped), std::span(log_excess).subspan(skipped));
  if (test.trend != Trend::plateau && test.trend != Trend::ascent) return;

  Finding finding;
  finding.id = "step-too-large";
  finding.first = static_cast<Index>(middle);
  finding.last = trajectory.records.back().iteration;
  finding.severity = Severity::problem;
  finding.certainty = Certainty::likely;
  finding.evidence = {{"step_times_curvature", typical, "1"},
                      {"step_times_curvature_threshold", unstable_product, "1"},
                      {"exponent", test.exponent, "1"}};
  finding.message = "The iterates oscillate: step size times curvature along the step is " + format_number(typical, 4) +
                    " (stable below 2) over the second half, and the value does not fall.";
  finding.recommendation = "Divide the step size by more than " + format_number(std::max(1.0, typical), 3) +
                           "; 1/curvature is the step that removes the oscillating component at once.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace

void detect_step_too_large(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Series values = value_series(input.trajectory);
  if (add_overshoot(input.trajectory, values, diagnosis)) return;
  add_oscillation(input.trajectory, values, diagnosis);
}

}  // namespace perigee
