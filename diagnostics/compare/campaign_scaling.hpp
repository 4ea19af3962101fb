// How costs grow where a campaign varies one number and leaves everything else: a parameter of the problem, or the
// distance of the start from a saddle.
//
//     parameter v:  log of the median cost over log v                       a power law, its exponent
//     distance r:   median iterations to leave the saddle over log 1/r
//
// and what a theory speaks of besides, such as iterations over log d. The theory's slope is that of its predictions at
// the same values, fitted likewise: scaling_theory.hpp has the laws.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SCALING_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SCALING_HPP

#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/compare/scaling_theory.hpp>

#include <string>
#include <vector>

namespace perigee {

/// "cost to target", "cost to escape", "iterations to escape".
std::string_view name_of(ScaledQuantity quantity);

/// One solver over the values of one number.
struct CampaignScaling {
  std::string family;     // the cases' text with * for the number: "octopus(dimension=*)", "octopus from +*"
  std::string parameter;  // "dimension", or "distance"
  Index solver = 0;
  ScaledQuantity quantity = ScaledQuantity::cost_to_target;
  statistics::Scale scale = statistics::Scale::logarithmic;
  statistics::Response response = statistics::Response::logarithmic;
  std::vector<double> values{};    // of the number, increasing; those with a median
  std::vector<double> measured{};  // the medians
  Index left_out = 0;              // values without: fewer than half arrived
  statistics::ScalingFit fit{};
  std::string theory{};  // the law behind fit.theory_slope, and its source; empty: none
};

/// What the slope is of: "power law", "iterations over log 1/distance", "log cost over dimension", ...
std::string law_words(const CampaignScaling& scaling);

/// The same with the quantity where the law does not name it: "cost to target, power law".
std::string slope_words(const CampaignScaling& scaling);

/// Those with at least three values; none if the campaign varies no number alone. Cost: that of
/// the theories. Throws as Campaign.
std::vector<CampaignScaling> campaign_scalings(const CampaignOptions& campaign, const CampaignSummary& summary);

}  // namespace perigee

#endif
