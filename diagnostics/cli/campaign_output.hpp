// A campaign's summary as a table and as JSON, its runs as CSV.
#ifndef PERIGEE_DIAGNOSTICS_CLI_CAMPAIGN_OUTPUT_HPP
#define PERIGEE_DIAGNOSTICS_CLI_CAMPAIGN_OUTPUT_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <iosfwd>
#include <string>

namespace perigee::cli {

/// For every target the verdict, one line a solver, one line a (case, solver), and what the columns mean; slopes where
/// the campaign varies one number.
std::string campaign_table(const ComparisonReport& report);

/// Everything but the runs, on one line. Described in docs/formats.md.
std::string campaign_json(const ComparisonReport& report);

/// One line a run, with a header. Numbers that were not measured are empty.
void write_campaign_csv(std::ostream& out, const CampaignOptions& campaign, RunRows& rows);

}  // namespace perigee::cli

#endif
