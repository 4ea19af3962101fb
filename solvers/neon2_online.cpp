#include <perigee/solvers/neon2_online.hpp>

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/solvers/curvature_finding_stepper.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/parameter_checks.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee {

namespace {

constexpr ParameterChecks check{"neon2 online"};

class OnlineSearch final : public CurvatureSearch {
 public:
  OnlineSearch(const Oracle& oracle, const Neon2OnlineParameters& parameters)
      : parameters_(parameters),
        sum_(parameters.batch_size > 0 ? dynamic_cast<const FiniteSum*>(&oracle.objective()) : nullptr),
        terms_(static_cast<std::size_t>(parameters.batch_size)),
        base_(oracle.dimension()),
        probe_(oracle.dimension()) {
    if (parameters.batch_size > 0 && sum_ == nullptr) {
      throw std::invalid_argument("neon2 online: batches need an objective that is a finite sum");
    }
  }

  SearchResult run(Oracle& oracle, const Evaluation& at, RandomEngine& engine, VectorView direction) override {
    double least = std::numeric_limits<double>::infinity();
    for (Index attempt = 0; attempt < parameters_.attempts; ++attempt) {
      if (attempt > 0) draw_direction(engine, direction);
      direction *= parameters_.start_length;  // y, from here
      double length = parameters_.start_length;
      for (Index update = 0; update < parameters_.iterations && length < parameters_.radius; ++update) {
        probe_.propose() = at.x() + direction;
        const Evaluation& reference = evaluate(oracle, at, engine);
        if (!probe_.is_finite() || !reference.is_finite()) return {SearchVerdict::non_finite, least};
        direction -= parameters_.search_rate * (probe_.gradient() - reference.gradient());
        length = direction.norm();
        // Every term's H_B y is y/eta_s: no direction is left.
        if (length == 0.0) break;
      }
      if (length == 0.0) continue;
      direction /= length;
      probe_.propose() = at.x() + parameters_.radius * direction;
      oracle.evaluate(probe_);
      if (!probe_.is_finite()) return {SearchVerdict::non_finite, least};
      const double curvature = direction.dot(probe_.gradient() - at.gradient()) / parameters_.radius;
      least = std::min(least, curvature);
      if (curvature <= -parameters_.curvature_threshold) return {SearchVerdict::found, curvature};
    }
    return {SearchVerdict::nothing, least};
  }

 private:
  // Evaluates the probe, and returns x as the same terms see it.
  const Evaluation& evaluate(Oracle& oracle, const Evaluation& at, RandomEngine& engine) {
    if (sum_ == nullptr) {
      oracle.evaluate(probe_);
      return at;
    }
    const double count = static_cast<double>(sum_->term_count());
    for (Index& term : terms_) {
      term = std::min(static_cast<Index>(count * uniform_unit(engine)), sum_->term_count() - 1);
    }
    oracle.evaluate_batch(*sum_, terms_, probe_);
    base_.propose() = at.x();
    oracle.evaluate_batch(*sum_, terms_, base_);
    return base_;
  }

  Neon2OnlineParameters parameters_;
  const FiniteSum* sum_;  // nullptr: no batches
  std::vector<Index> terms_;
  Evaluation base_;   // x as the batch sees it
  Evaluation probe_;  // x + y as the batch sees it
};

}  // namespace

Neon2OnlineParameters Neon2OnlineParameters::practical(double gradient_lipschitz, double tolerance, double curvature,
                                                       Index batch_size, double scale) {
  check.practical(gradient_lipschitz, tolerance, curvature, scale);
  const double search_rate = 0.25 / gradient_lipschitz;
  const double growth = std::sqrt(8.0 * gradient_lipschitz / curvature + 6.0);
  return {.learning_rate = 1.0 / gradient_lipschitz,
          .gradient_threshold = tolerance,
          .search_rate = search_rate,
          .batch_size = batch_size,
          .start_length = 1e-5 * scale / growth,
          .radius = 1e-5 * scale,
          .iterations = static_cast<Index>(std::ceil(std::log(1e3 * growth) / std::log1p(search_rate * curvature))),
          .attempts = 3,
          .curvature_threshold = 0.25 * curvature,
          .step_length = 0.1 * scale};
}

Neon2Online::Neon2Online(Neon2OnlineParameters parameters) : parameters_(parameters) {
  check.positive("learning_rate", parameters_.learning_rate);
  check.positive("gradient_threshold", parameters_.gradient_threshold);
  check.positive("search_rate", parameters_.search_rate);
  check.that(parameters_.batch_size >= 0, "batch_size must be >= 0", static_cast<double>(parameters_.batch_size));
  check.positive("start_length", parameters_.start_length);
  check.positive("radius", parameters_.radius);
  check.that(parameters_.radius > parameters_.start_length, "radius must be > start_length", parameters_.radius);
  check.that(parameters_.iterations >= 1, "iterations must be >= 1", static_cast<double>(parameters_.iterations));
  check.that(parameters_.attempts >= 1, "attempts must be >= 1", static_cast<double>(parameters_.attempts));
  check.positive("curvature_threshold", parameters_.curvature_threshold);
  check.positive("step_length", parameters_.step_length);
}

std::vector<std::pair<std::string, std::string>> Neon2Online::settings() const {
  return {{"learning_rate", format_exact(parameters_.learning_rate)},
          {"gradient_threshold", format_exact(parameters_.gradient_threshold)},
          {"search_rate", format_exact(parameters_.search_rate)},
          {"batch_size", std::to_string(parameters_.batch_size)},
          {"start_length", format_exact(parameters_.start_length)},
          {"radius", format_exact(parameters_.radius)},
          {"iterations", std::to_string(parameters_.iterations)},
          {"attempts", std::to_string(parameters_.attempts)},
          {"curvature_threshold", format_exact(parameters_.curvature_threshold)},
          {"step_length", format_exact(parameters_.step_length)}};
}

std::unique_ptr<Stepper> Neon2Online::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<CurvatureFindingStepper>(
      oracle, x0, random, name(), parameters_.learning_rate,
      EscapePlan{.gradient_threshold = parameters_.gradient_threshold,
                 .curvature_threshold = parameters_.curvature_threshold,
                 .step_length = parameters_.step_length,
                 .shortest_probe = parameters_.start_length,
                 .gradient_lipschitz = 1.0 / parameters_.learning_rate,
                 .search_iterations = parameters_.attempts * parameters_.iterations,
                 .method = "online NEON2",
                 .is_theory = false},
      std::make_unique<OnlineSearch>(oracle, parameters_));
}

}  // namespace perigee

