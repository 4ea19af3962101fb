#include <perigee/solvers/negative_curvature_finding.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/curvature_finding_stepper.hpp>
#include <perigee/solvers/momentum_search.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr double pi = 3.14159265358979323846;

constexpr ParameterChecks check{"negative curvature finding"};

}  // namespace

double share_of_one_search(const CurvatureFindingTheory& of) {
  const double decrease = std::sqrt(of.tolerance * of.tolerance * of.tolerance / of.hessian_lipschitz) / 384.0;
  return of.failure_probability * std::min(1.0, decrease / of.value_gap);
}

CurvatureFindingParameters CurvatureFindingParameters::theory(const CurvatureFindingTheory& of) {
  check.theory(of);
  const double l = of.gradient_lipschitz;
  const double rho = of.hessian_lipschitz;
  const double eps = of.tolerance;
  const double curvature = std::sqrt(rho * eps);
  const double n = static_cast<double>(of.dimension);
  const double share = share_of_one_search(of);
  return {.learning_rate = 1.0 / l,
          .gradient_threshold = eps,
          .probe_radius = eps / (8.0 * l) * std::sqrt(pi / n) * share,
          .probe_iterations =
              static_cast<Index>(std::ceil(8.0 * l / curvature * std::log(l / share * std::sqrt(n / pi) / curvature))),
          .curvature_threshold = 0.25 * curvature,
          .step_length = 0.25 * std::sqrt(eps / rho),
          .origin = "theory"};
}

CurvatureFindingParameters CurvatureFindingParameters::practical(double gradient_lipschitz, double tolerance,
                                                                 double curvature, double scale) {
  check.practical(gradient_lipschitz, tolerance, curvature, scale);
  return {.learning_rate = 1.0 / gradient_lipschitz,
          .gradient_threshold = tolerance,
          .probe_radius = 1e-5 * scale,
          .probe_iterations = static_cast<Index>(std::ceil(10.0 * gradient_lipschitz / curvature)),
          .curvature_threshold = 0.25 * curvature,
          .step_length = 0.1 * scale,
          .origin = "practical"};
}

NegativeCurvatureFinding::NegativeCurvatureFinding(CurvatureFindingParameters parameters)
    : parameters_(std::move(parameters)) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("probe_radius", parameters_.probe_radius);
  check.positive("curvature_threshold", parameters_.curvature_threshold);
  check.positive("step_length", parameters_.step_length);
  check.that(parameters_.probe_iterations >= 1, "probe_iterations must be >= 1",
             static_cast<double>(parameters_.probe_iterations));
}

std::vector<std::pair<std::string, std::string>> NegativeCurvatureFinding::settings() const {
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"probe_radius", format_exact(parameters_.probe_radius)},
          {"probe_iterations", std::to_string(parameters_.probe_iterations)},
          {"curvature_threshold", format_exact(parameters_.curvature_threshold)},
          {"step_length", format_exact(parameters_.step_length)}};
}

std::unique_ptr<Stepper> NegativeCurvatureFinding::start(Oracle& oracle, ConstVectorView x0,
                                                         const RandomSource& random) const {
  const Index n = oracle.dimension();
  return std::make_unique<CurvatureFindingStepper>(
      oracle, x0, random, name(), parameters_.learning_rate,
      EscapePlan{.gradient_threshold = parameters_.gradient_threshold,
                 .curvature_threshold = parameters_.curvature_threshold,
                 .step_length = parameters_.step_length,
                 .shortest_probe = parameters_.probe_radius,
                 .gradient_lipschitz = 1.0 / parameters_.learning_rate,
                 .search_iterations = parameters_.probe_iterations,
                 .method = "negative-curvature finding",
                 .is_theory = parameters_.origin == "theory"},
      std::make_unique<MomentumSearch>(
          n, MomentumSearchParameters{.learning_rate = parameters_.learning_rate,
                                      .momentum = 0.0,
                                      .probe_radius = parameters_.probe_radius,
                                      .iterations = parameters_.probe_iterations,
                                      .curvature_threshold = parameters_.curvature_threshold}));
}

}  // namespace perigee

namespace perigee::solvers {

CurvatureFindingTheory curvature_finding_theory(const TheoryOrPractical& chosen) {
  return {.gradient_lipschitz = chosen.gradient_lipschitz(),
          .hessian_lipschitz = chosen.hessian_lipschitz(),
          .tolerance = chosen.tolerance(),
          .value_gap = chosen.value_gap(),
          .failure_probability = chosen.failure_probability(),
          .dimension = chosen.dimension()};
}

Entry negative_curvature_finding() {
  return {
      .name = "negative-curvature-finding",
      .family = "perturbed",
      .summary =
          "gradient descent, and a search for negative curvature by gradients where it stalls (Zhang and Li 2021)",
      .parameters = theory_or_practical(
          {positive("scale", "1", "practical: typical size of x; a step along curvature is a tenth of it"),
           positive("curvature", "",
                    "practical: the weakest negative curvature worth finding, at most l; default: l/100")}),
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const TheoryOrPractical chosen("negative-curvature-finding", parameters, problem, {"scale", "curvature"});
        if (!chosen.is_theory()) {
          return std::make_unique<NegativeCurvatureFinding>(CurvatureFindingParameters::practical(
              chosen.gradient_lipschitz(), chosen.tolerance(), chosen.weakest_curvature(), parameters.real("scale")));
        }
        return std::make_unique<NegativeCurvatureFinding>(
            CurvatureFindingParameters::theory(curvature_finding_theory(chosen)));
      }};
}

}  // namespace perigee::solvers
