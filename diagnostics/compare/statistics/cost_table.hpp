// Costs of solvers on problems: what profiles are made of.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_COST_TABLE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_COST_TABLE_HPP

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <vector>

namespace perigee::statistics {

inline constexpr double never = std::numeric_limits<double>::infinity();  // the cost of a failure

/// costs[p][s]: what solver s spent on problem p, > 0, or `never`. A "problem" may be a (problem, seed) pair, which
/// every solver met with the same start and instance. One block of memory: there may be a million rows.
class CostTable {
 public:
  explicit CostTable(std::size_t solvers = 0) : solvers_(solvers) {}
  CostTable(std::initializer_list<std::initializer_list<double>> rows);

  /// Adds a problem. Throws std::invalid_argument unless it has a cost for each solver.
  void add(std::span<const double> row);

  std::size_t size() const { return size_; }  // the number of problems
  std::size_t solvers() const { return solvers_; }
  std::span<const double> operator[](std::size_t problem) const {
    return std::span(costs_).subspan(problem * solvers_, solvers_);
  }

 private:
  std::size_t solvers_ = 0;
  std::size_t size_ = 0;
  std::vector<double> costs_;  // row after row
};

/// The number of solvers. Throws std::invalid_argument, naming `who`, if there are no problems or no solvers, or a cost
/// is NaN or not > 0.
std::size_t solver_count(const CostTable& costs, const char* who);

}  // namespace perigee::statistics

#endif
