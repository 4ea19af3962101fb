// Campaigns whose rows are made up: costs that are known beforehand, without a run.
#ifndef PERIGEE_TESTS_SUPPORT_MADE_CAMPAIGN_HPP
#define PERIGEE_TESTS_SUPPORT_MADE_CAMPAIGN_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <functional>

namespace perigee::test {

/// The cost at which a run reaches all targets; nothing: it does not, and spends the budget.
using CostOf = std::function<std::optional<double>(const RunPlace&)>;

inline RowsInMemory made_rows(const CampaignOptions& campaign, const CostOf& cost_of) {
  std::vector<RunRow> rows;
  for (Index run = 0; run < run_count(campaign); ++run) {
    if (!is_wanted(campaign, run)) continue;
    const std::optional<double> cost = cost_of(place_of(campaign, run));
    RunRow row;
    row.run = run;
    row.end_class = cost ? EndClass::convergence : EndClass::budget;
    row.end_id = cost ? "value-target" : "cost-budget";
    row.cost = cost.value_or(campaign.budget);
    row.counts.gradients = static_cast<Index>(row.cost);
    row.hits.assign(campaign.targets.size(), cost.value_or(not_measured));
    rows.push_back(std::move(row));
  }
  RowsInMemory memory;
  memory.append(rows);
  return memory;
}

inline ComparisonReport made_report(const CampaignOptions& campaign, const CostOf& cost_of,
                                    const ComparisonOptions& options = {.resamples = 50, .restarts = 20}) {
  RowsInMemory rows = made_rows(campaign, cost_of);
  return compare_runs({entries_of(campaign)}, campaign, rows, {{{"processor", "made up"}}}, options);
}

}  // namespace perigee::test

#endif
