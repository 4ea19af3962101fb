#include <perigee/diagnostics/rounding_floor.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr std::size_t least_equal_values = 20;
constexpr double step_tolerance = 1e-15;  // ||step|| / ||x||: a few units in the last place
constexpr int least_digits = 10;

// The distance from |x| to the next larger double.
double unit_in_last_place(double x) {
  const double magnitude = std::abs(x);
  return std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
}

bool has_underflowed(double x) { return std::abs(x) < std::numeric_limits<double>::min(); }

// What a gradient step would do at the last iterate.
struct StepAtEnd {
  bool moves = false;
  bool gradient_is_zero = true;
  double largest_ratio = 0.0;  // max |eta g_i| / ulp(x_i)
  Index underflowed = 0;       // coordinates that are zero or subnormal now, and were not at the start
  Index first_underflowed = 0;
  bool knows_start = false;
};

StepAtEnd step_at_end(ConstVectorView x, ConstVectorView gradient, double step_size, const Snapshot& first) {
  StepAtEnd step;
  step.knows_start = first.iteration == 0 && first.x.size() == x.size();
  for (Index i = 0; i < x.size(); ++i) {
    const double move = step_size * gradient[i];
    if (x[i] - move != x[i]) step.moves = true;
    if (gradient[i] != 0.0) step.gradient_is_zero = false;
    step.largest_ratio = std::max(step.largest_ratio, std::abs(move) / unit_in_last_place(x[i]));
    if (step.knows_start && has_underflowed(x[i]) && !has_underflowed(first.x[i])) {
      if (step.underflowed++ == 0) step.first_underflowed = i;
    }
  }
  return step;
}

// The first iteration from which on no step changed the iterate.
Index first_motionless_iteration(const Trajectory& trajectory) {
  Index first = trajectory.records.back().iteration;
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    if (record->step_norm != 0.0) break;
    first = record->iteration;
  }
  return first;
}

const JudgedPoint* judged_end(const Diagnosis& diagnosis, Index iteration) {
  for (const JudgedPoint& point : diagnosis.judged_points) {
    if (point.iteration == iteration) return &point;
  }
  return nullptr;
}

bool is_degenerate_saddle(const Diagnosis& diagnosis) {
  const Finding* finding = find_finding(diagnosis, "degenerate-stationary-point");
  return finding != nullptr && finding->severity == Severity::problem;
}

void explain(const StepAtEnd& step, const JudgedPoint* point, const Diagnosis& diagnosis, Finding& finding) {
  const std::string coordinate = std::to_string(step.first_underflowed);
  if (point != nullptr && (point->classification == "strict-saddle" || is_degenerate_saddle(diagnosis))) {
    finding.severity = Severity::problem;
    if (step.underflowed > 0) {
      finding.message += " The run is stuck for ever at a saddle: the coordinate that must grow has underflowed (" +
                         std::to_string(step.underflowed) + " did, the first is coordinate " + coordinate + ").";
    } else {
      finding.message += " The run is stuck for ever at a saddle.";
    }
    finding.recommendation =
        "No number of further iterations helps. Perturb the point (perturbed-gradient-descent does), or step along the "
        "direction reported with the saddle.";
    return;
  }
  if (point != nullptr && point->classification == "not-stationary") {
    finding.severity = Severity::problem;
    finding.message += " The gradient is not small: the step size is too small for numbers of this size.";
    finding.recommendation =
        "Use a longer step, or shift and scale the variables so that x is of the size of its changes.";
    return;
  }
  finding.severity = Severity::information;
  if (step.underflowed > 0) {
    finding.message +=
        " " + std::to_string(step.underflowed) + " coordinates have underflowed (the first is " + coordinate + ").";
  }
  finding.recommendation = "Further iterations change nothing; stop here.";
}

