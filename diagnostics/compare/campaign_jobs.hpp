// Which runs are next, and where their rows gather: shared by threads here and by ranks of an MPI job.
// Internal to diagnostics/compare and the command.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_JOBS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_JOBS_HPP

#include <perigee/diagnostics/compare/campaign_runner.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace perigee {

/// Hands out the runs of a shard that have no row yet. From any thread.
class CampaignJobs {
 public:
  CampaignJobs(const Campaign& campaign, std::vector<bool> present, const Shard& shard);

  /// The next runs for one thread: one, or so many of a group that vector lanes are worth their while; empty: there are
  /// no more. Found as they are asked for, so that memory does not grow with the campaign by more than a bit a run.
  std::vector<Index> take();

  /// As of the start.
  const CampaignProgress& progress() const { return progress_; }

 private:
  bool is_ours(Index run) const;

  const Campaign& campaign_;
  std::vector<bool> present_;
  Shard shard_;
  Index next_ = 0;
  CampaignProgress progress_;
  std::mutex mutex_;
};

/// Rows from all sides, appended in groups. Who brings rows when a group is due writes it, and others go on computing:
/// they wait only where writing lags far behind. From any thread.
class RowCollector {
 public:
  RowCollector(RunRows& to, const CampaignProgress& progress, const RunnerOptions& options);

  /// The rows of one job, in order.
  void take(std::vector<RunRow>&& rows);

  /// Appends what is left, when nobody brings rows any more.
  CampaignProgress finish();

 private:
  void append_waiting(std::unique_lock<std::mutex>& lock);
  RunRows& to_;
  CampaignProgress progress_;
  const RunnerOptions& options_;
  std::chrono::steady_clock::time_point last_;
  std::vector<std::vector<RunRow>> waiting_;  // as they came
  std::size_t rows_waiting_ = 0;
  bool writing_ = false;
  std::mutex mutex_;
  std::condition_variable written_;
};

}  // namespace perigee

#endif
