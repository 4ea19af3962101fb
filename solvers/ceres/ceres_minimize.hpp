// A Perigee objective solved by the line-search methods of Ceres Solver (ceres::GradientProblemSolver).
//
// Ceres owns its loop and offers a callback an iteration, but no step: so this is a function beside `run`, with
// the same options and the same result, and not a Solver.
//
// The iterates are Ceres' own, x_0 to the last. Ceres does not call back for the iteration at which it finds
// itself converged (nor at all when it converges at x_0); that iterate is added from what Ceres evaluated there.
#ifndef PERIGEE_SOLVERS_CERES_CERES_MINIMIZE_HPP
#define PERIGEE_SOLVERS_CERES_CERES_MINIMIZE_HPP

#include <perigee/lib/run.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee {

enum class CeresDirection {
  lbfgs,
  bfgs,                // O(n^2) memory
  conjugate_gradient,  // nonlinear, Fletcher-Reeves
  steepest_descent,
};

enum class CeresLineSearch {
  wolfe,   // strong Wolfe conditions
  armijo,  // sufficient decrease alone: steepest_descent and conjugate_gradient only
};

/// The defaults are those of Ceres 2.1. With a tolerance of 0 its test fires on exact equality only.
struct CeresOptions {
  CeresDirection direction = CeresDirection::lbfgs;
  CeresLineSearch line_search = CeresLineSearch::wolfe;
  Index memory = 20;                  // correction pairs of lbfgs, in [1, 1000000]
  double gradient_tolerance = 1e-10;  // ends where max_i |g_i| <= this, >= 0
  double function_tolerance = 1e-6;   // ends where |f_k - f_{k-1}| <= this |f_{k-1}|, >= 0
  double parameter_tolerance = 1e-8;  // ends where ||x_k - x_{k-1}|| <= this (||x_{k-1}|| + this), >= 0
};

/// "ceres-lbfgs", "ceres-bfgs", "ceres-cg" or "ceres-steepest-descent".
std::string ceres_name(const CeresOptions& options);

/// The options as (name, value) text pairs, for Trajectory::settings.
std::vector<std::pair<std::string, std::string>> ceres_settings(const CeresOptions& options);

/// Minimizes f from x0 (length n) with Ceres. `run_options`: the stop rule is asked at every iterate that Ceres goes
/// on from; observers see every iterate once and do not change the run; the random source is not used.
///
/// End of the run:
///   convergence "ceres-convergence"    Ceres says CONVERGENCE, by its first-order, value or step test: Ceres' claim,
///                                      in Ceres' words; none of these tests looks at the curvature
///   breakdown "ceres-zero-step"        Ceres says CONVERGENCE because its line search came back with the step 0
///   breakdown "ceres-failure"          Ceres says FAILURE; the result is the last iterate
///   breakdown "non-finite"             f or grad f is not finite at x0, or at every trial point of the last iteration
///   the stop rule's                    it fired
///
/// `step_size` of a record is Ceres' factor of its search direction. Counts are the gradient calls that Ceres made
/// (Ceres always asks for value and gradient together); a trial point where f or grad f is not finite is reported to
/// Ceres as not evaluable, and its line search steps back.
/// Observers cannot save the state of this run: Stepper::save_state throws std::invalid_argument.
/// Throws std::invalid_argument if x0 has another length, an option is out of range, armijo is asked for with lbfgs
/// or bfgs, or run_options.state is not empty. Memory: an evaluation (2n doubles) per trial of the longest line search.
RunResult ceres_minimize(const Objective& objective, ConstVectorView x0, const CeresOptions& options = {},
                         const RunOptions& run_options = {});

}  // namespace perigee

#endif
