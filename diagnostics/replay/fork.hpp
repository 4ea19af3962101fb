// Where a recorded run is to be forked, and what counts as having left.
//
// The default is the start of the longest slow phase that the diagnosis finds: of the findings gravity-well,
// saddle-passage, strict-saddle, degenerate-stationary-point and local-maximum (as a problem, these three hold the
// run's end), and of a plateau that none of them covers by half. A phase that the run ended in counts as the longest:
// how long it would have lasted nobody has seen.
//
// A run forked at x has left once its value is below f(x) - D. The departure D > 0 is the same for every strategy:
//
//     gravity-well       a tenth of what is left, f(x) - b: the event by which the finding itself tells that a run left
//     plateau            a fifth of it, the change of level by which the finding tells the same
//     a saddle, others   a hundredth of it: the value near a saddle changes by less until the run is on its way
//
// with b the optimal value or a lower bound where one is known; else what is left is the range of the values recorded.
#ifndef PERIGEE_DIAGNOSTICS_REPLAY_FORK_HPP
#define PERIGEE_DIAGNOSTICS_REPLAY_FORK_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/trajectory.hpp>

#include <optional>
#include <string>

namespace perigee {

struct SlowPhase {
  std::string finding;  // its id
  Index first = 0;      // in iterations
  Index last = 0;
  bool is_end = false;  // the run ended in it
};

struct Fork {
  Index iteration = 0;  // of the snapshot
  Vector x;
  double level = 0.0;              // f(x)
  double departure = 0.0;          // D > 0: left once f < level - D
  std::string departure_rule;      // how D was chosen, in words
  std::optional<SlowPhase> phase;  // that x lies in; nothing: in none
  // What the recorded run itself spent from x until it had left, as C = gradients + 2 Hessian-vector products +
  // values/3, and the iterations it took. NaN: it never left.
  double recorded_cost = not_measured;
  double recorded_iterations = not_measured;
};

struct ForkOptions {
  std::optional<Index> iteration{};   // fork at the last snapshot up to here; nothing: by the rule above
  std::optional<double> departure{};  // D; nothing: by the rule above
};

/// The longest slow phase; of equals the first. Nothing: the run was nowhere slow.
std::optional<SlowPhase> longest_slow_phase(const Trajectory& trajectory, const Diagnosis& diagnosis);

/// The fork. Throws std::invalid_argument if the run has no snapshot there, was nowhere slow (and no iteration is
/// given), if the value at the snapshot is not finite, or if no departure > 0 is given or to be had.
/// Cost: one value.
Fork find_fork(const Trajectory& trajectory, const Diagnosis& diagnosis, const Objective& objective,
               const ForkOptions& options = {});

/// C = gradients + 2 Hessian-vector products + values/3.
double cost_of(const OracleCounts& counts);

}  // namespace perigee

#endif
