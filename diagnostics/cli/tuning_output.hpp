// What tuning has chosen, as text and as JSON.
#ifndef PERIGEE_DIAGNOSTICS_CLI_TUNING_OUTPUT_HPP
#define PERIGEE_DIAGNOSTICS_CLI_TUNING_OUTPUT_HPP

#include <perigee/diagnostics/compare/tuning.hpp>
#include <perigee/diagnostics/store.hpp>

#include <string>
#include <vector>

namespace perigee::cli {

/// Two lines a solver, and what the figures are.
std::string tuning_text(const CampaignOptions& tuning, const std::vector<TunedSolver>& tuned);

/// Described in docs/formats.md.
std::string tuning_json(const RunConfiguration& configuration, const std::vector<TunedSolver>& tuned);

}  // namespace perigee::cli

#endif
