// Costs of solvers on problems: what profiles are made of.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_COST_TABLE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_COST_TABLE_HPP

#include <limits>
#include <vector>

namespace perigee::statistics {

inline constexpr double never = std::numeric_limits<double>::infinity();  // the cost of a failure

/// costs[p][s]: what solver s spent on problem p, > 0, or `never`. A "problem" may be a (problem, seed) pair, which
/// every solver met with the same start and instance.
using CostTable = std::vector<std::vector<double>>;

/// The number of solvers. Throws std::invalid_argument, naming `who`, if the table is empty, its rows differ in length,
/// or a cost is NaN or not > 0.
std::size_t solver_count(const CostTable& costs, const char* who);

}  // namespace perigee::statistics

#endif