namespace perigee::solvers {

Entry neon2_online() {
  return {
      .name = "neon2-online",
      .family = "perturbed",
      .summary =
          "gradient descent, and a search for negative curvature by minibatches where it stalls "
          "(after Allen-Zhu and Li 2018)",
      .parameters = {positive("tolerance", "0.001", "eps: the gradient norm that counts as small"),
                     positive("gradient_lipschitz", "", "l; default: 1/the problem's suggested step, or else its l"),
                     positive("scale", "1", "typical size of x; a step along curvature is a tenth of it"),
                     positive("curvature", "",
                              "the weakest negative curvature worth finding, at most l; default: l/100"),
                     {.name = "batch_size",
                      .kind = ParameterKind::integer,
                      .default_value = "0",
                      .least = 0,
                      .greatest = 4294967295.0,
                      .summary = "terms an update of the search sees; 0: the whole objective"}},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const double l =
            given_or(parameters, "gradient_lipschitz", practical_gradient_lipschitz(problem), problem, "neon2-online");
        return std::make_unique<Neon2Online>(Neon2OnlineParameters::practical(
            l, parameters.real("tolerance"), parameters.has("curvature") ? parameters.real("curvature") : 0.01 * l,
            parameters.integer("batch_size"), parameters.real("scale")));
      }};
}

}  // namespace perigee::solvers
