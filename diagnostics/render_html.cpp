#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/report_assets.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <string_view>

namespace perigee {
namespace {

using markup::escape;

std::string subject_of(const Report& report) {
  if (!report.trajectory.problem.empty()) return report.trajectory.problem;
  return report.source.path.empty() ? "Unnamed run" : report.source.path;
}

std::string iterations_text(Index first, Index last) {
  if (first == last) return "iteration " + std::to_string(first);
  return "iterations " + std::to_string(first) + " to " + std::to_string(last);
}

// "problem" -> "Problem": the word beside the color, so that the color is never the only sign.
std::string capitalized(std::string_view word) {
  std::string result(word);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
  return result;
}

std::string section(std::string_view id, std::string_view heading, const std::string& content) {
  if (content.empty()) return "";
  return "<section aria-labelledby=\"" + std::string(id) + "\">\n<h2 id=\"" + std::string(id) + "\">" +
         std::string(heading) + "</h2>\n" + content + "</section>\n";
}

std::string row(std::string_view name, const std::string& value, std::string_view unit = "") {
  return "<tr><th scope=\"row\">" + escape(name) + "</th><td class=\"number\">" + value + "</td><td class=\"unit\">" +
         escape(unit) + "</td></tr>";
}

std::string text_row(std::string_view name, std::string_view value) {
  return "<tr><th scope=\"row\">" + escape(name) + "</th><td>" + escape(value) + "</td></tr>";
}

std::string table(const std::string& caption, const std::string& rows) {
  return "<table><caption>" + caption + "</caption><tbody>" + rows + "</tbody></table>\n";
}

std::string verdict(const Diagnosis& diagnosis) {
  std::string style;
  if (!diagnosis.findings.empty()) {
    Severity worst = Severity::information;
    for (const Finding& finding : diagnosis.findings) worst = std::max(worst, finding.severity);
    style = ' ' + std::string(name_of(worst));
  }
  const std::string_view words = diagnosis.summary.empty()
                                     ? std::string_view("No verdict: nothing was recorded that permits one.")
                                     : std::string_view(diagnosis.summary);
  return "<section class=\"verdict" + style + "\" aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict</h2>\n<p>" +
         escape(words) + "</p>\n</section>\n";
}

std::string fact(std::string_view name, const std::string& value, std::string_view style = "") {
  return "<div" + (style.empty() ? "" : " class=\"" + std::string(style) + '"') + "><dt>" + std::string(name) +
         "</dt><dd>" + value + "</dd></div>\n";
}

std::string facts(const Report& report) {
  const Trajectory& trajectory = report.trajectory;
  std::string result;
  if (!trajectory.records.empty()) {
    const StepRecord& last = trajectory.records.back();
    result += fact("Iterations", std::to_string(last.iteration));
    result += fact("Final value", markup::number(last.value));
    if (trajectory.optimal_value) result += fact("Best possible value", markup::number(*trajectory.optimal_value));
    result += fact("Final gradient norm", markup::number(last.gradient_norm));
    if (last.counts.gradients > 0) result += fact("Gradients", std::to_string(last.counts.gradients));
    if (last.counts.values > 0) result += fact("Values alone", std::to_string(last.counts.values));
    if (last.counts.hessian_vector_products > 0) {
      result += fact("Hessian-vector products", std::to_string(last.counts.hessian_vector_products));
    }
  } else {
    result += fact("Iterations", "none recorded");
  }
  if (trajectory.end) {
    result += fact("End",
                   capitalized(name_of(trajectory.end->end_class)) + " (<code>" + escape(trajectory.end->id) +
                       "</code>): " + escape(trajectory.end->message),
                   "wide");
  }
  return "<dl class=\"facts\">\n" + result + "</dl>\n";
}

std::string findings(const std::vector<Finding>& all) {
  if (all.empty()) return "<p class=\"none\">None.</p>\n";
  std::string items;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Finding& finding = all[i];
    items += "<li class=\"finding " + std::string(name_of(finding.severity)) + "\">\n<h3><span class=\"severity\">" +
             capitalized(name_of(finding.severity)) + "</span><code>" + escape(finding.id) +
             "</code><span class=\"where\">" + std::string(name_of(finding.certainty)) + ", " +
             iterations_text(finding.first, finding.last);
    if (!finding.evidence.empty()) items += ", <a href=\"#evidence-" + std::to_string(i + 1) + "\">evidence</a>";
    items += "</span></h3>\n<p>" + escape(finding.message) + "</p>\n";
    if (!finding.recommendation.empty()) {
      items += "<p class=\"next\"><strong>Next:</strong> " + escape(finding.recommendation) + "</p>\n";
    }
    items += "</li>\n";
  }
  return "<ol class=\"findings\">\n" + items + "</ol>\n";
}

std::string evidence(const std::vector<Finding>& all) {
  std::string tables;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].evidence.empty()) continue;
    std::string rows;
    for (const Evidence& item : all[i].evidence) {
      std::string name = item.name;
      std::replace(name.begin(), name.end(), '_', ' ');
      rows += row(name, markup::number(item.value), item.unit == "1" || item.value != item.value ? "" : item.unit);
    }
    const std::string caption = "<code>" + escape(all[i].id) + "</code> <span class=\"where\">" +
                                iterations_text(all[i].first, all[i].last) + "</span>";
    tables += "<div id=\"evidence-" + std::to_string(i + 1) + "\">" + table(caption, rows) + "</div>\n";
  }
  return tables.empty() ? "" : "<div class=\"tables\">\n" + tables + "</div>\n";
}

