#include <perigee/diagnostics/diagnose.hpp>

#include <perigee/diagnostics/budget.hpp>
#include <perigee/diagnostics/derivative_mismatch.hpp>
#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/divergence.hpp>
#include <perigee/diagnostics/end_point.hpp>
#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/diagnostics/gravity_well.hpp>
#include <perigee/diagnostics/ill_conditioned_valley.hpp>
#include <perigee/diagnostics/line_search_stall.hpp>
#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/diagnostics/non_finite.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/rounding_floor.hpp>
#include <perigee/diagnostics/saddle_passage.hpp>
#include <perigee/diagnostics/softmax_damping.hpp>
#include <perigee/diagnostics/step_too_large.hpp>
#include <perigee/diagnostics/step_too_small.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace perigee {

namespace {

// In this order: each sees what the ones above it have found.
constexpr Detector detectors[] = {
    detect_non_finite,       //
    detect_divergence,       //
    detect_step_too_large,   //
    detect_plateau,          //
    detect_gravity_well,     //
    detect_softmax_damping,  //
    detect_end_point,        //
    detect_rounding_floor,   //
    detect_noise_floor,      //
    detect_saddle_passage,   //
    detect_escape_forecast,  //
    detect_step_too_small,   //
    detect_ill_conditioned_valley,
    detect_derivative_mismatch,
    detect_line_search_stall,
    detect_exhausted_budget,
};

void check(const Trajectory& trajectory, const Objective* objective) {
  if (objective == nullptr) return;
  for (const Snapshot& snapshot : trajectory.snapshots) {
    if (snapshot.x.size() == objective->dimension()) continue;
    throw std::invalid_argument("diagnose: the objective must have the dimension of the snapshots, got " +
                                std::to_string(objective->dimension()) + " and " + std::to_string(snapshot.x.size()));
  }
}

// A flat end is convergence where the end point was judged a minimum, and explained where it was judged something else.
void settle_flat_end(Diagnosis& diagnosis, Index last) {
  const auto is_flat_end = [&](const Finding& finding) { return finding.id == "plateau" && finding.last == last; };
  for (const char* id : {"converged-minimum", "suboptimal-minimum"}) {
    if (find_finding(diagnosis, id) == nullptr) continue;
    std::erase_if(diagnosis.findings, is_flat_end);
    std::erase_if(diagnosis.limits, [](const std::string& limit) { return limit.starts_with(unknown_bound_limit); });
  }
  for (const char* id :
       {"strict-saddle", "degenerate-stationary-point", "local-maximum", "rounding-floor", "step-too-large"}) {
    if (find_finding(diagnosis, id) == nullptr) continue;
    for (Finding& finding : diagnosis.findings) {
      if (!is_flat_end(finding)) continue;
      explain_plateaus(diagnosis, finding.first, last, "The finding " + std::string(id) + " explains it.");
      break;
    }
  }
}

// Deep in a gravity well the gradient is small and some curvature negative, so the end point passes for a saddle within
// the tolerances. Nothing is stationary there, only slow: the well is the finding. The judged point stays on record.
void settle_well(Diagnosis& diagnosis, Index last) {
  const Finding* well = find_finding(diagnosis, "gravity-well");
  if (well == nullptr || well->last != last) return;
  std::erase_if(diagnosis.findings, [](const Finding& finding) {
    return finding.id == "strict-saddle" || finding.id == "degenerate-stationary-point";
  });
}

bool reached_its_goal(const Finding& finding) {
  return finding.severity == Severity::information &&
         (finding.id == "converged-minimum" || finding.id == "degenerate-stationary-point");
}

// What only cost time on the way to a good end is good to know, no more.
void settle_good_end(Diagnosis& diagnosis) {
  const bool good_end = std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), reached_its_goal);
  if (!good_end || find_finding(diagnosis, "gravity-well") != nullptr) return;
  for (Finding& finding : diagnosis.findings) {
    if (finding.id == "plateau") finding.severity = Severity::information;
  }
}

// More severe first; of equals an exhausted budget last, because it is the consequence; then the more certain, the
// earlier.
bool is_more_important(const Finding& a, const Finding& b) {
  const auto rank = [](const Finding& finding) {
    return std::tuple(-static_cast<int>(finding.severity), finding.id == "budget-exhausted",
                      static_cast<int>(finding.certainty), finding.first);
  };
  return rank(a) < rank(b);
}

// The parts of [phase.first, phase.last] that no phase in `taken` covers.
std::vector<Phase> left_of(const Phase& phase, const std::vector<Phase>& taken) {
  std::vector<Phase> parts{phase};
  for (const Phase& other : taken) {
    std::vector<Phase> smaller;
    for (const Phase& part : parts) {
      if (other.last < part.first || other.first > part.last) {
        smaller.push_back(part);
        continue;
      }
      if (part.first < other.first) smaller.push_back({part.kind, part.first, other.first - 1});
      if (part.last > other.last) smaller.push_back({part.kind, other.last + 1, part.last});
    }
    parts = std::move(smaller);
  }
  return parts;
}

