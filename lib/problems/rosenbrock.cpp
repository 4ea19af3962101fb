#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>

#include <stdexcept>
#include <string>

namespace perigee::problems {

Rosenbrock::Rosenbrock(Index dimension) : dimension_(dimension) {
  if (dimension < 2)
    throw std::invalid_argument("Rosenbrock: dimension must be >= 2, got " + std::to_string(dimension));
}

double Rosenbrock::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index i = 0; i + 1 < dimension_; ++i) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
  }
  return sum;
}

double Rosenbrock::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double sum = 0.0;
  double from_previous = 0.0;  // d/dx_i of term i - 1
  for (Index i = 0; i + 1 < dimension_; ++i) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
    gradient[i] = from_previous - 400.0 * x[i] * off_parabola - 2.0 * from_one;
    from_previous = 200.0 * off_parabola;
  }
  gradient[dimension_ - 1] = from_previous;
  return sum;
}

void Rosenbrock::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product.setZero();
  for (Index i = 0; i + 1 < dimension_; ++i) {
    product[i] += (1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0) * v[i] - 400.0 * x[i] * v[i + 1];
    product[i + 1] += 200.0 * v[i + 1] - 400.0 * x[i] * v[i];
  }
}

namespace {

Vector alternating_start(Index dimension) {
  Vector x(dimension);
  for (Index i = 0; i < dimension; ++i) x[i] = i % 2 == 0 ? -1.2 : 1.0;
  return x;
}

// The stationary points of the chained form other than (1, ..., 1), for n = 4, ..., 7: a minimum and a saddle
// each. Setting the derivatives by x_1, ..., x_{n-1} to zero gives x_2, ..., x_n as functions of x_1, and the last
// derivative is then a function of x_1 alone; its roots were bracketed on a grid of 6e5 points of [-1.5, 1.5] and
// bisected in 60-digit arithmetic. For n = 2, 3 the scan finds (1, ..., 1) only.
std::vector<StationaryPoint> further_stationary_points(Index dimension) {
  const auto minimum = [](Vector x, double value) {
    return StationaryPoint{std::move(x), value, StationaryType::minimum, 0};
  };
  const auto saddle = [](Vector x, double value) {
    return StationaryPoint{std::move(x), value, StationaryType::strict_saddle, 1};
  };
  switch (dimension) {
    case 4:
      return {minimum({-0.77565922656535258, 0.61309336548504345, 0.38206284633839316, 0.1459720185521946},
                      3.7014286104300171),
              saddle({-0.6561246357194459, 0.44312004097157237, 0.20431224822836433, 0.041743494776128764},
                     3.7082419966472617)};
    case 5:
      return {minimum({-0.96205102069475013, 0.93573939597670996, 0.88071360419432054, 0.77787767585440637,
                       0.60509367859265284},
                      3.9308394341330279),
              saddle({-0.55746831589884882, 0.32474004283377628, 0.11656732144533992, 0.023354396464298221,
                      0.00054542783421162525},
                     4.657371428200574)};
    case 6:
      return {minimum({-0.98657497957099372, 0.98339822883618178, 0.97210667005309193, 0.947437436826436,
                       0.89865118485172968, 0.8075739520354176},
                      3.9739405009302948),
              saddle({-0.55541972717903232, 0.32249327429744495, 0.1152070040989045, 0.023502770405030751,
                      0.01044790120466494, 0.00010915863958243911},
                     5.6463839665879512)};
    case 7:
      return {minimum({-0.9917225725614055, 0.9935553935033713, 0.99217332159469207, 0.98689876269031396,
                       0.97516475660887303, 0.95143198270499263, 0.90522281771395352},
                      3.9836005364248539),
              saddle({-0.55537697676058873, 0.32244648022243266, 0.11517879975265272, 0.0235061269288694,
                      0.010656973479399591, 0.010013436716574878, 0.00010026891487684987},
                     6.6362625075600183)};
    default:
      return {};
  }
}

Problem make_chained(const Parameters& parameters) {
  const Index dimension = parameters.integer("dimension");
  Problem problem;
  problem.name = "chained-rosenbrock";
  problem.summary = "f = sum_{i<n} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2";
  problem.why_hard = "a long curved valley; from n = 4 on also a second minimum near (-1, 1, ..., 1) and a saddle";
  problem.objective = std::make_shared<Rosenbrock>(dimension);
  Vector ones(dimension);
  ones.view().setOnes();
  Vector mirrored = ones;
  mirrored[0] = -1.0;
  problem.starts = {{"standard", alternating_start(dimension)}, {"near-second-minimum", mirrored}};
  problem.stationary_points = further_stationary_points(dimension);
  for (const StationaryPoint& point : problem.stationary_points) {
    if (point.type == StationaryType::strict_saddle) problem.starts.push_back({"saddle", point.x});
  }
  problem.stationary_points.insert(problem.stationary_points.begin(), {ones, 0.0, StationaryType::minimum, 0});
  problem.all_stationary_points_known = dimension <= 7;
  problem.optimal_value = 0.0;
  problem.suggested_step = 5e-4;
  problem.random_start = uniform_box_start(dimension, -1.5, 1.5);
  return problem;
}

}  // namespace

Entry rosenbrock() {
  return {.name = "rosenbrock",
          .family = "classics",
          .summary = "Rosenbrock's curved valley in two dimensions",
          .parameters = {},
          .make = [](const Parameters&) {
            Problem problem;
            problem.name = "rosenbrock";
            problem.summary = "f = 100 (y - x^2)^2 + (1 - x)^2";
            problem.why_hard = "a narrow curved valley: the Hessian at the minimum has condition number 2508";
            problem.objective = std::make_shared<Rosenbrock>(2);
            problem.starts = {{"standard", alternating_start(2)},
                              {"standard-x10", {-12.0, 10.0}},
                              {"standard-x100", {-120.0, 100.0}}};
            problem.stationary_points = {{{1.0, 1.0}, 0.0, StationaryType::minimum, 0}};
            problem.all_stationary_points_known = true;
            problem.optimal_value = 0.0;
            problem.suggested_step = 1e-3;
            problem.random_start = uniform_box_start(2, -1.5, 1.5);
            return problem;
          }};
}

Entry chained_rosenbrock() {
  return {.name = "chained-rosenbrock",
          .family = "classics",
          .summary = "Rosenbrock's valley chained through n dimensions; from n = 4 on with a second minimum",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "10",
                          .least = 2,
                          .greatest = 1e7,
                          .summary = "n; the stationary points are known for n <= 7"}},
          .make = make_chained};
}

}  // namespace perigee::problems
