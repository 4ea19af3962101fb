// A campaign over the ranks of an MPI job: `mpirun -n N perigee compare ...`.
//
// Rank 0 owns the rows and hands out runs as they are asked for; every other rank computes. The rows are those of one
// process. When a rank dies, MPI ends the job, and the same command started again loses what was in flight and what
// waited for its group. Two implementations: campaign_ranks.cpp with MPI, one_rank.cpp where it was built without.
#ifndef PERIGEE_DIAGNOSTICS_CLI_MPI_CAMPAIGN_RANKS_HPP
#define PERIGEE_DIAGNOSTICS_CLI_MPI_CAMPAIGN_RANKS_HPP

#include <perigee/diagnostics/compare/campaign_runner.hpp>

namespace perigee::cli {

/// This process's part in the job. One object a process.
class CampaignRanks {
 public:
  /// Joins the job, if a launcher started this process.
  CampaignRanks();
  /// Leaves it.
  ~CampaignRanks();
  CampaignRanks(const CampaignRanks&) = delete;
  CampaignRanks& operator=(const CampaignRanks&) = delete;

  /// 0, ..., size() - 1; alone, 0 of 1.
  int rank() const { return rank_; }
  int size() const { return size_; }

  /// On rank 0: run_campaign on the other ranks; alone, here. Throws std::runtime_error if a rank's campaign is not the
  /// same (another processor may choose other vector instructions).
  CampaignProgress run(const Campaign& campaign, RunRows& rows, const RunnerOptions& options);

  /// Ends the job for all ranks, with the reason on standard error; alone, does nothing. The others would wait for
  /// messages that do not come.
  void abort(const char* reason);

  /// On the other ranks: computes what rank 0 asks for until there is no more.
  void work(const Campaign& campaign);

 private:
  int rank_ = 0;
  int size_ = 1;
  bool joined_ = false;
};

}  // namespace perigee::cli

#endif
