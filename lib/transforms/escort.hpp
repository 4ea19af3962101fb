// The escort transform, pi_a = |theta_a|^p / sum_b |theta_b|^p with p >= 1: Mei et al. (2020), definition 1.
//
// It depends on theta only up to scale and up to the signs of its elements. theta = 0 is outside its domain.
#ifndef PERIGEE_LIB_TRANSFORMS_ESCORT_HPP
#define PERIGEE_LIB_TRANSFORMS_ESCORT_HPP

#include <perigee/lib/vector.hpp>

namespace perigee::transforms {

/// |theta_a|^p = largest^p u_a^p with u_a = |theta_a|/largest in [0, 1]: nothing overflows, and
/// sum_b |theta_b|^p = largest^p sum.
struct EscortScale {
  double largest;  // max_a |theta_a|, the norm ||theta||_inf
  double sum;      // sum_a u_a^p, in [1, K]; NaN if theta = 0
};

/// The scale of theta. O(K).
EscortScale escort_scale(ConstVectorView theta, double p);

/// u^exponent for u >= 0, without the cost of a general power for the exponents 0, 1 and 2. 0^0 = 1.
double power(double u, double exponent);

/// Writes escort(theta) to `pi`; both of length K, and they may be the same storage. NaN if theta = 0.
/// Cost O(K), no allocation. Throws std::invalid_argument unless p >= 1 and finite.
void escort(ConstVectorView theta, double p, VectorView pi);

/// ||theta||_p, without overflow or underflow of the powers. Throws std::invalid_argument unless p >= 1 and finite.
double p_norm(ConstVectorView theta, double p);

/// theta = pi^{1/p}, so that escort(theta) = pi and ||theta||_p = 1. Throws std::invalid_argument unless every
/// element is in [0, 1] and they sum to 1 within 1e-9.
Vector escort_start(ConstVectorView pi, double p);

/// Throws std::invalid_argument, in the name of `who`, unless p >= 1 and finite.
void check_escort_power(const char* who, double p);

}  // namespace perigee::transforms

#endif
