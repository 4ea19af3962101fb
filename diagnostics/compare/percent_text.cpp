#include <perigee/diagnostics/compare/percent_text.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

std::string percent_text(double share) {
  constexpr double rounding = 1e-12;  // the ends of an interval may miss 0 and 1 by this
  if (share > rounding && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1.0 - rounding) return ">99.9%";
  return format_number(100.0 * share, 3) + "%";
}

}  // namespace perigee
