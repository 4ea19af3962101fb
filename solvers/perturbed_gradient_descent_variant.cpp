#include <perigee/solvers/perturbed_gradient_descent_variant.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/step_support.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <cmath>

namespace perigee {

namespace {

constexpr ParameterChecks check{"perturbed gradient descent variant"};

class ContinualStepper final : public Stepper {
 public:
  ContinualStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                   const ContinualPerturbationOptions& options)
      : oracle_(oracle), random_(random), options_(options), pair_(oracle, x0) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    VectorView next = pair_.candidate().propose();
    RandomEngine engine = random_.engine("perturbation", static_cast<std::uint64_t>(record_.iteration));
    fill_standard_normal(engine, next);
    const double deviation = options_.noise_radius / std::sqrt(static_cast<double>(next.size()));
    next = from.x() - options_.learning_rate * (from.gradient() + deviation * next);
    oracle_.evaluate(pair_.candidate());
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    commit_move(oracle_, pair_, distance(next, from.x()), options_.learning_rate, StepKind::perturbation, record_,
                measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("continually-perturbed-gradient-descent");
    writer.write(record_);
    writer.write(pair_.current());
  }

  void load_state(StateReader& reader) override {
    reader.expect("continually-perturbed-gradient-descent");
    reader.read(record_);
    reader.read(pair_.current());
  }

