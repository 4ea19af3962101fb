#include <perigee/diagnostics/compare/campaign_store.hpp>

#include <perigee/diagnostics/configuration_difference.hpp>
#include <perigee/diagnostics/file_lock.hpp>
#include <perigee/diagnostics/sqlite_database.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <sys/utsname.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <mutex>
#include <system_error>

namespace perigee {

namespace {

using sqlite::Database;
using sqlite::OpenMode;
using sqlite::Statement;

constexpr std::int64_t campaign_application_id = 0x50524743;  // "PRGC" in the file's header
constexpr std::int64_t campaign_schema_version = 2;           // PRAGMA user_version
constexpr int fixed_columns = 17;                             // of the table `runs`; the targets follow

// Rows of one INSERT: a quarter less time than one by one. No more values than SQLite takes by default.
constexpr std::size_t most_rows_at_once = 32;
constexpr std::size_t most_values_at_once = 32766;

void require_campaign(Database& database) {
  const std::int64_t application = sqlite::application_id(database);
  if (application != campaign_application_id) {
    database.fail("not a campaign of Perigee (an SQLite file of application id " + std::to_string(application) + ")");
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version != campaign_schema_version) {
    database.fail("schema version must be " + std::to_string(campaign_schema_version) + ", got " +
                  std::to_string(version));
  }
  if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'configuration', "
                       "'writers', 'runs')") != 4) {
    database.fail("damaged: a table is missing");
  }
}

// A view with names in place of the run's number, for whoever reads the file with a tool of his own.
std::string view_of(const CampaignOptions& options) {
  const std::string seeds = std::to_string(options.seeds);
  const std::string solvers = std::to_string(options.solvers.size());
  const auto named = [](const std::string& what, const std::string& index) {
    return "(SELECT value FROM configuration WHERE name = '" + what + " ' || (" + index + ")) AS " + what;
  };
  return "CREATE VIEW named_runs AS SELECT " + named("problem", "run/" + seeds + "/" + solvers) + ", " +
         named("start", "run/" + seeds + "/" + solvers) + ", " + named("solver", "run/" + seeds + "%" + solvers) +
         ", " + std::to_string(options.first_seed) + " + run%" + seeds + " AS seed, * FROM runs";
}

std::string schema_of(const CampaignOptions& options) {
  std::string hits;
  for (std::size_t i = 0; i < options.targets.size(); ++i) hits += ", hit" + std::to_string(i);
  return "PRAGMA application_id = " + std::to_string(campaign_application_id) +
         "; PRAGMA user_version = " + std::to_string(campaign_schema_version) +
         "; CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
         "; CREATE TABLE configuration(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE UNIQUE INDEX configuration_names ON configuration(name)"  // the view asks by name, for every row
         "; CREATE TABLE writers(writer INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL)"
         "; CREATE TABLE runs(run INTEGER PRIMARY KEY, end_class TEXT NOT NULL, end_id TEXT NOT NULL,"
         " iterations INTEGER NOT NULL, values_count INTEGER NOT NULL, gradients_count INTEGER NOT NULL,"
         " hvp_count INTEGER NOT NULL, cost, seconds, value, gradient_norm, kicks INTEGER NOT NULL, escape_iteration,"
         " escape_cost, point TEXT, findings TEXT, trace BLOB" +
         hits + "); " + view_of(options);
}

std::unique_ptr<Database> open_campaign(const std::filesystem::path& path, const RunConfiguration& configuration) {
  std::error_code unknown;
  const bool exists = std::filesystem::exists(path, unknown);
  if (unknown) throw StoreError(path.string() + ": " + unknown.message());
  auto database = std::make_unique<Database>(path, exists ? OpenMode::write : OpenMode::create);
  // A kill between the creation of the file and its first commit leaves a file without tables.
  const bool blank =
      sqlite::application_id(*database) == 0 && database->integer("SELECT count(*) FROM sqlite_master") == 0;
  if (!blank) require_campaign(*database);
  database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
  database->execute("BEGIN IMMEDIATE");
  if (blank) {
    database->execute(schema_of(options_of(configuration.entries)));
    sqlite::insert_pairs(*database, "configuration", configuration.entries);
    database->execute("INSERT INTO meta VALUES('format', 'perigee campaign')");
  } else {
    const std::string difference = configuration_difference(sqlite::read_configuration(*database), configuration);
    if (!difference.empty()) database->fail("holds a campaign of another configuration: " + difference);
  }
  database->execute("COMMIT");
  return database;
}

