#include <perigee/diagnostics/cli/campaign_output.hpp>

#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/compare/mode_words.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

namespace perigee::cli {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

std::string problem_text(const CampaignOptions& campaign, const RunPlace& place) {
  return text_of(case_at(campaign, place).problem);
}

const std::string& start_text(const CampaignOptions& campaign, const RunPlace& place) {
  return case_at(campaign, place).start;
}

std::string solver_text(const CampaignOptions& campaign, Index solver) {
  return text_of(campaign.solvers[static_cast<std::size_t>(solver)]);
}

std::string number(double value) {
  if (std::isnan(value)) return "-";
  return std::isinf(value) ? "never" : format_count(value, 4);
}

// Far out, the normal approximation behind a p says no more than that it is small.
std::string probability(double p) { return p < 1e-6 ? "<1e-06" : number(p); }

std::string interval(const statistics::Interval& value, int digits = 3) {
  if (std::isnan(value.lower) || std::isnan(value.upper)) return "-";
  const std::string upper = std::isinf(value.upper) ? "inf" : format_count(value.upper, digits);
  return "[" + format_count(value.lower, digits) + ", " + upper + "]";
}

std::string columns(const Cells& cells) {
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i] + (i + 1 < row.size() ? std::string(widths[i] - row[i].size() + 2, ' ') : "\n");
    }
  }
  return text;
}

// Without its settings where they are long and the name alone tells it from the others.
std::string short_solver(const CampaignOptions& campaign, Index solver) {
  constexpr std::size_t most_characters = 48;
  const NamedChoice& choice = campaign.solvers[static_cast<std::size_t>(solver)];
  const auto same = std::count_if(campaign.solvers.begin(), campaign.solvers.end(),
                                  [&](const NamedChoice& other) { return other.name == choice.name; });
  std::string text = text_of(choice);
  return same > 1 || text.size() <= most_characters ? text : choice.name + "(...)";
}

// Tables are wider than a page of text.
std::string words(const std::string& text) { return paragraph(text, 0, 120); }

// JSON has neither NaN nor infinity: null is either not measured or never; `successes` tells which.
Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json json_of(const statistics::Interval& value) { return Json::array({json_of(value.lower), json_of(value.upper)}); }

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json json_of(const statistics::SurvivalCurve& curve) {
  if (curve.runs == 0) return {};
  Json costs = Json::array();
  Json shares = Json::array();
  Json lower = Json::array();
  Json upper = Json::array();
  for (const statistics::SurvivalStep& step : curve.steps) {
    costs.push_back(step.time);
    shares.push_back(step.survival);
    lower.push_back(json_of(step.band.lower));
    upper.push_back(json_of(step.band.upper));
  }
  return {{"cost", std::move(costs)},
          {"share", std::move(shares)},
          {"lower", std::move(lower)},
          {"upper", std::move(upper)}};
}

Json json_of(const statistics::StepCurve& curve, const char* name) {
  return {{name, curve.at}, {"share", curve.share}};
}

Json json_of(const CampaignOptions& campaign, const CampaignScaling& scaling) {
  const statistics::ScalingFit& fit = scaling.fit;
  const auto agrees = statistics::agrees_with_theory(fit);
  return {{"cases", scaling.family},
          {"parameter", scaling.parameter},
          {"solver", solver_text(campaign, scaling.solver)},
          {"quantity", name_of(scaling.quantity)},
          {"law", law_words(scaling)},
          {"values", scaling.values},
          {"medians", scaling.measured},
          {"left_out", scaling.left_out},
          {"slope", json_of(fit.slope)},
          {"slope_interval", json_of(fit.slope_interval)},
          {"theory_slope", json_of(fit.theory_slope)},
          {"theory", scaling.theory},
          {"agrees", agrees ? Json(*agrees) : Json()},
          {"r_squared", json_of(fit.r_squared)}};
}

