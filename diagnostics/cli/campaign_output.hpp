// A campaign's summary as a table and as JSON, its runs as CSV.
#ifndef PERIGEE_DIAGNOSTICS_CLI_CAMPAIGN_OUTPUT_HPP
#define PERIGEE_DIAGNOSTICS_CLI_CAMPAIGN_OUTPUT_HPP

#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/store.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace perigee::cli {

/// The verdict, one line a solver, one line a (problem, start, solver), and what the columns mean.
std::string campaign_table(const CampaignOptions& campaign, const CampaignSummary& summary);

/// One summary a target. Described in docs/formats.md.
std::string campaign_json(const RunConfiguration& configuration, const CampaignOptions& campaign,
                          const std::vector<CampaignSummary>& summaries);

/// One line a run, with a header. Numbers that were not measured are empty.
void write_campaign_csv(std::ostream& out, const CampaignOptions& campaign, RunRows& rows);

}  // namespace perigee::cli

#endif
