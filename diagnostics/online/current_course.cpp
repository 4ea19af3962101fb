#include <perigee/diagnostics/online/current_course.hpp>

#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/saddle_passage.hpp>
#include <perigee/lib/format.hpp>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace perigee {

namespace {

using Words = std::pair<const char*, const char*>;
constexpr std::array<Words, 5> urgent{Words{"non-finite", "numbers ceased to be finite"},
                                      {"divergence", "diverging"},
                                      {"step-too-large", "oscillating: step too large"},
                                      {"noise-floor", "at a noise floor"},
                                      {"gravity-well", "held near a suboptimal corner"}};

// What is not likely is asked, not said.
std::string with_doubt(std::string sentence, const Finding& finding) {
  return finding.certainty == Certainty::suspected ? sentence + "?" : std::move(sentence);
}

// Empty where the rate is not decided up to the end of the record.
std::string rate_sentence(const Trajectory& trajectory) {
  const RunRate run = rate_of_run(trajectory);
  if (run.rate.last != trajectory.records.back().iteration) return "";
  const std::string what = std::string(run.quantity) + " falling";
  if (run.rate.verdict == RateVerdict::power_law) return what + " like t^-" + format_number(run.rate.exponent, 2);
  if (run.rate.verdict == RateVerdict::linear) {
    return what + " by a factor of " + format_number(std::exp(-run.rate.rate), 4) + " an iteration";
  }
  return "";
}

std::string phase_sentence(const std::string& kind) {
  if (kind == "descent") return "value falling";
  if (kind == "ascent") return "value rising";
  if (kind == "at-optimum") return "at the optimal value";
  if (kind == "plateau") return "value level";
  if (kind == "rounding-floor") return "at the rounding floor";
  if (kind == "undetermined") return "no clear trend";
  return kind;
}

}  // namespace

CurrentCourse current_course(const Trajectory& trajectory, const Diagnosis& diagnosis) {
  if (trajectory.records.empty()) return {"undetermined", "nothing recorded yet"};
  const Index last = trajectory.records.back().iteration;
  for (const auto& [id, words] : urgent) {
    const Finding* finding = find_finding(diagnosis, id);
    if (finding != nullptr && finding->last == last) return {id, with_doubt(words, *finding)};
  }
  if (const std::optional<OngoingEscape> escape = ongoing_escape(trajectory)) {
    std::string sentence =
        "near a saddle? gradient growing " + format_number(std::exp(escape->rate), 3) + "x an iteration";
    if (escape->predicted_exit >= 1.0) {
      sentence += ", exit predicted in ~" + format_number(escape->predicted_exit, 2);
    }
    return {"escape", sentence};
  }
  for (const Finding& finding : diagnosis.findings) {
    if (finding.id != "plateau" || finding.last != last) continue;
    // Information only: the gradient vanishes there, or another finding explains it.
    const bool is_at_rest = finding.severity == Severity::information;
    std::string sentence = with_doubt(
        (is_at_rest ? "at rest since iteration " : "on a plateau since iteration ") + std::to_string(finding.first),
        finding);
    const double remaining = evidence_value(finding.evidence, "remaining_forecast");
    if (std::isfinite(remaining)) sentence += ", exit predicted in ~" + format_number(remaining, 2);
    return {"plateau", std::move(sentence)};
  }
  const std::string kind = diagnosis.phases.empty() ? "undetermined" : diagnosis.phases.back().kind;
  if (kind != "ascent" && kind != "at-optimum") {
    const std::string sentence = rate_sentence(trajectory);
    if (!sentence.empty()) return {"descent", sentence};
  }
  return {kind, kind != "undetermined" ? phase_sentence(kind) : "no clear trend"};
}

}  // namespace perigee
