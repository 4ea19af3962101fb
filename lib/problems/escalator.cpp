#include <perigee/lib/problems/escalator.hpp>
#include <perigee/lib/problems/planar.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>

#include <cmath>
#include <memory>
#include <numbers>

namespace perigee::problems {

namespace {

using std::numbers::pi;

struct Escalator {
  double slope = 0.1;

  template <class T>
  T operator()(const T& x, const T& y) const {
    using std::sin, std::floor;
    const T step = floor(x * (0.5 / pi));
    const T r = x - 2.0 * pi * step;
    const T sine = sin(y + pi * step);
    return sine + (sin(r) - r) * (2.0 * sine + pi) * (0.5 / pi) - pi * step - slope * x;
  }
};

}  // namespace

Entry escalator() {
  return {.name = "escalator",
          .family = "saddles",
          .summary = "an endless staircase of near-degenerate saddles: unbounded below",
          .parameters = {{.name = "slope",
                          .default_value = "0.1",
                          .least = 0.0,
                          .greatest = 1.0,
                          .summary = "s, the steady descent along x; 0: each stair ends in stationary points"},
                         offset_parameter()},
          .make = [](const Parameters& parameters) {
            const double slope = parameters.real("slope");
            const double half = 0.5 * pi;
            Problem problem;
            problem.name = "escalator";
            problem.summary = "stairs of period 2 pi in x, each a valley that turns into a ridge";
            problem.why_hard =
                "the valley that leads to each stair turns into a ridge and ends where gradient and curvature along x "
                "vanish together";
            problem.objective = std::make_shared<Planar<Escalator>>(Escalator{slope});
            problem.starts = {{"standard", {0.0, -half + 0.1}},
                              {"near-saddle", {0.0, half + parameters.real("offset")}},
                              {"stable-manifold", {0.0, -half}},
                              {"saddle", {0.0, half}}};
            if (slope == 0.0) {
              problem.stationary_points = {{{0.0, half}, 1.0, StationaryType::strict_saddle, 1},
                                           {{0.0, -half}, -1.0, StationaryType::degenerate, 0}};
            }
            problem.gradient_lipschitz = 1.6;
            problem.hessian_lipschitz = 1.8;
            problem.suggested_step = 0.5;
            problem.random_start = uniform_box_start(2, -pi, 3.0 * pi);
            return problem;
          }};
}

}  // namespace perigee::problems
