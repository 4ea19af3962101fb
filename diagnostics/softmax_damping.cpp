#include <perigee/diagnostics/softmax_damping.hpp>

#include <perigee/diagnostics/lojasiewicz.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

namespace {

bool is_between(double x, double low, double high) { return x >= low && x <= high; }

// theta, which is 1 through a softmax and 3/4 at a degenerate minimum of fourth order, and the trend of the coefficient
// ||grad f||/(f - f*), 0 once the best action has nearly all probability.
void add_gradient_inequality(const Trajectory& trajectory, Finding& finding) {
  const InequalityBlocks blocks = inequality_blocks(trajectory);
  if (const std::optional<Lojasiewicz> inequality = lojasiewicz_exponent(blocks)) {
    finding.evidence.push_back({"lojasiewicz_exponent", inequality->exponent, "1"});
    finding.evidence.push_back({"lojasiewicz_exponent_error", inequality->exponent_error, "1"});
  }
  if (const std::optional<NonUniformCoefficient> coefficient = non_uniform_coefficient(blocks, 1.0)) {
    finding.evidence.push_back({"coefficient", coefficient->last_value, "1"});
    finding.evidence.push_back({"coefficient_trend", coefficient->trend, "1"});
    finding.evidence.push_back({"coefficient_trend_lower", coefficient->lower, "1"});
    finding.evidence.push_back({"coefficient_trend_upper", coefficient->upper, "1"});
  }
}

}  // namespace

void detect_softmax_damping(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  if (!trajectory.policy) return;
  const std::string& transform = trajectory.policy->transform;
  if (!transform.empty() && transform != "softmax") return;
  const ValueBound bound = value_bound(trajectory, value_series(trajectory));
  if (!bound.is_known()) return;
  const SoftmaxDampingOptions& options = input.options.softmax_damping;
  const Rate rate = excess_rate(trajectory, bound, input.options.rate);
  if (rate.verdict != RateVerdict::power_law) return;
  if (!is_between(rate.exponent, options.smallest_exponent, options.largest_exponent)) return;
  if (find_finding(diagnosis, "gravity-well") != nullptr &&
      find_finding(diagnosis, "gravity-well")->severity == Severity::problem) {
    return;  // what falls slowly there is the approach to the wrong corner
  }
  const std::string window = "[" + std::to_string(rate.first) + ", " + std::to_string(rate.last) + "]";
  const std::string law = "t^-" + format_number(rate.exponent, 3);
  if (transform.empty()) {
    diagnosis.limits.push_back("Why the value falls like " + law + " over iterations " + window +
                               ": a softmax output would do that, but the log does not say what made the "
                               "probabilities (--transform softmax; in Python transform=\"softmax\").");
    return;
  }

  const bool is_clean = std::abs(rate.exponent - 1.0) <= options.clean && !rate.is_pre_asymptotic;
  Finding finding;
  finding.id = "softmax-damping";
  finding.first = rate.first;
  finding.last = rate.last;
  finding.severity = Severity::information;
  finding.certainty = is_clean ? Certainty::likely : Certainty::suspected;
  const double slope_upper = rate.slope + input.options.rate.confidence * rate.slope_error;
  finding.evidence = {{"exponent", -rate.exponent, "1", Comparison::at_most, -options.smallest_exponent},
                      {"exponent_error", rate.exponent_error, "1"},
                      {"local_rate_slope", rate.slope, "1"},
                      {"local_rate_slope_error", rate.slope_error, "1"},
                      {"local_rate_slope_upper", slope_upper, "1", Comparison::at_most, input.options.rate.slope},
                      {"bound", bound.value, "value"}};
  add_gradient_inequality(trajectory, finding);
  finding.message = "Over iterations " + window + " the value above " + std::string(name_of(bound.source)) +
                    " falls like " + law + ": the softmax damps the gradient as the policy saturates";
  if (rate.is_pre_asymptotic)
    finding.message += "; the local rate still bends, so the exponent is not final";
  else if (!is_clean)
    finding.message +=
        "; " + std::string(rate.exponent > 1.0 ? "a little faster" : "slower") + " than the 1/t of the softmax alone";
  finding.message += ".";
  finding.recommendation =
      "Use an escort transform (p = 2), natural gradients or a normalized step: these converge linearly, where here "
      "ten times the accuracy costs about " +
      format_number(std::pow(10.0, 1.0 / rate.exponent), 2) + " times the iterations.";
  finding.counterevidence =
      "A longer run on which the excess falls by a constant factor in equal numbers of iterations: convergence was "
      "linear, and the window too early to show it.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
