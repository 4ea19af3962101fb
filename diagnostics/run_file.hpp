// The file of a recorded run, open for writing: its tables, its rows, and when they are committed.
// Internal to the diagnostics library: store.hpp records our own runs into it, log_recorder.hpp anybody's.
#ifndef PERIGEE_DIAGNOSTICS_RUN_FILE_HPP
#define PERIGEE_DIAGNOSTICS_RUN_FILE_HPP

#include <perigee/diagnostics/file_lock.hpp>
#include <perigee/diagnostics/sqlite_database.hpp>
#include <perigee/diagnostics/store.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perigee::sqlite {

/// Throws std::invalid_argument, as store.hpp says, if an option is out of range.
void check_store_options(const StoreOptions& options);

/// One writer at a time; everything throws StoreError when SQLite reports an error.
class RunFile {
 public:
  /// Locks the file and opens it, or where there is none creates it: see StoreRecorder. The extra columns are
  /// `columns`; nothing: those that the file has. Of `options` count mode, configuration, may_change, description, and
  /// when to commit.
  RunFile(const std::filesystem::path& path, const StoreOptions& options,
          const std::optional<std::vector<std::string>>& columns);

  Database& database() { return *database_; }
  const std::vector<std::string>& columns() const { return columns_; }

  /// Removes the iterates after `iteration`, the End, and the snapshot kept only for having been the last.
  void remove_after(Index iteration);
  /// One more extra column, not measured so far. At most 1000.
  void add_column(const std::string& name);
  /// Problem, solver, policy and bounds, in place of those there.
  void describe(const Trajectory& description);

  void begin_transaction();
  /// `value`, `gradient_norm`: what a NaN there means.
  void write_step(const StepRecord& record, WhenNan value, WhenNan gradient_norm);
  /// One value a column; nothing where there are no columns.
  void write_columns(Index iteration, ConstVectorView values);
  void write_snapshot(Index iteration, std::string_view reason, ConstVectorView x);
  void write_end(const End& end);

  /// Iteration of the last snapshot (-1: none), and how many there are.
  Index last_snapshot() const { return last_snapshot_; }
  std::size_t snapshot_count() const { return snapshot_count_; }

  /// Counts a row that is complete; true if it is time to commit.
  bool complete_row();
  Index rows_since_commit() const { return rows_; }
  void commit();
  /// Commits, and makes the file whole by itself, without a log beside it. Where readers stand in the way, the log
  /// just stays.
  void close();

 private:
  using Clock = std::chrono::steady_clock;

  Index rows_per_commit_;
  double seconds_per_commit_;
  FileLock lock_;
  std::unique_ptr<Database> database_;
  std::vector<std::string> columns_;
  Statement insert_step_;
  std::unique_ptr<Statement> insert_columns_;
  Statement insert_snapshot_;
  Index last_snapshot_ = -1;
  std::size_t snapshot_count_ = 0;
  Index rows_ = 0;  // since the last commit
  double seconds_to_commit_;
  Clock::time_point last_commit_ = Clock::now();
};

}  // namespace perigee::sqlite

#endif
