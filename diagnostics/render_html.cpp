#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/report_assets.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace perigee {
namespace {

using markup::escape;

bool draws_charts(const std::vector<Chart>& charts) {
  return !report_assets::chart_script().text.empty() && !charts.empty();
}

// What the page's script is worked with; the script shows it. All charts share one time scale at first.
std::string toolbar(const std::vector<Chart>& charts) {
  if (!draws_charts(charts)) return "";
  const bool logarithmic_time = charts.front().time_scale != AxisScale::linear;
  return "<div class=\"toolbar\" id=\"chart-tools\" hidden><button type=\"button\" id=\"time-scale\" aria-pressed=\"" +
         std::string(logarithmic_time ? "true" : "false") +
         "\">Logarithmic time</button><button type=\"button\" id=\"whole-run\">Show the whole run</button>"
         "<span>Drag across a chart to zoom in; all charts follow.</span></div>\n";
}

std::string policy(bool with_charts) {
  using namespace report_assets;
  std::string styles = " '" + std::string(style().hash) + '\'';
  std::string scripts = " 'none'";
  if (with_charts) {
    styles += " '" + std::string(chart_style().hash) + '\'';
    scripts = " '" + std::string(chart_script().hash) + "' '" + std::string(script().hash) + '\'';
  }
  return "default-src 'none'; style-src" + styles + "; script-src" + scripts + "; base-uri 'none'; form-action 'none'";
}

std::string style_element(const report_assets::Asset& asset) {
  return "<style>" + std::string(asset.text) + "</style>\n";
}

std::string script_element(const report_assets::Asset& asset) {
  return "<script>" + std::string(asset.text) + "</script>\n";
}

// A page around what is said: head, policy, styles, patterns, and the charts' data and scripts at the end.
std::string page_of(const std::string& title, const std::string& subtitle, const std::string& content,
                    const std::vector<Chart>& charts) {
  const bool with_charts = draws_charts(charts);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      policy(with_charts) +
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"perigee " +
      std::string(version()) +
      "\">\n"
      "<title>" +
      escape(title) + ": Perigee report</title>\n" + style_element(report_assets::style());
  if (with_charts) {
    page += "<!-- The interactive charts are drawn by uPlot:\n" + std::string(report_assets::chart_license()) +
            "-->\n" + style_element(report_assets::chart_style());
  }
  page += "</head>\n<body>\n<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\">" + svg_patterns() +
          "</svg>\n<header class=\"page\">\n<p class=\"kicker\">Perigee report</p>\n<h1>" + escape(title) + "</h1>\n";
  if (!subtitle.empty()) page += "<p class=\"solver\">" + escape(subtitle) + "</p>\n";
  page += "</header>\n<main>\n";
  page += content + "</main>\n<footer class=\"page\"><p>perigee " + std::string(version()) +
          ". This page is complete in itself and loads nothing.</p></footer>\n";
  if (with_charts) {
    page += "<script type=\"application/json\" id=\"chart-data\">" + chart_data(charts) + "</script>\n" +
            script_element(report_assets::chart_script()) + script_element(report_assets::script());
  }
  return page + "</body>\n</html>\n";
}

constexpr std::size_t most_unfolded = 3;  // runs whose sections are open when the page is

std::string run_id(std::size_t i) { return "run-" + std::to_string(i + 1); }

// The runs and their verdicts, one a row.
std::string verdicts(const std::vector<Report>& reports, const std::vector<std::string>& names) {
  std::string rows;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    const std::vector<StepRecord>& records = report.trajectory.records;
    const Severity severity = worst_severity(report.diagnosis);
    const std::string source = report.source.path.empty() ? report.trajectory.solver : report.source.path;
    rows += "<tr class=\"" + std::string(name_of(severity)) + "\"><td class=\"number\">" + std::to_string(i + 1) +
            "</td><th scope=\"row\"><a href=\"#" + run_id(i) + "\">" + escape(names[i]) + "</a>" +
            (source == names[i] || source.empty() ? "" : "<br><span class=\"where\">" + escape(source) + "</span>") +
            "</th><td class=\"number\">" +
            (records.empty() ? markup::number(not_measured) : std::to_string(records.back().iteration)) +
            "</td><td class=\"number\">" + markup::number(records.empty() ? not_measured : records.back().value, 4) +
            "</td><td><span class=\"severity\">" + capitalized(name_of(severity)) + "</span> " +
            escape(verdict_of(report.diagnosis)) + "</td></tr>\n";
  }
  return "<div class=\"wide-table verdicts\"><table><thead><tr><th scope=\"col\" class=\"number\">No.</th><th "
         "scope=\"col\">Run</th><th scope=\"col\" class=\"number\">Iterations</th><th scope=\"col\" "
         "class=\"number\">Final "
         "value</th><th scope=\"col\">Verdict</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string with_interval(const BoundedNumber& number) {
  if (std::isnan(number.value)) return markup::number(not_measured);
  return markup::number(number.value, 3) + "<br>[" + markup::number(number.lower, 3) + ", " +
         markup::number(number.upper, 3) + "]";
}

