#include <perigee/diagnostics/end_point.hpp>

#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/diagnostics/superlinear.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace perigee {

namespace {

// A better value than the end point's, and how it is known.
struct BetterValue {
  double value;
  std::string source;
};

std::optional<BetterValue> better_value(const Trajectory& trajectory, double value, double tolerance) {
  const auto is_better = [&](double other) { return value - other > tolerance * (1.0 + std::abs(other)); };
  if (trajectory.optimal_value.has_value()) {
    if (is_better(*trajectory.optimal_value)) return BetterValue{*trajectory.optimal_value, "the known optimal value"};
    return std::nullopt;
  }
  const StepRecord* best = nullptr;
  for (const StepRecord& record : trajectory.records) {
    if (std::isfinite(record.value) && (best == nullptr || record.value < best->value)) best = &record;
  }
  if (best != nullptr && is_better(best->value)) {
    return BetterValue{best->value, "the value of iteration " + std::to_string(best->iteration)};
  }
  return std::nullopt;
}

// The gradient of a minibatch may vanish anywhere; it says nothing of the point.
bool is_stationary(const StepRecord& record, double tolerance) {
  const double scale = 1.0 + (std::isnan(record.value) ? 0.0 : std::abs(record.value));
  return record.batch_size == 0 && record.gradient_norm <= tolerance * scale;
}

// The first of the stationary iterates at the end of the run.
Index first_stationary_iteration(const Trajectory& trajectory, double tolerance) {
  Index first = trajectory.records.back().iteration;
  for (auto record = trajectory.records.rbegin(); record != trajectory.records.rend(); ++record) {
    if (!is_stationary(*record, tolerance)) break;
    first = record->iteration;
  }
  return first;
}

JudgedPoint judged_point(const PointJudgement& judgement, Index iteration) {
  const Spectrum& spectrum = judgement.spectrum;
  JudgedPoint point;
  point.iteration = iteration;
  point.value = judgement.value;
  point.gradient_norm = judgement.gradient_norm;
  point.lambda_min = spectrum.lambda_min;
  point.lambda_min_residual = spectrum.lambda_min_residual;
  point.lambda_min_lower_bound = spectrum.lower_bound;
  point.lambda_max = spectrum.lambda_max;
  if (spectrum.verdict == CurvatureVerdict::negative) point.index = spectrum.negative_ritz_values;
  if (judgement.point_class == PointClass::minimum) point.index = 0;
  point.classification = name_of(judgement.point_class);
  point.certainty = judgement.certainty;
  point.products = spectrum.products;
  return point;
}

Index largest_component(const Vector& v) {
  Index largest = 0;
  for (Index i = 1; i < v.size(); ++i) {
    if (std::abs(v[i]) > std::abs(v[largest])) largest = i;
  }
  return largest;
}

std::string way_down(const PointJudgement& judgement) {
  if (judgement.descent_step == 0.0) return "";
  const Vector& v = judgement.descent_direction;
  const Index i = largest_component(v);
  return "A step of " + format_number(judgement.descent_step, 3) + " along the unit vector v found here (largest " +
         "component: " + format_number(v[i], 3) + " in coordinate " + std::to_string(i) + ") lowers f by " +
         format_number(judgement.descent_decrease, 3) + ". ";
}

std::string bracket_text(const Spectrum& spectrum) {
  return "[" + format_number(spectrum.lower_bound, 4) + ", " + format_number(spectrum.lambda_min, 4) + "]";
}

std::string gradient_text(const PointJudgement& judgement, double tolerance) {
  return "the gradient norm is " + format_number(judgement.gradient_norm, 3) + " (below " +
         format_number(tolerance * (1.0 + std::abs(judgement.value)), 3) + ")";
}

// How long gradient descent needs from a perturbation of one ten-thousandth to distance one, ln(R/r)/log(1 + eta |l|).
std::string exit_time(double lambda_min, double step_size) {
  const double rate = std::log1p(step_size * std::abs(lambda_min));
  if (!(rate > 0.0) || !std::isfinite(rate)) return "";
  return ", here in about " + format_number(std::ceil(std::log(1e4) / rate)) + " steps of size " +
         format_number(step_size, 3) + " (from a displacement of 1e-4 to distance 1)";
}

void describe_saddle(const PointJudgement& judgement, const std::string& gradient, double step_size, Finding& finding) {
  const Spectrum& spectrum = judgement.spectrum;
  finding.id = "strict-saddle";
  finding.severity = Severity::problem;
  finding.message = "The run ended at a strict saddle: " + gradient +
                    ", but the smallest Hessian eigenvalue is at most " + format_number(spectrum.lambda_min, 6) +
                    " (residual " + format_number(spectrum.lambda_min_residual, 2) + ", error " +
                    format_number(spectrum.error, 2) + "); at least " + std::to_string(spectrum.negative_ritz_values) +
                    (spectrum.negative_ritz_values == 1 ? " eigenvalue is negative." : " eigenvalues are negative.");
  finding.recommendation =
      way_down(judgement) +
      "Use perturbed-gradient-descent: a method that perturbs at small gradients leaves such points "
      "by itself" +
      exit_time(spectrum.lambda_min, step_size) + ".";
  finding.counterevidence = "Hessian-vector products whose true error exceeds " +
                            format_number(std::abs(spectrum.lambda_min), 3) +
                            ": the products given, or the differences they were made of, would have to be wrong.";
}

void describe_maximum(const PointJudgement& judgement, const std::string& gradient, Finding& finding) {
  finding.id = "local-maximum";
  finding.severity = Severity::problem;
  finding.message =
      "The run ended at a local maximum: " + gradient + ", and every Hessian eigenvalue is negative, in [" +
      format_number(judgement.spectrum.lower_bound, 4) + ", " + format_number(judgement.spectrum.lambda_max, 4) + "].";
  finding.recommendation = way_down(judgement) +
                           "Every direction leads down: start anywhere else, and check the sign " +
                           "of the objective if it is one to be maximized.";
  finding.counterevidence = "A direction along which the value rises from here.";
}

std::string flat_direction_counterevidence(const PointJudgement& judgement) {
  if (judgement.degeneracy == Degeneracy::saddle) {
    return "A value along the direction given that does not fall: the fall was read off differences of values.";
  }
  if (judgement.degeneracy == Degeneracy::plateau) {
    return "A value on the way to the lower one that is above that of the point, between two of those probed.";
  }
  return "A better value found by a run that starts from here with a random displacement.";
}

void describe_degenerate(const PointJudgement& judgement, const std::string& gradient, bool is_optimal,
                         Finding& finding) {
  const Spectrum& spectrum = judgement.spectrum;
  finding.id = "degenerate-stationary-point";
  finding.counterevidence = flat_direction_counterevidence(judgement);
  finding.message = "The run ended at a degenerate stationary point: " + gradient +
                    ", and the smallest Hessian eigenvalue is zero within the tolerance, in " + bracket_text(spectrum) +
                    " (largest " + format_number(spectrum.lambda_max, 4) + ")";
  switch (judgement.degeneracy) {
    case Degeneracy::saddle:
      finding.severity = Severity::problem;
      finding.message += "; the value falls along a flat direction: this is no minimum.";
      finding.recommendation = way_down(judgement) +
                               "What drives the iterate away from such a point grows with the distance only: perturb "
                               "it by about that much.";
      return;
    case Degeneracy::plateau:
      finding.severity = Severity::problem;
      finding.message += "; along a flat direction the value stays level as far as " +
                         format_number(judgement.flat_distance, 3) +
                         " away, and is lower beyond: the point lies on a plateau.";
      finding.recommendation = way_down(judgement) + "Go on from there.";
      return;
    case Degeneracy::flat_minimum:
      finding.severity = Severity::information;
      finding.message += "; the value rises on both sides of every flat direction probed, as at a flat minimum.";
      finding.recommendation = "Nothing to do, unless a better value is known; convergence there is sublinear.";
      break;
    case Degeneracy::none:
    case Degeneracy::undetermined:
      finding.severity = Severity::warning;
      finding.message += "; the value does not change beyond rounding along the flat directions, or follows no power.";
      finding.recommendation =
          "It may be a minimum, a saddle or a plateau: compare with a run from another start, or fix the symmetry of "
          "the parameters that makes the Hessian singular.";
      break;
  }
  if (is_optimal) {
    finding.severity = Severity::information;
    finding.message =
        "The run reached the known optimal value, at a point where the second order decides nothing: " + gradient +
        ", and the smallest Hessian eigenvalue is zero within the tolerance, in " + bracket_text(spectrum) +
        " (largest " + format_number(spectrum.lambda_max, 4) + ").";
    finding.recommendation.clear();
  }
}

void describe_minimum(const PointJudgement& judgement, const std::string& gradient,
                      const std::optional<BetterValue>& better, double failure_probability, Finding& finding) {
  const Spectrum& spectrum = judgement.spectrum;
  const std::string basis = gradient + ", and the smallest Hessian eigenvalue is in " + bracket_text(spectrum) +
                            (judgement.certainty == Certainty::proven
                                 ? ", from a complete basis"
                                 : ", with probability at least 1 - " + format_number(failure_probability, 2));
  if (better.has_value()) {
    finding.id = "suboptimal-minimum";
    finding.severity = Severity::problem;
    finding.evidence.push_back({"better_value", better->value, "value"});
    finding.evidence.push_back({"excess_value", judgement.value - better->value, "value"});
    finding.message = "The run ended at a local minimum of value " + format_number(judgement.value, 6) + ", above " +
                      better->source + ", " + format_number(better->value, 6) + ": " + basis + ".";
    finding.recommendation =
        "Start elsewhere, or add noise large enough to cross the barrier: no descent method leaves a minimum by small "
        "steps. To be gained: " +
        format_number(judgement.value - better->value, 3) + " in the value.";
    finding.counterevidence = "A direction of negative curvature, or a path from here to " + better->source +
                              " along which the value never rises.";
    return;
  }
  finding.id = "converged-minimum";
  finding.severity = Severity::information;
  finding.message = "The run converged to a local minimum: " + basis + ".";
  finding.counterevidence = judgement.certainty == Certainty::proven
                                ? "Derivatives that are not those of the objective."
                                : "A direction of negative curvature that " + std::to_string(spectrum.products) +
                                      " products missed, or derivatives that are not those of the objective.";
}

void hold(Finding& finding, const std::string& name, Comparison comparison, double threshold) {
  for (Evidence& item : finding.evidence) {
    if (item.name != name) continue;
    item.comparison = comparison;
    item.threshold = threshold;
  }
}

// Which bound of the spectrum decided, and against what.
void state_thresholds(const PointJudgement& judgement, const SpectrumOptions& options, Finding& finding) {
  const Spectrum& spectrum = judgement.spectrum;
  const double flat =
      options.curvature_tolerance * std::max(std::abs(spectrum.lambda_min), std::abs(spectrum.lambda_max));
  switch (judgement.point_class) {
    case PointClass::strict_saddle:
      hold(finding, "lambda_min", Comparison::at_most, -spectrum.error);
      return;
    case PointClass::local_maximum:
      hold(finding, "lambda_max", Comparison::at_most, -spectrum.error);
      return;
    case PointClass::minimum:
      hold(finding, "lambda_min_lower_bound", Comparison::at_least, 0.0);
      return;
    case PointClass::degenerate:
      hold(finding, "lambda_min", Comparison::at_most, flat);
      hold(finding, "lambda_min_lower_bound", Comparison::at_least, -flat);
      return;
    case PointClass::not_stationary:
    case PointClass::undetermined:
      return;
  }
}

void add_finding(const DiagnosisInput& input, const PointJudgement& judgement, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const Spectrum& spectrum = judgement.spectrum;
  const double tolerance = input.options.gradient_tolerance;
  Finding finding;
  finding.first = first_stationary_iteration(trajectory, tolerance);
  finding.last = trajectory.records.back().iteration;
  finding.certainty = judgement.certainty;
  finding.evidence = {
      {"value", judgement.value, "value"},
      {"gradient_norm", judgement.gradient_norm, "value per unit of x", Comparison::at_most,
       tolerance * (1.0 + std::abs(judgement.value))},
      {"lambda_min", spectrum.lambda_min, "value per squared unit of x"},
      {"lambda_min_residual", spectrum.lambda_min_residual, "value per squared unit of x"},
      {"lambda_min_error", spectrum.error, "value per squared unit of x"},
      {"lambda_min_lower_bound", spectrum.lower_bound, "value per squared unit of x"},
      {"lambda_max", spectrum.lambda_max, "value per squared unit of x"},
      {"failure_probability", input.options.spectrum.failure_probability, "1"},
      {"products", static_cast<double>(spectrum.products), "Hessian-vector products"},
  };
  if (judgement.descent_step != 0.0) {
    finding.evidence.push_back({"descent_step", judgement.descent_step, "units of x"});
    finding.evidence.push_back({"descent_decrease", judgement.descent_decrease, "value"});
    finding.evidence.push_back(
        {"descent_coordinate", static_cast<double>(largest_component(judgement.descent_direction)), "coordinate"});
  }
  if (judgement.degeneracy == Degeneracy::plateau) {
    finding.evidence.push_back({"flat_distance", judgement.flat_distance, "units of x"});
  }
  const std::string gradient = gradient_text(judgement, tolerance);
  const std::optional<BetterValue> better = better_value(trajectory, judgement.value, input.options.end_point.better);
  switch (judgement.point_class) {
    case PointClass::strict_saddle:
      describe_saddle(judgement, gradient, trajectory.records.back().step_size, finding);
      add_saddle_forecast(trajectory, *input.objective, trajectory.snapshots.back().x.view(), spectrum, finding);
      break;
    case PointClass::local_maximum:
      describe_maximum(judgement, gradient, finding);
      break;
    case PointClass::degenerate:
      describe_degenerate(judgement, gradient, trajectory.optimal_value.has_value() && !better.has_value(), finding);
      break;
    case PointClass::minimum:
      describe_minimum(judgement, gradient, better, input.options.spectrum.failure_probability, finding);
      if (const std::optional<SuperlinearEnd> superlinear = superlinear_end(trajectory, input.options.superlinear)) {
        finding.evidence.push_back({"order", superlinear->order, "1"});
        finding.message +=
            " The last steps converged superlinearly, of order about " + format_number(superlinear->order, 2) + ".";
      }
      break;
    case PointClass::not_stationary:
    case PointClass::undetermined:
      return;
  }
  state_thresholds(judgement, input.options.spectrum, finding);
  diagnosis.findings.push_back(std::move(finding));
}

std::string undetermined_text(const PointJudgement& judgement) {
  const Spectrum& spectrum = judgement.spectrum;
  if (!std::isfinite(judgement.value) || !std::isfinite(judgement.gradient_norm)) {
    return "The end point could not be judged: its value or gradient is not finite.";
  }
  if (!judgement.smooth) {
    return "The gradient vanishes at the end point, but its curvature is undefined: differences of gradients at two "
           "step lengths contradict each other or the Hessian-vector product given. The objective has a kink there, "
           "or its derivatives are inconsistent; check them.";
  }
  if (std::isnan(spectrum.lambda_min)) {
    return "The gradient vanishes at the end point, but Hessian-vector products there are not finite.";
  }
  return "The gradient vanishes at the end point, but " + std::to_string(spectrum.products) +
         " Hessian-vector products did not settle the sign of its curvature: the smallest eigenvalue is in " +
         bracket_text(spectrum) + ", up to errors of " + format_number(spectrum.error, 2) +
         ". Allow more products (spectrum.max_products), or provide exact ones.";
}

void state_what_is_missing(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const StepRecord& last = input.trajectory.records.back();
  if (input.objective != nullptr) {
    diagnosis.limits.push_back("The end point was not judged: no snapshot of the last iterate (iteration " +
                               std::to_string(last.iteration) + ") was recorded. Record it.");
  } else if (std::isnan(last.gradient_norm)) {
    diagnosis.limits.push_back(
        "Whether the run ended at a stationary point cannot be told without gradient norms, and of which kind not "
        "without the objective: record gradient norms and the last parameters, and diagnose with the objective.");
  } else if (is_stationary(last, input.options.gradient_tolerance)) {
    diagnosis.limits.push_back(
        "The gradient vanishes at the end (norm " + format_number(last.gradient_norm, 3) +
        "), but a minimum, a saddle and a maximum look alike in values and gradients: record the last parameters and "
        "diagnose with the objective, whose Hessian-vector products tell them apart.");
  }
}

}  // namespace

