// Accelerated gradient descent that looks for negative curvature, with momentum too, where the gradient is small.
#ifndef PERIGEE_SOLVERS_ACCELERATED_NEGATIVE_CURVATURE_FINDING_HPP
#define PERIGEE_SOLVERS_ACCELERATED_NEGATIVE_CURVATURE_FINDING_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/negative_curvature_finding.hpp>

#include <string>

namespace perigee {

/// The nine numbers that the method runs on. Made by `theory` or by `practical`, which never mix.
struct AcceleratedFindingParameters {
  double learning_rate;        // eta, of the descent and of the search
  double momentum_loss;        // theta in (0, 1], of the descent and of the search
  double secant_threshold;     // gamma: a secant of curvature below -gamma is negative curvature
  double exploitation_radius;  // s: where such a secant is met, the length of the step along the velocity
  double gradient_threshold;   // eps: search where ||grad f|| <= this
  double probe_radius;         // r': distance at which gradients are compared
  Index probe_iterations;      // T': updates of the direction before the search gives up
  double curvature_threshold;  // a direction counts as found when its curvature is <= -this
  double step_length;          // of the move along a direction found; halved until f falls enough
  std::string origin;          // "theory" or "practical", for reports

  /// The paper's formulas, kappa = l/sqrt(rho eps): eta = 1/(4 l), theta = 1/(4 sqrt(kappa)), gamma = theta^2/eta,
  /// s = gamma/(4 rho), delta_0 = min(delta, delta sqrt(eps^3/rho)/(384 Delta_f)),
  /// r' = delta_0 eps/32 sqrt(pi/(rho n)), T' = ceil(32 sqrt(kappa) ln(l sqrt(n)/(delta_0 sqrt(rho eps)))),
  /// curvature_threshold = sqrt(rho eps)/4, step_length = sqrt(eps/rho)/4.
  /// Throws std::invalid_argument on anything out of range.
  static AcceleratedFindingParameters theory(const CurvatureFindingTheory& of);

  /// Values that work. `curvature` mu in (0, l] is the weakest negative curvature worth finding, `scale` > 0 the
  /// typical size of x. eta = 1/(2 l), theta = sqrt(mu/l)/2, gamma = theta^2/eta = mu/2, s = scale/10,
  /// r' = 1e-5 scale, T' = ceil(10/theta) (along -mu the direction grows by 1 + theta + O(theta^2) an update),
  /// curvature_threshold = mu/4, step_length = scale/10. Throws std::invalid_argument on anything out of range.
  static AcceleratedFindingParameters practical(double gradient_lipschitz, double tolerance, double curvature,
                                                double scale = 1.0);
};

/// Algorithm 3 of Zhang and Li (2021), "Escape saddle points by a simple gradient-descent based algorithm": the steps
/// of `AcceleratedMotion`, and wherever ||grad f(x)|| <= eps the search of `MomentumSearch` with b = 1 - theta. The
/// paper writes both as one loop whose iterates walk around x at distance r' during a search; here the search is made
/// of directions, so it costs one gradient an update rather than two, ends as soon as its direction is good enough,
/// and what walks around x is no iterate. After a move along the direction found the velocity is 0.
///
/// Ends where T' updates find no direction of curvature <= -curvature_threshold. With theory parameters
/// lambda_min(H(x)) > -sqrt(rho eps) there but for a probability delta; with practical ones the end is evidence, no
/// proof. One move or one accelerated step is one iteration.
/// Cost: two gradients a step, two values more where it uses a secant; a search up to T' + 1 gradients.
class AcceleratedNegativeCurvatureFinding final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit AcceleratedNegativeCurvatureFinding(AcceleratedFindingParameters parameters);
  std::string name() const override { return "accelerated-negative-curvature-finding"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  AcceleratedFindingParameters parameters_;
};

namespace solvers {
struct Entry;
Entry accelerated_negative_curvature_finding();  // "accelerated-negative-curvature-finding"
}  // namespace solvers

}  // namespace perigee

#endif
