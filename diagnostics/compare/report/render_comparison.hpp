// A comparison as one web page that needs nothing else: no network, no other file, no script.
//
// Order: the verdict, the solvers, profiles, the map of cases by solvers with the runs behind its cells, survival
// curves of the cases that tell most, then targets, escapes, scaling, all numbers, what may be wrong, and the set-up.
// It is a page of render_html.hpp: same style sheet, same policy, everything escaped. However large the campaign, the
// page stays bounded: it shows the cases that differ most and a sample of their runs, and says so.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_REPORT_RENDER_COMPARISON_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_REPORT_RENDER_COMPARISON_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <string>

namespace perigee {

/// HTML 5, UTF-8, deterministic. The report must have its samples. Linear in the groups.
std::string render_html(const ComparisonReport& report);

inline constexpr std::size_t most_open_cases = 12;    // survival curves that are seen at once
inline constexpr std::size_t most_folded_cases = 48;  // more of them, folded away
inline constexpr std::size_t most_group_rows = 1000;  // of the table of all groups

}  // namespace perigee

#endif
