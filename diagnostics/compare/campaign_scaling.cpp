#include <perigee/diagnostics/compare/campaign_scaling.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace perigee {

namespace {

using statistics::Response;
using statistics::Scale;

constexpr std::size_t least_values = 3;

// The cases that differ in one number only, by that number.
struct Family {
  std::string text;
  std::string parameter;
  std::map<double, std::size_t> cases;  // by value, the case's place
};

bool is_distance(const Family& family) { return family.parameter == "distance"; }

void add_to(std::vector<Family>& families, const std::string& text, const std::string& parameter, double value,
            std::size_t place) {
  for (Family& family : families) {
    if (family.text != text) continue;
    family.cases.emplace(value, place);
    return;
  }
  families.push_back({.text = text, .parameter = parameter, .cases = {{value, place}}});
}

std::vector<Family> families_of(const CampaignOptions& campaign) {
  std::vector<Family> families;
  for (std::size_t place = 0; place < campaign.cases.size(); ++place) {
    const CampaignCase& of = campaign.cases[place];
    for (std::size_t i = 0; i < of.problem.assignments.size(); ++i) {
      const std::optional<double> value = parse_number(of.problem.assignments[i].second);
      if (!value || !(*value > 0.0) || !std::isfinite(*value)) continue;
      CampaignCase general = of;
      general.problem.assignments[i].second = "*";
      add_to(families, words_of(general), of.problem.assignments[i].first, *value, place);
    }
    const std::size_t mark = of.start.find('+');
    if (mark == std::string::npos) continue;
    const std::optional<double> distance = parse_number(of.start.substr(mark + 1));
    CampaignCase general = of;
    general.start = of.start.substr(0, mark + 1) + "*";
    if (distance && *distance > 0.0) add_to(families, words_of(general), "distance", *distance, place);
  }
  std::erase_if(families, [](const Family& family) { return family.cases.size() < least_values; });
  return families;
}

std::optional<double> median_of(const GroupSummary& group, ScaledQuantity quantity) {
  switch (quantity) {
    case ScaledQuantity::cost_to_target:
      return group.median;
    case ScaledQuantity::cost_to_escape:
      return group.median_escape_cost;
    case ScaledQuantity::iterations_to_escape:
      break;
  }
  return group.median_escape_iteration;
}

// What is fitted of a solver, and what theory says of it; without predictions where it says nothing.
ScalingTheory without_theory(ScaledQuantity quantity) {
  ScalingTheory plain{.quantity = quantity};
  if (quantity == ScaledQuantity::iterations_to_escape) {
    plain.scale = Scale::inverse_logarithmic;
    plain.response = Response::linear;
  }
  return plain;
}

std::vector<ScalingTheory> fits_of(const CampaignOptions& campaign, const Family& family, std::size_t solver) {
  std::vector<ScalingTheory> fits;
  if (is_distance(family)) {
    fits = {without_theory(ScaledQuantity::iterations_to_escape)};
  } else {
    fits = {without_theory(ScaledQuantity::cost_to_target), without_theory(ScaledQuantity::cost_to_escape)};
  }
  std::vector<std::size_t> places;
  for (const auto& entry : family.cases) places.push_back(entry.second);
  for (ScalingTheory& theory : scaling_theories(campaign, places, family.parameter, campaign.solvers[solver])) {
    const auto same = std::find_if(fits.begin(), fits.end(),
                                   [&](const ScalingTheory& fit) { return fit.quantity == theory.quantity; });
    if (same != fits.end()) {
      *same = std::move(theory);
    } else {
      fits.push_back(std::move(theory));
    }
  }
  return fits;
}

// Nothing: fewer than three values have a median.
std::optional<CampaignScaling> scaling_of(const CampaignOptions& campaign, const CampaignSummary& summary,
                                          const Family& family, std::size_t solver, const ScalingTheory& theory) {
  CampaignScaling scaling{.family = family.text,
                          .parameter = family.parameter,
                          .solver = static_cast<Index>(solver),
                          .quantity = theory.quantity,
                          .scale = theory.scale,
                          .response = theory.response};
  std::vector<double> predicted;
  auto prediction = theory.predicted.begin();
  for (const auto& [value, place] : family.cases) {
    const double time = theory.predicted.empty() ? not_measured : *prediction++;
    const GroupSummary& group = summary.groups[place * campaign.solvers.size() + solver];
    const std::optional<double> median = median_of(group, theory.quantity);
    if (!median || !(*median > 0.0)) {
      ++scaling.left_out;
      continue;
    }
    scaling.values.push_back(value);
    scaling.measured.push_back(*median);
    predicted.push_back(time);
  }
  if (scaling.values.size() < least_values) return std::nullopt;
  std::optional<double> slope;
  if (!theory.predicted.empty()) {
    slope = statistics::fit_scaling(scaling.values, predicted, scaling.scale, scaling.response).slope;
    scaling.theory = theory.words;
  }
  const double resolution = theory.quantity == ScaledQuantity::iterations_to_escape ? 1.0 : campaign.weights.gradient;
  scaling.fit = statistics::fit_scaling(scaling.values, scaling.measured, scaling.scale, scaling.response, slope,
                                        statistics::usual_level, resolution);
  return scaling;
}

}  // namespace

std::string_view name_of(ScaledQuantity quantity) {
  switch (quantity) {
    case ScaledQuantity::cost_to_target:
      return "cost to target";
    case ScaledQuantity::cost_to_escape:
      return "cost to escape";
    case ScaledQuantity::iterations_to_escape:
      break;
  }
  return "iterations to escape";
}

std::string law_words(const CampaignScaling& scaling) {
  const std::string what = scaling.quantity == ScaledQuantity::iterations_to_escape ? "iterations" : "cost";
  const std::string response = scaling.response == Response::logarithmic ? "log " + what : what;
  switch (scaling.scale) {
    case Scale::linear:
      return response + " over " + scaling.parameter;
    case Scale::inverse_logarithmic:
      return response + " over log 1/" + scaling.parameter;
    case Scale::logarithmic:
      break;
  }
  return scaling.response == Response::logarithmic ? "power law" : response + " over log " + scaling.parameter;
}

std::string slope_words(const CampaignScaling& scaling) {
  const bool is_power_law = scaling.scale == Scale::logarithmic && scaling.response == Response::logarithmic;
  return is_power_law ? std::string(name_of(scaling.quantity)) + ", " + law_words(scaling) : law_words(scaling);
}

std::vector<CampaignScaling> campaign_scalings(const CampaignOptions& campaign, const CampaignSummary& summary) {
  std::vector<CampaignScaling> scalings;
  for (const Family& family : families_of(campaign)) {
    std::vector<std::vector<ScalingTheory>> fits;
    for (std::size_t solver = 0; solver < campaign.solvers.size(); ++solver) {
      fits.push_back(fits_of(campaign, family, solver));
    }
    for (const ScaledQuantity quantity :
         {ScaledQuantity::cost_to_target, ScaledQuantity::cost_to_escape, ScaledQuantity::iterations_to_escape}) {
      for (std::size_t solver = 0; solver < fits.size(); ++solver) {
        for (const ScalingTheory& theory : fits[solver]) {
          if (theory.quantity != quantity) continue;
          if (auto scaling = scaling_of(campaign, summary, family, solver, theory)) {
            scalings.push_back(std::move(*scaling));
          }
        }
      }
    }
  }
  return scalings;
}

}  // namespace perigee
