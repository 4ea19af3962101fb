#include <perigee/diagnostics/resolution.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace perigee {

namespace {

// The digits of a number as text without leading and trailing zeros, and the power of ten of the last of them.
struct Decimals {
  Index digits = 0;
  Index last_place = 0;
};

Decimals decimals_of(double value) {
  Decimals decimals;
  Index zeros = 0;     // that end the digits so far
  Index fraction = 0;  // digits after the point
  Index exponent = 0;
  bool is_fraction = false;
  const std::string text = format_exact(value);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == 'e') {
      exponent = static_cast<Index>(parse_number(text.substr(i + 1)).value_or(0.0));
      break;
    }
    if (letter == '.') is_fraction = true;
    if (letter < '0' || letter > '9') continue;
    if (is_fraction) ++fraction;
    if (letter != '0') {
      decimals.digits += decimals.digits > 0 ? zeros + 1 : 1;
      zeros = 0;
    } else {
      ++zeros;
    }
  }
  decimals.last_place = exponent - fraction + zeros;
  return decimals;
}

}  // namespace

Index digits_of(double value) { return std::isfinite(value) ? decimals_of(value).digits : 0; }

double resolution_of(std::span<const double> values) {
  std::optional<Index> place;
  for (const double value : values) {
    if (!std::isfinite(value) || value == 0.0) continue;
    const Index last = decimals_of(value).last_place;
    place = place ? std::min(*place, last) : last;
  }
  return place ? 0.5 * std::pow(10.0, static_cast<double>(*place)) : 0.0;
}

}  // namespace perigee
