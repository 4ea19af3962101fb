// Nesterov's accelerated gradient method, with constant or growing momentum and adaptive restarts.
//
//     x_{k+1} = y_k - eta_k grad f(y_k)
//     y_{k+1} = x_{k+1} + beta_k (x_{k+1} - x_k),      y_0 = x_0
//
// Nesterov (1983); constant momentum: Nesterov (2018), section 2.2.1; beta_k = k/(k + 3): Su, Boyd and
// Candes (2016); restarts: O'Donoghue and Candes (2015).
//
// Which sequence is the iterate: y_k, the points at which f and its gradient are evaluated, so that a step costs one
// gradient and every record is of the point it shows. The x_k of the theory are never evaluated; x_{k+1} is a
// gradient step from y_k, so with eta = 1/l it is lower by at least ||grad f(y_k)||^2/(2l).
#ifndef PERIGEE_SOLVERS_NESTEROV_HPP
#define PERIGEE_SOLVERS_NESTEROV_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

#include <optional>

namespace perigee {

/// When the momentum is dropped and the sequence beta_k begins again.
enum class MomentumRestart {
  none,
  function,  // where f(y_k) > f(y_{k-1}): from y_k
  gradient,  // where grad f(y_k)'(x_{k+1} - x_k) > 0, the momentum points uphill: from x_{k+1}
};

struct NesterovOptions {
  Schedule learning_rate;            // eta_k <= 1/l
  std::optional<double> momentum{};  // beta in [0, 1), constant; nothing: k/(k + 3), k since the last restart
  MomentumRestart restart = MomentumRestart::none;

  /// For an l-smooth, m-strongly convex f, 0 < m <= l: eta = 1/l, beta = (sqrt kappa - 1)/(sqrt kappa + 1),
  /// kappa = l/m. Throws std::invalid_argument on anything else.
  static NesterovOptions strongly_convex(double gradient_lipschitz, double strong_convexity);
};

/// Nesterov's method.
///
/// With eta = 1/l and f convex: beta_k = k/(k + 3) gives f(x_k) - f* <= 2 l ||x_0 - x*||^2/(k + 1)^2 (Su et al. 2016),
/// and `strongly_convex` f(x_k) - f* <= (1 - 1/sqrt kappa)^k (f(x_0) - f* + m/2 ||x_0 - x*||^2) (Nesterov 2018,
/// section 2.2.1). Near a saddle with curvature -gamma it grows by z = (s + sqrt(s^2 - 4 beta (1 + a)))/2 an iteration,
/// a = eta gamma, s = (1 + beta)(1 + a), faster than the heavy ball of the same eta and beta. No descent method: the
/// value may rise; for functions that are not convex a restart is advised. Never leaves an exact stationary point. Cost
/// of a step: one gradient.
class Nesterov final : public Solver {
 public:
  /// Throws std::invalid_argument unless a constant momentum is in [0, 1).
  explicit Nesterov(NesterovOptions options);
  std::string name() const override { return "nesterov"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  NesterovOptions options_;
};

namespace solvers {
struct Entry;
Entry nesterov();  // "nesterov"
}  // namespace solvers

}  // namespace perigee

#endif
