#include <perigee/lib/problems/planar.hpp>
#include <perigee/lib/problems/planar_saddles.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

// One saddle at the origin and what is known of it; constants hold for random starts, in [-box, box]^2.
struct Saddle {
  std::string name{};
  std::string summary{};  // of the registry
  std::string formula{};
  std::string why_hard{};
  Vector standard{};
  Vector stable{};    // a point that flows into the saddle
  Vector unstable{};  // unit vector
  std::vector<StationaryPoint> points{};
  std::optional<double> optimal_value{};
  double gradient_lipschitz = 0.0;
  double hessian_lipschitz = 0.0;
  double box = 1.5;
};

template <class Formula>
Entry entry_of(const Saddle& saddle) {
  return {.name = saddle.name,
          .family = "saddles",
          .summary = saddle.summary,
          .parameters = {offset_parameter()},
          .make = [saddle](const Parameters& parameters) {
            Vector near = saddle.unstable;
            near.view() *= parameters.real("offset");
            Problem problem;
            problem.name = saddle.name;
            problem.summary = saddle.formula;
            problem.why_hard = saddle.why_hard;
            problem.objective = std::make_shared<Planar<Formula>>();
            problem.starts = {{"standard", saddle.standard},
                              {"near-saddle", near},
                              {"stable-manifold", saddle.stable},
                              {"saddle", {0.0, 0.0}}};
            problem.stationary_points = saddle.points;
            problem.all_stationary_points_known = true;
            problem.optimal_value = saddle.optimal_value;
            problem.gradient_lipschitz = saddle.gradient_lipschitz;
            problem.hessian_lipschitz = saddle.hessian_lipschitz;
            problem.suggested_step = 0.5 / saddle.gradient_lipschitz;
            problem.random_start = uniform_box_start(2, -saddle.box, saddle.box);
            return problem;
          }};
}

StationaryPoint minimum(Vector x, double value) { return {std::move(x), value, StationaryType::minimum, 0}; }

const StationaryPoint strict{{0.0, 0.0}, 0.0, StationaryType::strict_saddle, 1};
const StationaryPoint degenerate{{0.0, 0.0}, 0.0, StationaryType::degenerate, 0};

struct Hyperbolic {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return square(x) - square(y);
  }
};

struct NesterovFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return 0.5 * square(x) + square(y) * (0.25 * square(y) - 0.5);
  }
};

struct GeFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return square(x) * (square(x) - 2.0) + square(y);
  }
};

struct ZhangLiFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return square(x) * (0.0625 * square(x) - 0.5) + 1.125 * square(y);
  }
};

struct CrossFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return x * y + 0.25 * (square(square(x)) + square(square(y)));
  }
};

struct FlatFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    const T y2 = square(y);
    return 0.5 * square(x) + square(y2) * (y2 * (1.0 / 6.0) - 0.25);
  }
};

}  // namespace

Entry hyperbolic_saddle() {
  return entry_of<Hyperbolic>({.name = "hyperbolic-saddle",
                               .summary = "x^2 - y^2, the textbook saddle: unbounded below",
                               .formula = "f = x^2 - y^2",
                               .why_hard = "gradient descent multiplies y by 1 + 2 eta a step: from y = 0 it never "
                                           "leaves, from y = y0 after ln(1/|y0|)/ln(1 + 2 eta) steps",
                               .standard = {1.0, 1e-3},
                               .stable = {1.0, 0.0},
                               .unstable = {0.0, 1.0},
                               .points = {strict},
                               .gradient_lipschitz = 2.0,
                               .hessian_lipschitz = 0.0});
}

Entry nesterov_saddle() {
  return entry_of<NesterovFormula>(
      {.name = "nesterov-saddle",
       .summary = "Nesterov's example: a saddle between two minima, reached from a whole line",
       .formula = "f = x^2/2 + y^4/4 - y^2/2",
       .why_hard = "every start on the line y = 0 converges to the saddle, and no gradient points off that line",
       .standard = {1.0, 0.01},
       .stable = {1.0, 0.0},
       .unstable = {0.0, 1.0},
       .points = {strict, minimum({0.0, 1.0}, -0.25), minimum({0.0, -1.0}, -0.25)},
       .optimal_value = -0.25,
       .gradient_lipschitz = 5.75,  // 3 y^2 - 1 at |y| = 1.5
       .hessian_lipschitz = 9.0});  // 6 |y|
}

