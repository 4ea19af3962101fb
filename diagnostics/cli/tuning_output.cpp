#include <perigee/diagnostics/cli/tuning_output.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <nlohmann/json.hpp>

namespace perigee::cli {

std::string tuning_text(const CampaignOptions& tuning, const std::vector<TunedSolver>& tuned) {
  std::string text;
  for (const TunedSolver& solver : tuned) {
    const statistics::Interval& share = solver.within_twice_interval;
    text += text_of(solver.chosen) + "\n    mean cost " + format_count(solver.chosen_score, 4) + ", as given " +
            format_count(solver.given_score, 4) + "; within twice the best " + std::to_string(solver.within_twice) +
            " of " + std::to_string(solver.configurations) + " settings [" + format_number(share.lower, 2) + ", " +
            format_number(share.upper, 2) + "]; all runs cost " + format_count(solver.cost, 4) + "\n";
  }
  return text + "mean cost: to f <= f* + " + format_number(tuning.targets.front()) +
         " (f(x0) - f*), restricted to the budget of " + format_number(tuning.budget) + ", geometric mean over " +
         std::to_string(tuning.cases.size()) +
         " cases.\nThe best of many flatters itself: compare on other problems, with --mode tuned.\n";
}

std::string tuning_json(const RunConfiguration& configuration, const std::vector<TunedSolver>& tuned) {
  using Json = nlohmann::ordered_json;
  Json document{{"schema_version", 1}, {"perigee_version", version()}, {"configuration", Json::object()}};
  for (const auto& [name, value] : configuration.entries) document["configuration"][name] = value;
  document["tuned"] = Json::array();
  for (const TunedSolver& solver : tuned) {
    document["tuned"].push_back(
        {{"solver", text_of(solver.given)},
         {"chosen", text_of(solver.chosen)},
         {"mean_cost_as_given", solver.given_score},
         {"mean_cost_chosen", solver.chosen_score},
         {"configurations", solver.configurations},
         {"within_twice", solver.within_twice},
         {"within_twice_interval", {solver.within_twice_interval.lower, solver.within_twice_interval.upper}},
         {"tuning_cost", solver.cost}});
  }
  return document.dump(2) + "\n";
}

}  // namespace perigee::cli
