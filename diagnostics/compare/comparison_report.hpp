// Everything that a finished or unfinished campaign has to say, gathered once, for the table, the JSON and the page.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_COMPARISON_REPORT_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_COMPARISON_REPORT_HPP

#include <perigee/diagnostics/compare/campaign_scaling.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/compare/campaign_summary.hpp>
#include <perigee/diagnostics/compare/statistics/step_curve.hpp>

#include <string>
#include <vector>

namespace perigee {

/// Runs of one (case, solver) to look at: all of them, or some that stand for the rest.
struct RunSample {
  std::vector<RunRow> rows;  // in order of the cost to the last target, those that failed last
  Index of = 0;              // rows there are
};

struct ComparisonReport {
  CampaignOptions campaign{};
  RunConfiguration configuration{};
  std::vector<Provenance> writers{};         // who computed, where a file says so
  std::vector<CampaignSummary> summaries{};  // one a target
  // ECDF: the share of (target, case) reached over the cost, failed runs started again; one a solver, in the campaign's
  // order. Empty while a (case, solver) has no run.
  std::vector<statistics::StepCurve> target_curves{};
  std::vector<CampaignScaling> scalings{};  // where the campaign varies one number
  std::vector<RunSample> samples{};         // as CampaignSummary::groups
};

/// What is gathered beyond the summaries and the slopes. Each includes those before it.
enum class ReportDetail {
  table,   // nothing: for the table
  curves,  // the targets reached: for the JSON
  runs,    // samples: for the page
};

struct ComparisonOptions {
  ReportDetail detail = ReportDetail::runs;

  Index resamples = 1000;        // as SummaryOptions
  Index restarts = 100;          // simulated running times of a (target, case, solver); >= 1
  std::size_t most_rows = 6000;  // of all samples together, beyond `least_rows` a group
  std::size_t least_rows = 4;    // of a sample, where there are that many; >= 3
  std::size_t largest_sample = 25;
  std::uint64_t seed = 0;
  unsigned threads = 1;  // as SummaryOptions
};

/// Reads the rows once a target, once more for curves and once more for samples. Throws std::invalid_argument if
/// options are out of range.
ComparisonReport compare_runs(const RunConfiguration& configuration, const CampaignOptions& campaign, RunRows& rows,
                              const std::vector<Provenance>& writers = {}, const ComparisonOptions& options = {});

/// Whether the targets are others than those the runs were made for (new_targets.hpp).
bool has_new_targets(const ComparisonReport& report);

/// Which of `count` things in order to show: at most `most` >= 2, the first, the last, and evenly placed ones between.
std::vector<std::size_t> spread_places(std::size_t count, std::size_t most);

}  // namespace perigee

#endif
