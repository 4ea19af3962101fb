#include <perigee/solvers/minibatch_stepper.hpp>

#include <perigee/lib/state.hpp>

namespace perigee {

MinibatchStepper::MinibatchStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                                   const Minibatch& batch, const char* name)
    : oracle_(oracle),
      random_(random),
      batches_(oracle, batch, random, name),
      pair_(oracle, x0, [&](Evaluation& at) { record_.batch_size = batches_.evaluate(at, 0); }),
      name_(name) {
  describe_start(record_, pair_.current(), oracle_);
}

bool MinibatchStepper::evaluate_candidate(Index draw) {
  candidate_batch_size_ = batches_.evaluate(pair_.candidate(), draw);
  return pair_.candidate().is_finite();
}

StepStatus MinibatchStepper::break_down() {
  end_ = non_finite_end(record_.iteration + 1);
  return StepStatus::ended;
}

StepStatus MinibatchStepper::commit_candidate(double step_size) {
  // The gradients of two batches differ by more than the curvature between their points.
  const bool has_curvature = measures_curvature_ && candidate_batch_size_ == 0;
  const double step_norm = distance(pair_.candidate().x(), pair_.current().x());
  commit_move(oracle_, pair_, step_norm, step_size, StepKind::step, record_, has_curvature);
  record_.batch_size = candidate_batch_size_;
  return StepStatus::advanced;
}

void MinibatchStepper::save_state(StateWriter& writer) const {
  writer.write(name_);
  writer.write(record_);
  writer.write(pair_.current());
}

void MinibatchStepper::load_state(StateReader& reader) {
  reader.expect(name_);
  reader.read(record_);
  reader.read(pair_.current());
}

}  // namespace perigee
