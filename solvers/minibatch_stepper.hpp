// What the steppers of methods on minibatches share: each iterate is seen through the batch of a draw.
#ifndef PERIGEE_SOLVERS_MINIBATCH_STEPPER_HPP
#define PERIGEE_SOLVERS_MINIBATCH_STEPPER_HPP

#include <perigee/solvers/minibatch.hpp>
#include <perigee/solvers/step_support.hpp>

namespace perigee {

/// A stepper that shows value and gradient of a batch at every iterate; the derived class writes `step`.
class MinibatchStepper : public Stepper {
 public:
  const Evaluation& current() const final { return pair_.current(); }
  /// Name, record and iterate; a derived class with more state writes, reads that behind.
  void save_state(StateWriter& writer) const override;
  void load_state(StateReader& reader) override;

 protected:
  /// Evaluates the batch of draw 0 at x0. `name`, the method's, outlives the stepper. Throws as MinibatchOracle does.
  MinibatchStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const Minibatch& batch,
                   const char* name);

  /// Evaluates the batch of `draw` at the candidate; false where the result is not finite.
  bool evaluate_candidate(Index draw);
  /// The End of a run whose candidate is not finite; the state is left alone.
  StepStatus break_down();
  /// Makes the candidate the next iterate. `step_size`: see StepRecord.
  StepStatus commit_candidate(double step_size);

  Oracle& oracle_;
  RandomSource random_;
  MinibatchOracle batches_;
  EvaluationPair pair_;

 private:
  const char* name_;
  std::uint32_t candidate_batch_size_ = 0;  // terms seen at the candidate; 0: the whole objective
};

}  // namespace perigee

#endif
