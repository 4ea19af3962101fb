#include <perigee/solvers/natural_policy_gradient.hpp>

#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class NaturalStepper final : public Stepper {
 public:
  NaturalStepper(Oracle& oracle, const NaturalGradientObjective& objective, ConstVectorView x0,
                 const Schedule& learning_rate)
      : oracle_(oracle),
        objective_(objective),
        learning_rate_(learning_rate),
        natural_(oracle.dimension()),
        next_natural_(oracle.dimension()),
        pair_(oracle, x0, [&](Evaluation& at) { oracle.evaluate_natural(objective, at, natural_); }) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const double rate = learning_rate_(record_.iteration, from.x());
    VectorView next = pair_.candidate().propose();
    next = from.x() - rate * natural_.view();
    oracle_.evaluate_natural(objective_, pair_.candidate(), next_natural_);
    if (!pair_.candidate().is_finite() || !std::isfinite(euclidean_norm(next_natural_))) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    std::swap(natural_, next_natural_);
    commit_move(oracle_, pair_, distance(next, from.x()), not_measured, StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("natural-policy-gradient");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(natural_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("natural-policy-gradient");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(natural_.view());
  }

 private:
  Oracle& oracle_;
  const NaturalGradientObjective& objective_;
  Schedule learning_rate_;
  Vector natural_;  // F^+ grad f at the current iterate; declared before the pair, which fills it
  Vector next_natural_;
  EvaluationPair pair_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> NaturalPolicyGradient::settings() const {
  return {{"learning_rate", options_.learning_rate.text()}};
}

std::unique_ptr<Stepper> NaturalPolicyGradient::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  const auto* objective = dynamic_cast<const NaturalGradientObjective*>(&oracle.objective());
  if (objective == nullptr) {
    throw std::invalid_argument(
        "NaturalPolicyGradient: the objective must offer a natural gradient (NaturalGradientObjective), got one that "
        "does not");
  }
  return std::make_unique<NaturalStepper>(oracle, *objective, x0, options_.learning_rate);
}

}  // namespace perigee

namespace perigee::solvers {

Entry natural_policy_gradient() {
  return {.name = "natural-policy-gradient",
          .family = "first-order",
          .summary = "theta - eta F^+ grad f, the gradient in the metric of the policies (Kakade 2001)",
          .parameters = {text("learning_rate", "",
                              "eta: a number or a schedule; default: the problem's suggested step, or else 1/l")},
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            return std::make_unique<NaturalPolicyGradient>(NaturalPolicyGradientOptions{
                .learning_rate = schedule_or_known(parameters, problem, "natural-policy-gradient")});
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
