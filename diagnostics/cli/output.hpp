// What the commands share: where reports go, how names become problems, and a clean end on Ctrl-C.
#ifndef PERIGEE_DIAGNOSTICS_CLI_OUTPUT_HPP
#define PERIGEE_DIAGNOSTICS_CLI_OUTPUT_HPP

#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/compare/compare.hpp>
#include <perigee/diagnostics/report.hpp>
#include <perigee/lib/observer.hpp>
#include <perigee/lib/stop.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace perigee::cli {

/// Throws std::invalid_argument if an id of --fail-on is no finding's (before any work is done).
void check_output_options(const OutputOptions& output);

/// Writes the report wherever it is wanted: text to standard output unless the JSON goes there.
/// Returns exit_finding if a finding of --fail-on was made, else exit_done.
/// Throws std::runtime_error if a file cannot be written.
int write_report(const Report& report, const OutputOptions& output);

/// Writes beside, flushes to the disk, renames: the file is whole or as it was.
void write_file(const std::string& path, const std::string& content);

/// "name" or "name(key=value, ...)".
NamedChoice parse_choice(const std::string& text);

/// From now on, Ctrl-C and SIGTERM end the run at the next iterate instead of the process.
/// The rule fires once a signal has come.
StopRule until_interrupted();

/// Shows iteration, value and gradient norm on standard error while the run goes on, if that is a terminal.
class ProgressLine final : public Observer {
 public:
  explicit ProgressLine(std::uint64_t budget);
  ~ProgressLine() override;
  void observe(const StepRecord& first, const Stepper& stepper) override;

 private:
  std::uint64_t budget_;
  bool on_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace perigee::cli

#endif
