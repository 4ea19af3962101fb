// A log of separated values: a header, and columns of numbers or text.
#include <perigee/diagnostics/readers/log_number.hpp>
#include <perigee/diagnostics/readers/long_log.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <perigee/lib/data/separated_rows.hpp>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

namespace perigee::readers {

using data::guess_separator;
using data::SeparatedRows;
using data::trimmed;

namespace {

void take_header(const SeparatedRows& rows, const std::vector<std::string_view>& names, Table& table) {
  if (names.size() > greatest_column_count) {
    rows.fail({}, "expected at most " + std::to_string(greatest_column_count) + " columns, got " +
                      std::to_string(names.size()));
  }
  const auto is_number = [](std::string_view name) { return parse_log_number(name).has_value(); };
  if (std::all_of(names.begin(), names.end(), is_number)) {
    rows.fail({}, "expected a header with the names of the columns, got numbers (" + shown(names.front()) + ", ...)");
  }
  std::unordered_set<std::string> taken;
  for (const std::string_view name : names) {
    if (const char* complaint = what_is_wrong_with_name(name)) {
      rows.fail({}, std::string(complaint) + ", got " + shown(name));
    }
    TableColumn column;
    column.name = name.empty() ? "column_" + std::to_string(table.columns.size() + 1) : std::string(name);
    if (!taken.insert(column.name).second) {
      rows.fail(column.name, "expected every name once in the header, got it twice");
    }
    table.columns.push_back(std::move(column));
  }
}

// The first field that is not empty decides whether the column is one of numbers.
void take_field(const SeparatedRows& rows, std::string_view field, std::size_t row, TableColumn& column) {
  if (field.empty() || column.content == Content::text) return;
  if (const std::optional<double> number = parse_log_number(field)) {
    column.content = Content::numbers;
    column.put(row, *number, rows.line_number());
  } else if (is_missing(field)) {
    return;
  } else if (column.content == Content::nothing) {
    column.content = Content::text;
    column.sample = field.substr(0, 80);
    column.sample_line = rows.line_number();
  } else {
    rows.fail(column.name, "expected a number, got " + shown(field));
  }
}

void take_row(const SeparatedRows& rows, const std::vector<std::string_view>& fields, Table& table) {
  if (fields.size() < table.columns.size()) {
    rows.fail(table.columns[fields.size()].name, "expected " + std::to_string(table.columns.size()) +
                                                     " fields as in the header, got " + std::to_string(fields.size()));
  }
  if (fields.size() > table.columns.size()) {
    rows.fail({}, "expected " + std::to_string(table.columns.size()) + " fields as in the header, got " +
                      std::to_string(fields.size()) + " (the first too many is " + shown(fields[table.columns.size()]) +
                      ")");
  }
  const std::size_t row = table.lines.size();
  if ((row + 1) > greatest_cell_count / table.columns.size()) {
    rows.fail({}, "expected at most " + std::to_string(greatest_cell_count) + " fields in a file, got more");
  }
  for (std::size_t i = 0; i < fields.size(); ++i) take_field(rows, fields[i], row, table.columns[i]);
  table.lines.push_back(rows.line_number());
}

}  // namespace

Table read_csv(Input& input, LongLog* log) {
  Table table;
  table.file = input.name();
  std::string_view line;
  const auto next_filled_line = [&] {
    while (input.next_line(line)) {
      if (!trimmed(line).empty()) return true;
    }
    return false;
  };
  do {
    if (!next_filled_line()) {
      throw ReadError(message_at(input.name(), 0, {}, "expected a header and rows, got an empty file"));
    }
  } while (line.front() == '#');

  SeparatedRows rows(input, guess_separator(line));
  take_header(rows, rows.split(line), table);
  const std::uint64_t header_line = rows.line_number();
  try {
    while (next_filled_line()) {
      take_row(rows, rows.split(line), table);
      if (log != nullptr && log->is_full(table)) log->take(table);
    }
  } catch (const ReadError& error) {
    // A row over several lines is one with an open quote, which may stand anywhere: that is no cut at the end.
    if (!input.line_is_unterminated() || rows.line_number() + 1 < input.line_number()) throw;
    table.leave_out_cut_row(error.what());
  }
  if (table.lines.empty()) {
    throw ReadError(message_at(input.name(), header_line, {}, "expected rows after the header, got none"));
  }
  return table;
}

}  // namespace perigee::readers