void detect_end_point(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const StepRecord& last = trajectory.records.back();
  // Where the value has grown beyond bounds, a gradient that is small beside it means nothing.
  if (find_finding(diagnosis, "divergence") != nullptr) return;
  const bool has_last_iterate =
      !trajectory.snapshots.empty() && trajectory.snapshots.back().iteration == last.iteration;
  if (input.objective == nullptr || !has_last_iterate) {
    state_what_is_missing(input, diagnosis);
    return;
  }
  const PointJudgement judgement =
      judge_point(*input.objective, trajectory.snapshots.back().x.view(), input.options.random,
                  {.gradient_tolerance = input.options.gradient_tolerance, .spectrum = input.options.spectrum});
  diagnosis.judged_points.push_back(judged_point(judgement, last.iteration));
  if (std::abs(judgement.value - last.value) > input.options.end_point.better * (1.0 + std::abs(last.value))) {
    diagnosis.limits.push_back("The objective given has the value " + format_number(judgement.value, 6) +
                               " at the end point, where " + format_number(last.value, 6) +
                               " was recorded: the point was judged for the objective given.");
  }
  if (judgement.point_class == PointClass::not_stationary && trajectory.end &&
      trajectory.end->end_class == EndClass::convergence) {
    diagnosis.limits.push_back("The run ended by " + trajectory.end->id + ", but the gradient norm there, " +
                               format_number(judgement.gradient_norm, 3) + ", is above " +
                               format_number(input.options.gradient_tolerance * (1.0 + std::abs(judgement.value)), 3) +
                               ": what kind of point it was on the way to was not asked. Tighten the tolerances of the "
                               "run, or loosen gradient_tolerance of the diagnosis.");
  }
  if (judgement.point_class == PointClass::undetermined) {
    diagnosis.limits.push_back(undetermined_text(judgement));
    return;
  }
  add_finding(input, judgement, diagnosis);
}

}  // namespace perigee
