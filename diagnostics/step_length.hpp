// How long were the steps at the end of a run, measured by the curvature they met? What the questions "is the step too
// small?" (step_too_small.hpp) and "is it a valley?" (ill_conditioned_valley.hpp) have in common.
//
// With eta the step size, h = s'(g_k - g_{k-1})/s's the curvature along a step s and lambda the largest curvature there
// is, gradient descent on a quadratic is stable for eta lambda < 2, and a component of curvature h shrinks by 1 - eta h
// an iteration: eta lambda says whether the step could be longer, lambda/h how much slower the run is than it need be.
#ifndef PERIGEE_DIAGNOSTICS_STEP_LENGTH_HPP
#define PERIGEE_DIAGNOSTICS_STEP_LENGTH_HPP

#include <perigee/diagnostics/detector.hpp>

#include <optional>

namespace perigee {

struct StepLength {
  Index first = 0;  // the second half of the run, in iterations
  Index last = 0;
  double step_size = not_measured;          // eta, median
  double curvature = not_measured;          // h along the steps, median; NaN: not recorded
  double largest_curvature = not_measured;  // lambda, see curvature_is_of_hessian
  bool curvature_is_of_hessian = false;     // the largest |Ritz value| at the end; else the largest |h| in that half
  double largest_recorded = not_measured;   // |h| in the whole run; NaN: not recorded
  double rate = not_measured;               // -d log ||grad f||^2/dk, median over pairs of iterations
  double cosine = not_measured;         // of successive steps, median; NaN: neither snapshots nor plain gradient steps
  double gradient_norm = not_measured;  // at the end
};

/// Measures the second half of the run. Nothing where the question has no answer: fewer than 20 records there with step
/// size and gradient norm, gradients of minibatches or with noise added, a value that does not fall, a gradient that
/// vanishes within the tolerance, or no curvature to compare with. Asks at most 16 Hessian-vector products at the last
/// snapshot, if it belongs to the last record and the objective is at hand.
std::optional<StepLength> measure_step_length(const DiagnosisInput& input);

}  // namespace perigee

#endif
