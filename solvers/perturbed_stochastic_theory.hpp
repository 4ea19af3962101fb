// The constants with which perturbed stochastic gradient descent is proved to escape saddles.
#ifndef PERIGEE_SOLVERS_PERTURBED_STOCHASTIC_THEORY_HPP
#define PERIGEE_SOLVERS_PERTURBED_STOCHASTIC_THEORY_HPP

#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <limits>

namespace perigee {

/// What equation (8) of Jin et al. (2021) asks to be told.
struct PerturbedStochasticTheory {
  double gradient_lipschitz;              // l > 0
  double hessian_lipschitz;               // rho > 0
  double tolerance;                       // eps > 0; sqrt(rho eps) <= l
  double value_gap;                       // Delta_f >= f(x_0) - f*, > 0
  double failure_probability = 0.1;       // delta in (0, 1)
  Index dimension = 0;                    // d >= 1
  double gradient_deviation = 0.0;        // sigma >= 0: P(||g - grad f|| >= t) <= 2 exp(-t^2/(2 sigma^2))
  double stochastic_gradient_lipschitz =  // l~ > 0: of every single stochastic gradient; infinity: none is known
      std::numeric_limits<double>::infinity();
  double constant = 1.0;  // mu_0 >= 1; the paper leaves it open: a large enough absolute constant
};

/// The parameters of theorem 16, for algorithm 2 of Jin, Netrapalli, Ge, Kakade and Jordan (2021),
///
///     x_{t+1} = x_t - eta (g_t + xi_t),   xi_t ~ N(0, (r^2/d) I)
///
/// which is StochasticGradientDescent with Gaussian noise of scale r and without momentum. With
///
///     N    = 1 + min(sigma^2/eps^2 + l~^2/(l sqrt(rho eps)), sigma^2 d/eps^2)
///     iota = mu_0 (1 + ln(d N max(1, l Delta_f/eps^2) l/(sqrt(rho eps) delta)))
///
/// at least half of the first `iterations` iterates are eps-second-order stationary, with probability 1 - delta. Such
/// rates are for proofs: eta l is below 1e-10 in ordinary cases.
struct PerturbedStochasticParameters {
  double iota;
  double noise_ratio;         // N, how much more the gradient noise asks for; 1 without noise
  double learning_rate;       // eta = 1/(iota^9 l N)
  double noise_scale;         // r = iota eps sqrt(N), on the scale of the gradient
  double escape_iterations;   // T = ceil(iota/(eta sqrt(rho eps))); may exceed every integer type
  double decrease_threshold;  // F = iota^-5 sqrt(eps^3/rho)
  double iterations;          // ceil(100 max(Delta_f T/F, Delta_f/(eta eps^2)))

  /// Throws std::invalid_argument on anything out of range.
  static PerturbedStochasticParameters theory(const PerturbedStochasticTheory& of);

  /// The solver's options with these constants and batches whose gradients have the deviation that was stated.
  StochasticGradientDescentOptions options(Minibatch batch = {}) const;
};

}  // namespace perigee

#endif
