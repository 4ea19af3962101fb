#include <perigee/diagnostics/compare/statistics/cost_table.hpp>

#include <perigee/lib/format.hpp>

#include <stdexcept>
#include <string>

namespace perigee::statistics {

CostTable::CostTable(std::initializer_list<std::initializer_list<double>> rows)
    : solvers_(rows.size() == 0 ? 0 : rows.begin()->size()) {
  for (const std::initializer_list<double>& row : rows) add({row.begin(), row.size()});
}

void CostTable::add(std::span<const double> row) {
  if (row.size() != solvers_) {
    throw std::invalid_argument("CostTable: every problem must have a cost for each of " + std::to_string(solvers_) +
                                " solvers, got " + std::to_string(row.size()));
  }
  costs_.insert(costs_.end(), row.begin(), row.end());
  ++size_;
}

std::size_t solver_count(const CostTable& costs, const char* who) {
  const auto require = [who](bool holds, const char* rule, const auto& got) {
    if (!holds) throw std::invalid_argument(std::string(who) + ": " + rule + ", got " + got());
  };
  const auto none = [] { return "0"; };
  require(costs.size() > 0, "there must be at least one problem", none);
  require(costs.solvers() > 0, "there must be at least one solver", none);
  for (std::size_t p = 0; p < costs.size(); ++p) {
    for (const double cost : costs[p]) require(cost > 0.0, "costs must be > 0", [cost] { return format_number(cost); });
  }
  return costs.solvers();
}

}  // namespace perigee::statistics
