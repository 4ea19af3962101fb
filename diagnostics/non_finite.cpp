#include <perigee/diagnostics/non_finite.hpp>

#include <optional>
#include <string>

namespace perigee {

namespace {

struct Lapse {
  Index iteration = 0;
  Certainty certainty = Certainty::likely;
  std::string quantity;
};

// Of a condensed log the rows were read on the way; here the records are.
MeasurementGaps gaps_of(const Trajectory& trajectory, double StepRecord::*quantity,
                        MeasurementGaps Condensation::*condensed) {
  if (trajectory.condensation) return *trajectory.condensation.*condensed;
  MeasurementGaps gaps;
  for (const StepRecord& record : trajectory.records) gaps.observe(record.iteration, record.*quantity);
  return gaps;
}

std::optional<Lapse> lapse_of(const MeasurementGaps& gaps, const std::string& quantity) {
  if (const std::optional<Index> from = gaps.infinite_from()) return Lapse{*from, Certainty::proven, quantity};
  if (const std::optional<Index> from = gaps.silent_from()) return Lapse{*from, Certainty::likely, quantity};
  return std::nullopt;
}

}  // namespace

void detect_non_finite(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  std::optional<Lapse> first;
  const auto consider = [&](const std::string& quantity, const MeasurementGaps& gaps) {
    if (gaps.missing() > 0) {
      diagnosis.limits.push_back(std::to_string(gaps.missing()) + (trajectory.condensation ? " rows" : " records") +
                                 " have no " + quantity +
                                 ": not measured, or not a number; what was recorded does not say which.");
    }
    const std::optional<Lapse> lapse = lapse_of(gaps, quantity);
    if (lapse && (!first || lapse->iteration < first->iteration)) first = lapse;
  };
  consider("value", gaps_of(trajectory, &StepRecord::value, &Condensation::value));
  consider("gradient norm", gaps_of(trajectory, &StepRecord::gradient_norm, &Condensation::gradient_norm));

  const bool ended_so = trajectory.end && trajectory.end->id == "non-finite";
  if (!first && !ended_so) return;
  Finding finding;
  finding.id = "non-finite";
  finding.severity = Severity::problem;
  finding.last = trajectory.records.back().iteration;
  if (first) {
    finding.first = first->iteration;
    finding.certainty = ended_so ? Certainty::proven : first->certainty;
    finding.message = "From iteration " + std::to_string(first->iteration) + " on the " + first->quantity +
                      (first->certainty == Certainty::proven ? " is infinite" : " is not a number, or is missing") +
                      ".";
  } else {
    // The offending point was never accepted, so it is in no record.
    finding.first = finding.last;
    finding.certainty = Certainty::proven;
    finding.message =
        "The run ended after iteration " + std::to_string(finding.last) + ": " + trajectory.end->message + ".";
  }
  finding.counterevidence =
      "A log of the same iterations in which these numbers are finite: then only their record "
      "was lost.";
  finding.evidence = {{"first_iteration", static_cast<double>(finding.first), "iterations"}};
  finding.recommendation =
      "Shorten the step, or keep the iterates in the domain of the objective; check for 0/0, log 0 and overflow.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
