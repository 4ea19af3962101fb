#include <perigee/diagnostics/compare/run_tracker.hpp>

#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

RunTracker::RunTracker(const Objective& objective, const CostWeights& weights, std::vector<double> values,
                       const EscapeRule& escape, Traces traces)
    : objective_(objective), weights_(weights), values_(std::move(values)), escape_(escape), traces_(traces) {
  row_.hits.assign(values_.size(), not_measured);
}

void RunTracker::observe(const StepRecord&, const Stepper& stepper) {
  const StepRecord& record = stepper.record();
  row_.iterations = record.iteration;
  row_.cost = cost_of(record.counts, weights_);
  row_.value = record.batch_size == 0 ? record.value : objective_.value(stepper.current().x());
  if (record.kind == StepKind::perturbation || record.kind == StepKind::jump) ++row_.kicks;
  if (traces_ == Traces::kept) extend(row_.trace, row_.cost, row_.value);
  while (reached_ < values_.size() && row_.value <= values_[reached_]) row_.hits[reached_++] = row_.cost;
  if (std::isnan(row_.escape_iteration) && has_escaped(escape_, row_.value, stepper.current().x())) {
    row_.escape_iteration = static_cast<double>(record.iteration);
    row_.escape_cost = row_.cost;
  }
}

void RunTracker::finish(const End&, const Stepper& stepper) {
  // As ensembles sum it, so that vector lanes and single runs agree in the last bit.
  row_.gradient_norm = euclidean_norm(stepper.current().gradient());
}

StopRule RunTracker::stop_rule(double budget, double seconds, const std::function<bool()>& cancelled) const {
  const StopRule by_cost([this, budget, &cancelled](const Progress& progress) -> std::optional<End> {
    if (reached_ == values_.size()) return target_end(row_.value, values_.back(), progress.current.iteration);
    if (row_.cost >= budget) return budget_end(row_.cost, budget, progress.current.iteration);
    if (cancelled && cancelled()) {
      return End{EndClass::budget, std::string(cancelled_id),
                 "cancelled at iteration " + std::to_string(progress.current.iteration)};
    }
    return std::nullopt;
  });
  return std::isinf(seconds) ? by_cost : by_cost | max_seconds(seconds);
}

End target_end(double value, double target, Index iteration) {
  return {
      EndClass::convergence, "value-target",
      "f = " + format_number(value) + " <= " + format_number(target) + " at iteration " + std::to_string(iteration)};
}

End budget_end(double cost, double budget, Index iteration) {
  return {
      EndClass::budget, "cost-budget",
      "cost " + format_number(cost) + " >= " + format_number(budget) + " at iteration " + std::to_string(iteration)};
}

}  // namespace perigee