std::string levels_table(const Together& together) {
  std::string rows;
  for (const TogetherLevel& level : together.levels) {
    const bool is_best = &level == &together.levels.front();
    const auto cell = [](const std::string& content) { return "<td class=\"number\">" + content + "</td>"; };
    rows += "<tr><th scope=\"row\" class=\"number\">" + markup::number(level.value, 4) + "</th>" +
            cell(std::to_string(level.ends.size())) + cell(with_interval(level.share)) +
            cell(is_best ? "" : std::to_string(level.stays)) + cell(is_best ? "" : std::to_string(level.left)) +
            cell(is_best ? "" : with_interval(level.rate)) + cell(is_best ? "" : with_interval(level.remaining)) +
            "<td>" + (level.advice == RestartAdvice::none ? "" : std::string(name_of(level.advice))) + "</td></tr>\n";
  }
  if (rows.empty()) return "";
  return "<div class=\"wide-table\"><table><thead><tr><th scope=\"col\" class=\"number\">Level</th><th scope=\"col\" "
         "class=\"number\">Runs that end there</th><th scope=\"col\" class=\"number\">Share [95%]</th><th "
         "scope=\"col\" "
         "class=\"number\">Stays</th><th scope=\"col\" class=\"number\">Left for a better one</th><th scope=\"col\" "
         "class=\"number\">Rate of leaving, an iteration</th><th scope=\"col\" class=\"number\">Expected remaining "
         "iterations</th><th scope=\"col\">Wait or restart</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string together_section(const std::vector<Together>& all) {
  std::string content;
  for (const Together& together : all) {
    for (const std::string& sentence : together.sentences) content += "<p>" + escape(sentence) + "</p>\n";
    content += levels_table(together);
  }
  return section("levels", "Together", content);
}

std::vector<Chart> charts_with_prefix(const Report& report, const std::string& prefix) {
  std::vector<Chart> charts = charts_of(report);
  for (Chart& chart : charts) chart.id = prefix + chart.id;
  return charts;
}

}  // namespace

std::string render_html(const Report& report) {
  const std::vector<Chart> charts = charts_of(report);
  return page_of(subject_of(report), report.trajectory.solver, html_sections(report, charts, "", toolbar(charts)),
                 charts);
}

std::string render_html(const std::vector<Report>& reports, const std::vector<Together>& together) {
  const std::vector<std::string> names = names_of(reports);
  std::vector<Chart> charts;
  Chart overlay = overlay_chart(reports);
  const std::string side_by_side = overlay.series.empty() ? "" : chart_figure(overlay);
  if (!side_by_side.empty()) charts.push_back(std::move(overlay));
  std::string runs;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const std::string prefix = run_id(i) + '-';
    std::vector<Chart> own = charts_with_prefix(reports[i], prefix);
    runs += "<details class=\"run\" id=\"" + run_id(i) + (reports.size() <= most_unfolded ? "\" open>" : "\">") +
            "<summary>" + std::to_string(i + 1) + ". " + escape(names[i]) + "</summary>\n" +
            html_sections(reports[i], own, prefix, "") + "</details>\n";
    std::move(own.begin(), own.end(), std::back_inserter(charts));
  }
  const std::string content = section("verdicts", "Verdicts", verdicts(reports, names)) +
                              section("together", "Side by side", toolbar(charts) + side_by_side) +
                              together_section(together) + runs;
  return page_of(std::to_string(reports.size()) + (reports.size() == 1 ? " run" : " runs"), "", content, charts);
}

std::string html_page(const std::string& title, const std::string& content) { return page_of(title, "", content, {}); }

}  // namespace perigee
