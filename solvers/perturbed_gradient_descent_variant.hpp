// Perturbed gradient descent as in the journal version: noise in every step, or noise now and then.
#ifndef PERIGEE_SOLVERS_PERTURBED_GRADIENT_DESCENT_VARIANT_HPP
#define PERIGEE_SOLVERS_PERTURBED_GRADIENT_DESCENT_VARIANT_HPP

#include <perigee/lib/solver.hpp>

#include <string>

namespace perigee {

struct ContinualPerturbationOptions {
  double learning_rate;  // eta > 0
  double noise_radius;   // r >= 0, on the scale of the gradient: the noise has E||xi||^2 = r^2

  /// Equation (8) of Jin et al. (2021) without gradient noise: eta = 1/(iota^9 l), r = iota eps. The paper asks for
  /// iota >= mu_0 (1 + ln(d max(1, l Delta_f/eps^2) l/(sqrt(rho eps) delta))) with an unspecified mu_0.
  /// Throws std::invalid_argument unless l, eps > 0 and iota >= 1, all finite.
  static ContinualPerturbationOptions theory(double gradient_lipschitz, double tolerance, double iota);
};

/// Algorithm 1 of Jin, Netrapalli, Ge, Kakade and Jordan (2021), "On nonconvex optimization for machine learning":
///
///     x_{t+1} = x_t - eta (grad f(x_t) + xi_t),   xi_t ~ N(0, (r^2/d) I), in every iteration, without any test
///
/// Does not end itself: it hovers around a minimum, on a quadratic of curvature lambda with the variance
/// eta r^2/(d lambda (2 - eta lambda)) per coordinate. Cost of a step: one gradient.
class ContinuallyPerturbedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on options out of range.
  explicit ContinuallyPerturbedGradientDescent(ContinualPerturbationOptions options);
  std::string name() const override { return "continually-perturbed-gradient-descent"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  ContinualPerturbationOptions options_;
};

/// What equation (6) of Jin et al. (2021) asks to be told.
struct PerturbedVariantTheory {
  double gradient_lipschitz;         // l > 0
  double hessian_lipschitz;          // rho > 0
  double tolerance;                  // eps > 0; sqrt(rho eps) <= l
  double value_gap;                  // Delta_f >= f(x_0) - f*, > 0
  double failure_probability = 0.1;  // delta in (0, 1)
  Index dimension = 0;               // d >= 1
};

/// The five numbers that algorithm 4 runs on. Made by `theory` or by `practical`, which never mix.
struct PerturbedVariantParameters {
  double learning_rate;       // eta
  double noise_radius;        // r, on the scale of the gradient: the point is displaced by eta r at most
  double gradient_threshold;  // eps: perturb where ||grad f|| <= this
  double decrease_threshold;  // F/2: a perturbation that releases less within T proves the point (lemma 20)
  Index escape_iterations;    // T
  std::string origin;         // "theory" or "practical", for reports

  /// Equation (6) for a given iota >= 1: eta = 1/l, r = eps/(400 iota^3), T = ceil(iota l/sqrt(rho eps)),
  /// F = sqrt(eps^3/rho)/(50 iota^3). Throws std::invalid_argument on anything out of range.
  static PerturbedVariantParameters equation_6(double gradient_lipschitz, double hessian_lipschitz, double tolerance,
                                               double iota);

  /// Equation (6) for the least iota >= 6/ln 2 that theorem 18 accepts, found by bisection:
  /// (400 iota^4 l Delta_f/eps^2) (l sqrt(d)/sqrt(rho eps)) iota^2 2^(8 - iota) <= delta.
  static PerturbedVariantParameters theory(const PerturbedVariantTheory& of);

  /// Values that work: eta = 1/l, eta r = scale/100, threshold eps, T = 50 unless given, and
  /// decrease_threshold = eta eps^2 T/4. `scale` is the typical size of x, > 0.
  static PerturbedVariantParameters practical(double gradient_lipschitz, double tolerance, double scale = 1.0,
                                              Index escape_iterations = 50);
};

/// Algorithm 4 ("variant") of Jin et al. (2021), with t_p = 0 at the start:
///
///     if ||grad f(x_t)|| <= eps and t - t_p > T:  x_t -= eta xi_t, xi_t uniform in B(0, r), t_p = t
///     x_{t+1} = x_t - eta grad f(x_t)
///
/// The paper lets it run; theorem 18 says that at least half of the first 400 iota^4 l Delta_f/eps^2 iterates are
/// eps-second-order stationary. Here it returns the point before a perturbation that releases less than
/// `decrease_threshold` = F/2 within T iterations: by lemma 20 such a point is eps-second-order stationary but for a
/// probability of (l sqrt(d)/sqrt(rho eps)) iota^2 2^(8 - iota). With practical parameters that is evidence, no proof.
/// Cost of a step: one gradient, two where it perturbs.
class PerturbedGradientDescentVariant final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit PerturbedGradientDescentVariant(PerturbedVariantParameters parameters);
  std::string name() const override { return "perturbed-gradient-descent-variant"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  PerturbedVariantParameters parameters_;
};

namespace solvers {
struct Entry;
Entry continually_perturbed_gradient_descent();  // "continually-perturbed-gradient-descent"
Entry perturbed_gradient_descent_variant();      // "perturbed-gradient-descent-variant"
}  // namespace solvers

}  // namespace perigee

#endif
