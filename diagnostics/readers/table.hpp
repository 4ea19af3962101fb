// What the text formats have in common: named columns of numbers, and what was seen in them.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_TABLE_HPP
#define PERIGEE_DIAGNOSTICS_READERS_TABLE_HPP

#include <perigee/diagnostics/readers/input.hpp>
#include <perigee/diagnostics/readers/reader.hpp>

#include <perigee/lib/data/array.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace perigee::readers {

enum class Content {
  nothing,  // no field so far
  numbers,
  text,   // the first field that is not empty is none
  lists,  // JSON arrays
};

struct TableColumn {
  std::string name;
  Content content = Content::nothing;
  std::vector<double> values{};  // a number a row, NaN: not measured; may be shorter than the table: the rest is NaN
  std::string sample{};          // of text: the first one
  std::uint64_t sample_line = 0;
  std::size_t nan_count = 0;  // fields that say NaN, as against empty ones
  std::uint64_t first_nan_line = 0;

  double value(std::size_t row) const { return row < values.size() ? values[row] : not_measured; }
  /// Puts a number into a row at or after the end; `line` is where it stands in the file.
  void put(std::size_t row, double number, std::uint64_t line) {
    if (row > values.size()) values.resize(row, not_measured);
    values.push_back(number);
    if (std::isnan(number) && nan_count++ == 0) first_nan_line = line;
  }
};

// What the rows of a table were in the file.
enum class RowUnit {
  line,  // counted from 1
  row,   // of arrays, or one step of event files; counted from 0
};

// Parameters, a row each, and the iterations they belong to: those of `steps`, or of every stride-th row of the table.
struct SnapshotTable {
  data::Array array{};
  std::vector<double> steps{};
  std::string steps_name{};
  std::size_t stride = 0;  // 0: `steps` says it, or there are no snapshots
};

struct Table {
  std::string file;
  RowUnit unit = RowUnit::line;
  std::vector<TableColumn> columns;
  std::vector<std::uint64_t> lines;  // line (row) of each row in the file
  SnapshotTable snapshots;
  std::vector<std::string> notes;  // what the reader left out; a sentence each

  /// "line 7": where in the file a row stands.
  std::string place_of(std::uint64_t line) const {
    return std::string(unit == RowUnit::line  ? "line "
                       : unit == RowUnit::row ? "row "
                                              : "event ") +
           std::to_string(line);
  }
  std::string place(std::size_t row) const { return place_of(lines[row]); }
  /// Throws ReadError at that place.
  [[noreturn]] void fail(std::uint64_t line, const std::string& field, const std::string& message) const {
    if (unit == RowUnit::line) throw ReadError(message_at(file, line, field, message));
    throw ReadError(message_at(file, 0, field, message + " in " + place_of(line)));
  }

  /// Takes back what is there of a row that is not finished, because the file ends within it, and notes it. `reason` is
  /// the message of the error; it is thrown again if there is no row before.
  void leave_out_cut_row(const std::string& reason) {
    if (lines.empty()) throw ReadError(reason);
    for (TableColumn& column : columns) {
      if (column.values.size() > lines.size()) column.values.resize(lines.size());
    }
    notes.push_back("The file ends within a line, which is left out (" + reason + ").");
  }
};

inline constexpr std::size_t greatest_cell_count = std::size_t{1} << 28;  // rows times columns: 2 GiB
inline constexpr std::size_t greatest_column_count = 20000;

inline constexpr double greatest_iteration = 9007199254740992.0;  // 2^53: beyond it a double skips integers

class LongLog;
struct Roles;

/// Reads the rest of an input that is separated values with a header. Whenever the table is full `log`, if there is
/// one, takes rows out of it (long_log.hpp).
Table read_csv(Input& input, LongLog* log = nullptr);
/// Reads the rest of an input of one JSON object a line; likewise.
Table read_jsonl(Input& input, LongLog* log = nullptr);
/// Reads event files as one run, in the order of their first events (then of their names); `run` stands for them in
/// messages.
Table read_event_files(const std::filesystem::path& run, std::vector<std::filesystem::path> paths);
/// Reads an archive of arrays (.npz) or, by its first bytes, one array (.npy).
Table read_arrays(const std::filesystem::path& path);
/// Reads the history in a file of Weights & Biases.
Table read_wandb(const std::filesystem::path& path);

/// Decides what each column is, and makes the records. Leaves the table empty.
/// Throws ReadError if the mapping does not fit, or no column is one that a diagnosis can start from.
ReadResult assemble(Table& table, const std::vector<std::pair<std::string, std::string>>& mapping);
/// The same where the roles are known, with what was noted of them.
ReadResult assemble(Table& table, const Roles& roles, std::vector<std::string> notes);

}  // namespace perigee::readers

#endif
