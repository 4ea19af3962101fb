// Saddle-free Newton: Newton's method with |H| in the place of H, on Krylov spaces, so that saddles repel.
#ifndef PERIGEE_SOLVERS_SADDLE_FREE_NEWTON_HPP
#define PERIGEE_SOLVERS_SADDLE_FREE_NEWTON_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

namespace perigee {

struct SaddleFreeNewtonOptions {
  Index subspace_dimension = 50;  // k >= 1: of a step's space, at most
  Index steps_per_basis = 1;      // m >= 1: steps before V and V'HV are made anew
  double inner_accuracy = 0.1;    // kappa in (0, 1): how well the space must hold the step
  double acceptance_ratio = 0.1;  // eta in (0, 1/2)
  double initial_jump = 1.0;      // t_0 > 0: length of the first step along negative curvature that a probe found
  SecondOrderCriterion criterion{};
};

/// Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio (2014), algorithm 1, with a second-order end:
///
///     V = Lanczos basis of H(x) from g: the first k with beta_{k+1} |y_k| <= min(kappa, ||y||) ||g||, y the step's
///         coordinates at lambda = 0. Where subspace_dimension cuts it off, its last vector is the previous step's part
///         outside the others.
///     |T| = Q |Theta| Q',  V'HV = T = Q Theta Q';   theta_max = max_i |Theta_i|
///     s(lambda) = -V (|T| + lambda I)^{-1} V'g - (I - V V')g/(theta_max + lambda)
///     lambda in {0} and theta_max 10^{-8, -7, ...}: upwards from 0, the first that decreases f by eta of what the
///         Taylor model says and is not improved on by the next
///     x <- x + s(lambda); V and T serve m iterates
///     if ||g|| <= eps_g:  v = Lanczos from a random direction; v'Hv <= -eps_H: s = +-t v, downhill, t halved or less
///         after a failure and doubled after a success; else stop
///
/// V contains the gradient it was made from, so the second term of s is zero unless m > 1.
/// Near a minimum with H > 0 and H Lipschitz it is Newton's method, of order 2 for m = 1. Near a strict saddle the
/// component of x - x* along negative curvature doubles in a step with lambda = 0: a start at distance delta from the
/// stable manifold needs log2(1/delta) steps, and one on it reaches the saddle, where the probe decides.
/// It ends by itself: see end_of_probe for the claims; "no-acceptable-step" (breakdown) where eps_g is beyond double
/// precision. Cost of a step: k products each m iterates, about two values, one gradient. Memory: 7 n, and n numbers a
/// dimension of the largest space used. Random draws: stream "lanczos", counter k.
/// Records: step_size is ||s||/||grad f||, the learning rate whose gradient step is as long; NaN for a jump.
class SaddleFreeNewton final : public Solver {
 public:
  /// Throws std::invalid_argument on an option out of range.
  explicit SaddleFreeNewton(SaddleFreeNewtonOptions options = {});
  std::string name() const override { return "saddle-free-newton"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  SaddleFreeNewtonOptions options_;
};

namespace solvers {
struct Entry;
Entry saddle_free_newton();  // "saddle-free-newton"
}  // namespace solvers

}  // namespace perigee

#endif
