#include <perigee/diagnostics/compare/report/comparison_sections.hpp>

#include <perigee/diagnostics/compare/mode_words.hpp>
#include <perigee/diagnostics/compare/percent_text.hpp>
#include <perigee/diagnostics/compare/report/comparison_charts.hpp>
#include <perigee/diagnostics/compare/report/comparison_words.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace perigee {

namespace {

using markup::escape;
using markup::number;

constexpr double usual_significance = 0.05;
constexpr std::size_t most_lost = 8;  // cases named

std::string cell(const std::string& content) { return "<td class=\"number\">" + content + "</td>"; }

std::string heading(const std::string& name) { return "<th scope=\"col\" class=\"number\">" + name + "</th>"; }

std::string first_heading(const std::string& name) { return "<th scope=\"col\">" + name + "</th>"; }

std::string row_name(const std::string& text) { return "<th scope=\"row\">" + escape(text) + "</th>"; }

std::string table(const std::string& head, const std::string& rows) {
  return "<div class=\"wide-table names\"><table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows +
         "</tbody></table></div>\n";
}

// The line that stands for a solver in the pictures; empty for those that are not drawn.
std::string line_icon(std::size_t rank) {
  if (rank >= most_drawn_solvers) return "";
  return "<svg class=\"icon\" viewBox=\"0 0 18 12\" aria-hidden=\"true\"><path class=\"curve series-" +
         std::to_string(rank % 8) + (rank % 16 >= 8 ? " dashed" : "") + "\" d=\"M1 6h16\"/></svg>";
}

std::string share_solved(const SolverSummary& solver) {
  return escape(percent_text(static_cast<double>(solver.successes) / static_cast<double>(solver.runs)));
}

std::string weights_text(const CostWeights& weights) {
  return number(weights.gradient, 3) + " × gradients + " + number(weights.product, 3) +
         " × Hessian-vector products + " + number(weights.value, 3) + " × values";
}

const GroupSummary& group_of(const ComparisonReport& report, std::size_t case_index, Index solver) {
  return main_summary(report).groups[case_index * report.campaign.solvers.size() + static_cast<std::size_t>(solver)];
}

std::string sentence_of(std::string words) {
  words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
  return words + ".";
}

std::string cost_or_not(const std::optional<double>& cost) { return cost ? cost_markup(*cost) : "not reached"; }

}  // namespace

std::string comparison_verdict(const ComparisonReport& report) {
  const CampaignSummary& summary = main_summary(report);
  const CampaignOptions& campaign = report.campaign;
  const bool solved = !summary.solvers.empty() && summary.solvers.front().successes > 0;
  std::string facts =
      fact("Cases", std::to_string(campaign.cases.size())) + fact("Solvers", std::to_string(campaign.solvers.size())) +
      fact("Seeds", std::to_string(campaign.seeds)) +
      fact("Runs", std::to_string(wanted_count(campaign) - summary.missing) +
                       (summary.missing > 0 ? " of " + std::to_string(wanted_count(campaign)) : "")) +
      fact("Budget of a run", number(campaign.budget)) +
      fact("Solved", "f ≤ f* + " + number(summary.target) + " (f(x<sub>0</sub>) − f*)", "wide") +
      fact("Cost", weights_text(campaign.weights), "wide") + fact("Settings", escape(mode_words(campaign)), "wide");
  return std::string("<section class=\"verdict ") + (solved ? "information" : "warning") +
         "\" aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict</h2>\n<p>" + escape(summary.verdict) +
         "</p>\n</section>\n<dl class=\"facts\">\n" + facts + "</dl>\n";
}

