#include <perigee/diagnostics/render_markdown.hpp>
#include <perigee/diagnostics/report/chart.hpp>
#include <perigee/diagnostics/report/deciding_numbers.hpp>
#include <perigee/diagnostics/report/html_sections.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/phase_words.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace perigee {
namespace {

// One line in which nothing acts: punctuation of Markdown is escaped, HTML a reference, a mention interrupted.
std::string escape(std::string_view text) {
  std::string result;
  for (const char character : markup::terminal_line(text)) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '@':
        result += "@\xE2\x80\x8B";  // zero-width space
        break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '#':
      case '|':
      case '~':
      case '!':
      case '$':
        result += '\\';
        [[fallthrough]];
      default:
        result += character;
    }
  }
  return result;
}

// The same for a line of HTML, where backslashes would be seen and some readers look for Markdown all the same.
std::string html_text(std::string_view text) {
  std::string result;
  for (const char character : markup::terminal_line(text)) {
    if (character == '@') {
      result += "@\xE2\x80\x8B";
    } else if (std::string_view("&<>\\`*_[]#|~!$").find(character) != std::string_view::npos) {
      result += "&#" + std::to_string(static_cast<int>(character)) + ';';
    } else {
      result += character;
    }
  }
  return result;
}

// A code span that ends where it should, and does not end a table's cell.
std::string code(std::string_view text) {
  std::string result;
  for (const char character : markup::terminal_line(text)) {
    if (character == '|') result += '\\';
    result += character == '`' ? '\'' : character;
  }
  return '`' + result + '`';
}

std::string measured(double value) { return std::isnan(value) ? "not measured" : format_number(value); }

std::string words_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return escape(name);
}

// Units like "value per unit of x" follow from the name.
std::string with_unit(const Evidence& item) {
  const bool has_unit = item.unit != "1" && item.unit.rfind("value", 0) != 0 && !std::isnan(item.value);
  return measured(item.value) + (has_unit ? ' ' + escape(item.unit) : "");
}

std::string threshold_of(const Evidence& item) {
  if (item.comparison == Comparison::none) return "";
  return std::string(name_of(item.comparison)) + ' ' + measured(item.threshold);
}

std::string range_of(Index first, Index last) {
  return first == last ? std::to_string(first) : std::to_string(first) + " to " + std::to_string(last);
}

std::string heading(std::string_view text) { return "\n### " + std::string(text) + "\n\n"; }

std::string run_line(const Report& report) {
  const Trajectory& trajectory = report.trajectory;
  std::string line = code(subject_of(report));
  if (!trajectory.solver.empty()) line += ", " + code(trajectory.solver);
  if (trajectory.records.empty()) return line + ": no iteration recorded\n";
  const StepRecord& last = trajectory.records.back();
  line += ": " + std::to_string(last.iteration) + " iterations, value " + measured(last.value) + ", gradient norm " +
          measured(last.gradient_norm);
  if (last.counts.gradients > 0) line += ", " + std::to_string(last.counts.gradients) + " gradients";
  if (trajectory.end) line += ". End: " + escape(trajectory.end->message);
  return line + '\n';
}

std::string evidence_table(const std::vector<Evidence>& all) {
  std::string rows;
  for (const Evidence& item : all) {
    rows += "| " + words_of(item.name) + " | " + with_unit(item) + " | " + threshold_of(item) + " |\n";
  }
  return rows.empty() ? "" : "| number | value | held against |\n|---|---:|---|\n" + rows;
}

// What decided: the numbers that were held against a threshold.
std::string why(const Finding& finding) {
  std::string items;
  for (const std::string& line : deciding_numbers(finding.evidence)) items += "- " + escape(line) + '\n';
  return items;
}

std::string findings_table(const Diagnosis& diagnosis) {
  const std::vector<Finding>& findings = diagnosis.findings;
  const Finding* principal = principal_finding(diagnosis);
  if (findings.empty()) return "None.\n";
  std::string rows = "| | finding | iterations | what happened |\n|---|---|---|---|\n";
  for (const Finding& finding : findings) {
    std::string told = "as told above";
    if (&finding != principal) {
      told = escape(finding.message) +
             (finding.recommendation.empty() ? "" : " *Next:* " + escape(finding.recommendation));
    }
    rows += "| " + std::string(name_of(finding.severity)) + " | " + code(finding.id) + ' ' +
            std::string(name_of(finding.certainty)) + " | " + range_of(finding.first, finding.last) + " | " + told +
            " |\n";
  }
  return rows;
}

