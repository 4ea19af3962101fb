#include <perigee/solvers/perturbed_accelerated_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/accelerated_motion.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/step_support.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr ParameterChecks check{"perturbed accelerated gradient descent"};

class AcceleratedStepper final : public Stepper {
 public:
  AcceleratedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                     const AcceleratedParameters& parameters)
      : oracle_(oracle),
        random_(random),
        parameters_(parameters),
        pair_(oracle, x0),
        motion_(oracle.dimension(), {.learning_rate = parameters.learning_rate,
                                     .momentum_loss = parameters.momentum_loss,
                                     .curvature_threshold = parameters.curvature_threshold,
                                     .exploitation_radius = parameters.exploitation_radius}),
        anchor_(pair_.current()),
        perturbed_(oracle.dimension()),
        last_perturbation_(-parameters.escape_iterations - 1) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const Index since = record_.iteration - last_perturbation_;
    if (since == parameters_.escape_iterations && energy() - anchor_energy_ > -parameters_.energy_threshold) {
      return return_anchor();
    }
    const bool is_perturbed =
        pair_.current().gradient_norm() <= parameters_.gradient_threshold && since > parameters_.escape_iterations;
    const ConstVectorView from = is_perturbed ? perturb() : pair_.current().x();
    const double from_value = is_perturbed ? oracle_.value(from) : pair_.current().value();
    const Motion motion = motion_.propose(oracle_, from, from_value, pair_.candidate());
    if (motion == Motion::non_finite) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    commit(from, is_perturbed, motion);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("perturbed-accelerated-gradient-descent");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(anchor_);
    writer.write(anchor_energy_);
    motion_.save_state(writer);
    writer.write(static_cast<std::int64_t>(last_perturbation_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("perturbed-accelerated-gradient-descent");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(anchor_);
    reader.read(anchor_energy_);
    motion_.load_state(reader);
    std::int64_t last_perturbation = 0;
    reader.read(last_perturbation);
    last_perturbation_ = static_cast<Index>(last_perturbation);
  }

 private:
  double energy() const { return motion_.energy(pair_.current().value()); }

  ConstVectorView perturb() {
    RandomEngine engine = random_.engine("perturbation", static_cast<std::uint64_t>(record_.iteration));
    fill_uniform_ball(engine, parameters_.perturbation_radius, perturbed_);
    perturbed_.view() += pair_.current().x();
    return perturbed_;
  }

  void commit(ConstVectorView from, bool is_perturbed, Motion motion) {
    if (is_perturbed) {
      anchor_ = pair_.current();
      anchor_energy_ = energy();
      last_perturbation_ = record_.iteration;
    }
    const bool is_exploiting = motion == Motion::exploited;
    motion_.accept(motion, from, pair_.candidate());
    const StepKind kind = is_perturbed ? StepKind::perturbation : is_exploiting ? StepKind::jump : StepKind::step;
    // From x_t, not from the perturbed point, which is no iterate.
    const double moved =
        is_perturbed || is_exploiting ? distance(pair_.candidate().x(), pair_.current().x()) : motion_.speed();
    commit_move(oracle_, pair_, moved, is_exploiting ? not_measured : parameters_.learning_rate, kind, record_,
                measures_curvature_);
  }

  // The anchor becomes the last iterate.
  StepStatus return_anchor() {
    const double released = anchor_energy_ - energy();
    const double moved = distance(anchor_.x(), pair_.current().x());
    pair_.candidate() = anchor_;
    commit_move(oracle_, pair_, moved, not_measured, StepKind::jump, record_, measures_curvature_);
    const bool is_theory = parameters_.origin == "theory";
    end_ = {
        EndClass::convergence, "perturbation-released-nothing",
        std::string(is_theory ? "second-order stationary by remark 2 with theory parameters"
                              : "first-order stationary, the second order not certified with practical parameters") +
            ": the perturbation at iteration " + std::to_string(last_perturbation_) + " lowered the energy by " +
            format_number(released) + " < " + format_number(parameters_.energy_threshold) + " within " +
            std::to_string(parameters_.escape_iterations) + " iterations"};
    return StepStatus::concluded;
  }

  Oracle& oracle_;
  RandomSource random_;
  AcceleratedParameters parameters_;
  EvaluationPair pair_;
  AcceleratedMotion motion_;
  Evaluation anchor_;
  double anchor_energy_ = 0.0;
  Vector perturbed_;  // x_t + xi
  Index last_perturbation_;
};

}  // namespace

