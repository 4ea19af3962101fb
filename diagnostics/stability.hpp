// How large may step size times curvature be before a method is thrown out of a quadratic?
//
// On 1/2 lambda x^2 each method is a linear iteration; it is stable while the spectral radius of its matrix is below 1.
// All of them first lose that through an eigenvalue -1 (an oscillation of period 2), at eta lambda =
//   2                          gradient descent
//   2 + 2 beta                 heavy ball
//   (2 + 2 beta)/(1 + 2 beta)  Nesterov
//   (2 + 2 beta1)/(1 - beta1)  Adam, with lambda of the Hessian preconditioned by its second moments, held fixed
// Cohen et al. (2021), appendix B; Cohen et al. (2022), equation (2).
#ifndef PERIGEE_DIAGNOSTICS_STABILITY_HPP
#define PERIGEE_DIAGNOSTICS_STABILITY_HPP

#include <perigee/lib/trajectory.hpp>

#include <optional>

namespace perigee {

/// The largest stable eta lambda of each; 0 <= beta < 1.
double stable_product_of_heavy_ball(double beta);
double stable_product_of_nesterov(double beta);
double stable_product_of_adam(double beta1);

struct StabilityLimit {
  double learning_rate = not_measured;  // eta
  double product = 2.0;                 // the largest stable eta lambda
};

/// Of a recorded run whose solver and settings say so: gradient descent, heavy ball and Nesterov with a constant
/// learning rate (and momentum). Nothing for other methods, for schedules, and for Adam, whose preconditioned curvature
/// is not recorded.
std::optional<StabilityLimit> stability_limit(const Trajectory& trajectory);

/// eta times the curvature along the step, scaled so that 2 is the largest stable one, as for gradient descent. Without
/// a limit: by the step size on record, unscaled. NaN: not recorded.
double relative_product(const StepRecord& record, const std::optional<StabilityLimit>& limit);

}  // namespace perigee

#endif
