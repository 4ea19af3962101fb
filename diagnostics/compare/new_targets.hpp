// Other targets for runs that are over: read off their traces.
//
// A run stands at its last target, so that nothing is known of what lies below it. New targets are therefore
//
//     tau >= the last target of the campaign       where f* is known
//     any tau                                      where f* is not known: there no run ends at a target
//
// and traces must have been kept. Heights are measured as in the campaign: from the start before it is moved. A cost
// read off is at most a bin of value_trace.hpp late; to a target that the campaign had it is as it was.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_NEW_TARGETS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_NEW_TARGETS_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>

#include <vector>

namespace perigee {

/// The rows of a campaign with hits for other targets. Those of its relative cases stay open (NaN), for
/// relative_targets.hpp to fill in.
class NewTargets final : public RunRows {
 public:
  /// `rows` must outlive it; `made` are the options of the finished Campaign, `targets` decrease. Makes the problems
  /// anew. Throws std::invalid_argument, with what to do, if the rows have no traces or a target is below what the runs
  /// of a case went to.
  NewTargets(const CampaignOptions& made, std::vector<double> targets, RunRows& rows);

  /// Those of the campaign, with the new targets.
  const CampaignOptions& options() const { return options_; }

  /// Throws std::invalid_argument: a row of the campaign has other targets.
  void append(std::span<const RunRow> rows) override;
  std::vector<bool> present(Index count) override { return rows_.present(count); }
  using RunRows::for_each;
  void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) override;

 private:
  // What f must fall to in a case: f* + tau (f(x_0) - f*). x_0's value is NaN where it is drawn: the run's own counts.
  struct Height {
    double best = 0.0;   // f*; NaN: not known
    double start = 0.0;  // f(x_0)
  };

  std::vector<double> made_;  // the campaign's targets
  CampaignOptions options_;
  RunRows& rows_;
  std::vector<Height> heights_;  // one a case
};

}  // namespace perigee

#endif
