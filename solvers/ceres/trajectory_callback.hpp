// A trajectory of a Ceres program as it is, for perigee::diagnose and every report:
//
//     perigee::TrajectoryCallback recorder(problem);  // or (parameters, n) for a GradientProblem
//     recorder.attach(options);
//     ceres::Solve(options, &problem, &summary);
//     const perigee::Trajectory trajectory = recorder.trajectory(summary);
//
// Ceres' iteration summaries have their traps; this is what becomes of them:
// - Rejected trust-region steps: the summary holds cost and step of the rejected point. Only accepted iterates are
//   recorded, under Ceres' own iteration numbers (so numbers are left out).
// - The line-search minimizer does not call back for its converging iteration: added from the solver's summary.
// - Parameters are those of the iterate only with update_state_every_iteration, which `attach` switches on; and even
//   so, with nonmonotonic steps, they are those of the best iterate. A point is kept only where the parameters moved
//   along with the step. Where Ceres returns an earlier iterate than the last, a record of kind jump closes the run.
// - On FAILURE the final cost means nothing and is not read.
#ifndef PERIGEE_SOLVERS_CERES_TRAJECTORY_CALLBACK_HPP
#define PERIGEE_SOLVERS_CERES_TRAJECTORY_CALLBACK_HPP

#include <perigee/lib/recorder.hpp>
#include <perigee/lib/trajectory.hpp>
#include <perigee/solvers/ceres/parameter_blocks.hpp>

#include <ceres/iteration_callback.h>
#include <ceres/types.h>

#include <string>
#include <vector>

namespace perigee {

/// Records a run of ceres::Solve: every accepted iterate with its cost, gradient norm and step, and snapshots of the
/// parameters by rule. A new Solve with the same callback starts a new trajectory. Not for two solves at once.
/// Per accepted iterate: one comparison of the parameters, O(n), and a copy where the rule keeps a snapshot.
/// Ceres' summaries do not count evaluations for every minimizer: the records' counts stay 0.
class TrajectoryCallback final : public ceres::IterationCallback {
 public:
  /// The free blocks of the problem in the order of ProblemObjective: name the same blocks to both, or none.
  /// Manifolds and bounds are allowed; points are in the ambient space. Throws std::invalid_argument if `blocks`, when
  /// there are any, are not all the free blocks, each once, or if the rule is out of range.
  explicit TrajectoryCallback(const ceres::Problem& problem, SnapshotRule rule = {}, std::vector<double*> blocks = {});
  /// The n parameters handed to ceres::Solve for a GradientProblem.
  TrajectoryCallback(const double* parameters, Index n, SnapshotRule rule = {});

  /// Adds the callback to ceres::Solver::Options or ceres::GradientProblemSolver::Options and has Ceres keep the
  /// parameters current. The callback must outlive the solve.
  template <class Options>
  void attach(Options& options) {
    options.callbacks.push_back(this);
    options.update_state_every_iteration = true;
  }

  ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override;

  /// The whole run, after ceres::Solve and before the parameters change again. `summary` is what Solve filled in.
  /// End: convergence "ceres-convergence" (Ceres' claim, in Ceres' words), budget "ceres-no-convergence" or
  /// "ceres-user-success", breakdown "ceres-failure" or "ceres-user-failure".
  /// The cost of a ceres::Problem is known to be at least 0: that is the trajectory's lower bound.
  /// Throws std::invalid_argument if the callback took no part in the solve.
  template <class Summary>
  Trajectory trajectory(const Summary& summary) const {
    return finished(
        {summary.termination_type, summary.message, summary.initial_cost, summary.final_cost, summary.iterations});
  }

 private:
  // What the summaries of Ceres' two solvers have in common.
  struct Outcome {
    ceres::TerminationType type;
    const std::string& message;
    double initial_cost;
    double final_cost;
    const std::vector<ceres::IterationSummary>& iterations;
  };
  Trajectory finished(const Outcome& outcome) const;
  void start();

  ParameterBlocks blocks_;
  SnapshotRule rule_;
  bool is_least_squares_ = false;
  Trajectory trajectory_;
  Vector last_x_;                   // the parameters at the last record
  bool last_x_is_iterate_ = false;  // whether they were those of the iterate recorded
  Index callbacks_ = 0;             // in this solve
};

}  // namespace perigee

#endif
