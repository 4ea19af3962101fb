// The Barzilai-Borwein method: gradient descent whose step repeats the curvature met on the last step.
//
//     x_{k+1} = x_k - alpha_k grad f(x_k),  s = x_k - x_{k-1},  y = grad f(x_k) - grad f(x_{k-1})
//     alpha_k = s's/s'y (long) or s'y/y'y (short)              Barzilai and Borwein (1988), eqs. (5) and (6)
//
// Safeguarded as in Raydan (1997): a step is accepted if it satisfies the non-monotone condition of Grippo, Lampariello
// and Lucidi (1986), with M values remembered,
//
//     f(x_k - alpha g_k) <= max_{0 <= j < M} f(x_{k-j}) - c alpha ||g_k||^2,
//
// and is shortened otherwise, to the minimizer of the interpolating parabola kept in [0.1, 0.5] of the last trial.
#ifndef PERIGEE_SOLVERS_BARZILAI_BORWEIN_HPP
#define PERIGEE_SOLVERS_BARZILAI_BORWEIN_HPP

#include <perigee/lib/solver.hpp>

namespace perigee {

enum class BarzilaiBorweinStep {
  long_step,   // BB1, s's/s'y
  short_step,  // BB2, s'y/y'y <= BB1
};

struct BarzilaiBorweinOptions {
  BarzilaiBorweinStep step = BarzilaiBorweinStep::long_step;
  Index memory = 10;          // M >= 1; 1: every step descends
  double decrease = 1e-4;     // c in (0, 1)
  double initial_step = 0.0;  // alpha_0 >= 0; 0: 1/||grad f(x_0)||_2
};

/// Barzilai-Borwein with a non-monotone safeguard.
///
/// On a strictly convex quadratic alpha_k is the exact line-search step of the iterate before, in [1/l, 1/m];
/// convergence is R-superlinear in two dimensions (Barzilai and Borwein 1988) and R-linear in any (Dai and Liao 2002).
/// On smooth f with bounded level sets every limit point is stationary (Raydan 1997). First order only.
/// Where s'y <= 0, for which the formulas give no positive step, alpha = ||s||/||y||, the geometric mean of the two
/// formulas' magnitudes (Dai, Al-Baali and Yang 2015): next to a strict saddle this doubles the escaping component in a
/// step. Where the gradient did not change at all, ten times the last step. Steps are kept in [1e-30, 1e30].
/// Where two values differ by rounding only, a step is accepted if the gradient norm did not grow.
/// Ends as a breakdown, "line-search-failed", where no step is acceptable, too short to change x, or the gradient is 0.
/// Cost of a step: one gradient a trial, mostly one.
class BarzilaiBorwein final : public Solver {
 public:
  /// Throws std::invalid_argument if an option is outside its range.
  explicit BarzilaiBorwein(BarzilaiBorweinOptions options = {});
  std::string name() const override { return "barzilai-borwein"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  BarzilaiBorweinOptions options_;
};

namespace solvers {
struct Entry;
Entry barzilai_borwein();  // "barzilai-borwein"
}  // namespace solvers

}  // namespace perigee

#endif
