#include <perigee/lib/problems/cosine_chain.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>
#include <perigee/lib/problems/separable.hpp>

#include <cmath>
#include <memory>
#include <numbers>

namespace perigee::problems {

namespace {
using std::numbers::pi;
}

double CosineChain::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index i = 0; i < dimension_; ++i) {
    const double sine = std::sin(0.5 * x[i]);
    sum += 2.0 * sine * sine;
    if (i == 0) continue;
    const double stretch = x[i] - x[i - 1];
    sum += 0.5 * coupling_ * stretch * stretch;
  }
  return sum;
}

double CosineChain::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  for (Index i = 0; i < dimension_; ++i) {
    gradient[i] = std::sin(x[i]);
    if (i == 0) continue;
    const double force = coupling_ * (x[i] - x[i - 1]);
    gradient[i] += force;
    gradient[i - 1] -= force;
  }
  return CosineChain::value(x);
}

void CosineChain::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  for (Index i = 0; i < dimension_; ++i) {
    product[i] = std::cos(x[i]) * v[i];
    if (i == 0) continue;
    const double force = coupling_ * (v[i] - v[i - 1]);
    product[i] += force;
    product[i - 1] -= force;
  }
}

namespace {

// The number of negative eigenvalues at (pi, ..., pi).
Index upright_index(Index n, double coupling) {
  Index index = 0;
  for (Index k = 0; k < n; ++k) {
    const double sine = std::sin(static_cast<double>(k) * pi / (2.0 * static_cast<double>(n)));
    if (4.0 * coupling * sine * sine < 1.0) ++index;
  }
  return index;
}

Problem make_cosine_chain(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const double coupling = parameters.real("coupling");
  Vector kink(n);  // a ramp from one well to the next, nowhere exactly upright
  for (Index i = 0; i < n; ++i) kink[i] = 2.0 * pi * (static_cast<double>(i) + 0.25) / static_cast<double>(n);
  const Vector upright = constant_vector(n, pi);
  const Vector near = constant_vector(n, pi + parameters.real("offset") / std::sqrt(static_cast<double>(n)));
  const Index index = upright_index(n, coupling);
  Problem problem;
  problem.name = "cosine-chain";
  problem.summary = "f = sum_i (1 - cos x_i) + (c/2) sum_i (x_{i+1} - x_i)^2";
  problem.why_hard = "a kink between two wells can only leave at an end of the chain, over n small barriers";
  problem.objective = std::make_shared<CosineChain>(n, coupling);
  problem.starts = {{"kink", kink}, {"near-saddle", near}, {"saddle", upright}};
  problem.stationary_points = {{Vector(n), 0.0, StationaryType::minimum, 0},
                               {upright, 2.0 * static_cast<double>(n),
                                index == n ? StationaryType::maximum : StationaryType::strict_saddle, index}};
  problem.optimal_value = 0.0;
  problem.gradient_lipschitz = 1.0 + 4.0 * coupling;
  problem.hessian_lipschitz = 1.0;
  problem.suggested_step = 1.0 / *problem.gradient_lipschitz;
  problem.random_start = uniform_box_start(n, -2.0 * pi, 2.0 * pi);
  return problem;
}

}  // namespace

Entry cosine_chain() {
  return {.name = "cosine-chain",
          .family = "classics",
          .summary = "a chain of coupled pendulums: infinitely many wells, and kinks between them",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "10",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "n, the number of pendulums"},
                         {.name = "coupling",
                          .default_value = "0.2",
                          .least = 0.0,
                          .greatest = 1e6,
                          .summary = "c, the strength of the springs; kinks are pinned while it is small"},
                         offset_parameter()},
          .make = make_cosine_chain};
}

}  // namespace perigee::problems
