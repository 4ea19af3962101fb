#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee {
namespace {

enum class Paint { plain, bold, faint, good, warning, problem };

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::information:
      return Paint::good;
    case Severity::warning:
      return Paint::warning;
    case Severity::problem:
      return Paint::problem;
  }
  return Paint::plain;
}

std::string_view mark_of(Severity severity) {
  switch (severity) {
    case Severity::information:
      return "[i]";
    case Severity::warning:
      return "[!]";
    case Severity::problem:
      return "[x]";
  }
  return "[ ]";
}

std::string iterations_text(Index first, Index last) {
  if (first == last) return "iteration " + std::to_string(first);
  return "iterations " + std::to_string(first) + " to " + std::to_string(last);
}

std::string measured(double value) { return value == value ? format_number(value) : "not measured"; }

class Page {
 public:
  explicit Page(const TextOptions& options) : options_(options) {}

  // Words of `text`, wrapped; the first line starts with `lead` (printable as it is, `lead_width` wide), the
  // others are indented by as much.
  void paragraph(std::string_view text, Index indent, const std::string& lead = "", Index lead_width = 0,
                 Paint paint = Paint::plain) {
    const std::string printable = markup::terminal_line(text);
    const std::string margin(static_cast<std::size_t>(indent + lead_width), ' ');
    std::string start = std::string(static_cast<std::size_t>(indent), ' ') + lead;
    std::string words;
    Index column = indent + lead_width;
    for (std::size_t at = printable.find_first_not_of(' '); at != std::string::npos;) {
      const std::size_t end = std::min(printable.find(' ', at), printable.size());
      const std::string_view word = std::string_view(printable).substr(at, end - at);
      const auto word_width = static_cast<Index>(markup::code_points(word));
      if (!words.empty() && column + 1 + word_width > options_.width) {
        text_ += start + painted(words, paint) + '\n';
        start = margin;
        words.clear();
        column = indent + lead_width;
      }
      if (!words.empty()) words += ' ', ++column;
      words += word;
      column += word_width;
      at = printable.find_first_not_of(' ', end);
    }
    text_ += start + painted(words, paint) + '\n';
  }

  void heading(std::string_view text) { text_ += '\n' + painted(text, Paint::bold) + '\n'; }
  void blank() { text_ += '\n'; }

  std::string painted(std::string_view text, Paint paint) const {
    if (options_.color == TextColor::none || paint == Paint::plain) return std::string(text);
    const std::string_view code = paint == Paint::bold      ? "1"
                                  : paint == Paint::faint   ? "2"
                                  : paint == Paint::good    ? "32"
                                  : paint == Paint::warning ? "33"
                                                            : "31";
    return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
  }

  std::string take() { return std::move(text_); }

 private:
  TextOptions options_;
  std::string text_;
};

std::string subject_of(const Report& report) {
  std::string subject = report.trajectory.problem;
  if (subject.empty()) subject = report.source.path.empty() ? "unnamed run" : report.source.path;
  if (!report.trajectory.solver.empty()) subject += ", " + report.trajectory.solver;
  return subject;
}

void write_run(Page& page, const Report& report) {
  const Trajectory& trajectory = report.trajectory;
  std::string line;
  if (trajectory.records.empty()) {
    line = "no iteration recorded";
  } else {
    const StepRecord& last = trajectory.records.back();
    line = std::to_string(last.iteration) + " iterations, value " + measured(last.value) + ", gradient norm " +
           measured(last.gradient_norm);
    if (last.counts.gradients > 0) line += ", " + std::to_string(last.counts.gradients) + " gradients";
  }
  page.paragraph(line, 0, "", 0, Paint::faint);
  if (trajectory.end) {
    page.paragraph(
        std::string(name_of(trajectory.end->end_class)) + " (" + trajectory.end->id + "): " + trajectory.end->message,
        0, "End: ", 5, Paint::faint);
  }
}

// Units like "value per squared unit of x" follow from the name and would only lengthen the line; the JSON has them.
bool counts_things(std::string_view unit) {
  return unit == "iterations" || unit == "records" || unit == "Hessian-vector products";
}

void write_finding(Page& page, const Finding& finding) {
  const std::string lead = page.painted(mark_of(finding.severity), paint_of(finding.severity)) + ' ';
  page.paragraph(finding.id + " (" + std::string(name_of(finding.certainty)) + "), " +
                     iterations_text(finding.first, finding.last),
                 0, lead, 4, Paint::bold);
  page.paragraph(finding.message, 4);
  std::string evidence;
  for (const Evidence& item : finding.evidence) {
    if (!evidence.empty()) evidence += ", ";
    evidence += item.name + " = " + measured(item.value);
    if (item.value == item.value && counts_things(item.unit)) evidence += ' ' + item.unit;
  }
  if (!evidence.empty()) page.paragraph(evidence, 4, "", 0, Paint::faint);
  if (!finding.recommendation.empty()) page.paragraph(finding.recommendation, 4, "Next: ", 6);
}

