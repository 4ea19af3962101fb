// Nonlinear conjugate gradients: a line search along d_k = -g_k + beta_k d_{k-1}, g = grad f.
#ifndef PERIGEE_SOLVERS_NONLINEAR_CONJUGATE_GRADIENT_HPP
#define PERIGEE_SOLVERS_NONLINEAR_CONJUGATE_GRADIENT_HPP

#include <perigee/lib/line_search.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

/// The update parameter beta, with y = g_k - g_{k-1} and d = d_{k-1}.
enum class ConjugateFormula {
  hager_zhang,         // max(beta_N, eta_k), beta_N = (y - 2 d |y|^2/(d'y))'g_k/(d'y): (2005), eqs. (1.3) to (1.6)
  polak_ribiere_plus,  // max(g_k'y/|g_{k-1}|^2, 0): Nocedal and Wright (2006), eqs. (5.44) and (5.45)
};

struct NonlinearConjugateGradientOptions {
  ConjugateFormula formula = ConjugateFormula::hager_zhang;
  line_searches::Pointer line_search{};  // along d_k; nothing: hager_zhang({.curvature = 0.5})
  double initial_step = 0.0;   // first trial of the first search; 0: min(1, max(1, ||x_0||_inf)/||grad f(x_0)||_inf)
  Index restart_interval = 0;  // d = -g every so many steps, >= 1; 0: max(6 n, 20)
};

/// Nonlinear conjugate gradients after Polak and Ribiere (1969) or Hager and Zhang (2005).
///
/// With the formula of Hager and Zhang d_k'g_k <= -7/8 |g_k|^2 for any line search (theorem 1.1). d = -g at the start,
/// after every `restart_interval` steps, where d is no descent direction, and where the search along d fails; a search
/// that fails along -g ends the run as a breakdown. It guarantees a first-order stationary point only, and never
/// leaves an exact one. Later searches start from alpha_{k-1} phi'_{k-1}(0)/phi'_k(0), at most ten times the last step.
/// Cost of a step: one gradient a trial (about two), and O(1) passes over vectors of length n. Storage: 5 vectors.
/// It draws no random numbers.
class NonlinearConjugateGradient final : public Solver {
 public:
  /// Throws std::invalid_argument unless initial_step >= 0 and finite and restart_interval >= 0.
  explicit NonlinearConjugateGradient(NonlinearConjugateGradientOptions options = {});
  std::string name() const override { return "nonlinear-conjugate-gradient"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  NonlinearConjugateGradientOptions options_;
};

namespace solvers {
struct Entry;
Entry nonlinear_conjugate_gradient();  // "nonlinear-conjugate-gradient"
}  // namespace solvers

}  // namespace perigee

#endif
