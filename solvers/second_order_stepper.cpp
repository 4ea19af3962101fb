#include <perigee/solvers/second_order_stepper.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
// Below this share of |f|, a difference of values has lost its digits.
constexpr double resolved_share = 1e3 * epsilon;
// Every rejection shortens the trial at least by a constant factor: beyond this the derivatives cannot be right.
constexpr int most_trials = 100;

}  // namespace

SecondOrderStepper::SecondOrderStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                                       const SecondOrderCriterion& criterion, double acceptance_ratio)
    : oracle_(oracle),
      pair_(oracle, x0),
      subspace_(oracle.dimension()),
      random_(random),
      criterion_(criterion),
      acceptance_ratio_(acceptance_ratio),
      step_(oracle.dimension()),
      direction_(oracle.dimension()) {
  describe_start(record_, pair_.current(), oracle_);
  lowest_value_ = record_.value;
}

StepStatus SecondOrderStepper::step() {
  if (!pair_.current().is_finite()) {
    end_ = non_finite_end(record_.iteration);
    return StepStatus::ended;
  }
  // Every later iterate was probed when it was accepted.
  if (record_.iteration == 0 && is_first_order_stationary() && !has_direction() && probe()) return StepStatus::ended;

  bool is_finite = true;
  Trial trial{};
  for (int trials = 0; trials < most_trials; ++trials) {
    trial = has_direction() ? propose_along_curvature() : propose();
    if (!std::isfinite(trial.predicted) || !std::isfinite(trial.length)) {
      end_ = {EndClass::breakdown, "non-finite",
              "a Hessian-vector product or the model made of it is not finite at iteration " +
                  std::to_string(record_.iteration) + "; the iterate is kept"};
      return StepStatus::ended;
    }
    pair_.candidate().propose() = pair_.current().x() + step_.view();
    if (pair_.candidate().x() == pair_.current().x()) break;
    oracle_.evaluate(pair_.candidate());
    is_finite = pair_.candidate().is_finite();
    const Judgement judgement = judge(trial);
    adapt(judgement);
    if (!(judgement.ratio >= acceptance_ratio_)) continue;
    commit(trial);
    if (!is_first_order_stationary()) return StepStatus::advanced;
    const bool is_end = probe();
    record_.counts = oracle_.counts();
    return is_end ? StepStatus::concluded : StepStatus::advanced;
  }
  return give_up(is_finite, trial);
}

// Whether the run ends here, and how is then in end_; otherwise a direction waits.
bool SecondOrderStepper::probe() {
  const ProbeResult result = probe_curvature(oracle_, pair_.current().x(),
                                             random_.engine("lanczos", static_cast<std::uint64_t>(record_.iteration)),
                                             criterion_, subspace_, direction_);
  if (result.verdict != ProbeVerdict::negative) {
    end_ = end_of_probe(result, criterion_, pair_.current().gradient_norm(), record_.iteration);
    return true;
  }
  direction_curvature_ = result.ritz_value;
  return false;
}

SecondOrderStepper::Judgement SecondOrderStepper::judge(const Trial& trial) {
  const Evaluation& from = pair_.current();
  const Evaluation& to = pair_.candidate();
  if (!to.is_finite()) return {trial, -std::numeric_limits<double>::infinity(), not_measured};
  const double increase = to.value() - from.value();
  double decrease = -increase;
  const double resolution = resolved_share * std::abs(from.value());
  // Measured from the lowest value, so that many such steps together raise the value by no more than one may.
  const bool is_level = std::abs(increase) <= resolution && to.value() - lowest_value_ <= resolution;
  if (trial.predicted <= resolution && is_level) {
    decrease = -0.5 * (step_.view().dot(from.gradient()) + step_.view().dot(to.gradient()));
  }
  return {trial, trial.predicted > 0.0 ? decrease / trial.predicted : -1.0, increase};
}

StepStatus SecondOrderStepper::give_up(bool last_trial_was_finite, const Trial& trial) {
  if (!last_trial_was_finite) {
    end_ = non_finite_end(record_.iteration + 1);
    return StepStatus::ended;
  }
  end_ = {EndClass::breakdown, "no-acceptable-step",
          "no step decreases the value as its model says at iteration " + std::to_string(record_.iteration) +
              ": gradient norm " + format_number(pair_.current().gradient_norm()) +
              " against eps_g = " + format_number(criterion_.gradient_tolerance) + ", last step of length " +
              format_number(trial.length) + ", " + reach_text() +
              "; either the tolerance is beyond double precision here, or the derivatives are wrong"};
  return StepStatus::ended;
}

void SecondOrderStepper::commit(const Trial& trial) {
  const Evaluation& from = pair_.current();
  const Evaluation& to = pair_.candidate();
  const bool is_jump = has_direction();
  ++record_.iteration;
  record_.kind = is_jump ? StepKind::jump : StepKind::step;
  record_.value = to.value();
  record_.gradient_norm = to.gradient_norm();
  record_.step_norm = trial.length;
  record_.step_size = is_jump ? not_measured : trial.length / from.gradient_norm();
  record_.curvature = not_measured;
  if (measures_curvature_) {
    const double change = step_.view().dot(to.gradient()) - step_.view().dot(from.gradient());
    record_.curvature = change / (trial.length * trial.length);
  }
  record_.counts = oracle_.counts();
  direction_curvature_ = 0.0;
  lowest_value_ = std::min(lowest_value_, to.value());
  pair_.commit();
  forget_model();
}

void SecondOrderStepper::save_state(StateWriter& writer) const {
  writer.write(tag());
  writer.write(record_);
  writer.write(pair_.current());
  writer.write(lowest_value_);
  writer.write(reach());
  writer.write(direction_curvature_);
  if (has_direction()) writer.write(direction_.view());
  save_model(writer);
}

void SecondOrderStepper::load_state(StateReader& reader) {
  reader.expect(tag());
  reader.read(record_);
  reader.read(pair_.current());
  reader.read(lowest_value_);
  double reach = 0.0;
  reader.read(reach);
  set_reach(reach);
  reader.read(direction_curvature_);
  if (has_direction()) reader.read(direction_.view());
  load_model(reader);
}

}  // namespace perigee
