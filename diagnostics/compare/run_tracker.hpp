// Watches one run of a campaign: when it reached which value, at what cost.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RUN_TRACKER_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RUN_TRACKER_HPP

#include <perigee/diagnostics/compare/escape_rule.hpp>
#include <perigee/diagnostics/compare/run_row.hpp>
#include <perigee/lib/observer.hpp>
#include <perigee/lib/stop.hpp>

#include <functional>
#include <string_view>
#include <vector>

namespace perigee {

/// Fills a row while the run goes on. Values are the objective's own: where the method sees minibatches only, f is
/// evaluated here, off the budget.
class RunTracker final : public Observer {
 public:
  /// `values`: what f must fall to, one a target, decreasing; NaN: to none.
  RunTracker(const Objective& objective, const CostWeights& weights, std::vector<double> values,
             const EscapeRule& escape, Traces traces = Traces::none);

  void observe(const StepRecord& first, const Stepper& stepper) override;
  void finish(const End& end, const Stepper& stepper) override;

  /// Ends a run at its last target, when its cost has reached the budget, when it has taken that long, or, with the id
  /// `cancelled_id`, when `cancelled` says so, which is asked after every iteration; empty: never. Refers to this
  /// tracker and to `cancelled`.
  StopRule stop_rule(double budget, double seconds, const std::function<bool()>& cancelled) const;

  /// Everything but the run's number, its end, its time and its judgement.
  const RunRow& row() const { return row_; }

 private:
  const Objective& objective_;
  CostWeights weights_;
  std::vector<double> values_;
  EscapeRule escape_;
  Traces traces_;
  std::size_t reached_ = 0;  // targets so far
  RunRow row_;
};

inline constexpr std::string_view cancelled_id = "cancelled";

/// The End of a run that reached its last target, and of one whose cost reached its budget.
End target_end(double value, double target, Index iteration);
End budget_end(double cost, double budget, Index iteration);

}  // namespace perigee

#endif
