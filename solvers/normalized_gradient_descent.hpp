// Normalized gradient descent: steps of a chosen length, x_{k+1} = x_k - eta_k grad f(x_k)/||grad f(x_k)||_2.
//
// With noise it is the saddle variant of Levy (2016), "The power of normalization: faster evasion of saddle points"
// (Saddle-NGD): in every N0-th step, k = 0, N0, 2 N0, ..., a random displacement theta n is added. The law of n is
// N(0, I/d) here, so that the displacement has length theta in the quadratic mean in any dimension d.
#ifndef PERIGEE_SOLVERS_NORMALIZED_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_NORMALIZED_GRADIENT_DESCENT_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

struct NormalizedGradientDescentOptions {
  Schedule step_length;       // eta_k, in units of x
  double noise_scale = 0.0;   // theta >= 0, in units of x; 0: no noise
  Index noise_interval = 50;  // N0 >= 1, in iterations
};

/// Normalized gradient descent. Where the gradient is exactly 0 the gradient part of the step is 0.
///
/// For convex l-smooth f and constant eta: min_{k<K} f(x_k) - f* <= l/2 ((R^2 + K eta^2)/(2 eta K))^2 with
/// R = ||x_0 - x*|| (the subgradient argument of Nesterov 2018, section 3.2.3). It passes plateaus and saddles in a
/// time that does not depend on how small the gradient is, and settles nowhere: with a constant eta it ends up
/// oscillating at distance O(eta) from a minimizer, so let eta_k fall or go on with another method.
/// The record's step_size is eta_k/||grad f(x_k)||, the factor of the gradient; NaN where the gradient is 0.
/// Steps with noise are recorded as perturbations. Cost of a step: one gradient. Random draws: stream
/// "normalized-gradient-noise", counter k.
class NormalizedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on a negative or infinite noise_scale or a noise_interval < 1.
  explicit NormalizedGradientDescent(NormalizedGradientDescentOptions options);
  std::string name() const override { return "normalized-gradient-descent"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  NormalizedGradientDescentOptions options_;
};

namespace solvers {
struct Entry;
Entry normalized_gradient_descent();  // "normalized-gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
