// One term of a Kullback-Leibler divergence, where its parts cancel.
#ifndef PERIGEE_LIB_PROBLEMS_RELATIVE_DIVERGENCE_HPP
#define PERIGEE_LIB_PROBLEMS_RELATIVE_DIVERGENCE_HPP

namespace perigee::problems {

/// For |u| below this the series holds to rounding.
inline constexpr double small_relative_change = 1e-3;

/// (1 + u) ln(1 + u) - u for |u| < small_relative_change, by its series sum_{k >= 2} (-u)^k/(k (k - 1)): of second
/// order in u, where the terms of the formula cancel.
inline double small_relative_divergence(double u) {
  return u * u * (1.0 / 2.0 - u * (1.0 / 6.0 - u * (1.0 / 12.0 - u * (1.0 / 20.0 - u / 30.0))));
}

}  // namespace perigee::problems

#endif
