#include <perigee/diagnostics/compare/campaign_summary.hpp>

#include <perigee/diagnostics/compare/group_records.hpp>
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/percent_text.hpp>
#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/data_profile.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>
#include <perigee/diagnostics/compare/statistics/performance_profile.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

using namespace statistics;

constexpr std::size_t most_resampled = 200000;  // runs of a solver whose seeds are drawn anew, too
constexpr Index rows_read_at_once = 65536;      // by one thread

// The first time by which half have left, as the Kaplan-Meier median; `never` among `times`: not at all.
std::optional<double> time_of_half(std::vector<double> times) {
  const auto half = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) / 2);
  std::nth_element(times.begin(), half, times.end());
  return *half < never ? std::optional(*half) : std::nullopt;
}

void sum_up_counts(const CampaignOptions& campaign, Index first, GroupRecords& kept, GroupSummary& group) {
  group.place = place_of(campaign, first);
  if (const GroupNote* const note = note_of(campaign, first / campaign.seeds)) {
    group.kind = note->kind;
    group.reason = note->reason;
  }
  group.runs = static_cast<Index>(kept.times.size());
  group.successes = kept.successes;
  group.escapes = kept.escaped;
  group.breakdowns = kept.breakdowns;
  group.timed_out = kept.timed_out;
  group.claims = kept.claims;
  group.contradicted = kept.contradicted;
  if (group.kind == GroupKind::not_applicable) kept.cost_of_seed.assign(kept.cost_of_seed.size(), never);
  if (group.kind == GroupKind::single) kept.cost_of_seed.assign(kept.cost_of_seed.size(), kept.cost_of_seed.front());
  if (group.kind == GroupKind::seeded && group.runs > 0) {
    group.success = wilson_interval(group.successes, group.runs);
  }
}

void sum_up_arrivals(const CampaignOptions& campaign, const GroupRecords& kept, GroupSummary& group) {
  const SurvivalCurve curve = kaplan_meier(kept.times);
  group.median = median_time(curve);
  group.restricted_mean = restricted_mean(curve, campaign.budget);
  group.curve = thinned(curve);
}

void sum_up_escapes(GroupRecords& kept, GroupSummary& group) {
  const SurvivalCurve curve = kaplan_meier(std::exchange(kept.escapes, {}));
  group.median_escape_cost = median_time(curve);
  group.median_escape_iteration = time_of_half(std::exchange(kept.escape_iterations, {}));
  group.escape_curve = thinned(curve);
}

void sum_up_restarts(Index first, const SummaryOptions& options, GroupRecords& kept, GroupSummary& group) {
  const std::vector<CensoredTime> spent = std::exchange(kept.spent, {});
  const RandomSource random(options.seed, static_cast<std::uint64_t>(first));
  group.running_time = expected_running_time(spent);
  group.running_time_interval = running_time_interval(spent, random, {.resamples = options.resamples});
}

void sum_up_spending(GroupRecords& kept, GroupSummary& group) {
  group.median_gradients = quantile(std::exchange(kept.gradients, {}), 0.5);
  group.median_products = quantile(std::exchange(kept.products, {}), 0.5);
  group.median_seconds = quantile(std::exchange(kept.seconds, {}), 0.5);
}

bool varies(const std::vector<CensoredTime>& times) {
  return std::any_of(times.begin(), times.end(), [&](const CensoredTime& entry) {
    return entry.time != times.front().time || entry.outcome != times.front().outcome;
  });
}

// A row does not say whether its run started at a saddle: where nobody left one, nothing is said of escapes.
void forget_escapes_where_none(std::span<GroupSummary> groups) {
  if (std::any_of(groups.begin(), groups.end(), [](const GroupSummary& group) { return group.escapes > 0; })) return;
  for (GroupSummary& group : groups) group.escape_curve = {};
}