Json json_of(const CampaignOptions& campaign, const GroupSummary& group) {
  return {{"problem", problem_text(campaign, group.place)},
          {"start", start_text(campaign, group.place)},
          {"solver", solver_text(campaign, group.place.solver)},
          {"not_applicable", group.kind == GroupKind::not_applicable ? Json(group.reason) : Json()},
          {"single_run", group.kind == GroupKind::single},
          {"runs", group.runs},
          {"successes", group.successes},
          {"success_interval", json_of(group.success)},
          {"median_cost", json_of(group.median)},
          {"restricted_mean", json_of(group.restricted_mean.value)},
          {"restricted_mean_error", json_of(group.restricted_mean.standard_error)},
          {"expected_running_time", json_of(group.running_time)},
          {"expected_running_time_interval", json_of(group.running_time_interval)},
          {"escapes", group.escapes},
          {"breakdowns", group.breakdowns},
          {"timed_out", group.timed_out},
          {"claims", group.claims},
          {"contradicted_claims", group.contradicted ? Json(*group.contradicted) : Json()},
          {"median_gradients", json_of(group.median_gradients)},
          {"median_products", json_of(group.median_products)},
          {"median_seconds", json_of(group.median_seconds)},
          {"log_rank_p", json_of(group.log_rank_p)},
          {"restricted_mean_test_p", json_of(group.mean_test_p)},
          {"survival", json_of(group.curve)},
          {"escape_survival", json_of(group.escape_curve)},
          {"median_escape_cost", json_of(group.median_escape_cost)},
          {"median_escape_iteration", json_of(group.median_escape_iteration)}};
}

Json json_of(const CampaignOptions& campaign, const SolverSummary& solver) {
  return {{"solver", solver_text(campaign, solver.solver)},
          {"runs", solver.runs},
          {"successes", solver.successes},
          {"not_applicable_cases", solver.not_applicable},
          {"success_interval", json_of(solver.success)},
          {"profile_area", json_of(solver.profile_area)},
          {"profile_area_interval", json_of(solver.profile_interval)},
          {"cheapest_share", json_of(solver.best_share)},
          {"median_ratio", json_of(solver.median_ratio)},
          {"profile", json_of(solver.profile, "ratio")},
          {"data_profile", json_of(solver.data_profile, "cost")}};
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char character : text) quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
  return quoted + "\"";
}

std::string csv_number(double value) { return std::isnan(value) ? "" : format_exact(value); }

// Which solvers do not fit which number of cases, and why in the first of them.
std::string refusals(const CampaignOptions& campaign, const CampaignSummary& summary) {
  std::string text;
  for (const SolverSummary& solver : summary.solvers) {
    if (solver.not_applicable == 0) continue;
    const auto first = std::find_if(campaign.notes.begin(), campaign.notes.end(), [&](const GroupNote& note) {
      return note.kind == GroupKind::not_applicable &&
             place_of(campaign, note.group * campaign.seeds).solver == solver.solver;
    });
    text += words(solver_text(campaign, solver.solver) + " is not applicable to " +
                  std::to_string(solver.not_applicable) + " of " + std::to_string(campaign.cases.size()) +
                  " cases, which count as not solved: " + first->reason + (solver.not_applicable > 1 ? "; ..." : ""));
  }
  return text;
}

std::string relative_text(const CampaignOptions& campaign) {
  return "For f*, which is not known in " + std::to_string(campaign.relative_cases.size()) + " of " +
         std::to_string(campaign.cases.size()) +
         " cases, stands the best value that any run of the case found; when that was reached is read off traces.";
}

}  // namespace

