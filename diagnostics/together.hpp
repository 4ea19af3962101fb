// What several runs of one problem show together: at which levels they end, how long they stayed where it is worse,
// and whether a run that stands there had better wait or be started again. Plain numbers and sentences for the
// renderers; compare/metastability.hpp makes them.
#ifndef PERIGEE_DIAGNOSTICS_TOGETHER_HPP
#define PERIGEE_DIAGNOSTICS_TOGETHER_HPP

#include <perigee/lib/trajectory.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// A number with its 95% confidence interval; NaN: not to be had.
struct BoundedNumber {
  double value = not_measured;
  double lower = not_measured;
  double upper = not_measured;
};

/// Whether the rate of leaving a level changes with the time that a run has stood there.
enum class LeavingRate {
  not_tested,
  constant,  // not rejected at 5%: the time already waited says nothing
  rising,    // the longer it lasted, the sooner it ends
  falling,   // those that have stayed long stay longer still
};
/// "not tested", "constant", "rising", "falling".
std::string_view name_of(LeavingRate rate);

enum class RestartAdvice { none, restart, wait, undecided };
/// "none", "restart", "wait", "undecided".
std::string_view name_of(RestartAdvice advice);

/// Values that belong together, and what the runs did there. A stay is a visit that lasted longer than
/// `shortest_stay`; its time is counted from then on. Times are in iterations.
struct TogetherLevel {
  double value = not_measured;  // the median
  double lowest = not_measured;
  double highest = not_measured;
  std::vector<Index> ends;              // the runs that end here, by their places, from 0
  BoundedNumber share;                  // of the runs that end here (Wilson), with five runs or more
  Index at_rest = 0;                    // of `ends`, those that stand at a minimum or with an unchanging iterate
  Index stays = 0;                      // of all runs, except for those at rest
  Index left = 0;                       // of the stays, those that went on to a better level
  double shortest_stay = 0.0;           // what lasts less is passing by
  double total_time = 0.0;              // of the stays
  BoundedNumber rate;                   // of going on to a better level, an iteration; at least five runs
  BoundedNumber remaining;              // expected, 1/rate
  double exponential_p = not_measured;  // small: the rate is not constant
  LeavingRate leaving = LeavingRate::not_tested;
  RestartAdvice advice = RestartAdvice::none;  // for a run that stands here
};

struct Together {
  std::string problem;                // empty: unknown
  std::vector<Index> runs;            // their places, from 0
  Index broken = 0;                   // ended in a value that is not finite, or diverged
  Index moving = 0;                   // still on their way at the end: at no level
  bool is_one_method = true;          // one solver, one set of options, as far as recorded; else no rates and no shares
  std::vector<TogetherLevel> levels;  // from the best to the worst
  BoundedNumber restart_cost;  // iterations until some run arrives at the best level, if all others are restarted
  double restart_cutoff = not_measured;  // after as many iterations; infinite: at the end of their budget
  std::vector<std::string> sentences;    // the same in words
};

}  // namespace perigee

#endif
