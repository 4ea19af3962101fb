#include <perigee/solvers/perturbed_stepper.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

void PerturbationLaw::draw(RandomEngine& engine, double radius, ConstVectorView, VectorView xi) {
  fill_uniform_ball(engine, radius, xi);
}

void PerturbationLaw::leave(ConstVectorView) {}
void PerturbationLaw::save_state(StateWriter&) const {}
void PerturbationLaw::load_state(StateReader&) {}

PerturbedStepper::PerturbedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, double learning_rate,
                                   double radius, std::unique_ptr<PerturbationLaw> law)
    : oracle_(oracle),
      random_(random),
      pair_(oracle, x0),
      anchor_(pair_.current()),
      left_(pair_.current()),
      law_(std::move(law)),
      learning_rate_(learning_rate),
      radius_(radius) {
  describe_start(record_, pair_.current(), oracle_);
}

StepStatus PerturbedStepper::ordinary_step() {
  return take_gradient_step(oracle_, pair_, learning_rate_, StepKind::step, record_, end_, measures_curvature_);
}

StepStatus PerturbedStepper::perturbed_step(const Evaluation& from) {
  left_ = pair_.current();
  VectorView perturbed = pair_.candidate().propose();
  RandomEngine engine = random_.engine("perturbation", static_cast<std::uint64_t>(record_.iteration));
  law_->draw(engine, radius_, from.x(), perturbed);
  perturbed += from.x();
  oracle_.evaluate(pair_.candidate());
  if (!pair_.candidate().is_finite()) {
    end_ = non_finite_end(record_.iteration + 1);
    return StepStatus::ended;
  }
  pair_.commit();
  const StepStatus status =
      take_gradient_step(oracle_, pair_, learning_rate_, StepKind::perturbation, record_, end_, false);
  if (status != StepStatus::advanced) {
    pair_.current() = left_;
    return status;
  }
  record_.step_norm = distance(pair_.current().x(), left_.x());
  record_.curvature = measures_curvature_ ? curvature_between(left_, pair_.current()) : not_measured;
  return status;
}

StepStatus PerturbedStepper::return_anchor(End end) {
  ++record_.iteration;
  record_.kind = StepKind::jump;
  record_.step_norm = distance(pair_.current().x(), anchor_.x());
  record_.step_size = not_measured;
  record_.curvature = measures_curvature_ ? curvature_between(pair_.current(), anchor_) : not_measured;
  pair_.current() = anchor_;
  record_.value = anchor_.value();
  record_.gradient_norm = anchor_.gradient_norm();
  record_.counts = oracle_.counts();
  end_ = std::move(end);
  return StepStatus::concluded;
}

void PerturbedStepper::save_common(StateWriter& writer) const {
  writer.write(record_);
  writer.write(pair_.current());
  writer.write(anchor_);
  law_->save_state(writer);
}

void PerturbedStepper::load_common(StateReader& reader) {
  reader.read(record_);
  reader.read(pair_.current());
  reader.read(anchor_);
  law_->load_state(reader);
}

AlgorithmTwoStepper::AlgorithmTwoStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                                         const PerturbedParameters& parameters, std::string name,
                                         std::unique_ptr<PerturbationLaw> law)
    : PerturbedStepper(oracle, x0, random, parameters.learning_rate, parameters.perturbation_radius, std::move(law)),
      parameters_(parameters),
      name_(std::move(name)),
      last_perturbation_(-parameters.escape_iterations - 1) {}

StepStatus AlgorithmTwoStepper::step() {
  const Index since = record_.iteration - last_perturbation_;
  if (since == parameters_.escape_iterations &&
      pair_.current().value() - anchor_.value() > -parameters_.decrease_threshold) {
    return return_anchor({EndClass::convergence, "perturbation-released-nothing", what_was_released()});
  }
  const bool is_small = pair_.current().gradient_norm() <= parameters_.gradient_threshold;
  if (!is_small || since <= parameters_.escape_iterations) {
    const StepStatus status = ordinary_step();
    // After the swap the candidate is the iterate that was left.
    if (is_small && status == StepStatus::advanced) law_->leave(pair_.candidate().x());
    return status;
  }
  const Index perturbed_at = record_.iteration;
  const StepStatus status = perturbed_step(pair_.current());
  if (status != StepStatus::advanced) return status;
  anchor_ = left_;
  last_perturbation_ = perturbed_at;
  law_->leave(left_.x());
  return status;
}

std::string AlgorithmTwoStepper::what_was_released() const {
  return (parameters_.origin == "theory"
              ? std::string("second-order stationary by algorithm 2 with theory parameters")
              : "first-order stationary, the second order not certified (" + parameters_.origin + " parameters)") +
         ": the perturbation at iteration " + std::to_string(last_perturbation_) + " lowered the value by " +
         format_number(anchor_.value() - pair_.current().value()) + " < " +
         format_number(parameters_.decrease_threshold) + " within " + std::to_string(parameters_.escape_iterations) +
         " iterations";
}

void AlgorithmTwoStepper::save_state(StateWriter& writer) const {
  writer.write(name_);
  save_common(writer);
  writer.write(static_cast<std::int64_t>(last_perturbation_));
}

void AlgorithmTwoStepper::load_state(StateReader& reader) {
  reader.expect(name_);
  load_common(reader);
  std::int64_t last_perturbation = 0;
  reader.read(last_perturbation);
  last_perturbation_ = static_cast<Index>(last_perturbation);
}

}  // namespace perigee
