#include <perigee/diagnostics/compare/fixed_rate.hpp>

#include <perigee/lib/format.hpp>

namespace perigee {

std::string text_setting(const Solver& solver, std::string_view name) {
  for (const auto& [key, value] : solver.settings()) {
    if (key == name) return value;
  }
  return {};
}

std::optional<double> number_setting(const Solver& solver, std::string_view name) {
  return parse_number(text_setting(solver, name));
}

std::optional<double> fixed_rate(const Solver& solver) {
  return solver.name() == "gradient-descent" ? number_setting(solver, "learning_rate") : std::nullopt;
}

}  // namespace perigee
