#include <perigee/lib/problems/monkey_saddle.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>

namespace perigee::problems {

double MonkeySaddle::value(ConstVectorView point) const {
  const double x = point[0];
  const double y = point[1];
  const double square = x * x + y * y;
  return x * (x * x - 3.0 * y * y) + square * square;
}

double MonkeySaddle::value_and_gradient(ConstVectorView point, VectorView gradient) const {
  const double x = point[0];
  const double y = point[1];
  const double square = x * x + y * y;
  gradient[0] = 3.0 * (x * x - y * y) + 4.0 * x * square;
  gradient[1] = -6.0 * x * y + 4.0 * y * square;
  return MonkeySaddle::value(point);
}

void MonkeySaddle::hessian_vector_product(ConstVectorView point, ConstVectorView v, VectorView product) const {
  const double x = point[0];
  const double y = point[1];
  const double xx = 6.0 * x + 12.0 * x * x + 4.0 * y * y;
  const double xy = -6.0 * y + 8.0 * x * y;
  const double yy = -6.0 * x + 4.0 * x * x + 12.0 * y * y;
  product[0] = xx * v[0] + xy * v[1];
  product[1] = xy * v[0] + yy * v[1];
}

Entry monkey_saddle() {
  return {.name = "monkey-saddle",
          .family = "saddles",
          .summary = "a degenerate saddle between three minima, in two dimensions",
          .parameters = {},
          .make = [](const Parameters&) {
            Problem problem;
            problem.name = "monkey-saddle";
            problem.summary = "f = x^3 - 3 x y^2 + (x^2 + y^2)^2";
            problem.why_hard = "the Hessian vanishes at the saddle: second-order tests accept it as a minimum";
            problem.objective = std::make_shared<MonkeySaddle>();
            problem.starts = {{"standard", {0.5, 0.4}}, {"stable-manifold", {0.5, 0.0}}, {"saddle", {0.0, 0.0}}};
            const double side = 3.0 * std::sqrt(3.0) / 8.0;
            const double least = -27.0 / 256.0;
            problem.stationary_points = {{{0.0, 0.0}, 0.0, StationaryType::degenerate, 0},
                                         {{-0.75, 0.0}, least, StationaryType::minimum, 0},
                                         {{0.375, side}, least, StationaryType::minimum, 0},
                                         {{0.375, -side}, least, StationaryType::minimum, 0}};
            problem.all_stationary_points_known = true;
            problem.optimal_value = least;
            problem.gradient_lipschitz = 18.0;
            problem.hessian_lipschitz = 30.0;
            problem.suggested_step = 0.05;
            problem.random_start = uniform_box_start(2, -0.7, 0.7);
            return problem;
          }};
}

}  // namespace perigee::problems
