#include <perigee/diagnostics/finding.hpp>

namespace perigee {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::information:
      return "information";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return "";
}

std::string_view name_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::none:
      return "";
    case Comparison::at_most:
      return "at most";
    case Comparison::at_least:
      return "at least";
  }
  return "";
}

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::proven:
      return "proven";
    case Certainty::likely:
      return "likely";
    case Certainty::suspected:
      return "suspected";
  }
  return "";
}

const std::vector<FindingDescription>& finding_descriptions() {
  static const std::vector<FindingDescription> descriptions{
      {"converged-minimum", "the run ended at a point that its curvature shows to be a local minimum"},
      {"suboptimal-minimum", "the run ended at a local minimum, and a better value is known"},
      {"strict-saddle", "the run ended where the gradient vanishes and some curvature is negative: a way down exists"},
      {"degenerate-stationary-point", "the run ended where the gradient vanishes and the second order does not decide"},
      {"local-maximum", "the run ended where the gradient vanishes and every curvature is negative"},
      {"saddle-passage", "the run slowed down near a saddle and then left it"},
      {"plateau", "the value stayed nearly constant over a long stretch"},
      {"gravity-well", "a policy is held near a suboptimal corner of the simplex"},
      {"softmax-damping", "progress through a softmax slows down to 1/t instead of a linear rate"},
      {"noise-floor", "the gradient noise, not the landscape, keeps the value from falling"},
      {"step-too-large", "the iterates oscillate or blow up because the step exceeds 2/curvature"},
      {"edge-of-stability", "the curvature hovers at what the step size bears while the value falls on average"},
      {"step-too-small", "the step is far smaller than the curvature permits"},
      {"ill-conditioned-valley", "the iterates zig-zag across a narrow valley"},
      {"line-search-stall", "the line search finds no acceptable step"},
      {"rounding-floor", "the step is too short to change the iterate in double precision"},
      {"divergence", "the value or the iterate grows without bound"},
      {"non-finite", "a value or a gradient is NaN or infinite"},
      {"budget-exhausted", "the run ended because iterations, evaluations or time ran out"},
      {"derivative-mismatch", "the gradient is not the derivative of the value"},
  };
  return descriptions;
}

double evidence_value(const std::vector<Evidence>& evidence, std::string_view name) {
  for (const Evidence& item : evidence) {
    if (item.name == name) return item.value;
  }
  return not_measured;
}

const Finding* principal_finding(const Diagnosis& diagnosis) {
  if (diagnosis.principal < 0 || diagnosis.principal >= static_cast<Index>(diagnosis.findings.size())) return nullptr;
  return &diagnosis.findings[static_cast<std::size_t>(diagnosis.principal)];
}

const Finding* find_finding(const Diagnosis& diagnosis, std::string_view id) {
  for (const Finding& finding : diagnosis.findings) {
    if (finding.id == id) return &finding;
  }
  return nullptr;
}

}  // namespace perigee
