// How costs grow where a campaign varies one number and leaves everything else: a parameter of the problem, or the
// distance of the start from a saddle.
//
//     parameter v:  log of the median cost over log v                       a power law, its exponent
//     distance r:   median iterations to leave the saddle over log 1/r      for gradient descent 1/log(1 + eta gamma)
//
// The second has a theory: along the most negative curvature -gamma of a saddle, gradient descent with the fixed rate
// eta multiplies its distance by 1 + eta gamma a step (Du et al. 2017, section 1; the eigenvalue is measured).
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SCALING_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SCALING_HPP

#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>

#include <string>
#include <vector>

namespace perigee {

enum class ScaledQuantity {
  cost_to_target,        // median C
  cost_to_escape,        // median C
  iterations_to_escape,  // median
};

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
};

/// Those with at least three values; none if the campaign varies no number alone. Cost: an eigen-solve at the saddle
/// for each solver that is gradient descent of a fixed rate, where distances vary. Throws as Campaign.
std::vector<CampaignScaling> campaign_scalings(const CampaignOptions& campaign, const CampaignSummary& summary);

}  // namespace perigee

#endif
