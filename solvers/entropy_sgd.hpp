// Entropy-SGD: descent on the local entropy of f, which prefers wide valleys to narrow ones of the same depth.
#ifndef PERIGEE_SOLVERS_ENTROPY_SGD_HPP
#define PERIGEE_SOLVERS_ENTROPY_SGD_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/minibatch.hpp>

#include <string_view>

namespace perigee {

/// The two forms in circulation. They differ in the outer factor and in the size of the noise.
enum class EntropyForm {
  paper,           // outer step eta_k gamma_k (x - mu), noise of standard deviation e sqrt(eta')
  published_code,  // outer step eta_k (x - mu), noise of standard deviation e sqrt(2 eta')
};

/// "paper" or "published-code".
std::string_view name_of(EntropyForm form);
/// The form of that name. Throws std::invalid_argument if there is none.
EntropyForm entropy_form_of(std::string_view name);

struct EntropySgdOptions {
  Schedule learning_rate;       // eta_k of the outer step
  double inner_rate = 0.1;      // eta' > 0; stable while eta' (l + gamma_k) < 2
  Index inner_iterations = 20;  // L >= 1
  double averaging = 0.75;      // alpha in (0, 1]: the weight of the newest inner point in mu; the code has 0.25
  double noise = 1e-4;          // e >= 0: an inner temperature of e^2/2 (paper) or e^2 (published code)
  double scope = 1e-4;          // gamma_0 > 0, a curvature: sets how far the inner points may wander
  double scope_growth = 1e-3;   // gamma_1 >= 0: scoping, gamma_k = gamma_0 (1 + gamma_1)^k
  Minibatch batch{};            // size 0: the whole objective
  EntropyForm form = EntropyForm::paper;
};

/// Entropy-SGD (Chaudhari et al. 2017, algorithm 1). From y_0 = mu_0 = x_k, with z_j ~ N(0, I), j = 0, ..., L - 1,
///
///     y_{j+1}  = y_j - eta' (g(y_j) + gamma_k (y_j - x_k)) + s z_j,    s = e sqrt(eta') or e sqrt(2 eta')
///     mu_{j+1} = (1 - alpha) mu_j + alpha y_{j+1}
///     x_{k+1}  = x_k - eta_k gamma_k (x_k - mu_L)                      (published code: without gamma_k)
///
/// The inner loop is Langevin dynamics at temperature T = s^2/(2 eta') and estimates the mean `<y>` of the density
/// exp(-(f(y) + gamma/2 ||y - x||^2)/T); gamma (x - `<y>`) is the gradient of the smoothed objective
///
///     F(x; gamma) = -T ln int exp(-(f(y) + gamma/2 ||y - x||^2)/T) dy
///
/// whose curvature, on a quadratic of curvature lambda, is gamma lambda/(gamma + lambda) (diagnostics/flatness.hpp
/// measures F). There, without noise, with c = lambda + gamma and q = 1 - eta' c, the mean moves by exactly
///
///     mu_L/x = a + (1 - a) (b^L + alpha q (q^L - b^L)/(q - b)),        a = gamma/c, b = 1 - alpha
///
/// Never ends by itself. record().step_size is NaN: no single gradient makes the step. What is shown for a batch is as
/// for StochasticGradientDescent. Cost of a step: L gradient calls, the first of them the shown one at x_k; batches are
/// counted through, so iteration k sees draws k L to k L + L - 1. Random draws: "entropy", counter k.
class EntropySgd final : public Solver {
 public:
  /// Throws std::invalid_argument on options out of the ranges above.
  explicit EntropySgd(EntropySgdOptions options);
  std::string name() const override { return "entropy-sgd"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  /// Also throws std::invalid_argument if batches are asked for and the objective is no FiniteSum of at least b terms.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  EntropySgdOptions options_;
};

namespace solvers {
struct Entry;
Entry entropy_sgd();  // "entropy-sgd"
}  // namespace solvers

}  // namespace perigee

#endif
