#include <perigee/diagnostics/cli/output.hpp>

#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/render_markdown.hpp>
#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/thresholds.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/parameters.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace perigee::cli {

namespace {

constexpr std::chrono::milliseconds first_line_on_terminal(500);
constexpr std::chrono::milliseconds between_updates(100);  // of the line on a terminal
constexpr std::chrono::milliseconds between_lines(2000);
constexpr std::chrono::milliseconds between_courses(500);

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) { interrupted = 1; }

[[noreturn]] void fail(const std::string& path, const char* doing) {
  throw std::runtime_error(path + ": cannot " + doing + ": " + std::strerror(errno));
}

TextOptions terminal_options() {
  TextOptions options;
  if (isatty(STDOUT_FILENO) == 0) return options;
  if (wants_color(STDOUT_FILENO)) options.color = TextColor::ansi;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = std::clamp<Index>(size.ws_col, 40, 120);
  }
  return options;
}

void print(const std::string& text) {
  std::cout << text << std::flush;
  if (!std::cout) throw std::runtime_error("standard output: cannot write");
}

bool wants_markdown(const std::string& path) { return path.ends_with(".md") || path.ends_with(".markdown"); }

}  // namespace

void check_output_options(const OutputOptions& output) {
  for (const std::string& id : output.fail_on) {
    std::vector<std::string> ids;
    for (const FindingDescription& finding : finding_descriptions()) ids.push_back(finding.id);
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    const std::string nearest = nearest_name(id, ids);
    throw std::invalid_argument(
        "--fail-on: no finding '" + id + "'" +
        (nearest.empty() ? "; see perigee list findings" : "; did you mean '" + nearest + "'?"));
  }
}

void write_file(const std::string& path, const std::string& content) {
  const std::string beside = path + ".part";
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail(beside, "create");
  std::size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      close(file);
      unlink(beside.c_str());
      errno = reason;
      fail(path, "write");
    }
    written += static_cast<std::size_t>(count);
  }
  const bool flushed = fsync(file) == 0;
  if (close(file) != 0 || !flushed) fail(path, "flush");
  if (std::rename(beside.c_str(), path.c_str()) != 0) fail(path, "rename to");
}

DiagnoseOptions diagnose_options_of(const OutputOptions& output) {
  DiagnoseOptions options;
  for (const std::string& assignment : output.thresholds) {
    const auto [name, value] = parse_assignment(assignment);
    const std::optional<double> number = parse_number(value);
    if (!number) throw std::invalid_argument("--threshold " + name + ": must be a number, got " + value);
    set_threshold(options, name, *number);
  }
  return options;
}

void add_landscape(Report& report, const Objective& objective, const RandomSource& random,
                   const OutputOptions& output) {
  if (output.report_path.empty() || wants_markdown(output.report_path)) return;
  report.landscape = look_around(report.trajectory, report.diagnosis, objective, random);
}

void write_report_file(const std::vector<Report>& reports, const OutputOptions& output,
                       const std::vector<Together>& together) {
  if (output.report_path.empty()) return;
  const bool is_one = reports.size() == 1;
  std::string content;
  if (wants_markdown(output.report_path)) {
    content = is_one ? render_markdown(reports.front()) : render_markdown(reports, together);
  } else {
    content = is_one ? render_html(reports.front()) : render_html(reports, together);
  }
  write_file(output.report_path, content);
  std::cerr << "report: " << output.report_path << '\n';
}

std::string paragraph(std::string_view text, Index indent, Index width) {
  TextOptions options = terminal_options();
  options.color = TextColor::none;
  if (isatty(STDOUT_FILENO) == 0) options.width = width;
  return render_paragraph(text, indent, options);
}

void print_text(const Report& report) { print(render_text(report, terminal_options())); }

void print_text(const Together& together) { print('\n' + render_text(together, terminal_options())); }

void write_json(const std::string& document, const OutputOptions& output) {
  if (output.json_path == "-") {
    print(document);
  } else if (!output.json_path.empty()) {
    write_file(output.json_path, document);
  }
}

int exit_code_of(const Diagnosis& diagnosis, const OutputOptions& output) {
  for (const std::string& id : output.fail_on) {
    if (find_finding(diagnosis, id) != nullptr) return exit_finding;
  }
  return exit_done;
}

int print_report(const Report& report, const OutputOptions& output) {
  if (!output.json_path.empty()) write_json(render_json(report), output);
  if (output.json_path != "-") print_text(report);
  return exit_code_of(report.diagnosis, output);
}

std::function<bool()> interruption() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return [] { return interrupted != 0; };
}

StopRule until_interrupted() {
  (void)interruption();
  return StopRule([](const Progress& progress) -> std::optional<End> {
    if (interrupted == 0) return std::nullopt;
    return End{EndClass::budget, "interrupted",
               "interrupted by a signal at iteration " + std::to_string(progress.current.iteration)};
  });
}

ProgressLine::ProgressLine(std::uint64_t budget, ShowProgress when, Trajectory description)
    : budget_(budget),
      is_wanted_(line_.on_terminal() || when == ShowProgress::always),
      live_(std::move(description)),
      last_look_(Clock::now()),
      next_line_(last_look_ + (line_.on_terminal() ? first_line_on_terminal : between_lines)),
      next_course_(last_look_) {}

void ProgressLine::observe(const StepRecord& first, const Stepper& stepper) {
  if (!is_wanted_) return;
  live_.observe(first, stepper);
  if (stepper.record().iteration >= next_look_) look(stepper.record());
}

// Between two looks at the clock there are as many iterations as take 10 to 40 milliseconds.
void ProgressLine::look(const StepRecord& record) {
  const auto now = Clock::now();
  const auto passed = now - last_look_;
  last_look_ = now;
  if (passed < std::chrono::milliseconds(10)) stride_ *= 2;
  if (passed > std::chrono::milliseconds(40)) stride_ = std::max<Index>(1, stride_ / 2);
  next_look_ = record.iteration + stride_;
  if (now >= next_line_) show(record);
}

void ProgressLine::show(const StepRecord& record) {
  if (last_look_ >= next_course_) {
    course_ = live_.course();
    const auto asked = Clock::now() - last_look_;
    // A hundredth of the time at most goes into asking.
    next_course_ = last_look_ + std::max<Clock::duration>(between_courses, 100 * asked);
  }
  next_line_ = last_look_ + (line_.on_terminal() ? between_updates : between_lines);
  std::string numbers = "iteration " + std::to_string(record.iteration) + "  value " + format_number(record.value) +
                        "  gradient norm " + format_number(record.gradient_norm, 3) + "  ";
  if (line_.on_terminal()) {
    constexpr std::size_t width = 24;
    const double share = std::min(1.0, static_cast<double>(record.counts.gradients) / static_cast<double>(budget_));
    const auto filled = static_cast<std::size_t>(share * width);
    numbers.insert(0, "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] ");
  }
  line_.show(std::move(numbers), course_.sentence);
}

void ProgressLine::finish(const End& end, const Stepper& stepper) {
  if (!is_wanted_ || line_.on_terminal()) return;  // on a terminal the report follows
  live_.finish(end, stepper);
  last_look_ = next_course_ = Clock::now();
  show(stepper.record());
}

}  // namespace perigee::cli
