#include <perigee/solvers/negative_curvature_finding.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/step_support.hpp>
#include <perigee/solvers/theory_or_practical.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr int most_halvings = 40;

constexpr ParameterChecks check{"negative curvature finding"};

enum class Search { found, nothing, non_finite };

class CurvatureFindingStepper final : public Stepper {
 public:
  CurvatureFindingStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                          const CurvatureFindingParameters& parameters)
      : oracle_(oracle),
        random_(random),
        parameters_(parameters),
        pair_(oracle, x0),
        probe_(oracle.dimension()),
        direction_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    // Without a dimension there is no direction to search.
    if (pair_.current().gradient_norm() > parameters_.gradient_threshold || oracle_.dimension() == 0) {
      return take_gradient_step(oracle_, pair_, parameters_.learning_rate, StepKind::step, record_, end_,
                                measures_curvature_);
    }
    switch (search()) {
      case Search::found:
        return move_along_direction();
      case Search::nothing:
        end_ = nothing_found();
        return StepStatus::ended;
      case Search::non_finite:
        break;
    }
    end_ = non_finite_end(record_.iteration + 1);
    return StepStatus::ended;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("negative-curvature-finding");
    writer.write(record_);
    writer.write(pair_.current());
  }

  void load_state(StateReader& reader) override {
    reader.expect("negative-curvature-finding");
    reader.read(record_);
    reader.read(pair_.current());
  }

 private:
  Search search() {
    const Evaluation& at = pair_.current();
    VectorView direction = direction_.view();
    RandomEngine engine = random_.engine("negative-curvature", static_cast<std::uint64_t>(record_.iteration));
    fill_uniform_ball(engine, 1.0, direction);
    direction /= direction.norm();
    least_curvature_ = std::numeric_limits<double>::infinity();
    for (Index update = 0;; ++update) {
      probe_.propose() = at.x() + parameters_.probe_radius * direction;
      oracle_.evaluate(probe_);
      if (!probe_.is_finite()) return Search::non_finite;
      curvature_ = direction.dot(probe_.gradient() - at.gradient()) / parameters_.probe_radius;
      least_curvature_ = std::min(least_curvature_, curvature_);
      if (curvature_ <= -parameters_.curvature_threshold) return Search::found;
      if (update == parameters_.probe_iterations) return Search::nothing;
      direction -= parameters_.learning_rate / parameters_.probe_radius * (probe_.gradient() - at.gradient());
      const double length = direction.norm();
      // H e = e/eta to the last bit for a random e: every curvature is 1/eta.
      if (length == 0.0) return Search::nothing;
      direction /= length;
    }
  }

  End nothing_found() const {
    const bool is_theory = parameters_.origin == "theory";
    return {EndClass::convergence, "no-negative-curvature-found",
            std::string(is_theory ? "second-order stationary by negative-curvature finding with theory parameters"
                                  : "evidence of second-order stationarity, no proof, with practical parameters") +
                ": gradient norm " + format_number(record_.gradient_norm) +
                " <= " + format_number(parameters_.gradient_threshold) + ", and the least curvature found in " +
                std::to_string(parameters_.probe_iterations) + " updates is " + format_number(least_curvature_) +
                " > " + format_number(-parameters_.curvature_threshold) + " at iteration " +
                std::to_string(record_.iteration)};
  }

  StepStatus move_along_direction() {
    const Evaluation& from = pair_.current();
    const double sign = from.gradient().dot(direction_.view()) > 0.0 ? -1.0 : 1.0;
    double length = parameters_.step_length;
    for (int halvings = 0; halvings <= most_halvings; ++halvings, length *= 0.5) {
      pair_.candidate().propose() = from.x() + sign * length * direction_.view();
      oracle_.evaluate(pair_.candidate());
      if (!pair_.candidate().is_finite()) continue;
      if (pair_.candidate().value() > from.value() + 0.25 * curvature_ * length * length) continue;
      commit_move(oracle_, pair_, distance(pair_.candidate().x(), from.x()), not_measured, StepKind::jump, record_,
                  measures_curvature_);
      return StepStatus::advanced;
    }
    end_ = {EndClass::breakdown, "no-descent-along-curvature",
            "curvature " + format_number(curvature_) + " was found at iteration " + std::to_string(record_.iteration) +
                ", but no step of length " + format_number(parameters_.step_length) + " down to " +
                format_number(2.0 * length) + " along it lowers the value by a quarter of |curvature| length^2"};
    return StepStatus::ended;
  }

  Oracle& oracle_;
  RandomSource random_;
  CurvatureFindingParameters parameters_;
  EvaluationPair pair_;
  Evaluation probe_;              // at x + r e
  Vector direction_;              // e
  double curvature_ = 0.0;        // along e, measured over the distance r
  double least_curvature_ = 0.0;  // of the search
};

}  // namespace

CurvatureFindingParameters CurvatureFindingParameters::theory(const CurvatureFindingTheory& of) {
  check.theory(of);
  const double l = of.gradient_lipschitz;
  const double rho = of.hessian_lipschitz;
  const double eps = of.tolerance;
  const double curvature = std::sqrt(rho * eps);
  const double n = static_cast<double>(of.dimension);
  const double share =
      of.failure_probability * std::min(1.0, std::sqrt(eps * eps * eps / rho) / (384.0 * of.value_gap));
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
  check.positive("gradient_lipschitz", gradient_lipschitz);
  check.positive("tolerance", tolerance);
  check.positive("curvature", curvature);
  check.positive("scale", scale);
  check.that(curvature <= gradient_lipschitz, "curvature must be <= gradient_lipschitz", curvature);
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
  return std::make_unique<CurvatureFindingStepper>(oracle, x0, random, parameters_);
}

}  // namespace perigee

namespace perigee::solvers {

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
            CurvatureFindingParameters::theory({.gradient_lipschitz = chosen.gradient_lipschitz(),
                                                .hessian_lipschitz = chosen.hessian_lipschitz(),
                                                .tolerance = chosen.tolerance(),
                                                .value_gap = chosen.value_gap(),
                                                .failure_probability = chosen.failure_probability(),
                                                .dimension = chosen.dimension()}));
      }};
}

}  // namespace perigee::solvers
