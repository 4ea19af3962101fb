#include <perigee/lib/problems/pseudo_huber.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/separable.hpp>

#include <cmath>
#include <memory>

namespace perigee::problems {

namespace {

Problem make_pseudo_huber(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const double delta = parameters.real("delta");
  const Profile profile = [delta](double t) {
    const double root = std::hypot(1.0, t / delta);
    // delta^2 (root - 1) without the cancellation near 0.
    return ScalarJet{t * (t / (1.0 + root)), t / root, 1.0 / (root * root * root)};
  };
  Problem problem;
  problem.name = "pseudo-huber";
  problem.summary = "f = sum_i delta^2 (sqrt(1 + (x_i/delta)^2) - 1)";
  problem.why_hard = "convex, but its slope is bounded: learning rates that shrink too fast stop before the minimum";
  problem.objective = std::make_shared<Separable>(n, profile);
  problem.starts = {{"standard", constant_vector(n, parameters.real("distance"))}};
  problem.stationary_points = {{Vector(n), 0.0, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = 0.0;
  problem.gradient_lipschitz = 1.0;
  problem.hessian_lipschitz = 48.0 / (25.0 * std::sqrt(5.0) * delta);
  problem.suggested_step = 1.0;
  problem.random_start = uniform_box_start(n, -2.0 * delta, 2.0 * delta);
  return problem;
}

}  // namespace

Entry pseudo_huber() {
  return {.name = "pseudo-huber",
          .family = "constructions",
          .summary = "a convex bowl with straight slopes: diminishing steps can stop before the minimum",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "2",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "n, the number of variables"},
                         {.name = "delta",
                          .default_value = "1",
                          .least = 1e-6,
                          .greatest = 1e6,
                          .summary = "where the bowl turns into a slope; also the bound of the slope"},
                         {.name = "distance",
                          .default_value = "20",
                          .least = 0.0,
                          .greatest = 1e6,
                          .summary = "of the standard start, in every coordinate"}},
          .make = make_pseudo_huber};
}

}  // namespace perigee::problems
