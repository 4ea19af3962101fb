#include <perigee/diagnostics/report/phase_words.hpp>

#include <perigee/lib/format.hpp>

#include <cmath>
#include <string_view>

namespace perigee {

namespace {

double number_of(const Phase& phase, std::string_view name) { return evidence_value(phase.evidence, name); }

std::string range_words(double first, double last, bool is_one_record) {
  if (std::isnan(first) && std::isnan(last)) return "";
  if (is_one_record || first == last) return format_number(first, 4);
  return format_number(first, 4) + " to " + format_number(last, 4);
}

}  // namespace

std::string value_words(const Phase& phase) {
  return range_words(number_of(phase, "value_first"), number_of(phase, "value_last"), phase.first == phase.last);
}

std::string phase_words(const Phase& phase) {
  std::string words;
  const auto add = [&words](std::string_view name, const std::string& text) {
    if (!text.empty()) words += (words.empty() ? "" : ", ") + std::string(name) + ' ' + text;
  };
  add("value", value_words(phase));
  add("gradient norm", range_words(number_of(phase, "gradient_norm_least"), number_of(phase, "gradient_norm_largest"),
                                   phase.first == phase.last));
  if (const double exponent = number_of(phase, "exponent"); !std::isnan(exponent)) {
    add("exponent", format_number(exponent, 3) + " [" + format_number(number_of(phase, "exponent_lower"), 3) + ", " +
                        format_number(number_of(phase, "exponent_upper"), 3) + "]");
  }
  return words;
}

}  // namespace perigee
