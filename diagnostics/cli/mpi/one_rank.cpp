#include <perigee/diagnostics/cli/mpi/campaign_ranks.hpp>

namespace perigee::cli {

CampaignRanks::CampaignRanks() = default;

CampaignRanks::~CampaignRanks() { (void)joined_; }

CampaignProgress CampaignRanks::run(const Campaign& campaign, RunRows& rows, const RunnerOptions& options) {
  return run_campaign(campaign, rows, options);
}

void CampaignRanks::abort(const char*) {}

void CampaignRanks::work(const Campaign&) {}

}  // namespace perigee::cli