// True: the objective was there to answer the question.
bool examine_step(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const StepRecord& last = trajectory.records.back();
  if (input.objective == nullptr || trajectory.snapshots.empty()) return false;
  const Snapshot& end = trajectory.snapshots.back();
  if (end.iteration != last.iteration || !(last.step_size > 0.0)) return false;
  if (end.x.size() != input.objective->dimension()) {
    throw std::invalid_argument("detect_rounding_floor: snapshots have the objective's length " +
                                std::to_string(input.objective->dimension()) + ", got " + std::to_string(end.x.size()));
  }
  Vector gradient(end.x.size());
  input.objective->value_and_gradient(end.x.view(), gradient.view());
  const double gradient_norm = euclidean_norm(gradient.view());
  if (!std::isfinite(gradient_norm)) return true;
  const StepAtEnd step = step_at_end(end.x.view(), gradient.view(), last.step_size, trajectory.snapshots.front());
  // A gradient that is exactly zero where nothing underflowed is a stationary point met exactly.
  if (step.moves || (step.gradient_is_zero && step.underflowed == 0)) return true;

  Finding finding;
  finding.id = "rounding-floor";
  finding.first = first_motionless_iteration(trajectory);
  finding.last = last.iteration;
  finding.certainty = Certainty::proven;
  finding.evidence = {
      {"largest_step_over_ulp", step.largest_ratio, "units in the last place"},
      {"underflowed_coordinates", step.knows_start ? static_cast<double>(step.underflowed) : not_measured,
       "coordinates"},
      {"gradient_norm", gradient_norm, "value per unit of x"},
      {"step_size", last.step_size, "1"},
  };
  finding.message = "A gradient step of size " + format_number(last.step_size, 4) +
                    " changes no coordinate of the last iterate in double precision (gradient norm " +
                    format_number(gradient_norm, 3) + ", longest move " + format_number(step.largest_ratio, 2) +
                    " units in the last place).";
  explain(step, judged_end(diagnosis, last.iteration), diagnosis, finding);
  diagnosis.findings.push_back(std::move(finding));
  return true;
}

// Significant digits of the shortest text that reads back as `value`.
int digits_of(double value) {
  int digits = 0;
  bool is_leading = true;
  for (const char letter : format_exact(value)) {
    if (letter == 'e') break;
    if (letter < '0' || letter > '9') continue;
    is_leading = is_leading && letter == '0';
    if (!is_leading) ++digits;
  }
  return digits;
}

void examine_values(const Trajectory& trajectory, Diagnosis& diagnosis) {
  const StepRecord& last = trajectory.records.back();
  if (!std::isfinite(last.value) || last.gradient_norm == 0.0) return;
  double typical = 1.0;  // ||x||
  if (!trajectory.snapshots.empty()) typical = euclidean_norm(trajectory.snapshots.back().x.view());
  std::size_t equal = 0;
  std::size_t measured_steps = 0;
  double longest_step = 0.0;
  Index first = last.iteration;
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    if (record->value != last.value || record->step_norm > step_tolerance * typical) break;
    if (std::isfinite(record->step_norm)) {
      ++measured_steps;
      longest_step = std::max(longest_step, record->step_norm);
    }
    first = record->iteration;
    ++equal;
  }
  if (equal < least_equal_values) return;
  const bool knows_steps = measured_steps >= least_equal_values;
  if (!knows_steps && digits_of(last.value) < least_digits) return;

  Finding finding;
  finding.id = "rounding-floor";
  finding.first = first;
  finding.last = last.iteration;
  finding.severity = Severity::information;
  finding.certainty = Certainty::suspected;
  finding.evidence = {
      {"equal_values", static_cast<double>(equal), "iterations"},
      {"value", last.value, "value"},
      {"longest_step", knows_steps ? longest_step : not_measured, "units of x"},
      {"gradient_norm", last.gradient_norm, "value per unit of x"},
  };
  finding.message = "The last " + std::to_string(equal) + " values are equal to the last bit (" +
                    format_exact(last.value) + ")" +
                    (knows_steps ? ", and the steps are too short to change the parameters."
                                 : ": the steps change nothing that the value can show.");
  finding.recommendation =
      "A minimum, a saddle or a network that no longer learns can look like this: record gradient norms and the last "
      "parameters to tell which.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace

void detect_rounding_floor(const DiagnosisInput& input, Diagnosis& diagnosis) {
  if (!examine_step(input, diagnosis)) examine_values(input.trajectory, diagnosis);
}

}  // namespace perigee
