#include <perigee/diagnostics/non_finite.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee {

namespace {

struct Lapse {
  Index iteration = 0;
  Certainty certainty = Certainty::likely;
  std::string quantity;
};

struct Reading {
  std::optional<Lapse> lapse;
  std::size_t gaps = 0;  // records without a number between records with one
};

Reading read(const Trajectory& trajectory, const std::string& quantity, double StepRecord::*member) {
  Reading reading;
  const auto& records = trajectory.records;
  std::size_t measured_end = 0;  // one past the last finite record
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (std::isfinite(records[i].*member)) measured_end = i + 1;
  }
  std::size_t first_measured = 0;
  while (first_measured < measured_end && !std::isfinite(records[first_measured].*member)) ++first_measured;
  std::size_t longest_gap = 0;
  std::size_t gap = 0;
  for (std::size_t i = first_measured; i < measured_end; ++i) {
    if (std::isnan(records[i].*member)) {
      ++gap;
      ++reading.gaps;
    } else {
      longest_gap = std::max(longest_gap, gap);
      gap = 0;
    }
  }
  for (const StepRecord& record : records) {
    if (std::isinf(record.*member)) {
      reading.lapse = Lapse{record.iteration, Certainty::proven, quantity};
      return reading;
    }
  }
  if (measured_end > 0 && records.size() - measured_end > longest_gap) {
    reading.lapse = Lapse{records[measured_end].iteration, Certainty::likely, quantity};
  }
  return reading;
}

}  // namespace

void detect_non_finite(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  std::optional<Lapse> first;
  const auto consider = [&](const std::string& quantity, double StepRecord::*member) {
    const Reading reading = read(trajectory, quantity, member);
    if (reading.gaps > 0) {
      diagnosis.limits.push_back(std::to_string(reading.gaps) + " records have no " + quantity +
                                 ": not measured, or not a number; what was recorded does not say which.");
    }
    if (reading.lapse && (!first || reading.lapse->iteration < first->iteration)) first = reading.lapse;
  };
  consider("value", &StepRecord::value);
  consider("gradient norm", &StepRecord::gradient_norm);

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
