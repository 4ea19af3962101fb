#include <perigee/diagnostics/cli/output.hpp>

#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/render_text.hpp>
#include <perigee/lib/call_text.hpp>
#include <perigee/lib/format.hpp>

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
#include <stdexcept>

namespace perigee::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) { interrupted = 1; }

[[noreturn]] void fail(const std::string& path, const char* doing) {
  throw std::runtime_error(path + ": cannot " + doing + ": " + std::strerror(errno));
}

TextOptions terminal_options() {
  TextOptions options;
  if (isatty(STDOUT_FILENO) == 0) return options;
  if (std::getenv("NO_COLOR") == nullptr) options.color = TextColor::ansi;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = std::clamp<Index>(size.ws_col, 40, 120);
  }
  return options;
}

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

int write_report(const Report& report, const OutputOptions& output) {
  if (!output.html_path.empty()) {
    write_file(output.html_path, render_html(report));
    std::cerr << "report: " << output.html_path << '\n';
  }
  if (output.json_path == "-") {
    std::cout << render_json(report);
  } else {
    if (!output.json_path.empty()) write_file(output.json_path, render_json(report));
    std::cout << render_text(report, terminal_options());
  }
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("standard output: cannot write");
  for (const std::string& id : output.fail_on) {
    if (find_finding(report.diagnosis, id) != nullptr) return exit_finding;
  }
  return exit_done;
}

NamedChoice parse_choice(const std::string& text) {
  // A certified solver has parentheses in its name: certified(NAME) or certified(NAME)(key=value).
  std::string name;
  std::string rest = text;
  if (text.starts_with("certified(")) {
    const std::size_t end = text.find(')') + 1;
    name = text.substr(0, end);
    rest = "certified" + text.substr(end);
  }
  const CallText call(rest);
  return {name.empty() ? call.name() : name, call.arguments()};
}

StopRule until_interrupted() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return StopRule([](const Progress& progress) -> std::optional<End> {
    if (interrupted == 0) return std::nullopt;
    return End{EndClass::budget, "interrupted",
               "interrupted by a signal at iteration " + std::to_string(progress.current.iteration)};
  });
}

ProgressLine::ProgressLine(std::uint64_t budget)
    : budget_(budget),
      on_terminal_(isatty(STDERR_FILENO) != 0),
      next_(std::chrono::steady_clock::now() + std::chrono::milliseconds(500)) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::cerr << "\r\033[K";
}

void ProgressLine::observe(const StepRecord&, const Stepper& stepper) {
  const StepRecord& record = stepper.record();
  if (!on_terminal_ || record.iteration % 256 != 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  constexpr std::size_t width = 24;
  const double share = std::min(1.0, static_cast<double>(record.counts.gradients) / static_cast<double>(budget_));
  const auto filled = static_cast<std::size_t>(share * width);
  std::cerr << "\r\033[K[" << std::string(filled, '#') << std::string(width - filled, '.') << "] iteration "
            << record.iteration << "  value " << format_number(record.value) << "  gradient norm "
            << format_number(record.gradient_norm, 3) << std::flush;
}

}  // namespace perigee::cli
