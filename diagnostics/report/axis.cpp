#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace perigee {
namespace {

constexpr double largest_drawn = 4e307;  // the length of an axis must not overflow

double drawn(double value, AxisScale scale) {
  if (scale == AxisScale::logarithmic) return std::log10(value);
  if (scale == AxisScale::logarithmic_from_zero) return std::log10(1.0 + value);
  return std::clamp(value, -largest_drawn, largest_drawn);
}

std::string superscript(std::string_view exponent) {
  constexpr std::array<std::string_view, 10> digits{"\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",
                                                    "\xE2\x81\xB4", "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7",
                                                    "\xE2\x81\xB8", "\xE2\x81\xB9"};
  std::string result;
  for (const char character : exponent) {
    if (character == '-') result += "\xE2\x81\xBB";
    if (character >= '0' && character <= '9') result += digits[static_cast<std::size_t>(character - '0')];
  }
  return result;
}

std::string power_label(int exponent) { return "10" + superscript(std::to_string(exponent)); }

// The smallest of 1, 2, 5 times a power of ten that is at least `raw`.
double round_step(double raw) {
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1.0 - 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

}  // namespace

std::string axis_label(double value, int digits) {
  const double size = std::abs(value);
  if (value == 0.0) return "0";
  if (size >= 1e6 || size < 1e-4) {
    const std::string text = format_number(value, digits);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;
    const int power = std::stoi(text.substr(exponent + 1));
    const std::string mantissa = text.substr(0, exponent);
    if (mantissa == "1") return power_label(power);
    if (mantissa == "-1") return "\xE2\x88\x92" + power_label(power);
    return (mantissa.starts_with('-') ? "\xE2\x88\x92" + mantissa.substr(1) : mantissa) + "\xC3\x97" +
           power_label(power);
  }
  // Enough digits for a whole number below 1e6: no exponent.
  std::string text = format_number(size, size >= 1.0 ? std::max(digits, 7) : digits);
  const std::size_t whole = std::min(text.find('.'), text.size());
  if (whole >= 5) {
    for (std::size_t at = whole; at > 3; at -= 3) text.insert(at - 3, "\xE2\x80\xAF");  // narrow no-break space
  }
  return value < 0.0 ? "\xE2\x88\x92" + text : text;
}

Axis::Axis(double low, double high, AxisScale scale, int most_ticks)
    : Axis(Drawn{}, drawn(low, scale), drawn(high, scale), scale, most_ticks) {}

Axis::Axis(Drawn, double low, double high, AxisScale scale, int most_ticks) : low_(low), high_(high), scale_(scale) {
  if (!(high_ > low_)) {
    const double margin = low_ == 0.0 || scale_ != AxisScale::linear ? 0.5 : 0.1 * std::abs(low_);
    low_ -= margin;
    high_ += margin;
  }
  if (scale_ == AxisScale::logarithmic) {
    place_logarithmic_ticks(most_ticks);
  } else if (scale_ == AxisScale::logarithmic_from_zero) {
    place_ticks_from_zero(most_ticks);
  } else {
    place_linear_ticks(most_ticks);
  }
}

Axis Axis::padded(double low, double high, AxisScale scale, int most_ticks, double padding) {
  const double begin = drawn(low, scale);
  const double end = drawn(high, scale);
  const double margin = padding * (end - begin);
  return Axis(Drawn{}, begin - margin, end + margin, scale, most_ticks);
}

double Axis::position(double value) const { return (drawn(value, scale_) - low_) / (high_ - low_); }

void Axis::place_linear_ticks(int most_ticks) {
  double step = round_step((high_ - low_) / (most_ticks - 1));
  if (!std::isfinite(step) || !(step > 0.0)) return;  // denormal or overflowing extents: an axis without numbers
  // One number alone gives no scale.
  if (std::floor(high_ / step + 1e-9) - std::ceil(low_ / step - 1e-9) < 1.0) step = round_step(0.4 * step);
  const double largest = std::max(std::abs(low_), std::abs(high_));
  const double needed = std::floor(std::log10(largest)) - std::floor(std::log10(step)) + 1.0;
  const int digits = static_cast<int>(std::clamp(needed, 1.0, 12.0));
  const double first = std::ceil(low_ / step - 1e-9);
  for (int i = 0; i <= most_ticks; ++i) {
    const double value = (first + i) * step;
    if (value > high_ + 1e-9 * (high_ - low_)) break;
    ticks_.push_back({.position = (value - low_) / (high_ - low_), .label = axis_label(value, digits)});
  }
}

void Axis::place_logarithmic_ticks(int most_ticks) {
  const double decades = high_ - low_;
  if (decades > 2.0) {
    const int stride = std::max(1, static_cast<int>(std::lround(round_step(decades / most_ticks))));
    for (int exponent = static_cast<int>(std::ceil(low_)); exponent <= high_; ++exponent) {
      if (exponent % stride != 0) continue;
      ticks_.push_back({.position = (exponent - low_) / decades, .label = power_label(exponent)});
    }
    return;
  }
  for (int exponent = static_cast<int>(std::floor(low_)); exponent <= high_; ++exponent) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double place = exponent + std::log10(factor);
      if (place < low_ || place > high_) continue;
      ticks_.push_back(
          {.position = (place - low_) / decades, .label = axis_label(factor * std::pow(10.0, exponent), 2)});
    }
  }
}

void Axis::place_ticks_from_zero(int most_ticks) {
  const auto place = [this](double value) {
    ticks_.push_back({.position = (drawn(value, scale_) - low_) / (high_ - low_), .label = axis_label(value)});
  };
  if (high_ - low_ < 1.0) {  // less than a decade: round numbers of a linear axis, at their places on this one
    const double low = std::pow(10.0, low_) - 1.0;
    const double high = std::pow(10.0, high_) - 1.0;
    const double step = round_step((high - low) / (most_ticks - 1));
    for (double value = std::ceil(low / step - 1e-9) * step; value <= high * (1.0 + 1e-9); value += step) place(value);
    return;
  }
  const int stride = std::max(1, static_cast<int>(std::ceil((high_ - low_) / most_ticks)));
  if (low_ < 1e-9) place(0.0);
  for (int exponent = stride > 1 ? stride : 0; exponent <= high_ + 1e-9; exponent += stride) {
    const double value = std::pow(10.0, exponent);
    if (drawn(value, scale_) >= low_ && drawn(value, scale_) <= high_ + 1e-9) place(value);
  }
}

}  // namespace perigee
