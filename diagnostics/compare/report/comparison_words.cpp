#include <perigee/diagnostics/compare/report/comparison_words.hpp>

#include <perigee/diagnostics/compare/percent_text.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>

namespace perigee {

std::string plain_number(double value) { return std::isinf(value) ? "never" : format_count(value); }

std::string cost_markup(double value, int digits) {
  return std::isfinite(value) ? format_count(value, digits) : markup::number(value);
}

std::string percent_interval(const statistics::Interval& interval) {
  if (std::isnan(interval.lower) || std::isnan(interval.upper)) return "";
  return "[" + percent_text(interval.lower) + ", " + percent_text(interval.upper) + "]";
}

std::string interval_markup(const statistics::Interval& interval, int digits) {
  if (std::isnan(interval.lower) || std::isnan(interval.upper)) return "";
  return "[" + markup::number(interval.lower, digits) + ", " + markup::number(interval.upper, digits) + "]";
}

std::string probability_markup(double p) { return p < 1e-6 ? "&lt;" + markup::number(1e-6) : markup::number(p, 2); }

}  // namespace perigee