// What a detector knows to be special takes precedence over the plain course of the value.
void order_phases(std::vector<Phase>& phases) {
  const auto is_plain = [](const Phase& phase) { return phase.kind == "descent" || phase.kind == "ascent"; };
  const auto priority = [&](const Phase& phase) { return is_plain(phase) ? 2 : phase.kind == "plateau" ? 1 : 0; };
  std::stable_sort(phases.begin(), phases.end(),
                   [&](const Phase& a, const Phase& b) { return priority(a) < priority(b); });
  std::vector<Phase> taken;
  for (const Phase& phase : phases) {
    const std::vector<Phase> parts = left_of(phase, taken);
    taken.insert(taken.end(), parts.begin(), parts.end());
  }
  std::sort(taken.begin(), taken.end(), [](const Phase& a, const Phase& b) { return a.first < b.first; });
  phases = std::move(taken);
}

std::string without_full_stop(std::string sentence) {
  if (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

std::string end_of(const Trajectory& trajectory) {
  if (!trajectory.end) return "";
  return "; the run ended by " + trajectory.end->id + " at iteration " +
         std::to_string(trajectory.records.back().iteration);
}

std::string course_of(const DiagnosisInput& input) {
  const Trajectory& trajectory = input.trajectory;
  const Series values = value_series(trajectory);
  const Index last = trajectory.records.back().iteration;
  if (values.empty()) return "no value was recorded up to iteration " + std::to_string(last);
  if (values.size() == 1) {
    return "only one value was recorded, " + format_number(values.value[0]) + " at iteration " +
           format_number(values.time[0]);
  }
  std::string text = "the value went from " + format_number(values.value.front(), 4) + " to " +
                     format_number(values.value.back(), 4) + " over iterations [" + format_number(values.time.front()) +
                     ", " + format_number(values.time.back()) + "]";
  const RunRate run_rate = rate_of_run(trajectory);
  const Rate& rate = run_rate.rate;
  if (rate.is_pre_asymptotic) return text;
  const std::string what = run_rate.quantity == "value" ? "" : "the " + std::string(run_rate.quantity) + " ";
  if (rate.verdict == RateVerdict::power_law) {
    const std::optional<double> curvature = input.objective == nullptr
                                                ? std::nullopt
                                                : lasting_curvature(trajectory, *input.objective, input.options.random);
    if (curvature) {
      return text + ", not yet at its final rate: the smallest curvature, " + format_number(*curvature, 3) +
             ", does not fade, so that convergence is linear in the end";
    }
    text += ", at the end " + what + "sublinearly, like t^-" + format_number(rate.exponent, 3);
    if (what.empty() && rate.exponent > 1.1 && rate.exponent < 1.5) text += ", a little faster than 1/t";
    text += ", as far as these iterations show";
  } else if (rate.verdict == RateVerdict::linear) {
    text +=
        ", at the end " + what + "linearly, by a factor of " + format_number(std::exp(-rate.rate), 4) + " an iteration";
  }
  return text;
}

// The most important finding in words. A good end comes first among equals; an exhausted budget is told by the End, so
// it gives way to its equals, and to the damping that used it up.
const Finding* most_important(const Diagnosis& diagnosis) {
  const Finding* first = &diagnosis.findings.front();
  for (const Finding& other : diagnosis.findings) {
    if (first->severity == Severity::information && reached_its_goal(other)) return &other;
  }
  if (first->id != "budget-exhausted") return first;
  for (const Finding& other : diagnosis.findings) {
    if (other.id == "budget-exhausted") continue;
    if (other.severity == first->severity || other.id == "softmax-damping") return &other;
  }
  return first;
}

std::string summarize(const DiagnosisInput& input, const Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const std::vector<Finding>& findings = diagnosis.findings;
  if (findings.empty()) return "No problem found: " + course_of(input) + end_of(trajectory) + ".";
  const Finding* main = most_important(diagnosis);
  if (main->id == "budget-exhausted" && main->severity == Severity::information) {
    return "No problem found: " + course_of(input) + end_of(trajectory) + ".";
  }
  const bool tells_the_end = main->id == "budget-exhausted" || main->id == "non-finite";
  const std::string end = tells_the_end ? "" : end_of(trajectory);
  return main->id + " (" + std::string(name_of(main->certainty)) + "): " + without_full_stop(main->message) + end + ".";
}

}  // namespace

Diagnosis diagnose(const Trajectory& trajectory, const Objective* objective, const DiagnoseOptions& options) {
  check(trajectory, objective);
  Diagnosis diagnosis;
  if (trajectory.records.empty()) {
    diagnosis.summary = "Nothing was recorded, so nothing can be said.";
    diagnosis.limits.push_back("Everything: the trajectory has no records.");
    return diagnosis;
  }
  const DiagnosisInput input{trajectory, objective, options};
  for (const Detector detect : detectors) detect(input, diagnosis);

  settle_flat_end(diagnosis, trajectory.records.back().iteration);
  settle_well(diagnosis, trajectory.records.back().iteration);
  settle_good_end(diagnosis);
  std::stable_sort(diagnosis.findings.begin(), diagnosis.findings.end(), is_more_important);
  order_phases(diagnosis.phases);
  diagnosis.summary = summarize(input, diagnosis);
  return diagnosis;
}

}  // namespace perigee
