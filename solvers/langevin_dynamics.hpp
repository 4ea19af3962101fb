// Langevin dynamics: gradient descent at a temperature, which samples exp(-f/T) and so leaves every trap in time.
#ifndef PERIGEE_SOLVERS_LANGEVIN_DYNAMICS_HPP
#define PERIGEE_SOLVERS_LANGEVIN_DYNAMICS_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/minibatch.hpp>

#include <optional>

namespace perigee {

enum class Correction {
  none,        // every proposal is taken: the unadjusted algorithm, biased by O(a)
  metropolis,  // proposals are accepted with the probability that makes exp(-f/T) exactly stationary
};

/// "none" or "metropolis".
std::string_view name_of(Correction correction);
/// The correction of that name. Throws std::invalid_argument if there is none.
Correction correction_of(std::string_view name);

/// How hot: either a temperature or a batch size to imitate. Exactly one is set.
struct LangevinDynamicsOptions {
  Schedule learning_rate;                 // a_k
  std::optional<Schedule> temperature{};  // T_k = 1/beta_k, in units of f; a step_decay is "equilibrate, lower, repeat"
  std::optional<double> modelled_batch{};  // b > 0: T_k = a_k/(2b), the temperature of batches of b terms
  Minibatch batch{};                       // gradients of batches (SGLD); size 0: of the whole objective
  Correction correction = Correction::none;
};

/// Langevin dynamics, with z_k ~ N(0, I):
///
///     x_{k+1} = x_k - a_k g_k + sqrt(2 a_k T_k) z_k
///
/// the Euler scheme of dx = -grad f dt + sqrt(2T) dW, t_k = sum a_k, whose stationary density is exp(-f/T)/Z. With
/// gradients of batches: stochastic gradient Langevin dynamics (Welling and Teh 2011; Raginsky, Rakhlin and Telgarsky
/// 2017). `modelled_batch` = b gives T = a/(2b), the temperature of stochastic gradient descent with batches of b terms
/// whose gradients have covariance I (Chaudhari 2019): constant where a and b grow together.
///
/// On a quadratic of curvature lambda the unadjusted algorithm has Var x = T/(lambda (1 - a lambda/2)). With
/// Correction::metropolis (Roberts and Tweedie 1996) it is T/lambda: the proposal x' is accepted with probability
/// min(1, exp(-D/T)),
///
///     D = f(x') - f(x) - (x' - x)'(g + g')/2 + (a/4)(||g'||^2 - ||g||^2),  g = grad f(x), g' = grad f(x')
///
/// and x_{k+1} = x_k, with step_norm 0, otherwise; f(x') = +infinity is a rejection, NaN a breakdown.
///
/// The time to cross a barrier of height h is about exp(h/T) in units of t. Never ends by itself, and the last iterate
/// is a sample, not the best point seen. Noisy steps are ordinary steps; what is shown for a batch is as for
/// StochasticGradientDescent. Cost of a step: one gradient call. Random draws: stream "langevin", counter k.
class LangevinDynamics final : public Solver {
 public:
  /// Throws std::invalid_argument unless exactly one of temperature and modelled_batch is set, modelled_batch > 0 is
  /// finite, the batch is a batch, and its size is 0 with Correction::metropolis, which needs exact values.
  explicit LangevinDynamics(LangevinDynamicsOptions options);
  std::string name() const override { return "langevin-dynamics"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  /// Also throws std::invalid_argument if batches are asked for and the objective is no FiniteSum of at least b terms.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  LangevinDynamicsOptions options_;
};

namespace solvers {
struct Entry;
Entry langevin_dynamics();  // "langevin-dynamics"
}  // namespace solvers

}  // namespace perigee

#endif
