#include <perigee/diagnostics/compare/fixed_rate.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

std::optional<double> fixed_rate(const Solver& solver) {
  if (solver.name() != "gradient-descent") return std::nullopt;
  for (const auto& [name, value] : solver.settings()) {
    if (name == "learning_rate") return parse_number(value);
  }
  return std::nullopt;
}

}  // namespace perigee
