#include <perigee/lib/format.hpp>
#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::problems {

Octopus::Octopus(OctopusOptions options) : options_(options), cubic_(0.0), quartic_(0.0), drop_(0.0) {
  const auto [dimension, smoothness, curvature, tau] = options_;
  if (dimension < 1) throw std::invalid_argument("Octopus: dimension must be >= 1, got " + std::to_string(dimension));
  if (!(curvature > 0.0 && std::isfinite(curvature))) {
    throw std::invalid_argument("Octopus: curvature must be > 0 and finite, got " + format_number(curvature));
  }
  if (!(smoothness >= curvature && std::isfinite(smoothness))) {
    throw std::invalid_argument("Octopus: smoothness must be >= curvature = " + format_number(curvature) +
                                " and finite, got " + format_number(smoothness));
  }
  if (!(tau > 0.0 && std::isfinite(tau))) {
    throw std::invalid_argument("Octopus: tau must be > 0 and finite, got " + format_number(tau));
  }
  cubic_ = (10.0 * curvature - 14.0 * smoothness) / (3.0 * tau);
  quartic_ = (5.0 * smoothness - 3.0 * curvature) / (2.0 * tau * tau);
  drop_ = (13.0 * curvature + 37.0 * smoothness) * tau * tau / 6.0;
}

Octopus::Jet2 Octopus::profile(double a) const {
  const auto& [dimension, smoothness, curvature, tau] = options_;
  if (a >= 2.0 * tau) {
    const double off = a - 4.0 * tau;
    return {smoothness * off * off - drop_, 2.0 * smoothness * off, 2.0 * smoothness};
  }
  if (a <= tau) return {-curvature * a * a, -2.0 * curvature * a, -2.0 * curvature};
  const double t = a - tau;
  return {-curvature * a * a + t * t * t * (cubic_ + t * quartic_),
          -2.0 * curvature * a + t * t * (3.0 * cubic_ + t * 4.0 * quartic_),
          -2.0 * curvature + t * (6.0 * cubic_ + t * 12.0 * quartic_)};
}

Octopus::Jet2 Octopus::gate(double a) const {
  const double tau = options_.tau;
  if (a <= tau) return {0.0, 0.0, 0.0};
  if (a >= 2.0 * tau) return {1.0, 0.0, 0.0};
  const double s = (a - tau) / tau;
  const double rest = 1.0 - s;
  return {s * s * s * (10.0 - s * (15.0 - 6.0 * s)), 30.0 * s * s * rest * rest / tau,
          60.0 * s * rest * (1.0 - 2.0 * s) / (tau * tau)};
}

double Octopus::difference(double a) const { return profile(a).value - options_.smoothness * a * a; }

double Octopus::value(ConstVectorView x) const {
  const double smoothness = options_.smoothness;
  double open = 1.0;  // w(a_{i-1}): 1 if coordinate i is free to grow, 0 while it is locked
  double sum = 0.0;
  for (const double element : x) {
    const double a = std::abs(element);
    sum += (1.0 - open) * smoothness * a * a + open * profile(a).value;
    open = gate(a).value;
  }
  return sum;
}

double Octopus::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const double smoothness = options_.smoothness;
  const Index d = options_.dimension;
  double open = 1.0;
  double sum = 0.0;
  for (Index i = 0; i < d; ++i) {
    const double a = std::abs(x[i]);
    const Jet2 free = profile(a);
    const Jet2 next_gate = gate(a);
    sum += (1.0 - open) * smoothness * a * a + open * free.value;
    double slope = (1.0 - open) * 2.0 * smoothness * a + open * free.first;
    if (i + 1 < d && next_gate.first != 0.0) slope += next_gate.first * difference(std::abs(x[i + 1]));
    gradient[i] = std::signbit(x[i]) ? -slope : slope;
    open = next_gate.value;
  }
  return sum;
}

kernels::OctopusModel Octopus::model() const {
  return {options_.dimension, options_.smoothness, options_.curvature, options_.tau, cubic_, quartic_, drop_};
}

void Octopus::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().octopus.value_and_gradient(model(), x, values, gradients);
}

void Octopus::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().octopus.descend(model(), rule, steps, lanes);
}

void Octopus::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  const double smoothness = options_.smoothness;
  const Index d = options_.dimension;
  double open = 1.0;
  double from_previous = 0.0;  // H_{i,i-1} v_{i-1}
  for (Index i = 0; i < d; ++i) {
    const double a = std::abs(x[i]);
    const Jet2 next_gate = gate(a);
    const double diagonal = (1.0 - open) * 2.0 * smoothness + open * profile(a).second;
    product[i] = diagonal * v[i] + from_previous;
    from_previous = 0.0;
    if (i + 1 < d && a > options_.tau && a < 2.0 * options_.tau) {
      const double next = std::abs(x[i + 1]);
      product[i] += next_gate.second * difference(next) * v[i];
      const double slope = next_gate.first * (profile(next).first - 2.0 * smoothness * next);
      const double coupling = std::signbit(x[i]) == std::signbit(x[i + 1]) ? slope : -slope;
      product[i] += coupling * v[i + 1];
      from_previous = coupling * v[i];
    }
    open = next_gate.value;
  }
}

