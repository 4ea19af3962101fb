// One JSON object a line, as training loops log: RFC 8259, and the NaN and Infinity that Python writes.
//
// Objects within objects give columns "outer/inner". null (None), and a key that a line does not have, are not
// measured. true and false are 1 and 0. Texts that spell a number that is not finite ("NaN", "-Infinity") are that
// number; a column of other texts, or of lists, is left out.
#include <perigee/diagnostics/readers/log_number.hpp>
#include <perigee/diagnostics/readers/long_log.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace perigee::readers {

namespace {

constexpr int greatest_depth = 64;

class LineReader {
 public:
  LineReader(const Input& input, Table& table) : input_(input), table_(table) {}

  void read(std::string_view line) {
    line_ = line;
    at_ = 0;
    next_column_ = 0;
    name_.clear();
    row_ = table_.lines.size();
    skip_space();
    if (peek() != '{') input_.fail("expected an object, got " + rest());
    read_object(1);
    skip_space();
    if (at_ < line_.size()) input_.fail("expected one object a line, got " + rest() + " after it");
    table_.lines.push_back(input_.line_number());
    if (table_.lines.size() > greatest_cell_count / std::max<std::size_t>(table_.columns.size(), 1)) {
      input_.fail("expected at most " + std::to_string(greatest_cell_count) + " fields in a file, got more");
    }
  }

 private:
  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }

  std::string rest() const { return at_ < line_.size() ? shown(line_.substr(at_)) : "the end of the line"; }

