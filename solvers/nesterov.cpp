#include <perigee/solvers/nesterov.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee {

namespace {

const char* name_of(MomentumRestart restart) {
  switch (restart) {
    case MomentumRestart::none:
      return "none";
    case MomentumRestart::function:
      return "function";
    case MomentumRestart::gradient:
      return "gradient";
  }
  return "";
}

class NesterovStepper final : public Stepper {
 public:
  NesterovStepper(Oracle& oracle, ConstVectorView x0, const NesterovOptions& options)
      : oracle_(oracle),
        options_(options),
        pair_(oracle, x0),
        descended_(pair_.current().x()),
        next_descended_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const double rate = options_.learning_rate(record_.iteration, from.x());
    if (options_.restart == MomentumRestart::function && from.value() > previous_value_) {
      descended_.view() = from.x();
      since_restart_ = 0;
    }
    next_descended_.view() = from.x() - rate * from.gradient();
    double momentum = momentum_after(since_restart_);
    Index since_restart = since_restart_ + 1;
    if (momentum_points_uphill()) {
      momentum = 0.0;
      since_restart = 0;
    }
    VectorView next = pair_.candidate().propose();
    next = next_descended_.view() + momentum * (next_descended_.view() - descended_.view());
    oracle_.evaluate(pair_.candidate());
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    previous_value_ = from.value();
    since_restart_ = since_restart;
    std::swap(descended_, next_descended_);
    commit_move(oracle_, pair_, distance(next, from.x()), rate, StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("nesterov");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(descended_);
    writer.write(previous_value_);
    writer.write(static_cast<std::int64_t>(since_restart_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("nesterov");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(descended_.view());
    reader.read(previous_value_);
    std::int64_t since_restart = 0;
    reader.read(since_restart);
    since_restart_ = static_cast<Index>(since_restart);
  }

 private:
  double momentum_after(Index steps) const {
    if (options_.momentum) return *options_.momentum;
    const auto k = static_cast<double>(steps);
    return k / (k + 3.0);
  }

  bool momentum_points_uphill() const {
    return options_.restart == MomentumRestart::gradient &&
           pair_.current().gradient().dot(next_descended_.view() - descended_.view()) > 0.0;
  }

  Oracle& oracle_;
  NesterovOptions options_;
  EvaluationPair pair_;                                              // y_k and y_{k+1}
  Vector descended_;                                                 // x_k
  Vector next_descended_;                                            // x_{k+1}
  double previous_value_ = std::numeric_limits<double>::infinity();  // f(y_{k-1})
  Index since_restart_ = 0;
};

}  // namespace

NesterovOptions NesterovOptions::strongly_convex(double gradient_lipschitz, double strong_convexity) {
  if (!(strong_convexity > 0.0) || !(gradient_lipschitz >= strong_convexity) || !std::isfinite(gradient_lipschitz)) {
    throw std::invalid_argument("NesterovOptions: 0 < strong_convexity <= gradient_lipschitz must hold, got " +
                                format_number(strong_convexity) + " and " + format_number(gradient_lipschitz));
  }
  const double root_l = std::sqrt(gradient_lipschitz);
  const double root_m = std::sqrt(strong_convexity);
  return {.learning_rate = 1.0 / gradient_lipschitz, .momentum = (root_l - root_m) / (root_l + root_m)};
}

Nesterov::Nesterov(NesterovOptions options) : options_(std::move(options)) {
  if (options_.momentum && !(*options_.momentum >= 0.0 && *options_.momentum < 1.0)) {
    throw std::invalid_argument("Nesterov: momentum must be in [0, 1), got " + format_number(*options_.momentum));
  }
}

std::vector<std::pair<std::string, std::string>> Nesterov::settings() const {
  return {{"learning_rate", options_.learning_rate.text()},
          {"momentum", options_.momentum ? format_exact(*options_.momentum) : "k/(k+3)"},
          {"restart", name_of(options_.restart)}};
}

std::unique_ptr<Stepper> Nesterov::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  return std::make_unique<NesterovStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

namespace {

MomentumRestart restart_of(const std::string& name) {
  for (const MomentumRestart restart : {MomentumRestart::none, MomentumRestart::function, MomentumRestart::gradient}) {
    if (name == name_of(restart)) return restart;
  }
  throw std::invalid_argument("nesterov: restart must be none, function or gradient, got '" + name + "'");
}

}  // namespace

Entry nesterov() {
  return {.name = "nesterov",
          .family = "first-order",
          .summary = "accelerated gradient descent with constant or growing momentum and restarts (Nesterov 1983)",
          .parameters = {text("learning_rate", "",
                              "eta: a number or a schedule; default: the problem's suggested step, or else 1/l"),
                         {.name = "momentum",
                          .default_value = "",
                          .least = 0,
                          .greatest = 0.9999999999,
                          .summary = "beta, constant; default: k/(k+3), k counted from the last restart"},
                         text("restart", "gradient", "none, function or gradient: when the momentum is dropped")},
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            NesterovOptions options{.learning_rate = schedule_or_known(parameters, problem, "nesterov"),
                                    .restart = restart_of(parameters.text("restart"))};
            if (parameters.has("momentum")) options.momentum = parameters.real("momentum");
            return std::make_unique<Nesterov>(options);
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
