#include <perigee/solvers/registry.hpp>

#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee::solvers {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallest = std::numeric_limits<double>::min();

ParameterDescription positive(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name), .default_value = std::move(default_value), .least = smallest, .greatest = infinity,
          .summary = std::move(summary)};
}

ParameterDescription count(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name), .kind = ParameterKind::integer, .default_value = std::move(default_value),
          .least = 1, .greatest = 9e15, .summary = std::move(summary)};
}

ParameterDescription text(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name), .kind = ParameterKind::text, .default_value = std::move(default_value),
          .summary = std::move(summary)};
}

// The parameter, or what the problem knows, or an error that says what to pass.
double given_or(const Parameters& parameters, const char* name, std::optional<double> known, const Problem& problem,
                const char* solver) {
  if (parameters.has(name)) return parameters.real(name);
  if (known) return *known;
  throw std::invalid_argument(std::string(solver) + ": '" + name + "' must be set, because problem '" + problem.name +
                              "' does not know a value for it");
}

// The step that works, where the problem suggests one; the global constant may be far more careful.
std::optional<double> practical_gradient_lipschitz(const Problem& problem) {
  if (problem.suggested_step) return 1.0 / *problem.suggested_step;
  return problem.gradient_lipschitz;
}

Schedule learning_rate_of(const Parameters& parameters, const Problem& problem) {
  const std::string& asked = parameters.text("learning_rate");
  if (asked != "theory") return schedules::parse(asked);
  if (problem.theory_schedule) return *problem.theory_schedule;
  throw std::invalid_argument("gradient-descent: learning_rate=theory needs a problem with a theoretical step; '" +
                              problem.name + "' has none");
}

Entry gradient_descent() {
  return {
      .name = "gradient-descent",
      .family = "first-order",
      .summary = "x - eta grad f(x) with a learning rate, a schedule or a line search",
      .parameters =
          {text("learning_rate", "",
                "a number, a schedule such as cosine(initial=0.1, final=0, iterations=500), or theory; default: the "
                "problem's own step, or else a strong Wolfe line search"),
           text("line_search", "", "armijo, strong-wolfe or exact, with options as in strong-wolfe(curvature=0.1)"),
           {.name = "initial_step", .default_value = "0", .least = 0, .greatest = infinity,
            .summary = "first trial of the first line search; 0: 1/||grad f(x0)||"}},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        GradientDescentOptions options;
        options.initial_step = parameters.real("initial_step");
        const bool by_rate = parameters.has("learning_rate");
        const bool by_search = parameters.has("line_search");
        if (by_rate && by_search) {
          throw std::invalid_argument("gradient-descent: set learning_rate or line_search, not both");
        }
        if (by_rate) options.learning_rate = learning_rate_of(parameters, problem);
        if (by_search) options.line_search = line_searches::parse(parameters.text("line_search"));
        if (!by_rate && !by_search) {
          if (problem.theory_schedule) {
            options.learning_rate = problem.theory_schedule;
          } else if (problem.suggested_step) {
            options.learning_rate = Schedule(*problem.suggested_step);
          } else {
            options.line_search = line_searches::strong_wolfe({.curvature = 0.1});
          }
        }
        return std::make_unique<GradientDescent>(options);
      }};
}

Entry perturbed_gradient_descent() {
  return {
      .name = "perturbed-gradient-descent",
      .family = "perturbed",
      .summary = "gradient descent with a random jump where the gradient is small (Jin et al. 2017, algorithm 2)",
      .parameters =
          {text("parameters", "practical", "practical or theory; each takes its own parameters below"),
           positive("tolerance", "0.001", "eps: the gradient norm that counts as small"),
           positive("gradient_lipschitz", "",
                    "l; default: practical 1/the problem's suggested step or else its l, theory its l"),
           positive("scale", "1", "practical: typical size of x; the perturbation radius is a hundredth of it"),
           count("escape_iterations", "50", "practical: iterations that a perturbation is given"),
           positive("hessian_lipschitz", "", "theory: rho; default: what the problem knows"),
           positive("value_gap", "", "theory: at least f(x0) - f*; default: from the problem's first start"),
           {.name = "failure_probability", .default_value = "0.1", .least = smallest, .greatest = 0.999999,
            .summary = "theory: delta"},
           positive("constant", "1", "theory: c")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const char* self = "perturbed-gradient-descent";
        const std::string& kind = parameters.text("parameters");
        const double l = given_or(parameters, "gradient_lipschitz",
                                  kind == "theory" ? problem.gradient_lipschitz : practical_gradient_lipschitz(problem),
                                  problem, self);
        const double tolerance = parameters.real("tolerance");
        const auto refuse_changed = [&](std::initializer_list<const char*> names, const char* reason) {
          for (const char* name : names) {
            if (parameters.is_changed(name)) {
              throw std::invalid_argument(std::string(self) + ": " + name + " is not used with " + reason);
            }
          }
        };
        if (kind == "practical") {
          refuse_changed({"hessian_lipschitz", "value_gap", "failure_probability", "constant"}, "parameters=practical");
          return std::make_unique<PerturbedGradientDescent>(PerturbedParameters::practical(
              l, tolerance, parameters.real("scale"), parameters.integer("escape_iterations")));
        }
        if (kind != "theory") {
          throw std::invalid_argument(std::string(self) + ": parameters must be practical or theory, got '" + kind + "'");
        }
        refuse_changed({"scale", "escape_iterations"}, "parameters=theory");
        std::optional<double> gap;
        if (problem.optimal_value && !problem.starts.empty()) {
          gap = problem.objective->value(problem.starts.front().x) - *problem.optimal_value;
        }
        return std::make_unique<PerturbedGradientDescent>(PerturbedParameters::theory(
            {.gradient_lipschitz = l,
             .hessian_lipschitz = given_or(parameters, "hessian_lipschitz", problem.hessian_lipschitz, problem, self),
             .tolerance = tolerance,
             .value_gap = given_or(parameters, "value_gap", gap, problem, self),
             .failure_probability = parameters.real("failure_probability"),
             .constant = parameters.real("constant"),
             .dimension = problem.objective->dimension()}));
      }};
}

Entry periodically_perturbed_gradient_descent() {
  return {
      .name = "periodically-perturbed-gradient-descent",
      .family = "perturbed",
      .summary = "episodes of gradient descent from an anchor, a random jump after each that does not descend (COS 597G)",
      .parameters =
          {positive("gradient_lipschitz", "", "l; default: 1/the problem's suggested step, or else its l"),
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

}  // namespace

const std::vector<Entry>& registry() {
  static const std::vector<Entry> entries{
      gradient_descent(),
      perturbed_gradient_descent(),
      periodically_perturbed_gradient_descent(),
  };
  return entries;
}

std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem) {
  std::vector<std::string> names;
  for (const Entry& entry : registry()) {
    if (entry.name == name) return entry.make(Parameters(name, entry.parameters, assignments), problem);
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument("no solver '" + name + "'" +
                              (nearest.empty() ? "; `perigee list solvers` shows them all"
                                               : "; did you mean '" + nearest + "'?"));
}

}  // namespace perigee::solvers
