// Targets of problems whose optimal value is not known: relative to the best value that any run of the case found.
//
//     solved where f <= f_best + tau (f(x_0) - f_best),   f_best = the least value over all solvers and seeds
//
// (More and Wild 2009). It is known only when the runs are over, so that no run ends at such a target, and when it was
// reached is read off the runs' traces afterwards. A better run added later changes what the others have reached.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RELATIVE_TARGETS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RELATIVE_TARGETS_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>

#include <vector>

namespace perigee {

/// The rows of a campaign with the hits of its relative cases filled in; the others as they are. Reads all rows of
/// these cases once, when it is made: rows that come later do not change f_best. x_0 is the run's own start.
class RelativeTargets final : public RunRows {
 public:
  /// Both must outlive it; the options are those of the finished Campaign.
  RelativeTargets(const CampaignOptions& campaign, RunRows& rows);

  void append(std::span<const RunRow> rows) override { rows_.append(rows); }
  std::vector<bool> present(Index count) override { return rows_.present(count); }
  using RunRows::for_each;
  void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) override;

  /// f_best of a case; NaN where f* is known, or there is no row.
  double best_value(Index case_index) const { return best_[static_cast<std::size_t>(case_index)]; }

 private:
  const CampaignOptions& campaign_;
  RunRows& rows_;
  std::vector<double> best_;  // one a case
};

}  // namespace perigee

#endif