std::string solver_table(const ComparisonReport& report) {
  const std::vector<SolverSummary>& solvers = main_summary(report).solvers;
  if (solvers.empty()) return "<p class=\"none\">No seed has been run by every solver yet.</p>\n";
  std::string rows;
  for (std::size_t rank = 0; rank < solvers.size(); ++rank) {
    const SolverSummary& solver = solvers[rank];
    rows += "<tr>" + cell(std::to_string(rank + 1)) + "<th scope=\"row\">" + line_icon(rank) +
            escape(solver_name(report, solver.solver)) + "</th>" + cell(share_solved(solver)) +
            cell(escape(percent_interval(solver.success))) + cell(number(solver.profile_area, 3)) +
            cell(interval_markup(solver.profile_interval)) + cell(escape(percent_text(solver.best_share))) +
            cell(std::isinf(solver.median_ratio) ? "never" : cost_markup(solver.median_ratio, 3)) + "</tr>\n";
  }
  return table(heading("No.") + first_heading("Solver") + heading("Solved") + heading("95% interval") +
                   heading("Profile area") + heading("95% interval") + heading("Cheapest") + heading("Median ratio"),
               rows) +
         "<p class=\"caption\">Profile area: the mean of the performance profile up to 100 times the cheapest, on a "
         "logarithmic scale; 1: always the cheapest. Cheapest: share of (case, seed) where no other was cheaper. "
         "Median ratio: of its cost to the cheapest.</p>\n";
}

std::string cases_lost(const ComparisonReport& report) {
  const CampaignSummary& summary = main_summary(report);
  if (summary.solvers.size() < 2) return "";
  const Index best = summary.solvers.front().solver;
  std::string items;
  std::size_t lost = 0;
  for (std::size_t place = 0; place < report.campaign.cases.size(); ++place) {
    const GroupSummary& own = group_of(report, place, best);
    const GroupSummary* winner = &own;
    for (const SolverSummary& solver : summary.solvers) {
      const GroupSummary& group = group_of(report, place, solver.solver);
      // A mean that is not measured is of a solver that does not fit: any other is better.
      if (group.runs > 0 && !(group.restricted_mean.value >= winner->restricted_mean.value)) winner = &group;
    }
    const bool unfit = own.kind == GroupKind::not_applicable;
    if (winner == &own || (own.runs == 0 && !unfit) || ++lost > most_lost) continue;
    if (unfit) {
      items += "<li><b>" + escape(words_of(report.campaign.cases[place])) + "</b>: not applicable there</li>\n";
      continue;
    }
    const bool told = own.mean_test_p < usual_significance;
    items += "<li><b>" + escape(words_of(report.campaign.cases[place])) +
             "</b>: " + escape(solver_name(report, winner->place.solver)) + ", mean cost " +
             cost_markup(winner->restricted_mean.value, 3) + " against " + cost_markup(own.restricted_mean.value, 3) +
             (std::isnan(own.mean_test_p) ? ""
              : told                      ? " (p&nbsp;" + std::string(own.mean_test_p < 1e-6 ? "" : "=&nbsp;") +
                           probability_markup(own.mean_test_p) + ")"
                     : ", which may be chance (p&nbsp;=&nbsp;" + number(own.mean_test_p, 2) + ")") +
             "</li>\n";
  }
  if (lost == 0) return "";
  if (lost > most_lost) items += "<li>and " + std::to_string(lost - most_lost) + " more: see the map.</li>\n";
  return "<p class=\"prose\">" + escape(solver_name(report, best)) + " is not the cheapest in " + std::to_string(lost) +
         " of " + std::to_string(report.campaign.cases.size()) +
         " cases, by the mean cost up to the budget:</p>\n<ul class=\"limits\">\n" + items + "</ul>\n";
}

std::string target_table(const ComparisonReport& report) {
  if (report.summaries.size() < 2 || main_summary(report).solvers.empty()) return "";
  std::string head = first_heading("Solver");
  for (const CampaignSummary& summary : report.summaries) head += heading("τ = " + number(summary.target));
  std::string rows;
  for (const SolverSummary& solver : main_summary(report).solvers) {
    rows += "<tr>" + row_name(solver_name(report, solver.solver));
    for (const CampaignSummary& summary : report.summaries) {
      const auto same = std::find_if(summary.solvers.begin(), summary.solvers.end(),
                                     [&](const SolverSummary& other) { return other.solver == solver.solver; });
      rows += cell(share_solved(*same) + ", area " + number(same->profile_area, 3));
    }
    rows += "</tr>\n";
  }
  return table(head, rows);
}