// A kill while SQLite changes to or from its log leaves a rollback journal, which must be played back before anything
// can be read.
std::unique_ptr<Database> open_for_reading(const std::filesystem::path& path) {
  try {
    auto database = std::make_unique<Database>(path, OpenMode::read);
    (void)sqlite::application_id(*database);
    return database;
  } catch (const StoreError&) {
    std::error_code ignored;
    if (!std::filesystem::exists(path.string() + "-journal", ignored)) throw;
  }
  return std::make_unique<Database>(path, OpenMode::write);
}

std::string insert_text(std::size_t targets, std::size_t rows) {
  std::string row = "(?";
  for (std::size_t i = 1; i < fixed_columns + targets; ++i) row += ", ?";
  row += ")";
  std::string text = "INSERT INTO runs VALUES" + row;
  for (std::size_t i = 1; i < rows; ++i) text += ", " + row;
  return text;
}

// The row must stay until the statement has run. `last` is the place of its first value, less one.
void bind_row(Statement& insert, int last, const RunRow& row) {
  const auto integer = [&](auto number) { insert.bind(++last, static_cast<std::int64_t>(number)); };
  const auto number = [&](double value) { insert.bind(++last, value); };
  const auto asked_for = [&](const std::string& text) {
    text.empty() ? insert.bind_null(++last) : insert.bind_borrowed(++last, text);
  };
  integer(row.run);
  insert.bind_borrowed(++last, name_of(row.end_class));
  insert.bind_borrowed(++last, row.end_id);
  integer(row.iterations);
  integer(row.counts.values);
  integer(row.counts.gradients);
  integer(row.counts.hessian_vector_products);
  number(row.cost);
  number(row.seconds);
  number(row.value);
  number(row.gradient_norm);
  integer(row.kicks);
  number(row.escape_iteration);
  number(row.escape_cost);
  asked_for(row.point);
  asked_for(row.findings);
  if (row.trace.empty()) {
    insert.bind_null(++last);
  } else {
    insert.bind(++last, std::span<const std::uint8_t>(bytes_of(row.trace)));
  }
  for (const double hit : row.hits) number(hit);
}

// Rows into the table, as many at a time as go into one statement.
class RowInserter {
 public:
  RowInserter(const Database& database, std::size_t targets)
      : values_(fixed_columns + targets),
        rows_at_once_(std::clamp(most_values_at_once / values_, std::size_t{1}, most_rows_at_once)),
        one_(database, insert_text(targets, 1)),
        several_(database, insert_text(targets, rows_at_once_)) {}

  void insert(std::span<const RunRow> rows) {
    for (; rows.size() >= rows_at_once_; rows = rows.subspan(rows_at_once_)) run(several_, rows.first(rows_at_once_));
    for (const RunRow& row : rows) run(one_, {&row, 1});
  }

 private:
  void run(Statement& statement, std::span<const RunRow> rows) const {
    int last = 0;
    for (const RunRow& row : rows) {
      bind_row(statement, last, row);
      last += static_cast<int>(values_);
    }
    statement.run();
  }

  std::size_t values_;  // of a row
  std::size_t rows_at_once_;
  Statement one_;
  Statement several_;
};

// Scores first, the rest behind them: read_row takes the columns in this order.
std::string select_text(RowDetail detail, std::size_t targets) {
  std::string columns =
      "run, end_class, end_id, gradients_count, hvp_count, cost, seconds, escape_iteration, escape_cost, point";
  for (std::size_t i = 0; i < targets; ++i) columns += ", hit" + std::to_string(i);
  if (detail == RowDetail::everything) {
    columns += ", iterations, values_count, value, gradient_norm, kicks, findings, trace";
  }
  return "SELECT " + columns + " FROM runs WHERE run >= ? AND run < ? ORDER BY run";
}

EndClass read_end_class(const Database& database, std::string_view name) {
  for (const EndClass candidate : {EndClass::budget, EndClass::convergence, EndClass::breakdown}) {
    if (name_of(candidate) == name) return candidate;
  }
  database.fail("damaged: runs.end_class must be convergence, budget or breakdown, got '" + std::string(name) + "'");
}

