#include <perigee/diagnostics/store.hpp>

#include <perigee/diagnostics/configuration_difference.hpp>
#include <perigee/diagnostics/file_lock.hpp>
#include <perigee/diagnostics/sqlite_database.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

namespace perigee {

namespace {

using sqlite::Database;
using sqlite::OpenMode;
using sqlite::Statement;
using sqlite::WhenNan;

constexpr std::size_t greatest_column_count = 1000;  // SQLite permits 2000 columns a table

std::string quoted_identifier(const std::string& name) {
  std::string result = "\"";
  for (const char character : name) result += character == '"' ? std::string("\"\"") : std::string(1, character);
  return result + "\"";
}

void check(const StoreOptions& options) {
  (void)Recorder(options.snapshots, options.probe);  // one place says what a good rule and a good probe are
  if (options.rows_per_commit < 1) {
    throw std::invalid_argument("StoreOptions: rows_per_commit must be >= 1, got " +
                                std::to_string(options.rows_per_commit));
  }
  if (!(options.seconds_per_commit >= 0.0)) {
    throw std::invalid_argument("StoreOptions: seconds_per_commit must be >= 0, got " +
                                format_number(options.seconds_per_commit));
  }
  if (options.probe.names.size() > greatest_column_count) {
    throw std::invalid_argument("StoreOptions: probe must have at most " + std::to_string(greatest_column_count) +
                                " names, got " + std::to_string(options.probe.names.size()));
  }
  for (const std::string& name : options.probe.names) {
    if (name.find('\0') != std::string::npos)
      throw std::invalid_argument("StoreOptions: a probe's name has a NUL byte");
  }
  for (std::size_t i = 0; i < options.configuration.entries.size(); ++i) {
    const std::string& name = options.configuration.entries[i].first;
    for (std::size_t j = 0; j < i; ++j) {
      if (options.configuration.entries[j].first != name) continue;
      throw std::invalid_argument("RunConfiguration: names must be unique, got '" + name + "' twice");
    }
  }
}

std::string schema_of(const Probe& probe) {
  std::string columns;
  std::string named;
  for (std::size_t i = 0; i < probe.names.size(); ++i) {
    columns += ", c" + std::to_string(i);
    named += ", c" + std::to_string(i) + " AS " + quoted_identifier(probe.names[i]);
  }
  return "PRAGMA application_id = " + std::to_string(sqlite::run_application_id) +
         "; PRAGMA user_version = " + std::to_string(sqlite::run_schema_version) +
         "; CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
         "; CREATE TABLE configuration(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE TABLE settings(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE TABLE policy(action INTEGER PRIMARY KEY, probability_column TEXT, reward)"
         "; CREATE TABLE steps(iteration INTEGER PRIMARY KEY, kind TEXT NOT NULL, batch_size INTEGER NOT NULL, value,"
         " gradient_norm, step_norm, step_size, curvature, values_count INTEGER NOT NULL,"
         " gradients_count INTEGER NOT NULL, hvp_count INTEGER NOT NULL)"
         "; CREATE TABLE column_names(position INTEGER PRIMARY KEY, name TEXT NOT NULL)"
         "; CREATE TABLE columns(iteration INTEGER PRIMARY KEY" +
         columns +
         ")"
         "; CREATE VIEW named_columns AS SELECT iteration" +
         named +
         " FROM columns"
         "; CREATE TABLE snapshots(iteration INTEGER PRIMARY KEY, kept TEXT NOT NULL, x BLOB NOT NULL)"
         "; CREATE TABLE decisions(position INTEGER PRIMARY KEY, iteration INTEGER NOT NULL, remedy TEXT NOT NULL,"
         " reason TEXT NOT NULL)"
         "; CREATE TABLE checkpoint(id INTEGER PRIMARY KEY CHECK (id = 1), iteration INTEGER NOT NULL,"
         " state BLOB NOT NULL)"
         "; CREATE TABLE end(row INTEGER PRIMARY KEY CHECK (row = 1), class TEXT NOT NULL, id TEXT NOT NULL,"
         " message TEXT NOT NULL)";
}

std::string insert_columns_text(const Probe& probe) {
  std::string places = "?";
  for (std::size_t i = 0; i < probe.names.size(); ++i) places += ", ?";
  return "INSERT INTO columns VALUES(" + places + ")";
}

std::vector<std::uint8_t> little_endian_bytes(ConstVectorView x) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(x.size()) * sizeof(double));
  if (!bytes.empty()) std::memcpy(bytes.data(), x.data(), bytes.size());
  if constexpr (std::endian::native == std::endian::big) {
    for (auto first = bytes.begin(); first != bytes.end(); first += sizeof(double)) {
      std::reverse(first, first + sizeof(double));
    }
  }
  return bytes;
}

