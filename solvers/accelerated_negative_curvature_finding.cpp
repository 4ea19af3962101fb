#include <perigee/solvers/accelerated_negative_curvature_finding.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/accelerated_motion.hpp>
#include <perigee/solvers/curvature_escape.hpp>
#include <perigee/solvers/momentum_search.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/perturbed_accelerated_gradient_descent.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <cmath>

namespace perigee {

namespace {

constexpr double pi = 3.14159265358979323846;

constexpr ParameterChecks check{"accelerated negative curvature finding"};

EscapePlan plan_of(const AcceleratedFindingParameters& parameters) {
  return {.gradient_threshold = parameters.gradient_threshold,
          .curvature_threshold = parameters.curvature_threshold,
          .step_length = parameters.step_length,
          .shortest_probe = parameters.probe_radius,
          .gradient_lipschitz = 1.0 / parameters.learning_rate,
          .search_iterations = parameters.probe_iterations,
          .method = "accelerated negative-curvature finding",
          .is_theory = parameters.origin == "theory"};
}

MomentumSearchParameters search_of(const AcceleratedFindingParameters& parameters) {
  return {.learning_rate = parameters.learning_rate,
          .momentum = 1.0 - parameters.momentum_loss,
          .probe_radius = parameters.probe_radius,
          .iterations = parameters.probe_iterations,
          .curvature_threshold = parameters.curvature_threshold};
}

class AcceleratedFindingStepper final : public Stepper {
 public:
  AcceleratedFindingStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                            const AcceleratedFindingParameters& parameters)
      : oracle_(oracle),
        learning_rate_(parameters.learning_rate),
        pair_(oracle, x0),
        motion_(oracle.dimension(), {.learning_rate = parameters.learning_rate,
                                     .momentum_loss = parameters.momentum_loss,
                                     .curvature_threshold = parameters.secant_threshold,
                                     .exploitation_radius = parameters.exploitation_radius}),
        escape_(oracle.dimension(), random, plan_of(parameters),
                std::make_unique<MomentumSearch>(oracle.dimension(), search_of(parameters))) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    if (escape_.is_due(pair_.current())) {
      const StepStatus status = escape_.leave(oracle_, pair_, record_, end_, measures_curvature_);
      if (status == StepStatus::advanced) motion_.rest();
      return status;
    }
    const Evaluation& from = pair_.current();
    const Motion motion = motion_.propose(oracle_, from.x(), from.value(), pair_.candidate());
    if (motion == Motion::non_finite) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    const bool is_exploiting = motion == Motion::exploited;
    motion_.accept(motion, from.x(), pair_.candidate());
    const double moved = is_exploiting ? distance(pair_.candidate().x(), from.x()) : motion_.speed();
    commit_move(oracle_, pair_, moved, is_exploiting ? not_measured : learning_rate_,
                is_exploiting ? StepKind::jump : StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("accelerated-negative-curvature-finding");
    writer.write(record_);
    writer.write(pair_.current());
    motion_.save_state(writer);
  }

  void load_state(StateReader& reader) override {
    reader.expect("accelerated-negative-curvature-finding");
    reader.read(record_);
    reader.read(pair_.current());
    motion_.load_state(reader);
  }

 private:
  Oracle& oracle_;
  double learning_rate_;
  EvaluationPair pair_;
  AcceleratedMotion motion_;
  CurvatureEscape escape_;
};

}  // namespace

AcceleratedFindingParameters AcceleratedFindingParameters::theory(const CurvatureFindingTheory& of) {
  check.theory(of);
  const double eps = of.tolerance;
  const double rho = of.hessian_lipschitz;
  const double curvature = std::sqrt(rho * eps);
  const double root_kappa = std::sqrt(of.gradient_lipschitz / curvature);
  const double n = static_cast<double>(of.dimension);
  // eta, theta, gamma and s are those of perturbed accelerated gradient descent, whose other constant does not matter.
  const AcceleratedParameters motion = AcceleratedParameters::theory({.gradient_lipschitz = of.gradient_lipschitz,
                                                                      .hessian_lipschitz = rho,
                                                                      .tolerance = eps,
                                                                      .value_gap = of.value_gap,
                                                                      .failure_probability = of.failure_probability,
                                                                      .dimension = of.dimension});
  const CurvatureFindingParameters finding = CurvatureFindingParameters::theory(of);
  const double share = share_of_one_search(of);
  return {.learning_rate = motion.learning_rate,
          .momentum_loss = motion.momentum_loss,
          .secant_threshold = motion.curvature_threshold,
          .exploitation_radius = motion.exploitation_radius,
          .gradient_threshold = eps,
          .probe_radius = share * eps / 32.0 * std::sqrt(pi / (rho * n)),
          .probe_iterations = static_cast<Index>(
              std::ceil(32.0 * root_kappa * std::log(of.gradient_lipschitz * std::sqrt(n) / (share * curvature)))),
          .curvature_threshold = finding.curvature_threshold,
          .step_length = finding.step_length,
          .origin = "theory"};
}

