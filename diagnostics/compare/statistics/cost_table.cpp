#include <perigee/diagnostics/compare/statistics/cost_table.hpp>

#include <perigee/lib/format.hpp>

#include <stdexcept>
#include <string>

namespace perigee::statistics {

std::size_t solver_count(const CostTable& costs, const char* who) {
  const auto require = [who](bool holds, const std::string& rule, const std::string& got) {
    if (!holds) throw std::invalid_argument(std::string(who) + ": " + rule + ", got " + got);
  };
  require(!costs.empty(), "there must be at least one problem", "0");
  const std::size_t solvers = costs.front().size();
  require(solvers > 0, "there must be at least one solver", "0");
  for (const std::vector<double>& row : costs) {
    require(row.size() == solvers, "every problem must have a cost for each of " + std::to_string(solvers) + " solvers",
            std::to_string(row.size()));
    for (const double cost : row) require(cost > 0.0, "costs must be > 0", format_number(cost));
  }
  return solvers;
}

}  // namespace perigee::statistics
