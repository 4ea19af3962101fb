// How the solvers of a campaign were set, in words.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_MODE_WORDS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_MODE_WORDS_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>

#include <string>

namespace perigee {

/// "Mode default: ...": what the settings are and where they come from. One sentence or two.
std::string mode_words(const CampaignOptions& campaign);

/// What that leaves open, for whoever reads the results.
std::string mode_caveat(const CampaignOptions& campaign);

}  // namespace perigee

#endif
