// The parts of a comparison's page that are tables and words. Internal to the page.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_SECTIONS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_SECTIONS_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <string>
#include <vector>

namespace perigee {

/// The verdict in its frame, then the size of the campaign at a glance.
std::string comparison_verdict(const ComparisonReport& report);

/// The solvers in order, with the number and the line that stand for them in the pictures.
std::string solver_table(const ComparisonReport& report);

/// The cases where the first solver is beaten by another, by the restricted mean; empty if there are none.
std::string cases_lost(const ComparisonReport& report);

/// The share solved of every solver at every target; empty with one target.
std::string target_table(const ComparisonReport& report);

/// The slopes, the theory's beside the measured; empty without any.
std::string scaling_table(const ComparisonReport& report);

/// Every (case, solver) of these cases with all of its numbers.
std::string group_table(const ComparisonReport& report, const std::vector<std::size_t>& cases);

/// What was run, by whom: configuration, weights, machines.
std::string comparison_setup(const ComparisonReport& report);

/// What a reader must know before he believes the rest: by rule, from this campaign.
std::vector<std::string> comparison_caveats(const ComparisonReport& report);

}  // namespace perigee

#endif
