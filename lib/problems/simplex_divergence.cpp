#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/relative_divergence.hpp>
#include <perigee/lib/problems/simplex_divergence.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::problems {

SimplexDivergence::SimplexDivergence(Vector target) : target_(std::move(target)) {
  if (target_.empty()) throw std::invalid_argument("SimplexDivergence: the target must have elements, got none");
  for (const double element : target_) {
    if (!(element > 0.0 && std::isfinite(element))) {
      throw std::invalid_argument("SimplexDivergence: the target's elements must be > 0 and finite, got " +
                                  format_number(element));
    }
  }
}

namespace {

// t ln t - t + 1 for t = 1 + u.
double relative_divergence(double t, double u) {
  if (t == 0.0) return 1.0;
  return std::abs(u) < small_relative_change ? small_relative_divergence(u) : t * std::log(t) - u;
}

}  // namespace

double SimplexDivergence::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index a = 0; a < x.size(); ++a) {
    sum += target_[a] * relative_divergence(x[a] / target_[a], (x[a] - target_[a]) / target_[a]);
  }
  return sum;
}

double SimplexDivergence::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  for (Index a = 0; a < x.size(); ++a) {
    const double ratio = (x[a] - target_[a]) / target_[a];
    // log1p is exact near the target, the quotient near 0.
    gradient[a] = std::abs(ratio) < 0.5 ? std::log1p(ratio) : std::log(x[a] / target_[a]);
  }
  return value(x);
}

void SimplexDivergence::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  for (Index a = 0; a < x.size(); ++a) product[a] = v[a] / x[a];
}

namespace {

Problem make_simplex_divergence(const Parameters& parameters) {
  const Index count = parameters.integer("outcomes");
  const double ratio = parameters.real("ratio");
  Vector target(count);
  for (Index a = 0; a < count; ++a) target[a] = std::pow(ratio, static_cast<double>(a));
  target.view() /= target.view().sum();
  if (!(target[count - 1] > 0.0)) {
    throw std::invalid_argument("simplex-divergence: ratio^outcomes must not underflow, got ratio " +
                                format_number(ratio) + " with " + std::to_string(count) + " outcomes");
  }
  Vector reversed = target;
  std::reverse(reversed.data(), reversed.data() + count);
  Vector uniform(count);
  uniform.view().setConstant(1.0 / static_cast<double>(count));

  Problem problem;
  problem.name = "simplex-divergence";
  problem.summary = "the Kullback-Leibler divergence from a geometric distribution";
  problem.why_hard = "probabilities span orders of magnitude, and the curvature 1/x is unbounded near the faces";
  problem.objective = std::make_shared<SimplexDivergence>(target);
  problem.starts = {{"uniform", uniform}, {"reversed", reversed}};
  problem.stationary_points = {{target, 0.0, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = 0.0;
  problem.suggested_step = 0.5;  // of mirror descent with the negative entropy, which is stable up to 2
  problem.random_start = uniform_simplex_start(count);
  return problem;
}

}  // namespace

Entry simplex_divergence() {
  return {.name = "simplex-divergence",
          .family = "policies",
          .summary = "the divergence KL(x, q) from a target distribution, on the simplex: for mirror descent",
          .parameters = {{.name = "outcomes",
                          .kind = ParameterKind::integer,
                          .default_value = "6",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "K, the number of outcomes"},
                         {.name = "ratio",
                          .default_value = "0.5",
                          .least = 1e-300,
                          .greatest = 1,
                          .summary = "of the target q_a ~ ratio^a, a = 0, ..., K - 1; 1: uniform"}},
          .make = make_simplex_divergence};
}

}  // namespace perigee::problems
