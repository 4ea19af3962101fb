// The little of SQLite that the run store needs, with every return code checked.
// Internal to the diagnostics library: users see store.hpp only.
//
// A double is stored so that every bit comes back. SQLite turns NaN into NULL, and gives a column declared
// REAL a negative zero back as a positive one; hence number columns are declared without a type, and
//   NULL                      is perigee::not_measured, the quiet NaN 0x7ff8000000000000;
//   'NaN'                     is that NaN where it was measured: the computation gave it;
//   'NaN 0xfff8000000000000'  is a NaN of any other bits (x86 computes this one for 0/0): measured, too.
#ifndef PERIGEE_DIAGNOSTICS_SQLITE_DATABASE_HPP
#define PERIGEE_DIAGNOSTICS_SQLITE_DATABASE_HPP

#include <perigee/diagnostics/store.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace perigee::sqlite {

inline constexpr std::int64_t run_application_id = 0x50524731;  // "PRG1" in the file's header
inline constexpr std::int64_t run_schema_version = 2;           // PRAGMA user_version

enum class OpenMode { read, write, create };
enum class WhenNan { not_measured, measured };  // what the NaN that means not_measured is to be stored as

/// A connection to one file. Everything throws StoreError "PATH: reason" when SQLite reports an error.
class Database {
 public:
  Database(const std::filesystem::path& path, OpenMode mode) : Database(path, mode, path) {}
  /// Error messages name the file `shown_as`.
  Database(const std::filesystem::path& path, OpenMode mode, const std::filesystem::path& shown_as);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Statements without results, separated by semicolons.
  void execute(const std::string& statements);
  /// The same, except that `false` comes back if another connection is in the way.
  bool try_execute(const std::string& statements);
  /// The integer in the first column of the first row.
  std::int64_t integer(const std::string& query);
  bool in_transaction() const;
  void set_busy_timeout(int milliseconds);

  [[noreturn]] void fail(const std::string& reason) const;
  const std::filesystem::path& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

 private:
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement. Parameters count from 1, result columns from 0; texts and blobs are copied, unless borrowed.
/// A parameter keeps its value from one run to the next until it is bound anew.
class Statement {
 public:
  Statement(const Database& database, const std::string& text);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value, WhenNan when_nan = WhenNan::not_measured);
  void bind(int parameter, std::string_view value);
  /// The text itself must stay until run() has returned.
  void bind_borrowed(int parameter, std::string_view value);
  void bind(int parameter, std::span<const std::uint8_t> value);
  void bind_null(int parameter);
  /// Runs to the end and makes the statement ready for the next values.
  void run();
  /// To the next row; false: no more.
  bool next();

  /// These throw StoreError if what is stored is of another type; `what` names it in the message.
  std::int64_t integer(int column, const char* what) const;
  double number(int column, const char* what) const;
  /// Valid until the next call of next().
  std::string_view text(int column, const char* what) const;
  std::span<const std::uint8_t> blob(int column, const char* what) const;
  bool is_null(int column) const;

 private:
  // What a parameter holds. To compare is much cheaper than to bind, and most numbers of a row are those of the last.
  struct Bound {
    enum class Kind { null, integer, number, bytes } kind = Kind::null;
    std::uint64_t bits = 0;
    bool operator==(const Bound&) const = default;
  };

  bool holds(int parameter, const Bound& value);
  void check(int code) const;
  [[noreturn]] void wrong_type(int column, const char* what, const char* expected) const;
  const Database& database_;
  sqlite3_stmt* handle_ = nullptr;
  std::vector<Bound> bound_;
};

/// Fills a table of (position, name, value) from position 0 on.
void insert_pairs(Database& database, const std::string& table,
                  const std::vector<std::pair<std::string, std::string>>& pairs);

/// The application id in the file's header; 0: a file of no particular application, or an empty one.
/// Throws StoreError if the file is not an SQLite file.
std::int64_t application_id(Database& database);

/// Throws StoreError unless the file is a recorded run of this schema version.
void require_run(Database& database);

/// The configuration that the file holds.
RunConfiguration read_configuration(Database& database);

/// The End of the recorded run, if it was finished.
std::optional<End> read_end(Database& database);

}  // namespace perigee::sqlite

#endif
