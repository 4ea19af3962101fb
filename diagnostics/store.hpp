// A recorded run as one SQLite file: written while the run goes on, safe against a kill at any moment,
// continued bit for bit, and read back as a Trajectory.
//
// Rows are committed in groups, each together with the snapshots and the checkpoint of the same iterate, so
// that a file never holds a checkpoint without its rows. The tables are described in docs/formats.md.
#ifndef PERIGEE_DIAGNOSTICS_STORE_HPP
#define PERIGEE_DIAGNOSTICS_STORE_HPP

#include <perigee/lib/observer.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/trajectory.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// What is wrong with a file: "PATH: reason".
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Everything that identifies a run, as ordered (name, text) pairs: problem, parameters, solver, settings, seed,
/// start, budget, version. Names are unique. Two runs of equal configuration are the same run, bit for bit.
struct RunConfiguration {
  std::vector<std::pair<std::string, std::string>> entries;
  bool operator==(const RunConfiguration&) const = default;
};

enum class StoreMode {
  create,     // the file must not exist
  overwrite,  // a recorded run that is there goes, nothing else does
  resume,     // continue the run in the file; where there is no file yet, begin one
};

struct StoreOptions {
  StoreMode mode = StoreMode::create;
  RunConfiguration configuration{};
  std::vector<std::string> may_change{"budget"};  // entries of the configuration that a resume may set anew
  Trajectory description{};          // problem, solver, settings, policy, f*: what `annotate` writes; no records
  SnapshotRule snapshots{};          // as for a Recorder
  Probe probe{};                     // as for a Recorder; at most 1000 names
  Index rows_per_commit = 1000;      // >= 1
  double seconds_per_commit = 0.25;  // >= 0, in seconds; longer where a commit itself takes over 1/20 of it
};

/// Records a run into a file as it goes. One recorder and one run at a time a file:
///
///     StoreRecorder recorder("run.sqlite", {.mode = StoreMode::resume, .configuration = configuration});
///     run(objective, solver, x0, {.stop = stop, .observers = {&recorder}, .state = recorder.state()});
///
/// After a kill, at most the rows since the last commit are lost, and the same two lines continue the run
/// bit for bit. Cost: about 1 microsecond a record and no allocation in between commits.
class StoreRecorder final : public Observer {
 public:
  /// Opens the file and locks it against other recorders until destruction.
  /// Throws StoreError if the file exists already (create), is not a run recorded by Perigee or of another
  /// schema version, is being recorded by another process, or holds a run of another configuration or other
  /// columns (the message shows what differs). Throws std::invalid_argument for bad options.
  StoreRecorder(const std::filesystem::path& path, StoreOptions options);

  /// Commits the rows that are left. Without `finish` the run counts as cut off.
  ~StoreRecorder() override;

  /// The checkpoint that the file held when it was opened, for RunOptions::state; empty: start at x0.
  /// Valid until destruction.
  std::span<const std::uint8_t> state() const;

  /// How the run in the file ended; nothing: it is new or was cut off. A finished run that is run on (say, with
  /// a greater budget) loses its End when the next iterate comes in.
  const std::optional<End>& finished() const;

  /// Throws StoreError if the file cannot be written, std::invalid_argument if the iterate does not follow the
  /// checkpoint.
  void observe(const StepRecord& first, const Stepper& stepper) override;
  void finish(const End& end, const Stepper& stepper) override;
  bool wants_curvature() const override { return true; }

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Everything that is recorded in the file: finished, cut off by a kill, or still being recorded (then what is
/// committed so far). The file is not changed; it may lie on a read-only medium.
/// Throws StoreError if the file cannot be read, is damaged, or is not a recorded run. `while_reading`, if there is
/// one, is called every few thousand rows; what it throws ends the reading.
Trajectory read_run(const std::filesystem::path& path, const std::function<void()>& while_reading = {});

/// The configuration that the run was recorded with. Throws as read_run.
RunConfiguration read_configuration(const std::filesystem::path& path);

}  // namespace perigee

#endif
