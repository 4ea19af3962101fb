// Runs what a campaign still lacks.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_RUNNER_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_RUNNER_HPP

#include <perigee/diagnostics/compare/campaign.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>

#include <functional>
#include <string>

namespace perigee {

/// Part `index` of `count`: the runs with run % count == index - 1, and of the groups of one run those with group %
/// count
/// == index - 1.
struct Shard {
  Index index = 1;  // 1, ..., count
  Index count = 1;
};

/// "i/n". Throws std::invalid_argument on anything else, or unless 1 <= i <= n.
Shard parse_shard(const std::string& text);

struct CampaignProgress {
  Index done = 0;  // rows there are, of those wanted
  Index wanted = 0;
};

struct RunnerOptions {
  unsigned threads = 1;  // >= 1
  Shard shard{};
  // Asked after every iteration of every run, from any thread, so that it had better be cheap; empty: never.
  std::function<bool()> cancelled{};
  std::function<void(const CampaignProgress&)> progressed{};  // after every group of rows, by one thread at a time
};

/// Runs, and appends to `rows`, every run of the shard that has no row there. Groups of rows are appended as they come,
/// at least every quarter of a second; a run's row does not depend on threads, shards or what was there before.
/// Returns when all are there or `cancelled` said so: runs in flight are then given up, and run again another time.
/// Throws what runs and rows throw, after the rows finished so far are appended.
CampaignProgress run_campaign(const Campaign& campaign, RunRows& rows, const RunnerOptions& options);

}  // namespace perigee

#endif
