#include <perigee/diagnostics/step_too_small.hpp>

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/step_length.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

void detect_step_too_small(const DiagnosisInput& input, Diagnosis& diagnosis) {
  for (const char* other : {"gravity-well", "softmax-damping", "rounding-floor", "divergence", "saddle-passage"}) {
    if (find_finding(diagnosis, other) != nullptr) return;
  }
  const StepTooSmallOptions& options = input.options.step_too_small;
  const std::optional<StepLength> length = measure_step_length(input);
  if (!length) return;
  const double stiffness = std::fmax(length->largest_curvature, length->largest_recorded);
  const double product = length->step_size * stiffness;
  if (!(product <= options.largest_product) || !(product >= options.smallest_product)) return;

  Finding finding;
  finding.id = "step-too-small";
  finding.first = length->first;
  finding.last = length->last;
  finding.severity = Severity::warning;
  finding.certainty = length->curvature_is_of_hessian ? Certainty::likely : Certainty::suspected;
  finding.evidence = {{"step_times_curvature", product, "1", Comparison::at_most, options.largest_product},
                      {"step_size", length->step_size, "1"},
                      {"largest_curvature", stiffness, "value per squared unit of x"},
                      {"curvature_along_steps", length->curvature, "value per squared unit of x"},
                      {"gradient_norm", length->gradient_norm, "value per unit of x"}};
  finding.message =
      "The step is far shorter than the curvature permits: step size " + format_number(length->step_size, 3) +
      " times the largest curvature " + (length->curvature_is_of_hessian ? "found, " : "recorded along the steps, ") +
      format_number(stiffness, 3) + ", is " + format_number(product, 2) +
      " (stable below 2), and the run ended with gradient norm " + format_number(length->gradient_norm, 3) + ".";
  finding.recommendation = "Take a step of " + format_number(1.0 / stiffness, 2) +
                           " (1/curvature): it should need about 1/" + format_number(std::round(1.0 / product)) +
                           " of the iterations as long as the curvature stays what it was; a line search finds such a "
                           "step by itself.";
  finding.counterevidence = "A value that rises with a step of " + format_number(0.5 / stiffness, 2) +
                            " (half of 1/curvature): then a larger curvature was missed.";
  explain_plateaus(diagnosis, finding.first, finding.last, "The finding step-too-small explains it.");
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
