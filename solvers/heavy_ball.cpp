#include <perigee/solvers/heavy_ball.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class HeavyBallStepper final : public Stepper {
 public:
  HeavyBallStepper(Oracle& oracle, ConstVectorView x0, const HeavyBallOptions& options)
      : oracle_(oracle), options_(options), pair_(oracle, x0), displacement_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const Evaluation& to = pair_.candidate();
    const double rate = options_.learning_rate(record_.iteration, from.x());
    VectorView next = pair_.candidate().propose();
    next = from.x() - rate * from.gradient() + options_.momentum * displacement_.view();
    oracle_.evaluate(pair_.candidate());
    if (!to.is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    displacement_.view() = to.x() - from.x();
    commit_move(oracle_, pair_, distance(to.x(), from.x()), rate, StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("heavy-ball");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(displacement_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("heavy-ball");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(displacement_.view());
  }

 private:
  Oracle& oracle_;
  HeavyBallOptions options_;
  EvaluationPair pair_;
  Vector displacement_;  // x_k - x_{k-1}; 0 at the start
};

}  // namespace

HeavyBallOptions HeavyBallOptions::optimal_for_quadratic(double gradient_lipschitz, double strong_convexity) {
  if (!(strong_convexity > 0.0) || !(gradient_lipschitz >= strong_convexity) || !std::isfinite(gradient_lipschitz)) {
    throw std::invalid_argument("HeavyBallOptions: 0 < strong_convexity <= gradient_lipschitz must hold, got " +
                                format_number(strong_convexity) + " and " + format_number(gradient_lipschitz));
  }
  const double root_l = std::sqrt(gradient_lipschitz);
  const double root_m = std::sqrt(strong_convexity);
  const double contraction = (root_l - root_m) / (root_l + root_m);  // (sqrt kappa - 1)/(sqrt kappa + 1)
  return {.learning_rate = 4.0 / ((root_l + root_m) * (root_l + root_m)), .momentum = contraction * contraction};
}

HeavyBall::HeavyBall(HeavyBallOptions options) : options_(std::move(options)) {
  if (!(options_.momentum >= 0.0 && options_.momentum < 1.0)) {
    throw std::invalid_argument("HeavyBall: momentum must be in [0, 1), got " + format_number(options_.momentum));
  }
}

std::vector<std::pair<std::string, std::string>> HeavyBall::settings() const {
  return {{"learning_rate", options_.learning_rate.text()}, {"momentum", format_exact(options_.momentum)}};
}

std::unique_ptr<Stepper> HeavyBall::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  return std::make_unique<HeavyBallStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry heavy_ball() {
  return {.name = "heavy-ball",
          .family = "first-order",
          .summary = "gradient descent that keeps a share of its last displacement (Polyak 1964)",
          .parameters = {text("learning_rate", "",
                              "eta: a number or a schedule; default: the problem's suggested step, or else 1/l"),
                         {.name = "momentum",
                          .default_value = "0.9",
                          .least = 0,
                          .greatest = 0.9999999999,
                          .summary = "beta: the share of the last displacement that is kept"}},
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            return std::make_unique<HeavyBall>(
                HeavyBallOptions{.learning_rate = schedule_or_known(parameters, problem, "heavy-ball"),
                                 .momentum = parameters.real("momentum")});
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
