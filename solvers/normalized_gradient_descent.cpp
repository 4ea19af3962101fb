#include <perigee/solvers/normalized_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class NormalizedStepper final : public Stepper {
 public:
  NormalizedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                    const NormalizedGradientDescentOptions& options)
      : oracle_(oracle), random_(random), options_(options), pair_(oracle, x0) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const double length = options_.step_length(record_.iteration, from.x());
    const bool is_noisy = options_.noise_scale > 0.0 && record_.iteration % options_.noise_interval == 0;
    VectorView next = pair_.candidate().propose();
    if (is_noisy) {
      RandomEngine engine = random_.engine("normalized-gradient-noise", static_cast<std::uint64_t>(record_.iteration));
      fill_standard_normal(engine, next);
      next = from.x() + options_.noise_scale / std::sqrt(static_cast<double>(next.size())) * next;
    } else {
      next = from.x();
    }
    // Divided by the norm, not multiplied by its inverse, which may overflow.
    if (from.gradient_norm() > 0.0) next -= length * (from.gradient() / from.gradient_norm());
    oracle_.evaluate(pair_.candidate());
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    const double factor = from.gradient_norm() > 0.0 ? length / from.gradient_norm() : not_measured;
    commit_move(oracle_, pair_, distance(next, from.x()), factor, is_noisy ? StepKind::perturbation : StepKind::step,
                record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("normalized-gradient-descent");
    writer.write(record_);
    writer.write(pair_.current());
  }

  void load_state(StateReader& reader) override {
    reader.expect("normalized-gradient-descent");
    reader.read(record_);
    reader.read(pair_.current());
  }

 private:
  Oracle& oracle_;
  RandomSource random_;
  NormalizedGradientDescentOptions options_;
  EvaluationPair pair_;
};

}  // namespace

NormalizedGradientDescent::NormalizedGradientDescent(NormalizedGradientDescentOptions options)
    : options_(std::move(options)) {
  if (!(options_.noise_scale >= 0.0) || !std::isfinite(options_.noise_scale)) {
    throw std::invalid_argument("NormalizedGradientDescent: noise_scale must be >= 0 and finite, got " +
                                format_number(options_.noise_scale));
  }
  if (options_.noise_interval < 1) {
    throw std::invalid_argument("NormalizedGradientDescent: noise_interval must be >= 1, got " +
                                std::to_string(options_.noise_interval));
  }
}

std::vector<std::pair<std::string, std::string>> NormalizedGradientDescent::settings() const {
  return {{"step_length", options_.step_length.text()},
          {"noise_scale", format_exact(options_.noise_scale)},
          {"noise_interval", std::to_string(options_.noise_interval)}};
}

std::unique_ptr<Stepper> NormalizedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                          const RandomSource& random) const {
  return std::make_unique<NormalizedStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry normalized_gradient_descent() {
  return {.name = "normalized-gradient-descent",
          .family = "first-order",
          .summary = "steps of a chosen length along the gradient, with noise now and then if asked for (Levy 2016)",
          .parameters = {text("step_length", "0.01", "eta: the length of a step in units of x; a number or a schedule"),
                         {.name = "noise_scale",
                          .default_value = "0",
                          .least = 0,
                          .greatest = std::numeric_limits<double>::max(),
                          .summary = "theta: mean length of the random displacements, in units of x; 0: none"},
                         count("noise_interval", "50", "N0: iterations from one random displacement to the next")},
          .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
            return std::make_unique<NormalizedGradientDescent>(
                NormalizedGradientDescentOptions{.step_length = schedules::parse(parameters.text("step_length")),
                                                 .noise_scale = parameters.real("noise_scale"),
                                                 .noise_interval = parameters.integer("noise_interval")});
          }};
}

}  // namespace perigee::solvers
