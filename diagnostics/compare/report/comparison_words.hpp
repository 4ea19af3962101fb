// Numbers of a comparison as text and as markup. Internal to the page.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_WORDS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_WORDS_HPP

#include <perigee/diagnostics/compare/statistics/interval.hpp>

#include <string>

namespace perigee {

/// "2.5", "never"; text.
std::string plain_number(double value);

/// A cost or a ratio, written out: "16700", "2.5"; as markup, as markup::number where it is not finite.
std::string cost_markup(double value, int digits = 4);

/// "[84%, 97%]"; empty where there is none. Text.
std::string percent_interval(const statistics::Interval& interval);

/// "[0.31, 0.42]", as markup.
std::string interval_markup(const statistics::Interval& interval, int digits = 3);

/// "0.012", "&lt;10^-6": a normal approximation says no more far out; a dash where nothing was tested.
std::string probability_markup(double p);

}  // namespace perigee

#endif