void read_row(const Database& database, const Statement& from, RowDetail detail, RunRow& row) {
  int column = 0;
  const auto integer = [&](const char* what) { return from.integer(column++, what); };
  const auto count = [&](const char* what) { return static_cast<std::uint64_t>(from.integer(column++, what)); };
  const auto number = [&](const char* what) { return from.number(column++, what); };
  const auto text = [&](const char* what) { return from.text(column++, what); };
  const auto asked_for = [&](const char* what) {
    const int at = column++;
    return from.is_null(at) ? std::string_view() : from.text(at, what);
  };
  row.run = integer("runs.run");
  row.end_class = read_end_class(database, text("runs.end_class"));
  row.end_id = text("runs.end_id");
  row.counts.gradients = count("runs.gradients_count");
  row.counts.hessian_vector_products = count("runs.hvp_count");
  row.cost = number("runs.cost");
  row.seconds = number("runs.seconds");
  row.escape_iteration = number("runs.escape_iteration");
  row.escape_cost = number("runs.escape_cost");
  row.point = asked_for("runs.point");
  for (double& hit : row.hits) hit = number("runs.hit");
  if (detail == RowDetail::scores) return;
  row.iterations = integer("runs.iterations");
  row.counts.values = count("runs.values_count");
  row.value = number("runs.value");
  row.gradient_norm = number("runs.gradient_norm");
  row.kicks = integer("runs.kicks");
  row.findings = asked_for("runs.findings");
  try {
    row.trace = from.is_null(column) ? ValueTrace() : trace_of(from.blob(column, "runs.trace"));
  } catch (const std::invalid_argument& error) {
    database.fail(std::string("damaged: ") + error.what());
  }
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&now, &parts) != nullptr) (void)std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

Provenance provenance_of_this_process(unsigned threads) {
  utsname system{};
  const bool known = ::uname(&system) == 0;
  return {{"started", now_text()},
          {"processor", processor()},
          {"system", known ? std::string(system.sysname) + " " + system.release + " " + system.machine : "unknown"},
          {"threads", std::to_string(threads)}};
}

struct CampaignStore::Implementation {
  Implementation(const std::filesystem::path& path, const RunConfiguration& wanted)
      : lock(std::make_unique<FileLock>(path)), database(open_campaign(path, wanted)), configuration(wanted) {
    targets = options_of(configuration.entries).targets.size();
    insert = std::make_unique<RowInserter>(*database, targets);
  }

  explicit Implementation(const std::filesystem::path& path) : database(open_for_reading(path)) {
    require_campaign(*database);
    configuration = sqlite::read_configuration(*database);
    try {
      targets = options_of(configuration.entries).targets.size();
    } catch (const std::invalid_argument& error) {
      database->fail(std::string("damaged: ") + error.what());
    }
  }

  // A transaction of its own, or none: whatever throws in between undoes all of it.
  template <class Action>
  void in_transaction(Action action) {
    database->execute("BEGIN IMMEDIATE");
    try {
      action();
      database->execute("COMMIT");
    } catch (...) {
      (void)database->try_execute("ROLLBACK");
      throw;
    }
  }

  void note_writer(const Provenance& provenance) {
    const std::int64_t writer = database->integer("SELECT coalesce(max(writer) + 1, 0) FROM writers");
    Statement put(*database, "INSERT INTO writers VALUES(?, ?, ?)");
    for (const auto& [name, value] : provenance) {
      put.bind(1, writer);
      put.bind(2, std::string_view(name));
      put.bind(3, std::string_view(value));
      put.run();
    }
  }

  std::unique_ptr<FileLock> lock;  // released last
  std::unique_ptr<Database> database;
  RunConfiguration configuration;
  std::size_t targets = 0;
  std::unique_ptr<RowInserter> insert;  // none where the file is only read

