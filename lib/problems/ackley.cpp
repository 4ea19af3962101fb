#include <perigee/lib/problems/ackley.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/separable.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

namespace perigee::problems {

namespace {

using std::numbers::e;
using std::numbers::pi;

double radius(ConstVectorView x) { return x.norm() / std::sqrt(static_cast<double>(x.size())); }

// c - 1 = -2 mean sin^2 pi x_i, which keeps its digits near integer points.
double ripple(ConstVectorView x) {
  double sum = 0.0;
  for (const double element : x) {
    const double sine = std::sin(pi * element);
    sum += sine * sine;
  }
  return -2.0 * sum / static_cast<double>(x.size());
}

}  // namespace

double Ackley::value(ConstVectorView x) const {
  return -20.0 * std::expm1(-0.2 * radius(x)) - e * std::expm1(ripple(x));
}

double Ackley::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const double n = static_cast<double>(dimension_);
  const double r = radius(x);
  const double pull = r > 0.0 ? 4.0 * std::exp(-0.2 * r) / (n * r) : 0.0;
  const double wave = 2.0 * pi / n * std::exp(1.0 + ripple(x));
  for (Index i = 0; i < dimension_; ++i) gradient[i] = pull * x[i] + wave * std::sin(2.0 * pi * x[i]);
  return Ackley::value(x);
}

void Ackley::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  const double n = static_cast<double>(dimension_);
  const double r = radius(x);
  if (r == 0.0) {
    product.setConstant(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  const double pull = 4.0 * std::exp(-0.2 * r) / (n * r);
  const double wave = 2.0 * pi / n * std::exp(1.0 + ripple(x));
  const double pull_change = -pull * (0.2 + 1.0 / r) * (x.dot(v) / (n * r));
  double ripple_change = 0.0;
  for (Index i = 0; i < dimension_; ++i) ripple_change -= 2.0 * pi / n * std::sin(2.0 * pi * x[i]) * v[i];
  for (Index i = 0; i < dimension_; ++i) {
    const double angle = 2.0 * pi * x[i];
    product[i] =
        pull * v[i] + pull_change * x[i] + wave * (ripple_change * std::sin(angle) + 2.0 * pi * std::cos(angle) * v[i]);
  }
}

namespace {

// The stationary points (t, ..., t) and (-t, ..., -t), 0 < t <= 5.
std::vector<StationaryPoint> diagonal_points(const Ackley& objective) {
  const Index n = objective.dimension();
  const Ackley line(1);
  const auto slope = [&](double t) {
    double gradient = 0.0;
    line.value_and_gradient({t}, VectorView(&gradient, 1));
    return gradient;
  };
  std::vector<StationaryPoint> points;
  for (const double t : sign_changes(slope, even_grid(0.05, 5.0, 2000))) {
    double along = 0.0;
    line.hessian_vector_product({t}, {1.0}, VectorView(&along, 1));
    // n times the eigenvalue of every direction across the diagonal.
    const double across =
        4.0 * std::exp(-0.2 * t) / t + 4.0 * pi * pi * std::exp(1.0 + ripple({t})) * std::cos(2.0 * pi * t);
    const Index index = (along < 0.0 ? 1 : 0) + (across < 0.0 ? n - 1 : 0);
    const StationaryType type =
        index == 0 ? StationaryType::minimum : (index == n ? StationaryType::maximum : StationaryType::strict_saddle);
    for (const double sign : {1.0, -1.0}) {
      const Vector x = constant_vector(n, sign * t);
      points.push_back({x, objective.value(x), type, index});
    }
  }
  return points;
}

Problem make_ackley(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const auto objective = std::make_shared<Ackley>(n);
  Problem problem;
  problem.name = "ackley";
  problem.summary = "f = -20 exp(-||x||/(5 sqrt n)) - exp(mean cos 2 pi x_i) + 20 + e";
  problem.why_hard = "from far away the plateau's slope is lost in the ripples, and at the minimum there is a cusp";
  problem.objective = objective;
  problem.starts = {{"standard", constant_vector(n, 2.6)}, {"plateau", constant_vector(n, 15.3)}};
  problem.stationary_points = diagonal_points(*objective);
  problem.optimal_value = 0.0;
  problem.suggested_step = 0.01;
  problem.random_start = uniform_box_start(n, -5.0, 5.0);
  return problem;
}

}  // namespace

Entry ackley() {
  return {.name = "ackley",
          .family = "classics",
          .summary = "a plateau with ripples and a cusp at the minimum",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "2",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "n, the number of variables"}},
          .make = make_ackley};
}

}  // namespace perigee::problems
