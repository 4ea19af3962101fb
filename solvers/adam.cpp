#include <perigee/solvers/adam.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

// The moments always include the gradient of the current iterate, so that a proposal changes nothing but the candidate.
class AdamStepper final : public Stepper {
 public:
  AdamStepper(Oracle& oracle, ConstVectorView x0, const AdamOptions& options)
      : oracle_(oracle),
        options_(options),
        pair_(oracle, x0),
        first_moment_(oracle.dimension()),
        second_moment_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
    take_in_gradient();
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    if (!std::isfinite(from.gradient_norm() * from.gradient_norm())) {
      end_ = {EndClass::breakdown, "non-finite",
              "the square of the gradient norm " + format_number(from.gradient_norm()) + " overflows at iteration " +
                  std::to_string(record_.iteration) + "; the second moment would be infinite"};
      return StepStatus::ended;
    }
    const double rate = options_.learning_rate(record_.iteration, from.x());
    const auto t = static_cast<double>(record_.iteration + 1);
    const double factor = rate / (1.0 - std::pow(options_.first_moment_decay, t));
    const double correction = 1.0 - std::pow(options_.second_moment_decay, t);
    VectorView next = pair_.candidate().propose();
    next.array() = from.x().array() - factor * first_moment_.view().array() /
                                          ((second_moment_.view().array() / correction).sqrt() + options_.epsilon);
    oracle_.evaluate(pair_.candidate());
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    commit_move(oracle_, pair_, distance(next, from.x()), not_measured, StepKind::step, record_, measures_curvature_);
    take_in_gradient();
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("adam");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(first_moment_);
    writer.write(second_moment_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("adam");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(first_moment_.view());
    reader.read(second_moment_.view());
  }

 private:
  void take_in_gradient() {
    const ConstVectorView gradient = pair_.current().gradient();
    const double beta1 = options_.first_moment_decay;
    const double beta2 = options_.second_moment_decay;
    first_moment_.view() = beta1 * first_moment_.view() + (1.0 - beta1) * gradient;
    second_moment_.view() = beta2 * second_moment_.view() + (1.0 - beta2) * gradient.cwiseAbs2();
  }

  Oracle& oracle_;
  AdamOptions options_;
  EvaluationPair pair_;
  Vector first_moment_;   // m_{k+1}
  Vector second_moment_;  // v_{k+1}
};

void require(bool holds, const char* rule, double value) {
  if (!holds) throw std::invalid_argument(std::string("Adam: ") + rule + ", got " + format_number(value));
}

}  // namespace

Adam::Adam(AdamOptions options) : options_(std::move(options)) {
  const double beta1 = options_.first_moment_decay;
  const double beta2 = options_.second_moment_decay;
  require(beta1 >= 0.0 && beta1 < 1.0, "first_moment_decay must be in [0, 1)", beta1);
  require(beta2 >= 0.0 && beta2 < 1.0, "second_moment_decay must be in [0, 1)", beta2);
  require(beta1 == 0.0 || beta1 * beta1 < beta2, "first_moment_decay must be < sqrt(second_moment_decay)", beta1);
  require(options_.epsilon > 0.0 && std::isfinite(options_.epsilon), "epsilon must be > 0 and finite",
          options_.epsilon);
}

std::vector<std::pair<std::string, std::string>> Adam::settings() const {
  return {{"learning_rate", options_.learning_rate.text()},
          {"first_moment_decay", format_exact(options_.first_moment_decay)},
          {"second_moment_decay", format_exact(options_.second_moment_decay)},
          {"epsilon", format_exact(options_.epsilon)}};
}

std::unique_ptr<Stepper> Adam::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  return std::make_unique<AdamStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry adam() {
  return {
      .name = "adam",
      .family = "first-order",
      .summary = "steps scaled coordinate by coordinate by running moments of the gradient (Kingma and Ba 2015)",
      .parameters = {text("learning_rate", "0.001",
                          "eta: about the largest move of a coordinate, in units of x; a number or a schedule"),
                     {.name = "first_moment_decay",
                      .default_value = "0.9",
                      .least = 0,
                      .greatest = 0.9999999999,
                      .summary = "beta1, < sqrt(beta2)"},
                     {.name = "second_moment_decay",
                      .default_value = "0.999",
                      .least = 0,
                      .greatest = 0.9999999999,
                      .summary = "beta2"},
                     positive("epsilon", "1e-8", "added to the root of the second moment")},
      .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
        return std::make_unique<Adam>(AdamOptions{.learning_rate = schedules::parse(parameters.text("learning_rate")),
                                                  .first_moment_decay = parameters.real("first_moment_decay"),
                                                  .second_moment_decay = parameters.real("second_moment_decay"),
                                                  .epsilon = parameters.real("epsilon")});
      },
      .randomness = Randomness::none};
}

}  // namespace perigee::solvers
