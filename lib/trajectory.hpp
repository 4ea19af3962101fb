// What is kept of a run: the meeting point of solvers and diagnostics.
#ifndef PERIGEE_LIB_TRAJECTORY_HPP
#define PERIGEE_LIB_TRAJECTORY_HPP

#include <perigee/lib/end.hpp>
#include <perigee/lib/measurement_gaps.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/vector.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee {

inline constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

enum class StepKind : std::uint32_t {
  initial,       // the start point, iteration 0
  step,          // an ordinary accepted step
  perturbation,  // a step from a randomly perturbed point
  jump,          // a move that replaces the iterate: return to an anchor, step along negative curvature
};

/// "initial", "step", "perturbation" or "jump".
std::string_view name_of(StepKind kind);
/// The kind of that name; nothing if there is none.
std::optional<StepKind> step_kind_of(std::string_view name);

/// One iterate and the step that led to it. NaN means not measured, never zero.
struct StepRecord {
  Index iteration = 0;  // k; 0 is the start
  StepKind kind = StepKind::initial;
  std::uint32_t batch_size = 0;         // terms in the gradient; 0: the whole objective
  double value = not_measured;          // f(x_k)
  double gradient_norm = not_measured;  // ||grad f(x_k)||_2
  double step_norm = not_measured;      // ||x_k - x_{k-1}||_2
  double step_size = not_measured;      // eta where the step is eta times a gradient, else ||s||_2/||grad f||_2, or NaN
  double curvature = not_measured;      // s'(g_k - g_{k-1})/s's along s = x_k - x_{k-1}
  OracleCounts counts;                  // cumulative over the run
};

/// What a method decided on its way: which remedy it applied, from which iterate on, and what it had seen.
struct Decision {
  Index iteration = 0;
  std::string remedy;  // kebab-case: "negative-curvature-step", "long-step", ...
  std::string reason;  // one sentence with its numbers
  bool operator==(const Decision&) const = default;
};

/// x at one iteration.
struct Snapshot {
  Index iteration = 0;
  Vector x;
};

/// A quantity recorded beside the standard ones, one number an iteration; aligned with the records.
struct Column {
  std::string name;
  std::vector<double> values;
};

/// What a policy landscape is about: lets a diagnosis speak of actions and rewards.
/// The probabilities themselves are columns of the trajectory, in the order of the actions.
struct PolicyInformation {
  std::vector<std::string> probability_columns;  // one column an action (or a class)
  std::vector<double> rewards;                   // mean reward of each action; empty: unknown
  std::optional<Index> optimal_action;           // known best action
  std::string transform;                         // "softmax", "escort", "direct", or empty: unknown
};

/// The rows of a log behind one record that stands for several of them.
struct Block {
  Index rows = 1;
  double least_value = not_measured;
  double largest_value = not_measured;
  double value_variance = not_measured;  // mean squared deviation from the record's value
};

/// What a trajectory keeps of a log too long to keep every row of: its records are blocks of neighbouring rows, and
/// nothing of a row was left out of them (diagnostics/online/condenser.hpp).
struct Condensation {
  Index rows = 0;
  std::vector<Block> blocks;      // one a record
  MeasurementGaps value;          // of every row
  MeasurementGaps gradient_norm;  // likewise
};

/// A recorded run, ours or anybody's.
struct Trajectory {
  std::string problem;                                        // name, or empty
  std::string solver;                                         // name, or empty
  std::vector<std::pair<std::string, std::string>> settings;  // options as text, for the report
  std::vector<StepRecord> records;
  std::vector<Column> columns;
  std::vector<Snapshot> snapshots;
  std::vector<Decision> decisions;  // of a method that decides; in the order made
  std::optional<PolicyInformation> policy;
  std::optional<double> optimal_value;       // f*, where it is known
  std::optional<double> lower_bound;         // a value f cannot go below, where one is known
  std::optional<End> end;                    // nothing: still running, cut off, or unknown
  std::optional<Condensation> condensation;  // nothing: every record is a row

  /// The column of that name, or nullptr.
  const Column* column(std::string_view name) const;
};

}  // namespace perigee

#endif