  // A connection is for one thread at a time: each that reads borrows one.
  class Reader {
   public:
    explicit Reader(Implementation& store) : store_(store) {
      {
        const std::lock_guard guard(store.readers_mutex);
        if (!store.readers.empty()) {
          database_ = std::move(store.readers.back());
          store.readers.pop_back();
          return;
        }
      }
      database_ = std::make_unique<Database>(store.database->path(), OpenMode::read);
    }
    ~Reader() {
      const std::lock_guard guard(store_.readers_mutex);
      store_.readers.push_back(std::move(database_));
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    Database& database() const { return *database_; }

   private:
    Implementation& store_;
    std::unique_ptr<Database> database_;
  };
  std::mutex readers_mutex;
  std::vector<std::unique_ptr<Database>> readers;  // that nobody uses at the moment
};

CampaignStore::CampaignStore(const std::filesystem::path& path, const RunConfiguration& configuration,
                             const Provenance& provenance)
    : implementation_(std::make_unique<Implementation>(path, configuration)) {
  implementation_->in_transaction([&] { implementation_->note_writer(provenance); });
}

CampaignStore::CampaignStore(const std::filesystem::path& path)
    : implementation_(std::make_unique<Implementation>(path)) {}

CampaignStore::~CampaignStore() {
  if (!implementation_->insert) return;
  implementation_->insert.reset();
  implementation_->readers.clear();
  try {
    // Without its log the file is whole by itself. Readers may stand in the way; then the log just stays.
    implementation_->database->set_busy_timeout(0);
    (void)implementation_->database->try_execute("PRAGMA journal_mode = DELETE");
  } catch (const StoreError&) {
    // A destructor cannot report it; every row is committed.
  }
}

const RunConfiguration& CampaignStore::configuration() const { return implementation_->configuration; }

void CampaignStore::append(std::span<const RunRow> rows) {
  implementation_->in_transaction([&] { implementation_->insert->insert(rows); });
}

std::vector<bool> CampaignStore::present(Index count) {
  std::vector<bool> there(static_cast<std::size_t>(count), false);
  Statement runs(*implementation_->database, "SELECT run FROM runs");
  while (runs.next()) {
    const std::int64_t run = runs.integer(0, "runs.run");
    if (run < 0 || run >= count)
      implementation_->database->fail("damaged: run " + std::to_string(run) + " is not of the grid");
    there[static_cast<std::size_t>(run)] = true;
  }
  return there;
}

void CampaignStore::for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) {
  const Implementation::Reader reader(*implementation_);
  Statement runs(reader.database(), select_text(detail, implementation_->targets));
  runs.bind(1, static_cast<std::int64_t>(first));
  runs.bind(2, static_cast<std::int64_t>(last));
  RunRow row;
  row.hits.assign(implementation_->targets, not_measured);
  while (runs.next()) {
    read_row(reader.database(), runs, detail, row);
    see(row);
  }
}

std::vector<Provenance> CampaignStore::writers() const {
  Statement entries(*implementation_->database, "SELECT writer, name, value FROM writers ORDER BY rowid");
  std::vector<Provenance> all;
  std::int64_t current = 0;
  while (entries.next()) {
    const std::int64_t writer = entries.integer(0, "writers.writer");
    if (all.empty() || writer != current) all.emplace_back();
    current = writer;
    all.back().emplace_back(entries.text(1, "writers.name"), entries.text(2, "writers.value"));
  }
  return all;
}

Index CampaignStore::merge(const std::filesystem::path& path) {
  Implementation& to = *implementation_;
  CampaignStore other(path);
  const std::string difference = configuration_difference(to.configuration, other.configuration());
  if (!difference.empty()) {
    throw StoreError(path.string() + ": is of another campaign: " + difference + " (this run: " + path.string() + ")");
  }
  const Index count = run_count(options_of(to.configuration.entries));
  const std::vector<bool> there = present(count);
  Index added = 0;
  to.in_transaction([&] {
    other.for_each(0, count, [&](const RunRow& row) {
      if (!there[static_cast<std::size_t>(row.run)]) {
        to.insert->insert({&row, 1});
        ++added;
        return;
      }
      for_each(row.run, row.run + 1, [&](const RunRow& ours) {
        if (same_result(ours, row) || !is_reproducible(ours) || !is_reproducible(row)) return;
        throw StoreError(path.string() + ": run " + std::to_string(row.run) + " differs from the same run in " +
                         to.database->path().string());
      });
    });
    for (const Provenance& provenance : other.writers()) to.note_writer(provenance);
  });
  return added;
}

}  // namespace perigee