AcceleratedParameters AcceleratedParameters::theory(const AcceleratedTheory& of) {
  check.theory(of);
  check.positive("constant", of.constant);
  const double l = of.gradient_lipschitz;
  const double rho = of.hessian_lipschitz;
  const double eps = of.tolerance;
  const double c = of.constant;
  const double curvature = std::sqrt(rho * eps);
  const double kappa = l / curvature;
  const double chi = std::max(
      1.0, std::log(static_cast<double>(of.dimension) * l * of.value_gap / (rho * eps * of.failure_probability)));
  const double learning_rate = 0.25 / l;
  const double momentum_loss = 0.25 / std::sqrt(kappa);
  const double curvature_threshold = momentum_loss * momentum_loss / learning_rate;
  return {.learning_rate = learning_rate,
          .momentum_loss = momentum_loss,
          .curvature_threshold = curvature_threshold,
          .exploitation_radius = 0.25 * curvature_threshold / rho,
          .perturbation_radius = learning_rate * eps * std::pow(chi, -5.0) * std::pow(c, -8.0),
          .gradient_threshold = eps,
          .energy_threshold = std::sqrt(eps * eps * eps / rho) * std::pow(chi, -5.0) * std::pow(c, -7.0),
          .escape_iterations = static_cast<Index>(std::ceil(std::sqrt(kappa) * chi * c)),
          .origin = "theory"};
}

AcceleratedParameters AcceleratedParameters::practical(double gradient_lipschitz, double tolerance, double curvature,
                                                       double scale) {
  check.practical(gradient_lipschitz, tolerance, curvature, scale);
  const double learning_rate = 0.5 / gradient_lipschitz;
  const double momentum_loss = 0.5 * std::sqrt(curvature / gradient_lipschitz);
  const double escape_iterations = std::ceil(10.0 / momentum_loss);
  return {.learning_rate = learning_rate,
          .momentum_loss = momentum_loss,
          .curvature_threshold = momentum_loss * momentum_loss / learning_rate,
          .exploitation_radius = 0.1 * scale,
          .perturbation_radius = 0.01 * scale,
          .gradient_threshold = tolerance,
          .energy_threshold = 0.25 * learning_rate * tolerance * tolerance * escape_iterations,
          .escape_iterations = static_cast<Index>(escape_iterations),
          .origin = "practical"};
}

PerturbedAcceleratedGradientDescent::PerturbedAcceleratedGradientDescent(AcceleratedParameters parameters)
    : parameters_(std::move(parameters)) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.that(parameters_.momentum_loss > 0.0 && parameters_.momentum_loss <= 1.0, "momentum_loss must be in (0, 1]",
             parameters_.momentum_loss);
  check.positive("curvature_threshold", parameters_.curvature_threshold);
  check.positive("exploitation_radius", parameters_.exploitation_radius);
  check.positive("perturbation_radius", parameters_.perturbation_radius);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("energy_threshold", parameters_.energy_threshold);
  check.that(parameters_.escape_iterations >= 1, "escape_iterations must be >= 1",
             static_cast<double>(parameters_.escape_iterations));
}

std::vector<std::pair<std::string, std::string>> PerturbedAcceleratedGradientDescent::settings() const {
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"momentum_loss", format_exact(parameters_.momentum_loss)},
          {"curvature_threshold", format_exact(parameters_.curvature_threshold)},
          {"exploitation_radius", format_exact(parameters_.exploitation_radius)},
          {"perturbation_radius", format_exact(parameters_.perturbation_radius)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"energy_threshold", format_exact(parameters_.energy_threshold)},
          {"escape_iterations", std::to_string(parameters_.escape_iterations)}};
}

std::unique_ptr<Stepper> PerturbedAcceleratedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                                    const RandomSource& random) const {
  return std::make_unique<AcceleratedStepper>(oracle, x0, random, parameters_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry perturbed_accelerated_gradient_descent() {
  return {
      .name = "perturbed-accelerated-gradient-descent",
      .family = "perturbed",
      .summary = "momentum, random jumps where the gradient is small, steps along negative curvature (Jin et al. 2018)",
      .parameters = theory_or_practical(
          {positive("scale", "1", "practical: typical size of x; the perturbation radius is a hundredth of it"),
           positive("curvature", "",
                    "practical: the weakest negative curvature worth escaping, at most l; default: l/100")},
          {positive("constant", "1", "theory: c")}),
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const TheoryOrPractical chosen("perturbed-accelerated-gradient-descent", parameters, problem,
                                       {"scale", "curvature"}, {"constant"});
        if (!chosen.is_theory()) {
          return std::make_unique<PerturbedAcceleratedGradientDescent>(AcceleratedParameters::practical(
              chosen.gradient_lipschitz(), chosen.tolerance(), chosen.weakest_curvature(), parameters.real("scale")));
        }
        return std::make_unique<PerturbedAcceleratedGradientDescent>(
            AcceleratedParameters::theory({.gradient_lipschitz = chosen.gradient_lipschitz(),
                                           .hessian_lipschitz = chosen.hessian_lipschitz(),
                                           .tolerance = chosen.tolerance(),
                                           .value_gap = chosen.value_gap(),
                                           .failure_probability = chosen.failure_probability(),
                                           .constant = parameters.real("constant"),
                                           .dimension = chosen.dimension()}));
      }};
}

}  // namespace perigee::solvers
