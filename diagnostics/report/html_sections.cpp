#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/phase_words.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace perigee {
namespace {

using markup::escape;

std::string iterations_text(Index first, Index last) {
  if (first == last) return "iteration " + std::to_string(first);
  return "iterations " + std::to_string(first) + " to " + std::to_string(last);
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

std::string verdict(const Diagnosis& diagnosis, const std::string& prefix) {
  const std::string style = diagnosis.findings.empty() ? "" : ' ' + std::string(name_of(worst_severity(diagnosis)));
  return "<section class=\"verdict" + style + "\" aria-labelledby=\"" + prefix + "verdict\">\n<h2 id=\"" + prefix +
         "verdict\">Verdict</h2>\n<p>" + escape(verdict_of(diagnosis)) + "</p>\n</section>\n";
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

// What to do about the principal finding stands above all findings already.
std::string findings(const std::vector<Finding>& all, const Finding* principal, const std::string& prefix) {
  if (all.empty()) return "<p class=\"none\">None.</p>\n";
  std::string items;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Finding& finding = all[i];
    items += "<li class=\"finding " + std::string(name_of(finding.severity)) + "\">\n<h3><span class=\"severity\">" +
             capitalized(name_of(finding.severity)) + "</span><code>" + escape(finding.id) +
             "</code><span class=\"where\">" + std::string(name_of(finding.certainty)) + ", " +
             iterations_text(finding.first, finding.last);
    if (!finding.evidence.empty())
      items += ", <a href=\"#" + prefix + "evidence-" + std::to_string(i + 1) + "\">evidence</a>";
    items += "</span></h3>\n<p>" + escape(finding.message) + "</p>\n";
    if (&finding != principal && !finding.recommendation.empty()) {
      items += "<p class=\"next\"><strong>Next:</strong> " + escape(finding.recommendation) + "</p>\n";
    }
    if (&finding != principal && !finding.counterevidence.empty()) {
      items += "<p class=\"next\"><strong>Would overturn it:</strong> " + escape(finding.counterevidence) + "</p>\n";
    }
    items += "</li>\n";
  }
  return "<ol class=\"findings\">\n" + items + "</ol>\n";
}

std::string words_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string unit_of(const Evidence& item) { return item.unit == "1" || std::isnan(item.value) ? "" : ' ' + item.unit; }

// "at most 0.05": what the number was held against; empty where it decided nothing.
std::string threshold_of(const Evidence& item) {
  if (item.comparison == Comparison::none) return "";
  return std::string(name_of(item.comparison)) + ' ' + markup::number(item.threshold);
}

std::string evidence_row(const Evidence& item) {
  return "<tr><th scope=\"row\">" + escape(words_of(item.name)) + "</th><td class=\"number\">" +
         markup::number(item.value) + "<span class=\"unit\">" + escape(unit_of(item)) +
         "</span></td><td class=\"threshold\">" + threshold_of(item) + "</td></tr>";
}

// The numbers that decided, each against its threshold.
std::string why(const Finding& finding) {
  std::string rows;
  for (const Evidence& item : finding.evidence) {
    if (item.comparison != Comparison::none) rows += evidence_row(item);
  }
  if (rows.empty()) return "";
  return "<div class=\"why\"><table><thead><tr><th scope=\"col\">Number</th><th scope=\"col\" "
         "class=\"number\">Measured</th><th scope=\"col\">Held against</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string evidence(const std::vector<Finding>& all, const std::string& prefix) {
  std::string tables;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].evidence.empty()) continue;
    std::string rows;
    for (const Evidence& item : all[i].evidence) rows += evidence_row(item);
    const std::string caption = "<code>" + escape(all[i].id) + "</code> <span class=\"where\">" +
                                iterations_text(all[i].first, all[i].last) + "</span>";
    tables += "<div id=\"" + prefix + "evidence-" + std::to_string(i + 1) + "\">" + table(caption, rows) + "</div>\n";
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
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Phase& phase = all[i];
    rows += "<tr><td class=\"number\">" + std::to_string(i + 1) + "</td><th scope=\"row\">" + phase_icon(phase.kind) +
            escape(phase.kind) + "</th><td class=\"number\">" + std::to_string(phase.first) +
            "</td><td class=\"number\">" + std::to_string(phase.last) + "</td><td>" +
            (phase.cause.empty() ? "" : "<code>" + escape(phase.cause) + "</code>") + "</td><td class=\"because\">" +
            escape(phase_words(phase)) + "</td></tr>";
  }
  return "<div class=\"wide-table\"><table><thead><tr><th scope=\"col\" class=\"number\">No.</th><th "
         "scope=\"col\">Kind</th><th scope=\"col\" class=\"number\">First</th><th scope=\"col\" "
         "class=\"number\">Last</th><th scope=\"col\">Cause</th><th scope=\"col\">Evidence</th></tr></thead><tbody>" +
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