  void skip_space() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) ++at_;
  }

  [[noreturn]] void fail(const std::string& message) const { input_.fail(name_, message); }

  // At '{'. Fields go to columns; name_ is the path of the enclosing object.
  void read_object(int depth) {
    if (depth > greatest_depth) fail("expected objects at most " + std::to_string(greatest_depth) + " deep");
    ++at_;
    skip_space();
    if (peek() == '}') {
      ++at_;
      return;
    }
    const std::size_t outer = name_.size();
    for (;;) {
      skip_space();
      if (peek() != '"') fail("expected a name in double quotes, got " + rest());
      if (outer > 0) name_ += '/';
      read_string(&name_);
      skip_space();
      if (peek() != ':') fail("expected ':' after the name, got " + rest());
      ++at_;
      skip_space();
      read_field(depth);
      skip_space();
      const char next = peek();
      if (next != ',' && next != '}') fail("expected ',' or '}', got " + rest());
      name_.resize(outer);
      ++at_;
      if (next == '}') return;
    }
  }

  // The value of the field name_.
  void read_field(int depth) {
    if (peek() == '{') return read_object(depth + 1);
    TableColumn& column = column_of_name();
    const std::size_t begin = at_;
    switch (peek()) {
      case '[':
        skip_list(depth + 1);
        return take_other(column, Content::lists, begin);
      case '"': {
        text_.clear();
        read_string(&text_);
        const std::optional<double> number = parse_log_number(text_);
        if (number && !std::isfinite(*number)) return take_number(column, *number);
        return take_other(column, Content::text, begin);
      }
      default:
        break;
    }
    const std::string_view word = read_word();
    if (word == "null" || word == "None") return;
    if (word == "true") return take_number(column, 1.0);
    if (word == "false") return take_number(column, 0.0);
    const std::optional<double> number = parse_log_number(word);
    if (!number) fail("expected a number, got " + (word.empty() ? rest() : shown(word)));
    take_number(column, *number);
  }

  void take_number(TableColumn& column, double number) {
    if (column.content == Content::text || column.content == Content::lists) return;
    column.content = Content::numbers;
    column.put(row_, number, input_.line_number());
  }

  void take_other(TableColumn& column, Content content, std::size_t begin) {
    const std::string_view field = line_.substr(begin, at_ - begin);
    if (column.content == Content::numbers) fail("expected a number, got " + shown(field));
    if (column.content != Content::nothing) return;
    column.content = content;
    column.sample = field.substr(0, 80);
    column.sample_line = input_.line_number();
  }

  // Lines mostly have the same keys in the same order, so the next column is tried first.
  TableColumn& column_of_name() {
    std::size_t position = next_column_;
    if (position >= table_.columns.size() || table_.columns[position].name != name_) {
      const auto [found, is_new] = positions_.try_emplace(name_, table_.columns.size());
      position = found->second;
      if (is_new) add_column();
    }
    next_column_ = position + 1;
    if (last_line_[position] == input_.line_number()) fail("expected every name once in an object, got it twice");
    last_line_[position] = input_.line_number();
    return table_.columns[position];
  }

  void add_column() {
    if (const char* complaint = what_is_wrong_with_name(name_)) fail(std::string(complaint) + ", got " + shown(name_));
    if (table_.columns.size() == greatest_column_count) {
      fail("expected at most " + std::to_string(greatest_column_count) + " different names, got more");
    }
    TableColumn column;
    column.name = name_;
    table_.columns.push_back(std::move(column));
    last_line_.push_back(0);
  }

  // A run of what numbers and words are made of.
  std::string_view read_word() {
    const std::size_t begin = at_;
    const auto belongs = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
             c == '.' || c == '#' || c == '(' || c == ')';
    };
    while (at_ < line_.size() && belongs(line_[at_])) ++at_;
    return line_.substr(begin, at_ - begin);
  }

  // At '['. Lists are only stepped over.
  void skip_list(int depth) {
    if (depth > greatest_depth) fail("expected lists at most " + std::to_string(greatest_depth) + " deep");
    ++at_;
    skip_space();
    if (peek() == ']') {
      ++at_;
      return;
    }
    for (;;) {
      skip_space();
      skip_value(depth);
      skip_space();
      const char next = peek();
      if (next != ',' && next != ']') fail("expected ',' or ']', got " + rest());
      ++at_;
      if (next == ']') return;
    }
  }

  void skip_value(int depth) {
    if (peek() == '[') return skip_list(depth + 1);
    if (peek() == '{') return skip_object(depth + 1);
    if (peek() == '"') return read_string(nullptr);
    const std::string_view word = read_word();
    if (word != "null" && word != "None" && word != "true" && word != "false" && !parse_log_number(word)) {
      fail("expected a value, got " + (word.empty() ? rest() : shown(word)));
    }
  }

  void skip_object(int depth) {
    if (depth > greatest_depth) fail("expected objects at most " + std::to_string(greatest_depth) + " deep");
    ++at_;
    skip_space();
    if (peek() == '}') {
      ++at_;
      return;
    }
    for (;;) {
      skip_space();
      if (peek() != '"') fail("expected a name in double quotes, got " + rest());
      read_string(nullptr);
      skip_space();
      if (peek() != ':') fail("expected ':' after the name, got " + rest());
      ++at_;
      skip_space();
      skip_value(depth);
      skip_space();
      const char next = peek();
      if (next != ',' && next != '}') fail("expected ',' or '}', got " + rest());
      ++at_;
      if (next == '}') return;
    }
  }

  // At '"'. Appends the text to `result`, if there is one.
  void read_string(std::string* result) {
    ++at_;
    for (;;) {
      std::size_t end = at_;  // names are short: find_first_of, a call for each character, takes longer
      while (end < line_.size() && line_[end] != '"' && line_[end] != '\\') ++end;
      if (end == line_.size()) {
        if (result != nullptr) result->append(line_, at_);  // names the field in the message
        fail("expected a closing quote, got the end of the line");
      }
      if (result != nullptr) result->append(line_, at_, end - at_);
      at_ = end + 1;
      if (line_[end] == '"') return;
      read_escape(result);
    }
  }

  // After '\'.
  void read_escape(std::string* result) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = peek();
    if (const std::size_t which = letters.find(letter); letter != '\0' && which != std::string_view::npos) {
      if (result != nullptr) *result += meanings[which];
      ++at_;
      return;
    }
    if (letter != 'u') fail("expected an escape sequence, got " + rest());
    std::uint32_t code = read_code_unit();
    if (code >= 0xd800 && code < 0xdc00 && line_.substr(at_).starts_with("\\u")) {
      ++at_;
      const std::uint32_t low = read_code_unit();
      if (low < 0xdc00 || low > 0xdfff) fail("expected the second half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xd800 && code < 0xe000) {
      fail("expected a character, got half a surrogate pair");
    }
    if (result != nullptr) append_utf8(code, *result);
  }

  // At the u of \uHHHH.
  std::uint32_t read_code_unit() {
    std::uint32_t code = 0;
    const std::string_view digits = line_.substr(std::min(at_ + 1, line_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) {
      fail("expected four hexadecimal digits after \\u, got " + shown(digits));
    }
    at_ += 5;
    return code;
  }

  static void append_utf8(std::uint32_t code, std::string& text) {
    const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
      add(0xc0 | (code >> 6));
    } else if (code < 0x10000) {
      add(0xe0 | (code >> 12));
      add(0x80 | ((code >> 6) & 0x3f));
    } else {
      add(0xf0 | (code >> 18));
      add(0x80 | ((code >> 12) & 0x3f));
      add(0x80 | ((code >> 6) & 0x3f));
    }
    add(0x80 | (code & 0x3f));
  }

  const Input& input_;
  Table& table_;
  std::unordered_map<std::string, std::size_t> positions_;
  std::vector<std::uint64_t> last_line_;  // of each column: the line it was last seen in
  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t next_column_ = 0;
  std::size_t row_ = 0;
  std::string name_;
  std::string text_;
};

}  // namespace

Table read_jsonl(Input& input, LongLog* log) {
  Table table;
  table.file = input.name();
  LineReader reader(input, table);
  std::string_view line;
  try {
    while (input.next_line(line)) {
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      reader.read(line);
      if (log != nullptr && log->is_full(table)) log->take(table);
    }
  } catch (const ReadError& error) {
    if (!input.line_is_unterminated()) throw;
    table.leave_out_cut_row(error.what());
  }
  if (table.lines.empty()) {
    throw ReadError(message_at(input.name(), 0, {}, "expected one JSON object a line, got an empty file"));
  }
  return table;
}

}  // namespace perigee::readers
