#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/minibatch_stepper.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr const char* self = "stochastic-gradient-descent";

void fill_noise(RandomEngine& engine, const GradientNoise& noise, VectorView out) {
  if (noise.law == NoiseLaw::ball) return fill_uniform_ball(engine, noise.scale, out);
  double norm = 0.0;
  do {
    fill_standard_normal(engine, out);
    norm = out.norm();
  } while (norm == 0.0 && out.size() > 0);
  if (out.size() == 0) return;
  out *= noise.scale / (noise.law == NoiseLaw::sphere ? norm : std::sqrt(static_cast<double>(out.size())));
}

class StochasticGradientStepper final : public MinibatchStepper {
 public:
  StochasticGradientStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                            const StochasticGradientDescentOptions& options)
      : MinibatchStepper(oracle, x0, random, options.batch, self),
        options_(options),
        displacement_(options.momentum > 0.0 ? oracle.dimension() : 0) {}

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const Evaluation& to = pair_.candidate();
    const double rate = options_.learning_rate(record_.iteration, from.x());
    VectorView next = pair_.candidate().propose();
    if (options_.noise.scale > 0.0) {
      RandomEngine engine = random_.engine("gradient-noise", static_cast<std::uint64_t>(record_.iteration));
      fill_noise(engine, options_.noise, next);
      next = from.x() - rate * (from.gradient() + next);
    } else {
      next = from.x() - rate * from.gradient();
    }
    if (options_.momentum > 0.0) next += options_.momentum * displacement_.view();
    if (!evaluate_candidate(record_.iteration + 1)) return break_down();
    if (options_.momentum > 0.0) displacement_.view() = to.x() - from.x();
    return commit_candidate(rate);
  }

  void save_state(StateWriter& writer) const override {
    MinibatchStepper::save_state(writer);
    writer.write(displacement_);
  }

  void load_state(StateReader& reader) override {
    MinibatchStepper::load_state(reader);
    reader.read(displacement_.view());
  }

 private:
  StochasticGradientDescentOptions options_;
  Vector displacement_;  // x_k - x_{k-1}, 0 at the start; empty without momentum
};

}  // namespace

std::string_view name_of(NoiseLaw law) {
  switch (law) {
    case NoiseLaw::gaussian:
      return "gaussian";
    case NoiseLaw::sphere:
      return "sphere";
    case NoiseLaw::ball:
      return "ball";
  }
  return "";
}

NoiseLaw noise_law_of(std::string_view name) {
  for (const NoiseLaw law : {NoiseLaw::gaussian, NoiseLaw::sphere, NoiseLaw::ball}) {
    if (name == name_of(law)) return law;
  }
  throw std::invalid_argument("noise: must be gaussian, sphere or ball, got '" + std::string(name) + "'");
}

StochasticGradientDescent::StochasticGradientDescent(StochasticGradientDescentOptions options)
    : options_(std::move(options)) {
  check(options_.batch, "StochasticGradientDescent");
  if (!(options_.momentum >= 0.0 && options_.momentum < 1.0)) {
    throw std::invalid_argument("StochasticGradientDescent: momentum must be in [0, 1), got " +
                                format_number(options_.momentum));
  }
  if (!(options_.noise.scale >= 0.0) || !std::isfinite(options_.noise.scale)) {
    throw std::invalid_argument("StochasticGradientDescent: noise.scale must be >= 0 and finite, got " +
                                format_number(options_.noise.scale));
  }
}

std::vector<std::pair<std::string, std::string>> StochasticGradientDescent::settings() const {
  std::vector<std::pair<std::string, std::string>> settings = settings_of(options_.batch);
  settings.insert(settings.begin(),
                  {{"learning_rate", options_.learning_rate.text()}, {"momentum", format_exact(options_.momentum)}});
  settings.insert(settings.end(), {{"noise", std::string(name_of(options_.noise.law))},
                                   {"noise_scale", format_exact(options_.noise.scale)}});
  return settings;
}

std::unique_ptr<Stepper> StochasticGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                          const RandomSource& random) const {
  return std::make_unique<StochasticGradientStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry stochastic_gradient_descent() {
  return {
      .name = self,
      .family = "stochastic",
      .summary = "gradients of minibatches, momentum and isotropic noise, each if asked for (Ge et al. 2015)",
      .parameters = {text("learning_rate", "",
                          "eta: a number or a schedule; default: the problem's suggested step, or else 1/l"),
                     {.name = "momentum",
                      .default_value = "0",
                      .least = 0,
                      .greatest = 0.9999999999,
                      .summary = "beta: the share of the last displacement that is kept"},
                     {.name = "batch_size",
                      .kind = ParameterKind::integer,
                      .default_value = "0",
                      .least = 0,
                      .greatest = 4294967295.0,
                      .summary = "b: terms of a finite sum in a gradient; 0: the whole objective"},
                     text("sampling", "without-replacement", "without-replacement or with-replacement"),
                     text("noise", "gaussian", "law of the noise: gaussian, sphere or ball"),
                     {.name = "noise_scale",
                      .default_value = "0",
                      .least = 0,
                      .greatest = std::numeric_limits<double>::max(),
                      .summary = "r: length of the noise added to the gradient, in its units; 0: none"}},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        return std::make_unique<StochasticGradientDescent>(StochasticGradientDescentOptions{
            .learning_rate = schedule_or_known(parameters, problem, self),
            .momentum = parameters.real("momentum"),
            .batch = {.size = parameters.integer("batch_size"), .sampling = sampling_of(parameters.text("sampling"))},
            .noise = {.law = noise_law_of(parameters.text("noise")), .scale = parameters.real("noise_scale")}});
      }};
}

}  // namespace perigee::solvers
