// Cases by solvers: one cell a group of runs, which leads to these runs. Internal to the page.
//
// A cell is a link to the id of a panel below the map; the style sheet shows the panel that the address names (:target)
// and hides the others, so that it works without a script.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_REPORT_HEAT_MAP_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_REPORT_HEAT_MAP_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <string>
#include <vector>

namespace perigee {

/// The cases by how much their solvers differ, the most first: the ratio of the greatest to the least restricted mean.
/// Equal ones in the campaign's order; cases without runs last.
std::vector<std::size_t> by_difference(const ComparisonReport& report);

/// The places of the cases that the map has room for, in the campaign's order: all, or those that differ most.
std::vector<std::size_t> mapped_cases(const ComparisonReport& report);
inline constexpr std::size_t most_cells = 2000;

/// How a cell is shaded: 0 (as cheap as the cheapest) to 6 (100 times as dear or more), in equal steps of the
/// logarithm.
int shade_of(double ratio);

/// The map of these cases with its key, and the panels that its cells lead to.
std::string heat_map(const ComparisonReport& report, const std::vector<std::size_t>& cases);

}  // namespace perigee

#endif
