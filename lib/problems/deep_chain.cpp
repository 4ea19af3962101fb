#include <perigee/lib/problems/deep_chain.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/separable.hpp>

#include <memory>

namespace perigee::problems {

double DeepChain::value(ConstVectorView w) const {
  double product = 1.0;
  for (const double factor : w) product *= factor;
  return 0.5 * (product - 1.0) * (product - 1.0);
}

double DeepChain::value_and_gradient(ConstVectorView w, VectorView gradient) const {
  // The product of all factors but the i-th is a product of those before it and those after it: no division, so
  // zeros do no harm.
  double before = 1.0;
  for (Index i = 0; i < depth_; ++i) {
    gradient[i] = before;
    before *= w[i];
  }
  const double residual = before - 1.0;
  double after = 1.0;
  for (Index i = depth_; i-- > 0;) {
    gradient[i] *= residual * after;
    after *= w[i];
  }
  return 0.5 * residual * residual;
}

void DeepChain::hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const {
  // The same products with their derivatives along v: H v = (P - 1) dQ + Q dP, Q_i the product without w_i.
  Vector before(depth_);
  double running = 1.0;
  double running_change = 0.0;
  for (Index i = 0; i < depth_; ++i) {
    before[i] = running;
    product[i] = running_change;
    running_change = running_change * w[i] + running * v[i];
    running *= w[i];
  }
  const double residual = running - 1.0;
  const double residual_change = running_change;
  double after = 1.0;
  double after_change = 0.0;
  for (Index i = depth_; i-- > 0;) {
    const double rest = before[i] * after;
    const double rest_change = product[i] * after + before[i] * after_change;
    product[i] = residual * rest_change + residual_change * rest;
    after_change = after_change * w[i] + after * v[i];
    after *= w[i];
  }
}

namespace {

Problem make_deep_chain(const Parameters& parameters) {
  const Index depth = parameters.integer("depth");
  Problem problem;
  problem.name = "deep-chain";
  problem.summary = "f = (w_1 w_2 ... w_N - 1)^2/2";
  problem.why_hard =
      "from three layers on the saddle has no negative curvature, and leaving it from a distance s takes s^(2-N) steps";
  problem.objective = std::make_shared<DeepChain>(depth);
  problem.starts = {{"standard", constant_vector(depth, parameters.real("initial"))}, {"saddle", Vector(depth)}};
  if (depth == 1) {
    problem.starts.pop_back();
    problem.stationary_points = {{{1.0}, 0.0, StationaryType::minimum, 0}};
    problem.all_stationary_points_known = true;
  } else {
    Vector two_zeros = constant_vector(depth, 1.0);
    two_zeros[0] = two_zeros[1] = 0.0;
    problem.stationary_points = {{constant_vector(depth, 1.0), 0.0, StationaryType::degenerate, 0},
                                 {two_zeros, 0.5, StationaryType::strict_saddle, 1}};
    if (depth > 2) problem.stationary_points.push_back({Vector(depth), 0.5, StationaryType::degenerate, 0});
  }
  problem.optimal_value = 0.0;
  problem.gradient_lipschitz = 3.0 * static_cast<double>(depth) - 2.0;
  problem.suggested_step = 0.5 / static_cast<double>(depth);  // the largest eigenvalue at (1, ..., 1) is N
  problem.random_start = uniform_box_start(depth, -1.0, 1.0);
  return problem;
}

}  // namespace

Entry deep_chain() {
  return {.name = "deep-chain",
          .family = "constructions",
          .summary = "a product of N factors: a plateau at the origin that lengthens with depth",
          .parameters = {{.name = "depth",
                          .kind = ParameterKind::integer,
                          .default_value = "4",
                          .least = 1,
                          .greatest = 1e6,
                          .summary = "N, the number of layers"},
                         {.name = "initial",
                          .default_value = "0.1",
                          .least = 1e-12,
                          .greatest = 1.0,
                          .summary = "s: the standard start is (s, ..., s)"}},
          .make = make_deep_chain};
}

}  // namespace perigee::problems
