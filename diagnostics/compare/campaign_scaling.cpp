#include <perigee/diagnostics/compare/campaign_scaling.hpp>

#include <perigee/diagnostics/compare/fixed_rate.hpp>
#include <perigee/diagnostics/compare/start_text.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

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

// 1/log(1 + eta gamma) where the solver is gradient descent of a fixed rate and the start is beside a strict saddle.
std::optional<double> iterations_a_factor(const CampaignCase& of, const NamedChoice& solver_choice) {
  const Problem problem = problems::make(of.problem.name, of.problem.assignments);
  const auto solver = all_solvers::make(solver_choice.name, solver_choice.assignments, problem);
  const std::optional<double> rate = fixed_rate(*solver);
  if (!rate) return std::nullopt;
  const StartText start(problem, of.start);
  const PointJudgement judgement = judge_point(*problem.objective, start.base(), RandomSource(0));
  if (judgement.point_class != PointClass::strict_saddle) return std::nullopt;
  return 1.0 / std::log1p(-*rate * judgement.spectrum.lambda_min);
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

// Nothing: fewer than three values have a median.
std::optional<CampaignScaling> scaling_of(const CampaignOptions& campaign, const CampaignSummary& summary,
                                          const Family& family, std::size_t solver, ScaledQuantity quantity) {
  CampaignScaling scaling{
      .family = family.text, .parameter = family.parameter, .solver = static_cast<Index>(solver), .quantity = quantity};
  for (const auto& [value, place] : family.cases) {
    const std::optional<double> median = median_of(summary.groups[place * campaign.solvers.size() + solver], quantity);
    if (!median || !(*median > 0.0)) {
      ++scaling.left_out;
      continue;
    }
    scaling.values.push_back(value);
    scaling.measured.push_back(*median);
  }
  if (scaling.values.size() < least_values) return std::nullopt;
  std::optional<double> theory;
  if (quantity == ScaledQuantity::iterations_to_escape) {
    scaling.scale = Scale::inverse_logarithmic;
    scaling.response = Response::linear;
    theory = iterations_a_factor(campaign.cases[family.cases.begin()->second], campaign.solvers[solver]);
  }
  scaling.fit = statistics::fit_scaling(scaling.values, scaling.measured, scaling.scale, scaling.response, theory);
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

std::vector<CampaignScaling> campaign_scalings(const CampaignOptions& campaign, const CampaignSummary& summary) {
  std::vector<CampaignScaling> scalings;
  for (const Family& family : families_of(campaign)) {
    const std::vector<ScaledQuantity> quantities =
        is_distance(family) ? std::vector{ScaledQuantity::iterations_to_escape}
                            : std::vector{ScaledQuantity::cost_to_target, ScaledQuantity::cost_to_escape};
    for (const ScaledQuantity quantity : quantities) {
      for (std::size_t solver = 0; solver < campaign.solvers.size(); ++solver) {
        if (auto scaling = scaling_of(campaign, summary, family, solver, quantity)) {
          scalings.push_back(std::move(*scaling));
        }
      }
    }
  }
  return scalings;
}

}  // namespace perigee
