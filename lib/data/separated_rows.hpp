// The fields of separated values (CSV), row by row: RFC 4180, with the liberties that logs take.
#ifndef PERIGEE_LIB_DATA_SEPARATED_ROWS_HPP
#define PERIGEE_LIB_DATA_SEPARATED_ROWS_HPP

#include <perigee/lib/data/line_reader.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perigee::data {

/// The text without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Of comma, semicolon and tab the one that comes most often in the row, outside quotes; a comma where none does.
char guess_separator(std::string_view row);

/// Splits rows into fields. A row goes over several lines where a quoted field does.
class SeparatedRows {
 public:
  /// Reads on in `input`, which must outlive this.
  SeparatedRows(LineReader& input, char separator) : input_(input), separator_(separator) {}

  /// The fields of the row that begins with `line`, trimmed, quotes removed; valid until the next row is read.
  /// Throws ReadError if a quote is not closed within greatest_line_length, or something follows a closing quote.
  const std::vector<std::string_view>& split(std::string_view line);

  std::uint64_t line_number() const { return line_number_; }  // of the row's first line

  /// Throws ReadError at the row's first line; an empty `field` is left out.
  [[noreturn]] void fail(std::string_view field, const std::string& message) const;

 private:
  void split_plain(std::string_view line);
  void split_quoted(std::string_view first_line);
  std::size_t append_quoted(std::size_t at, std::string& unquoted);

  LineReader& input_;
  char separator_;
  std::vector<std::string_view> fields_;
  std::string text_;
  std::string unquoted_;
  std::uint64_t line_number_ = 0;
};

}  // namespace perigee::data

#endif