// Tests every solver of one case against the one with the least restricted mean.
void test_against_best(std::span<GroupSummary> groups, std::span<const GroupRecords> kept, double budget) {
  std::size_t best = groups.size();
  for (std::size_t s = 0; s < groups.size(); ++s) {
    if (groups[s].runs == 0) continue;
    if (best == groups.size() || groups[s].restricted_mean.value < groups[best].restricted_mean.value) best = s;
  }
  for (std::size_t s = 0; s < groups.size(); ++s) {
    // Where neither varies, seeds are repetitions of one run: a test would take them for independent.
    if (s == best || groups[s].runs == 0 || !(varies(kept[s].times) || varies(kept[best].times))) continue;
    // Of a single run it is known what it does, not estimated from a sample of one.
    if (groups[s].kind == GroupKind::seeded && groups[best].kind == GroupKind::seeded) {
      groups[s].log_rank_p = log_rank_test(kept[s].times, kept[best].times).p_value;
    }
    groups[s].mean_test_p = restricted_mean_test(kept[s].times, kept[best].times, budget).test.p_value;
  }
}

void correct_for_number_of_tests(std::vector<GroupSummary>& groups) {
  std::vector<double> log_rank;
  std::vector<double> means;
  for (const GroupSummary& group : groups) {
    log_rank.push_back(group.log_rank_p);
    means.push_back(group.mean_test_p);
  }
  log_rank = holm_adjusted(log_rank);
  means = holm_adjusted(means);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].log_rank_p = log_rank[i];
    groups[i].mean_test_p = means[i];
  }
}

// A mean over runs, clustered by case. Where there are very many, a cluster's own mean is as good as known.
Interval clustered_interval(const Clusters& clusters, const SummaryOptions& options, std::uint64_t stream) {
  if (clusters.size() < 2) return {};
  std::size_t members = 0;
  for (const std::vector<double>& cluster : clusters) members += cluster.size();
  const Resampling resampling = members > most_resampled ? Resampling::clusters : Resampling::clusters_and_members;
  Clusters means;
  if (resampling == Resampling::clusters) {
    for (const std::vector<double>& cluster : clusters) {
      means.push_back({std::accumulate(cluster.begin(), cluster.end(), 0.0) / static_cast<double>(cluster.size())});
    }
  }
  return cluster_bootstrap_of_mean(means.empty() ? clusters : means, RandomSource(options.seed, stream),
                                   {.resamples = options.resamples, .resampling = resampling})
      .interval;
}

// The (case, seed) for which every solver has a row, with the case each is of.
struct Paired {
  CostTable costs;
  std::vector<std::size_t> cluster_ends;  // the rows of cluster i end before cluster_ends[i]
};

void add_paired(std::span<const GroupRecords> kept, Paired& paired) {
  std::vector<double> row(kept.size());
  for (std::size_t seed = 0; seed < kept.front().cost_of_seed.size(); ++seed) {
    for (std::size_t s = 0; s < kept.size(); ++s) row[s] = kept[s].cost_of_seed[seed];
    if (std::none_of(row.begin(), row.end(), [](double cost) { return std::isnan(cost); })) paired.costs.add(row);
  }
  if (paired.costs.size() > (paired.cluster_ends.empty() ? 0 : paired.cluster_ends.back())) {
    paired.cluster_ends.push_back(paired.costs.size());
  }
}

// Reads and sums up all groups of one case; `first_group` is its first. What is kept in memory is of one case only.
std::span<GroupSummary> add_case(const CampaignOptions& campaign, RunRows& rows, Index first_group,
                                 const SummaryOptions& options, std::vector<GroupSummary>& groups, Paired& paired) {
  const std::size_t solvers = campaign.solvers.size();
  const auto pieces = static_cast<std::size_t>((campaign.seeds + rows_read_at_once - 1) / rows_read_at_once);
  const auto first_run = [&](std::size_t s) { return (first_group + static_cast<Index>(s)) * campaign.seeds; };
  std::vector<GroupRecords> read(solvers * pieces);
  for_each_index(read.size(), options.threads, [&](std::size_t i) {
    const Index begin = first_run(i / pieces);
    const Index from = begin + static_cast<Index>(i % pieces) * rows_read_at_once;
    read[i] =
        read_records(campaign, rows, options.target, from, std::min(from + rows_read_at_once, begin + campaign.seeds));
  });
  std::vector<GroupRecords> kept(solvers);
  std::vector<GroupSummary> summaries(solvers);
  for (std::size_t s = 0; s < solvers; ++s) {
    kept[s] = join(std::span(read).subspan(s * pieces, pieces));
    sum_up_counts(campaign, first_run(s), kept[s], summaries[s]);
  }
  // Even of a single group the parts are for several threads; each uses up records of its own.
  constexpr std::size_t parts = 4;
  for_each_index(parts * solvers, options.threads, [&](std::size_t i) {
    const std::size_t s = i / parts;
    if (summaries[s].runs == 0) return;
    switch (i % parts) {
      case 0:
        return sum_up_arrivals(campaign, kept[s], summaries[s]);
      case 1:
        return sum_up_escapes(kept[s], summaries[s]);
      case 2:
        return sum_up_restarts(first_run(s), options, kept[s], summaries[s]);
      default:
        return sum_up_spending(kept[s], summaries[s]);
    }
  });
  test_against_best(summaries, kept, campaign.budget);
  forget_escapes_where_none(summaries);
  add_paired(kept, paired);
  groups.insert(groups.end(), std::make_move_iterator(summaries.begin()), std::make_move_iterator(summaries.end()));
  return std::span(groups).last(solvers);
}

