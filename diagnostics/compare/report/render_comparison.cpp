#include <perigee/diagnostics/compare/report/render_comparison.hpp>

#include <perigee/diagnostics/compare/report/comparison_charts.hpp>
#include <perigee/diagnostics/compare/report/comparison_sections.hpp>
#include <perigee/diagnostics/compare/report/heat_map.hpp>
#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>

#include <algorithm>

namespace perigee {

namespace {

using markup::escape;

constexpr std::size_t most_open_scalings = 12;

std::string figure_if_drawn(const Chart& chart) { return chart.series.empty() ? "" : chart_figure(chart); }

std::string note(const std::string& text) {
  return text.empty() ? "" : "<p class=\"caption\">" + escape(text) + "</p>\n";
}

std::string folded(const std::string& summary, const std::string& content) {
  return "<details class=\"more\"><summary>" + escape(summary) + "</summary>\n" + content + "</details>\n";
}

// Small pictures side by side. Their common legend is the table of solvers; each line ends in its solver's number.
std::string multiples(const std::vector<Chart>& charts) {
  std::string figures;
  for (const Chart& chart : charts) figures += small_chart_figure(chart);
  return "<div class=\"multiples\">" + figures + "</div>\n";
}

std::string profiles(const ComparisonReport& report) {
  const CampaignSummary& main = main_summary(report);
  if (main.solvers.empty()) return "";
  std::string others;
  for (const CampaignSummary& summary : report.summaries) {
    if (&summary != &main) others += figure_if_drawn(profile_chart(report, summary));
  }
  return figure_if_drawn(profile_chart(report, main)) + figure_if_drawn(data_profile_chart(report, main)) +
         figure_if_drawn(target_chart(report)) +
         (others.empty() ? "" : folded("Performance profiles of the other targets", others));
}

std::string map(const ComparisonReport& report) {
  if (main_summary(report).solvers.empty()) return "";
  const std::vector<std::size_t> cases = mapped_cases(report);
  const std::size_t all = report.campaign.cases.size();
  return (cases.size() < all ? note("The " + std::to_string(cases.size()) + " of " + std::to_string(all) +
                                    " cases whose solvers differ most; all are in the JSON and the CSV.")
                             : "") +
         heat_map(report, cases);
}

// The curves of the cases in the order given, the first few open, more folded, the rest left out.
std::string curves(const ComparisonReport& report, const std::vector<std::size_t>& order, CaseCurves which) {
  std::vector<Chart> open;
  std::vector<Chart> more;
  std::size_t left_out = 0;
  for (const std::size_t place : order) {
    if (more.size() == most_folded_cases) {
      ++left_out;
      continue;
    }
    Chart chart = case_chart(report, place, which);
    if (!chart.series.empty()) (open.size() < most_open_cases ? open : more).push_back(std::move(chart));
  }
  if (open.empty()) return "";
  const std::size_t solvers = report.campaign.solvers.size();
  std::string about =
      which == CaseCurves::arrival
          ? "Kaplan-Meier: the share of the runs of a case that has not reached the target, over the cost to the "
            "budget, logarithmic. The sooner a line falls, the better. Cases whose solvers differ most come first"
          : "Kaplan-Meier: the share of the runs still at the saddle they started at or beside, over the cost";
  about += "; numbers are those of the table of solvers, bands are 95%";
  if (solvers > most_banded_solvers) {
    about += " and drawn for the first " + std::to_string(most_banded_solvers) + " solvers";
  }
  about += drawn_note(solvers) + ".";
  std::string text = note(about) + multiples(open);
  if (!more.empty()) text += folded(std::to_string(more.size()) + " more cases", multiples(more));
  if (left_out > 0)
    text += note(std::to_string(left_out) + " cases are left out here; the JSON has the curves of all.");
  return text;
}

std::string numbers(const ComparisonReport& report) {
  if (main_summary(report).solvers.empty()) return "";
  const std::size_t room = std::max<std::size_t>(1, most_group_rows / report.campaign.solvers.size());
  std::vector<std::size_t> cases = mapped_cases(report);
  std::string left_out;
  if (cases.size() > room || cases.size() < report.campaign.cases.size()) {
    if (cases.size() > room) {
      cases = by_difference(report);
      cases.resize(room);
      std::sort(cases.begin(), cases.end());
    }
    left_out = note("The " + std::to_string(cases.size()) + " cases that differ most; all are in the JSON.");
  }
  return folded(std::to_string(cases.size() * report.campaign.solvers.size()) + " rows: every case by every solver",
                left_out + group_table(report, cases));
}

std::string scaling(const ComparisonReport& report) {
  const std::string table = scaling_table(report);
  const std::size_t count = report.scalings.size();
  return count <= most_open_scalings ? table : folded(std::to_string(count) + " slopes", table);
}

std::string caveats(const ComparisonReport& report) {
  std::string items;
  for (const std::string& caveat : comparison_caveats(report)) items += "<li>" + escape(caveat) + "</li>\n";
  return "<ul class=\"limits\">\n" + items + "</ul>\n";
}

std::string title_of(const CampaignOptions& campaign) {
  const auto counted = [](std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  return "Comparison of " + counted(campaign.solvers.size(), "solver") + " in " +
         counted(campaign.cases.size(), "case");
}

}  // namespace

std::string render_html(const ComparisonReport& report) {
  const std::vector<std::size_t> order = by_difference(report);
  return html_page(
      title_of(report.campaign),
      comparison_verdict(report) + section("solvers", "Solvers", solver_table(report)) +
          section("lost", "Where others win", cases_lost(report)) + section("profiles", "Profiles", profiles(report)) +
          section("map", "Map of the cases", map(report)) +
          section("curves", "Course of the cases", curves(report, order, CaseCurves::arrival)) +
          section("escapes", "Leaving saddles", curves(report, order, CaseCurves::escape)) +
          section("targets", "Targets", target_table(report)) + section("scaling", "Scaling", scaling(report)) +
          section("numbers", "All numbers", numbers(report)) +
          section("caveats", "What to keep in mind", caveats(report)) +
          section("setup", "Set-up", comparison_setup(report)));
}

}  // namespace perigee
