#include <perigee/solvers/perturbed_stochastic_theory.hpp>

#include <perigee/solvers/parameter_checks.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {
constexpr ParameterChecks check_theory{"perturbed stochastic gradient descent"};
}

PerturbedStochasticParameters PerturbedStochasticParameters::theory(const PerturbedStochasticTheory& of) {
  check_theory.theory(of);
  check_theory.that(of.gradient_deviation >= 0.0 && std::isfinite(of.gradient_deviation),
                    "gradient_deviation must be >= 0 and finite", of.gradient_deviation);
  check_theory.that(of.stochastic_gradient_lipschitz > 0.0, "stochastic_gradient_lipschitz must be > 0",
                    of.stochastic_gradient_lipschitz);
  check_theory.that(of.constant >= 1.0 && std::isfinite(of.constant), "constant must be >= 1 and finite", of.constant);
  const double l = of.gradient_lipschitz;
  const double d = static_cast<double>(of.dimension);
  const double curvature = std::sqrt(of.hessian_lipschitz * of.tolerance);
  const double relative_noise = of.gradient_deviation / of.tolerance;
  const double from_lipschitz = relative_noise * relative_noise +
                                of.stochastic_gradient_lipschitz / l * of.stochastic_gradient_lipschitz / curvature;
  const double from_dimension = relative_noise * relative_noise * d;
  PerturbedStochasticParameters made{};
  made.noise_ratio = 1.0 + std::min(from_lipschitz, from_dimension);
  const double steps_down = l * of.value_gap / (of.tolerance * of.tolerance);
  made.iota =
      of.constant *
      (1.0 + std::log(d * made.noise_ratio * std::max(1.0, steps_down) * l / (curvature * of.failure_probability)));
  made.learning_rate = 1.0 / (std::pow(made.iota, 9.0) * l * made.noise_ratio);
  made.noise_scale = made.iota * of.tolerance * std::sqrt(made.noise_ratio);
  made.escape_iterations = std::ceil(made.iota / (made.learning_rate * curvature));
  made.decrease_threshold =
      std::sqrt(of.tolerance * of.tolerance * of.tolerance / of.hessian_lipschitz) / std::pow(made.iota, 5.0);
  made.iterations = std::ceil(100.0 * std::max(of.value_gap * made.escape_iterations / made.decrease_threshold,
                                               of.value_gap / (made.learning_rate * of.tolerance * of.tolerance)));
  return made;
}

StochasticGradientDescentOptions PerturbedStochasticParameters::options(Minibatch batch) const {
  return {.learning_rate = learning_rate, .batch = batch, .noise = {NoiseLaw::gaussian, noise_scale}};
}

}  // namespace perigee
