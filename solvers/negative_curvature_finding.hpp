// Gradient descent that looks for negative curvature where the gradient is small, with gradients only.
#ifndef PERIGEE_SOLVERS_NEGATIVE_CURVATURE_FINDING_HPP
#define PERIGEE_SOLVERS_NEGATIVE_CURVATURE_FINDING_HPP

#include <perigee/lib/solver.hpp>

#include <string>

namespace perigee {

/// What the theory of Zhang and Li (2021) asks to be told.
struct CurvatureFindingTheory {
  double gradient_lipschitz;         // l > 0
  double hessian_lipschitz;          // rho > 0
  double tolerance;                  // eps > 0; sqrt(rho eps) <= l
  double value_gap;                  // Delta_f >= f(x_0) - f*, > 0
  double failure_probability = 0.1;  // delta in (0, 1), of the whole run
  Index dimension = 0;               // n >= 1
};

/// delta_0 = min(delta, delta sqrt(eps^3/rho)/(384 Delta_f)): the share of one search in delta, since each move along a
/// direction found lowers f by sqrt(eps^3/rho)/384 at least.
double share_of_one_search(const CurvatureFindingTheory& of);

/// The six numbers that the method runs on. Made by `theory` or by `practical`, which never mix.
struct CurvatureFindingParameters {
  double learning_rate;        // eta, of the descent and of the search
  double gradient_threshold;   // eps: search where ||grad f|| <= this
  double probe_radius;         // r: distance at which gradients are compared
  Index probe_iterations;      // T: updates of the direction before the search gives up
  double curvature_threshold;  // a direction counts as found when its curvature is <= -this
  double step_length;          // of the move along a direction found; halved until f falls enough
  std::string origin;          // "theory" or "practical", for reports

  /// With delta_0 = share_of_one_search: eta = 1/l,
  /// r = eps/(8 l) sqrt(pi/n) delta_0, T = ceil(8 l/sqrt(rho eps) ln(l/delta_0 sqrt(n/(pi rho eps)))),
  /// curvature_threshold = sqrt(rho eps)/4, step_length = sqrt(eps/rho)/4.
  /// Throws std::invalid_argument on anything out of range.
  static CurvatureFindingParameters theory(const CurvatureFindingTheory& of);

  /// Values that work. `curvature` mu in (0, l] is the weakest negative curvature worth finding, `scale` > 0 the
  /// typical size of x. eta = 1/l, r = 1e-5 scale, T = ceil(10 l/mu), curvature_threshold = mu/4,
  /// step_length = scale/10. Throws std::invalid_argument on anything out of range.
  static CurvatureFindingParameters practical(double gradient_lipschitz, double tolerance, double curvature,
                                              double scale = 1.0);
};

/// Gradient descent with the search of Zhang and Li (2021), "Escape saddle points by a simple gradient-descent based
/// algorithm", algorithm 1, wherever ||grad f(x)|| <= eps:
///
///     e uniform on the sphere; T times:  e -= eta (grad f(x + r e) - grad f(x))/r,  e /= ||e||
///
/// which is the power method on I - eta H(x). The search ends as soon as the curvature that it has just measured,
/// c = e'(grad f(x + r e) - grad f(x))/r, is <= -curvature_threshold: that is all that the paper's lemma 6 uses of e.
/// Then x moves by `step_length` along -sign(<grad f(x), e>) e, halved until f falls by |c| step^2/4. With theory
/// parameters no halving is ever needed (a step s lowers f by |c| s^2/2 - rho s^3/6 at least, here >= |c| s^2/3).
///
/// Ends where T updates find no such direction. With theory parameters lambda_min(H(x)) > -sqrt(rho eps) there but
/// for a probability delta; with practical ones the end is evidence, no proof.
/// One move or one gradient step is one iteration. Cost: one gradient a step; a search up to T + 1 gradients more.
class NegativeCurvatureFinding final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit NegativeCurvatureFinding(CurvatureFindingParameters parameters);
  std::string name() const override { return "negative-curvature-finding"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  CurvatureFindingParameters parameters_;
};

namespace solvers {
struct Entry;
class TheoryOrPractical;
Entry negative_curvature_finding();  // "negative-curvature-finding"

/// What the theory asks to be told, from a registry entry's parameters.
CurvatureFindingTheory curvature_finding_theory(const TheoryOrPractical& chosen);
}  // namespace solvers

}  // namespace perigee

#endif
