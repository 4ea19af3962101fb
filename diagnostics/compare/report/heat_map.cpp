#include <perigee/diagnostics/compare/percent_text.hpp>
#include <perigee/diagnostics/compare/report/comparison_charts.hpp>
#include <perigee/diagnostics/compare/report/comparison_words.hpp>
#include <perigee/diagnostics/compare/report/heat_map.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perigee {

namespace {

using markup::escape;
using markup::number;

constexpr std::size_t longest_heading = 30;  // code points of a solver's name above its column
constexpr int most_shade = 6;

std::size_t group_index(const ComparisonReport& report, std::size_t case_index, const SolverSummary& solver) {
  return case_index * report.campaign.solvers.size() + static_cast<std::size_t>(solver.solver);
}

std::string panel_id(std::size_t case_index, std::size_t rank) {
  return "runs-" + std::to_string(case_index + 1) + "-" + std::to_string(rank + 1);
}

// The least median of a case; NaN: no solver reached it in half its runs.
double least_median(const ComparisonReport& report, std::size_t case_index) {
  double least = not_measured;
  for (const SolverSummary& solver : main_summary(report).solvers) {
    const std::optional<double>& median = main_summary(report).groups[group_index(report, case_index, solver)].median;
    if (median && !(*median >= least)) least = *median;
  }
  return least;
}

std::string share_solved(const GroupSummary& group) {
  if (group.kind == GroupKind::single) return group.successes > 0 ? "1 run" : "no";
  return percent_text(static_cast<double>(group.successes) / static_cast<double>(group.runs));
}

// The ratio of medians where half arrived, else how many did: the number says what the shade does.
std::string cell(const ComparisonReport& report, std::size_t case_index, std::size_t rank, double least) {
  const SolverSummary& solver = main_summary(report).solvers[rank];
  const GroupSummary& group = main_summary(report).groups[group_index(report, case_index, solver)];
  if (group.kind == GroupKind::not_applicable) {
    return "<td class=\"cell\" title=\"" + escape(group.reason) + "\"><small>n/a</small></td>";
  }
  if (group.runs == 0) return "<td class=\"cell\">" + number(not_measured) + "</td>";
  const std::string solved = share_solved(group);
  const double ratio = group.median ? *group.median / least : not_measured;
  const std::string shade = group.median ? "shade-" + std::to_string(shade_of(ratio)) : "unsolved";
  const std::string label = solver_name(report, solver.solver) + " on " + words_of(report.campaign.cases[case_index]) +
                            ": " + solved + " solved" +
                            (group.median ? ", " + plain_number(ratio) + " times the least median cost" : "");
  return "<td class=\"cell " + shade + "\"><a href=\"#" + panel_id(case_index, rank) + "\" aria-label=\"" +
         escape(label) + "\">" +
         (group.median ? "<b>" + cost_markup(ratio, 2) + "</b>" +
                             (group.successes < group.runs ? "<small>" + escape(solved) + "</small>" : "")
                       : "<small>" + escape(solved) + "</small>") +
         "</a></td>";
}

std::string key() {
  std::string shades;
  for (int shade = 0; shade <= most_shade; ++shade) {
    const double middle = std::pow(100.0, static_cast<double>(shade) / most_shade);
    shades += "<span class=\"cell shade-" + std::to_string(shade) + "\">" +
              (shade == most_shade ? "100+" : format_count(middle, 2)) + "</span>";
  }
  return "<p class=\"caption map-key\">Median cost over the least median of the case: " + shades +
         " &nbsp;fewer than half arrived: <span class=\"cell unsolved\">20%</span> &nbsp;Percent: runs solved, where "
         "not all were. n/a: the solver does not fit. Choose a cell to see its runs.</p>\n";
}

std::string facts(const GroupSummary& group) {
  std::string text = fact("Solved", std::to_string(group.successes) + " of " + std::to_string(group.runs) + " " +
                                        escape(percent_interval(group.success))) +
                     fact("Median cost", group.median ? cost_markup(*group.median) : "not reached") +
                     fact("Mean to the budget", cost_markup(group.restricted_mean.value) + " ± " +
                                                    cost_markup(group.restricted_mean.standard_error, 2)) +
                     fact("ERT", cost_markup(group.running_time)) +
                     fact("p against the best here", probability_markup(group.mean_test_p)) +
                     fact("Median gradients", cost_markup(group.median_gradients));
  if (group.median_products > 0.0) text += fact("Median products", cost_markup(group.median_products));
  if (group.escape_curve.runs > 0) {
    text += fact(
        "Left the saddle",
        std::to_string(group.escapes) + " of " + std::to_string(group.runs) +
            (group.median_escape_cost ? ", median cost " + cost_markup(*group.median_escape_cost) : std::string()));
  }
  if (group.breakdowns > 0) text += fact("Broke down", std::to_string(group.breakdowns));
  if (group.contradicted) {
    text += fact("Own claims, contradicted", std::to_string(group.claims) + ", " + std::to_string(*group.contradicted));
  }
  return "<dl class=\"facts\">" + text + "</dl>\n";
}

std::string run_rows(const ComparisonReport& report, const RunSample& sample) {
  const bool judged = report.campaign.judgement != Judgement::none;
  const bool diagnosed = report.campaign.judgement == Judgement::diagnosis;
  const auto cell_of = [](const std::string& content) { return "<td class=\"number\">" + content + "</td>"; };
  std::string rows;
  for (const RunRow& row : sample.rows) {
    const bool arrived = !std::isnan(row.hits.back()) && row.hits.back() <= report.campaign.budget;
    rows += "<tr>" + cell_of(std::to_string(place_of(report.campaign, row.run).seed)) +
            cell_of(arrived ? cost_markup(row.hits.back()) : "no") + cell_of(cost_markup(row.cost)) +
            cell_of(std::to_string(row.iterations)) + cell_of(number(row.value, 4)) +
            cell_of(number(row.gradient_norm, 2)) + cell_of(std::to_string(row.kicks)) + "<td><code>" +
            escape(row.end_id) + "</code></td>" + (judged ? "<td>" + escape(row.point) + "</td>" : "") +
            (diagnosed ? "<td>" + escape(row.findings) + "</td>" : "") + "</tr>\n";
  }
  const auto head = [](const char* name) {
    return "<th scope=\"col\" class=\"number\">" + std::string(name) + "</th>";
  };
  return "<div class=\"wide-table\"><table><thead><tr>" + head("Seed") + head("Arrived at cost") + head("Cost in all") +
         head("Iterations") + head("Final value") + head("Gradient norm") + head("Kicks") +
         "<th scope=\"col\">End</th>" + (judged ? "<th scope=\"col\">Point</th>" : "") +
         (diagnosed ? "<th scope=\"col\">Findings</th>" : "") + "</tr></thead><tbody>\n" + rows +
         "</tbody></table></div>\n";
}

std::string panel(const ComparisonReport& report, std::size_t case_index, std::size_t rank) {
  const SolverSummary& solver = main_summary(report).solvers[rank];
  const std::size_t index = group_index(report, case_index, solver);
  const GroupSummary& group = main_summary(report).groups[index];
  if (group.runs == 0) return "";
  const RunSample& sample = report.samples[index];
  const auto shown = static_cast<Index>(sample.rows.size());
  const std::string which =
      group.kind == GroupKind::single ? "One run: nothing is drawn, it stands for all seeds"
      : shown == sample.of ? "All " + std::to_string(shown) + " runs, in order of the cost at which they arrived"
                           : std::to_string(shown) + " of " + std::to_string(sample.of) +
                                 " runs: the cheapest, the dearest, and evenly placed ones between, in order of the "
                                 "cost at which they arrived";
  const std::string id = panel_id(case_index, rank);
  return "<section class=\"runs-panel\" id=\"" + id + "\" aria-labelledby=\"" + id + "-name\">\n<h3 id=\"" + id +
         "-name\">" + escape(solver_name(report, solver.solver)) + " on " +
         escape(words_of(report.campaign.cases[case_index])) + "</h3>\n" + facts(group) + "<p class=\"caption\">" +
         which + ".</p>\n" + run_rows(report, sample) +
         "<p class=\"caption\"><a href=\"#map\">Back to the map</a></p></section>\n";
}

}  // namespace

