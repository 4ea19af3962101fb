// Adam (Kingma and Ba 2015, algorithm 1): steps scaled coordinate by coordinate by running moments of the gradient.
//
//     m_t = beta1 m_{t-1} + (1 - beta1) g_t         g_t = grad f(x_{t-1}), t = 1, 2, ...; m_0 = v_0 = 0
//     v_t = beta2 v_{t-1} + (1 - beta2) g_t^2       element by element
//     x_t = x_{t-1} - eta_t (m_t/(1 - beta1^t)) / (sqrt(v_t/(1 - beta2^t)) + epsilon)
#ifndef PERIGEE_SOLVERS_ADAM_HPP
#define PERIGEE_SOLVERS_ADAM_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

struct AdamOptions {
  Schedule learning_rate = 1e-3;       // eta_t: about the largest move of one coordinate, in units of x
  double first_moment_decay = 0.9;     // beta1 in [0, sqrt beta2)
  double second_moment_decay = 0.999;  // beta2 in [0, 1)
  double epsilon = 1e-8;               // > 0, in units of the gradient
};

/// Adam, on exact gradients: the reference that most users come from.
///
/// The first step is -eta sign(g), up to epsilon; apart from epsilon the iterates do not change when f is multiplied
/// by a constant, or any coordinate of the gradient by its own. With r = beta1^2/beta2, no coordinate moves further in
/// step t than (Cauchy-Schwarz on the sums that m_t and v_t are)
///
///     eta (1 - beta1)/(1 - beta1^t) sqrt((1 - beta2^t)/(1 - beta2)) sqrt((1 - r^t)/(1 - r)),
///
/// which is eta at t = 1 and tends to 7.27 eta for the default decays; gradients that grow by beta2/beta1 a step attain
/// it. (The bound eta (1 - beta1)/sqrt(1 - beta2) of section 2.1 of the paper is for a single non-zero gradient.)
/// Adam guarantees nothing: there are convex online problems on which it does not converge (Reddi, Kale and Kumar
/// 2018), and with a constant eta it circles a minimizer at a distance of order eta. A coordinate of the gradient that
/// is exactly 0 never moves; one that is merely tiny moves at full speed, which is how Adam leaves saddles that are
/// aligned with the axes.
/// The record's step_size is NaN: no single number multiplies the gradient. A gradient whose square overflows ends
/// the run as non-finite. Cost of a step: one gradient.
class Adam final : public Solver {
 public:
  /// Throws std::invalid_argument on decays outside [0, 1), on beta1^2 >= beta2 unless beta1 = 0 (steps would be
  /// unbounded), or on an epsilon that is not > 0 and finite.
  explicit Adam(AdamOptions options = {});
  std::string name() const override { return "adam"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  AdamOptions options_;
};

namespace solvers {
struct Entry;
Entry adam();  // "adam"
}  // namespace solvers

}  // namespace perigee

#endif
