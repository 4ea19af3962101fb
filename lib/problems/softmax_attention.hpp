// One attention head that has to look at the right token: the gravity well of softmax with more than one query.
//
//     f(W) = (1/N) sum_i loss(pi_i, y_i),   pi_i = softmax(W q_i) over T tokens,   a finite sum of N terms
//     reward: 1 - pi_y      cross-entropy: -log pi_y      squared: ||pi - e_y||^2/2
//
// W is T x d (row-major), the queries q_i are orthonormal, the right token of query i is y_i = i mod T, and the value
// that a token carries is its own unit vector, so that pi is the head's output. With orthonormal queries W q_i are
// independent logits: the loss `reward` is N softmax bandits of gap 1 (Mei et al. 2020, "Escaping the gravitational
// pull of softmax"), and from attention p to the right token and the rest on one wrong one, gradient descent of step
// eta takes about N/(2 eta p) steps. No stationary point at finite W for T = 2 or the first two losses; f* = 0 at
// infinity.
#ifndef PERIGEE_LIB_PROBLEMS_SOFTMAX_ATTENTION_HPP
#define PERIGEE_LIB_PROBLEMS_SOFTMAX_ATTENTION_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry softmax_attention();  // "softmax-attention"

}  // namespace perigee::problems

#endif
