#include <perigee/diagnostics/log_recorder.hpp>

#include <perigee/diagnostics/run_file.hpp>

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace perigee {

namespace {

constexpr Index no_iteration = -1;

StoreOptions store_options(LogOptions& options) {
  StoreOptions to;
  to.mode = options.mode;
  to.configuration.entries = {{"recorded_by", "log"}};
  to.description = std::move(options.description);
  to.snapshots = options.snapshots;
  to.rows_per_commit = options.rows_per_commit;
  to.seconds_per_commit = options.seconds_per_commit;
  sqlite::check_store_options(to);
  return to;
}

}  // namespace

struct LogRecorder::Implementation {
  Implementation(std::filesystem::path given_path, LogOptions options)
      : path(std::move(given_path)),
        store(store_options(options)),
        // A run that goes on may have columns already; they are those of the file.
        file(std::make_unique<sqlite::RunFile>(path, store, std::nullopt)),
        extra(static_cast<Index>(file->columns().size())) {
    last_in_file = file->database().integer("SELECT coalesce(max(iteration), -1) FROM steps");
  }

  void require_open(const char* call) const {
    if (::getpid() != process) {
      throw std::invalid_argument("LogRecorder: " + std::string(call) +
                                  " in a process forked from the one that opened " + path.string());
    }
    if (file != nullptr) return;
    throw std::invalid_argument("LogRecorder: " + std::string(call) + " after it was closed: " + path.string());
  }

  void begin(Index iteration) {
    file->begin_transaction();
    if (is_writing) return;
    file->remove_after(iteration - 1);
    is_writing = true;
  }

  pid_t process = ::getpid();
  std::filesystem::path path;
  StoreOptions store;
  std::unique_ptr<sqlite::RunFile> file;  // nullptr: closed, so that others may have it
  Vector extra;                           // of the row being written
  Vector latest;                          // x at latest_iteration
  Index latest_iteration = no_iteration;
  StepRecord last_record;
  Index last_in_file = no_iteration;
  Index last = no_iteration;  // of the rows written here
  bool is_writing = false;
  bool is_row_complete = true;  // false for good after a failure
  bool last_is_kept_for_now = false;

  void write_latest_snapshot() {
    if (latest_iteration == no_iteration || latest_iteration == file->last_snapshot()) return;
    file->begin_transaction();
    file->write_snapshot(latest_iteration, "end", latest);
    last_is_kept_for_now = true;
  }

  // What commit() kept only because nothing came after it.
  void take_back_last_snapshot() {
    if (last_is_kept_for_now) file->remove_after(last);
    last_is_kept_for_now = false;
  }

  // Of the points in the file; nothing where there are none.
  std::optional<Index> stored_length() {
    if (file->snapshot_count() == 0) return std::nullopt;
    return file->database().integer("SELECT length(x) FROM snapshots LIMIT 1") / static_cast<Index>(sizeof(double));
  }
};

LogRecorder::LogRecorder(const std::filesystem::path& path, LogOptions options)
    : implementation_(std::make_unique<Implementation>(path, std::move(options))) {}

LogRecorder::~LogRecorder() {
  try {
    close();
  } catch (const StoreError&) {
    // A destructor cannot report it; the file is as of the last commit.
  }
}

const std::filesystem::path& LogRecorder::path() const { return implementation_->path; }

Index LogRecorder::last_iteration() const {
  return implementation_->is_writing ? implementation_->last : implementation_->last_in_file;
}

Index LogRecorder::column(std::string_view name) {
  Implementation& to = *implementation_;
  to.require_open("column");
  const std::vector<std::string>& names = to.file->columns();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return found - names.begin();
  if (name.empty() || name.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("LogRecorder: a column must have a name without NUL bytes");
  }
  to.file->begin_transaction();
  to.file->add_column(std::string(name));
  to.extra = Vector(static_cast<Index>(names.size()));
  return to.extra.size() - 1;
}

void LogRecorder::log(const StepRecord& record, std::span<const double> extra) {
  Implementation& to = *implementation_;
  to.require_open("log");
  if (record.iteration < 0 || record.iteration <= to.last) {
    throw std::invalid_argument("LogRecorder: iterations must increase, got " + std::to_string(record.iteration) +
                                (to.last < 0 ? "" : " after " + std::to_string(to.last)));
  }
  if (static_cast<Index>(extra.size()) > to.extra.size()) {
    throw std::invalid_argument("LogRecorder: a row has at most a value a column, got " + std::to_string(extra.size()) +
                                " for " + std::to_string(to.extra.size()));
  }
  to.is_row_complete = false;
  to.begin(record.iteration);
  to.take_back_last_snapshot();
  to.file->write_step(record, sqlite::WhenNan::not_measured, sqlite::WhenNan::not_measured);
  if (to.extra.size() > 0) {
    std::copy(extra.begin(), extra.end(), to.extra.data());
    std::fill(to.extra.data() + extra.size(), to.extra.data() + to.extra.size(), not_measured);
    to.file->write_columns(record.iteration, to.extra);
  }
  to.last = record.iteration;
  to.last_record = record;
  if (to.file->complete_row()) to.file->commit();
  to.is_row_complete = true;
}

void LogRecorder::keep(ConstVectorView x) {
  Implementation& to = *implementation_;
  to.require_open("keep");
  if (to.last < 0) throw std::invalid_argument("LogRecorder: keep needs a row that the point belongs to, got none");
  const std::optional<Index> length =
      to.latest_iteration == no_iteration ? to.stored_length() : std::optional<Index>(to.latest.size());
  if (length && *length != x.size()) {
    throw std::invalid_argument("LogRecorder: points must have one length, got " + std::to_string(x.size()) +
                                " after " + std::to_string(*length));
  }
  if (to.last == to.file->last_snapshot()) return;
  if (to.latest.size() == x.size()) {
    to.latest.view() = x;
  } else {
    to.latest = Vector(x);
  }
  to.latest_iteration = to.last;
  if (!keeps_snapshot(to.store.snapshots, to.last_record, to.file->last_snapshot(), to.file->snapshot_count())) return;
  to.is_row_complete = false;
  to.file->begin_transaction();
  to.file->write_snapshot(to.last, "rule", x);
  to.is_row_complete = true;
}

void LogRecorder::describe(const Trajectory& description) {
  Implementation& to = *implementation_;
  to.require_open("describe");
  to.file->begin_transaction();
  to.file->describe(description);
}

void LogRecorder::commit() {
  Implementation& to = *implementation_;
  if (to.file == nullptr || !to.is_row_complete) return;
  to.require_open("commit");
  to.write_latest_snapshot();
  if (to.file->database().in_transaction()) to.file->commit();
}

void LogRecorder::finish(const End& end) {
  Implementation& to = *implementation_;
  if (to.file == nullptr) return;
  to.require_open("finish");
  to.begin(to.last_in_file + 1);
  to.file->write_end(end);
  close();
}

void LogRecorder::close() {
  Implementation& to = *implementation_;
  if (to.file == nullptr) return;
  if (::getpid() != to.process) {
    (void)to.file.release();  // a forked process must not touch its parent's connection, nor its lock
    return;
  }
  const bool is_row_complete = std::exchange(to.is_row_complete, false);
  if (is_row_complete) {  // half a row stays out of the file
    to.write_latest_snapshot();
    to.file->begin_transaction();
    to.file->close();
  }
  to.file.reset();
}

}  // namespace perigee
