// Newton-capped-CG: damped Newton steps by conjugate gradients that notice negative curvature, with a worst-case bound.
#ifndef PERIGEE_SOLVERS_NEWTON_CAPPED_CG_HPP
#define PERIGEE_SOLVERS_NEWTON_CAPPED_CG_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

namespace perigee {

struct NewtonCappedCgOptions {
  double hessian_scale = 1.0;        // h > 0, a guess of the Hessian's Lipschitz constant L
  double accuracy = 0.5;             // zeta in (0, 1) of the capped CG
  double sufficient_decrease = 0.1;  // eta in (0, 1)
  double backtracking = 0.5;         // theta in (0, 1)
  Index step_products = 500;         // Hessian-vector products one step may spend, >= 2
  SecondOrderCriterion criterion{};  // curvature_tolerance eps_H is the damping too
};

/// Royer, O'Neill and Wright (2020), "A Newton-CG algorithm with complexity guarantees for smooth unconstrained
/// optimization", algorithm 3, applied to f/h, which makes it independent of the units of f and x:
///
///     if ||g|| > eps_g:  d by capped CG on (H + 2 eps_H I) d = -g (capped_conjugate_gradient.hpp);
///                        where it finds negative curvature along d,  d <- -sign(d'g) (|d'Hd|/(h ||d||^2)) d/||d||
///     else:              v = Lanczos from a random direction; v'Hv <= -eps_H: d = -sign(v'g) (|v'Hv|/h) v; else stop
///     x <- x + theta^j d, the first j with f(x + theta^j d) <= f(x) - (eta/6) h ||theta^j d||^3
///
/// With L the Hessian's Lipschitz constant and r = L/h, a step decreases f by
///
///     along negative curvature v'Hv = -c <= -eps_H:   (eta/6) min(1, 3 theta/(r + eta))^3 c^3/h^2
///     otherwise:   (eta/6) min(4/(a + sqrt(a^2 + 8 r)), 3 theta/(r + eta))^3 min(||g+||/eps_H, eps_H/h)^3 h,
///                  a = 4 + zeta, g+ the next gradient
///
/// (their lemmas 3 and 4, the second constant as proved for exact residuals), so with eps_H = sqrt(h eps_g) it needs
/// O(eps_g^(-3/2)) iterations. Near a minimum it converges linearly, by the factor 2 eps_H/(lambda_min + 2 eps_H).
/// It ends by itself: see end_of_probe for the claims; "no-acceptable-step" (breakdown) where eps_g is beyond double
/// precision. Cost of a step: one gradient a trial, and products: one a CG iteration and one. No value-only calls.
/// Memory: 13 n, and the probes' bases, n numbers a product. Random draws: stream "lanczos", counter k.
/// Records: step_size is ||s||/||grad f||, the learning rate whose gradient step is as long; NaN for a jump.
class NewtonCappedCg final : public Solver {
 public:
  /// Throws std::invalid_argument on an option out of range.
  explicit NewtonCappedCg(NewtonCappedCgOptions options = {});
  std::string name() const override { return "newton-capped-cg"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  NewtonCappedCgOptions options_;
};

namespace solvers {
struct Entry;
Entry newton_capped_cg();  // "newton-capped-cg"
}  // namespace solvers

}  // namespace perigee

#endif
