// Perturbed gradient descent: gradient descent that jumps a little at random where the gradient is small.
#ifndef PERIGEE_SOLVERS_PERTURBED_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_PERTURBED_GRADIENT_DESCENT_HPP

#include <perigee/lib/solver.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// What the theory of Jin et al. (2017) asks to be told.
struct PerturbedTheory {
  double gradient_lipschitz;         // l > 0
  double hessian_lipschitz;          // rho > 0
  double tolerance;                  // eps > 0; sqrt(rho eps) <= l
  double value_gap;                  // Delta_f >= f(x_0) - f*, > 0
  double failure_probability = 0.1;  // delta in (0, 1)
  double constant = 1.0;             // c > 0, at most the paper's unspecified c_max
  Index dimension = 0;               // d >= 1
};

/// The six numbers that algorithm 2 runs on. Made by `theory` or by `practical`, which never mix.
struct PerturbedParameters {
  double learning_rate;        // eta
  double perturbation_radius;  // r, of the displacement
  double gradient_threshold;   // g_thres: perturb where ||grad f|| <= this
  double decrease_threshold;   // f_thres: a perturbation that releases less proves the point
  Index escape_iterations;     // t_thres: iterations a perturbation is given
  std::string origin;          // "theory" or "practical", for reports

  /// The paper's formulas: chi = 3 max(ln(d l Delta_f/(c eps^2 delta)), 4), eta = c/l,
  /// r = sqrt(c)/chi^2 eps/l, g_thres = sqrt(c)/chi^2 eps, f_thres = c/chi^3 sqrt(eps^3/rho),
  /// t_thres = ceil(chi/c^2 l/sqrt(rho eps)). Throws std::invalid_argument on anything out of range.
  static PerturbedParameters theory(const PerturbedTheory& of);

  /// Values that work: eta = 1/l, r = 0.01 scale, g_thres = eps, t_thres = 50 unless given, and
  /// f_thres = eta eps^2 t_thres/4 (what t_thres steps at half the gradient threshold would release).
  /// `scale` is the typical size of x, > 0.
  static PerturbedParameters practical(double gradient_lipschitz, double tolerance, double scale = 1.0,
                                       Index escape_iterations = 50);
};

/// Throws std::invalid_argument, in the name of `who`, on parameters out of range.
void check_parameters(const PerturbedParameters& parameters, const char* who);

/// The fields as (name, value) text pairs.
std::vector<std::pair<std::string, std::string>> settings_of(const PerturbedParameters& parameters);

/// Algorithm 2 of Jin, Ge, Netrapalli, Kakade and Jordan (2017), "How to escape saddle points efficiently":
///
///     if ||grad f(x_t)|| <= g_thres and t - t_noise > t_thres:
///         anchor = x_t, t_noise = t, x_t += xi,  xi uniform in B(0, r)
///     if t - t_noise = t_thres and f(x_t) - f(anchor) > -f_thres:  return anchor
///     x_{t+1} = x_t - eta grad f(x_t)
///
/// With theory parameters (theorem 3): the returned point is an eps-second-order stationary point with probability
/// >= 1 - delta. With practical ones the return is evidence, no proof; the End says which were used.
/// Cost of a step: one gradient, two where it perturbs.
class PerturbedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit PerturbedGradientDescent(PerturbedParameters parameters);
  std::string name() const override { return "perturbed-gradient-descent"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  PerturbedParameters parameters_;
};

struct PeriodicParameters {
  double learning_rate;        // eta = 1/l
  double perturbation_radius;  // r
  double decrease_threshold;   // F: less than this in one episode calls for a jump
  Index episode_iterations;    // T
  Index failed_jumps = 2;      // jumps in a row without decrease F after which the anchor is returned
};

/// The lecture's variant (Arora, COS 597G, lecture 6): episodes of T gradient steps from an anchor.
///
///     x' = T steps from x;  if f(x) - f(x') >= F: anchor = x'   (sufficient descent)
///     else: jump from the better of x and x' by xi uniform in B(0, r)
///
/// Ends at the anchor after `failed_jumps` jumps in a row that release less than F.
class PeriodicallyPerturbedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit PeriodicallyPerturbedGradientDescent(PeriodicParameters parameters);
  std::string name() const override { return "periodically-perturbed-gradient-descent"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  PeriodicParameters parameters_;
};

namespace solvers {
struct Entry;
Entry perturbed_gradient_descent();               // "perturbed-gradient-descent"
Entry periodically_perturbed_gradient_descent();  // "periodically-perturbed-gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
