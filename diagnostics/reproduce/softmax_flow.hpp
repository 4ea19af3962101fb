// How long softmax gradient flow takes until the best arm has a given probability, however long that is.
//
//     d theta_a/dt = pi_a A_a,   A_a = sum_b pi_b (r_a - r_b),   pi = softmax(theta)
//
// The flow is autonomous, so it is followed by its own arc length s (maximum norm), d theta/ds = v/||v||,
// dt/ds = 1/||v||, with the classical Runge-Kutta method of order 4 and a fixed ds; the time is a sum beside the state
// and never enters it. In s a well of 1e30 steps is a few units long. One step of gradient ascent with learning rate
// eta is eta units of time.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_SOFTMAX_FLOW_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_SOFTMAX_FLOW_HPP

#include <perigee/lib/problems/bandit.hpp>

namespace perigee::reproduce {

/// The flow's time from theta to pi(a*) >= probability, in (0, 1); infinite if it has not come there after an arc of
/// length 1e4 (arms with equal best rewards). The integration's relative error is below 1e-6 at ds = 0.01.
double softmax_flow_time(const problems::Arms& arms, ConstVectorView theta, double probability, double ds = 0.01);

}  // namespace perigee::reproduce

#endif
