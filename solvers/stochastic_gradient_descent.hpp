// Stochastic gradient descent: gradients of minibatches, momentum, and isotropic noise on top if asked for.
#ifndef PERIGEE_SOLVERS_STOCHASTIC_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_STOCHASTIC_GRADIENT_DESCENT_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/minibatch.hpp>

#include <string_view>

namespace perigee {

enum class NoiseLaw {
  gaussian,  // N(0, (r^2/d) I): Jin, Netrapalli, Ge, Kakade and Jordan (2019)
  sphere,    // uniform on the sphere of radius r: Ge, Huang, Jin and Yuan (2015)
  ball,      // uniform in the ball of radius r
};

/// "gaussian", "sphere" or "ball".
std::string_view name_of(NoiseLaw law);
/// The law of that name. Throws std::invalid_argument if there is none.
NoiseLaw noise_law_of(std::string_view name);

/// A random vector xi of mean 0 added to every gradient. E||xi||^2 = r^2 (gaussian, sphere), r^2 d/(d + 2) (ball).
struct GradientNoise {
  NoiseLaw law = NoiseLaw::gaussian;
  double scale = 0.0;  // r >= 0, in units of the gradient; 0: none
};

struct StochasticGradientDescentOptions {
  Schedule learning_rate;  // eta_k
  double momentum = 0.0;   // beta in [0, 1)
  Minibatch batch{};       // size 0: the whole objective
  GradientNoise noise{};
};

/// Stochastic gradient descent (Robbins and Monro 1951), with g_k the gradient of the batch of iteration k at x_k:
///
///     x_{k+1} = x_k - eta_k (g_k + xi_k) + beta (x_k - x_{k-1}),  x_{-1} = x_0
///
/// With beta = 0, the whole objective and noise on the sphere this is the noisy gradient descent of Ge et al. (2015);
/// with Gaussian noise the perturbed stochastic gradient descent of Jin et al. (2019), algorithm 2.
///
/// On a quadratic of curvature lambda and with terms whose gradients have variance sigma^2, a constant eta ends in a
/// ball: Var x = eta s^2 (1 + beta)/((1 - beta) lambda (2 (1 + beta) - eta lambda)), s^2 = sigma^2/b + r^2/d (with
/// replacement). It scales with eta/b, so batch and learning rate may grow together; with eta_k = a/(k + k0) it shrinks
/// like 1/k.
///
/// The evaluation shown for x_k is the batch's value and gradient at x_k, and record().batch_size says so; stop rules
/// on the point do not fire on it. The noise is not part of the shown gradient, and noisy steps are ordinary steps.
/// Cost of a step: one gradient call, of b terms. Random draws: see MinibatchSampler; "gradient-noise", counter k.
class StochasticGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument unless 0 <= momentum < 1, noise.scale >= 0 is finite and the batch is a batch.
  explicit StochasticGradientDescent(StochasticGradientDescentOptions options);
  std::string name() const override { return "stochastic-gradient-descent"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  /// Also throws std::invalid_argument if batches are asked for and the objective is no FiniteSum of at least b terms.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  StochasticGradientDescentOptions options_;
};

namespace solvers {
struct Entry;
Entry stochastic_gradient_descent();  // "stochastic-gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
