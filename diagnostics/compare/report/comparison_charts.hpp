// The curves of a comparison as charts. Solvers are drawn in the order of the summary and numbered by it: the number at
// the end of a line is that of the table of solvers, so that color is never the only sign. Internal to the page.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_CHARTS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_REPORT_COMPARISON_CHARTS_HPP

#include <perigee/diagnostics/compare/comparison_report.hpp>
#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <vector>

namespace perigee {

inline constexpr std::size_t most_drawn_solvers = 10;  // lines of one chart; the first in order
inline constexpr std::size_t most_banded_solvers = 4;  // of them, those with a band

/// rho over the ratio to the cheapest, logarithmic, from 1 to `widest`.
Chart profile_chart(const ComparisonReport& report, const CampaignSummary& summary, double widest = 100.0);

/// The share solved over the cost, logarithmic.
Chart data_profile_chart(const ComparisonReport& report, const CampaignSummary& summary);

/// The share of targets and cases reached with restarts, likewise; no series where that was not computed.
Chart target_chart(const ComparisonReport& report);

/// What of a case is drawn.
enum class CaseCurves { arrival, escape };

/// The share that has not arrived (or not left the saddle), with its bands, over the cost; no series where nothing was
/// measured.
Chart case_chart(const ComparisonReport& report, std::size_t case_index, CaseCurves which);

/// The name of a solver, as the command line writes it.
std::string solver_name(const ComparisonReport& report, Index solver);

/// The summary that the page is about: that of the last target.
const CampaignSummary& main_summary(const ComparisonReport& report);

/// "1 and 2 of 12 solvers ..." where not all are drawn; empty otherwise.
std::string drawn_note(std::size_t solvers);

}  // namespace perigee

#endif
