// What the model-based second-order methods share: trial steps judged by their model, and the second-order end.
//
//     ratio = (f(x) - f(x + s)) / (m(0) - m(s))           accepted where ratio >= acceptance_ratio
//
// Where the decrease predicted is below 1e3 eps |f(x)|, the difference of the values is mostly rounding, and the
// trapezoidal -s'(g(x) + g(x + s))/2 takes its place: its relative error is O(||s||) (compare the approximate Wolfe
// condition of Hager and Zhang 2005). Such steps may raise the value by 1e3 eps |f|, all together.
//
// One step() is one accepted iterate; rejected trials stay inside it. A trial that is not finite is rejected like one
// that is too long. When an accepted iterate has ||g|| <= eps_g, a curvature probe decides at once: the iterate is the
// last, or the next step goes along the negative curvature found (StepKind::jump).
#ifndef PERIGEE_SOLVERS_SECOND_ORDER_STEPPER_HPP
#define PERIGEE_SOLVERS_SECOND_ORDER_STEPPER_HPP

#include <perigee/solvers/curvature_probe.hpp>
#include <perigee/solvers/step_support.hpp>

#include <string>

namespace perigee {

/// The loop of a step. A method says how to propose a trial, and what a ratio does to its radius or weight.
class SecondOrderStepper : public Stepper {
 public:
  SecondOrderStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                     const SecondOrderCriterion& criterion, double acceptance_ratio);
  StepStatus step() final;
  const Evaluation& current() const final { return pair_.current(); }
  void save_state(StateWriter& writer) const final;
  void load_state(StateReader& reader) final;

 protected:
  /// A trial in step_storage(): what the model says of it. Not finite: the arithmetic broke down.
  struct Trial {
    double predicted;  // m(0) - m(s) > 0
    double length;     // ||s||_2
  };
  /// The judgement of a trial. `increase` is f(x + s) - f(x), NaN if the point is not finite.
  struct Judgement {
    Trial trial;
    double ratio;     // -inf if the point is not finite
    double increase;  // of the value
  };

  virtual const char* tag() const = 0;                 // of the saved state
  virtual Trial propose() = 0;                         // writes s for the model at current()
  virtual Trial propose_along_curvature() = 0;         // s = +-t direction(), downhill
  virtual void adapt(const Judgement& judgement) = 0;  // after every trial
  virtual void forget_model() = 0;                     // the iterate has changed
  // What a method keeps from one iterate to the next, beyond its reach. By default nothing: a resumed run starts with
  // a forgotten model.
  virtual void save_model(StateWriter&) const {}
  virtual void load_model(StateReader&) { forget_model(); }
  virtual double reach() const = 0;  // the one number that adapt() changes: saved and loaded
  virtual void set_reach(double reach) = 0;
  virtual std::string reach_text() const = 0;  // for messages: "radius 1e-20"

  ConstVectorView direction() const { return direction_; }             // unit vector of negative curvature
  double direction_curvature() const { return direction_curvature_; }  // its Rayleigh quotient < 0
  VectorView step_storage() { return step_; }

  Oracle& oracle_;
  EvaluationPair pair_;
  LanczosSubspace subspace_;

 private:
  bool has_direction() const { return direction_curvature_ < 0.0; }
  bool is_first_order_stationary() const { return pair_.current().gradient_norm() <= criterion_.gradient_tolerance; }
  bool probe();
  Judgement judge(const Trial& trial);
  StepStatus give_up(bool last_trial_was_finite, const Trial& trial);
  void commit(const Trial& trial);

  RandomSource random_;
  SecondOrderCriterion criterion_;
  double acceptance_ratio_;
  double lowest_value_;  // of the iterates so far
  Vector step_;
  Vector direction_;
  double direction_curvature_ = 0.0;  // 0: no direction waits
};

}  // namespace perigee

#endif
