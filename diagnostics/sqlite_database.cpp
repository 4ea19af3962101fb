#include <perigee/diagnostics/sqlite_database.hpp>

#include <perigee/lib/trajectory.hpp>

#include <sqlite3.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

namespace perigee::sqlite {

namespace {

constexpr std::uint64_t not_measured_bits = 0x7ff8000000000000;
static_assert(std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()) == not_measured_bits);

constexpr std::string_view nan_text = "NaN";

std::string text_of_nan(double value) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  if (bits == not_measured_bits) return std::string(nan_text);
  char digits[16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, bits, 16);
  return std::string(nan_text) + " 0x" + std::string(digits, end);
}

std::optional<double> nan_of_text(std::string_view text) {
  if (text == nan_text) return not_measured;
  constexpr std::string_view prefix = "NaN 0x";
  if (!text.starts_with(prefix)) return std::nullopt;
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(text.data() + prefix.size(), text.data() + text.size(), bits, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const double value = std::bit_cast<double>(bits);
  return std::isnan(value) ? std::optional<double>(value) : std::nullopt;
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    case OpenMode::write:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    case OpenMode::create:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
}

}  // namespace

Database::Database(const std::filesystem::path& path, OpenMode mode, const std::filesystem::path& shown_as)
    : path_(shown_as) {
  // An absolute path: SQLite reads "" and ":memory:" as something else than files.
  const std::string absolute = std::filesystem::absolute(path).string();
  const int code = sqlite3_open_v2(absolute.c_str(), &handle_, flags_of(mode), nullptr);
  if (code != SQLITE_OK) {
    const std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    sqlite3_close(handle_);
    throw StoreError(path_.string() + ": " + reason);
  }
  try {
    set_busy_timeout(5000);
    // The file may come from anywhere: its schema gets no say in what is executed.
    execute("PRAGMA trusted_schema = OFF");
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() { sqlite3_close(handle_); }

void Database::fail(const std::string& reason) const { throw StoreError(path_.string() + ": " + reason); }

void Database::execute(const std::string& statements) {
  if (sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sqlite3_errmsg(handle_));
}

bool Database::try_execute(const std::string& statements) {
  const int code = sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return false;
  if (code != SQLITE_OK) fail(sqlite3_errmsg(handle_));
  return true;
}

std::int64_t Database::integer(const std::string& query) {
  Statement statement(*this, query);
  if (!statement.next()) fail("no result for " + query);
  return statement.integer(0, "result");
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Database::set_busy_timeout(int milliseconds) {
  if (sqlite3_busy_timeout(handle_, milliseconds) != SQLITE_OK) fail(sqlite3_errmsg(handle_));
}

Statement::Statement(const Database& database, const std::string& text) : database_(database) {
  check(sqlite3_prepare_v2(database.handle(), text.c_str(), static_cast<int>(text.size()) + 1, &handle_, nullptr));
  bound_.resize(static_cast<std::size_t>(sqlite3_bind_parameter_count(handle_)));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_.fail(sqlite3_errmsg(database_.handle()));
}

// Whether the parameter holds that already; if not, it is noted as what comes next.
bool Statement::holds(int parameter, const Bound& value) {
  const auto place = static_cast<std::size_t>(parameter - 1);
  if (place >= bound_.size()) return false;  // SQLite says what is wrong
  if (bound_[place] == value) return value.kind != Bound::Kind::bytes;
  bound_[place] = value;
  return false;
}

void Statement::bind(int parameter, std::int64_t value) {
  if (holds(parameter, {Bound::Kind::integer, static_cast<std::uint64_t>(value)})) return;
  check(sqlite3_bind_int64(handle_, parameter, value));
}

void Statement::bind(int parameter, double value, WhenNan when_nan) {
  if (!std::isnan(value)) {
    if (holds(parameter, {Bound::Kind::number, std::bit_cast<std::uint64_t>(value)})) return;
    check(sqlite3_bind_double(handle_, parameter, value));
  } else if (when_nan == WhenNan::not_measured && std::bit_cast<std::uint64_t>(value) == not_measured_bits) {
    bind_null(parameter);
  } else {
    bind(parameter, std::string_view(text_of_nan(value)));
  }
}

void Statement::bind(int parameter, std::string_view value) {
  (void)holds(parameter, {Bound::Kind::bytes});
  check(sqlite3_bind_text64(handle_, parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Statement::bind_borrowed(int parameter, std::string_view value) {
  (void)holds(parameter, {Bound::Kind::bytes});
  check(sqlite3_bind_text64(handle_, parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}

void Statement::bind(int parameter, std::span<const std::uint8_t> value) {
  (void)holds(parameter, {Bound::Kind::bytes});
  // A null pointer would bind NULL instead of an empty blob.
  if (value.empty()) return check(sqlite3_bind_zeroblob(handle_, parameter, 0));
  check(sqlite3_bind_blob64(handle_, parameter, value.data(), value.size(), SQLITE_TRANSIENT));
}

void Statement::bind_null(int parameter) {
  if (holds(parameter, {})) return;
  check(sqlite3_bind_null(handle_, parameter));
}

void Statement::run() {
  while (next()) {
  }
  check(sqlite3_reset(handle_));
}

bool Statement::next() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const std::string reason = sqlite3_errmsg(database_.handle());
  sqlite3_reset(handle_);  // so that other values may be tried
  database_.fail(reason);
}

void Statement::wrong_type(int column, const char* what, const char* expected) const {
  constexpr const char* names[] = {"?", "an integer", "a number", "text", "a blob", "NULL"};
  database_.fail(std::string("damaged: ") + what + " must be " + expected + ", got " +
                 names[sqlite3_column_type(handle_, column)]);
}

// Values are asked for once: every sqlite3_column_ call takes the time of several of these. They may be used so as long
// as one thread at a time uses the connection.
std::int64_t Statement::integer(int column, const char* what) const {
  sqlite3_value* const value = sqlite3_column_value(handle_, column);
  if (sqlite3_value_type(value) != SQLITE_INTEGER) wrong_type(column, what, "an integer");
  return sqlite3_value_int64(value);
}

double Statement::number(int column, const char* what) const {
  sqlite3_value* const value = sqlite3_column_value(handle_, column);
  switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
      return not_measured;
    case SQLITE_FLOAT:
    case SQLITE_INTEGER:
      return sqlite3_value_double(value);
    case SQLITE_TEXT:
      if (const std::optional<double> nan = nan_of_text(text(column, what))) return *nan;
  }
  wrong_type(column, what, "a number, NULL or 'NaN'");
}

std::string_view Statement::text(int column, const char* what) const {
  sqlite3_value* const value = sqlite3_column_value(handle_, column);
  if (sqlite3_value_type(value) != SQLITE_TEXT) wrong_type(column, what, "text");
  const unsigned char* data = sqlite3_value_text(value);
  if (data == nullptr) database_.fail("out of memory");
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::span<const std::uint8_t> Statement::blob(int column, const char* what) const {
  if (sqlite3_column_type(handle_, column) != SQLITE_BLOB) wrong_type(column, what, "a blob");
  const void* data = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (data == nullptr && size != 0) database_.fail("out of memory");
  return {static_cast<const std::uint8_t*>(data), size};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

void insert_pairs(Database& database, const std::string& table,
                  const std::vector<std::pair<std::string, std::string>>& pairs) {
  Statement insert(database, "INSERT INTO " + table + " VALUES(?, ?, ?)");
  std::int64_t position = 0;
  for (const auto& [name, value] : pairs) {
    insert.bind(1, position++);
    insert.bind(2, std::string_view(name));
    insert.bind(3, std::string_view(value));
    insert.run();
  }
}

std::int64_t application_id(Database& database) {
  try {
    return database.integer("PRAGMA application_id");
  } catch (const StoreError&) {
    if (sqlite3_errcode(database.handle()) != SQLITE_NOTADB) throw;
  }
  database.fail("not a run recorded by Perigee (not an SQLite file)");
}

void require_run(Database& database) {
  const std::int64_t application = application_id(database);
  if (application != run_application_id) {
    database.fail("not a run recorded by Perigee (an SQLite file of application id " + std::to_string(application) +
                  ")");
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version != run_schema_version) {
    database.fail("schema version must be " + std::to_string(run_schema_version) + ", got " + std::to_string(version));
  }
  if (database.integer(
          "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'configuration', "
          "'settings', 'policy', 'steps', 'column_names', 'columns', 'snapshots', 'decisions', 'checkpoint', 'end')") !=
      11) {
    database.fail("damaged: a table is missing");
  }
}

RunConfiguration read_configuration(Database& database) {
  RunConfiguration configuration;
  Statement entries(database, "SELECT name, value FROM configuration ORDER BY position");
  while (entries.next()) {
    configuration.entries.emplace_back(entries.text(0, "configuration.name"), entries.text(1, "configuration.value"));
  }
  return configuration;
}

std::optional<End> read_end(Database& database) {
  Statement row(database, "SELECT class, id, message FROM end");
  if (!row.next()) return std::nullopt;
  End end{EndClass::budget, std::string(row.text(1, "end.id")), std::string(row.text(2, "end.message"))};
  const std::string_view name = row.text(0, "end.class");
  for (const EndClass candidate : {EndClass::convergence, EndClass::budget, EndClass::breakdown}) {
    end.end_class = candidate;
    if (name_of(candidate) == name) return end;
  }
  database.fail("damaged: end.class must be convergence, budget or breakdown, got '" + std::string(name) + "'");
}

}  // namespace perigee::sqlite