std::string judged_points(const std::vector<JudgedPoint>& points) {
  std::string tables;
  for (const JudgedPoint& point : points) {
    std::string rows = row("value", markup::number(point.value)) +
                       row("gradient norm", markup::number(point.gradient_norm)) +
                       row("smallest curvature, at most", markup::number(point.lambda_min)) +
                       row("its residual", markup::number(point.lambda_min_residual)) +
                       row("smallest curvature, probably at least", markup::number(point.lambda_min_lower_bound)) +
                       row("largest curvature, at least", markup::number(point.lambda_max)) +
                       row("negative curvatures, at least",
                           markup::number(point.index < 0 ? not_measured : static_cast<double>(point.index))) +
                       row("Hessian-vector products spent", std::to_string(point.products));
    tables += table("Iteration " + std::to_string(point.iteration) + ": " + escape(point.classification) +
                        " <span class=\"where\">" + std::string(name_of(point.certainty)) + "</span>",
                    rows);
  }
  return tables.empty() ? "" : "<div class=\"tables\">\n" + tables + "</div>\n";
}

std::string phases(const std::vector<Phase>& all) {
  if (all.empty()) return "";
  std::string rows;
  for (const Phase& phase : all) {
    rows += "<tr><th scope=\"row\">" + escape(phase.kind) + "</th><td class=\"number\">" + std::to_string(phase.first) +
            "</td><td class=\"number\">" + std::to_string(phase.last) + "</td></tr>";
  }
  return "<div class=\"tables\"><table><thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" class=\"number\">First "
         "iteration</th>"
         "<th scope=\"col\" class=\"number\">Last iteration</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string decisions(const std::vector<Decision>& all) {
  if (all.empty()) return "";
  std::string rows;
  for (const Decision& decision : all) {
    rows += "<tr><td class=\"number\">" + std::to_string(decision.iteration) + "</td><th scope=\"row\">" +
            escape(decision.remedy) + "</th><td>" + escape(decision.reason) + "</td></tr>";
  }
  return "<div class=\"tables\"><table><thead><tr><th scope=\"col\" class=\"number\">Iteration</th>"
         "<th scope=\"col\">Remedy</th><th scope=\"col\">Because</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string limits(const Report& report) {
  std::string items;
  for (const std::string& limit : report.diagnosis.limits) items += "<li>" + escape(limit) + "</li>\n";
  for (const std::string& note : report.source.notes) items += "<li>" + escape(note) + "</li>\n";
  return items.empty() ? "" : "<ul class=\"limits\">\n" + items + "</ul>\n";
}

std::string provenance(const Report& report) {
  std::string settings;
  for (const auto& [name, value] : report.trajectory.settings) settings += text_row(name, value);
  std::string source;
  if (!report.source.kind.empty()) source += text_row("kind", report.source.kind);
  if (!report.source.path.empty()) source += text_row("path", report.source.path);
  for (const auto& [role, column] : report.source.columns) source += text_row(role + " from column", column);
  source += text_row("records", std::to_string(report.trajectory.records.size()));
  return "<div class=\"tables\">\n" + table("Source", source) + (settings.empty() ? "" : table("Settings", settings)) +
         "</div>\n";
}

std::string toolbar() {
  return "<div class=\"toolbar\" id=\"chart-tools\" hidden>"
         "<button type=\"button\" id=\"time-scale\" aria-pressed=\"false\">Logarithmic time</button>"
         "<button type=\"button\" id=\"whole-run\">Show the whole run</button>"
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

}  // namespace

std::string render_html(const Report& report) {
  const Diagnosis& diagnosis = report.diagnosis;
  const std::vector<Chart> charts = charts_of(report);
  const bool with_charts = !report_assets::chart_script().text.empty() && !charts.empty();
  const std::string pictures = html_pictures(report, charts);
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
      escape(subject_of(report)) + ": Perigee report</title>\n" + style_element(report_assets::style());
  if (with_charts) {
    page += "<!-- The interactive charts are drawn by uPlot:\n" + std::string(report_assets::chart_license()) +
            "-->\n" + style_element(report_assets::chart_style());
  }
  page += "</head>\n<body>\n<header class=\"page\">\n<p class=\"kicker\">Perigee report</p>\n<h1>" +
          escape(subject_of(report)) + "</h1>\n";
  if (!report.trajectory.solver.empty()) page += "<p class=\"solver\">" + escape(report.trajectory.solver) + "</p>\n";
  page +=
      "</header>\n<main>\n" + verdict(diagnosis) + facts(report) +
      section("findings", "Findings", findings(diagnosis.findings)) +
      section("pictures", "Course of the run",
              (with_charts ? toolbar() : "") +
                  (pictures.empty() ? "<p class=\"none\">Nothing was recorded that can be drawn.</p>\n" : pictures)) +
      section("evidence", "Evidence", evidence(diagnosis.findings)) +
      section("points", "Judged points", judged_points(diagnosis.judged_points)) +
      section("phases", "Phases", phases(diagnosis.phases)) +
      section("decisions", "Decisions of the solver", decisions(report.trajectory.decisions)) +
      section("limits", "What could not be decided, and notes", limits(report)) +
      section("provenance", "Where this comes from", provenance(report)) +
      "</main>\n<footer class=\"page\"><p>perigee " + std::string(version()) +
      ". This page is complete in itself and loads nothing.</p></footer>\n";
  if (with_charts) {
    page += "<script type=\"application/json\" id=\"chart-data\">" + chart_data(charts) + "</script>\n" +
            script_element(report_assets::chart_script()) + script_element(report_assets::script());
  }
  return page + "</body>\n</html>\n";
}

}  // namespace perigee