namespace {

std::string scalings_table(const ComparisonReport& report) {
  if (report.scalings.empty()) return "";
  Cells cells{{"cases, * varies", "solver", "slope of", "measured", "95% interval", "theory", "values"}};
  for (const CampaignScaling& scaling : report.scalings) {
    const statistics::ScalingFit& fit = scaling.fit;
    cells.push_back({scaling.family, short_solver(report.campaign, scaling.solver), slope_words(scaling),
                     number(fit.slope), interval(fit.slope_interval),
                     fit.theory_slope ? number(*fit.theory_slope) : "-", std::to_string(fit.points)});
  }
  return "\n" + columns(cells);
}

std::string escape_text(const GroupSummary& group) {
  if (group.escape_curve.runs == 0) return "-";
  return std::to_string(group.escapes) + "/" + std::to_string(group.runs) +
         (group.median_escape_cost ? ", " + number(*group.median_escape_cost) : "");
}

std::string summary_table(const CampaignOptions& campaign, const CampaignSummary& summary) {
  std::string text = words(summary.verdict) + "\n";
  if (!summary.solvers.empty()) {
    Cells cells{{"solver", "solved", "95% interval", "area", "95% interval", "cheapest", "median ratio"}};
    for (const SolverSummary& solver : summary.solvers) {
      cells.push_back({solver_text(campaign, solver.solver),
                       std::to_string(solver.successes) + "/" + std::to_string(solver.runs), interval(solver.success),
                       number(solver.profile_area), interval(solver.profile_interval), number(solver.best_share),
                       number(solver.median_ratio)});
    }
    text += columns(cells) + refusals(campaign, summary) + "\n";
  }
  const bool judged = campaign.judgement != Judgement::none;
  Cells cells{{"problem", "start", "solver", "solved", "95% interval", "median cost", "mean to budget", "ERT",
               "95% interval", "gradients", "products", "p"}};
  const bool has_saddles = std::any_of(summary.groups.begin(), summary.groups.end(),
                                       [](const GroupSummary& group) { return group.escape_curve.runs > 0; });
  if (has_saddles) cells[0].push_back("left saddle, median");
  if (judged) cells[0].insert(cells[0].end(), {"claims", "contradicted"});
  for (const GroupSummary& group : summary.groups) {
    if (group.kind == GroupKind::not_applicable) {
      cells.push_back({problem_text(campaign, group.place), start_text(campaign, group.place),
                       short_solver(campaign, group.place.solver), "not applicable"});
      cells.back().resize(cells[0].size());
    }
    if (group.runs == 0) continue;
    const statistics::Estimate& mean = group.restricted_mean;
    cells.push_back({problem_text(campaign, group.place), start_text(campaign, group.place),
                     short_solver(campaign, group.place.solver),
                     std::to_string(group.successes) + "/" + std::to_string(group.runs), interval(group.success, 2),
                     group.median ? number(*group.median) : "not reached",
                     number(mean.value) + " +- " + format_count(mean.standard_error, 2), number(group.running_time),
                     interval(group.running_time_interval), number(group.median_gradients),
                     number(group.median_products), probability(group.mean_test_p)});
    if (has_saddles) cells.back().push_back(escape_text(group));
    if (!judged) continue;
    cells.back().push_back(std::to_string(group.claims));
    cells.back().push_back(group.contradicted ? std::to_string(*group.contradicted) : "-");
  }
  text += columns(cells);
  Index timed_out = 0;
  for (const GroupSummary& group : summary.groups) timed_out += group.timed_out;
  if (timed_out > 0) {
    text += std::to_string(timed_out) + (timed_out == 1 ? " run was" : " runs were") + " ended by the clock after " +
            format_number(campaign.seconds) + " s: not solved here, and not reproducible.\n";
  }
  if (summary.missing > 0) text += std::to_string(summary.missing) + " runs are missing.\n";
  text += words("solved: f <= f* + " + format_number(summary.target) + " (f(x0) - f*) at a cost of at most " +
                format_number(campaign.budget) + " = " + format_number(campaign.weights.gradient, 3) + " gradients + " +
                format_number(campaign.weights.product, 3) + " products + " + format_number(campaign.weights.value, 3) +
                " values.");
  if (!campaign.relative_cases.empty()) text += words(relative_text(campaign));
  return text;
}

// What all tables have in common.
std::string legend(const CampaignOptions& campaign) {
  const std::string columns =
      "area: under the performance profile up to 100 times the cheapest. median cost: Kaplan-Meier, failures censored "
      "at the budget; mean: restricted to the budget. ERT: cost with restarts until it arrives. p: restricted mean "
      "against the best solver there, Holm.";
  return words(columns) + words(mode_words(campaign));
}

}  // namespace

