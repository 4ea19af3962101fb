#include <perigee/diagnostics/verdict_words.hpp>

#include <perigee/diagnostics/lost_class.hpp>
#include <perigee/diagnostics/lost_ground.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace perigee {

namespace {

double number(const Finding& finding, std::string_view name) { return evidence_value(finding.evidence, name); }

Index whole_number(const Finding& finding, std::string_view name) {
  const double value = number(finding, name);
  return std::isfinite(value) ? static_cast<Index>(value) : 0;
}

std::string text(double value) { return format_number(value, 3); }
std::string text(const Finding& finding, std::string_view name) { return text(number(finding, name)); }

// 1048 as "1000".
std::string two_digits(double value) {
  if (!(value >= 1.0) || !std::isfinite(value)) return format_number(value, 2);
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1.0);
  return format_number(std::round(value / unit) * unit, 10);
}

std::string iterations(double count) {
  return format_number(count, 10) + (count == 1.0 ? " iteration" : " iterations");
}

std::string length_of(const Finding& finding) { return iterations(static_cast<double>(finding.last - finding.first)); }

std::string share_of_run(const Finding& finding, const Trajectory& trajectory) {
  const auto run = static_cast<double>(trajectory.records.back().iteration - trajectory.records.front().iteration);
  const auto own = static_cast<double>(finding.last - finding.first);
  if (!(run > own)) return "the whole run";
  const double percent = 100.0 * own / run;
  return format_number(percent < 99.5 ? percent : 100.0, percent < 99.5 ? 2 : 3) + "% of the run";
}

std::string optional_text(bool is_wanted, const std::string& sentence) { return is_wanted ? sentence : ""; }

std::string first_sentence(const std::string& paragraph) {
  const std::size_t end = paragraph.find(". ");
  return end == std::string::npos ? paragraph : paragraph.substr(0, end + 1);
}

// "It ended by max-iterations at iteration 100, at the value 3."
std::string standing_of(const Trajectory& trajectory) {
  const StepRecord& last = trajectory.records.back();
  const std::string at = "iteration " + std::to_string(last.iteration);
  std::string value;
  if (std::isfinite(last.value)) {
    value = "the value " + format_number(last.value, 4);
    if (trajectory.optimal_value && last.value > *trajectory.optimal_value) {
      value += ", " + text(last.value - *trajectory.optimal_value) + " above the best possible";
    }
  }
  if (trajectory.end) {
    const bool believed = trajectory.end->end_class == EndClass::convergence;
    return "The run ended by " + trajectory.end->id + (believed ? ", which counts as convergence," : "") + " at " + at +
           (value.empty() ? "." : ", at " + value + ".");
  }
  return value.empty() ? "" : "The last record, of " + at + ", has " + value + ".";
}

VerdictWords gravity_well(const Finding& finding, const Trajectory& trajectory) {
  if (const double index = number(finding, "class"); index >= 0.0) {
    const double share = number(finding, "share_of_value");
    return {"One class is not learnt: the probability of the right answer for " +
                trajectory.policy->probability_columns[static_cast<std::size_t>(index)] + " " +
                course_of_class(finding.evidence) + ", while the other classes stand at " +
                text(finding, "others_median_at_end") + ".",
            std::isfinite(share) ? "It accounts for about " + text(finding, "contribution_to_value") +
                                       " of the final value " + format_number(number(finding, "final_value"), 4) + "."
                                 : standing_of(trajectory),
            "Train again from another seed, or with cross-entropy: waiting longer is unlikely to help."};
  }
  const std::string action = format_number(number(finding, "corner"));
  const double spent = number(finding, "escape_time_measured");
  // At the speed recorded, where that is known; else at that of the flow.
  const double forecast = number(finding, "remaining_forecast");
  const double remaining = std::isfinite(forecast) ? forecast : number(finding, "remaining_time_predicted");
  const bool has_left = std::isfinite(spent);
  const std::string trap = " by the wrong choice, action " + action + ", which is worth " + text(finding, "gap") +
                           " less than the best one: the best one was left with a probability of only " +
                           text(finding, "optimal_probability_lowest") + ".";
  std::string standing = standing_of(trajectory);
  if (!has_left) {
    standing =
        "It was still held when the run ended, after " + length_of(finding) +
        (std::isfinite(remaining) ? ", and would need about " + iterations(std::round(remaining)) + " more." : ".");
  }
  return {"The policy was captured" + trap,
          has_left ? "It freed itself after " + iterations(spent) + ", " + share_of_run(finding, trajectory) + "."
                   : standing,
          finding.recommendation.find("escort") != std::string::npos
              ? "Use natural-policy-gradient, an escort transform or entropy regularization, which get out far sooner."
              : "Start from a policy that gives every action some probability, or regularize by entropy."};
}

