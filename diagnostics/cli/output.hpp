// What the commands share: where reports go, how names become problems, and a clean end on Ctrl-C.
#ifndef PERIGEE_DIAGNOSTICS_CLI_OUTPUT_HPP
#define PERIGEE_DIAGNOSTICS_CLI_OUTPUT_HPP

#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/cli/status_line.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/online/live_diagnosis.hpp>
#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>
#include <perigee/lib/observer.hpp>
#include <perigee/lib/stop.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace perigee::cli {

/// Throws std::invalid_argument if an id of --fail-on is no finding's (before any work is done).
void check_output_options(const OutputOptions& output);

/// The defaults, with the thresholds of --threshold. Throws std::invalid_argument on a name that is none, and on a
/// value that is no number or out of range.
DiagnoseOptions diagnose_options_of(const OutputOptions& output);

/// Looks at the objective around the run for the pictures of a page, if one is wanted; see look_around for the cost.
void add_landscape(Report& report, const Objective& objective, const RandomSource& random, const OutputOptions& output);

/// The report file of --report, over all the runs and what they show together, if it is wanted. Throws
/// std::runtime_error if it cannot be written.
void write_report_file(const std::vector<Report>& reports, const OutputOptions& output,
                       const std::vector<Together>& together = {});

/// JSON wherever it is wanted, and text to standard output unless the JSON goes there.
/// Returns exit_finding if a finding of --fail-on was made, else exit_done.
/// Throws std::runtime_error if a file cannot be written.
int print_report(const Report& report, const OutputOptions& output);

/// The text of the report to standard output, for a terminal of its width and colours where it is one.
void print_text(const Report& report);

/// Words for standard output, wrapped and indented: to a terminal's width, elsewhere to `width`.
std::string paragraph(std::string_view text, Index indent = 0, Index width = 80);
void print_text(const Together& together);

/// exit_finding if a finding of --fail-on was made, else exit_done.
int exit_code_of(const Diagnosis& diagnosis, const OutputOptions& output);

/// To the file of --json, or to standard output where that is "-". Throws std::runtime_error if that fails.
void write_json(const std::string& document, const OutputOptions& output);

/// Writes beside, flushes to the disk, renames: the file is whole or as it was.
void write_file(const std::string& path, const std::string& content);

/// From now on, Ctrl-C and SIGTERM make the returned function true instead of ending the process.
std::function<bool()> interruption();

/// From now on, Ctrl-C and SIGTERM end the run at the next iterate instead of the process.
/// The rule fires once a signal has come.
StopRule until_interrupted();

/// When progress is shown on standard error.
enum class ShowProgress {
  on_terminal,  // one line in place, if standard error is a terminal
  always,       // elsewhere a new line every two seconds, and one at the end
};

/// Shows iteration, value, gradient norm and what the run is doing (current_course.hpp) while it goes on. Where nothing
/// is to be shown, nothing is observed.
class ProgressLine final : public Observer {
 public:
  ProgressLine(std::uint64_t budget, ShowProgress when, Trajectory description);
  void observe(const StepRecord& first, const Stepper& stepper) override;
  void finish(const End& end, const Stepper& stepper) override;

 private:
  using Clock = std::chrono::steady_clock;
  void look(const StepRecord& record);
  void show(const StepRecord& record);

  std::uint64_t budget_;
  StatusLine line_;
  bool is_wanted_;
  LiveDiagnosis live_;
  CurrentCourse course_;
  Index next_look_ = 0;  // iteration at which the clock is looked at
  Index stride_ = 1;     // between two looks
  Clock::time_point last_look_;
  Clock::time_point next_line_;
  Clock::time_point next_course_;
};

}  // namespace perigee::cli

#endif
