// Did a run converge superlinearly at its end: ||grad f_{t+1}|| ~ ||grad f_t||^q with q > 1, as Newton's method does?
//
// On z = log ||grad f|| each step of order q is q times as long as the one before: d_t = z_t - z_{t+1}, d_{t+1}/d_t ->
// q. Asked of the last three steps before rounding decides (||grad f|| at 1e-13 of its largest): each at least 1.2
// times as long as the one before, the last twice as long as the first, and by a factor of 100 or more in the norm.
// Steps of a linear rate are all of one length, those of a power law shorten; noise of the gradient norm is far below a
// factor of 100. Where the last steps are unequal, as at the end of a curved valley, nothing is said. Nocedal and
// Wright (2006), section A.2, for the orders.
#ifndef PERIGEE_DIAGNOSTICS_SUPERLINEAR_HPP
#define PERIGEE_DIAGNOSTICS_SUPERLINEAR_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/lib/trajectory.hpp>

#include <optional>

namespace perigee {

struct SuperlinearEnd {
  double order = not_measured;  // q, the geometric mean of the two ratios of the last three steps
  Index first = 0;              // the three steps, in iterations
  Index last = 0;
};

/// Nothing where the end is not superlinear, gradient norms or iterations are missing in between, or a gradient is that
/// of a minibatch. O(records).
std::optional<SuperlinearEnd> superlinear_end(const Trajectory& trajectory, const SuperlinearOptions& options = {});

}  // namespace perigee

#endif
