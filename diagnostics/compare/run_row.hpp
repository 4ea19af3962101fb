// What a campaign keeps of a run: one row, however long the run was.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RUN_ROW_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RUN_ROW_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/value_trace.hpp>
#include <perigee/lib/end.hpp>
#include <perigee/lib/trajectory.hpp>

#include <string>
#include <vector>

namespace perigee {

struct RunRow {
  Index run = 0;  // its place in the grid
  EndClass end_class = EndClass::budget;
  // "value-target": the last target was reached; "cost-budget"; "max-seconds": see is_reproducible; or the solver's own
  std::string end_id{};
  Index iterations = 0;
  OracleCounts counts{};                // of the whole run
  double cost = 0.0;                    // C of these
  double seconds = not_measured;        // wall time; differs from one execution to the next
  double value = not_measured;          // f at the last iterate: the objective's own, also for minibatch methods
  double gradient_norm = not_measured;  // as the solver saw it
  Index kicks = 0;                      // perturbations and jumps
  double escape_iteration =
      not_measured;                   // first k past the saddle it started at (or beside); NaN: never, or no saddle
  double escape_cost = not_measured;  // C by then
  std::vector<double> hits{};         // C at the first iterate that reaches each target; NaN: not reached
  ValueTrace trace{};                 // where that was asked
  std::string point{};                // what kind of point the end is, where that was asked
  std::string findings{};             // ids of the diagnosis, separated by commas, likewise
};

/// Whether another execution must give the same row: not where the run was ended by the clock.
bool is_reproducible(const RunRow& row);

/// Equal in everything but the wall time, bit for bit.
bool same_result(const RunRow& a, const RunRow& b);

/// The run's time to targets[target] for the statistics: its cost where it got there within the budget, else censored
/// at the budget, whatever ended it. A run that broke down or stopped in vain is not censored early: going on would not
/// have helped it.
statistics::CensoredTime time_to_target(const RunRow& row, std::size_t target, double budget);

/// The same for the running time with restarts: a run that failed costs what it had spent when it ended.
statistics::CensoredTime spent_to_target(const RunRow& row, std::size_t target, double budget);

}  // namespace perigee

#endif