 private:
  Oracle& oracle_;
  RandomSource random_;
  ContinualPerturbationOptions options_;
  EvaluationPair pair_;
};

class VariantStepper final : public Stepper {
 public:
  VariantStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                 const PerturbedVariantParameters& parameters)
      : oracle_(oracle),
        random_(random),
        parameters_(parameters),
        pair_(oracle, x0),
        perturbed_(oracle.dimension()),
        anchor_(pair_.current()) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Index since = record_.iteration - last_perturbation_;
    if (last_perturbation_ > 0 && since == parameters_.escape_iterations &&
        pair_.current().value() - anchor_.value() > -parameters_.decrease_threshold) {
      return return_anchor();
    }
    if (pair_.current().gradient_norm() <= parameters_.gradient_threshold && since > parameters_.escape_iterations) {
      return perturbed_step();
    }
    return take_gradient_step(oracle_, pair_, parameters_.learning_rate, StepKind::step, record_, end_,
                              measures_curvature_);
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("perturbed-gradient-descent-variant");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(anchor_);
    writer.write(static_cast<std::int64_t>(last_perturbation_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("perturbed-gradient-descent-variant");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(anchor_);
    std::int64_t last_perturbation = 0;
    reader.read(last_perturbation);
    last_perturbation_ = static_cast<Index>(last_perturbation);
  }

 private:
  // One iteration: the perturbed point itself is no iterate of the algorithm.
  StepStatus perturbed_step() {
    VectorView perturbed = perturbed_.propose();
    RandomEngine engine = random_.engine("perturbation", static_cast<std::uint64_t>(record_.iteration));
    fill_uniform_ball(engine, parameters_.noise_radius, perturbed);
    perturbed = pair_.current().x() - parameters_.learning_rate * perturbed;
    oracle_.evaluate(perturbed_);
    if (perturbed_.is_finite()) {
      pair_.candidate().propose() = perturbed_.x() - parameters_.learning_rate * perturbed_.gradient();
      oracle_.evaluate(pair_.candidate());
    }
    if (!perturbed_.is_finite() || !pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    anchor_ = pair_.current();
    last_perturbation_ = record_.iteration;
    commit_move(oracle_, pair_, distance(pair_.candidate().x(), anchor_.x()), parameters_.learning_rate,
                StepKind::perturbation, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  // The anchor becomes the last iterate.
  StepStatus return_anchor() {
    const double released = anchor_.value() - pair_.current().value();
    const double moved = distance(anchor_.x(), pair_.current().x());
    pair_.candidate() = anchor_;
    commit_move(oracle_, pair_, moved, not_measured, StepKind::jump, record_, measures_curvature_);
    const bool is_theory = parameters_.origin == "theory";
    end_ = {
        EndClass::convergence, "perturbation-released-nothing",
        std::string(is_theory ? "second-order stationary by lemma 20 with theory parameters"
                              : "first-order stationary, the second order not certified with practical parameters") +
            ": the perturbation at iteration " + std::to_string(last_perturbation_) + " lowered the value by " +
            format_number(released) + " < " + format_number(parameters_.decrease_threshold) + " within " +
            std::to_string(parameters_.escape_iterations) + " iterations"};
    return StepStatus::concluded;
  }

  Oracle& oracle_;
  RandomSource random_;
  PerturbedVariantParameters parameters_;
  EvaluationPair pair_;
  Evaluation perturbed_;
  Evaluation anchor_;            // x_t before the last perturbation
  Index last_perturbation_ = 0;  // t_p; 0: none yet
};

}  // namespace

ContinualPerturbationOptions ContinualPerturbationOptions::theory(double gradient_lipschitz, double tolerance,
                                                                  double iota) {
  check.positive("gradient_lipschitz", gradient_lipschitz);
  check.positive("tolerance", tolerance);
  check.that(iota >= 1.0 && std::isfinite(iota), "iota must be >= 1 and finite", iota);
  return {.learning_rate = 1.0 / (std::pow(iota, 9.0) * gradient_lipschitz), .noise_radius = iota * tolerance};
}

ContinuallyPerturbedGradientDescent::ContinuallyPerturbedGradientDescent(ContinualPerturbationOptions options)
    : options_(options) {
  check.positive("learning_rate", options_.learning_rate);
  check.that(options_.noise_radius >= 0.0 && std::isfinite(options_.noise_radius),
             "noise_radius must be >= 0 and finite", options_.noise_radius);
}

std::vector<std::pair<std::string, std::string>> ContinuallyPerturbedGradientDescent::settings() const {
  return {{"learning_rate", format_exact(options_.learning_rate)},
          {"noise_radius", format_exact(options_.noise_radius)}};
}

std::unique_ptr<Stepper> ContinuallyPerturbedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                                    const RandomSource& random) const {
  return std::make_unique<ContinualStepper>(oracle, x0, random, options_);
}

PerturbedVariantParameters PerturbedVariantParameters::equation_6(double gradient_lipschitz, double hessian_lipschitz,
                                                                  double tolerance, double iota) {
  check.positive("gradient_lipschitz", gradient_lipschitz);
  check.positive("hessian_lipschitz", hessian_lipschitz);
  check.positive("tolerance", tolerance);
  check.that(iota >= 1.0 && std::isfinite(iota), "iota must be >= 1 and finite", iota);
  const double curvature = std::sqrt(hessian_lipschitz * tolerance);
  check.that(curvature <= gradient_lipschitz, "sqrt(hessian_lipschitz tolerance) must be <= gradient_lipschitz",
             curvature);
  const double cubed = iota * iota * iota;
  return {.learning_rate = 1.0 / gradient_lipschitz,
          .noise_radius = tolerance / (400.0 * cubed),
          .gradient_threshold = tolerance,
          .decrease_threshold = 0.5 * std::sqrt(tolerance * tolerance * tolerance / hessian_lipschitz) / (50.0 * cubed),
          .escape_iterations = static_cast<Index>(std::ceil(iota * gradient_lipschitz / curvature)),
          .origin = "theory"};
}

PerturbedVariantParameters PerturbedVariantParameters::theory(const PerturbedVariantTheory& of) {
  check.theory(of);
  const auto for_iota = [&](double iota) {
    return equation_6(of.gradient_lipschitz, of.hessian_lipschitz, of.tolerance, iota);
  };
  const double rising_until = 6.0 / std::log(2.0);  // iota^6 2^-iota has its maximum here
  const double l = of.gradient_lipschitz;
  const double fixed = std::log(400.0 * l * of.value_gap) - 2.0 * std::log(of.tolerance) + std::log(l) +
                       0.5 * std::log(static_cast<double>(of.dimension)) -
                       0.5 * std::log(of.hessian_lipschitz * of.tolerance) + 8.0 * std::log(2.0) -
                       std::log(of.failure_probability);
  // The logarithm of the left-hand side over delta, which falls from here on.
  const auto excess = [&](double iota) { return fixed + 6.0 * std::log(iota) - iota * std::log(2.0); };
  double low = rising_until;
  if (excess(low) <= 0.0) return for_iota(low);
  double high = 2.0 * low;
  while (excess(high) > 0.0) high *= 2.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (excess(middle) > 0.0 ? low : high) = middle;
  }
  return for_iota(high);
}

PerturbedVariantParameters PerturbedVariantParameters::practical(double gradient_lipschitz, double tolerance,
                                                                 double scale, Index escape_iterations) {
  check.positive("gradient_lipschitz", gradient_lipschitz);
  check.positive("tolerance", tolerance);
  check.positive("scale", scale);
  check.that(escape_iterations >= 1, "escape_iterations must be >= 1", static_cast<double>(escape_iterations));
  return {
      .learning_rate = 1.0 / gradient_lipschitz,
      .noise_radius = 0.01 * scale * gradient_lipschitz,
      .gradient_threshold = tolerance,
      .decrease_threshold = 0.25 * tolerance * tolerance / gradient_lipschitz * static_cast<double>(escape_iterations),
      .escape_iterations = escape_iterations,
      .origin = "practical"};
}

PerturbedGradientDescentVariant::PerturbedGradientDescentVariant(PerturbedVariantParameters parameters)
    : parameters_(std::move(parameters)) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("noise_radius", parameters_.noise_radius);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("decrease_threshold", parameters_.decrease_threshold);
  check.that(parameters_.escape_iterations >= 1, "escape_iterations must be >= 1",
             static_cast<double>(parameters_.escape_iterations));
}

