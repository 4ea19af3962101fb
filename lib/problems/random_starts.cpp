#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::problems {

std::function<Vector(RandomEngine&)> uniform_box_start(Index dimension, double least, double greatest) {
  return [dimension, least, greatest](RandomEngine& engine) {
    Vector x(dimension);
    for (Index i = 0; i < dimension; ++i) x[i] = least + (greatest - least) * uniform_unit(engine);
    return x;
  };
}

std::function<Vector(RandomEngine&)> normal_start(Index dimension, double deviation) {
  return [dimension, deviation](RandomEngine& engine) {
    Vector x(dimension);
    fill_standard_normal(engine, x);
    x.view() *= deviation;
    return x;
  };
}

std::function<Vector(RandomEngine&)> uniform_simplex_start(Index dimension) {
  return [dimension](RandomEngine& engine) {
    Vector x(dimension);
    // 1 - u is in (0, 1]; its logarithm is 0 with probability 2^-53, which is moved off the face.
    for (Index i = 0; i < dimension; ++i) x[i] = std::max(-std::log1p(-uniform_unit(engine)), 0x1p-60);
    x.view() /= x.view().sum();
    return x;
  };
}

}  // namespace perigee::problems