std::string scaling_table(const ComparisonReport& report) {
  std::string rows;
  std::string theories;
  for (const CampaignScaling& scaling : report.scalings) {
    const std::string theory = scaling.theory.empty() ? "" : sentence_of(scaling.theory);
    if (theories.find(theory) == std::string::npos) theories += theory + " ";
    const statistics::ScalingFit& fit = scaling.fit;
    const auto agrees = statistics::agrees_with_theory(fit);
    const std::string verdict = agrees ? *agrees ? ", agrees" : ", differs" : "";
    rows +=
        "<tr>" + row_name(scaling.family) + "<td>" + escape(solver_name(report, scaling.solver)) + "</td><td>" +
        escape(slope_words(scaling)) + "</td>" + cell(number(fit.slope, 3)) +
        cell(interval_markup(fit.slope_interval)) +
        cell(fit.theory_slope ? number(*fit.theory_slope, 3) + verdict : "") + cell(number(fit.r_squared, 3)) +
        cell(std::to_string(fit.points) +
             (scaling.left_out > 0 ? " of " + std::to_string(scaling.left_out + static_cast<Index>(fit.points)) : "")) +
        "</tr>\n";
  }
  if (rows.empty()) return "";
  return table(first_heading("Cases, * varies") + first_heading("Solver") + first_heading("Slope of") +
                   heading("Measured") + heading("95% interval") + heading("Theory") + heading("R<sup>2</sup>") +
                   heading("Values"),
               rows) +
         "<p class=\"caption\">Least squares through the medians; values at which fewer than half arrived are left "
         "out. Of a power law the slope is its exponent. Theory: the slope of its predictions at the same values. " +
         escape(theories) + "</p>\n";
}

std::string group_table(const ComparisonReport& report, const std::vector<std::size_t>& cases) {
  std::string rows;
  for (const std::size_t place : cases) {
    for (const SolverSummary& solver : main_summary(report).solvers) {
      const GroupSummary& group = group_of(report, place, solver.solver);
      const std::string names = "<tr>" + row_name(words_of(report.campaign.cases[place])) + "<td>" +
                                escape(solver_name(report, solver.solver)) + "</td>";
      if (group.kind == GroupKind::not_applicable) {
        rows += names + "<td colspan=\"8\">not applicable: " + escape(group.reason) + "</td></tr>\n";
      }
      if (group.runs == 0) continue;
      rows += names + cell(std::to_string(group.successes) + "/" + std::to_string(group.runs)) +
              cell(escape(percent_interval(group.success))) + cell(cost_or_not(group.median)) +
              cell(cost_markup(group.restricted_mean.value) + " ± " +
                   cost_markup(group.restricted_mean.standard_error, 2)) +
              cell(cost_markup(group.running_time)) + cell(cost_markup(group.median_gradients)) +
              cell(cost_markup(group.median_products)) + cell(probability_markup(group.mean_test_p)) + "</tr>\n";
    }
  }
  return table(first_heading("Case") + first_heading("Solver") + heading("Solved") + heading("95% interval") +
                   heading("Median cost") + heading("Mean to budget") + heading("ERT") + heading("Gradients") +
                   heading("Products") + heading("p"),
               rows) +
         "<p class=\"caption\">Median: Kaplan-Meier, failures censored at the budget. ERT: cost with restarts until a "
         "run arrives. Gradients, products: medians. p: mean against the best solver of the case, Holm-corrected over "
         "the whole table.</p>\n";
}

std::string comparison_setup(const ComparisonReport& report) {
  constexpr std::size_t most_entries = 400;
  const auto rows_of = [](const std::vector<std::pair<std::string, std::string>>& entries, std::size_t most) {
    std::string rows;
    for (std::size_t i = 0; i < std::min(most, entries.size()); ++i) {
      rows += "<tr>" + row_name(entries[i].first) + "<td>" + escape(entries[i].second) + "</td></tr>\n";
    }
    return rows;
  };
  const auto table_of = [](const std::string& caption, const std::string& rows) {
    return "<table><caption>" + caption + "</caption><tbody>" + rows + "</tbody></table>\n";
  };
  const auto& entries = report.configuration.entries;
  std::string text = "<p class=\"prose\">" + escape(mode_words(report.campaign)) + "</p>\n";
  std::string chosen;
  for (std::size_t i = 1; i < report.campaign.tuning.size(); ++i) {
    chosen += "<li>" + escape(report.campaign.tuning[i]) + "</li>\n";
  }
  if (!chosen.empty()) text += "<ul class=\"limits\">\n" + chosen + "</ul>\n";
  text += "<details class=\"more\"><summary>Configuration: what the rows depend on (" + std::to_string(entries.size()) +
          " entries)</summary>\n" + table_of("Configuration", rows_of(entries, most_entries));
  if (entries.size() > most_entries) {
    text += "<p class=\"caption\">" + std::to_string(entries.size() - most_entries) +
            " more entries are in the campaign's file and in the JSON.</p>\n";
  }
  text += "</details>\n";
  constexpr std::size_t most_writers = 8;
  for (std::size_t i = 0; i < std::min(most_writers, report.writers.size()); ++i) {
    text += table_of("Computed by, " + std::to_string(i + 1) + " of " + std::to_string(report.writers.size()),
                     rows_of(report.writers[i], most_entries));
  }
  return text;
}

