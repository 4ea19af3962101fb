#include <perigee/solvers/ceres/trajectory_callback.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

StepRecord record_of(const ceres::IterationSummary& summary) {
  StepRecord record;
  record.iteration = summary.iteration;
  record.value = summary.cost;
  record.gradient_norm = summary.gradient_norm;
  if (summary.iteration == 0) return record;
  record.kind = StepKind::step;
  record.step_norm = summary.step_norm;
  // Trust-region methods have no step size and leave 0.
  if (summary.step_size != 0.0) record.step_size = summary.step_size;
  return record;
}

End end_of(ceres::TerminationType type, const std::string& message) {
  const std::string text = "Ceres: " + message;
  switch (type) {
    case ceres::CONVERGENCE:
      return {EndClass::convergence, "ceres-convergence", text};
    case ceres::NO_CONVERGENCE:
      return {EndClass::budget, "ceres-no-convergence", text};
    case ceres::USER_SUCCESS:
      return {EndClass::budget, "ceres-user-success", text};
    case ceres::USER_FAILURE:
      return {EndClass::breakdown, "ceres-user-failure", text};
    case ceres::FAILURE:
      break;
  }
  return {EndClass::breakdown, "ceres-failure", text};
}

// Half a sum of robustified squares; a loss function of the user's own might be negative all the same.
bool is_nonnegative(const Trajectory& trajectory) {
  return std::none_of(trajectory.records.begin(), trajectory.records.end(),
                      [](const StepRecord& record) { return record.value < 0.0; });
}

SnapshotRule checked(SnapshotRule rule) {
  Recorder check(rule);  // throws
  return rule;
}

}  // namespace

TrajectoryCallback::TrajectoryCallback(const ceres::Problem& problem, SnapshotRule rule, std::vector<double*> blocks)
    : blocks_(problem, blocks.empty() ? free_blocks(problem) : std::move(blocks)),
      rule_(checked(rule)),
      is_least_squares_(true) {
  const std::size_t all = free_blocks(problem).size();
  if (blocks_.pointers().size() != all) {
    throw std::invalid_argument("TrajectoryCallback: blocks must be all the free ones, " + std::to_string(all) +
                                ", got " + std::to_string(blocks_.pointers().size()));
  }
}

TrajectoryCallback::TrajectoryCallback(const double* parameters, Index n, SnapshotRule rule)
    : blocks_(parameters, n), rule_(checked(rule)) {}

void TrajectoryCallback::start() {
  trajectory_ = Trajectory{};
  trajectory_.solver = "ceres";
  callbacks_ = 0;
  last_x_is_iterate_ = false;
}

ceres::CallbackReturnType TrajectoryCallback::operator()(const ceres::IterationSummary& summary) {
  if (summary.iteration == 0) start();
  ++callbacks_;
  if (summary.iteration > 0 && !summary.step_is_successful) return ceres::SOLVER_CONTINUE;

  const StepRecord record = record_of(summary);
  Vector x = blocks_.read();
  // A step beyond rounding moves x. Where the parameters did not move with it, they are those of another iterate.
  constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();
  last_x_is_iterate_ = summary.iteration == 0 || x != last_x_ || !(summary.step_norm > rounding * euclidean_norm(x));
  trajectory_.records.push_back(record);
  const Index last_kept = trajectory_.snapshots.empty() ? -1 : trajectory_.snapshots.back().iteration;
  if (last_x_is_iterate_ && keeps_snapshot(rule_, record, last_kept, trajectory_.snapshots.size())) {
    trajectory_.snapshots.push_back({record.iteration, x});
  }
  last_x_ = std::move(x);
  return ceres::SOLVER_CONTINUE;
}

Trajectory TrajectoryCallback::finished(const Outcome& outcome) const {
  const bool failed = outcome.type == ceres::FAILURE || outcome.type == ceres::USER_FAILURE;
  const Vector x = blocks_.read();
  Trajectory trajectory = trajectory_;
  bool x_is_last = last_x_is_iterate_;
  if (outcome.iterations.empty()) {  // ended at the start: Ceres called nobody
    trajectory = Trajectory{};
    trajectory.solver = "ceres";
    StepRecord record;
    if (!failed) record.value = outcome.initial_cost;
    trajectory.records.push_back(record);
    x_is_last = true;
  } else if (static_cast<Index>(outcome.iterations.size()) > callbacks_) {
    const ceres::IterationSummary& last = outcome.iterations.back();
    if (trajectory.records.empty() && last.iteration > 0) {
      throw std::invalid_argument("TrajectoryCallback: must be attached to the options before the solve");
    }
    if (last.iteration == 0 || last.step_is_successful) {
      trajectory.records.push_back(record_of(last));
      x_is_last = !failed || x != last_x_;
    }
  } else if (!x_is_last && !failed) {
    if (outcome.final_cost != trajectory.records.back().value) {  // the best iterate is not the last
      StepRecord record;
      record.iteration = outcome.iterations.back().iteration + 1;
      record.kind = StepKind::jump;
      record.value = outcome.final_cost;
      trajectory.records.push_back(record);
    }
    x_is_last = true;
  }
  const Index iteration = trajectory.records.back().iteration;
  if (x_is_last && (trajectory.snapshots.empty() || trajectory.snapshots.back().iteration != iteration)) {
    trajectory.snapshots.push_back({iteration, x});
  }
  trajectory.end = end_of(outcome.type, outcome.message);
  if (is_least_squares_ && is_nonnegative(trajectory)) trajectory.lower_bound = 0.0;
  return trajectory;
}

}  // namespace perigee