VerdictWords strict_saddle(const Finding& finding, const Trajectory& trajectory) {
  const double decrease = number(finding, "descent_decrease");
  return {
      "The run stopped at a saddle point: it is flat there, but this is no minimum, because the value falls in some "
      "direction.",
      standing_of(trajectory),
      std::isfinite(decrease) ? "Go on from there along the direction found, which lowers the value by " +
                                    text(decrease) + " at once, or use perturbed-gradient-descent."
                              : "Use a method that perturbs the iterate, such as perturbed-gradient-descent."};
}

VerdictWords degenerate(const Finding& finding, const Trajectory& trajectory) {
  if (finding.severity == Severity::information) {
    return {"The run came to rest at a very flat point, with nothing better found around it.", standing_of(trajectory),
            "Nothing needs to be changed, unless a better value is known."};
  }
  if (const double level = number(finding, "flat_distance"); std::isfinite(level)) {
    return {"The run came to rest on a plateau: around the point the value stays level, but it is lower by " +
                text(finding, "descent_decrease") + " at a distance of " +
                format_number(std::abs(number(finding, "descent_step")), 3) + " along a flat direction.",
            standing_of(trajectory), "Go on from there."};
  }
  if (const double share = number(finding, "excess_share"); std::isfinite(share)) {
    return {
        "The run came to rest at a very flat point, a plateau or a poor minimum: nothing better was found around it, "
        "but " +
            format_number(100.0 * share, 2) + "% of what the value had to lose is left.",
        standing_of(trajectory), "Compare it with a run from another start, or go on with tighter tolerances."};
  }
  if (finding.severity == Severity::problem) {
    return {
        "The run stopped at a very flat point that is no minimum: the value falls, at first imperceptibly, in some "
        "direction.",
        standing_of(trajectory), "Perturb the point by about the distance given below, and go on."};
  }
  return {"The run came to rest at a point so flat that minimum, saddle and plateau cannot be told apart.",
          standing_of(trajectory), "Compare it with a run from another start."};
}

VerdictWords plateau(const Finding& finding, const Trajectory& trajectory) {
  const bool is_terminal = finding.last == trajectory.records.back().iteration;
  const bool is_left_by_shorter_step = std::isfinite(number(finding, "step_size_after"));
  if (!is_terminal) {
    return {
        "The value stood still near " + format_number(number(finding, "level"), 4) + " from iteration " +
            std::to_string(finding.first) + " to " + std::to_string(finding.last) + ", " +
            share_of_run(finding, trajectory) + ", before it went on.",
        standing_of(trajectory),
        is_left_by_shorter_step
            ? "It went on as the step size fell from " + text(finding, "step_size_within") + " to " +
                  text(finding, "step_size_after") + ": lowering it sooner would save up to " + length_of(finding) + "."
            : optional_text(
                  finding.severity != Severity::information,
                  "A longer step or a perturbation during that stretch would save up to " + length_of(finding) + ".")};
  }
  const LostGround lost{.best = number(finding, "best_level_before"),
                        .best_iteration = whole_number(finding, "best_level_at"),
                        .rise = whole_number(finding, "rose_at"),
                        .end = number(finding, "level"),
                        .gained = number(finding, "gained_before")};
  if (std::isfinite(lost.best)) {
    return {course_of(lost), "It has stood still there since iteration " + std::to_string(finding.first) + ".",
            way_back(lost)};
  }
  if (finding.first == trajectory.records.front().iteration) {
    return {"The value has stood still near " + format_number(number(finding, "level"), 4) + " for the whole run.",
            optional_text(finding.certainty == Certainty::suspected,
                          "What was recorded does not tell whether it began at the end of the road or never set out."),
            optional_text(finding.severity != Severity::information || finding.certainty == Certainty::suspected,
                          "Diagnose with the objective at hand, or state the best possible value, to find out.")};
  }
  return {"The value has stood still near " + format_number(number(finding, "level"), 4) + " since iteration " +
              std::to_string(finding.first) + ", " + share_of_run(finding, trajectory) + ".",
          optional_text(finding.certainty == Certainty::suspected,
                        "What was recorded does not tell whether this is the end of the road or only a slow stretch of "
                        "it."),
          optional_text(finding.severity != Severity::information || finding.certainty == Certainty::suspected,
                        "Diagnose with the objective at hand, or state the best possible value, to find out.")};
}

