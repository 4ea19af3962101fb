#include <perigee/lib/problems/planar.hpp>
#include <perigee/lib/problems/planar_classics.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct Classic {
  std::string name{};
  std::string summary{};  // of the registry
  std::string formula{};
  std::string why_hard{};
  Vector standard{};
  std::vector<StationaryPoint> points{};  // the best minimum first
  Vector saddle{};                        // the one the starts name
  Vector unstable{};                      // its most negative eigenvector, a unit vector
  double box = 0.0;                       // random starts in [-box, box]^2
  double gradient_lipschitz = 0.0;        // in the same box
  double hessian_lipschitz = 0.0;
  double step = 0.0;
};

template <class Formula>
Entry entry_of(const Classic& classic) {
  return {.name = classic.name,
          .family = "classics",
          .summary = classic.summary,
          .parameters = {offset_parameter()},
          .make = [classic](const Parameters& parameters) {
            Vector near = classic.saddle;
            near.view() += parameters.real("offset") * classic.unstable.view();
            Problem problem;
            problem.name = classic.name;
            problem.summary = classic.formula;
            problem.why_hard = classic.why_hard;
            problem.objective = std::make_shared<Planar<Formula>>();
            problem.starts = {{"standard", classic.standard}, {"near-saddle", near}, {"saddle", classic.saddle}};
            problem.stationary_points = classic.points;
            problem.all_stationary_points_known = true;
            problem.optimal_value = classic.points.front().value;
            problem.gradient_lipschitz = classic.gradient_lipschitz;
            problem.hessian_lipschitz = classic.hessian_lipschitz;
            problem.suggested_step = classic.step;
            problem.random_start = uniform_box_start(2, -classic.box, classic.box);
            return problem;
          }};
}

StationaryPoint minimum(Vector x, double value) { return {std::move(x), value, StationaryType::minimum, 0}; }
StationaryPoint saddle(Vector x, double value) { return {std::move(x), value, StationaryType::strict_saddle, 1}; }
StationaryPoint maximum(Vector x, double value) { return {std::move(x), value, StationaryType::maximum, 2}; }

// The point and its mirror image -x: the camels are even functions.
void add_pair(std::vector<StationaryPoint>& points, const StationaryPoint& point) {
  points.push_back(point);
  StationaryPoint mirrored = point;
  mirrored.x.view() *= -1.0;
  points.push_back(mirrored);
}

struct HimmelblauFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    return square(square(x) + y - 11.0) + square(x + square(y) - 7.0);
  }
};

struct SixHumpFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    const T x2 = square(x);
    const T y2 = square(y);
    return x2 * (4.0 + x2 * (x2 * (1.0 / 3.0) - 2.1)) + x * y + y2 * (4.0 * y2 - 4.0);
  }
};

struct ThreeHumpFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    const T x2 = square(x);
    return x2 * (2.0 + x2 * (x2 * (1.0 / 6.0) - 1.05)) + x * y + square(y);
  }
};

struct GoldsteinPriceFormula {
  template <class T>
  T operator()(const T& x, const T& y) const {
    const T sum = x + y;
    const T difference = 2.0 * x - 3.0 * y;
    const T first = 1.0 + square(sum + 1.0) * (19.0 - 14.0 * sum + 3.0 * square(sum));
    const T second = 30.0 + square(difference) * (18.0 - 16.0 * difference + 3.0 * square(difference));
    return first * second;
  }
};

}  // namespace

Entry himmelblau() {
  return entry_of<HimmelblauFormula>(
      {.name = "himmelblau",
       .summary = "four equal minima, four saddles and a maximum, in two dimensions",
       .formula = "f = (x^2 + y - 11)^2 + (x + y^2 - 7)^2",
       .why_hard = "which of four equal minima is reached depends on where the saddles' stable manifolds run",
       .standard = {0.0, 0.0},
       .points = {minimum({3.0, 2.0}, 0.0), minimum({-2.80511808695274485, 3.13131251825057297}, 0.0),
                  minimum({-3.77931025337774689, -3.28318599128616941}, 0.0),
                  minimum({3.58442834033049174, -1.84812652696440355}, 0.0),
                  saddle({3.38515418360702094, 0.0738518798377492877}, 13.3119262704055899),
                  saddle({0.0866775045553963518, 2.88425470117477611}, 67.7191500875261402),
                  saddle({-3.07302575076438961, -0.0813530442879675116}, 104.015162917558106),
                  saddle({-0.127961346730680066, -1.95371498024457643}, 178.33723920192746),
                  maximum({-0.270844590667347613, -0.923038556479981463}, 181.616521522582704)},
       .saddle = {3.38515418360702094, 0.0738518798377492877},
       .unstable = {-0.12486371, 0.9921739},
       .box = 5.0,
       .gradient_lipschitz = 330.0,
       .hessian_lipschitz = 125.0,
       .step = 0.01});
}

