#include <perigee/lib/problems/random_starts.hpp>

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

}  // namespace perigee::problems
