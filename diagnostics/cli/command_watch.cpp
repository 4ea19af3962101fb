// `perigee watch`: follows a log while it is written.
//
// Whenever the file has changed it is read again as a whole, which any format permits, and which makes truncation and
// rotation no special cases. On the way the objective is not asked; the report at the end is the one of `perigee
// diagnose`. The next look comes after twenty times as long as the last one took, at least, so that at most a twentieth
// of a core is spent.
#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/cli/report_on.hpp>
#include <perigee/diagnostics/cli/status_line.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/online/current_course.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/parameters.hpp>

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace perigee::cli {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// What tells that a file has changed: of a folder of event files, all of them together.
struct Stamp {
  std::uintmax_t size = 0;
  std::filesystem::file_time_type changed{};
  bool operator==(const Stamp&) const = default;
};

Stamp stamp_of(const std::filesystem::path& path) {
  std::error_code error;
  Stamp stamp;
  const auto add = [&stamp, &error](const std::filesystem::path& file) {
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (!error) stamp.size += size;
    const auto changed = std::filesystem::last_write_time(file, error);
    if (!error) stamp.changed = std::max(stamp.changed, changed);
  };
  if (!std::filesystem::is_directory(path, error)) {
    add(path);
    add(path.string() + "-wal");  // what SQLite has written and not yet put into the file
    return stamp;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) add(entry.path());
  return stamp;
}

// Also of a process that nobody has waited for yet: it is there, and does nothing any more.
bool has_ended(std::int64_t process) {
  if (process <= 0) return false;
  if (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) return true;
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(") ");
  return name_end != std::string::npos && stat.compare(name_end + 2, 1, "Z") == 0;
}

std::string numbers_of(const StepRecord& record) {
  std::string text = "iteration " + std::to_string(record.iteration) + "  value " + format_number(record.value) + "  ";
  if (record.gradient_norm == record.gradient_norm) {
    text += "gradient norm " + format_number(record.gradient_norm, 3) + "  ";
  }
  return text;
}

class Watch {
 public:
  explicit Watch(const WatchCommandOptions& options)
      : options_(options), diagnose_options_(diagnose_options_of(options.output)) {
    read_options_.format = options.format;
    read_options_.writer = Writer::at_work;
    for (const std::string& assignment : options.mapping) read_options_.mapping.push_back(parse_assignment(assignment));
  }

  // Until the run is over, or a signal has come.
  void follow() {
    const auto interrupted = interruption();
    auto last_change = Clock::now();
    auto next_look = last_change;
    std::optional<Stamp> seen;
    while (!interrupted()) {
      // Asked before the file is looked at: what an ended process has written is all there.
      const bool over = has_ended(options_.process);
      const Stamp stamp = stamp_of(options_.path);
      const auto now = Clock::now();
      if (stamp != seen) {
        last_change = now;
        if (now >= next_look) {
          look();
          seen = stamp;
          const Clock::duration interval = std::chrono::duration_cast<Clock::duration>(Seconds(options_.interval));
          next_look = now + std::max(interval, 20 * (Clock::now() - now));
        }
      } else if (options_.idle > 0.0 && now - last_change >= Seconds(options_.idle)) {
        return;
      }
      if (over || has_end_) return;
      std::this_thread::sleep_for(std::min(Seconds(0.1), Seconds(options_.interval)));
    }
  }

  int report() {
    line_.erase();
    read_options_.writer = Writer::finished;
    const Report report = report_on(options_.path, read_options_, {}, diagnose_options_, options_.output);
    write_report_file({report}, options_.output);
    return print_report(report, options_.output);
  }

 private:
  void look() {
    std::error_code error;
    if (!std::filesystem::exists(options_.path, error)) return say("", "waiting for " + options_.path);
    try {
      const ReadResult read = read_trajectory(options_.path, read_options_);
      const Diagnosis diagnosis = diagnose(read.trajectory, nullptr, diagnose_options_);
      const CurrentCourse course = current_course(read.trajectory, diagnosis);
      say(numbers_of(read.trajectory.records.back()), course.sentence);
      has_end_ = read.trajectory.end.has_value();
    } catch (const ReadError& unreadable) {
      // A header without rows, a file that is being replaced: the next look will tell. The report is strict.
      say("", std::string("not yet readable: ") + unreadable.what());
    }
  }

  // Where lines stay, one only when the words change.
  void say(std::string numbers, const std::string& sentence) {
    if (line_.on_terminal() || sentence != last_sentence_) line_.show(std::move(numbers), sentence);
    last_sentence_ = sentence;
  }

  const WatchCommandOptions& options_;
  ReadOptions read_options_;
  DiagnoseOptions diagnose_options_;
  StatusLine line_;
  std::string last_sentence_;
  bool has_end_ = false;  // a recorded run says so itself
};

}  // namespace

int watch_command(const WatchCommandOptions& options) {
  check_output_options(options.output);
  Watch watch(options);
  watch.follow();
  return watch.report();
}

}  // namespace perigee::cli
