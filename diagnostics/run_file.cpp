#include <perigee/diagnostics/run_file.hpp>

#include <perigee/diagnostics/configuration_difference.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <system_error>
#include <utility>

namespace perigee::sqlite {

namespace {

constexpr std::size_t greatest_column_count = 1000;  // SQLite permits 2000 columns a table

std::string quoted_identifier(const std::string& name) {
  std::string result = "\"";
  for (const char character : name) result += character == '"' ? std::string("\"\"") : std::string(1, character);
  return result + "\"";
}

std::string view_of(const std::vector<std::string>& columns) {
  std::string named;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    named += ", c" + std::to_string(i) + " AS " + quoted_identifier(columns[i]);
  }
  return "CREATE VIEW named_columns AS SELECT iteration" + named + " FROM columns";
}

std::string schema_of(const std::vector<std::string>& extra) {
  std::string columns;
  for (std::size_t i = 0; i < extra.size(); ++i) columns += ", c" + std::to_string(i);
  return "PRAGMA application_id = " + std::to_string(run_application_id) +
         "; PRAGMA user_version = " + std::to_string(run_schema_version) +
         "; CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
         "; CREATE TABLE configuration(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE TABLE settings(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE TABLE policy(action INTEGER PRIMARY KEY, probability_column TEXT, reward)"
         "; CREATE TABLE steps(iteration INTEGER PRIMARY KEY, kind TEXT NOT NULL, batch_size INTEGER NOT NULL, value,"
         " gradient_norm, step_norm, step_size, curvature, values_count INTEGER NOT NULL,"
         " gradients_count INTEGER NOT NULL, hvp_count INTEGER NOT NULL)"
         "; CREATE TABLE column_names(position INTEGER PRIMARY KEY, name TEXT NOT NULL)"
         "; CREATE TABLE columns(iteration INTEGER PRIMARY KEY" +
         columns + "); " + view_of(extra) +
         "; CREATE TABLE snapshots(iteration INTEGER PRIMARY KEY, kept TEXT NOT NULL, x BLOB NOT NULL)"
         "; CREATE TABLE decisions(position INTEGER PRIMARY KEY, iteration INTEGER NOT NULL, remedy TEXT NOT NULL,"
         " reason TEXT NOT NULL)"
         "; CREATE TABLE checkpoint(id INTEGER PRIMARY KEY CHECK (id = 1), iteration INTEGER NOT NULL,"
         " state BLOB NOT NULL)"
         "; CREATE TABLE end(row INTEGER PRIMARY KEY CHECK (row = 1), class TEXT NOT NULL, id TEXT NOT NULL,"
         " message TEXT NOT NULL)";
}

std::string insert_columns_text(std::size_t count) {
  std::string places = "?";
  for (std::size_t i = 0; i < count; ++i) places += ", ?";
  return "INSERT INTO columns VALUES(" + places + ")";
}

void insert_column_name(Database& database, std::size_t position, const std::string& name) {
  Statement insert(database, "INSERT INTO column_names VALUES(?, ?)");
  insert.bind(1, static_cast<std::int64_t>(position));
  insert.bind(2, std::string_view(name));
  insert.run();
}

std::vector<std::string> column_names_of(const Database& database) {
  std::vector<std::string> names;
  Statement columns(database, "SELECT name FROM column_names ORDER BY position");
  while (columns.next()) names.emplace_back(columns.text(0, "column_names.name"));
  return names;
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

// What `overwrite` takes away: a recorded run, whose lock is held.
void remove_run(const std::filesystem::path& path) {
  (void)perigee::read_configuration(path);  // throws if it is none
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code error;
    std::filesystem::remove(path.string() + suffix, error);
    if (error) throw StoreError(path.string() + ": " + error.message());
  }
}

// Opens, or where there is none creates, the file; on return it is a run of this configuration.
std::unique_ptr<Database> open_run(const std::filesystem::path& path, const StoreOptions& options,
                                   const std::optional<std::vector<std::string>>& wanted) {
  std::error_code unknown;
  bool exists = std::filesystem::exists(path, unknown);
  if (unknown) throw StoreError(path.string() + ": " + unknown.message());
  if (exists && options.mode == StoreMode::create) {
    throw StoreError(path.string() + ": exists already; resume the run in it, or choose another name");
  }
  if (exists && options.mode == StoreMode::overwrite) {
    remove_run(path);
    exists = false;
  }
  auto database = std::make_unique<Database>(path, exists ? OpenMode::write : OpenMode::create);
  // A kill between the creation of the file and its first commit leaves a file without tables.
  const bool blank = application_id(*database) == 0 && database->integer("SELECT count(*) FROM sqlite_master") == 0;
  if (!blank) require_run(*database);
  database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
  database->execute("BEGIN IMMEDIATE");
  if (blank) {
    const std::vector<std::string> columns = wanted.value_or(std::vector<std::string>{});
    database->execute(schema_of(columns));
    insert_pairs(*database, "configuration", options.configuration.entries);
    insert_pairs(*database, "settings", options.description.settings);
    insert_description(*database, options.description);
    for (std::size_t i = 0; i < columns.size(); ++i) insert_column_name(*database, i, columns[i]);
  } else {
    const RunConfiguration stored = read_configuration(*database);
    const std::string difference = configuration_difference(stored, options.configuration, options.may_change);
    if (!difference.empty()) database->fail("holds a run of another configuration: " + difference);
    const std::vector<std::string> names = column_names_of(*database);
    if (wanted && names != *wanted) {
      database->fail("holds a run with other columns: " + std::to_string(names.size()) + " in the file, " +
                     std::to_string(wanted->size()) + " in this run, or other names");
    }
    if (stored != options.configuration) {
      database->execute("DELETE FROM configuration; DELETE FROM settings");
      insert_pairs(*database, "configuration", options.configuration.entries);
      insert_pairs(*database, "settings", options.description.settings);
    }
  }
  database->execute("COMMIT");
  return database;
}

}  // namespace

