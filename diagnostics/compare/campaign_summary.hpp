// What a campaign has shown: rates, times and tests a (case, solver), profiles and an order a solver.
//
// Costs are C of campaign_options.hpp. Failures count as such everywhere: in rates, as censored at the budget in
// survival curves, with what they spent in ERT, as infinite in profiles. Profiles and the bootstrap are over (case,
// seed): every solver met the same start under the same seed. Where nothing is drawn the one run stands for all seeds
// there; where a solver does not fit, the case counts as not solved.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SUMMARY_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_SUMMARY_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/diagnostics/compare/statistics/step_curve.hpp>
#include <perigee/diagnostics/compare/statistics/two_sample_tests.hpp>

#include <optional>
#include <string>
#include <vector>

namespace perigee {

struct SummaryOptions {
  std::size_t target = 0;       // which of the campaign's
  Index resamples = 1000;       // of bootstraps; >= 1
  double widest_ratio = 100.0;  // profiles are summed up to this ratio to the best; > 1
  std::uint64_t seed = 0;       // of the resampling
  unsigned threads = 1;         // >= 1; the figures do not depend on it
};

/// One (case, solver).
struct GroupSummary {
  RunPlace place{};  // seed 0
  GroupKind kind = GroupKind::seeded;
  std::string reason{};  // why it is not applicable
  Index runs = 0;        // rows there are
  Index successes = 0;
  statistics::Interval success{};          // Wilson; NaN for single runs
  std::optional<double> median{};          // Kaplan-Meier; nothing: not reached
  statistics::Estimate restricted_mean{};  // up to the budget; NaN without runs
  double running_time = not_measured;      // ERT; infinite without success
  statistics::Interval running_time_interval{};
  Index escapes = 0;     // runs that left the saddle they started at
  Index breakdowns = 0;  // runs that ended by a breakdown
  Index timed_out = 0;   // runs that the clock ended: not reproducible, and not solved
  Index claims = 0;      // runs that ended by a criterion of their own
  // Of these, those whose end the referee judged to be no minimum (saddle, maximum, not stationary); nothing: not
  // judged.
  std::optional<Index> contradicted{};
  double median_gradients = not_measured;  // of all calls, over all runs
  double median_products = not_measured;
  double median_seconds = not_measured;
  // Against the solver with the least restricted mean on this case; Holm over all such tests. NaN: it is
  // that solver, or there is nothing to test; the log-rank test also where one of the two is a single run.
  double log_rank_p = not_measured;
  double mean_test_p = not_measured;
  statistics::SurvivalCurve curve{};  // the share that has not arrived by a cost; thinned
  // The same of leaving the saddle; no steps where no solver left one in this case. A run that ends where it is stays.
  statistics::SurvivalCurve escape_curve{};
  std::optional<double> median_escape_cost{};       // nothing: fewer than half left
  std::optional<double> median_escape_iteration{};  // likewise
};

/// One solver over everything.
struct SolverSummary {
  Index solver = 0;
  Index runs = 0;  // pairs of case and seed: a single run stands for all seeds
  Index successes = 0;
  Index not_applicable = 0;                 // cases that it does not fit; not solved, under any seed
  statistics::Interval success{};           // bootstrap, clustered by case; Wilson where there is one only
  double profile_area = not_measured;       // under the performance profile up to widest_ratio
  statistics::Interval profile_interval{};  // bootstrap likewise; NaN where there is one only
  double best_share = not_measured;         // rho(1)
  double median_ratio = not_measured;       // of its costs to the cheapest; infinite if half its runs failed
  statistics::StepCurve profile{};          // rho over the ratio to the cheapest; thinned
  statistics::StepCurve data_profile{};     // the share solved over the cost; thinned
};

struct CampaignSummary {
  double target = 0.0;
  std::vector<GroupSummary> groups;    // case by case, as the runs
  std::vector<SolverSummary> solvers;  // the greatest area first
  Index missing = 0;                   // runs without a row
  std::string verdict;                 // one or two sentences
};

/// Throws std::invalid_argument if options are out of range. Rows are read once, a case at a time.
CampaignSummary summarize(const CampaignOptions& campaign, RunRows& rows, const SummaryOptions& options = {});

}  // namespace perigee

#endif
