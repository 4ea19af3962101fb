// Perturbed accelerated gradient descent: momentum that is dropped or used up where it meets negative curvature.
#ifndef PERIGEE_SOLVERS_PERTURBED_ACCELERATED_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_PERTURBED_ACCELERATED_GRADIENT_DESCENT_HPP

#include <perigee/lib/solver.hpp>

#include <string>

namespace perigee {

/// What the theory of Jin, Netrapalli and Jordan (2018) asks to be told.
struct AcceleratedTheory {
  double gradient_lipschitz;         // l > 0
  double hessian_lipschitz;          // rho > 0
  double tolerance;                  // eps > 0; sqrt(rho eps) <= l
  double value_gap;                  // Delta_f >= f(x_0) - f*, > 0
  double failure_probability = 0.1;  // delta in (0, 1)
  double constant = 1.0;             // c > 0, at least the paper's unspecified absolute constant
  Index dimension = 0;               // d >= 1
};

/// The eight numbers that the method runs on. Made by `theory` or by `practical`, which never mix.
struct AcceleratedParameters {
  double learning_rate;        // eta
  double momentum_loss;        // theta in (0, 1]: the share of the velocity that is lost in an iteration
  double curvature_threshold;  // gamma: a secant of curvature below -gamma is negative curvature
  double exploitation_radius;  // s: where negative curvature is met, the length of the step along the velocity
  double perturbation_radius;  // r
  double gradient_threshold;   // eps: perturb where ||grad f|| <= this
  double energy_threshold;     // a perturbation that releases less energy proves the point
  Index escape_iterations;     // iterations a perturbation is given
  std::string origin;          // "theory" or "practical", for reports

  /// The paper's formulas, kappa = l/sqrt(rho eps): eta = 1/(4 l), theta = 1/(4 sqrt(kappa)), gamma = theta^2/eta,
  /// s = gamma/(4 rho), chi = max(1, ln(d l Delta_f/(rho eps delta))), escape_iterations = ceil(sqrt(kappa) chi c),
  /// r = eta eps/(chi^5 c^8), energy_threshold = sqrt(eps^3/rho)/(chi^5 c^7).
  /// Throws std::invalid_argument on anything out of range.
  static AcceleratedParameters theory(const AcceleratedTheory& of);

  /// Values that work. `curvature` mu in (0, l] is the weakest negative curvature worth escaping, `scale` > 0 the
  /// typical size of x. eta = 1/(2 l), theta = sqrt(mu/l)/2, gamma = theta^2/eta = mu/2, s = scale/10,
  /// r = scale/100, escape_iterations = ceil(10/theta) (along -mu the velocity grows by 1 + theta + O(theta^2)),
  /// energy_threshold = eta eps^2 escape_iterations/4. Throws std::invalid_argument on anything out of range.
  static AcceleratedParameters practical(double gradient_lipschitz, double tolerance, double curvature,
                                         double scale = 1.0);
};

/// Algorithm 2 of Jin, Netrapalli and Jordan (2018), "Accelerated gradient descent escapes saddle points faster than
/// gradient descent". With v_0 = 0:
///
///     if ||grad f(x_t)|| <= eps and no perturbation in the last T iterations:  x_t += xi,  xi uniform in B(0, r)
///     y = x_t + (1 - theta) v_t,  x_{t+1} = y - eta grad f(y),  v_{t+1} = x_{t+1} - x_t
///     if v_t != 0 and f(x_t) <= f(y) + <grad f(y), x_t - y> - gamma/2 ||x_t - y||^2:      negative curvature along v_t
///         x_{t+1} = x_t                                                       where ||v_t|| >= s
///         x_{t+1} = the lowest of x_t, x_t + s v_t/||v_t||, x_t - s v_t/||v_t||   elsewhere;  v_{t+1} = 0
///
/// (The paper does not keep x_t in the second case; keeping it where both others are higher lets the energy
/// f(x_t) + ||v_t||^2/(2 eta) fall whatever the parameters.) The energy never rises except by a perturbation, if
/// eta <= 1/(2 l) and 2 eta gamma <= theta <= 1/2.
/// Returns the point before a perturbation that releases less than `energy_threshold` within T iterations (remark 2):
/// with theory parameters an eps-second-order stationary point with high probability, with practical ones evidence.
/// Cost of a step: two gradients; one value more where it perturbs, two where it uses negative curvature.
class PerturbedAcceleratedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit PerturbedAcceleratedGradientDescent(AcceleratedParameters parameters);
  std::string name() const override { return "perturbed-accelerated-gradient-descent"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  AcceleratedParameters parameters_;
};

namespace solvers {
struct Entry;
Entry perturbed_accelerated_gradient_descent();  // "perturbed-accelerated-gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
