// The program that the kill test of test_campaign_store.cpp starts and kills: works on one campaign until it is done.
//
//     campaign_writer FILE THREADS SHARD
//
// Calling it again with the same file goes on. Exit code 0: every run of the shard has its row.
#include "support/small_campaign.hpp"

#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>

#include <cstdio>
#include <exception>
#include <string>

int main(int argument_count, char** arguments) {
  using namespace perigee;
  if (argument_count < 4) return 2;
  try {
    const Campaign campaign(test::small_campaign());
    CampaignStore store(arguments[1], campaign.configuration(), {});
    const auto threads = static_cast<unsigned>(std::stoul(arguments[2]));
    const CampaignProgress reached =
        run_campaign(campaign, store, {.threads = threads, .shard = parse_shard(arguments[3])});
    return reached.done == reached.wanted ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "campaign_writer: %s\n", error.what());
    return 1;
  }
}
