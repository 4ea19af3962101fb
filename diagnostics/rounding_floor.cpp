#include <perigee/diagnostics/resolution.hpp>
#include <perigee/diagnostics/rounding_floor.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee {

namespace {

constexpr double tiny = 1e-100;  // only what decays by a constant factor comes by here

// The distance from |x| to the next larger double.
double unit_in_last_place(double x) {
  const double magnitude = std::abs(x);
  return std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
}

// Whether coordinate i faded out: it is zero or subnormal now, and on the way it was seen tiny. An iterate that lands
// on zero exactly, as one step of length 1/L on a parabola does, was never tiny before.
bool has_underflowed(const Trajectory& trajectory, Index i) {
  const double now = std::abs(trajectory.snapshots.back().x[i]);
  if (now >= std::numeric_limits<double>::min()) return false;
  return std::any_of(trajectory.snapshots.begin(), trajectory.snapshots.end(), [i](const Snapshot& snapshot) {
    return i < snapshot.x.size() && snapshot.x[i] != 0.0 && std::abs(snapshot.x[i]) < tiny;
  });
}

// What a gradient step would do at the last iterate.
struct StepAtEnd {
  bool moves = false;
  bool gradient_is_zero = true;
  double largest_ratio = 0.0;      // max |eta g_i| / ulp(x_i)
  std::vector<Index> underflowed;  // coordinates
};

StepAtEnd step_at_end(const Trajectory& trajectory, ConstVectorView gradient, double step_size) {
  const Vector& x = trajectory.snapshots.back().x;
  StepAtEnd step;
  for (Index i = 0; i < x.size(); ++i) {
    const double move = step_size * gradient[i];
    if (x[i] - move != x[i]) step.moves = true;
    if (gradient[i] != 0.0) step.gradient_is_zero = false;
    step.largest_ratio = std::max(step.largest_ratio, std::abs(move) / unit_in_last_place(x[i]));
    if (has_underflowed(trajectory, i)) step.underflowed.push_back(i);
  }
  return step;
}

// The first iteration from which on the point stayed the same: value and gradient norm equal to the last bit. The
// recorded length of the steps need not be 0, it may be eta ||g||.
Index first_motionless_iteration(const Trajectory& trajectory) {
  const StepRecord& last = trajectory.records.back();
  const auto is_same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  Index first = last.iteration;
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    if (!is_same(record->value, last.value) || !is_same(record->gradient_norm, last.gradient_norm)) break;
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

// The finding that calls the end point a saddle, or nullptr.
const Finding* saddle_finding(const Diagnosis& diagnosis) {
  const Finding* strict = find_finding(diagnosis, "strict-saddle");
  if (strict != nullptr) return strict;
  const Finding* degenerate = find_finding(diagnosis, "degenerate-stationary-point");
  return degenerate != nullptr && degenerate->severity == Severity::problem ? degenerate : nullptr;
}

// The coordinate that has the greatest share in the way down; -1: none known.
Index descent_coordinate(const Finding& saddle) {
  const double coordinate = evidence_value(saddle.evidence, "descent_coordinate");
  return std::isnan(coordinate) ? -1 : static_cast<Index>(coordinate);
}

std::string underflow_text(const StepAtEnd& step) {
  if (step.underflowed.empty()) return "";
  return " " + std::to_string(step.underflowed.size()) +
         (step.underflowed.size() == 1 ? " coordinate has" : " coordinates have") +
         " underflowed (the first is coordinate " + std::to_string(step.underflowed.front()) + ").";
}

void explain(const StepAtEnd& step, const JudgedPoint* point, const Finding* saddle, Finding& finding) {
  if (saddle != nullptr) {
    finding.severity = Severity::problem;
    const Index must_grow = descent_coordinate(*saddle);
    if (std::find(step.underflowed.begin(), step.underflowed.end(), must_grow) != step.underflowed.end()) {
      finding.message += " The run is stuck for ever at a saddle: coordinate " + std::to_string(must_grow) +
                         ", which must grow to leave it, has underflowed.";
    } else {
      finding.message += " The run is stuck for ever at a saddle." + underflow_text(step);
    }
    finding.recommendation =
        "No number of further gradient steps helps. Perturb the point (perturbed-gradient-descent does), or step along "
        "the direction reported with the saddle.";
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
  finding.message += underflow_text(step);
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
  const StepAtEnd step = step_at_end(trajectory, gradient.view(), last.step_size);
  // A gradient that is exactly zero where nothing underflowed is a stationary point met exactly.
  if (step.moves || (step.gradient_is_zero && step.underflowed.empty())) return true;

  Finding finding;
  finding.id = "rounding-floor";
  finding.first = first_motionless_iteration(trajectory);
  finding.last = last.iteration;
  finding.certainty = Certainty::proven;
  finding.evidence = {
      // The tie at one half rounds to even, so the steps were tried, not only measured.
      {"largest_step_over_ulp", step.largest_ratio, "units in the last place", Comparison::at_most, 0.5},
      {"underflowed_coordinates", static_cast<double>(step.underflowed.size()), "coordinates"},
      {"gradient_norm", gradient_norm, "value per unit of x"},
      {"step_size", last.step_size, "1"},
  };
  finding.message = "A gradient step of size " + format_number(last.step_size, 4) +
                    " changes no coordinate of the last iterate in double precision (gradient norm " +
                    format_number(gradient_norm, 3) + ", longest move " + format_number(step.largest_ratio, 2) +
                    " units in the last place).";
  finding.counterevidence = "One more gradient step of that size that changes any coordinate of the last iterate.";
  explain(step, judged_end(diagnosis, last.iteration), saddle_finding(diagnosis), finding);
  diagnosis.findings.push_back(std::move(finding));
  return true;
}

// Value and gradient norm equal to the last bit, with digits enough for that to mean something: the iterate stands
// still, whatever length of step was recorded (it may be eta ||g||, of which nothing was left in x - eta g).
bool is_same_point(const StepRecord& record, const StepRecord& last, const RoundingFloorOptions& options) {
  return record.value == last.value && record.gradient_norm == last.gradient_norm && last.gradient_norm > 0.0 &&
         std::max(digits_of(last.value), digits_of(last.gradient_norm)) >= options.digits;
}

void examine_values(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const RoundingFloorOptions& options = input.options.rounding_floor;
  const StepRecord& last = trajectory.records.back();
  if (!std::isfinite(last.value) || last.gradient_norm == 0.0) return;
  double typical = 1.0;  // ||x||
  if (!trajectory.snapshots.empty()) typical = euclidean_norm(trajectory.snapshots.back().x.view());
  Index equal = 0;
  Index same_points = 0;
  Index measured_steps = 0;
  double longest_step = 0.0;
  Index first = last.iteration;
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    const bool is_same = is_same_point(*record, last, options);
    if (record->value != last.value || (!is_same && record->step_norm > options.step_ratio * typical)) break;
    same_points += is_same ? 1 : 0;
    if (std::isfinite(record->step_norm)) {
      ++measured_steps;
      longest_step = std::max(longest_step, record->step_norm);
    }
    first = record->iteration;
    ++equal;
  }
  if (equal < options.equal_values) return;
  const bool stands_still = same_points >= options.equal_values;
  const bool knows_steps = !stands_still && measured_steps >= options.equal_values;
  if (!knows_steps && !stands_still && digits_of(last.value) < options.digits) return;

  Finding finding;
  finding.id = "rounding-floor";
  finding.first = first;
  finding.last = last.iteration;
  finding.severity = Severity::information;
  finding.certainty = Certainty::suspected;
  finding.evidence = {
      {"equal_values", static_cast<double>(equal), "records", Comparison::at_least,
       static_cast<double>(options.equal_values)},
      {"value", last.value, "value"},
      {"longest_step", knows_steps ? longest_step : not_measured, "units of x",
       knows_steps ? Comparison::at_most : Comparison::none, knows_steps ? options.step_ratio * typical : not_measured},
      {"gradient_norm", last.gradient_norm, "value per unit of x"},
  };
  finding.message = "The last " + std::to_string(equal) + " values are equal to the last bit (" +
                    format_exact(last.value) + ")" +
                    (stands_still  ? ", and so are the gradient norms: the iterate stands still."
                     : knows_steps ? ", and the steps are too short to change the parameters."
                                   : ": the steps change nothing that the value can show.");
  finding.recommendation =
      "A minimum, a saddle or a network that no longer learns can look like this: record gradient norms and the last "
      "parameters to tell which.";
  finding.counterevidence = "Parameters that still change from one record to the next.";
  if (stands_still && last.gradient_norm > input.options.gradient_tolerance * (1.0 + std::abs(last.value))) {
    finding.severity = Severity::problem;
    finding.message += " Its gradient norm, " + format_number(last.gradient_norm, 3) +
                       ", is not small: the step is too short for numbers of the size of x.";
    finding.recommendation =
        "Use a longer step, or shift and scale the variables so that x is of the size of its changes.";
  }
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace

void detect_rounding_floor(const DiagnosisInput& input, Diagnosis& diagnosis) {
  if (!examine_step(input, diagnosis)) examine_values(input, diagnosis);
}

}  // namespace perigee
