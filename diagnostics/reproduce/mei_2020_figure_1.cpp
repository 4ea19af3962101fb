// Mei et al. (2020), figure 1: softmax policy gradient on random bandits is quick from some starts and stuck from
// others.
//
// K = 6, r ~ U[0, 1]^6, theta_1 ~ N(0, I), learning rate 0.4, T = 3e4 steps; a start is good if pi_T(a*) >= 0.99 at the
// last iterate. The time of the bad ones is that of the flow (softmax_flow.hpp), compared with direct iteration
// wherever that comes to an end.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/reproduce/softmax_flow.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index arms = 6;
constexpr double learning_rate = 0.4;
constexpr Index horizon = 30000;  // T
constexpr double good_probability = 0.99;
constexpr std::size_t shown_runs = 20;  // as many as the paper draws

struct Run {
  std::vector<double> sub_optimality;    // at the recorded steps
  std::vector<double> best_probability;  // likewise
  bool is_good = false;
  double direct_steps = not_measured;  // to pi(a*) >= 0.99, by iteration
  double flow_steps = 0.0;             // the flow's time divided by the learning rate
};

Run run_of(const Options& options, std::uint64_t number, const std::vector<Index>& recorded, Index direct_limit) {
  RandomEngine engine = RandomSource(options.seed, number).engine("figure 1");
  const problems::SoftmaxBandit bandit(uniform_rewards(engine, arms));
  const Vector start = problems::normal_start(arms)(engine);
  Run run;
  run.flow_steps = softmax_flow_time(bandit.arms(), start.view(), good_probability) / learning_rate;
  Ascent ascent(bandit, start);
  // The Lojasiewicz coefficient of the softmax is pi(a*), eq. (8).
  const auto best_probability = [&] { return bandit.lojasiewicz_coefficient(ascent.theta()); };
  // pi(a*) >= 0.99 implies f <= 0.01 (max r - min r): only there is pi(a*) asked for.
  const double threshold = (1.0 - good_probability) * bandit.arms().range();
  const auto note_arrival = [&] {
    if (!std::isnan(run.direct_steps) || ascent.value() > threshold) return;
    if (best_probability() >= good_probability) run.direct_steps = static_cast<double>(ascent.steps());
  };
  note_arrival();
  for (const Index step : recorded) {
    while (ascent.steps() < step) {
      ascent.step(learning_rate);
      note_arrival();
    }
    run.sub_optimality.push_back(ascent.value());
    run.best_probability.push_back(best_probability());
  }
  run.is_good = run.best_probability.back() >= good_probability;
  // Only where the flow says that it will end in time: twice the flow's time bounds what iteration is given.
  const double limit = std::min(static_cast<double>(direct_limit), 2.0 * run.flow_steps);
  while (std::isnan(run.direct_steps) && run.flow_steps <= static_cast<double>(direct_limit) &&
         static_cast<double>(ascent.steps()) < limit) {
    ascent.step(learning_rate);
    note_arrival();
  }
  return run;
}

struct Groups {
  std::vector<double> good_times;  // log10 of steps + 1, by the flow
  std::vector<double> bad_times;
  std::vector<double> good_ends;  // sub-optimality at T
  std::vector<double> bad_ends;
  std::vector<double> bad_probability;  // pi_T(a*)
  std::vector<double> disagreement;     // |log10 flow/direct| of those with both, more than 100 steps
  Index unfinished = 0;                 // the flow did not arrive
};

Groups groups_of(const std::vector<Run>& runs) {
  Groups groups;
  for (const Run& run : runs) {
    if (std::isinf(run.flow_steps)) ++groups.unfinished;
    (run.is_good ? groups.good_times : groups.bad_times).push_back(std::log10(run.flow_steps + 1.0));
    (run.is_good ? groups.good_ends : groups.bad_ends).push_back(run.sub_optimality.back());
    if (!run.is_good) groups.bad_probability.push_back(run.best_probability.back());
    if (run.direct_steps > 100.0)
      groups.disagreement.push_back(std::abs(std::log10(run.flow_steps / run.direct_steps)));
  }
  return groups;
}

std::string quartiles_text(const std::vector<double>& sample) {
  return format_number(quantile(sample, 0.25), 3) + ", " + format_number(quantile(sample, 0.5), 3) + ", " +
         format_number(quantile(sample, 0.75), 3);
}

