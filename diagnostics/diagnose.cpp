#include <perigee/diagnostics/diagnose.hpp>

#include <perigee/diagnostics/budget.hpp>
#include <perigee/diagnostics/derivative_mismatch.hpp>
#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/divergence.hpp>
#include <perigee/diagnostics/edge_of_stability.hpp>
#include <perigee/diagnostics/end_point.hpp>
#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/diagnostics/gravity_well.hpp>
#include <perigee/diagnostics/ill_conditioned_valley.hpp>
#include <perigee/diagnostics/limit_cycle.hpp>
#include <perigee/diagnostics/line_search_stall.hpp>
#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/diagnostics/non_finite.hpp>
#include <perigee/diagnostics/phases.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/rounding_floor.hpp>
#include <perigee/diagnostics/saddle_passage.hpp>
#include <perigee/diagnostics/softmax_damping.hpp>
#include <perigee/diagnostics/step_too_large.hpp>
#include <perigee/diagnostics/step_too_small.hpp>
#include <perigee/diagnostics/thresholds.hpp>
#include <perigee/diagnostics/verdict.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

// In this order: each sees what the ones above it have found.
constexpr Detector detectors[] = {
    detect_non_finite,      //
    detect_divergence,      //
    detect_step_too_large,  //
    detect_plateau,         //
    detect_edge_of_stability,
    detect_limit_cycle,      //
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

// From within, a plateau whose edge is out of sight looks like a flat minimum. Where the value stands well above what
// is known to bound it, the one is as likely as the other.
void doubt_flat_minimum(Diagnosis& diagnosis, const Finding& flat_end) {
  constexpr double well_above = 0.1;  // of the range of the run above the bound
  const double share = evidence_value(flat_end.evidence, "excess_share");
  if (flat_end.certainty == Certainty::suspected || !(share >= well_above)) return;
  for (Finding& finding : diagnosis.findings) {
    if (finding.id != "degenerate-stationary-point" || finding.severity != Severity::information) continue;
    finding.severity = Severity::warning;
    finding.evidence.push_back({"excess_share", share, "1", Comparison::at_least, well_above});
    finding.message += " But the value stands still with " + format_number(100.0 * share, 2) +
                       "% of its range above the known bound left, and a plateau looks the same from within.";
    finding.recommendation =
        "Compare with a run from another start, or go on with tighter tolerances; nothing is to be done if so much is "
        "known to remain.";
  }
}

// A flat end is convergence where the end point was judged a minimum, and explained where it was judged something else.
void settle_flat_end(Diagnosis& diagnosis, Index last) {
  const auto is_flat_end = [&](const Finding& finding) { return finding.id == "plateau" && finding.last == last; };
  const auto flat_end = std::find_if(diagnosis.findings.begin(), diagnosis.findings.end(), is_flat_end);
  if (flat_end != diagnosis.findings.end()) doubt_flat_minimum(diagnosis, Finding(*flat_end));
  for (const char* id : {"converged-minimum", "suboptimal-minimum"}) {
    if (find_finding(diagnosis, id) == nullptr) continue;
    std::erase_if(diagnosis.findings, is_flat_end);
    std::erase_if(diagnosis.limits, [](const std::string& limit) { return limit.starts_with(unknown_bound_limit); });
  }
  for (const char* id : {"strict-saddle", "degenerate-stationary-point", "local-maximum", "rounding-floor"}) {
    if (find_finding(diagnosis, id) == nullptr) continue;
    for (Finding& finding : diagnosis.findings) {
      if (!is_flat_end(finding)) continue;
      explain_plateaus(diagnosis, finding.first, last, "The finding " + std::string(id) + " explains it.");
      break;
    }
  }
}

// What stays level after a jump, or because it jumps to and fro, does so for that reason.
void settle_step_too_large(Diagnosis& diagnosis) {
  const Finding* finding = find_finding(diagnosis, "step-too-large");
  if (finding == nullptr) return;
  explain_plateaus(diagnosis, finding->first, finding->last, "The finding step-too-large explains it.");
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

// What only cost time on the way to a good end is good to know, no more.
void settle_good_end(Diagnosis& diagnosis) {
  const bool good_end = std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), reached_its_goal);
  if (!good_end || find_finding(diagnosis, "gravity-well") != nullptr) return;
  for (Finding& finding : diagnosis.findings) {
    if (finding.id == "plateau") finding.severity = Severity::information;
  }
}

}  // namespace

Diagnosis diagnose(const Trajectory& trajectory, const Objective* objective, const DiagnoseOptions& options) {
  check(trajectory, objective);
  check_thresholds("diagnose", options);
  Diagnosis diagnosis;
  diagnosis.thresholds = threshold_values(options);
  if (trajectory.records.empty()) {
    diagnosis.summary = "Nothing was recorded, so nothing can be said.";
    diagnosis.limits.push_back("Everything: the trajectory has no records.");
    return diagnosis;
  }
  const DiagnosisInput input{trajectory, objective, options};
  for (const Detector detect : detectors) detect(input, diagnosis);

  settle_flat_end(diagnosis, trajectory.records.back().iteration);
  settle_step_too_large(diagnosis);
  settle_well(diagnosis, trajectory.records.back().iteration);
  settle_good_end(diagnosis);
  std::stable_sort(diagnosis.findings.begin(), diagnosis.findings.end(), is_more_important);
  tile_phases(input, diagnosis);
  give_verdict(input, diagnosis);
  return diagnosis;
}

}  // namespace perigee
