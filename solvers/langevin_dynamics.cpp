#include <perigee/solvers/langevin_dynamics.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/minibatch_stepper.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr const char* self = "langevin-dynamics";

class LangevinStepper final : public MinibatchStepper {
 public:
  LangevinStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                  const LangevinDynamicsOptions& options)
      : MinibatchStepper(oracle, x0, random, options.batch, self), options_(options) {}

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const double rate = options_.learning_rate(record_.iteration, from.x());
    const double temperature = options_.temperature ? (*options_.temperature)(record_.iteration, from.x())
                                                    : rate / (2.0 * *options_.modelled_batch);
    RandomEngine engine = random_.engine("langevin", static_cast<std::uint64_t>(record_.iteration));
    VectorView next = pair_.candidate().propose();
    fill_standard_normal(engine, next);
    next = from.x() - rate * from.gradient() + std::sqrt(2.0 * rate * temperature) * next;
    const bool is_metropolis = options_.correction == Correction::metropolis;
    const bool is_finite = evaluate_candidate(record_.iteration + 1);
    const bool is_outside = is_metropolis && pair_.candidate().value() == HUGE_VAL;
    if (!is_finite && !is_outside) return break_down();
    if (is_metropolis && !is_accepted(rate, temperature, uniform_unit(engine))) return stay(rate);
    return commit_candidate(rate);
  }

 private:
  // The ratio exp(-f'/T) q(x|x')/(exp(-f/T) q(x'|x)), q(x'|x) ~ exp(-||x' - x + a g||^2/(4 a T)), written so that
  // nothing is divided by a: see the header. Outside, the excess is infinite or NaN, and nothing is accepted.
  bool is_accepted(double rate, double temperature, double chance) {
    const Evaluation& from = pair_.current();
    const Evaluation& to = pair_.candidate();
    const double along = (to.x() - from.x()).dot(from.gradient() + to.gradient());
    const double squares = (to.gradient() - from.gradient()).dot(to.gradient() + from.gradient());
    const double excess = to.value() - from.value() - 0.5 * along + 0.25 * rate * squares;
    return excess <= 0.0 || chance < std::exp(-excess / temperature);
  }

  StepStatus stay(double rate) {
    ++record_.iteration;
    record_.kind = StepKind::step;
    record_.step_norm = 0.0;
    record_.step_size = rate;
    record_.curvature = not_measured;
    record_.counts = oracle_.counts();
    return StepStatus::advanced;
  }

  LangevinDynamicsOptions options_;
};

}  // namespace

std::string_view name_of(Correction correction) { return correction == Correction::metropolis ? "metropolis" : "none"; }

Correction correction_of(std::string_view name) {
  for (const Correction correction : {Correction::none, Correction::metropolis}) {
    if (name == name_of(correction)) return correction;
  }
  throw std::invalid_argument("correction: must be none or metropolis, got '" + std::string(name) + "'");
}

LangevinDynamics::LangevinDynamics(LangevinDynamicsOptions options) : options_(std::move(options)) {
  check(options_.batch, "LangevinDynamics");
  if (options_.temperature.has_value() == options_.modelled_batch.has_value()) {
    throw std::invalid_argument("LangevinDynamics: set exactly one of temperature and modelled_batch");
  }
  if (options_.modelled_batch && (!(*options_.modelled_batch > 0.0) || !std::isfinite(*options_.modelled_batch))) {
    throw std::invalid_argument("LangevinDynamics: modelled_batch must be > 0 and finite, got " +
                                format_number(*options_.modelled_batch));
  }
  if (options_.correction == Correction::metropolis && options_.batch.size != 0) {
    throw std::invalid_argument("LangevinDynamics: batch size must be 0 with the Metropolis correction, got " +
                                std::to_string(options_.batch.size));
  }
}

std::vector<std::pair<std::string, std::string>> LangevinDynamics::settings() const {
  std::vector<std::pair<std::string, std::string>> settings{{"learning_rate", options_.learning_rate.text()}};
  if (options_.temperature) {
    settings.emplace_back("temperature", options_.temperature->text());
  } else {
    settings.emplace_back("modelled_batch", format_exact(*options_.modelled_batch));
  }
  for (auto& setting : settings_of(options_.batch)) settings.push_back(std::move(setting));
  settings.emplace_back("correction", std::string(name_of(options_.correction)));
  return settings;
}

std::unique_ptr<Stepper> LangevinDynamics::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<LangevinStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry langevin_dynamics() {
  return {
      .name = self,
      .family = "stochastic",
      .summary = "gradient descent at a temperature: samples exp(-f/T), and crosses barriers in time",
      .parameters =
          {text("learning_rate", "", "a: a number or a schedule; default: the problem's suggested step, or else 1/l"),
           text("temperature", "",
                "T: a number or a schedule, such as step-decay(initial=0.1, factor=0.5, interval=1000); default: "
                "0.01, unless modelled_batch is set"),
           positive("modelled_batch", "", "b: the temperature is a/(2b), that of minibatches of b terms"),
           {.name = "batch_size",
            .kind = ParameterKind::integer,
            .default_value = "0",
            .least = 0,
            .greatest = 4294967295.0,
            .summary = "terms of a finite sum in a gradient; 0: the whole objective"},
           text("sampling", "without-replacement", "without-replacement or with-replacement"),
           text("correction", "none", "none or metropolis")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        LangevinDynamicsOptions options{.learning_rate = schedule_or_known(parameters, problem, self)};
        const bool by_batch = parameters.has("modelled_batch");
        if (by_batch && parameters.has("temperature")) {
          throw std::invalid_argument("langevin-dynamics: set temperature or modelled_batch, not both");
        }
        if (by_batch) {
          options.modelled_batch = parameters.real("modelled_batch");
        } else {
          options.temperature =
              parameters.has("temperature") ? schedules::parse(parameters.text("temperature")) : Schedule(0.01);
        }
        options.batch = {.size = parameters.integer("batch_size"),
                         .sampling = sampling_of(parameters.text("sampling"))};
        options.correction = correction_of(parameters.text("correction"));
        return std::make_unique<LangevinDynamics>(std::move(options));
      }};
}

}  // namespace perigee::solvers