SolverSummary summarize_solver(std::size_t solver, const Paired& paired, const PerformanceProfile& profile,
                               const SummaryOptions& options) {
  SolverSummary summary;
  summary.solver = static_cast<Index>(solver);
  summary.runs = static_cast<Index>(paired.costs.size());
  summary.successes = static_cast<Index>(profile.ratios.size());
  summary.profile_area = area_under(profile, options.widest_ratio);
  summary.best_share = fraction_within(profile, 1.0);

  Clusters solved;
  Clusters scores;  // their mean is the area under the profile
  std::vector<double> ratios;
  std::size_t row = 0;
  for (const std::size_t end : paired.cluster_ends) {
    solved.emplace_back();
    scores.emplace_back();
    for (; row < end; ++row) {
      const std::span<const double> costs = paired.costs[row];
      const double cost = costs[solver];
      const double ratio = cost < never ? cost / *std::min_element(costs.begin(), costs.end()) : never;
      solved.back().push_back(cost < never ? 1.0 : 0.0);
      scores.back().push_back(std::max(0.0, 1.0 - std::log(ratio) / std::log(options.widest_ratio)));
      ratios.push_back(ratio);
    }
  }
  summary.median_ratio = quantile(std::move(ratios), 0.5);
  const auto cases = static_cast<Index>(solved.size());
  if (cases < 2) {
    summary.success = wilson_interval(summary.successes, summary.runs);
  } else if (summary.successes == 0 || summary.successes == summary.runs) {
    // Nothing varies between resamples: Wilson's interval, of as many observations as there are cases.
    summary.success = wilson_interval(summary.successes == 0 ? 0 : cases, cases);
  } else {
    summary.success = clustered_interval(solved, options, 2 * solver);
  }
  summary.profile_interval = clustered_interval(scores, options, 2 * solver + 1);
  return summary;
}

// The median over runs that both solved of what `second` cost, over what `first` did; NaN: there are none.
double median_ratio(const CostTable& costs, std::size_t first, std::size_t second) {
  std::vector<double> ratios;
  for (std::size_t p = 0; p < costs.size(); ++p) {
    const std::span<const double> row = costs[p];
    if (row[first] < never && row[second] < never) ratios.push_back(row[second] / row[first]);
  }
  return quantile(std::move(ratios), 0.5);
}

// "31 problems", or "12 problems from 31 starts".
std::string cases_text(const CampaignOptions& campaign) {
  std::set<std::string> problems;
  for (const CampaignCase& of : campaign.cases) problems.insert(text_of(of.problem));
  const std::string text = std::to_string(problems.size()) + (problems.size() == 1 ? " problem" : " problems");
  return problems.size() == campaign.cases.size() ? text
                                                  : text + " from " + std::to_string(campaign.cases.size()) + " starts";
}

std::string solved_text(const SolverSummary& solver) {
  return percent_text(static_cast<double>(solver.successes) / static_cast<double>(solver.runs));
}

// What the next one spent on a run in the median, over what the best did.
std::string cost_text(double ratio) {
  if (std::isnan(ratio)) return "";
  if (ratio >= 1.05) return format_count(ratio, 2) + "x fewer gradients than";
  if (ratio > 1.0 / 1.05) return "as many gradients as";
  return format_count(1.0 / ratio, 2) + "x more gradients than";
}

