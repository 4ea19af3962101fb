#include <perigee/diagnostics/step_too_large.hpp>

#include <perigee/diagnostics/course.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/stability.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

// Median and standard deviation of the rows over the second half: from the median absolute one, or, where records are
// blocks of rows, from the median of the variances within them.
struct Level {
  double median = not_measured;
  double deviation = not_measured;
};

Level level_of_second_half(const Trajectory& trajectory, const Series& series) {
  const double middle = 0.5 * (series.time.front() + series.time.back());
  std::vector<double> values = window_of(series, middle, series.time.back()).value;
  Level level;
  level.median = median_of(values);
  if (trajectory.condensation) {
    std::vector<double> variances;
    for (std::size_t i = 0; i < trajectory.records.size(); ++i) {
      const double variance = trajectory.condensation->blocks[i].value_variance;
      if (static_cast<double>(trajectory.records[i].iteration) >= middle && std::isfinite(variance)) {
        variances.push_back(variance);
      }
    }
    level.deviation = std::sqrt(median_of(std::move(variances)));
    return level;
  }
  for (double& value : values) value = std::abs(value - level.median);
  level.deviation = 1.4826 * median_of(std::move(values));
  return level;
}

bool add_overshoot(const Trajectory& trajectory, const Series& values, const StepTooLargeOptions& options,
                   Diagnosis& diagnosis) {
  if (values.size() < 20) return false;
  const ValueBound bound = value_bound(trajectory, values);
  const double initial = values.value.front();
  const Level end_level = level_of_second_half(trajectory, values);
  const double final_level = end_level.median;
  const double early_end = values.time.front() + 0.1 * (values.time.back() - values.time.front());
  const Series early = window_of(largest_value_series(trajectory), values.time.front(), early_end);
  const auto peak = std::max_element(early.value.begin(), early.value.end());
  const double initial_excess = initial - bound.value;
  if (!(initial_excess > 0.0) || !(*peak - bound.value >= options.jump * initial_excess)) return false;
  if (!(*peak - initial > options.jump_deviations * end_level.deviation)) return false;
  const bool is_unrecovered =
      bound.is_known() ? final_level - bound.value > options.unrecovered * initial_excess : final_level >= initial;
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
                      {"jump_ratio", (*peak - bound.value) / initial_excess, "1", Comparison::at_least, options.jump},
                      {"final_level", final_level, "value"},
                      {"unrecovered_share", (final_level - bound.value) / initial_excess, "1", Comparison::at_least,
                       bound.is_known() ? options.unrecovered : 1.0},
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
    if (std::abs(final_level - uniform_guess) <= options.uniform_guess * uniform_guess) {
      finding.certainty = Certainty::likely;
      finding.message += ", the cross-entropy log " + format_number(classes) + " = " + format_number(uniform_guess, 4) +
                         " of guessing regardless of the input";
    }
  }
  const double step_size = trajectory.records.back().step_size;
  finding.evidence.push_back({"step_size", step_size, "1"});
  finding.message += ".";
  finding.counterevidence =
      "The same jump and the same level at a tenth of the step: then the data or the start are at fault, not the step.";
  finding.recommendation = std::string("Start again with a shorter step") +
                           (std::isfinite(step_size) ? " (a tenth of " + format_number(step_size) + ", say)" : "") +
                           " or a warm-up; units that died in the jump do not come back.";
  diagnosis.findings.push_back(std::move(finding));
  return true;
}

void add_oscillation(const DiagnosisInput& input, const Series& values, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const StepTooLargeOptions& options = input.options.step_too_large;
  const double tolerance = input.options.plateau.exponent;
  if (values.size() < 20) return;
  const double middle = 0.5 * (values.time.front() + values.time.back());
  std::vector<double> products;
  const std::optional<StabilityLimit> limit = stability_limit(trajectory);
  for (const StepRecord& record : trajectory.records) {
    const double product = relative_product(record, limit);
    if (static_cast<double>(record.iteration) >= middle && std::isfinite(product)) products.push_back(product);
  }
  if (products.size() < 10) return;
  const double typical = median_of(products);
  if (!(typical >= options.product)) return;

  const TrendTest test = course_of_value(trajectory, values, middle, values.time.back(), tolerance);
  if (test.trend != Trend::plateau && test.trend != Trend::ascent) return;

  const bool has_momentum = limit && limit->product != 2.0;
  const std::string scale = has_momentum ? ", scaled so that the " + format_number(limit->product, 3) + " which " +
                                               trajectory.solver + " bears are 2,"
                                         : "";
  const double step_size = has_momentum ? limit->learning_rate : trajectory.records.back().step_size;
  const std::string recommended = std::isfinite(step_size) && typical > 1.0
                                      ? " (a step of about " + format_number(step_size / typical, 2) + ")"
                                      : std::string();
  Finding finding;
  finding.id = "step-too-large";
  finding.first = static_cast<Index>(middle);
  finding.last = trajectory.records.back().iteration;
  finding.severity = Severity::problem;
  finding.certainty = Certainty::likely;
  finding.evidence = {{"step_times_curvature", typical, "1", Comparison::at_least, options.product},
                      {"exponent", test.exponent, "1"},
                      {"exponent_lower", test.lower, "1"},
                      {"exponent_upper", test.upper, "1", Comparison::at_most, tolerance}};
  finding.message = "The iterates oscillate: step size times curvature along the step" + scale + " is " +
                    format_number(typical, 4) + " (stable below 2) over the second half, and the value does not fall.";
  finding.recommendation = "Divide the step size by " + format_number(std::max(1.0, typical), 3) + recommended +
                           (has_momentum ? ": half of what the method bears."
                                         : ": 1/curvature is the step that removes the oscillating component at once.");
  finding.counterevidence =
      "An oscillation of the same size at half the step: then noise or a limit cycle drives it, not the step.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace

void detect_step_too_large(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Series values = value_series(input.trajectory);
  if (add_overshoot(input.trajectory, values, input.options.step_too_large, diagnosis)) return;
  add_oscillation(input, values, diagnosis);
}

}  // namespace perigee
