#include <perigee/lib/data/csv_matrix.hpp>

#include <perigee/lib/data/separated_rows.hpp>
#include <perigee/lib/format.hpp>

#include <optional>

namespace perigee::data {

namespace {

constexpr std::size_t greatest_field_count = std::size_t{1} << 28;  // 2 GiB

std::string label_of(const CsvMatrix& matrix, std::size_t column) {
  return matrix.column_names.empty() ? "column " + std::to_string(column + 1) : matrix.column_names[column];
}

void take_row(const SeparatedRows& rows, const std::vector<std::string_view>& fields, CsvMatrix& matrix) {
  const auto expected = static_cast<std::size_t>(matrix.column_count);
  if (fields.size() != expected) {
    rows.fail({}, "expected " + std::to_string(expected) + " fields as in the first line, got " +
                      std::to_string(fields.size()));
  }
  if (matrix.values.size() + expected > greatest_field_count) {
    rows.fail({}, "expected at most " + std::to_string(greatest_field_count) + " fields in a file, got more");
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::optional<double> number = parse_number(fields[i]);
    if (!number) rows.fail(label_of(matrix, i), "expected a number, got " + shown(fields[i]));
    matrix.values.push_back(*number);
  }
  ++matrix.row_count;
}

// Takes the first line as names, or as the first row.
void take_first_line(const SeparatedRows& rows, const std::vector<std::string_view>& fields, CsvMatrix& matrix) {
  matrix.column_count = static_cast<Index>(fields.size());
  for (const std::string_view field : fields) {
    if (field.empty() || parse_number(field)) continue;
    for (const std::string_view name : fields) {
      if (const char* complaint = what_is_wrong_with_name(name)) {
        rows.fail({}, std::string(complaint) + ", got " + shown(name));
      }
    }
    matrix.column_names.assign(fields.begin(), fields.end());
    return;
  }
  take_row(rows, fields, matrix);
}

}  // namespace

CsvMatrix read_csv_matrix(const std::filesystem::path& path) {
  LineReader input(path);
  std::string_view line;
  const auto next_filled_line = [&] {
    while (input.next_line(line)) {
      if (!trimmed(line).empty()) return true;
    }
    return false;
  };
  do {
    if (!next_filled_line()) {
      throw ReadError(message_at(input.name(), 0, {}, "expected rows of numbers, got an empty file"));
    }
  } while (line.front() == '#');
  CsvMatrix matrix;
  SeparatedRows rows(input, guess_separator(line));
  take_first_line(rows, rows.split(line), matrix);
  while (next_filled_line()) take_row(rows, rows.split(line), matrix);
  if (matrix.row_count == 0) {
    throw ReadError(message_at(input.name(), rows.line_number(), {}, "expected rows after the names, got none"));
  }
  return matrix;
}

}  // namespace perigee::data
