// What a diagnosis says: findings, phases, judged points, and one sentence.
#ifndef PERIGEE_DIAGNOSTICS_FINDING_HPP
#define PERIGEE_DIAGNOSTICS_FINDING_HPP

#include <perigee/lib/trajectory.hpp>
#include <perigee/lib/vector.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

enum class Severity {
  information,  // as it should be, or good to know
  warning,      // costs time or hides something
  problem,      // the run did not reach what it was for
};

enum class Certainty {
  proven,     // follows from computed bounds
  likely,     // a test with a stated error probability says so
  suspected,  // fits what was recorded; what was recorded does not suffice for more
};

/// "information", "warning", "problem"; "proven", "likely", "suspected".
std::string_view name_of(Severity severity);
std::string_view name_of(Certainty certainty);

/// How a number was held against its threshold. None: it is told, and decides nothing.
enum class Comparison { none, at_most, at_least };

/// "", "at most", "at least".
std::string_view name_of(Comparison comparison);

/// One number that a finding rests on.
struct Evidence {
  std::string name;  // snake_case
  double value;      // NaN: asked for, but not to be had
  std::string unit;  // "iterations", "1", ...; "1" for pure numbers
  Comparison comparison = Comparison::none;
  double threshold = not_measured;  // in the unit of the value
};

struct Finding {
  std::string id;   // one of finding_descriptions()
  Index first = 0;  // phase [first, last], in iterations
  Index last = 0;
  Severity severity = Severity::information;
  Certainty certainty = Certainty::suspected;
  std::vector<Evidence> evidence;
  std::string message;            // what happened, with the deciding numbers; one or two sentences
  std::string recommendation{};   // what to change and what to expect of it; may be empty
  std::string counterevidence{};  // the observation that would overturn this finding, one sentence; may be empty
};

/// A stretch of the run. Phases are in order and tile the run (phases.hpp).
struct Phase {
  std::string kind;  // one of phase_kinds()
  Index first = 0;   // in iterations
  Index last = 0;
  std::string cause{};               // id of the finding that explains it; empty: none does
  std::vector<Evidence> evidence{};  // what makes it a phase of its kind
};

/// A point of the run that was judged with the objective at hand.
struct JudgedPoint {
  Index iteration = 0;
  double value = 0.0;
  double gradient_norm = 0.0;
  double lambda_min = 0.0;              // a Rayleigh quotient: an upper bound on the smallest Hessian eigenvalue
  double lambda_min_residual = 0.0;     // ||Hv - lambda v||: some eigenvalue lies within this of lambda_min
  double lambda_min_lower_bound = 0.0;  // holds with probability >= 1 - failure_probability
  double lambda_max = 0.0;              // a Rayleigh quotient: a lower bound on the largest one
  Index index = -1;                     // proven number of negative eigenvalues, at least; -1: not determined
  std::string classification;  // "strict-saddle", "minimum", "degenerate", "maximum", "not-stationary", "undetermined"
  Certainty certainty = Certainty::suspected;
  Index products = 0;  // Hessian-vector products spent
};

/// A threshold of a detector as it was in force (thresholds.hpp).
struct ThresholdValue {
  std::string name;
  double value = 0.0;
  double default_value = 0.0;
};

struct Diagnosis {
  std::string summary;            // the verdict in plain words, one to three sentences (verdict.hpp)
  std::vector<Finding> findings;  // most severe first
  std::vector<Phase> phases;
  std::vector<JudgedPoint> judged_points;
  Index principal = -1;  // the finding that the verdict tells, among `findings`; -1: none
  std::vector<ThresholdValue> thresholds;
  std::vector<std::string> limits;  // what could not be decided from what was recorded, and what to record for it
};

/// One kind of finding: its id, what it means in one line.
struct FindingDescription {
  std::string id;
  std::string summary;
};

/// Every id a Finding may carry, in the order of the documentation.
const std::vector<FindingDescription>& finding_descriptions();

/// The number of that name; NaN if there is none.
double evidence_value(const std::vector<Evidence>& evidence, std::string_view name);

/// The finding that the verdict tells, or nullptr.
const Finding* principal_finding(const Diagnosis& diagnosis);

/// The first finding of that id, or nullptr.
const Finding* find_finding(const Diagnosis& diagnosis, std::string_view id);

}  // namespace perigee

#endif
