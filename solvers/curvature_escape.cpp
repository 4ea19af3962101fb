#include <perigee/solvers/curvature_escape.hpp>

#include <perigee/lib/format.hpp>

#include <limits>

namespace perigee {

namespace {
constexpr int most_halvings = 40;
}

void draw_direction(RandomEngine& engine, VectorView direction) {
  fill_uniform_ball(engine, 1.0, direction);
  direction /= direction.norm();
}

CurvatureEscape::CurvatureEscape(Index dimension, const RandomSource& random, EscapePlan plan,
                                 std::unique_ptr<CurvatureSearch> search)
    : random_(random), plan_(std::move(plan)), search_(std::move(search)), direction_(dimension) {}

StepStatus CurvatureEscape::leave(Oracle& oracle, EvaluationPair& pair, StepRecord& record, End& end,
                                  bool measures_curvature) {
  const double rounding = std::numeric_limits<double>::epsilon() * plan_.gradient_lipschitz * pair.current().x().norm();
  if (10.0 * rounding >= plan_.curvature_threshold * plan_.shortest_probe) {
    end = {EndClass::breakdown, "probe-below-rounding",
           "at iteration " + std::to_string(record.iteration) + " a probe of length " +
               format_number(plan_.shortest_probe) + " cannot tell curvature " +
               format_number(-plan_.curvature_threshold) + " from rounding: gradients there are known to about " +
               format_number(rounding)};
    return StepStatus::ended;
  }
  RandomEngine engine = random_.engine("negative-curvature", static_cast<std::uint64_t>(record.iteration));
  draw_direction(engine, direction_);
  const SearchResult result = search_->run(oracle, pair.current(), engine, direction_);
  switch (result.verdict) {
    case SearchVerdict::found:
      return move(oracle, pair, record, end, measures_curvature, result.curvature);
    case SearchVerdict::nothing:
      end = nothing_found(record, result.curvature);
      return StepStatus::ended;
    case SearchVerdict::unconfirmed:
      end = {EndClass::breakdown, "curvature-not-confirmed",
             plan_.method + " named a direction at iteration " + std::to_string(record.iteration) +
                 ", but the curvature measured along it is " + format_number(result.curvature) + " > " +
                 format_number(-plan_.curvature_threshold) + ": the gradients are not linear over the search's radius"};
      return StepStatus::ended;
    case SearchVerdict::non_finite:
      break;
  }
  end = non_finite_end(record.iteration + 1);
  return StepStatus::ended;
}

StepStatus CurvatureEscape::move(Oracle& oracle, EvaluationPair& pair, StepRecord& record, End& end,
                                 bool measures_curvature, double curvature) {
  const Evaluation& from = pair.current();
  const double sign = from.gradient().dot(direction_.view()) > 0.0 ? -1.0 : 1.0;
  double length = plan_.step_length;
  for (int halvings = 0; halvings <= most_halvings; ++halvings, length *= 0.5) {
    pair.candidate().propose() = from.x() + sign * length * direction_.view();
    oracle.evaluate(pair.candidate());
    if (!pair.candidate().is_finite()) continue;
    if (pair.candidate().value() > from.value() + 0.25 * curvature * length * length) continue;
    commit_move(oracle, pair, distance(pair.candidate().x(), from.x()), not_measured, StepKind::jump, record,
                measures_curvature);
    return StepStatus::advanced;
  }
  end = {EndClass::breakdown, "no-descent-along-curvature",
         "curvature " + format_number(curvature) + " was found at iteration " + std::to_string(record.iteration) +
             ", but no step of length " + format_number(plan_.step_length) + " down to " + format_number(2.0 * length) +
             " along it lowers the value by a quarter of |curvature| length^2"};
  return StepStatus::ended;
}

End CurvatureEscape::nothing_found(const StepRecord& record, double least_curvature) const {
  return {EndClass::convergence, "no-negative-curvature-found",
          (plan_.is_theory ? "second-order stationary by " + plan_.method + " with theory parameters"
                           : "first-order stationary, the second order not certified with practical parameters") +
              ": gradient norm " + format_number(record.gradient_norm) +
              " <= " + format_number(plan_.gradient_threshold) + ", and the least curvature found in " +
              std::to_string(plan_.search_iterations) + " updates is " + format_number(least_curvature) + " > " +
              format_number(-plan_.curvature_threshold) + " at iteration " + std::to_string(record.iteration)};
}

}  // namespace perigee