VerdictWords step_too_large(const Finding& finding, const Trajectory& trajectory) {
  const double product = number(finding, "step_times_curvature");
  if (std::isfinite(product)) {
    return {"The steps are too long: the iterates jump to and fro across the bottom instead of going down.",
            standing_of(trajectory), "Divide the step size by " + text(std::max(1.0, product)) + "."};
  }
  if (const double period = number(finding, "period"); std::isfinite(period)) {
    return {"The run goes in circles: every " + text(period) + " iterations the value comes back to where it was.",
            standing_of(trajectory), "Halve the step size, or let it decrease: more iterations will not help."};
  }
  const double guess = number(finding, "uniform_guess_loss");
  const bool is_guessing = std::isfinite(guess) && finding.certainty == Certainty::likely;
  return {"The step was too long: the value jumped from " + text(finding, "initial_value") + " to " +
              text(finding, "peak_value") + " at iteration " + format_number(number(finding, "peak_iteration")) +
              " and never recovered.",
          is_guessing ? "It stays at " + format_number(number(finding, "final_level"), 4) +
                            ", as of a model that guesses whatever the input (log " +
                            std::to_string(trajectory.policy->probability_columns.size()) + ")."
                      : standing_of(trajectory),
          "Start again with a shorter step or a warm-up: more iterations will not help."};
}

VerdictWords rounding_floor(const Finding& finding, const Trajectory& trajectory) {
  if (finding.severity == Severity::problem) {
    return {
        "The run cannot move any more: its steps are too short to change the numbers it works with, and it is not "
        "at a minimum.",
        standing_of(trajectory), "Perturb the point or lengthen the step: more iterations change nothing."};
  }
  const double gradient_fall = number(finding, "gradient_fall");
  const double value_fall = number(finding, "value_fall");
  if (std::isfinite(gradient_fall) || std::isfinite(value_fall)) {
    return {"The run converged as far as its numbers can tell: " +
                (std::isfinite(gradient_fall) ? "the gradients have fallen to " + format_number(gradient_fall, 2)
                                              : "the value has fallen to " + format_number(value_fall, 2)) +
                (std::isfinite(gradient_fall) ? " of what they were, and their noise with them."
                                              : " of what it was, and the noise with it."),
            standing_of(trajectory), "More iterations change nothing."};
  }
  return {"The run has come to a stop: its steps no longer change the numbers it works with.", standing_of(trajectory),
          "More iterations change nothing."};
}

VerdictWords line_search_stall(const Finding& finding, const Trajectory& trajectory) {
  if (finding.severity == Severity::information) {
    return {"The search for a step ended because there is nothing left to gain that the values could show.",
            standing_of(trajectory), ""};
  }
  return {"The search for a step fails: no step along its direction lowers the value, although the slope is not small.",
          standing_of(trajectory), "Check the derivatives first, then look for a kink or noise in the values."};
}

using Words = VerdictWords (*)(const Finding& finding, const Trajectory& trajectory);

