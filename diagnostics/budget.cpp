#include <perigee/diagnostics/budget.hpp>

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

namespace {

// The trend over the last octave, and by which factor the excess fell over it.
struct LastOctave {
  TrendTest test;
  double factor = not_measured;
};

LastOctave last_octave(const Trajectory& trajectory, const Series& values, double tolerance) {
  const double middle = 0.5 * (values.time.front() + values.time.back());
  const std::size_t count = window_of(values, middle, values.time.back()).size();
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, value_bound(trajectory, values));
  const std::span<const double> late = std::span(log_excess).last(count);
  return {test_trend(std::span(log_time).last(count), late, tolerance), std::exp(late.front() - late.back())};
}

void append(std::string& list, const std::string& item) { list += (list.empty() ? "" : ", ") + item; }

}  // namespace

void detect_exhausted_budget(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  if (!trajectory.end || trajectory.end->end_class != EndClass::budget || trajectory.end->id == "step-tolerance") {
    return;
  }
  const Series values = value_series(trajectory);
  const Series norms = gradient_norm_series(trajectory);
  const double value = values.empty() ? not_measured : values.value.back();

  Finding finding;
  finding.id = "budget-exhausted";
  finding.first = finding.last = trajectory.records.back().iteration;
  finding.certainty = Certainty::proven;
  std::string left;
  if (trajectory.optimal_value && std::isfinite(value)) {
    const double excess = value - *trajectory.optimal_value;
    finding.evidence.push_back({"excess_value", excess, "value"});
    append(left, "the value was " + format_number(excess, 3) + " above the optimal one");
  }
  const double scale = std::isfinite(value) ? 1.0 + std::abs(value) : 1.0;
  const double tolerance = input.options.gradient_tolerance * scale;
  const double gradient_norm = norms.empty() ? not_measured : norms.value.back();
  const bool is_stationary = gradient_norm <= tolerance;
  const bool was_compared = std::isfinite(gradient_norm);
  finding.evidence.push_back({"gradient_norm", gradient_norm, "value per unit of x",
                              !was_compared   ? Comparison::none
                              : is_stationary ? Comparison::at_most
                                              : Comparison::at_least,
                              was_compared ? tolerance : not_measured});
  if (gradient_norm > tolerance) {
    finding.severity = Severity::warning;
    append(left, "the gradient norm was " + format_number(gradient_norm, 3) + ", above " + format_number(tolerance, 2));
  }
  if (values.size() >= 12 && !is_stationary) {
    const LastOctave octave = last_octave(trajectory, values, input.options.plateau.exponent);
    finding.evidence.push_back({"exponent", octave.test.exponent, "1"});
    if (octave.test.trend == Trend::descent) {
      finding.severity = Severity::warning;
      append(left, "and the value was still falling (what is left shrank by a factor of " +
                       format_number(octave.factor, 3) + " in the second half of the run)");
      const double share = std::exp2(-octave.test.exponent);
      finding.recommendation = "Allow more iterations: if the value goes on as it did, twice as many leave about " +
                               format_number(100.0 * share, 2) + "% of what is left now.";
    }
  }
  finding.message =
      "The run ended because its budget did: " + trajectory.end->message + (left.empty() ? "." : "; " + left + ".");
  finding.counterevidence = "A run with twice the budget that ends by itself no further on.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
