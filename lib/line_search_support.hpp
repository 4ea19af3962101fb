// What the line searches share: checks of options, counted calls, and comparisons that know of rounding.
#ifndef PERIGEE_LIB_LINE_SEARCH_SUPPORT_HPP
#define PERIGEE_LIB_LINE_SEARCH_SUPPORT_HPP

#include <perigee/lib/format.hpp>
#include <perigee/lib/line_search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee::detail {

inline void require(bool holds, const char* who, const char* rule, double value) {
  if (!holds) throw std::invalid_argument(std::string(who) + ": " + rule + ", got " + format_number(value));
}

inline bool is_finite(const LineValue& at) { return std::isfinite(at.value) && std::isfinite(at.slope); }

inline bool is_descent(const LineValue& at_zero) { return is_finite(at_zero) && at_zero.slope < 0.0; }

// phi with its trials counted.
class CountedLine {
 public:
  explicit CountedLine(LineFunction& phi) : phi_(phi) {}
  LineValue operator()(double alpha) {
    ++trials_;
    return phi_.evaluate(alpha);
  }
  int trials() const { return trials_; }

 private:
  LineFunction& phi_;
  int trials_ = 0;
};

struct LinePoint {
  double alpha;
  LineValue at;
};

// Differences of values below this are rounding: 2 eps max(|a|, |b|).
inline double rounding_of(double a, double b) {
  return 2.0 * std::numeric_limits<double>::epsilon() * std::max(std::abs(a), std::abs(b));
}

inline bool is_level(double a, double b) { return std::abs(a - b) <= rounding_of(a, b); }

// phi(alpha) <= phi(0) + c1 alpha phi'(0). Where the two values differ by rounding only, they cannot decide, and the
// slope does, in the spirit of the approximate Wolfe condition of Hager and Zhang (2005): it must have become flatter.
inline bool decreases_sufficiently(const LinePoint& trial, const LineValue& at_zero, double decrease) {
  if (is_level(trial.at.value, at_zero.value)) return std::abs(trial.at.slope) < std::abs(at_zero.slope);
  return trial.at.value <= at_zero.value + decrease * trial.alpha * at_zero.slope;
}

}  // namespace perigee::detail

#endif