std::vector<std::size_t> by_difference(const ComparisonReport& report) {
  const std::size_t solvers = report.campaign.solvers.size();
  std::vector<double> spread;
  for (std::size_t place = 0; place < report.campaign.cases.size(); ++place) {
    double least = std::numeric_limits<double>::infinity();
    double greatest = 0.0;
    for (std::size_t s = 0; s < solvers; ++s) {
      const GroupSummary& group = main_summary(report).groups[place * solvers + s];
      if (group.runs == 0) continue;
      least = std::min(least, group.restricted_mean.value);
      greatest = std::max(greatest, group.restricted_mean.value);
    }
    spread.push_back(greatest / std::max(least, 1e-300));  // 0: no runs
  }
  std::vector<std::size_t> order(spread.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return spread[a] > spread[b]; });
  return order;
}

std::vector<std::size_t> mapped_cases(const ComparisonReport& report) {
  std::vector<std::size_t> cases = by_difference(report);
  const std::size_t room = std::max<std::size_t>(1, most_cells / report.campaign.solvers.size());
  if (cases.size() > room) cases.resize(room);
  std::sort(cases.begin(), cases.end());
  return cases;
}

int shade_of(double ratio) {
  const double step = std::log(std::max(ratio, 1.0)) / std::log(100.0) * most_shade;
  return static_cast<int>(std::lround(std::min(step, static_cast<double>(most_shade))));
}

std::string heat_map(const ComparisonReport& report, const std::vector<std::size_t>& cases) {
  const std::vector<SolverSummary>& solvers = main_summary(report).solvers;
  std::string head;
  for (std::size_t rank = 0; rank < solvers.size(); ++rank) {
    head += "<th scope=\"col\"><span>" + std::to_string(rank + 1) + " " +
            escape(shortened(solver_name(report, solvers[rank].solver), longest_heading)) + "</span></th>";
  }
  std::string rows;
  std::string panels;
  for (const std::size_t place : cases) {
    const double least = least_median(report, place);
    rows += "<tr><th scope=\"row\">" + escape(words_of(report.campaign.cases[place])) + "</th>";
    for (std::size_t rank = 0; rank < solvers.size(); ++rank) {
      rows += cell(report, place, rank, least);
      panels += panel(report, place, rank);
    }
    rows += "</tr>\n";
  }
  return key() +
         "<div class=\"wide-table map\" tabindex=\"0\" role=\"region\" aria-label=\"Cases by solvers\"><table>"
         "<thead><tr><th scope=\"col\">Case</th>" +
         head + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n" + panels;
}

}  // namespace perigee
