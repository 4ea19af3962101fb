// The random starts that problems offer.
#ifndef PERIGEE_LIB_PROBLEMS_RANDOM_STARTS_HPP
#define PERIGEE_LIB_PROBLEMS_RANDOM_STARTS_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/vector.hpp>

#include <functional>

namespace perigee::problems {

/// Every element independent and uniform in [least, greatest).
std::function<Vector(RandomEngine&)> uniform_box_start(Index dimension, double least, double greatest);

/// Every element independent and normal of mean 0 and this standard deviation > 0.
std::function<Vector(RandomEngine&)> normal_start(Index dimension, double deviation = 1.0);

/// Uniform on the simplex {x > 0, sum x = 1}: independent exponential draws, divided by their sum (Devroye 1986,
/// "Non-uniform random variate generation", section V.2).
std::function<Vector(RandomEngine&)> uniform_simplex_start(Index dimension);

}  // namespace perigee::problems

#endif
