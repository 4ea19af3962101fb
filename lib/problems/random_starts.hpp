// The random starts that problems offer.
#ifndef PERIGEE_LIB_PROBLEMS_RANDOM_STARTS_HPP
#define PERIGEE_LIB_PROBLEMS_RANDOM_STARTS_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/vector.hpp>

#include <functional>

namespace perigee::problems {

/// Every element independent and uniform in [least, greatest).
std::function<Vector(RandomEngine&)> uniform_box_start(Index dimension, double least, double greatest);

/// Every element independent and standard normal.
std::function<Vector(RandomEngine&)> normal_start(Index dimension);

}  // namespace perigee::problems

#endif