// Which column was taken for what: of the probabilities the first and the last, of columns without a role a few.
std::string columns_text(const std::vector<std::pair<std::string, std::string>>& columns) {
  std::string text;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    while (last + 1 < columns.size() && columns[last + 1].first == columns[first].first) ++last;
    if (!text.empty()) text += "; ";
    const bool without_role = columns[first].first == "extra";
    text += (without_role ? "not judged" : columns[first].first) + std::string(" = ") + columns[first].second;
    constexpr std::size_t named = 6;
    for (std::size_t i = first + 1; without_role && i <= last && i < first + named; ++i)
      text += ", " + columns[i].second;
    if (without_role && last >= first + named) text += ", and " + std::to_string(last - first - named + 1) + " more";
    if (!without_role && last > first) text += (last > first + 1 ? " ... " : ", ") + columns[last].second;
    first = last + 1;
  }
  return text;
}

void write_point(Page& page, const JudgedPoint& point) {
  std::string text = "iteration " + std::to_string(point.iteration) + ": " + point.classification + " (" +
                     std::string(name_of(point.certainty)) + "), value " + measured(point.value) + ", gradient norm " +
                     measured(point.gradient_norm);
  if (point.lambda_min == point.lambda_min) {
    text += ", lambda_min " + measured(point.lambda_min) + " (residual " + measured(point.lambda_min_residual) + ")";
  }
  if (point.index >= 0) text += ", index at least " + std::to_string(point.index);
  if (point.products > 0) text += ", " + std::to_string(point.products) + " Hessian-vector products";
  page.paragraph(text, 2, "- ", 2);
}

}  // namespace

std::string render_text(const Report& report, const TextOptions& options) {
  if (options.width < 40) {
    throw std::invalid_argument("render_text: width must be at least 40, got " + std::to_string(options.width));
  }
  Page page(options);
  const Diagnosis& diagnosis = report.diagnosis;
  Severity worst = Severity::information;
  for (const Finding& finding : diagnosis.findings) worst = std::max(worst, finding.severity);
  page.paragraph(diagnosis.summary.empty() ? "No verdict: nothing was recorded that permits one." : diagnosis.summary,
                 0, "", 0, diagnosis.findings.empty() ? Paint::bold : paint_of(worst));
  page.blank();
  page.paragraph(subject_of(report) + " (perigee " + std::string(version()) + ")", 0, "", 0, Paint::faint);
  write_run(page, report);

  page.heading("Findings");
  if (diagnosis.findings.empty()) page.paragraph("none", 2);
  for (std::size_t i = 0; i < diagnosis.findings.size(); ++i) {
    if (i > 0) page.blank();
    write_finding(page, diagnosis.findings[i]);
  }
  if (!report.trajectory.decisions.empty()) {
    page.heading("Decisions of the solver");
    for (const Decision& decision : report.trajectory.decisions) {
      page.paragraph(
          "iteration " + std::to_string(decision.iteration) + ", " + decision.remedy + ": " + decision.reason, 2, "- ",
          2);
    }
  }
  if (!diagnosis.phases.empty()) {
    page.heading("Phases");
    for (const Phase& phase : diagnosis.phases) {
      page.paragraph(phase.kind + ", " + iterations_text(phase.first, phase.last), 2, "- ", 2);
    }
  }
  if (!diagnosis.judged_points.empty()) {
    page.heading("Judged points");
    for (const JudgedPoint& point : diagnosis.judged_points) write_point(page, point);
  }
  if (!report.source.columns.empty()) {
    std::vector<std::pair<std::string, std::string>> columns = report.source.columns;
    // Columns of one role side by side, those without a role last.
    std::stable_sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first == "extra", a.first) < std::pair(b.first == "extra", b.first);
    });
    page.heading("Columns");
    page.paragraph(columns_text(columns), 2);
  }
  if (!diagnosis.limits.empty() || !report.source.notes.empty()) {
    page.heading("Limits");
    for (const std::string& limit : diagnosis.limits) page.paragraph(limit, 2, "- ", 2);
    for (const std::string& note : report.source.notes) page.paragraph(note, 2, "- ", 2);
  }
  return page.take();
}

}  // namespace perigee
