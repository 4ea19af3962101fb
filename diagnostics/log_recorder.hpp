// Somebody else's run as the same SQLite file that store.hpp writes for ours: row by row, as a training loop goes.
//
//     LogRecorder recorder("run.sqlite");
//     recorder.log({.iteration = k, .value = loss, .gradient_norm = norm});
//
// Rows go to the file in groups (LogOptions), so that a step does not wait for a disk; a kill loses at most the rows
// since the last commit. What the file says is read by read_run(), `perigee diagnose` and everything else that reads
// recorded runs. There is no checkpoint in it: the loop that was recorded is not ours to continue.
#ifndef PERIGEE_DIAGNOSTICS_LOG_RECORDER_HPP
#define PERIGEE_DIAGNOSTICS_LOG_RECORDER_HPP

#include <perigee/diagnostics/store.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace perigee {

struct LogOptions {
  StoreMode mode = StoreMode::create;
  Trajectory description{};          // problem, solver, settings, policy, bounds; no records
  SnapshotRule snapshots{};          // which of the points given are kept; the last always is
  Index rows_per_commit = 1000;      // >= 1
  double seconds_per_commit = 0.25;  // >= 0, in seconds; longer where a commit itself takes over 1/20 of it
};

/// One recorder at a time a file. A process forked from the one that opened it (a loader of data) cannot log, and does
/// no harm when it ends. About 1 microsecond a row without extra columns, and no allocation between commits.
class LogRecorder {
 public:
  /// Throws StoreError if the file cannot be written, exists (create), is no recorded run (overwrite, resume), or is
  /// being recorded; std::invalid_argument for bad options.
  explicit LogRecorder(const std::filesystem::path& path, LogOptions options = {});
  /// As close().
  ~LogRecorder();

  const std::filesystem::path& path() const;
  /// Of the last row; -1: there is none.
  Index last_iteration() const;

  /// The number of the extra column of that name, which is made if there is none: at most 1000.
  Index column(std::string_view name);

  /// The next row. `extra[i]` belongs to column i; those not given are not measured. Where the run in the file went
  /// beyond the iteration of the first row written (resume), what it had from there on is removed.
  /// Throws std::invalid_argument, and writes nothing, if the iteration does not exceed that of the row before, or if
  /// there are more values than columns.
  void log(const StepRecord& record, std::span<const double> extra = {});

  /// x at the iteration of the last row: kept if the rule says so, or if it stays the last. One copy of n numbers.
  /// Throws std::invalid_argument if there is no row yet, or if x has another length than before.
  void keep(ConstVectorView x);

  /// Problem, solver, policy and bounds, in place of those given before. (The settings stay.)
  void describe(const Trajectory& description);

  /// Writes what is still in memory, so that read_run sees every row.
  void commit();

  /// Writes how the run ended, and closes. Nothing if it is closed already.
  void finish(const End& end);

  /// Writes everything; nothing can be logged after it. Why the run ended stays unknown.
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace perigee

#endif
