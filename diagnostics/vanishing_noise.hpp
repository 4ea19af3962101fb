// Has the noise of the gradients vanished with the gradients? Then a level end is no noise floor but convergence.
//
// Where every term of a sum has its minimum at the same point (interpolation, as with data that a model fits exactly),
// the gradient of every minibatch vanishes there, and stochastic gradient descent converges linearly at a fixed step:
// Ma, Bassily and Belkin (2018). What is left is rounding. The noise has vanished if the median of the
// gradient norms from some iteration on is at most 1e-12 of the largest of the run; where no gradient norms are
// recorded, if the median of the value above its bound, which falls like their square, is at most 1e-24 of the first
// one; and if it falls no more: its median over the last eighth of the run is at least half of that over the eighth
// before. The bound is the best known (series.hpp), else 0 if no value is negative.
#ifndef PERIGEE_DIAGNOSTICS_VANISHING_NOISE_HPP
#define PERIGEE_DIAGNOSTICS_VANISHING_NOISE_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/diagnostics/finding.hpp>
#include <perigee/lib/trajectory.hpp>

#include <optional>

namespace perigee {

/// A finding "rounding-floor", information, from where on the gradient or the value stays that small; nothing if the
/// noise has not vanished from iteration `first` on. O(records).
std::optional<Finding> find_vanished_noise(const Trajectory& trajectory, Index first,
                                           const NoiseFloorOptions& options = {});

}  // namespace perigee

#endif