std::vector<Claim> claims_of(const Groups& groups, std::size_t count) {
  const auto good = static_cast<Index>(groups.good_times.size());
  const auto total = static_cast<Index>(count);
  const auto [low, high] = statistics::wilson_interval(good, total);
  const double share = static_cast<double>(good) / static_cast<double>(total);
  const auto stuck = static_cast<Index>(std::count_if(groups.bad_probability.begin(), groups.bad_probability.end(),
                                                      [](double probability) { return probability < 0.1; }));
  const auto bad = static_cast<Index>(groups.bad_times.size());
  const double stuck_share = static_cast<double>(stuck) / static_cast<double>(bad);
  const auto [stuck_low, stuck_high] = statistics::wilson_interval(stuck, bad);
  const double bad_median = quantile(groups.bad_times, 0.5);
  const double good_median = quantile(groups.good_times, 0.5);
  const Interval bad_interval = median_interval(groups.bad_times);
  const double disagreement = quantile(groups.disagreement, 0.5);
  std::vector<Claim> claims;
  claims.push_back({.id = "good-share",
                    .printed = "Some of 20 random starts are good (pi_T(a*) >= 0.99 at T = 3e4), others are bad.",
                    .measured = std::to_string(good) + " of " + std::to_string(total) + " starts are good: " +
                                format_number(share, 3) + ", 95% Wilson interval " + interval_text(low, high) + ".",
                    .value = share,
                    .lower = low,
                    .upper = high,
                    .verdict = verdict_if(low > 0.05 && high < 0.95)});
  claims.push_back({.id = "good-converge",
                    .printed = "For good starts the sub-optimality quickly approaches 0.",
                    .measured = "Median sub-optimality of the good starts at T: " +
                                format_number(quantile(groups.good_ends, 0.5), 3) + ", largest " +
                                format_number(quantile(groups.good_ends, 1.0), 3) +
                                "; median time to 0.99: " + format_number(std::pow(10.0, good_median), 3) + " steps.",
                    .value = quantile(groups.good_ends, 0.5),
                    .verdict = verdict_if(quantile(groups.good_ends, 1.0) <= 0.01)});
  Claim bad_claim{.id = "bad-stuck",
                  .printed = "Trajectories from bad starts stay near local optima, with pi_t(a*) close to 0.",
                  .measured = std::to_string(stuck) + " of " + std::to_string(bad) + " bad starts (" +
                              format_number(stuck_share, 3) + ", interval " + interval_text(stuck_low, stuck_high) +
                              ") have pi_T(a*) < 0.1; the sub-optimality of the bad ones at T has the quartiles " +
                              quartiles_text(groups.bad_ends) + ".",
                  .value = stuck_share,
                  .lower = stuck_low,
                  .upper = stuck_high,
                  .verdict = stuck_share > 0.9   ? Verdict::holds
                             : stuck_share > 0.5 ? Verdict::holds_with_care
                                                 : Verdict::does_not_hold};
  if (bad_claim.verdict == Verdict::holds_with_care) {
    bad_claim.care =
        "The other bad starts are not in a well: their best arm leads a rival by little, and 0.99 comes late because "
        "the gap is small.";
  }
  claims.push_back(std::move(bad_claim));
  claims.push_back({.id = "bad-slower",
                    .printed = "Bad runs take many orders of magnitude longer to reach pi(a*) >= 0.99.",
                    .measured = "Quartiles of log10 of the time: bad " + quartiles_text(groups.bad_times) + ", good " +
                                quartiles_text(groups.good_times) + "; 95% interval of the bad median " +
                                interval_text(bad_interval.lower, bad_interval.upper) + "; the longest 10^" +
                                format_number(quantile(groups.bad_times, 1.0), 3) + ".",
                    .value = bad_median,
                    .lower = bad_interval.lower,
                    .upper = bad_interval.upper,
                    .verdict = verdict_if(bad_interval.lower - good_median >= 2.0)});
  claims.push_back({.id = "eventually",
                    .printed = "From any start softmax policy gradient must eventually converge to the best policy.",
                    .measured = "The flow arrives in " + std::to_string(total - groups.unfinished) + " of " +
                                std::to_string(total) + " runs.",
                    .value = static_cast<double>(groups.unfinished),
                    .verdict = verdict_if(groups.unfinished == 0)});
  claims.push_back({.id = "flow-is-iteration",
                    .printed = "Not a claim of the paper: the flow's time stands for that of the iteration.",
                    .measured = "Where both were run for more than 100 steps (" +
                                std::to_string(groups.disagreement.size()) +
                                " runs), |log10 flow/iteration| has the median " + format_number(disagreement, 2) +
                                ", the 0.99 quantile " + format_number(quantile(groups.disagreement, 0.99), 2) +
                                " and the maximum " + format_number(quantile(groups.disagreement, 1.0), 2) + ".",
                    .value = disagreement,
                    .lower = 0.0,
                    .upper = quantile(groups.disagreement, 1.0),
                    .verdict = verdict_if(quantile(groups.disagreement, 0.99) < 0.05)});
  return claims;
}

Chart curves_chart(const std::vector<Run>& runs, const std::vector<double>& times, bool good) {
  Chart chart{.id = good ? "good" : "bad",
              .title = good ? "(a) good starts" : "(b) bad starts",
              .caption = "sub-optimality, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .iterations = times,
              .height = 180.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "t, logarithmic scale"};
  for (std::size_t i = 0; i < std::min(shown_runs, runs.size()); ++i) {
    if (runs[i].is_good != good) continue;
    chart.series.push_back({.label = "run", .values = runs[i].sub_optimality, .style = static_cast<int>(i % 16)});
  }
  return chart;
}

