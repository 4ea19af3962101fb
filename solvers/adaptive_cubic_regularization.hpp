// Adaptive regularization with cubics (ARC): Newton's method with a cubic model, on Krylov spaces.
#ifndef PERIGEE_SOLVERS_ADAPTIVE_CUBIC_REGULARIZATION_HPP
#define PERIGEE_SOLVERS_ADAPTIVE_CUBIC_REGULARIZATION_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

namespace perigee {

struct AdaptiveCubicRegularizationOptions {
  double initial_weight = 1.0;     // sigma_0 >= least_weight; about half the Hessian's Lipschitz constant
  double least_weight = 1e-8;      // > 0
  double acceptance_ratio = 0.1;   // eta_1 in (0, eta_2)
  double very_good_ratio = 0.9;    // eta_2 in (eta_1, 1): halve sigma
  double inner_accuracy = 0.1;     // kappa in (0, 1): ||grad m(s)|| <= min(kappa, ||s||) ||g||
  Index subspace_dimension = 200;  // of a step's Krylov space, at most; >= 1
  SecondOrderCriterion criterion{};
};

/// Cartis, Gould and Toint (2011), "Adaptive cubic regularisation methods for unconstrained optimization", part I,
/// algorithm 2.1, with the subproblem solved globally on the Krylov space of (H, g) (their section 6.2):
///
///     s = argmin over span(g, H g, ..., H^{j-1} g) of m(s) = f + g's + s'Hs/2 + (sigma/3)||s||^3,
///         the first j with ||grad m(s)|| <= min(kappa, ||s||) ||g||
///     ratio = (f(x) - f(x + s)) / (f(x) - m(s)),  x <- x + s if ratio >= eta_1
///     sigma <- max(sigma/2, least) if ratio >= eta_2;  sigma if eta_1 <= ratio < eta_2;  otherwise what would have
///              explained f(x + s), within [2 sigma, 100 sigma]
///     if ||g|| <= eps_g:  v = Lanczos from a random direction; v'Hv <= -eps_H: s = +-t v with t minimizing m,
///     downhill;
///              else stop
///
/// Near a minimum with H > 0 and H Lipschitz it converges quadratically (their corollary 4.10). With sigma at least
/// half of H's Lipschitz constant every full-space step is accepted (Nesterov and Polyak 2006).
/// It ends by itself: see end_of_probe for the claims; "no-acceptable-step" (breakdown) where eps_g is beyond double
/// precision. A rejected trial costs one gradient and keeps its Krylov space; a new iterate, j products.
/// Memory: 7 n, and n numbers a dimension of the largest Krylov space used. Random draws: stream "lanczos", counter k.
/// Records: step_size is ||s||/||grad f||, the learning rate whose gradient step is as long; NaN for a jump.
class AdaptiveCubicRegularization final : public Solver {
 public:
  /// Throws std::invalid_argument on an option out of range.
  explicit AdaptiveCubicRegularization(AdaptiveCubicRegularizationOptions options = {});
  std::string name() const override { return "adaptive-cubic-regularization"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  AdaptiveCubicRegularizationOptions options_;
};

namespace solvers {
struct Entry;
Entry adaptive_cubic_regularization();  // "adaptive-cubic-regularization"
}  // namespace solvers

}  // namespace perigee

#endif
