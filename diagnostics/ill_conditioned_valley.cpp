#include <perigee/diagnostics/ill_conditioned_valley.hpp>

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/step_length.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

namespace {

// Steps along the floor of a valley no longer meet the curvature across it, and a log alone cannot tell whether that
// curvature is still there.
void state_what_is_missing(const StepLength& length, const IllConditionedValleyOptions& options, Diagnosis& diagnosis) {
  const bool may_have_faded = !length.curvature_is_of_hessian && length.curvature > 0.0 &&
                              length.largest_recorded >= options.condition * length.largest_curvature &&
                              length.step_size * length.largest_recorded >= options.smallest_product;
  if (!may_have_faded) return;
  diagnosis.limits.push_back("Whether the run crawls along a narrow valley or its curvature faded: early steps met " +
                             format_number(length.largest_recorded, 3) + ", late ones " +
                             format_number(length.curvature, 3) +
                             ". Record the last parameters and diagnose with the objective.");
}

}  // namespace

void detect_ill_conditioned_valley(const DiagnosisInput& input, Diagnosis& diagnosis) {
  for (const char* other :
       {"gravity-well", "softmax-damping", "rounding-floor", "divergence", "saddle-passage", "step-too-large"}) {
    if (find_finding(diagnosis, other) != nullptr) return;
  }
  const IllConditionedValleyOptions& options = input.options.ill_conditioned_valley;
  const std::optional<StepLength> length = measure_step_length(input);
  if (!length) return;
  state_what_is_missing(*length, options, diagnosis);
  const double product = length->step_size * length->largest_curvature;
  if (!(product >= options.smallest_product) || !(product <= options.largest_product)) return;
  const bool zigzags = length->cosine < options.zigzag_cosine;
  const double condition = zigzags ? 2.0 * product / length->rate : length->largest_curvature / length->curvature;
  if (!(condition >= options.condition) || !std::isfinite(condition)) return;

  Finding finding;
  finding.id = "ill-conditioned-valley";
  finding.first = length->first;
  finding.last = length->last;
  finding.severity = Severity::warning;
  finding.certainty = length->curvature_is_of_hessian ? Certainty::likely : Certainty::suspected;
  finding.evidence = {{"condition_estimate", condition, "1", Comparison::at_least, options.condition},
                      {"step_times_curvature", product, "1", Comparison::at_least, options.smallest_product},
                      {"largest_curvature", length->largest_curvature, "value per squared unit of x"},
                      {"curvature_along_steps", length->curvature, "value per squared unit of x"},
                      {"step_cosine", length->cosine, "1", zigzags ? Comparison::at_most : Comparison::none,
                       zigzags ? options.zigzag_cosine : not_measured},
                      {"squared_gradient_rate", length->rate, "per iteration"},
                      {"gradient_norm", length->gradient_norm, "value per unit of x"}};
  const std::string stiffness = "the largest curvature " +
                                std::string(length->curvature_is_of_hessian ? "there" : "recorded along the steps") +
                                " is " + format_number(length->largest_curvature, 3);
  finding.message = zigzags ? "The iterates zig-zag across a narrow valley (median cosine of successive steps " +
                                  format_number(length->cosine, 2) + "): " + stiffness +
                                  ", and the squared gradient falls by " + format_number(100.0 * length->rate, 2) +
                                  "% an iteration; condition number about " + format_number(condition, 2) + "."
                            : "The iterates crawl along a narrow valley: " + stiffness + ", along the steps it is " +
                                  format_number(length->curvature, 3) + "; condition number about " +
                                  format_number(condition, 2) + ".";
  finding.recommendation =
      "Use curvature (limited-memory-bfgs, trust-region-newton-cg), or momentum (nesterov, "
      "nonlinear-conjugate-gradient: about " +
      format_number(std::round(std::sqrt(condition))) + " iterations where gradient descent needs " +
      format_number(std::round(condition)) + "), or rescale the variables; a longer step would be unstable.";
  finding.counterevidence =
      length->curvature_is_of_hessian
          ? "A step twice as long that stays stable and halves the time: then the step was short, the valley not "
            "narrow."
          : "A largest Hessian eigenvalue at the end that is not above the curvature along the steps.";
  explain_plateaus(diagnosis, finding.first, finding.last, "The finding ill-conditioned-valley explains it.");
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