void insert_description(Database& database, const Trajectory& description) {
  Statement meta(database, "INSERT INTO meta VALUES(?, ?)");
  const auto put = [&meta](std::string_view key, std::string_view value) {
    meta.bind(1, key);
    meta.bind(2, value);
    meta.run();
  };
  put("format", "perigee run");
  put("perigee_version", version());
  put("problem", description.problem);
  put("solver", description.solver);
  if (description.optimal_value) put("optimal_value", format_exact(*description.optimal_value));
  if (description.lower_bound) put("lower_bound", format_exact(*description.lower_bound));
  if (!description.policy) return;
  const PolicyInformation& policy = *description.policy;
  put("policy_transform", policy.transform);
  if (policy.optimal_action) put("policy_optimal_action", std::to_string(*policy.optimal_action));
  Statement insert(database, "INSERT INTO policy VALUES(?, ?, ?)");
  for (std::size_t i = 0; i < std::max(policy.probability_columns.size(), policy.rewards.size()); ++i) {
    insert.bind(1, static_cast<std::int64_t>(i));
    insert.bind_null(2);
    insert.bind_null(3);
    if (i < policy.probability_columns.size()) insert.bind(2, std::string_view(policy.probability_columns[i]));
    if (i < policy.rewards.size()) insert.bind(3, policy.rewards[i], WhenNan::measured);
    insert.run();
  }
}

// Opens, or where there is none creates, the file; on return it is a run of this configuration.
std::unique_ptr<Database> open_run(const std::filesystem::path& path, const StoreOptions& options) {
  std::error_code unknown;
  const bool exists = std::filesystem::exists(path, unknown);
  if (unknown) throw StoreError(path.string() + ": " + unknown.message());
  if (exists && options.mode == StoreMode::create) {
    throw StoreError(path.string() + ": exists already; resume the run in it, or choose another name");
  }
  auto database = std::make_unique<Database>(path, exists ? OpenMode::write : OpenMode::create);
  // A kill between the creation of the file and its first commit leaves a file without tables.
  const bool blank =
      sqlite::application_id(*database) == 0 && database->integer("SELECT count(*) FROM sqlite_master") == 0;
  if (!blank) sqlite::require_run(*database);
  database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
  database->execute("BEGIN IMMEDIATE");
  if (blank) {
    database->execute(schema_of(options.probe));
    sqlite::insert_pairs(*database, "configuration", options.configuration.entries);
    sqlite::insert_pairs(*database, "settings", options.description.settings);
    insert_description(*database, options.description);
    Statement insert(*database, "INSERT INTO column_names VALUES(?, ?)");
    for (std::size_t i = 0; i < options.probe.names.size(); ++i) {
      insert.bind(1, static_cast<std::int64_t>(i));
      insert.bind(2, std::string_view(options.probe.names[i]));
      insert.run();
    }
  } else {
    const RunConfiguration stored = sqlite::read_configuration(*database);
    const std::string difference = configuration_difference(stored, options.configuration, options.may_change);
    if (!difference.empty()) database->fail("holds a run of another configuration: " + difference);
    std::vector<std::string> names;
    Statement columns(*database, "SELECT name FROM column_names ORDER BY position");
    while (columns.next()) names.emplace_back(columns.text(0, "column_names.name"));
    if (names != options.probe.names) {
      database->fail("holds a run with other columns: " + std::to_string(names.size()) + " in the file, " +
                     std::to_string(options.probe.names.size()) + " in this run, or other names");
    }
    if (stored != options.configuration) {
      database->execute("DELETE FROM configuration; DELETE FROM settings");
      sqlite::insert_pairs(*database, "configuration", options.configuration.entries);
      sqlite::insert_pairs(*database, "settings", options.description.settings);
    }
  }
  database->execute("COMMIT");
  return database;
}

}  // namespace

struct StoreRecorder::Implementation {
  using Clock = std::chrono::steady_clock;

