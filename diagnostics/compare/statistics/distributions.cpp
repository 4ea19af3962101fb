#include <perigee/diagnostics/compare/statistics/distributions.hpp>

#include <perigee/lib/format.hpp>

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

namespace {

void require_level(double level, const char* who) {
  if (level > 0.0 && level < 1.0) return;
  throw std::invalid_argument(std::string(who) + ": level must be in (0, 1), got " + format_number(level));
}

}  // namespace

double normal_probability(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw std::invalid_argument("normal_quantile: p must be in [0, 1], got " + format_number(p));
  }
  if (p == 0.0) return -std::numeric_limits<double>::infinity();
  if (p == 1.0) return std::numeric_limits<double>::infinity();
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p);
}

double two_sided_normal_quantile(double level, const char* who) {
  require_level(level, who);
  return normal_quantile(0.5 + 0.5 * level);
}

double two_sided_student_quantile(double level, double degrees_of_freedom, const char* who) {
  require_level(level, who);
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.5 + 0.5 * level);
}

double chi_squared_tail(double x) { return std::erfc(std::sqrt(0.5 * x)); }

double chi_squared_quantile(double p, double degrees_of_freedom) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw std::invalid_argument("chi_squared_quantile: p must be in [0, 1], got " + format_number(p));
  }
  if (!(degrees_of_freedom > 0.0)) {
    throw std::invalid_argument("chi_squared_quantile: degrees_of_freedom must be positive, got " +
                                format_number(degrees_of_freedom));
  }
  if (p == 0.0) return 0.0;
  if (p == 1.0) return std::numeric_limits<double>::infinity();
  return 2.0 * boost::math::gamma_p_inv(0.5 * degrees_of_freedom, p);
}

}  // namespace perigee::statistics
