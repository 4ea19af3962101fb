// What several runs of one problem show together, from whatever objective they are: no policy and no curvature needed.
//
// Levels and stays are those of level_stays.hpp. For each level above the best:
//  - a stay counts from t_0 on, 3 times the usual passage out of that level (at least 3 spacings of the records): what
//    lasts less is passing by. For a constant rate of leaving, the time beyond t_0 has the law of the whole;
//  - it ends in an event where the run goes on to a better level. Runs still there at the end, and those that went to
//    a worse level, are censored. Runs at rest there (a judged minimum, an iterate that no longer changes, without
//    noise) will not leave: they are counted apart and are no part of the rate;
//  - rate of leaving, its interval, and whether it is constant: statistics/exponential_rate.hpp, at 5%;
//  - expected remaining time 1/rate, of a run that stands there;
//  - restart or wait: the interval of 1/rate against that of the cost of restarts (statistics/restart_cost.hpp, from
//    the times at which runs were first at the best level). Advice only where the two are disjoint. Where the rate
//    falls with the time waited, 1/rate is too short: waiting is not advised; where it rises, too long: restarting is
//    not advised. Waiting is advised only where every departure led to the best level in the end.
// Shares, rates and advice need five runs or more (for a rate: with a stay at that level) of one solver with one set of
// options, as far as that was recorded; otherwise there are only counts.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_METASTABILITY_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_METASTABILITY_HPP

#include <perigee/diagnostics/compare/level_stays.hpp>
#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/together.hpp>
#include <perigee/lib/random.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace perigee {

inline constexpr Index fewest_runs_for_rates = 5;

/// What is kept of a run for this question.
struct RunCourse {
  std::string problem;  // empty: unknown
  std::string method;   // solver and options but for the seed; empty: unknown
  Series values;        // at most 4096 points: medians over blocks of a longer run
  std::vector<Stretch> standstills;
  std::optional<double> optimal_value;
  bool is_broken = false;   // no finite value at the end, or diverged
  bool is_at_rest = false;  // see above
};

/// `diagnosis` is that of the trajectory; an empty one leaves out standstills and who is at rest.
RunCourse course_of(const Trajectory& trajectory, const Diagnosis& diagnosis = {});

/// All of the courses as runs of one problem; their places are those in `courses`. `random` is for the simulations
/// behind tests and intervals. O(n log n) in the points, and 1000 simulations over the stays of a level.
Together read_together(std::span<const RunCourse> courses, const RandomSource& random = RandomSource(0));

/// The same for each problem that at least two of the courses are of, in order of their first run; courses without a
/// problem's name count as of one.
std::vector<Together> read_together_by_problem(std::span<const RunCourse> courses,
                                               const RandomSource& random = RandomSource(0));

}  // namespace perigee

#endif
