#include <perigee/diagnostics/compare/percent_text.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

std::string percent_text(double share) {
  if (share > 0.0 && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1.0) return ">99.9%";
  return format_number(100.0 * share, 3) + "%";
}

}  // namespace perigee
