// What of a group's rows the statistics of a campaign need, gathered in one pass over them.
// Internal to diagnostics/compare.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_GROUP_RECORDS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_GROUP_RECORDS_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>
#include <perigee/diagnostics/compare/statistics/censored.hpp>

#include <optional>
#include <span>
#include <vector>

namespace perigee {

/// One element a row, in the order of the rows, unless said otherwise.
struct GroupRecords {
  std::vector<statistics::CensoredTime> times;    // to the target
  std::vector<statistics::CensoredTime> spent;    // likewise, for restarts
  std::vector<statistics::CensoredTime> escapes;  // from the saddle, on the clock of costs that the budget stops
  std::vector<double> escape_iterations;          // `never`: stayed
  std::vector<double> gradients;
  std::vector<double> products;
  std::vector<double> seconds;       // of the rows that have them
  std::vector<double> cost_of_seed;  // one a seed; `never`: failed; NaN: no row
  Index successes = 0;
  Index escaped = 0;  // within the budget or not
  Index breakdowns = 0;
  Index timed_out = 0;
  Index claims = 0;                     // ended by a criterion of their own
  std::optional<Index> contradicted{};  // of these, those whose end is no minimum; nothing: not judged
};

/// The records of the runs first, ..., last - 1 of one group, for targets[target].
GroupRecords read_records(const CampaignOptions& campaign, RunRows& rows, std::size_t target, Index first, Index last);

/// The records of all runs of a group from those of its parts, in order; the parts are used up.
GroupRecords join(std::span<GroupRecords> parts);

}  // namespace perigee

#endif
