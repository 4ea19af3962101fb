#include <perigee/solvers/neon2.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/curvature_finding_stepper.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double pi = 3.14159265358979323846;

constexpr ParameterChecks check{"neon2"};

// r/sigma, so that the share of curvature above -3 delta/4 in a direction found costs at most delta/8.
double growth_to_find(double gradient_lipschitz, double curvature) {
  return std::sqrt(8.0 * gradient_lipschitz / curvature + 6.0);
}

std::string name_of(SearchPolynomial polynomial) {
  return polynomial == SearchPolynomial::chebyshev ? "chebyshev" : "power";
}

SearchPolynomial polynomial_of(const std::string& name) {
  for (const SearchPolynomial polynomial : {SearchPolynomial::chebyshev, SearchPolynomial::power}) {
    if (name == name_of(polynomial)) return polynomial;
  }
  throw std::invalid_argument("neon2: polynomial must be chebyshev or power, got '" + name + "'");
}

}  // namespace

Neon2Parameters Neon2Parameters::theory(const CurvatureFindingTheory& of, SearchPolynomial polynomial) {
  check.theory(of);
  const double l = of.gradient_lipschitz;
  const double rho = of.hessian_lipschitz;
  const double delta = std::sqrt(rho * of.tolerance);
  const double decrease = delta * delta * delta / (24.0 * rho * rho);
  const double share = of.failure_probability / (1.0 + of.value_gap / decrease);
  const double component = std::min(1.0, share * std::sqrt(0.5 * pi / static_cast<double>(of.dimension)));
  const double growth = growth_to_find(l, delta);
  const Index iterations = updates_to_grow(polynomial, l, delta, growth, component);
  const double updates = static_cast<double>(iterations);
  const double start_length = delta * std::pow(component / growth, 2) / (16.0 * rho * updates * updates * updates);
  return {.learning_rate = 1.0 / l,
          .gradient_threshold = of.tolerance,
          .search = {.polynomial = polynomial,
                     .gradient_lipschitz = l,
                     .curvature = delta,
                     .start_length = start_length,
                     .radius = growth * start_length,
                     .iterations = iterations,
                     .curvature_threshold = 0.5 * delta},
          .step_length = 0.5 * delta / rho,
          .origin = "theory"};
}

Neon2Parameters Neon2Parameters::practical(double gradient_lipschitz, double tolerance, double curvature, double scale,
                                           SearchPolynomial polynomial) {
  check.practical(gradient_lipschitz, tolerance, curvature, scale);
  const double growth = growth_to_find(gradient_lipschitz, curvature);
  return {.learning_rate = 1.0 / gradient_lipschitz,
          .gradient_threshold = tolerance,
          .search = {.polynomial = polynomial,
                     .gradient_lipschitz = gradient_lipschitz,
                     .curvature = curvature,
                     .start_length = 1e-5 * scale / growth,
                     .radius = 1e-5 * scale,
                     .iterations = updates_to_grow(polynomial, gradient_lipschitz, curvature, growth, 1e-3),
                     .curvature_threshold = 0.5 * curvature},
          .step_length = 0.1 * scale,
          .origin = "practical"};
}

Neon2::Neon2(Neon2Parameters parameters) : parameters_(std::move(parameters)) {
  const ChebyshevSearchParameters& search = parameters_.search;
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("gradient_lipschitz", search.gradient_lipschitz);
  check.positive("curvature", search.curvature);
  check.that(search.curvature <= search.gradient_lipschitz, "curvature must be <= gradient_lipschitz",
             search.curvature);
  check.positive("start_length", search.start_length);
  check.positive("radius", search.radius);
  check.that(search.radius > search.start_length, "radius must be > start_length", search.radius);
  check.that(search.iterations >= 1, "iterations must be >= 1", static_cast<double>(search.iterations));
  check.positive("curvature_threshold", search.curvature_threshold);
  check.positive("step_length", parameters_.step_length);
}

std::vector<std::pair<std::string, std::string>> Neon2::settings() const {
  const ChebyshevSearchParameters& search = parameters_.search;
  return {{"parameters", parameters_.origin},
          {"learning_rate", format_exact(parameters_.learning_rate)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"polynomial", name_of(search.polynomial)},
          {"gradient_lipschitz", format_exact(search.gradient_lipschitz)},
          {"curvature", format_exact(search.curvature)},
          {"start_length", format_exact(search.start_length)},
          {"radius", format_exact(search.radius)},
          {"iterations", std::to_string(search.iterations)},
          {"curvature_threshold", format_exact(search.curvature_threshold)},
          {"step_length", format_exact(parameters_.step_length)}};
}

std::unique_ptr<Stepper> Neon2::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<CurvatureFindingStepper>(
      oracle, x0, random, name(), parameters_.learning_rate,
      EscapePlan{.gradient_threshold = parameters_.gradient_threshold,
                 .curvature_threshold = parameters_.search.curvature_threshold,
                 .step_length = parameters_.step_length,
                 .shortest_probe = parameters_.search.start_length,
                 .gradient_lipschitz = parameters_.search.gradient_lipschitz,
                 .search_iterations = parameters_.search.iterations,
                 .method = "NEON2",
                 .is_theory = parameters_.origin == "theory"},
      std::make_unique<ChebyshevSearch>(oracle.dimension(), parameters_.search));
}

}  // namespace perigee

namespace perigee::solvers {

Entry neon2() {
  return {.name = "neon2",
          .family = "perturbed",
          .summary =
              "gradient descent, and Chebyshev's search for negative curvature by gradients where it stalls "
              "(Allen-Zhu and Li 2018)",
          .parameters = theory_or_practical(
              {text("polynomial", "chebyshev", "chebyshev, or power: the search without acceleration"),
               positive("scale", "1", "practical: typical size of x; a step along curvature is a tenth of it"),
               positive("curvature", "",
                        "practical: the weakest negative curvature worth finding, at most l; default: l/100")}),
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            const TheoryOrPractical chosen("neon2", parameters, problem, {"scale", "curvature"});
            const SearchPolynomial polynomial = polynomial_of(parameters.text("polynomial"));
            if (!chosen.is_theory()) {
              return std::make_unique<Neon2>(Neon2Parameters::practical(chosen.gradient_lipschitz(), chosen.tolerance(),
                                                                        chosen.weakest_curvature(),
                                                                        parameters.real("scale"), polynomial));
            }
            return std::make_unique<Neon2>(Neon2Parameters::theory(curvature_finding_theory(chosen), polynomial));
          }};
}

}  // namespace perigee::solvers