std::vector<std::string> comparison_caveats(const ComparisonReport& report) {
  const CampaignSummary& summary = main_summary(report);
  const CampaignOptions& campaign = report.campaign;
  std::vector<std::string> caveats;
  if (summary.missing > 0) {
    caveats.push_back(std::to_string(summary.missing) + " of " + std::to_string(wanted_count(campaign)) +
                      " runs are missing: profiles and ranks are over the seeds that every solver has run.");
  }
  if (campaign.cases.size() < 10) {
    caveats.push_back("There are " + std::to_string(campaign.cases.size()) +
                      " cases: intervals over cases are rough below ten, and another choice of problems may give "
                      "another order.");
  }
  if (campaign.seeds < 30) {
    caveats.push_back("With " + std::to_string(campaign.seeds) +
                      " seeds the p values, which rest on a normal approximation, are rough.");
  }
  Index contradicted = 0;
  Index breakdowns = 0;
  Index timed_out = 0;
  Index unfit = 0;
  std::size_t unsolved = 0;
  for (std::size_t place = 0; place < campaign.cases.size(); ++place) {
    Index successes = 0;
    Index runs = 0;
    for (std::size_t s = 0; s < campaign.solvers.size(); ++s) {
      const GroupSummary& group = group_of(report, place, static_cast<Index>(s));
      contradicted += group.contradicted.value_or(0);
      breakdowns += group.breakdowns;
      timed_out += group.timed_out;
      unfit += group.kind == GroupKind::not_applicable ? 1 : 0;
      successes += group.successes;
      runs += group.runs;
    }
    unsolved += runs > 0 && successes == 0 ? 1 : 0;
  }
  if (unsolved > 0) {
    caveats.push_back(std::to_string(unsolved) + (unsolved == 1 ? " case was" : " cases were") +
                      " solved by nobody: it counts against all in the profiles, and says nothing of their order.");
  }
  if (breakdowns > 0) {
    caveats.push_back(std::to_string(breakdowns) +
                      " runs ended by a numerical breakdown. They count as never arrived, not as cut short.");
  }
  if (timed_out > 0) {
    caveats.push_back(std::to_string(timed_out) + " runs were ended by the clock after " +
                      format_number(campaign.seconds) + " s. They count as not solved, and are not reproducible.");
  }
  if (unfit > 0) {
    caveats.push_back(std::to_string(unfit) +
                      " pairs of case and solver do not fit (n/a in the map). They count as not solved.");
  }
  if (!campaign.relative_cases.empty()) {
    caveats.push_back("In " + std::to_string(campaign.relative_cases.size()) +
                      " cases f* is not known: the best value that any run found stands for it, so that another "
                      "solver could move the target.");
  }
  if (contradicted > 0) {
    caveats.push_back(std::to_string(contradicted) +
                      " runs claimed to have converged where the referee found no minimum.");
  }
  if (campaign.judgement == Judgement::none) {
    caveats.push_back(
        "The ends were not judged: a run that stopped at a saddle by its own criterion counts as "
        "unsolved, but is not named as a false claim.");
  }
  caveats.push_back(mode_caveat(campaign));
  if (has_new_targets(report)) {
    caveats.push_back(
        "Targets were set when the runs were over, and read off traces: a cost to one that the campaign "
        "did not have is up to an eighth too high.");
  }
  caveats.push_back("Who comes second in a performance profile depends on who else took part (Gould and Scott 2016).");
  caveats.push_back(
      "Bands of survival curves hold at each cost, not for all at once; ERT depends on the budget. "
      "Where nothing is drawn there is one run, which stands for all seeds and has no band.");
  return caveats;
}

}  // namespace perigee