const std::vector<std::pair<std::string, Words>>& dictionary() {
  static const std::vector<std::pair<std::string, Words>> entries{
      {"gravity-well", gravity_well},
      {"strict-saddle", strict_saddle},
      {"degenerate-stationary-point", degenerate},
      {"plateau", plateau},
      {"step-too-large", step_too_large},
      {"rounding-floor", rounding_floor},
      {"line-search-stall", line_search_stall},
      {"converged-minimum",
       [](const Finding&, const Trajectory& trajectory) -> VerdictWords {
         return {"The run arrived at a local minimum: it is flat there, and the value rises in every direction.",
                 standing_of(trajectory), "Nothing needs to be changed."};
       }},
      {"suboptimal-minimum",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {"The run settled in a local minimum that is not the best: a value lower by " +
                     text(finding, "excess_value") + " is known.",
                 standing_of(trajectory), "Start elsewhere, or add noise: no small step leads out of a minimum."};
       }},
      {"local-maximum",
       [](const Finding&, const Trajectory& trajectory) -> VerdictWords {
         return {"The run stopped on a summit: it is flat there, and the value falls in every direction.",
                 standing_of(trajectory), "Start anywhere else, and check the sign of the objective."};
       }},
      {"saddle-passage",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {"The run lost " + length_of(finding) + ", " + share_of_run(finding, trajectory) +
                     ", near a saddle point, a flat place that is no minimum, and then left it by itself.",
                 standing_of(trajectory),
                 optional_text(finding.severity != Severity::information,
                               "A larger perturbation or a longer step would get past it sooner.")};
       }},
      {"softmax-damping",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {
             "The run makes progress, but ever more slowly: the more certain a softmax policy is, the less it learns "
             "from each step.",
             standing_of(trajectory),
             "Ten times the accuracy costs about " +
                 format_number(std::pow(10.0, -1.0 / number(finding, "exponent")), 2) +
                 " times the iterations; an escort transform or natural gradients avoid that."};
       }},
      {"noise-floor",
       [](const Finding& finding, const Trajectory&) -> VerdictWords {
         return {
             "The value no longer falls because the noise of the gradients throws the iterate about as far as the "
             "slope pulls it back.",
             "It hovers near " + format_number(number(finding, "level"), 4) + ".",
             "Lower the learning rate, enlarge the batch or average the iterates: more iterations alone gain "
             "nothing."};
       }},
      {"edge-of-stability",
       [](const Finding&, const Trajectory& trajectory) -> VerdictWords {
         return {
             "The run works at the edge of what its step size permits: the value goes up and down, but falls on "
             "average.",
             standing_of(trajectory),
             "Nothing is wrong with that; whether a shorter step gets further, a run at half of it tells."};
       }},
      {"step-too-small",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {"The steps are far shorter than they need to be, about 1/" +
                     two_digits(1.0 / number(finding, "step_times_curvature")) + " of what the landscape permits.",
                 standing_of(trajectory),
                 "Take a step size of about " + format_number(1.0 / number(finding, "largest_curvature"), 2) +
                     ", or a line search."};
       }},
      {"ill-conditioned-valley",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {"The run crawls along a narrow valley: it is about " +
                     two_digits(number(finding, "condition_estimate")) +
                     " times as steep across as along, and the steep side limits the step.",
                 standing_of(trajectory), "Use a method that knows the curvature, such as limited-memory-bfgs."};
       }},
      {"divergence",
       [](const Finding&, const Trajectory& trajectory) -> VerdictWords {
         return {"The run flies apart: its numbers grow without bound instead of settling.", standing_of(trajectory),
                 "Shorten the step or use a line search."};
       }},
      {"non-finite",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         const std::string end = trajectory.end ? "The run ended by " + trajectory.end->id + "." : "";
         return {"The run left the realm of numbers: from iteration " + std::to_string(finding.first) +
                     " on something is infinite or not a number.",
                 end, "Shorten the step, or keep the iterates where the objective is defined."};
       }},
      {"budget-exhausted",
       [](const Finding& finding, const Trajectory& trajectory) -> VerdictWords {
         return {
             "The run ended because its budget did, not because it had arrived.", standing_of(trajectory),
             optional_text(!finding.recommendation.empty(), "It was still making progress: allow more iterations.")};
       }},
      {"derivative-mismatch",
       [](const Finding&, const Trajectory&) -> VerdictWords {
         return {"The derivatives are wrong: the gradient given is not the slope of the value.",
                 "Nothing else that this run shows can be trusted.", "Correct them first."};
       }},
  };
  return entries;
}

}  // namespace

VerdictWords words_for(const Finding& finding, const Trajectory& trajectory) {
  for (const auto& [id, words] : dictionary()) {
    if (id == finding.id) return words(finding, trajectory);
  }
  return {first_sentence(finding.message), standing_of(trajectory), first_sentence(finding.recommendation)};
}

}  // namespace perigee
