// Did the run slow down near a saddle, and leave it along negative curvature?
//
// Near a saddle gradient steps of size eta shrink the distance in the directions of positive curvature, and multiply it
// by 1 + eta |lambda| in that of negative curvature lambda. The gradient norm falls to a lowest value and then grows
// exponentially, at the rate mu = log(1 + eta |lambda|) an iteration, until the quadratic model ends: a distance r
// takes ln(R/r)/log(1 + eta |lambda|) iterations to become R (Jin et al. 2017, section 3; Nesterov 2018, section 1.2).
// A passage is a growth of ||grad f|| by a factor of 10 or more such that
//  1. log ||grad f|| is a straight line in the iterations over the middle of the growth (20% to 70% of it on the
//     logarithmic scale): the slopes of its two halves agree within a factor 2. The growth in a gravity well, 1/(c -
//     t), is not;
//  2. the growth ended before the run did; the value falls meanwhile, and does not rise again above that level;
//  3. the curvature recorded along the steps there is negative at the median, where it was recorded.
// lambda is the smallest eigenvalue at the snapshot nearest to the lowest gradient (Lanczos, with the objective at
// hand), else the median curvature recorded along the steps of the growth. `likely` if it is negative and mu agrees
// with log(1 + eta |lambda|) within 25%; else `suspected`: nothing recorded contradicts it. The slow stretch, from the
// lowest gradient back and forth to where the norm is a tenth of the peak, is a phase of the run. A warning if it took
// a tenth of the run, else information.
#ifndef PERIGEE_DIAGNOSTICS_SADDLE_PASSAGE_HPP
#define PERIGEE_DIAGNOSTICS_SADDLE_PASSAGE_HPP

#include <perigee/diagnostics/detector.hpp>

#include <optional>

namespace perigee {

/// A growth of the gradient norm that goes on at the end of what was recorded, exponential and with a falling value so
/// far: a passage that is not over.
struct OngoingEscape {
  Index lowest = 0;                   // iteration of the lowest gradient norm
  double lowest_gradient_norm = 0.0;  // there
  double rate = 0.0;                  // mu, of the gradient norm, per iteration
  double predicted_exit =
      not_measured;  // in iterations from now, >= 0: until the norm is a tenth of the largest before
};

/// By the same tests as a passage that is over, the last of conditions 2 excepted. O(records), no oracle calls.
std::optional<OngoingEscape> ongoing_escape(const Trajectory& trajectory, const SaddlePassageOptions& options = {});

/// Adds a finding "saddle-passage" for each, and explains by it the findings "plateau" within. Gradients of
/// minibatches say nothing here: no finding for runs that have them. O(records); at most max_products
/// products for each of the first most_judged passages.
void detect_saddle_passage(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