std::vector<std::pair<std::string, std::string>> PerturbedGradientDescentVariant::settings() const {
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"noise_radius", format_exact(parameters_.noise_radius)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"decrease_threshold", format_exact(parameters_.decrease_threshold)},
          {"escape_iterations", std::to_string(parameters_.escape_iterations)}};
}

std::unique_ptr<Stepper> PerturbedGradientDescentVariant::start(Oracle& oracle, ConstVectorView x0,
                                                                const RandomSource& random) const {
  return std::make_unique<VariantStepper>(oracle, x0, random, parameters_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry continually_perturbed_gradient_descent() {
  return {
      .name = "continually-perturbed-gradient-descent",
      .family = "perturbed",
      .summary = "gradient descent with Gaussian noise in every step (Jin et al. 2021, algorithm 1)",
      .parameters = {positive("gradient_lipschitz", "", "l; default: 1/the problem's suggested step, or else its l"),
                     positive("noise_radius", "0.001",
                              "r: root mean square length of the noise, on the scale of the gradient")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const double l = given_or(parameters, "gradient_lipschitz", practical_gradient_lipschitz(problem), problem,
                                  "continually-perturbed-gradient-descent");
        return std::make_unique<ContinuallyPerturbedGradientDescent>(
            ContinualPerturbationOptions{.learning_rate = 1.0 / l, .noise_radius = parameters.real("noise_radius")});
      }};
}

Entry perturbed_gradient_descent_variant() {
  return {
      .name = "perturbed-gradient-descent-variant",
      .family = "perturbed",
      .summary = "perturbed gradient descent with the parameters of the journal version (Jin et al. 2021, algorithm 4)",
      .parameters = theory_or_practical(
          {positive("scale", "1", "practical: typical size of x; the displacement is at most a hundredth"),
           count("escape_iterations", "50", "practical: iterations that a perturbation is given")}),
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const TheoryOrPractical chosen("perturbed-gradient-descent-variant", parameters, problem,
                                       {"scale", "escape_iterations"});
        if (!chosen.is_theory()) {
          return std::make_unique<PerturbedGradientDescentVariant>(
              PerturbedVariantParameters::practical(chosen.gradient_lipschitz(), chosen.tolerance(),
                                                    parameters.real("scale"), parameters.integer("escape_iterations")));
        }
        return std::make_unique<PerturbedGradientDescentVariant>(
            PerturbedVariantParameters::theory({.gradient_lipschitz = chosen.gradient_lipschitz(),
                                                .hessian_lipschitz = chosen.hessian_lipschitz(),
                                                .tolerance = chosen.tolerance(),
                                                .value_gap = chosen.value_gap(),
                                                .failure_probability = chosen.failure_probability(),
                                                .dimension = chosen.dimension()}));
      }};
}

}  // namespace perigee::solvers
