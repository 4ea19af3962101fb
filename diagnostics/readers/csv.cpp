// Separated values: RFC 4180, with the liberties that logs take.
#include <perigee/diagnostics/readers/table.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

namespace perigee::readers {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The separator that comes most often in the header, outside quotes; a comma where none does.
char guess_separator(std::string_view header) {
  constexpr std::array<char, 3> candidates{',', ';', '\t'};
  std::array<std::size_t, 3> counts{};
  bool in_quotes = false;
  for (const char character : header) {
    if (character == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    for (std::size_t i = 0; i < candidates.size(); ++i) counts[i] += character == candidates[i] ? 1 : 0;
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

// Splits rows into fields; a row goes over several lines where a quoted field does.
class RowReader {
 public:
  RowReader(Input& input, char separator) : input_(input), separator_(separator) {}

  // The fields of the row that begins with `line`. They are valid until the next row is read.
  const std::vector<std::string_view>& split(std::string_view line) {
    fields_.clear();
    line_number_ = input_.line_number();
    if (line.find('"') == std::string_view::npos) {
      split_plain(line);
    } else {
      split_quoted(line);
    }
    return fields_;
  }

  std::uint64_t line_number() const { return line_number_; }  // of the row's first line

  [[noreturn]] void fail(std::string_view field, const std::string& message) const {
    throw ReadError(message_at(input_.name(), line_number_, field, message));
  }

 private:
  void split_plain(std::string_view line) {
    for (;;) {
      const std::size_t length = line.find(separator_);
      fields_.push_back(trimmed(line.substr(0, length)));
      if (length == std::string_view::npos) return;
      line.remove_prefix(length + 1);
    }
  }

  void split_quoted(std::string_view first_line) {
    text_.assign(first_line);
    std::vector<std::pair<std::size_t, std::size_t>> places;  // views would move with the text
    std::string unquoted;
    std::size_t at = 0;
    for (;;) {
      const std::size_t begin = unquoted.size();
      while (at < text_.size() && text_[at] == ' ') ++at;
      if (at < text_.size() && text_[at] == '"') {
        at = append_quoted(at + 1, unquoted);
      } else {
        const std::size_t end = std::min(text_.find(separator_, at), text_.size());
        unquoted += trimmed(std::string_view(text_).substr(at, end - at));
        at = end;
      }
      places.emplace_back(begin, unquoted.size() - begin);
      if (at == text_.size()) break;
      ++at;
    }
    unquoted_ = std::move(unquoted);
    for (const auto& [begin, length] : places) fields_.push_back(std::string_view(unquoted_).substr(begin, length));
  }

  // Appends the quoted field whose text begins at `at`; returns where the separator or the end follows it.
  std::size_t append_quoted(std::size_t at, std::string& unquoted) {
    for (;;) {
      const std::size_t quote = text_.find('"', at);
      if (quote == std::string::npos) {
        unquoted.append(text_, at);
        std::string_view line;
        if (text_.size() > greatest_line_length || !input_.next_line(line)) {
          fail({}, "expected a closing quote, got none");
        }
        at = text_.size();
        text_ += '\n';
        text_ += line;
        continue;
      }
      unquoted.append(text_, at, quote - at);
      at = quote + 1;
      if (at < text_.size() && text_[at] == '"') {
        unquoted += '"';
        ++at;
        continue;
      }
      while (at < text_.size() && text_[at] == ' ') ++at;
      if (at < text_.size() && text_[at] != separator_) {
        fail({}, "expected a separator after a closing quote, got " + shown(std::string_view(text_).substr(at, 1)));
      }
      return at;
    }
  }

  Input& input_;
  char separator_;
  std::vector<std::string_view> fields_;
  std::string text_;
  std::string unquoted_;
  std::uint64_t line_number_ = 0;
};

void take_header(const RowReader& rows, const std::vector<std::string_view>& names, Table& table) {
  if (names.size() > greatest_column_count) {
    rows.fail({}, "expected at most " + std::to_string(greatest_column_count) + " columns, got " +
                      std::to_string(names.size()));
  }
  const auto is_number = [](std::string_view name) { return parse_number(name).has_value(); };
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
void take_field(const RowReader& rows, std::string_view field, std::size_t row, TableColumn& column) {
  if (field.empty() || column.content == Content::text) return;
  if (const std::optional<double> number = parse_number(field)) {
    column.content = Content::numbers;
    column.put(row, *number, rows.line_number());
  } else if (column.content == Content::nothing) {
    column.content = Content::text;
    column.sample = field.substr(0, 80);
    column.sample_line = rows.line_number();
  } else {
    rows.fail(column.name, "expected a number, got " + shown(field));
  }
}

void take_row(const RowReader& rows, const std::vector<std::string_view>& fields, Table& table) {
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

Table read_csv(Input& input) {
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

  RowReader rows(input, guess_separator(line));
  take_header(rows, rows.split(line), table);
  const std::uint64_t header_line = rows.line_number();
  while (next_filled_line()) take_row(rows, rows.split(line), table);
  if (table.lines.empty()) {
    throw ReadError(message_at(input.name(), header_line, {}, "expected rows after the header, got none"));
  }
  return table;
}

}  // namespace perigee::readers