std::string phases_table(const std::vector<Phase>& phases) {
  std::string rows;
  for (const Phase& phase : phases) {
    rows += "| " + escape(phase.kind) + " | " + range_of(phase.first, phase.last) + " | " +
            (phase.cause.empty() ? "" : code(phase.cause)) + " | " + escape(phase_words(phase)) + " |\n";
  }
  return rows.empty() ? "" : "| phase | iterations | cause | evidence |\n|---|---|---|---|\n" + rows;
}

std::string folded(const std::string& summary, const std::string& content) {
  return "\n<details><summary>" + summary + "</summary>\n\n" + content + "\n</details>\n";
}

std::string all_evidence(const std::vector<Finding>& findings) {
  std::string tables;
  for (const Finding& finding : findings) {
    const std::string table = evidence_table(finding.evidence);
    if (table.empty()) continue;
    tables += "**" + code(finding.id) + "**, iterations " + range_of(finding.first, finding.last) + "\n\n" + table;
    if (!finding.counterevidence.empty()) tables += "\nWould overturn it: " + escape(finding.counterevidence) + '\n';
    tables += '\n';
  }
  return tables.empty() ? "" : folded("Evidence", tables);
}

std::string changed_thresholds(const std::vector<ThresholdValue>& thresholds) {
  std::string items;
  for (const ThresholdValue& threshold : thresholds) {
    if (threshold.value == threshold.default_value) continue;
    items += "- " + code(threshold.name) + " = " + measured(threshold.value) + " (" +
             measured(threshold.default_value) + " by default)\n";
  }
  return items;
}

std::string limits(const Report& report) {
  std::string items;
  for (const std::string& limit : report.diagnosis.limits) items += "- " + escape(limit) + '\n';
  for (const std::string& note : report.source.notes) items += "- " + escape(note) + '\n';
  return items;
}

std::string body(const Report& report) {
  const Diagnosis& diagnosis = report.diagnosis;
  std::string text =
      "**" + std::string(diagnosis.findings.empty() ? "Verdict" : capitalized(name_of(worst_severity(diagnosis)))) +
      ":** " + escape(verdict_of(diagnosis)) + "\n\n" + run_line(report);
  if (const Finding* principal = principal_finding(diagnosis)) {
    const std::string untold = untold_message(diagnosis, *principal);
    const std::string reasons = (untold.empty() ? "" : escape(untold) + "\n\n") + why(*principal);
    if (!reasons.empty()) text += heading("Why") + reasons;
    if (!principal->recommendation.empty()) text += heading("Next") + escape(principal->recommendation) + '\n';
    if (!principal->counterevidence.empty()) {
      text += heading("What would change this verdict") + escape(principal->counterevidence) + '\n';
    }
  }
  if (const std::string items = limits(report); !items.empty()) text += heading("What could not be decided") + items;
  text += heading("Findings") + findings_table(diagnosis) + all_evidence(diagnosis.findings);
  if (const std::string table = phases_table(diagnosis.phases); !table.empty()) text += heading("Phases") + table;
  if (const std::string items = changed_thresholds(diagnosis.thresholds); !items.empty()) {
    text += heading("Thresholds changed") + items;
  }
  return text;
}

std::string together_section(const std::vector<Together>& all) {
  std::string text;
  for (const Together& together : all) {
    for (const std::string& sentence : together.sentences) text += escape(sentence) + "\n\n";
  }
  return text.empty() ? "" : heading("Together") + text;
}

std::string footer() { return "\n<sub>perigee " + std::string(version()) + "</sub>\n"; }

}  // namespace

std::string render_markdown(const Report& report) { return "## Perigee report\n\n" + body(report) + footer(); }

std::string render_markdown(const std::vector<Report>& reports, const std::vector<Together>& together) {
  const std::vector<std::string> names = names_of(reports);
  std::string text = "## Perigee report on " + std::to_string(reports.size()) +
                     (reports.size() == 1 ? " run" : " runs") +
                     "\n\n| | run | iterations | final value | verdict |\n|---:|---|---:|---:|---|\n";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const std::vector<StepRecord>& records = reports[i].trajectory.records;
    text += "| " + std::to_string(i + 1) + " | " + code(names[i]) + " | " +
            (records.empty() ? "" : std::to_string(records.back().iteration)) + " | " +
            (records.empty() ? "" : measured(records.back().value)) + " | **" +
            capitalized(name_of(worst_severity(reports[i].diagnosis))) + "** " +
            escape(verdict_of(reports[i].diagnosis)) + " |\n";
  }
  text += together_section(together);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    text += folded("Run " + std::to_string(i + 1) + ": " + html_text(names[i]), body(reports[i]));
  }
  return text + footer();
}

}  // namespace perigee
