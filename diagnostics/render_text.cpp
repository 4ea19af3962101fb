#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/report/deciding_numbers.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/phase_words.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <map>
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

  void heading(std::string_view text) {
    if (!text_.empty()) text_ += '\n';
    text_ += painted(text, Paint::bold) + '\n';
  }
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

std::string title_of(const Finding& finding) {
  return finding.id + " (" + std::string(name_of(finding.certainty)) + "), " +
         iterations_text(finding.first, finding.last);
}

void write_verdict(Page& page, const Diagnosis& diagnosis, const Finding* principal) {
  const Paint paint = principal == nullptr ? Paint::bold : paint_of(principal->severity);
  page.paragraph(diagnosis.summary.empty() ? "No verdict: nothing was recorded that permits one." : diagnosis.summary,
                 2, "", 0, paint);
}

void write_principal(Page& page, const Finding& finding) {
  page.heading("Why");
  const std::string mark = page.painted(mark_of(finding.severity), paint_of(finding.severity)) + ' ';
  page.paragraph(title_of(finding), 2, mark, 4, Paint::bold);
  page.paragraph(finding.message, 2);
  for (const std::string& line : deciding_numbers(finding.evidence)) page.paragraph(line, 2, "- ", 2, Paint::faint);
  if (!finding.recommendation.empty()) {
    page.heading("Next");
    page.paragraph(finding.recommendation, 2);
  }
  if (!finding.counterevidence.empty()) {
    page.heading("What would change this verdict");
    page.paragraph(finding.counterevidence, 2);
  }
}

void write_others(Page& page, const Diagnosis& diagnosis, const Finding* principal) {
  bool is_first = true;
  std::map<std::string, int> harmless;  // how often, by id
  for (const Finding& finding : diagnosis.findings) {
    if (&finding == principal) continue;
    if (is_first) page.heading("Other findings");
    is_first = false;
    const bool matters = finding.severity != Severity::information;
    if (!matters && ++harmless[finding.id] > 1) continue;  // those that follow are counted below
    const std::string mark = page.painted(mark_of(finding.severity), paint_of(finding.severity)) + ' ';
    page.paragraph(title_of(finding), 2, mark, 4, Paint::bold);
    page.paragraph(finding.message, 6);
    if (matters && !finding.recommendation.empty()) page.paragraph(finding.recommendation, 6, "Next: ", 6);
  }
  for (const auto& [id, count] : harmless) {
    if (count == 1) continue;
    page.paragraph("and " + std::to_string(count - 1) + " more of " + id + " (--json has all)", 2, "[i] ", 4);
  }
}

std::string phase_text(const Phase& phase) {
  std::string text = phase.kind;
  if (!phase.cause.empty() && phase.cause != phase.kind) text += " (" + phase.cause + ")";
  const std::string value = value_words(phase);
  return value.empty() ? text : text + ", value " + value;
}

void write_phases(Page& page, const std::vector<Phase>& phases) {
  constexpr std::size_t shown_first = 10;
  constexpr std::size_t shown_last = 4;
  if (phases.empty()) return;
  page.heading("Phases");
  const auto range = [](const Phase& phase) {
    return std::to_string(phase.first) +
           (phase.first == phase.last ? std::string() : " to " + std::to_string(phase.last));
  };
  std::size_t width = 0;
  for (const Phase& phase : phases) width = std::max(width, range(phase).size());
  const bool is_long = phases.size() > shown_first + shown_last + 1;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (is_long && i == shown_first) {
      i = phases.size() - shown_last;
      page.paragraph("... " + std::to_string(phases.size() - shown_first - shown_last) + " more (--json has all)", 2);
    }
    std::string lead = range(phases[i]);
    lead.append(width + 2 - lead.size(), ' ');
    page.paragraph(phase_text(phases[i]), 2, lead, static_cast<Index>(lead.size()));
  }
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

bool tells_curvature(const Finding& finding) {
  return std::any_of(finding.evidence.begin(), finding.evidence.end(),
                     [](const Evidence& item) { return item.name == "lambda_min_lower_bound"; });
}

// Those that say more than the gradient norm, unless the verdict is on the end point and has told its judgement.
void write_points(Page& page, const Diagnosis& diagnosis, const Finding* principal) {
  if (principal != nullptr && tells_curvature(*principal)) return;
  bool is_first = true;
  for (const JudgedPoint& point : diagnosis.judged_points) {
    if (point.classification == "not-stationary") continue;
    if (is_first) page.heading("Judged points");
    is_first = false;
    write_point(page, point);
  }
}

void write_thresholds(Page& page, const Diagnosis& diagnosis) {
  bool is_first = true;
  for (const ThresholdValue& threshold : diagnosis.thresholds) {
    if (threshold.value == threshold.default_value) continue;
    if (is_first) page.heading("Thresholds changed");
    is_first = false;
    page.paragraph(threshold.name + " = " + format_number(threshold.value) + " (" +
                       format_number(threshold.default_value) + " by default)",
                   2, "- ", 2);
  }
}

void write_input(Page& page, const ReportSource& source) {
  if (source.columns.empty() && source.notes.empty()) return;
  page.heading("How the file was read");
  std::vector<std::pair<std::string, std::string>> columns = source.columns;
  // Columns of one role side by side, those without a role last.
  std::stable_sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first == "extra", a.first) < std::pair(b.first == "extra", b.first);
  });
  if (!columns.empty()) page.paragraph(columns_text(columns), 2);
  for (const std::string& note : source.notes) page.paragraph(note, 2, "- ", 2);
}

void check_width(const TextOptions& options) {
  if (options.width >= 40) return;
  throw std::invalid_argument("render_text: width must be at least 40, got " + std::to_string(options.width));
}

}  // namespace

std::string render_paragraph(std::string_view text, Index indent, const TextOptions& options) {
  check_width(options);
  Page page(options);
  page.paragraph(text, indent);
  return page.take();
}

std::string render_text(const Together& together, const TextOptions& options) {
  check_width(options);
  Page page(options);
  page.heading("Together");
  for (const std::string& sentence : together.sentences) page.paragraph(sentence, 2);
  return page.take();
}

std::string render_text(const Report& report, const TextOptions& options) {
  check_width(options);
  Page page(options);
  const Diagnosis& diagnosis = report.diagnosis;
  const Finding* principal = principal_finding(diagnosis);
  page.heading("Verdict");
  write_verdict(page, diagnosis, principal);
  page.blank();
  page.paragraph(subject_of(report) + " (perigee " + std::string(version()) + ")", 0, "", 0, Paint::faint);
  write_run(page, report);

  if (principal != nullptr) write_principal(page, *principal);
  write_others(page, diagnosis, principal);
  if (!report.trajectory.decisions.empty()) {
    page.heading("Decisions of the solver");
    for (const Decision& decision : report.trajectory.decisions) {
      page.paragraph(
          "iteration " + std::to_string(decision.iteration) + ", " + decision.remedy + ": " + decision.reason, 2, "- ",
          2);
    }
  }
  write_phases(page, diagnosis.phases);
  write_points(page, diagnosis, principal);
  if (!diagnosis.limits.empty()) {
    page.heading("What could not be decided");
    for (const std::string& limit : diagnosis.limits) page.paragraph(limit, 2, "- ", 2);
  }
  write_thresholds(page, diagnosis);
  write_input(page, report.source);
  return page.take();
}

}  // namespace perigee