std::string verdict_of(const CampaignOptions& campaign, const CampaignSummary& summary, const Paired& paired) {
  if (summary.solvers.empty()) return "No run of this campaign has been made by every solver yet.";
  const auto name = [&](const SolverSummary& solver) {
    return text_of(campaign.solvers[static_cast<std::size_t>(solver.solver)]);
  };
  const SolverSummary& best = summary.solvers.front();
  const auto unfit = [](const SolverSummary& solver) {
    if (solver.not_applicable == 0) return std::string();
    return " (not applicable to " + std::to_string(solver.not_applicable) + ", counted as not solved)";
  };
  if (best.successes == 0) {
    return "On " + cases_text(campaign) + " no solver reached the target within the budget.";
  }
  std::string text = "On " + cases_text(campaign) + " " + name(best) + " solved " + solved_text(best) + " [" +
                     percent_text(best.success.lower) + ", " + percent_text(best.success.upper) + "] of " +
                     std::to_string(best.runs) + " runs" + unfit(best);
  if (summary.solvers.size() < 2) return text + ".";
  const SolverSummary& next = summary.solvers[1];
  const std::string cost = cost_text(
      median_ratio(paired.costs, static_cast<std::size_t>(best.solver), static_cast<std::size_t>(next.solver)));
  text += (cost.empty() ? "; the next, " : ", with " + cost + " the next, ") + name(next) + ", which solved " +
          solved_text(next) + (cost.empty() ? "" : " (median over the runs that both solved)") + unfit(next) +
          ". Area under the performance profile: " + format_number(best.profile_area, 3) + " against " +
          format_number(next.profile_area, 3);
  if (best.profile_area == next.profile_area) return text + ", equal.";
  if (best.profile_interval.lower <= next.profile_interval.upper) {
    return text + "; the intervals overlap: other problems might turn the order round.";
  }
  return text + ".";
}

void check_summary(const CampaignOptions& campaign, const SummaryOptions& options) {
  check(campaign);
  if (options.target >= campaign.targets.size()) {
    throw std::invalid_argument("summarize: target must be < " + std::to_string(campaign.targets.size()) + ", got " +
                                std::to_string(options.target));
  }
  if (options.threads < 1) throw std::invalid_argument("summarize: threads must be >= 1, got 0");
  if (options.resamples < 1) {
    throw std::invalid_argument("summarize: resamples must be >= 1, got " + std::to_string(options.resamples));
  }
}

}  // namespace

CampaignSummary summarize(const CampaignOptions& campaign, RunRows& rows, const SummaryOptions& options) {
  check_summary(campaign, options);
  CampaignSummary summary;
  summary.target = campaign.targets[options.target];
  const std::size_t solvers = campaign.solvers.size();
  Paired paired{.costs = CostTable(solvers), .cluster_ends = {}};
  const Index groups = run_count(campaign) / campaign.seeds;
  for (Index group = 0; group < groups; group += static_cast<Index>(solvers)) {
    const std::span<GroupSummary> of_case = add_case(campaign, rows, group, options, summary.groups, paired);
    for (std::size_t s = 0; s < solvers; ++s) {
      summary.missing += runs_in_group(campaign, group + static_cast<Index>(s)) - of_case[s].runs;
    }
  }
  correct_for_number_of_tests(summary.groups);
  if (paired.costs.size() > 0) {
    const std::vector<PerformanceProfile> profiles = performance_profiles(paired.costs);
    const std::vector<DataProfile> data = data_profiles(paired.costs);
    summary.solvers.resize(solvers);
    for_each_index(solvers, options.threads, [&](std::size_t s) {
      SolverSummary& solver = summary.solvers[s];
      solver = summarize_solver(s, paired, profiles[s], options);
      solver.not_applicable = static_cast<Index>(
          std::count_if(summary.groups.begin(), summary.groups.end(), [s](const GroupSummary& group) {
            return group.place.solver == static_cast<Index>(s) && group.kind == GroupKind::not_applicable;
          }));
      solver.profile = step_curve(profiles[s].ratios, profiles[s].problems);
      solver.data_profile = step_curve(data[s].costs, data[s].problems);
    });
    std::stable_sort(summary.solvers.begin(), summary.solvers.end(),
                     [](const SolverSummary& a, const SolverSummary& b) { return a.profile_area > b.profile_area; });
  }
  summary.verdict = verdict_of(campaign, summary, paired);
  return summary;
}

}  // namespace perigee
