#include <perigee/diagnostics/compare/together_words.hpp>

#include <perigee/diagnostics/compare/metastability.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace perigee {

namespace {

constexpr std::size_t most_named = 6;  // levels
constexpr double near_optimum = 0.05;  // of the usual range: the best level is the optimum

std::string counted(Index count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string short_number(double value) { return format_number(value, 3); }

std::string iterations(double count) { return format_count(count); }

std::string percent(double share) { return format_number(std::round(100.0 * share)) + "%"; }

std::string range(const BoundedNumber& number, std::string (*words)(double)) {
  const std::string to = std::isinf(number.upper) ? "no upper limit" : "to " + words(number.upper);
  return "95% interval " + words(number.lower) + ' ' + to;
}

std::string where(const TogetherLevel& level) { return format_number(level.value, 4); }

// Levels that only a single run passed through are in the numbers, not in the words.
bool is_told(const TogetherLevel& level) { return !level.ends.empty() || level.stays > 1; }

std::string ends(const Together& together) {
  const auto runs = static_cast<Index>(together.runs.size());
  std::vector<const TogetherLevel*> with_ends;
  for (const TogetherLevel& level : together.levels) {
    if (!level.ends.empty()) with_ends.push_back(&level);
  }
  std::string text = counted(runs, "run") + (together.problem.empty() ? "" : " of " + together.problem) + ": ";
  if (with_ends.size() == 1 && together.broken + together.moving == 0) {
    return text + "all end at one level, " + where(*with_ends.front()) + ".";
  }
  if (with_ends.empty()) return text + "none ends at a finite value.";
  const auto shown = std::min(with_ends.size(), most_named);
  text += with_ends.size() == 1 ? "" : "they end at " + std::to_string(with_ends.size()) + " levels: ";
  for (std::size_t j = 0; j < shown; ++j) {
    text += (j == 0 ? "" : ", ") + std::to_string(with_ends[j]->ends.size()) + " at " + where(*with_ends[j]) +
            (with_ends[j] == &together.levels.front() ? " (the best)" : "");
  }
  Index further = 0;
  for (std::size_t j = shown; j < with_ends.size(); ++j) further += static_cast<Index>(with_ends[j]->ends.size());
  if (further > 0) text += ", " + std::to_string(further) + " at worse ones";
  if (together.moving > 0) text += "; " + std::to_string(together.moving) + " still on the way when recorded last";
  if (together.broken > 0) text += "; " + std::to_string(together.broken) + " broke down";
  return text + ".";
}

void add_best(const Together& together, const TogetherContext& context, std::vector<std::string>& words) {
  if (together.levels.empty()) return;
  const TogetherLevel& best = together.levels.front();
  if (!std::isnan(best.share.lower) && best.ends.size() < together.runs.size()) {
    words.push_back("The best level is where " + std::to_string(best.ends.size()) + " of " +
                    std::to_string(together.runs.size()) + " end: " + percent(best.share.value) + ", " +
                    range(best.share, percent) + ".");
  }
  const double excess = best.lowest - context.optimal_value;
  if (excess > near_optimum * context.usual_range && excess > 1e-6 * (1.0 + std::abs(context.optimal_value))) {
    words.push_back("None of them reached the known optimal value " + format_number(context.optimal_value, 4) +
                    ": the best level is " + short_number(excess) + " above it.");
  }
  if (context.best_fall > near_optimum * context.usual_range) {
    words.push_back("Even the best run was still falling at its end: better values may lie below all of these.");
  }
}

std::string stays(const TogetherLevel& level) {
  const auto standing = static_cast<Index>(level.ends.size()) - level.at_rest;
  std::string text = "At " + where(level) + ", ";
  if (level.stays == 0) {
    text += counted(level.at_rest, "run") + (level.at_rest == 1 ? " is" : " are") +
            " at rest: waiting longer gains nothing.";
    return text;
  }
  text += counted(level.stays, "stay") + " of more than " + iterations(level.shortest_stay) +
          " iterations: " + (level.left == 0 ? "none" : std::to_string(level.left)) + " went on to a better level";
  if (standing > 0)
    text += ", " + std::to_string(standing) + (standing == 1 ? " run stands" : " runs stand") + " there";
  text += ".";
  if (level.at_rest > 0) {
    text += " " + counted(level.at_rest, "more run") + (level.at_rest == 1 ? " is" : " are") +
            " at rest there, where waiting gains nothing.";
  }
  return text;
}

std::string rate(const TogetherLevel& level) {
  std::string text = " Runs leave it at a rate of " + short_number(level.rate.value) + " an iteration (" +
                     range(level.rate, short_number) + "): ";
  text += level.left == 0
              ? "one that stands there waits " + iterations(level.remaining.lower) + " iterations or more on average"
              : "one that stands there waits " + iterations(level.remaining.value) + " more iterations on average (" +
                    range(level.remaining, iterations) + ")";
  const std::string p = "p = " + format_number(level.exponential_p, 2);
  switch (level.leaving) {
    case LeavingRate::not_tested:
      return text + ", if the rate is constant: there are too few departures to test that.";
    case LeavingRate::constant:
      return text + ". The times agree with a constant rate (" + p +
             "): if it is one, how long a run has stood there says nothing of how long it will.";
    case LeavingRate::rising:
      return text + ". But the rate is not constant (" + p +
             "): it rises with the time spent there, and those that came first are the next to leave; the mean is too "
             "long for them.";
    case LeavingRate::falling:
      return text + ". But the rate is not constant (" + p +
             "): it falls with the time spent there, and those that have stayed long stay longer still than the mean.";
  }
  return text;
}

std::string advice(const Together& together, const TogetherLevel& level) {
  const std::string restarts = "new starts" +
                               (std::isinf(together.restart_cutoff)
                                    ? std::string()
                                    : ", each given up after " + iterations(together.restart_cutoff) + " iterations,") +
                               " need " + iterations(together.restart_cost.value) +
                               " iterations until one arrives at the best level (" +
                               range(together.restart_cost, iterations) + ").";
  switch (level.advice) {
    case RestartAdvice::restart:
      return " Restart rather than wait: " + restarts;
    case RestartAdvice::wait:
      return " Wait rather than restart: " + restarts;
    case RestartAdvice::undecided:
      return " These runs do not decide between waiting and restarting: " + restarts;
    case RestartAdvice::none:
      return "";
  }
  return "";
}

}  // namespace

std::vector<std::string> together_words(const Together& together, const TogetherContext& context) {
  std::vector<std::string> words{ends(together)};
  add_best(together, context, words);
  for (std::size_t j = 1; j < std::min(together.levels.size(), most_named); ++j) {
    const TogetherLevel& level = together.levels[j];
    if (!is_told(level) || level.stays + level.at_rest == 0) continue;
    std::string text = stays(level);
    if (!std::isnan(level.rate.value)) text += rate(level);
    words.push_back(text + advice(together, level));
  }
  if (together.problem.empty()) {
    words.push_back("The logs do not name what they minimize: all this holds if it is one objective.");
  }
  if (!together.is_one_method) {
    words.push_back("The runs differ in solver or options, so that a common share or rate would mean nothing.");
  } else if (static_cast<Index>(together.runs.size()) < fewest_runs_for_rates) {
    words.push_back("Shares and rates take " + std::to_string(fewest_runs_for_rates) + " runs or more.");
  }
  return words;
}

}  // namespace perigee
