// Counterfactuals: which strategy would have left the place where a run was slow, when, and at what cost?
//
// From the fork (fork.hpp) every strategy (strategy.hpp) runs until its value is below level - departure or its cost
//
//     C = gradients + 2 Hessian-vector products + values/3,   the first gradient at the fork included,
//
// has reached the budget. The event is one and the same for all, decided on the true value (off the budget where a
// strategy sees minibatches only). Runs k = 0, ..., seeds - 1 draw from RandomSource(seed, k), the same for every
// strategy. A strategy whose first two runs agree in the last bit draws nothing and is not run again. A run that ended
// by itself, or broke down, without having left counts as one that never leaves: its time is infinite like that of a
// run cut at the budget.
#ifndef PERIGEE_DIAGNOSTICS_REPLAY_REPLAY_HPP
#define PERIGEE_DIAGNOSTICS_REPLAY_REPLAY_HPP

#include <perigee/diagnostics/replay/fork.hpp>
#include <perigee/diagnostics/replay/median_interval.hpp>
#include <perigee/diagnostics/replay/strategy.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perigee {

struct ReplayOptions {
  std::vector<NamedChoice> strategies{};  // empty: default_strategies, those left out that the problem does not permit
  Index seeds = 20;                       // runs of each strategy that draws, >= 1
  std::uint64_t seed = 0;
  double budget = 0.0;   // C of each run, >= 1; 0: twice what the recorded run spent until it had left, within
                         // [1000, 100000]; 10000 where it never left
  unsigned threads = 1;  // >= 1; results do not depend on it
};

enum class ReplayEnd {
  left,        // f < level - departure
  budget,      // not within the budget
  ended,       // the method ended itself before that
  broke_down,  // non-finite values, a failed line search
};

/// "left", "budget", "ended", "broke-down".
std::string_view name_of(ReplayEnd end);

struct ReplayRun {
  ReplayEnd end = ReplayEnd::budget;
  double iterations = 0.0;  // until it had left, or until its end
  double cost = 0.0;        // C, likewise
  double value = 0.0;       // f there
  bool operator==(const ReplayRun&) const = default;
};

struct ReplayRow {
  std::string strategy;
  bool is_deterministic = false;  // then there is one run, and no interval of its share
  std::vector<ReplayRun> runs{};
  Index left = 0;
  double share_low = 0.0;  // 95% Wilson interval of the probability to leave within the budget
  double share_high = 0.0;
  MedianInterval iterations{};  // until it had left, 95%; a single deterministic run: the number itself
  MedianInterval cost{};
};

struct ReplayResult {
  std::string problem;
  std::string baseline;
  Fork fork;
  double budget = 0.0;
  Index seeds = 0;
  std::uint64_t seed = 0;
  double learning_rate = not_measured;  // of the baseline
  std::vector<ReplayRow> rows;
  std::vector<std::string> left_out;  // default strategies that the problem does not permit, with the reason
};

/// Runs the strategies. `baseline` is the solver of the recorded run. Throws std::invalid_argument on options out of
/// range, and for a named strategy that is unknown or not permitted.
/// Cost: at most strategies x seeds x budget.
ReplayResult replay(const Problem& problem, const NamedChoice& baseline, const Fork& fork,
                    const ReplayOptions& options = {});

/// The row that left at the least median cost; nullptr if in none half of the runs left.
const ReplayRow* cheapest(const ReplayResult& result);

}  // namespace perigee

#endif