std::string campaign_table(const ComparisonReport& report) {
  std::string text;
  for (const CampaignSummary& summary : report.summaries) {
    text += (text.empty() ? "" : "\n") + summary_table(report.campaign, summary);
  }
  text += legend(report.campaign);
  if (has_new_targets(report)) {
    text += words("Targets were set when the runs were over, and read off traces: up to an eighth too high.");
  }
  return text + scalings_table(report);
}

std::string campaign_json(const ComparisonReport& report) {
  const CampaignOptions& campaign = report.campaign;
  Json document{{"schema_version", 1}, {"perigee_version", version()}, {"configuration", Json::object()}};
  for (const auto& [name, value] : report.configuration.entries) document["configuration"][name] = value;
  document["mode"] = name_of(campaign.mode);
  document["tuning"] = campaign.tuning;
  document["writers"] = Json::array();
  for (const Provenance& writer : report.writers) {
    Json entries = Json::object();
    for (const auto& [name, value] : writer) entries[name] = value;
    document["writers"].push_back(std::move(entries));
  }
  document["missing"] = report.summaries.front().missing;
  document["targets"] = Json::array();
  for (const CampaignSummary& summary : report.summaries) {
    Json target{{"target", summary.target}, {"verdict", summary.verdict}};
    target["solvers"] = Json::array();
    for (const SolverSummary& solver : summary.solvers) target["solvers"].push_back(json_of(campaign, solver));
    target["groups"] = Json::array();
    for (const GroupSummary& group : summary.groups) target["groups"].push_back(json_of(campaign, group));
    document["targets"].push_back(std::move(target));
  }
  document["target_distributions"] = Json::array();
  for (std::size_t s = 0; s < report.target_curves.size(); ++s) {
    Json curve = json_of(report.target_curves[s], "cost");
    curve["solver"] = solver_text(campaign, static_cast<Index>(s));
    document["target_distributions"].push_back(std::move(curve));
  }
  document["scalings"] = Json::array();
  for (const CampaignScaling& scaling : report.scalings) document["scalings"].push_back(json_of(campaign, scaling));
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_campaign_csv(std::ostream& out, const CampaignOptions& campaign, RunRows& rows) {
  out << "problem,start,solver,seed,end_class,end_id,iterations,values,gradients,products,cost,seconds,value,"
         "gradient_norm,kicks,escape_iteration,escape_cost,point,findings";
  for (const double target : campaign.targets) out << ",cost_to_" << format_exact(target);
  out << '\n';
  const auto name_group = [&](const RunPlace& place) {
    out << csv_text(problem_text(campaign, place)) << ',' << csv_text(start_text(campaign, place)) << ','
        << csv_text(solver_text(campaign, place.solver)) << ',';
  };
  rows.for_each(0, run_count(campaign), [&](const RunRow& row) {
    const RunPlace place = place_of(campaign, row.run);
    name_group(place);
    out << place.seed << ',' << name_of(row.end_class) << ',' << csv_text(row.end_id) << ',' << row.iterations << ','
        << row.counts.values << ',' << row.counts.gradients << ',' << row.counts.hessian_vector_products << ','
        << csv_number(row.cost) << ',' << csv_number(row.seconds) << ',' << csv_number(row.value) << ','
        << csv_number(row.gradient_norm) << ',' << row.kicks << ',' << csv_number(row.escape_iteration) << ','
        << csv_number(row.escape_cost) << ',' << csv_text(row.point) << ',' << csv_text(row.findings);
    for (const double hit : row.hits) out << ',' << csv_number(hit);
    out << '\n';
  });
  for (const GroupNote& note : campaign.notes) {  // without seed and numbers
    if (note.kind != GroupKind::not_applicable) continue;
    name_group(place_of(campaign, note.group * campaign.seeds));
    out << ",not-applicable," << csv_text(note.reason) << std::string(13 + campaign.targets.size(), ',') << '\n';
  }
}

}  // namespace perigee::cli
