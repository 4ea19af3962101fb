#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/step_support.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr ParameterChecks check{"perturbed gradient descent"};

// What both variants share: an anchor, steps of fixed length, and random jumps.
class PerturbedStepper : public Stepper {
 public:
  PerturbedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, double learning_rate, double radius)
      : oracle_(oracle),
        random_(random),
        pair_(oracle, x0),
        anchor_(pair_.current()),
        left_(pair_.current()),
        learning_rate_(learning_rate),
        radius_(radius) {
    describe_start(record_, pair_.current(), oracle_);
  }

  const Evaluation& current() const override { return pair_.current(); }

 protected:
  StepStatus ordinary_step() {
    return take_gradient_step(oracle_, pair_, learning_rate_, StepKind::step, record_, end_, measures_curvature_);
  }

  // Perturbs the anchor by xi uniform in B(0, r) and takes a gradient step from there. One iteration: the perturbed
  // point itself is no iterate of the algorithm.
  StepStatus perturbed_step() {
    left_ = pair_.current();
    VectorView perturbed = pair_.candidate().propose();
    RandomEngine engine = random_.engine("perturbation", static_cast<std::uint64_t>(record_.iteration));
    fill_uniform_ball(engine, radius_, perturbed);
    perturbed += anchor_.x();
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

  // The anchor becomes the last iterate.
  StepStatus return_anchor(std::string id, std::string message) {
    ++record_.iteration;
    record_.kind = StepKind::jump;
    record_.step_norm = distance(pair_.current().x(), anchor_.x());
    record_.step_size = not_measured;
    record_.curvature = measures_curvature_ ? curvature_between(pair_.current(), anchor_) : not_measured;
    pair_.current() = anchor_;
    record_.value = anchor_.value();
    record_.gradient_norm = anchor_.gradient_norm();
    record_.counts = oracle_.counts();
    end_ = {EndClass::convergence, std::move(id), std::move(message)};
    return StepStatus::concluded;
  }

  void save_common(StateWriter& writer) const {
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(anchor_);
  }
  void load_common(StateReader& reader) {
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(anchor_);
  }

  Oracle& oracle_;
  RandomSource random_;
  EvaluationPair pair_;
  Evaluation anchor_;

 private:
  Evaluation left_;  // the iterate that a perturbed step started from
  double learning_rate_;
  double radius_;
};

class AlgorithmTwoStepper final : public PerturbedStepper {
 public:
  AlgorithmTwoStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                      const PerturbedParameters& parameters)
      : PerturbedStepper(oracle, x0, random, parameters.learning_rate, parameters.perturbation_radius),
        parameters_(parameters),
        last_perturbation_(-parameters.escape_iterations - 1) {}

  StepStatus step() override {
    const Index since = record_.iteration - last_perturbation_;
    if (since == parameters_.escape_iterations &&
        pair_.current().value() - anchor_.value() > -parameters_.decrease_threshold) {
      return return_anchor(
          "perturbation-released-nothing",
          (parameters_.origin == "theory"
               ? std::string("second-order stationary by algorithm 2 with theory parameters")
               : "evidence of second-order stationarity, no proof (" + parameters_.origin + " parameters)") +
              ": the perturbation at iteration " + std::to_string(last_perturbation_) + " lowered the value by " +
              format_number(anchor_.value() - pair_.current().value()) + " < " +
              format_number(parameters_.decrease_threshold) + " within " +
              std::to_string(parameters_.escape_iterations) + " iterations");
    }
    if (pair_.current().gradient_norm() <= parameters_.gradient_threshold && since > parameters_.escape_iterations) {
      last_perturbation_ = record_.iteration;
      anchor_ = pair_.current();
      return perturbed_step();
    }
    return ordinary_step();
  }

  void save_state(StateWriter& writer) const override {
    writer.write("perturbed-gradient-descent");
    save_common(writer);
    writer.write(static_cast<std::int64_t>(last_perturbation_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("perturbed-gradient-descent");
    load_common(reader);
    std::int64_t last_perturbation = 0;
    reader.read(last_perturbation);
    last_perturbation_ = static_cast<Index>(last_perturbation);
  }

 private:
  PerturbedParameters parameters_;
  Index last_perturbation_;  // t_noise
};

class PeriodicStepper final : public PerturbedStepper {
 public:
  PeriodicStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const PeriodicParameters& parameters)
      : PerturbedStepper(oracle, x0, random, parameters.learning_rate, parameters.perturbation_radius),
        parameters_(parameters) {}

  StepStatus step() override {
    if (record_.iteration - episode_start_ < parameters_.episode_iterations) return ordinary_step();
    const double decrease = anchor_.value() - pair_.current().value();
    if (decrease >= parameters_.decrease_threshold) {
      anchor_ = pair_.current();
      failed_jumps_ = 0;
      jumped_ = false;
      episode_start_ = record_.iteration;
      return ordinary_step();
    }
    if (jumped_) ++failed_jumps_;
    if (failed_jumps_ >= parameters_.failed_jumps) {
      return return_anchor("perturbation-released-nothing",
                           std::to_string(failed_jumps_) + " jumps in a row lowered the value by less than " +
                               format_number(parameters_.decrease_threshold) + " within " +
                               std::to_string(parameters_.episode_iterations) + " iterations each; the last by " +
                               format_number(decrease));
    }
    // Jump from the better of the two points: after a jump upwards the anchor is the one to keep.
    if (decrease >= 0.0) anchor_ = pair_.current();
    jumped_ = true;
    episode_start_ = record_.iteration;
    return perturbed_step();
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

PerturbedGradientDescent::PerturbedGradientDescent(PerturbedParameters parameters)
    : parameters_(std::move(parameters)) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("perturbation_radius", parameters_.perturbation_radius);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("decrease_threshold", parameters_.decrease_threshold);
  check.that(parameters_.escape_iterations >= 1, "escape_iterations must be >= 1",
             static_cast<double>(parameters_.escape_iterations));
}

std::vector<std::pair<std::string, std::string>> PerturbedGradientDescent::settings() const {
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"perturbation_radius", format_exact(parameters_.perturbation_radius)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"decrease_threshold", format_exact(parameters_.decrease_threshold)},
          {"escape_iterations", std::to_string(parameters_.escape_iterations)}};
}

std::unique_ptr<Stepper> PerturbedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                         const RandomSource& random) const {
  return std::make_unique<AlgorithmTwoStepper>(oracle, x0, random, parameters_);
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
