#include <perigee/diagnostics/readers/log_number.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace perigee::readers {

namespace {

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool is_same_word(std::string_view text, std::string_view lower_case_word) {
  return std::equal(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

// The spellings without a digit of their own; from_chars itself reads nan, nan(...), inf and infinity.
std::optional<double> parse_marked(std::string_view field) {
  const bool is_negative = field.starts_with('-');
  if (is_negative || field.starts_with('+')) field.remove_prefix(1);
  if (!field.starts_with("1.#")) return std::nullopt;
  field.remove_prefix(3);
  while (field.ends_with('0')) field.remove_suffix(1);
  if (is_same_word(field, "inf")) return (is_negative ? -1.0 : 1.0) * std::numeric_limits<double>::infinity();
  if (is_same_word(field, "ind") || is_same_word(field, "qnan") || is_same_word(field, "snan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_log_number(std::string_view field) {
  // *number, not number: a copy of the whole is one load over two stores just made, which the processor waits for.
  if (const std::optional<double> number = parse_number(field)) return *number;
  return parse_marked(field);
}

bool is_missing(std::string_view field) {
  constexpr std::array<std::string_view, 6> words{"", "null", "none", "na", "n/a", "-"};
  return field.size() <= 4 &&
         std::any_of(words.begin(), words.end(), [field](std::string_view word) { return is_same_word(field, word); });
}

}  // namespace perigee::readers
