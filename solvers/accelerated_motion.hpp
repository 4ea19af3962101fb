// Nesterov's momentum for nonconvex functions: what the accelerated methods that escape saddles share.
#ifndef PERIGEE_SOLVERS_ACCELERATED_MOTION_HPP
#define PERIGEE_SOLVERS_ACCELERATED_MOTION_HPP

#include <perigee/lib/oracle.hpp>
#include <perigee/lib/state.hpp>

namespace perigee {

struct MotionParameters {
  double learning_rate;        // eta
  double momentum_loss;        // theta in (0, 1]
  double curvature_threshold;  // gamma
  double exploitation_radius;  // s
};

enum class Motion {
  step,        // the candidate is y - eta grad f(y)
  exploited,   // negative curvature was met along the velocity: the candidate was chosen along it
  non_finite,  // the candidate, or something on the way to it, is not finite
};

/// The steps of Jin, Netrapalli and Jordan (2018), algorithms 2 and 3, from x with velocity v:
///
///     y = x + (1 - theta) v,  x' = y - eta grad f(y),  v' = x' - x
///     if v != 0 and f(x) <= f(y) + <grad f(y), x - y> - gamma/2 ||x - y||^2:        negative curvature along v
///         x' = x                                                         where ||v|| >= s
///         x' = the lowest of x, x + s v/||v||, x - s v/||v||             elsewhere;  v' = 0
///
/// Cost of a proposal: two gradients, two values more where it chooses along the velocity.
class AcceleratedMotion {
 public:
  AcceleratedMotion(Index dimension, const MotionParameters& parameters)
      : parameters_(parameters), ahead_(dimension), velocity_(dimension) {}

  /// Proposes and evaluates the candidate; the velocity stays that of `from`.
  Motion propose(Oracle& oracle, ConstVectorView from, double from_value, Evaluation& candidate);

  /// Takes the candidate that was proposed as the new position.
  void accept(Motion motion, ConstVectorView from, const Evaluation& candidate);

  /// v = 0
  void rest();

  double speed() const { return speed_; }  // ||v||_2

  /// f(x) + ||v||^2/(2 eta), which no step raises if eta <= 1/(2 l) and 2 eta gamma <= theta <= 1/2.
  double energy(double value) const { return value + 0.5 * speed_ * speed_ / parameters_.learning_rate; }

  void save_state(StateWriter& writer) const;
  void load_state(StateReader& reader);

 private:
  bool meets_negative_curvature(ConstVectorView from, double from_value) const;
  void propose_along_velocity(Oracle& oracle, ConstVectorView from, double from_value, Evaluation& candidate);

  MotionParameters parameters_;
  Evaluation ahead_;    // y
  Vector velocity_;     // v
  double speed_ = 0.0;  // ||v||
};

}  // namespace perigee

#endif
