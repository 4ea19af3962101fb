// Many short runs of gradient descent with a fixed learning rate: a summary a run, as many runs as one likes.
//
//     x_{k+1} = x_k - eta grad f(x_k)   from the start of run r = 0, 1, ...
//
// Runs are dealt to threads in blocks of fixed size, and within a block, where the objective is a BatchObjective, to
// the lanes of vectors; a lane whose run has ended takes the next run of its block. No run's bits depend on its
// neighbours, on the number of threads or on the lane: they are those of `run` with GradientDescent at the same rate,
// as long as the target of simd_target.hpp stays the same. Memory: a summary a run, whatever the number of steps.
#ifndef PERIGEE_LIB_ENSEMBLE_HPP
#define PERIGEE_LIB_ENSEMBLE_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/end.hpp>
#include <perigee/lib/objective.hpp>

#include <functional>
#include <limits>
#include <vector>

namespace perigee {

/// How one run of an ensemble went.
struct RunSummary {
  LaneEnd end = LaneEnd::running;
  Index iterations = 0;  // k of the last accepted iterate
  /// The first k with f(x_k) <= escape_value (and far from escape_from, where that is given), in iterations; NaN: none.
  double escape_time = std::numeric_limits<double>::quiet_NaN();
  double value = std::numeric_limits<double>::quiet_NaN();          // f of the last accepted iterate
  double gradient_norm = std::numeric_limits<double>::quiet_NaN();  // ||grad f||_2 there
  bool operator==(const RunSummary&) const = default;
};

struct EnsembleOptions {
  double learning_rate = 0.1;        // eta > 0
  Index max_iterations = 1000;       // >= 0
  double gradient_tolerance = -1.0;  // ends a run with ||grad f||_2 <= it; negative: no such criterion
  double escape_value = std::numeric_limits<double>::quiet_NaN();  // NaN: escape times are not asked for
  std::vector<double> escape_from{};  // a point, length n; empty: an escape is by the value alone
  double escape_distance = 0.0;       // and else also by ||x_k - escape_from||_2 > escape_distance; >= 0
  double stop_value = std::numeric_limits<double>::quiet_NaN();  // ends a run with f(x_k) <= it; NaN: never
  int threads = 1;                                               // >= 1
  std::function<bool()> cancelled{};  // asked every few steps, from any thread; true ends it all; empty: never
};

struct EnsembleResult {
  std::vector<RunSummary> runs;      // in the order of the runs
  std::vector<double> final_points;  // x of the last accepted iterate, run after run; empty unless asked for
};

/// Writes the start of a run (length n). Called once a run, from any of the threads: a function of the run's number and
/// nothing else, as in `fill_standard_normal(random.engine("start", run), x)`.
using StartFunction = std::function<void(Index run, VectorView x)>;

/// What to keep of each run beside its summary.
enum class EnsembleKeeps { summaries, final_points };

/// Runs `runs` runs. A run whose value or squared gradient norm is not finite ends there, with the last accepted
/// iterate; one that starts at such a point ends with iterations = 0. What is cancelled in flight, or was not begun, is
/// left as LaneEnd::running. Cost: one gradient a step and one a start. Throws std::invalid_argument if an option is
/// outside its range or runs < 0, and whatever `start` throws.
EnsembleResult run_ensemble(const Objective& objective, Index runs, const StartFunction& start,
                            const EnsembleOptions& options, EnsembleKeeps keeps = EnsembleKeeps::summaries);

/// sum_i (a_i - b_i)^2, from i = 0 on: with the bits that escapes of an ensemble are judged by.
double squared_distance(ConstVectorView a, ConstVectorView b);

/// "running", "gradient-tolerance", "value-target", "max-iterations" or "non-finite": the ids of the same ends of
/// `run`.
std::string_view name_of(LaneEnd end);

}  // namespace perigee

#endif