  Implementation(const std::filesystem::path& path, StoreOptions given)
      : options((check(given), std::move(given))),
        lock(path),
        database(open_run(path, options)),
        insert_step(*database, "INSERT INTO steps VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        insert_columns(*database, insert_columns_text(options.probe)),
        insert_snapshot(*database, "INSERT INTO snapshots VALUES(?, ?, ?)"),
        put_checkpoint(*database, "INSERT OR REPLACE INTO checkpoint VALUES(1, ?, ?)"),
        probed(static_cast<Index>(options.probe.names.size())) {
    finished = sqlite::read_end(*database);
    Statement checkpoint(*database, "SELECT iteration, state FROM checkpoint");
    if (!checkpoint.next()) return;
    last_iteration = checkpoint.integer(0, "checkpoint.iteration");
    const std::span<const std::uint8_t> bytes = checkpoint.blob(1, "checkpoint.state");
    state.assign(bytes.begin(), bytes.end());
  }

  // Before the first change: what comes after the checkpoint goes, and so does the End.
  void begin_writing() {
    if (writing) return;
    begin_transaction();
    const std::string after = " WHERE iteration > " + std::to_string(last_iteration);
    database->execute("DELETE FROM steps" + after + "; DELETE FROM columns" + after + "; DELETE FROM snapshots" +
                      after + "; DELETE FROM snapshots WHERE kept = 'end'; DELETE FROM end");
    kept = static_cast<std::size_t>(database->integer("SELECT count(*) FROM snapshots"));
    last_kept = database->integer("SELECT coalesce(max(iteration), -1) FROM snapshots");
    last_commit = Clock::now();
    writing = true;
  }

  void begin_transaction() {
    if (!database->in_transaction()) database->execute("BEGIN IMMEDIATE");
  }

  void write_step(const StepRecord& record, const Stepper& stepper) {
    // The stepper's evaluation says whether a NaN was measured.
    const Evaluation& current = stepper.current();
    insert_step.bind(1, static_cast<std::int64_t>(record.iteration));
    insert_step.bind(2, name_of(record.kind));
    insert_step.bind(3, static_cast<std::int64_t>(record.batch_size));
    insert_step.bind(4, record.value, std::isnan(current.value()) ? WhenNan::measured : WhenNan::not_measured);
    insert_step.bind(5, record.gradient_norm,
                     std::isnan(current.gradient_norm()) ? WhenNan::measured : WhenNan::not_measured);
    insert_step.bind(6, record.step_norm);
    insert_step.bind(7, record.step_size);
    insert_step.bind(8, record.curvature);
    // Counts beyond 2^63 do not happen; the cast is exact in both directions anyway.
    insert_step.bind(9, static_cast<std::int64_t>(record.counts.values));
    insert_step.bind(10, static_cast<std::int64_t>(record.counts.gradients));
    insert_step.bind(11, static_cast<std::int64_t>(record.counts.hessian_vector_products));
    insert_step.run();
  }

  void write_columns(Index iteration, ConstVectorView x) {
    if (options.probe.names.empty()) return;
    options.probe.measure(x, probed);
    insert_columns.bind(1, static_cast<std::int64_t>(iteration));
    for (Index i = 0; i < probed.size(); ++i) insert_columns.bind(static_cast<int>(i) + 2, probed[i]);
    insert_columns.run();
  }

  void write_snapshot(Index iteration, std::string_view reason, ConstVectorView x) {
    insert_snapshot.bind(1, static_cast<std::int64_t>(iteration));
    insert_snapshot.bind(2, reason);
    insert_snapshot.bind(3, std::span<const std::uint8_t>(little_endian_bytes(x)));
    insert_snapshot.run();
    last_kept = iteration;
    ++kept;
  }

  void write_checkpoint(const Stepper& stepper) {
    const std::vector<std::uint8_t> bytes = save_run(first, stepper);
    put_checkpoint.bind(1, static_cast<std::int64_t>(stepper.record().iteration));
    put_checkpoint.bind(2, std::span<const std::uint8_t>(bytes));
    put_checkpoint.run();
  }

  // All of them anew: they are few, and a resumed run may decide otherwise from the checkpoint on.
  void write_decisions(const Stepper& stepper) {
    if (stepper.decisions().size() == decisions_written) return;
    database->execute("DELETE FROM decisions");
    Statement insert(*database, "INSERT INTO decisions VALUES(?, ?, ?, ?)");
    std::int64_t position = 0;
    for (const Decision& decision : stepper.decisions()) {
      insert.bind(1, position++);
      insert.bind(2, static_cast<std::int64_t>(decision.iteration));
      insert.bind(3, std::string_view(decision.remedy));
      insert.bind(4, std::string_view(decision.reason));
      insert.run();
    }
    decisions_written = stepper.decisions().size();
  }

  void commit() {
    const Clock::time_point started = Clock::now();
    database->execute("COMMIT");
    rows = 0;
    last_commit = Clock::now();
    // A large state must not make the run wait for the disk: commits get at most 1/20 of the time.
    const double cost = std::chrono::duration<double>(last_commit - started).count();
    seconds_to_commit = std::max(options.seconds_per_commit, 20.0 * cost);
  }

  bool commit_is_due() const {
    return rows >= options.rows_per_commit ||
           std::chrono::duration<double>(Clock::now() - last_commit).count() >= seconds_to_commit;
  }

  StoreOptions options;
  FileLock lock;
  std::unique_ptr<Database> database;
  Statement insert_step;
  Statement insert_columns;
  Statement insert_snapshot;
  Statement put_checkpoint;
  Vector probed;
  std::vector<std::uint8_t> state;
  std::optional<End> finished;
  StepRecord first;
  std::size_t decisions_written = std::numeric_limits<std::size_t>::max();  // unknown before the first write
  bool writing = false;
  bool row_complete = true;   // false while a row is half written, and for good after a failure
  Index last_iteration = -1;  // of the last row
  Index last_kept = -1;       // of the last snapshot
  std::size_t kept = 0;
  Index rows = 0;  // since the last commit
  double seconds_to_commit = options.seconds_per_commit;
  Clock::time_point last_commit;
};

StoreRecorder::StoreRecorder(const std::filesystem::path& path, StoreOptions options)
    : implementation_(std::make_unique<Implementation>(path, std::move(options))) {}

StoreRecorder::~StoreRecorder() {
  try {
    // Rows beyond the checkpoint show what came last; a resume computes them again.
    if (implementation_->row_complete && implementation_->database->in_transaction()) implementation_->commit();
  } catch (const StoreError&) {
    // A destructor cannot report it; the file is as of the last commit.
  }
}

std::span<const std::uint8_t> StoreRecorder::state() const { return implementation_->state; }

const std::optional<End>& StoreRecorder::finished() const { return implementation_->finished; }

void StoreRecorder::observe(const StepRecord& first, const Stepper& stepper) {
  Implementation& to = *implementation_;
  const StepRecord& record = stepper.record();
  if (record.iteration <= to.last_iteration) {
    throw std::invalid_argument("StoreRecorder: iterate must follow the recorded " + std::to_string(to.last_iteration) +
                                " (pass state() as RunOptions::state), got iteration " +
                                std::to_string(record.iteration));
  }
  to.row_complete = false;
  to.begin_writing();
  to.begin_transaction();
  to.first = first;
  to.write_step(record, stepper);
  to.write_columns(record.iteration, stepper.current().x());
  if (keeps_snapshot(to.options.snapshots, record, to.last_kept, to.kept)) {
    to.write_snapshot(record.iteration, "rule", stepper.current().x());
  }
  to.last_iteration = record.iteration;
  to.finished.reset();
  ++to.rows;
  if (to.commit_is_due()) {
    to.write_decisions(stepper);
    to.write_checkpoint(stepper);
    to.commit();
  }
  to.row_complete = true;
}

void StoreRecorder::finish(const End& end, const Stepper& stepper) {
  Implementation& to = *implementation_;
  to.row_complete = false;
  to.begin_writing();
  to.begin_transaction();
  const Index iteration = stepper.record().iteration;
  if (to.last_kept != iteration) to.write_snapshot(iteration, "end", stepper.current().x());
  // A method that ended itself may have left the state of the last iterate, from which a run could go on.
  const bool ended_itself = stepper.end() == end;
  if (to.rows > 0 && !ended_itself) to.write_checkpoint(stepper);
  to.write_decisions(stepper);
  Statement insert(*to.database, "INSERT INTO end VALUES(1, ?, ?, ?)");
  insert.bind(1, name_of(end.end_class));
  insert.bind(2, std::string_view(end.id));
  insert.bind(3, std::string_view(end.message));
  insert.run();
  to.commit();
  to.finished = end;
  to.row_complete = true;
  to.writing = false;  // whoever runs on must clear the End again
  // Without its log the file is whole by itself. Readers may stand in the way; then the log just stays.
  to.database->set_busy_timeout(0);
  (void)to.database->try_execute("PRAGMA journal_mode = DELETE");
  to.database->set_busy_timeout(5000);
}

}  // namespace perigee
