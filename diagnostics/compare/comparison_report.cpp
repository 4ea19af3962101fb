#include <perigee/diagnostics/compare/comparison_report.hpp>

#include <perigee/diagnostics/compare/statistics/cost_table.hpp>
#include <perigee/diagnostics/compare/statistics/target_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

using statistics::CensoredTime;
using statistics::StepCurve;

void check_options(const ComparisonOptions& options) {
  if (options.restarts < 1) {
    throw std::invalid_argument("compare_runs: restarts must be >= 1, got " + std::to_string(options.restarts));
  }
  if (options.least_rows < 3 || options.largest_sample < options.least_rows) {
    throw std::invalid_argument("compare_runs: samples must have room for 3 rows or more, got " +
                                std::to_string(std::min(options.least_rows, options.largest_sample)));
  }
}

// The share of pairs reached by each solver. The runs of one group are read at a time, all targets of it together.
std::vector<StepCurve> target_curves(const CampaignOptions& campaign, RunRows& rows, const ComparisonOptions& options) {
  const std::size_t solvers = campaign.solvers.size();
  const std::size_t targets = campaign.targets.size();
  std::vector<std::vector<double>> times(solvers);
  const Index groups = run_count(campaign) / campaign.seeds;
  for (Index group = 0; group < groups; ++group) {
    std::vector<std::vector<CensoredTime>> pairs(targets);
    rows.for_each(
        group * campaign.seeds, (group + 1) * campaign.seeds,
        [&](const RunRow& row) {
          for (std::size_t t = 0; t < targets; ++t) pairs[t].push_back(spent_to_target(row, t, campaign.budget));
        },
        RowDetail::scores);
    auto& all = times[static_cast<std::size_t>(place_of(campaign, group * campaign.seeds).solver)];
    if (runs_in_group(campaign, group) == 0) {  // the solver does not fit: it never arrives
      all.insert(all.end(), targets * static_cast<std::size_t>(options.restarts), statistics::never);
      continue;
    }
    if (pairs.front().empty()) return {};
    const RandomSource random(options.seed, static_cast<std::uint64_t>(group));
    const std::vector<double> drawn = target_distribution(pairs, options.restarts, random).times;
    all.insert(all.end(), drawn.begin(), drawn.end());
  }
  std::vector<StepCurve> curves;
  for (std::vector<double>& all : times) {
    std::sort(all.begin(), all.end());
    const auto finite = std::lower_bound(all.begin(), all.end(), statistics::never) - all.begin();
    curves.push_back(statistics::step_curve(std::span(all).first(static_cast<std::size_t>(finite)), all.size()));
  }
  return curves;
}

std::vector<RunSample> samples_of(const CampaignOptions& campaign, RunRows& rows, const ComparisonOptions& options) {
  const auto groups = static_cast<std::size_t>(run_count(campaign) / campaign.seeds);
  const std::size_t most = std::clamp(options.most_rows / groups, options.least_rows, options.largest_sample);
  std::vector<RunSample> samples;
  for (std::size_t group = 0; group < groups; ++group) {
    const Index first = static_cast<Index>(group) * campaign.seeds;
    // Of every run its cost and its place only: a group may have a million.
    std::vector<std::pair<double, Index>> order;
    rows.for_each(
        first, first + campaign.seeds,
        [&](const RunRow& row) {
          const double cost = row.hits.back();
          order.emplace_back(std::isnan(cost) ? statistics::never : cost, row.run);
        },
        RowDetail::scores);
    std::sort(order.begin(), order.end());
    RunSample sample{.rows = {}, .of = static_cast<Index>(order.size())};
    for (const std::size_t place : spread_places(order.size(), most)) {
      const Index run = order[place].second;
      rows.for_each(run, run + 1, [&](const RunRow& row) { sample.rows.push_back(row); });
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace

bool has_new_targets(const ComparisonReport& report) {
  const auto is_targets = [](const auto& entry) { return entry.first == "targets"; };
  const auto now = entries_of(report.campaign);
  const auto& made = report.configuration.entries;
  const auto of_now = std::find_if(now.begin(), now.end(), is_targets);
  const auto of_made = std::find_if(made.begin(), made.end(), is_targets);
  return of_made != made.end() && of_made->second != of_now->second;
}

std::vector<std::size_t> spread_places(std::size_t count, std::size_t most) {
  std::vector<std::size_t> places;
  const std::size_t shown = std::min(count, most);
  for (std::size_t i = 0; i < shown; ++i) places.push_back(shown == count ? i : i * (count - 1) / (shown - 1));
  return places;
}

ComparisonReport compare_runs(const RunConfiguration& configuration, const CampaignOptions& campaign, RunRows& rows,
                              const std::vector<Provenance>& writers, const ComparisonOptions& options) {
  check_options(options);
  ComparisonReport report{.campaign = campaign, .configuration = configuration, .writers = writers};
  for (std::size_t target = 0; target < campaign.targets.size(); ++target) {
    report.summaries.push_back(summarize(
        campaign, rows,
        {.target = target, .resamples = options.resamples, .seed = options.seed, .threads = options.threads}));
  }
  report.scalings = campaign_scalings(campaign, report.summaries.back());
  if (options.detail != ReportDetail::table) report.target_curves = target_curves(campaign, rows, options);
  if (options.detail == ReportDetail::runs) report.samples = samples_of(campaign, rows, options);
  return report;
}

}  // namespace perigee