Entry ge_saddle() {
  return entry_of<GeFormula>(
      {.name = "ge-saddle",
       .summary = "a saddle whose negative curvature is twice its positive one",
       .formula = "f = x^4 - 2 x^2 + y^2",
       .why_hard = "the easy case: curvature -4 at the saddle, so what cannot leave it leaves no saddle",
       .standard = {0.01, 1.0},
       .stable = {0.0, 1.0},
       .unstable = {1.0, 0.0},
       .points = {strict, minimum({1.0, 0.0}, -1.0), minimum({-1.0, 0.0}, -1.0)},
       .optimal_value = -1.0,
       .gradient_lipschitz = 23.0,   // 12 x^2 - 4 at |x| = 1.5
       .hessian_lipschitz = 36.0});  // 24 |x|
}

Entry zhang_li_saddle() {
  return entry_of<ZhangLiFormula>({.name = "zhang-li-saddle",
                                   .summary = "the saddle of Zhang and Li's (2021) first experiment",
                                   .formula = "f = x^4/16 - x^2/2 + 9 y^2/8",
                                   .why_hard = "started at the saddle itself, where the gradient is zero",
                                   .standard = {0.01, 1.0},
                                   .stable = {0.0, 1.0},
                                   .unstable = {1.0, 0.0},
                                   .points = {strict, minimum({2.0, 0.0}, -1.0), minimum({-2.0, 0.0}, -1.0)},
                                   .optimal_value = -1.0,
                                   .gradient_lipschitz = 5.75,  // 0.75 x^2 - 1 at |x| = 3
                                   .hessian_lipschitz = 4.5,    // 1.5 |x|
                                   .box = 3.0});
}

Entry cross_saddle() {
  const double diagonal = 0.5 * std::numbers::sqrt2;
  return entry_of<CrossFormula>({.name = "cross-saddle",
                                 .summary = "a saddle whose unstable direction is a diagonal",
                                 .formula = "f = x y + (x^4 + y^4)/4",
                                 .why_hard = "no coordinate axis descends from the saddle: methods that move one "
                                             "coordinate at a time, or look at the diagonal of H, see nothing",
                                 .standard = {1.0, 0.99},
                                 .stable = {1.0, 1.0},
                                 .unstable = {diagonal, -diagonal},
                                 .points = {strict, minimum({1.0, -1.0}, -0.5), minimum({-1.0, 1.0}, -0.5)},
                                 .optimal_value = -0.5,
                                 .gradient_lipschitz = 7.75,  // 3 x^2 + 1 at |x| = 1.5
                                 .hessian_lipschitz = 9.0});  // 6 |x|
}

Entry flat_saddle() {
  return entry_of<FlatFormula>(
      {.name = "flat-saddle",
       .summary = "a saddle that is not strict: left in 1/y0^2 steps, not in ln(1/y0)",
       .formula = "f = x^2/2 - y^4/4 + y^6/6",
       .why_hard = "no negative curvature at the saddle: an escape from y0 takes 1/(2 eta y0^2) steps",
       .standard = {1.0, 0.1},
       .stable = {1.0, 0.0},
       .unstable = {0.0, 1.0},
       .points = {degenerate, minimum({0.0, 1.0}, -1.0 / 12.0), minimum({0.0, -1.0}, -1.0 / 12.0)},
       .optimal_value = -1.0 / 12.0,
       .gradient_lipschitz = 18.5625,  // 5 y^4 - 3 y^2 at |y| = 1.5
       .hessian_lipschitz = 58.5});    // 20 |y|^3 - 6 |y|
}

}  // namespace perigee::problems
