// The heavy ball, x_{k+1} = x_k - eta_k grad f(x_k) + beta (x_k - x_{k-1}). Polyak (1964).
#ifndef PERIGEE_SOLVERS_HEAVY_BALL_HPP
#define PERIGEE_SOLVERS_HEAVY_BALL_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

struct HeavyBallOptions {
  Schedule learning_rate;  // eta_k; on a quadratic stable below 2 (1 + beta)/l
  double momentum = 0.9;   // beta in [0, 1)

  /// Polyak's optimal values for a quadratic with eigenvalues in [m, l], 0 < m <= l:
  /// eta = 4/(sqrt l + sqrt m)^2, beta = ((sqrt kappa - 1)/(sqrt kappa + 1))^2, kappa = l/m.
  /// Throws std::invalid_argument on anything else.
  static HeavyBallOptions optimal_for_quadratic(double gradient_lipschitz, double strong_convexity);
};

/// Heavy ball: gradient descent that keeps a share beta of its last displacement.
///
/// Along an eigenvector of eigenvalue lambda a quadratic makes x_k a combination of the k-th powers of the roots of
/// z^2 - (1 + beta - eta lambda) z + beta. With the optimal parameters all of them have modulus
/// sqrt beta = (sqrt kappa - 1)/(sqrt kappa + 1), so the error falls like (1 + k) sqrt(beta)^k. Along curvature
/// lambda = -gamma the larger root is the growth an iteration, near 1 + eta gamma/(1 - beta) where eta gamma is small:
/// up to 1/(1 - beta) times as fast an escape as gradient descent's. The value need not fall from step to step, and
/// beyond quadratics the accelerated rate is not guaranteed, not even for strongly convex f (Lessard, Recht and Packard
/// 2016). Never leaves an exact stationary point. Cost of a step: one gradient.
class HeavyBall final : public Solver {
 public:
  /// Throws std::invalid_argument unless momentum is in [0, 1).
  explicit HeavyBall(HeavyBallOptions options);
  std::string name() const override { return "heavy-ball"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  HeavyBallOptions options_;
};

namespace solvers {
struct Entry;
Entry heavy_ball();  // "heavy-ball"
}  // namespace solvers

}  // namespace perigee

#endif