// Thresholds that are not what they are by default.
std::string changed_thresholds(const std::vector<ThresholdValue>& all) {
  std::string rows;
  for (const ThresholdValue& threshold : all) {
    if (threshold.value == threshold.default_value) continue;
    rows += "<tr><th scope=\"row\">" + escape(threshold.name) + "</th><td class=\"number\">" +
            markup::number(threshold.value) + "</td><td class=\"threshold\">" +
            markup::number(threshold.default_value) + " by default</td></tr>";
  }
  return rows.empty() ? "" : "<div class=\"tables\">\n<table><tbody>" + rows + "</tbody></table></div>\n";
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

}  // namespace

std::string fact(std::string_view name, const std::string& value, std::string_view style) {
  return "<div" + (style.empty() ? "" : " class=\"" + std::string(style) + '"') + "><dt>" + std::string(name) +
         "</dt><dd>" + value + "</dd></div>\n";
}

std::string capitalized(std::string_view word) {
  std::string result(word);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
  return result;
}

Severity worst_severity(const Diagnosis& diagnosis) {
  Severity worst = Severity::information;
  for (const Finding& finding : diagnosis.findings) worst = std::max(worst, finding.severity);
  return worst;
}

std::string verdict_of(const Diagnosis& diagnosis) {
  return diagnosis.summary.empty() ? "No verdict: nothing was recorded that permits one." : diagnosis.summary;
}

std::string section(const std::string& id, std::string_view heading, const std::string& content) {
  if (content.empty()) return "";
  return "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + std::string(heading) + "</h2>\n" +
         content + "</section>\n";
}

std::string untold_message(const Diagnosis& diagnosis, const Finding& finding) {
  const std::string sentence = finding.message.substr(0, finding.message.find_last_not_of('.') + 1);
  return diagnosis.summary.find(sentence) == std::string::npos ? finding.message : "";
}

std::string html_sections(const Report& report, const std::vector<Chart>& charts, const std::string& prefix,
                          const std::string& toolbar) {
  const Diagnosis& diagnosis = report.diagnosis;
  const std::string pictures = html_pictures(report, charts);
  const Finding* principal = principal_finding(diagnosis);
  const auto paragraph = [](const std::string& text) {
    return text.empty() ? "" : "<p class=\"prose\">" + escape(text) + "</p>\n";
  };
  return verdict(diagnosis, prefix) + facts(report) +
         section(prefix + "why", "Why",
                 principal == nullptr ? "" : paragraph(untold_message(diagnosis, *principal)) + why(*principal)) +
         section(prefix + "next", "Next", principal == nullptr ? "" : paragraph(principal->recommendation)) +
         section(prefix + "change", "What would change this verdict",
                 principal == nullptr ? "" : paragraph(principal->counterevidence)) +
         section(prefix + "limits", "What could not be decided, and notes", limits(report)) +
         section(prefix + "pictures", "Course of the run",
                 pictures.empty() ? "<p class=\"none\">Nothing was recorded that can be drawn.</p>\n"
                                  : toolbar + pictures) +
         section(prefix + "findings", "Findings", findings(diagnosis.findings, principal, prefix)) +
         section(prefix + "evidence", "Evidence", evidence(diagnosis.findings, prefix)) +
         section(prefix + "phases", "Phases", phases(diagnosis.phases)) +
         section(prefix + "points", "Judged points", judged_points(diagnosis.judged_points)) +
         section(prefix + "decisions", "Decisions of the solver", decisions(report.trajectory.decisions)) +
         section(prefix + "thresholds", "Thresholds changed", changed_thresholds(diagnosis.thresholds)) +
         section(prefix + "provenance", "Where this comes from", provenance(report));
}

}  // namespace perigee
