#include <perigee/diagnostics/compare/relative_targets.hpp>

#include <cmath>

namespace perigee {

RelativeTargets::RelativeTargets(const CampaignOptions& campaign, RunRows& rows)
    : campaign_(campaign), rows_(rows), best_(campaign.cases.size(), not_measured) {
  const Index runs_of_case = static_cast<Index>(campaign.solvers.size()) * campaign.seeds;
  for (const Index index : campaign.relative_cases) {
    double& best = best_[static_cast<std::size_t>(index)];
    rows.for_each(index * runs_of_case, (index + 1) * runs_of_case, [&](const RunRow& row) {
      if (!row.trace.empty()) best = std::fmin(best, row.trace.back().value);
    });
  }
}

void RelativeTargets::for_each(Index first, Index last, const std::function<void(const RunRow&)>& see,
                               RowDetail detail) {
  // Hits of relative cases are read off their traces.
  if (!campaign_.relative_cases.empty()) detail = RowDetail::everything;
  const auto fill = [&](const RunRow& row) {
    const double best = best_value(place_of(campaign_, row.run).case_index);
    if (std::isnan(best) || row.trace.empty()) return see(row);
    const double height = row.trace.front().value - best;
    if (!(height > 0.0)) return see(row);  // nobody improved on this start: there was nothing to solve
    RunRow filled = row;
    for (std::size_t i = 0; i < campaign_.targets.size(); ++i) {
      filled.hits[i] = cost_to_reach(row.trace, best + campaign_.targets[i] * height);
    }
    see(filled);
  };
  rows_.for_each(first, last, fill, detail);
}

}  // namespace perigee