double Octopus::gradient_lipschitz_on_tubes() const {
  // On D only one coordinate can be between tau and 2 tau; it couples to the next, which is in [0, tau].
  constexpr int points = 200;
  const auto& [dimension, smoothness, curvature, tau] = options_;
  double largest = 2.0 * smoothness;
  for (int i = 0; i <= points; ++i) {
    const double a = tau * (1.0 + static_cast<double>(i) / points);
    const Jet2 free = profile(a);
    const Jet2 next_gate = gate(a);
    for (int j = 0; j <= points; ++j) {
      const double b = tau * static_cast<double>(j) / points;
      const double first = free.second + next_gate.second * difference(b);
      const double coupling = next_gate.first * (profile(b).first - 2.0 * smoothness * b);
      const double second = (1.0 - next_gate.value) * 2.0 * smoothness - next_gate.value * 2.0 * curvature;
      const double middle = 0.5 * (first + second);
      const double radius = std::hypot(0.5 * (first - second), coupling);
      largest = std::max(largest, std::abs(middle) + radius);
    }
  }
  return 1.01 * largest;
}

namespace {

// The point with every combination of signs of its first `count` coordinates: 2^count points.
void add_signed(std::vector<StationaryPoint>& points, const StationaryPoint& point, Index count) {
  for (Index signs = 0; signs < Index{1} << count; ++signs) {
    points.push_back(point);
    for (Index i = 0; i < count; ++i) {
      if (((signs >> i) & 1) != 0) points.back().x[i] *= -1.0;
    }
  }
}

Problem make_octopus(const Parameters& parameters) {
  const OctopusOptions options{.dimension = parameters.integer("dimension"),
                               .smoothness = parameters.real("smoothness"),
                               .curvature = parameters.real("curvature"),
                               .tau = parameters.real("tau")};
  const auto objective = std::make_shared<Octopus>(options);
  Problem problem;
  problem.name = "octopus";
  problem.summary = "a chain of d saddles, each unlocking the next (Du et al. 2017)";
  problem.why_hard =
      "while gradient descent leaves one saddle, the coordinates that must leave the later ones shrink, so the time "
      "grows exponentially with the dimension";
  problem.objective = objective;
  const Index d = options.dimension;
  Vector ones(d);
  ones.view().setOnes();
  problem.starts = {{"ones", ones}, {"origin", Vector(d)}};
  // All 2^d - 1 saddles and 2^d minima on D while they are few, then one of each sort: the others differ by signs.
  // Beyond a few hundred dimensions the list would be as large as d^2 numbers, and is left at the first saddle and
  // the minimum.
  const bool all_signs = d <= 6;
  const Index listed = d <= 500 ? d : 1;
  Vector point(d);
  for (Index passed = 0; passed < listed; ++passed) {
    const StationaryPoint saddle{point, -static_cast<double>(passed) * objective->drop(), StationaryType::strict_saddle,
                                 1};
    add_signed(problem.stationary_points, saddle, all_signs ? passed : 0);
    point[passed] = 4.0 * options.tau;
  }
  point.view().setConstant(4.0 * options.tau);
  const double least = -static_cast<double>(d) * objective->drop();
  add_signed(problem.stationary_points, {point, least, StationaryType::minimum, 0}, all_signs ? d : 0);
  problem.optimal_value = least;
  problem.gradient_lipschitz = objective->gradient_lipschitz_on_tubes();
  problem.suggested_step = 0.25 / options.smoothness;
  problem.random_start = uniform_box_start(d, -1.0, 1.0);
  return problem;
}

}  // namespace

Entry octopus() {
  return {
      .name = "octopus",
      .family = "constructions",
      .summary = "exponential time for gradient descent: a chain of saddles (Du et al. 2017)",
      .parameters =
          {{.name = "dimension",
            .kind = ParameterKind::integer,
            .default_value = "10",
            .least = 1,
            .greatest = 1e7,
            .summary = "d, the number of saddles in the chain"},
           {.name = "smoothness",
            .default_value = "1.5",
            .least = 1e-6,
            .greatest = 1e6,
            .summary = "L, at least curvature: locked coordinates have second derivative 2 L"},
           {.name = "curvature",
            .default_value = "1",
            .least = 1e-6,
            .greatest = 1e6,
            .summary = "gamma: the smallest Hessian eigenvalue at a saddle is -2 gamma"},
           {.name = "tau",
            .default_value = "2.718281828459045",
            .least = 1,
            .greatest = 1e6,
            .summary =
                "length scale, at least 1 so that starts lie in the tubes: minima are at 4 tau in every coordinate"}},
      .make = make_octopus};
}

}  // namespace perigee::problems
