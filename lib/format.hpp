// Numbers as text and text as numbers, the same on every machine and in every locale.
#ifndef PERIGEE_LIB_FORMAT_HPP
#define PERIGEE_LIB_FORMAT_HPP

#include <optional>
#include <string>
#include <string_view>

namespace perigee {

/// For people: up to `digits` significant digits, no trailing zeros ("0.25", "1e-08", "nan", "inf").
std::string format_number(double value, int digits = 6);

/// A count for people: rounded to `digits` significant digits and written out, without an exponent below 1e15
/// ("15900").
std::string format_count(double value, int digits = 3);

/// For machines: the shortest text that reads back as the same double.
std::string format_exact(double value);

/// A whole text as a double; nothing if any of it is not a number. Reads nan, inf, Infinity (any case,
/// any sign) and a leading plus; overflow gives an infinity, underflow a zero.
std::optional<double> parse_number(std::string_view text);

}  // namespace perigee

#endif
