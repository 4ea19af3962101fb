#include <perigee/diagnostics/line_search_stall.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <string>

namespace perigee {

namespace {

double calls_of(const StepRecord& record) {
  return static_cast<double>(record.counts.values) + static_cast<double>(record.counts.gradients);
}

bool is_failed_search(const Trajectory& trajectory) {
  if (!trajectory.end || trajectory.end->end_class != EndClass::breakdown) return false;
  const End& end = *trajectory.end;
  if (end.id == "line-search-failed" || end.id == "no-acceptable-step") return true;
  std::string message = end.message;
  std::transform(message.begin(), message.end(), message.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return message.find("line search failed") != std::string::npos;
}

// The first record of the stall that lasts to the end of the run; the last record where there is none.
std::size_t start_of_stall(const Trajectory& trajectory, const LineSearchStallOptions& options) {
  const std::vector<StepRecord>& records = trajectory.records;
  std::size_t first = records.size() - 1;
  const double last_value = records.back().value;
  while (first > 0) {
    const StepRecord& before = records[first - 1];
    const double iterations = static_cast<double>(records[first].iteration - before.iteration);
    const double calls = calls_of(records[first]) - calls_of(before);
    const bool is_laborious = iterations > 0.0 && calls >= options.calls_per_iteration * iterations;
    const bool is_fruitless =
        std::abs(before.value - last_value) <= options.relative_change * (1.0 + std::abs(last_value));
    // Near a minimum the value stands still to the last digits while the steps found still shorten the gradient.
    const bool finds_steps = before.gradient_norm > options.gradient_fall * records.back().gradient_norm;
    if (!is_laborious || !is_fruitless || finds_steps) break;
    --first;
  }
  return first;
}

const JudgedPoint* judged_end(const Diagnosis& diagnosis, Index iteration) {
  for (const JudgedPoint& point : diagnosis.judged_points) {
    if (point.iteration == iteration && point.classification != "not-stationary") return &point;
  }
  return nullptr;
}

// The last step size that was measured; NaN: none.
double last_step_size(const Trajectory& trajectory) {
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    if (std::isfinite(record->step_size)) return record->step_size;
  }
  return not_measured;
}

void explain(const DiagnosisInput& input, const Diagnosis& diagnosis, Finding& finding) {
  const StepRecord& last = input.trajectory.records.back();
  const double promised = last_step_size(input.trajectory) * last.gradient_norm * last.gradient_norm;
  const double rounding = 16.0 * std::numeric_limits<double>::epsilon() * std::abs(last.value);
  const bool drowns = promised <= rounding;
  const bool is_known = std::isfinite(promised);
  finding.evidence.push_back({"promised_decrease", promised, "value",
                              !is_known ? Comparison::none
                              : drowns  ? Comparison::at_most
                                        : Comparison::at_least,
                              is_known ? rounding : not_measured});
  const JudgedPoint* judged = judged_end(diagnosis, last.iteration);
  const bool is_small = last.gradient_norm <= input.options.gradient_tolerance * (1.0 + std::abs(last.value));
  if (judged != nullptr || is_small) {
    finding.severity = Severity::information;
    finding.message += judged != nullptr ? " The point is stationary (" + judged->classification +
                                               "): there is nothing left for a search along the gradient to find."
                                         : " The gradient vanishes there within the tolerance.";
    return;
  }
  if (drowns) {
    finding.severity = Severity::information;
    finding.message += " The decrease that a gradient step promises, " + format_number(promised, 2) +
                       ", is below the rounding of the value, " + format_number(rounding, 2) +
                       ": values can no longer tell a good step from a bad one.";
    finding.recommendation =
        "Subtract the large constant from the objective, or accept steps by their gradients (an approximate Wolfe "
        "condition, as hager-zhang does).";
    return;
  }
  finding.severity = Severity::problem;
  if (find_finding(diagnosis, "derivative-mismatch") != nullptr) {
    finding.message += " The gradient is not the derivative of the value: the direction may not be one of descent.";
    finding.recommendation = "Correct the derivatives (see derivative-mismatch).";
    return;
  }
  finding.message += " The gradient is not small, so a smooth function would have let some step pass.";
  finding.recommendation =
      input.objective == nullptr
          ? "Diagnose with the objective at hand: wrong derivatives, a kink and noise in the values all look like this."
          : "The derivatives were looked at and no error was found: look for a kink or for noise in the values; a "
            "method without line search passes both.";
}

}  // namespace

void detect_line_search_stall(const DiagnosisInput& input, Diagnosis& diagnosis) {
  // No search finds a step among numbers that grow without bound; that growth is the finding.
  if (find_finding(diagnosis, "divergence") != nullptr || find_finding(diagnosis, "non-finite") != nullptr) return;
  const Trajectory& trajectory = input.trajectory;
  const StepRecord& last = trajectory.records.back();
  const bool failed = is_failed_search(trajectory);
  const std::size_t first = start_of_stall(trajectory, input.options.line_search_stall);
  const StepRecord& begin = trajectory.records[first];
  const Index iterations = last.iteration - begin.iteration;
  if (!failed && iterations < input.options.line_search_stall.iterations) return;

  Finding finding;
  finding.id = "line-search-stall";
  finding.first = begin.iteration;
  finding.last = last.iteration;
  finding.certainty = failed ? Certainty::proven : Certainty::suspected;
  const double calls = calls_of(last) - calls_of(begin);
  const LineSearchStallOptions& options = input.options.line_search_stall;
  // A run that its solver ended for want of a step needs no threshold.
  const Comparison comparison = failed ? Comparison::none : Comparison::at_least;
  const auto least = [&](double threshold) { return failed ? not_measured : threshold; };
  finding.evidence = {
      {"stalled_iterations", static_cast<double>(iterations), "iterations", comparison,
       least(static_cast<double>(options.iterations))},
      {"calls", calls, "values and gradients", comparison,
       least(options.calls_per_iteration * static_cast<double>(iterations))},
      {"gradient_norm", last.gradient_norm, "value per unit of x"},
  };
  finding.message = failed ? "The run ended at iteration " + std::to_string(last.iteration) +
                                 " because no step was acceptable (gradient norm " +
                                 format_number(last.gradient_norm, 3) + ")."
                           : "From iteration " + std::to_string(begin.iteration) + " to the end " +
                                 format_number(calls) + " evaluations changed the value by no more than rounding.";
  finding.counterevidence = "A step along the last search direction that lowers the value by more than rounding.";
  explain(input, diagnosis, finding);
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