AcceleratedFindingParameters AcceleratedFindingParameters::practical(double gradient_lipschitz, double tolerance,
                                                                     double curvature, double scale) {
  check.practical(gradient_lipschitz, tolerance, curvature, scale);
  const AcceleratedParameters motion =
      AcceleratedParameters::practical(gradient_lipschitz, tolerance, curvature, scale);
  const CurvatureFindingParameters finding =
      CurvatureFindingParameters::practical(gradient_lipschitz, tolerance, curvature, scale);
  return {.learning_rate = motion.learning_rate,
          .momentum_loss = motion.momentum_loss,
          .secant_threshold = motion.curvature_threshold,
          .exploitation_radius = motion.exploitation_radius,
          .gradient_threshold = tolerance,
          .probe_radius = finding.probe_radius,
          .probe_iterations = motion.escape_iterations,
          .curvature_threshold = finding.curvature_threshold,
          .step_length = finding.step_length,
          .origin = "practical"};
}

AcceleratedNegativeCurvatureFinding::AcceleratedNegativeCurvatureFinding(AcceleratedFindingParameters parameters)
    : parameters_(std::move(parameters)) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.that(parameters_.momentum_loss > 0.0 && parameters_.momentum_loss <= 1.0, "momentum_loss must be in (0, 1]",
             parameters_.momentum_loss);
  check.positive("secant_threshold", parameters_.secant_threshold);
  check.positive("exploitation_radius", parameters_.exploitation_radius);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("probe_radius", parameters_.probe_radius);
  check.positive("curvature_threshold", parameters_.curvature_threshold);
  check.positive("step_length", parameters_.step_length);
  check.that(parameters_.probe_iterations >= 1, "probe_iterations must be >= 1",
             static_cast<double>(parameters_.probe_iterations));
}

std::vector<std::pair<std::string, std::string>> AcceleratedNegativeCurvatureFinding::settings() const {
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"momentum_loss", format_exact(parameters_.momentum_loss)},
          {"secant_threshold", format_exact(parameters_.secant_threshold)},
          {"exploitation_radius", format_exact(parameters_.exploitation_radius)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"probe_radius", format_exact(parameters_.probe_radius)},
          {"probe_iterations", std::to_string(parameters_.probe_iterations)},
          {"curvature_threshold", format_exact(parameters_.curvature_threshold)},
          {"step_length", format_exact(parameters_.step_length)}};
}

std::unique_ptr<Stepper> AcceleratedNegativeCurvatureFinding::start(Oracle& oracle, ConstVectorView x0,
                                                                    const RandomSource& random) const {
  return std::make_unique<AcceleratedFindingStepper>(oracle, x0, random, parameters_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry accelerated_negative_curvature_finding() {
  return {
      .name = "accelerated-negative-curvature-finding",
      .family = "perturbed",
      .summary = "momentum, and a search for negative curvature with momentum where it stalls (Zhang and Li 2021)",
      .parameters = theory_or_practical(
          {positive("scale", "1", "practical: typical size of x; a step along curvature is a tenth of it"),
           positive("curvature", "",
                    "practical: the weakest negative curvature worth finding, at most l; default: l/100")}),
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const TheoryOrPractical chosen("accelerated-negative-curvature-finding", parameters, problem,
                                       {"scale", "curvature"});
        if (!chosen.is_theory()) {
          return std::make_unique<AcceleratedNegativeCurvatureFinding>(AcceleratedFindingParameters::practical(
              chosen.gradient_lipschitz(), chosen.tolerance(), chosen.weakest_curvature(), parameters.real("scale")));
        }
        return std::make_unique<AcceleratedNegativeCurvatureFinding>(
            AcceleratedFindingParameters::theory(curvature_finding_theory(chosen)));
      }};
}

}  // namespace perigee::solvers
