#include <perigee/diagnostics/budget.hpp>

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

namespace {

TrendTest last_octave(const Trajectory& trajectory, const Series& values) {
  const double middle = 0.5 * (values.time.front() + values.time.back());
  const std::size_t skipped = values.size() - window_of(values, middle, values.time.back()).size();
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, value_bound(trajectory, values));
  return test_trend(std::span(log_time).subspan(skipped), std::span(log_excess).subspan(skipped));
}

}  // namespace

void detect_exhausted_budget(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  if (!trajectory.end || trajectory.end->end_class != EndClass::budget || trajectory.end->id == "step-tolerance")
    return;
  const Series values = value_series(trajectory);
  const Series norms = gradient_norm_series(trajectory);

  Finding finding;
  finding.id = "budget-exhausted";
  finding.first = finding.last = trajectory.records.back().iteration;
  finding.certainty = Certainty::proven;
  finding.message = "The run ended because its budget did: " + trajectory.end->message;

  std::string left;
  const double value = values.empty() ? not_measured : values.value.back();
  if (trajectory.optimal_value && std::isfinite(value)) {
    const double excess = value - *trajectory.optimal_value;
    finding.evidence.push_back({"excess_value", excess, "value"});
    left += "the value was " + format_number(excess, 3) + " above the optimal one";
  }
  if (!norms.empty()) {
    const double scale = std::isfinite(value) ? 1.0 + std::abs(value) : 1.0;
    const double tolerance = input.options.gradient_tolerance * scale;
    finding.evidence.push_back({"gradient_norm", norms.value.back(), "value per unit of x"});
    finding.evidence.push_back({"gradient_tolerance", tolerance, "value per unit of x"});
    if (norms.value.back() > tolerance) {
      finding.severity = Severity::warning;
      left += (left.empty() ? "" : ", ") + ("the gradient norm was " + format_number(norms.value.back(), 3)) +
              ", above " + format_number(tolerance, 2);
    }
  }
  if (values.size() >= 12) {
    const TrendTest test = last_octave(trajectory, values);
    finding.evidence.push_back({"exponent", test.exponent, "1"});
    if (test.trend == Trend::descent) {
      finding.severity = Severity::warning;
      left += std::string(left.empty() ? "" : ", ") + "the value was still falling like t^-" +
              format_number(test.exponent, 3);
      finding.recommendation = "More iterations would still gain: each doubling divides what is left by about " +
                               format_number(std::exp2(test.exponent), 3) + ".";
    }
  }
  finding.message += left.empty() ? "." : "; " + left + ".";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