void check_store_options(const StoreOptions& options) {
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

RunFile::RunFile(const std::filesystem::path& path, const StoreOptions& options,
                 const std::optional<std::vector<std::string>>& columns)
    : rows_per_commit_(options.rows_per_commit),
      seconds_per_commit_(options.seconds_per_commit),
      lock_(path),
      database_(open_run(path, options, columns)),
      columns_(column_names_of(*database_)),
      insert_step_(*database_, "INSERT INTO steps VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      insert_columns_(std::make_unique<Statement>(*database_, insert_columns_text(columns_.size()))),
      insert_snapshot_(*database_, "INSERT INTO snapshots VALUES(?, ?, ?)"),
      seconds_to_commit_(options.seconds_per_commit) {}

void RunFile::remove_after(Index iteration) {
  const std::string after = " WHERE iteration > " + std::to_string(iteration);
  database_->execute("DELETE FROM steps" + after + "; DELETE FROM columns" + after + "; DELETE FROM snapshots" + after +
                     "; DELETE FROM snapshots WHERE kept = 'end'; DELETE FROM end");
  snapshot_count_ = static_cast<std::size_t>(database_->integer("SELECT count(*) FROM snapshots"));
  last_snapshot_ = database_->integer("SELECT coalesce(max(iteration), -1) FROM snapshots");
  last_commit_ = Clock::now();
}

void RunFile::add_column(const std::string& name) {
  if (columns_.size() == greatest_column_count) {
    throw std::invalid_argument("RunFile: a run has at most " + std::to_string(greatest_column_count) +
                                " extra columns, got one more: '" + name + "'");
  }
  insert_columns_.reset();  // a table that a statement reads cannot change
  database_->execute("DROP VIEW named_columns; ALTER TABLE columns ADD COLUMN c" + std::to_string(columns_.size()));
  insert_column_name(*database_, columns_.size(), name);
  columns_.push_back(name);
  database_->execute(view_of(columns_));
  insert_columns_ = std::make_unique<Statement>(*database_, insert_columns_text(columns_.size()));
}

void RunFile::describe(const Trajectory& description) {
  database_->execute("DELETE FROM meta; DELETE FROM policy");
  insert_description(*database_, description);
}

void RunFile::begin_transaction() {
  if (!database_->in_transaction()) database_->execute("BEGIN IMMEDIATE");
}

void RunFile::write_step(const StepRecord& record, WhenNan value, WhenNan gradient_norm) {
  insert_step_.bind(1, static_cast<std::int64_t>(record.iteration));
  insert_step_.bind_borrowed(2, name_of(record.kind));
  insert_step_.bind(3, static_cast<std::int64_t>(record.batch_size));
  insert_step_.bind(4, record.value, value);
  insert_step_.bind(5, record.gradient_norm, gradient_norm);
  insert_step_.bind(6, record.step_norm);
  insert_step_.bind(7, record.step_size);
  insert_step_.bind(8, record.curvature);
  // Counts beyond 2^63 do not happen; the cast is exact in both directions anyway.
  insert_step_.bind(9, static_cast<std::int64_t>(record.counts.values));
  insert_step_.bind(10, static_cast<std::int64_t>(record.counts.gradients));
  insert_step_.bind(11, static_cast<std::int64_t>(record.counts.hessian_vector_products));
  insert_step_.run();
}

void RunFile::write_columns(Index iteration, ConstVectorView values) {
  if (columns_.empty()) return;
  insert_columns_->bind(1, static_cast<std::int64_t>(iteration));
  for (Index i = 0; i < values.size(); ++i) insert_columns_->bind(static_cast<int>(i) + 2, values[i]);
  insert_columns_->run();
}

void RunFile::write_snapshot(Index iteration, std::string_view reason, ConstVectorView x) {
  insert_snapshot_.bind(1, static_cast<std::int64_t>(iteration));
  insert_snapshot_.bind(2, reason);
  insert_snapshot_.bind(3, std::span<const std::uint8_t>(little_endian_bytes(x)));
  insert_snapshot_.run();
  last_snapshot_ = iteration;
  ++snapshot_count_;
}

void RunFile::write_end(const End& end) {
  Statement insert(*database_, "INSERT INTO end VALUES(1, ?, ?, ?)");
  insert.bind(1, name_of(end.end_class));
  insert.bind(2, std::string_view(end.id));
  insert.bind(3, std::string_view(end.message));
  insert.run();
}

bool RunFile::complete_row() {
  ++rows_;
  return rows_ >= rows_per_commit_ ||
         std::chrono::duration<double>(Clock::now() - last_commit_).count() >= seconds_to_commit_;
}

void RunFile::commit() {
  const Clock::time_point started = Clock::now();
  database_->execute("COMMIT");
  rows_ = 0;
  last_commit_ = Clock::now();
  // A large state must not make the run wait for the disk: commits get at most 1/20 of the time.
  const double cost = std::chrono::duration<double>(last_commit_ - started).count();
  seconds_to_commit_ = std::max(seconds_per_commit_, 20.0 * cost);
}

void RunFile::close() {
  commit();
  database_->set_busy_timeout(0);
  (void)database_->try_execute("PRAGMA journal_mode = DELETE");
  database_->set_busy_timeout(5000);
}

}  // namespace perigee::sqlite
