#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/perturbed_stepper.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr ParameterChecks check{"perturbed gradient descent"};

class PeriodicStepper final : public PerturbedStepper {
 public:
  PeriodicStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const PeriodicParameters& parameters)
      : PerturbedStepper(oracle, x0, random, parameters.learning_rate, parameters.perturbation_radius,
                         std::make_unique<PerturbationLaw>()),
        parameters_(parameters) {}

  StepStatus step() override {
    if (record_.iteration - episode_start_ < parameters_.episode_iterations) return ordinary_step();
    const double decrease = anchor_.value() - pair_.current().value();
    // The state changes only once a step has succeeded.
    if (decrease >= parameters_.decrease_threshold) {
      const StepStatus status = ordinary_step();
      if (status == StepStatus::advanced) begin_episode(pair_.candidate(), 0, false);
      return status;
    }
    const Index failed_jumps = failed_jumps_ + (jumped_ ? 1 : 0);
    if (failed_jumps >= parameters_.failed_jumps) {
      // No gradient was asked to be small, so nothing is known of the point.
      return return_anchor({EndClass::budget, "jumps-released-nothing",
                            std::to_string(failed_jumps) + " jumps in a row lowered the value by less than " +
                                format_number(parameters_.decrease_threshold) + " within " +
                                std::to_string(parameters_.episode_iterations) + " iterations each; the last by " +
                                format_number(decrease)});
    }
    // Jump from the better of the two points: after a jump upwards the anchor is the one to keep.
    const bool is_lower = decrease >= 0.0;
    const StepStatus status = perturbed_step(is_lower ? pair_.current() : anchor_);
    if (status == StepStatus::advanced) begin_episode(is_lower ? left_ : anchor_, failed_jumps, true);
    return status;
  }

  void save_state(StateWriter& writer) const override {
    writer.write("periodically-perturbed-gradient-descent");
    save_common(writer);
    writer.write(static_cast<std::int64_t>(episode_start_));
    writer.write(static_cast<std::int64_t>(failed_jumps_));
    writer.write(static_cast<std::int64_t>(jumped_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("periodically-perturbed-gradient-descent");
    load_common(reader);
    std::int64_t episode_start = 0;
    std::int64_t failed_jumps = 0;
    std::int64_t jumped = 0;
    reader.read(episode_start);
    reader.read(failed_jumps);
    reader.read(jumped);
    episode_start_ = static_cast<Index>(episode_start);
    failed_jumps_ = static_cast<Index>(failed_jumps);
    jumped_ = jumped != 0;
  }

 private:
  // At the step that was just taken, from `anchor` or by a jump from it.
  void begin_episode(const Evaluation& anchor, Index failed_jumps, bool jumped) {
    if (&anchor != &anchor_) anchor_ = anchor;
    failed_jumps_ = failed_jumps;
    jumped_ = jumped;
    episode_start_ = record_.iteration - 1;
  }

  PeriodicParameters parameters_;
  Index episode_start_ = 0;
  Index failed_jumps_ = 0;
  bool jumped_ = false;  // whether this episode began with a jump
};

}  // namespace

PerturbedParameters PerturbedParameters::theory(const PerturbedTheory& of) {
  check.theory(of);
  check.positive("constant", of.constant);
  const double l = of.gradient_lipschitz;
  const double eps = of.tolerance;
  const double c = of.constant;
  const double curvature = std::sqrt(of.hessian_lipschitz * eps);
  const double chi = 3.0 * std::max(std::log(static_cast<double>(of.dimension) * l * of.value_gap /
                                             (c * eps * eps * of.failure_probability)),
                                    4.0);
  return {.learning_rate = c / l,
          .perturbation_radius = std::sqrt(c) / (chi * chi) * eps / l,
          .gradient_threshold = std::sqrt(c) / (chi * chi) * eps,
          .decrease_threshold = c / (chi * chi * chi) * std::sqrt(eps * eps * eps / of.hessian_lipschitz),
          .escape_iterations = static_cast<Index>(std::ceil(chi / (c * c) * l / curvature)),
          .origin = "theory"};
}

PerturbedParameters PerturbedParameters::practical(double gradient_lipschitz, double tolerance, double scale,
                                                   Index escape_iterations) {
  check.positive("gradient_lipschitz", gradient_lipschitz);
  check.positive("tolerance", tolerance);
  check.positive("scale", scale);
  check.that(escape_iterations >= 1, "escape_iterations must be >= 1", static_cast<double>(escape_iterations));
  const double learning_rate = 1.0 / gradient_lipschitz;
  return {.learning_rate = learning_rate,
          .perturbation_radius = 0.01 * scale,
          .gradient_threshold = tolerance,
          .decrease_threshold = 0.25 * learning_rate * tolerance * tolerance * static_cast<double>(escape_iterations),
          .escape_iterations = escape_iterations,
          .origin = "practical"};
}

void check_parameters(const PerturbedParameters& parameters, const char* who) {
  const ParameterChecks checks{who};
  checks.positive("learning_rate", parameters.learning_rate);
  checks.positive("perturbation_radius", parameters.perturbation_radius);
  checks.positive("gradient_threshold", parameters.gradient_threshold);
  checks.positive("decrease_threshold", parameters.decrease_threshold);
  checks.that(parameters.escape_iterations >= 1, "escape_iterations must be >= 1",
              static_cast<double>(parameters.escape_iterations));
}

