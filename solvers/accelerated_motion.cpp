#include <perigee/solvers/accelerated_motion.hpp>

#include <perigee/solvers/step_support.hpp>

#include <cmath>

namespace perigee {

Motion AcceleratedMotion::propose(Oracle& oracle, ConstVectorView from, double from_value, Evaluation& candidate) {
  ahead_.propose() = from + (1.0 - parameters_.momentum_loss) * velocity_.view();
  oracle.evaluate(ahead_);
  if (!std::isfinite(from_value) || !ahead_.is_finite()) return Motion::non_finite;
  const bool is_exploiting = meets_negative_curvature(from, from_value);
  if (is_exploiting) {
    propose_along_velocity(oracle, from, from_value, candidate);
  } else {
    candidate.propose() = ahead_.x() - parameters_.learning_rate * ahead_.gradient();
  }
  oracle.evaluate(candidate);
  if (!candidate.is_finite()) return Motion::non_finite;
  return is_exploiting ? Motion::exploited : Motion::step;
}

void AcceleratedMotion::accept(Motion motion, ConstVectorView from, const Evaluation& candidate) {
  if (motion == Motion::exploited) {
    rest();
    return;
  }
  speed_ = distance(candidate.x(), from);
  velocity_.view() = candidate.x() - from;
}

void AcceleratedMotion::rest() {
  velocity_.view().setZero();
  speed_ = 0.0;
}

void AcceleratedMotion::save_state(StateWriter& writer) const {
  writer.write(velocity_);
  writer.write(speed_);
}

void AcceleratedMotion::load_state(StateReader& reader) {
  reader.read(velocity_.view());
  reader.read(speed_);
}

// At v = 0 the inequality of the paper holds with equality and says nothing.
bool AcceleratedMotion::meets_negative_curvature(ConstVectorView from, double from_value) const {
  if (speed_ == 0.0) return false;
  const double slope = ahead_.gradient().dot(from - ahead_.x());
  return from_value <=
         ahead_.value() + slope - 0.5 * parameters_.curvature_threshold * (from - ahead_.x()).squaredNorm();
}

void AcceleratedMotion::propose_along_velocity(Oracle& oracle, ConstVectorView from, double from_value,
                                               Evaluation& candidate) {
  VectorView next = candidate.propose();
  if (speed_ >= parameters_.exploitation_radius) {
    next = from;
    return;
  }
  const double factor = parameters_.exploitation_radius / speed_;
  next = from - factor * velocity_.view();
  const double behind = oracle.value(next);
  next = from + factor * velocity_.view();
  const double before = oracle.value(next);
  // Written so that a value that is not a number is never the lowest.
  if (before < from_value && !(behind < before)) return;
  if (behind < from_value) {
    next = from - factor * velocity_.view();
  } else {
    next = from;
  }
}

}  // namespace perigee
