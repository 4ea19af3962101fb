// Gradient steps of fixed length with random jumps from an anchor, and algorithm 2 of Jin et al. (2017) made of them.
#ifndef PERIGEE_SOLVERS_PERTURBED_STEPPER_HPP
#define PERIGEE_SOLVERS_PERTURBED_STEPPER_HPP

#include <perigee/lib/state.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>
#include <perigee/solvers/step_support.hpp>

#include <memory>
#include <string>

namespace perigee {

/// How a perturbation xi of length <= radius is drawn. This one: uniform in the ball.
class PerturbationLaw {
 public:
  virtual ~PerturbationLaw() = default;
  /// Writes xi; `x` (length n) is the point to be perturbed. Changes nothing that is saved.
  virtual void draw(RandomEngine& engine, double radius, ConstVectorView x, VectorView xi);
  /// Told every iterate with a small gradient once the run has left it.
  virtual void leave(ConstVectorView x);
  virtual void save_state(StateWriter& writer) const;
  virtual void load_state(StateReader& reader);
};

/// An anchor, steps of fixed length, and random jumps.
class PerturbedStepper : public Stepper {
 public:
  const Evaluation& current() const override { return pair_.current(); }

 protected:
  PerturbedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, double learning_rate, double radius,
                   std::unique_ptr<PerturbationLaw> law);

  StepStatus ordinary_step();

  /// Perturbs `from`, the current iterate or the anchor, by xi and takes a gradient step from there. One iteration: the
  /// perturbed point itself is no iterate of the algorithm.
  StepStatus perturbed_step(const Evaluation& from);

  /// The anchor becomes the last iterate.
  StepStatus return_anchor(End end);

  void save_common(StateWriter& writer) const;
  void load_common(StateReader& reader);

  Oracle& oracle_;
  RandomSource random_;
  EvaluationPair pair_;
  Evaluation anchor_;
  Evaluation left_;  // the iterate that the last perturbed step started from
  std::unique_ptr<PerturbationLaw> law_;

 private:
  double learning_rate_;
  double radius_;
};

/// Algorithm 2, with perturbations of any law.
class AlgorithmTwoStepper final : public PerturbedStepper {
 public:
  /// `name` marks the saved state as that of its method.
  AlgorithmTwoStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                      const PerturbedParameters& parameters, std::string name, std::unique_ptr<PerturbationLaw> law);
  StepStatus step() override;
  void save_state(StateWriter& writer) const override;
  void load_state(StateReader& reader) override;

 private:
  std::string what_was_released() const;

  PerturbedParameters parameters_;
  std::string name_;
  Index last_perturbation_;  // t_noise
};

}  // namespace perigee

#endif