std::vector<std::pair<std::string, std::string>> settings_of(const PerturbedParameters& parameters) {
  return {{"parameters", parameters.origin},
          {"learning_rate", format_exact(parameters.learning_rate)},
          {"perturbation_radius", format_exact(parameters.perturbation_radius)},
          {"gradient_threshold", format_exact(parameters.gradient_threshold)},
          {"decrease_threshold", format_exact(parameters.decrease_threshold)},
          {"escape_iterations", std::to_string(parameters.escape_iterations)}};
}

PerturbedGradientDescent::PerturbedGradientDescent(PerturbedParameters parameters)
    : parameters_(std::move(parameters)) {
  check_parameters(parameters_, check.who);
}

std::vector<std::pair<std::string, std::string>> PerturbedGradientDescent::settings() const {
  return settings_of(parameters_);
}

std::unique_ptr<Stepper> PerturbedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                         const RandomSource& random) const {
  return std::make_unique<AlgorithmTwoStepper>(oracle, x0, random, parameters_, name(),
                                               std::make_unique<PerturbationLaw>());
}

PeriodicallyPerturbedGradientDescent::PeriodicallyPerturbedGradientDescent(PeriodicParameters parameters)
    : parameters_(parameters) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("perturbation_radius", parameters_.perturbation_radius);
  check.positive("decrease_threshold", parameters_.decrease_threshold);
  check.that(parameters_.episode_iterations >= 1, "episode_iterations must be >= 1",
             static_cast<double>(parameters_.episode_iterations));
  check.that(parameters_.failed_jumps >= 1, "failed_jumps must be >= 1", static_cast<double>(parameters_.failed_jumps));
}

std::vector<std::pair<std::string, std::string>> PeriodicallyPerturbedGradientDescent::settings() const {
  return {{"learning_rate", format_exact(parameters_.learning_rate)},
          {"perturbation_radius", format_exact(parameters_.perturbation_radius)},
          {"decrease_threshold", format_exact(parameters_.decrease_threshold)},
          {"episode_iterations", std::to_string(parameters_.episode_iterations)},
          {"failed_jumps", std::to_string(parameters_.failed_jumps)}};
}

std::unique_ptr<Stepper> PeriodicallyPerturbedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                                     const RandomSource& random) const {
  return std::make_unique<PeriodicStepper>(oracle, x0, random, parameters_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry perturbed_gradient_descent() {
  return {.name = "perturbed-gradient-descent",
          .family = "perturbed",
          .summary = "gradient descent with a random jump where the gradient is small (Jin et al. 2017, algorithm 2)",
          .parameters = theory_or_practical(
              {positive("scale", "1", "practical: typical size of x; the perturbation radius is a hundredth of it"),
               count("escape_iterations", "50", "practical: iterations that a perturbation is given")},
              {positive("constant", "1", "theory: c")}),
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            const TheoryOrPractical chosen("perturbed-gradient-descent", parameters, problem,
                                           {"scale", "escape_iterations"}, {"constant"});
            if (!chosen.is_theory()) {
              return std::make_unique<PerturbedGradientDescent>(
                  PerturbedParameters::practical(chosen.gradient_lipschitz(), chosen.tolerance(),
                                                 parameters.real("scale"), parameters.integer("escape_iterations")));
            }
            return std::make_unique<PerturbedGradientDescent>(
                PerturbedParameters::theory({.gradient_lipschitz = chosen.gradient_lipschitz(),
                                             .hessian_lipschitz = chosen.hessian_lipschitz(),
                                             .tolerance = chosen.tolerance(),
                                             .value_gap = chosen.value_gap(),
                                             .failure_probability = chosen.failure_probability(),
                                             .constant = parameters.real("constant"),
                                             .dimension = chosen.dimension()}));
          }};
}

Entry periodically_perturbed_gradient_descent() {
  return {
      .name = "periodically-perturbed-gradient-descent",
      .family = "perturbed",
      .summary =
          "episodes of gradient descent from an anchor, a random jump after each that does not descend (COS 597G)",
      .parameters = {positive("gradient_lipschitz", "", "l; default: 1/the problem's suggested step, or else its l"),
                     positive("perturbation_radius", "0.01", "r: radius of the ball of the jump"),
                     positive("decrease_threshold", "1e-6", "F: an episode that descends less calls for a jump"),
                     count("episode_iterations", "50", "T: gradient steps of an episode"),
                     count("failed_jumps", "2", "jumps in a row without descent after which the anchor is returned")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const double l = given_or(parameters, "gradient_lipschitz", practical_gradient_lipschitz(problem), problem,
                                  "periodically-perturbed-gradient-descent");
        return std::make_unique<PeriodicallyPerturbedGradientDescent>(
            PeriodicParameters{.learning_rate = 1.0 / l,
                               .perturbation_radius = parameters.real("perturbation_radius"),
                               .decrease_threshold = parameters.real("decrease_threshold"),
                               .episode_iterations = parameters.integer("episode_iterations"),
                               .failed_jumps = parameters.integer("failed_jumps")});
      }};
}

}  // namespace perigee::solvers
