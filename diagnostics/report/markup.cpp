#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/lib/format.hpp>

#include <array>
#include <cmath>

namespace perigee::markup {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at `at`; 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
  const auto is_tail = [&](std::size_t offset, unsigned low = 0x80, unsigned high = 0xBF) {
    return at + offset < text.size() && byte(offset) >= low && byte(offset) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    // No overlong forms (after E0), no surrogates (after ED).
    const bool second = is_tail(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && is_tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = is_tail(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    result += length == 0 ? replacement : text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return result;
}

std::string terminal_line(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string result;
  result.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const auto byte = static_cast<unsigned char>(valid[at]);
    if (byte == '\n' || byte == '\t' || byte == '\r') {
      result += ' ';
    } else if (byte < 0x20 || byte == 0x7F) {
      result += replacement;
    } else if (byte == 0xC2 && static_cast<unsigned char>(valid[at + 1]) < 0xA0) {  // C1: U+0080 to U+009F
      result += replacement;
      ++at;
    } else {
      result += valid[at];
    }
  }
  return result;
}

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char character : valid_utf8(text)) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        // Controls other than white space are not characters of HTML.
        if (static_cast<unsigned char>(character) < 0x20 && character != '\n' && character != '\t') {
          result += replacement;
        } else {
          result += character;
        }
    }
  }
  return result;
}

std::string json_literal(std::string_view text) {
  constexpr std::array<char, 17> hexadecimal{"0123456789abcdef"};
  const std::string valid = valid_utf8(text);
  std::string result = "\"";
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const char character = valid[at];
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      result += '\\';
      result += character;
    } else if (byte < 0x20 || byte == 0x7F || character == '<' || character == '>' || character == '&') {
      result += "\\u00";
      result += hexadecimal[byte >> 4];
      result += hexadecimal[byte & 0xF];
    } else if (valid.compare(at, 3, "\xE2\x80\xA8") == 0 || valid.compare(at, 3, "\xE2\x80\xA9") == 0) {
      result += valid[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      result += character;
    }
  }
  return result + '"';
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char character : text) count += (static_cast<unsigned char>(character) & 0xC0) != 0x80;
  return count;
}

std::string number(double value, int digits) {
  if (std::isnan(value)) return "<span title=\"not measured\">\xE2\x80\x93</span>";
  if (std::isinf(value)) return value > 0.0 ? "\xE2\x88\x9E" : "\xE2\x88\x92\xE2\x88\x9E";
  std::string text = format_number(value, digits);
  std::string power;
  if (const std::size_t exponent = text.find('e'); exponent != std::string::npos) {
    std::size_t first_digit = exponent + 2;
    while (first_digit + 1 < text.size() && text[first_digit] == '0') ++first_digit;
    power =
        "\xC3\x97"
        "10<sup>";
    if (text[exponent + 1] == '-') power += "\xE2\x88\x92";
    power += text.substr(first_digit) + "</sup>";
    text.resize(exponent);
  }
  if (text.starts_with('-')) text = "\xE2\x88\x92" + text.substr(1);
  return text + power;
}

}  // namespace perigee::markup
