// Trust-region Newton-CG with a second-order end: Steihaug's truncated conjugate gradients, and negative curvature by
// Lanczos where the gradient is small.
#ifndef PERIGEE_SOLVERS_TRUST_REGION_NEWTON_CG_HPP
#define PERIGEE_SOLVERS_TRUST_REGION_NEWTON_CG_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

namespace perigee {

struct TrustRegionNewtonCgOptions {
  double initial_radius = 1.0;     // Delta_0 in (0, greatest_radius]
  double greatest_radius = 1e3;    // Delta_max > 0
  double acceptance_ratio = 0.15;  // eta in (0, 1/4)
  double forcing_exponent = 0.5;   // theta in (0, 1]: inner tolerance min(1/2, ||g||^theta) ||g||
  Index step_products = 500;       // Hessian-vector products one trial may spend, >= 1
  SecondOrderCriterion criterion{};
};

/// Nocedal and Wright (2006), algorithms 4.1 and 7.2 (Steihaug 1983), with an exit that they leave open:
///
///     s = CG on H s = -g until ||r|| <= min(1/2, ||g||^theta) ||g||;
///         at d'Hd <= 0: the better of the two ends of s + tau d in the ball of radius Delta; at ||s|| >= Delta: the
///         point on its surface
///     ratio = (f(x) - f(x + s)) / (m(0) - m(s)),  x <- x + s if ratio >= eta
///     Delta <- ||s||/4 if ratio < 1/4;  min(2 Delta, Delta_max) if ratio > 3/4 and ||s|| = Delta
///     if ||g|| <= eps_g:  v = Lanczos from a random direction; v'Hv <= -eps_H: s = +-Delta v, downhill; else stop
///
/// Near a minimum with H > 0 and H Lipschitz it converges with order 1 + theta (Nocedal and Wright 2006, theorem 7.2).
/// It ends by itself: see end_of_probe for the claims; "no-acceptable-step" (breakdown) where eps_g is beyond double
/// precision. Cost of a trial: one gradient and one product a CG iteration; no value-only calls. Memory: 8 n, and the
/// probes' bases, n numbers a product. Random draws: stream "lanczos", counter k.
/// Records: step_size is ||s||/||grad f||, the learning rate whose gradient step is as long; NaN for a jump.
class TrustRegionNewtonCg final : public Solver {
 public:
  /// Throws std::invalid_argument on an option out of range.
  explicit TrustRegionNewtonCg(TrustRegionNewtonCgOptions options = {});
  std::string name() const override { return "trust-region-newton-cg"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  TrustRegionNewtonCgOptions options_;
};

namespace solvers {
struct Entry;
Entry trust_region_newton_cg();  // "trust-region-newton-cg"
}  // namespace solvers

}  // namespace perigee

#endif