std::vector<double> mean_probability(const std::vector<Run>& runs, bool good, std::size_t places) {
  std::vector<double> means(places, 0.0);
  double count = 0.0;
  for (const Run& run : runs) {
    if (run.is_good != good) continue;
    ++count;
    for (std::size_t i = 0; i < places; ++i) means[i] += run.best_probability[i];
  }
  for (double& mean : means) mean /= count;
  return means;
}

// The share of a group that has reached 0.99 by time t.
Chart arrival_chart(const Groups& groups) {
  std::vector<std::pair<double, bool>> arrivals;
  for (const double time : groups.good_times) arrivals.emplace_back(time, true);
  for (const double time : groups.bad_times) arrivals.emplace_back(time, false);
  std::sort(arrivals.begin(), arrivals.end());
  Chart chart{.id = "arrivals",
              .title = "(d) the time to \xCF\x80(a*) = 0.99",
              .caption = "share of the group that has arrived",
              .height = 180.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "t, logarithmic scale"};
  ChartSeries good{.label = "good starts", .values = {}, .style = 0};
  ChartSeries bad{.label = "bad starts", .values = {}, .style = 1};
  double good_count = 0.0;
  double bad_count = 0.0;
  for (const auto& [time, is_good] : arrivals) {
    chart.iterations.push_back(std::pow(10.0, time));
    (is_good ? good_count : bad_count) += 1.0;
    good.values.push_back(is_good ? good_count / static_cast<double>(groups.good_times.size()) : not_measured);
    bad.values.push_back(is_good ? not_measured : bad_count / static_cast<double>(groups.bad_times.size()));
  }
  chart.series = {std::move(good), std::move(bad)};
  return chart;
}

Picture picture_of(const std::vector<Run>& runs, const Groups& groups, const std::vector<double>& times) {
  std::vector<SvgPanel> panels{chart_panel(curves_chart(runs, times, true)),
                               chart_panel(curves_chart(runs, times, false))};
  for (SvgPanel& panel : panels) panel.legend.clear();
  panels.push_back(chart_panel(
      {.id = "probability",
       .title = "(c) probability of the best arm",
       .caption = "mean of \xCF\x80(a*) over all runs of the group",
       .iterations = times,
       .series = {{.label = "good starts", .values = mean_probability(runs, true, times.size()), .style = 0},
                  {.label = "bad starts", .values = mean_probability(runs, false, times.size()), .style = 1}},
       .height = 180.0,
       .time_scale = AxisScale::logarithmic,
       .time_name = "t, logarithmic scale"}));
  panels.push_back(chart_panel(arrival_chart(groups)));
  return {
      .name = "",
      .svg = svg_document("Good and bad starts of softmax policy gradient",
                          "Mei et al. (2020), figure 1. K = 6 arms, rewards U[0, 1], parameters N(0, 1) at the start, "
                          "learning rate 0.4; (a), (b): the first 20 of " +
                              std::to_string(runs.size()) + " runs.",
                          panels)};
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 2000, 200);
  const Index direct_limit = sized<Index>(options, 300000, 60000);
  const std::vector<Index> recorded = logarithmic_steps(horizon, 60);
  std::vector<Run> runs(count);
  for_each_index(count, options.threads, [&](std::size_t i) { runs[i] = run_of(options, i, recorded, direct_limit); });
  const Groups groups = groups_of(runs);
  std::vector<double> times;
  for (const Index step : recorded) times.push_back(static_cast<double>(step) + 1.0);
  Result result{.set_up =
                    "Softmax policy gradient with exact gradients, K = 6, r ~ U[0, 1]^6, learning rate 0.4, T = 3e4 "
                    "steps, " +
                    std::to_string(count) +
                    " runs; the time to pi(a*) >= 0.99 through the flow, and by "
                    "iteration where that ends within " +
                    std::to_string(direct_limit) + " steps."};
  result.choices = {"The distribution of the random first policy is not stated: theta_1 ~ N(0, I)."};
  result.claims = claims_of(groups, count);
  Table table{.name = "runs",
              .columns = {"good", "final_sub_optimality", "final_best_probability", "direct_steps", "flow_steps"},
              .rows = {}};
  for (const Run& run : runs) {
    table.rows.push_back({run.is_good ? 1.0 : 0.0, run.sub_optimality.back(), run.best_probability.back(),
                          run.direct_steps, run.flow_steps});
  }
  Table curves{.name = "probability", .columns = {"t", "mean_good", "mean_bad"}, .rows = {}};
  const std::vector<double> good_means = mean_probability(runs, true, times.size());
  const std::vector<double> bad_means = mean_probability(runs, false, times.size());
  for (std::size_t i = 0; i < times.size(); ++i) curves.rows.push_back({times[i], good_means[i], bad_means[i]});
  result.tables = {std::move(table), std::move(curves)};
  result.pictures = {picture_of(runs, groups, times)};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_1() {
  return {
      .name = "mei-2020-figure-1",
      .source = "Mei et al. (2020), figure 1a-d",
      .claim =
          "from some random starts softmax policy gradient is quick, from others it takes orders of magnitude longer",
      .run = run};
}

}  // namespace perigee::reproduce