Entry six_hump_camel() {
  std::vector<StationaryPoint> points;
  add_pair(points, minimum({0.0898420131003180624, -0.712656403020739633}, -1.03162845348987735));
  add_pair(points, minimum({1.70360671496998085, -0.796083568672625119}, -0.215463824383717638));
  add_pair(points, minimum({1.60710475292019723, 0.568651454884131371}, 2.10425031031125827));
  points.push_back(saddle({0.0, 0.0}, 0.0));
  add_pair(points, saddle({1.10920533680478645, -0.768268092509539842}, 0.543718600978185135));
  add_pair(points, saddle({1.63806798418977856, 0.22867406904439407}, 2.22935719753071472));
  add_pair(points, saddle({1.29607026716710918, 0.605084388038658497}, 2.22947081802985992));
  add_pair(points, maximum({1.23022987651665263, 0.16233458445899497}, 2.49629535102357693));
  return entry_of<SixHumpFormula>({.name = "six-hump-camel",
                                   .summary = "six minima of three heights, seven saddles and two maxima",
                                   .formula = "f = (4 - 2.1 x^2 + x^4/3) x^2 + x y + (4 y^2 - 4) y^2",
                                   .why_hard = "two thirds of the minima are not global, and the origin is a saddle",
                                   .standard = {-1.5, 0.2},
                                   .points = points,
                                   .saddle = {0.0, 0.0},
                                   .unstable = {-0.06213744, 0.9980676},
                                   .box = 2.0,
                                   .gradient_lipschitz = 185.0,
                                   .hessian_lipschitz = 220.0,
                                   .step = 0.01});
}

Entry three_hump_camel() {
  std::vector<StationaryPoint> points{minimum({0.0, 0.0}, 0.0)};
  add_pair(points, minimum({1.7475523458302889, -0.873776172915144449}, 0.29863844223685982));
  add_pair(points, saddle({1.07054229182365997, -0.535271145911829987}, 0.87736155776314018));
  return entry_of<ThreeHumpFormula>({.name = "three-hump-camel",
                                     .summary = "three minima in a row with two saddles between them",
                                     .formula = "f = 2 x^2 - 1.05 x^4 + x^6/6 + x y + y^2",
                                     .why_hard = "two shallow minima beside the global one, behind saddles",
                                     .standard = {1.6, 0.5},
                                     .points = points,
                                     .saddle = {1.07054229182365997, -0.535271145911829987},
                                     .unstable = {0.98656422, -0.16337393},
                                     .box = 2.0,
                                     .gradient_lipschitz = 35.0,
                                     .hessian_lipschitz = 110.0,
                                     .step = 0.03});
}

Entry goldstein_price() {
  return entry_of<GoldsteinPriceFormula>(
      {.name = "goldstein-price",
       .summary = "values from 3 to 1e6 in a small square; four minima, four saddles and a maximum",
       .formula = "the product of two quartics in x + y and 2 x - 3 y (Goldstein and Price 1971)",
       .why_hard = "curvatures from 200 to 26000 at the minima, and far larger ones between them",
       .standard = {-0.3, -0.2},
       .points = {minimum({0.0, -1.0}, 3.0), minimum({-0.6, -0.4}, 30.0), minimum({1.8, 0.2}, 84.0),
                  minimum({1.2, 0.8}, 840.0), saddle({-0.4, -0.6}, 35.0), saddle({1.2, -0.2}, 99.0),
                  saddle({1.4, 0.6}, 980.0), saddle({0.6, 0.4}, 990.0), maximum({0.8, 0.2}, 1155.0)},
       .saddle = {-0.4, -0.6},
       .unstable = {0.69910056, -0.71502336},
       .box = 2.0,
       .gradient_lipschitz = 3e6,
       .hessian_lipschitz = 7.5e6,
       .step = 1e-5});
}

}  // namespace perigee::problems
