#include <perigee/diagnostics/verdict.hpp>

#include <perigee/diagnostics/gradient_course.hpp>
#include <perigee/diagnostics/lost_ground.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/diagnostics/superlinear.hpp>
#include <perigee/diagnostics/verdict_words.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace perigee {

namespace {

Index principal_of(const std::vector<Finding>& findings) {
  if (findings.empty()) return -1;
  if (findings.front().severity == Severity::information) {
    for (std::size_t i = 0; i < findings.size(); ++i) {
      if (reached_its_goal(findings[i])) return static_cast<Index>(i);
    }
  }
  if (findings.front().id != "budget-exhausted") return 0;
  for (std::size_t i = 1; i < findings.size(); ++i) {
    if (findings[i].severity == findings.front().severity || findings[i].id == "softmax-damping") {
      return static_cast<Index>(i);
    }
  }
  return findings.front().severity == Severity::information ? -1 : 0;
}

std::string extent_of(const DiagnosisInput& input) {
  const Series values = value_series(input.trajectory);
  if (values.size() == 1) {
    return "only one value was recorded, " + format_number(values.value[0]) + " at iteration " +
           format_number(values.time[0]);
  }
  return "the value went from " + format_number(values.value.front(), 4) + " to " +
         format_number(values.value.back(), 4) + " over iterations " + format_number(values.time.front()) + " to " +
         format_number(values.time.back());
}

// How fast it goes at the end; empty: that cannot be told.
std::string pace_of(const DiagnosisInput& input) {
  const Trajectory& trajectory = input.trajectory;
  if (std::max(value_series(trajectory).size(), gradient_norm_series(trajectory).size()) < 2) return "";
  if (const std::optional<SuperlinearEnd> superlinear = superlinear_end(trajectory, input.options.superlinear)) {
    return " It converges superlinearly at the end, of order about " + format_number(superlinear->order, 2) + ".";
  }
  const RunRate run_rate = rate_of_run(trajectory, input.options.rate);
  const Rate& rate = run_rate.rate;
  if (rate.is_pre_asymptotic || rate.verdict == RateVerdict::undetermined) return "";
  const std::string what =
      run_rate.quantity == "value" ? std::string("what is left") : "the " + std::string(run_rate.quantity);
  // Above a bound that is not the optimum, what a finished run has left need not shrink any more.
  const bool is_finished = trajectory.end && trajectory.end->end_class == EndClass::convergence;
  if (run_rate.quantity == "value" && !trajectory.optimal_value && is_finished) return "";
  if (rate.verdict == RateVerdict::linear) {
    return " It progresses steadily at the end: each iteration multiplies " + what + " by " +
           format_number(std::exp(-rate.rate), 4) + ".";
  }
  const std::optional<double> curvature =
      input.objective == nullptr ? std::nullopt : lasting_curvature(trajectory, *input.objective, input.options.random);
  if (curvature) {
    return " It is not yet at its final pace: the smallest curvature, " + format_number(*curvature, 3) +
           ", does not fade, so that convergence is linear in the end.";
  }
  const bool is_faster = run_rate.quantity == "value" && rate.exponent > 1.1 && rate.exponent < 1.5;
  return " It slows down: " + what + " shrinks sublinearly, like t^-" + format_number(rate.exponent, 3) +
         (is_faster ? ", a little faster than 1/t" : "") + ", so that twice the iterations leave about " +
         format_number(100.0 * std::exp2(-rate.exponent), 2) + "% of it, as far as these show.";
}

// Where a run stands that came to a good end although something is to be said of the way.
std::string arrival_of(const Trajectory& trajectory) {
  const StepRecord& last = trajectory.records.back();
  return "It arrived at a local minimum all the same, at iteration " + std::to_string(last.iteration) +
         (std::isfinite(last.value) ? " and the value " + format_number(last.value, 4) + "." : ".");
}

// "; the run ended by max-iterations at iteration 100." or "."
std::string end_of(const Trajectory& trajectory) {
  if (!trajectory.end) return ".";
  return "; the run ended by " + trajectory.end->id + " at iteration " +
         std::to_string(trajectory.records.back().iteration) + ".";
}

std::string course_without_values(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Series norms = gradient_norm_series(input.trajectory);
  if (norms.size() < 2) {
    return "Neither the value nor the gradient norm was recorded up to iteration " +
           std::to_string(input.trajectory.records.back().iteration) + ": whether the run got anywhere cannot be told" +
           end_of(input.trajectory);
  }
  diagnosis.limits.push_back(
      "Whether the value falls, stands still or comes to a good level cannot be told without it: record the loss.");
  const double tolerance = input.options.gradient_tolerance;
  const GradientCourse course = course_of_gradient(norms, tolerance, input.options.plateau.exponent);
  const std::string pace = course.trend == Trend::descent && !course.vanishes ? pace_of(input) : "";
  return words_of(course, norms, tolerance) + pace;
}

// A claim of convergence that the diagnosis' own tolerance does not bear out; empty: there is none.
std::string unjudged_claim(const DiagnosisInput& input, const Diagnosis& diagnosis) {
  const std::optional<End>& end = input.trajectory.end;
  if (!end || end->end_class != EndClass::convergence || diagnosis.judged_points.empty()) return "";
  const JudgedPoint& point = diagnosis.judged_points.back();
  if (point.classification != name_of(PointClass::not_stationary)) return "";
  return " Where it was on the way to was not judged: the gradient norm is still " +
         format_number(point.gradient_norm, 3) + ", above " +
         format_number(input.options.gradient_tolerance * (1.0 + std::abs(point.value)), 3) + ".";
}

std::string course_of(const DiagnosisInput& input, Diagnosis& diagnosis) {
  if (value_series(input.trajectory).empty()) return course_without_values(input, diagnosis);
  if (const std::optional<LostGround> lost =
          find_lost_ground(value_series(input.trajectory), input.options.lost_ground)) {
    return course_of(*lost) + " " + way_back(*lost);
  }
  return "No problem found: " + extent_of(input) + end_of(input.trajectory) + unjudged_claim(input, diagnosis) +
         pace_of(input);
}

}  // namespace

bool is_more_important(const Finding& a, const Finding& b) {
  const auto rank = [](const Finding& finding) {
    // A plateau is a shape: whatever stands beside it may be its cause.
    return std::tuple(-static_cast<int>(finding.severity), finding.id == "budget-exhausted", finding.id == "plateau",
                      static_cast<int>(finding.certainty), finding.first);
  };
  return rank(a) < rank(b);
}

bool reached_its_goal(const Finding& finding) {
  return finding.severity == Severity::information &&
         (finding.id == "converged-minimum" || finding.id == "degenerate-stationary-point");
}

void give_verdict(const DiagnosisInput& input, Diagnosis& diagnosis) {
  diagnosis.principal = principal_of(diagnosis.findings);
  if (diagnosis.principal < 0) {
    diagnosis.summary = course_of(input, diagnosis);
    return;
  }
  const Finding& finding = diagnosis.findings[static_cast<std::size_t>(diagnosis.principal)];
  const VerdictWords words = words_for(finding, input.trajectory);
  diagnosis.summary = words.happened;
  const bool good_end = std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), reached_its_goal);
  const std::string standing =
      good_end && finding.severity == Severity::warning ? arrival_of(input.trajectory) : words.standing;
  for (const std::string& sentence : {standing, words.advice}) {
    if (!sentence.empty()) diagnosis.summary += " " + sentence;
  }
}

}  // namespace perigee
