#include <perigee/solvers/direction_line.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

LineOutcome search_along(DirectionLine& line, EvaluationPair& pair, const LineSearch& line_search, double slope,
                         double first_trial) {
  LineOutcome outcome;
  outcome.result = line_search.search(line, {pair.current().value(), slope}, first_trial);
  const double step = outcome.result.step;
  if (!(step > 0.0)) return outcome;
  if (line.alpha() != step) line.evaluate(step);
  if (!pair.candidate().is_finite() || pair.candidate().x() == pair.current().x()) return outcome;
  outcome.status = LineStep::found;
  return outcome;
}

End failed_line_end(const LineOutcome& outcome, const DirectionLine& line, const LineSearch& line_search,
                    const StepRecord& record) {
  if (line.alpha() >= 0.0 && !line.any_finite()) return non_finite_end(record.iteration + 1);
  const std::string where = " at iteration " + std::to_string(record.iteration) + " (gradient norm " +
                            format_number(record.gradient_norm) + ", " + std::to_string(outcome.result.trials) +
                            " trials)";
  std::string reason = ": no step decreases the value sufficiently";
  if (outcome.result.status == LineSearchStatus::not_descent) {
    reason = ": the slope along the direction is not negative";
  } else if (outcome.result.step > 0.0) {
    reason =
        ": the step " + format_number(outcome.result.step) + " is too short to change the iterate in double precision";
  }
  return {EndClass::breakdown, "line-search-failed", line_search.text() + reason + where};
}

}  // namespace perigee
