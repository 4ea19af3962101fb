// The softmax transform, pi_a = exp(theta_a) / sum_b exp(theta_b).
#ifndef PERIGEE_LIB_TRANSFORMS_SOFTMAX_HPP
#define PERIGEE_LIB_TRANSFORMS_SOFTMAX_HPP

#include <perigee/lib/vector.hpp>

namespace perigee::transforms {

/// Writes softmax(theta) to `pi`; both of length K, and they may be the same storage. Shifted by the largest
/// element, so nothing overflows; probabilities below 5e-324 become 0. Cost O(K), no allocation.
void softmax(ConstVectorView theta, VectorView pi);

/// theta = log(pi), so that softmax(theta) = pi. Throws std::invalid_argument unless every element is in (0, 1]
/// and they sum to 1 within 1e-9: a softmax policy with finite theta gives every action some probability.
Vector softmax_start(ConstVectorView pi);

}  // namespace perigee::transforms

#endif
