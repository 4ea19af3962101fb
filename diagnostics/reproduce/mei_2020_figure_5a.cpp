// Mei et al. (2020), figure 5a: softmax and escort (p = 2) policy gradient on random bandits with many arms.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <array>

namespace perigee::reproduce {
namespace {

constexpr double learning_rate = 0.4;  // of the softmax
constexpr double power = 2.0;
constexpr std::array<Index, 3> arm_counts{10, 50, 100};
constexpr std::array<std::size_t, 3> quick_runs{60, 10, 10};  // bad starts are rarer with few arms

struct Run {
  std::vector<double> softmax;  // sub-optimality at the recorded steps
  std::vector<double> escort;
};

Run run_of(const Options& options, Index arms, std::uint64_t number, const std::vector<Index>& recorded) {
  RandomEngine engine = RandomSource(options.seed, number).engine("figure 5a", static_cast<std::uint64_t>(arms));
  const std::vector<double> rewards = uniform_rewards(engine, arms);
  Vector theta = problems::normal_start(arms)(engine);
  Vector pi(arms);
  transforms::softmax(theta.view(), pi.view());
  const problems::SoftmaxBandit softmax(rewards);
  const problems::EscortBandit escort(rewards, power);
  Ascent softmax_run(softmax, std::move(theta));
  Ascent escort_run(escort, transforms::escort_start(pi.view(), power));
  Run run;
  for (const Index step : recorded) {
    while (softmax_run.steps() < step) softmax_run.step(learning_rate);
    while (escort_run.steps() < step) {
      escort_run.step(problems::escort_policy_gradient_step(escort_run.theta(), power));
    }
    escort_run.renormalize();
    run.softmax.push_back(softmax_run.value());
    run.escort.push_back(escort_run.value());
  }
  return run;
}

std::vector<double> column(const std::vector<Run>& runs, std::vector<double> Run::*method, std::size_t place) {
  std::vector<double> values;
  for (const Run& run : runs) values.push_back((run.*method)[place]);
  return values;
}

std::string text_of(const Mean& mean) {
  return format_number(mean.mean, 3) + " " + interval_text(mean.lower, mean.upper);
}

Claim claim_of(Index arms, const std::vector<Run>& runs, std::size_t last) {
  const std::vector<double> softmax_ends = column(runs, &Run::softmax, last);
  const std::vector<double> escort_ends = column(runs, &Run::escort, last);
  const Mean softmax = mean_of(softmax_ends);
  const Mean escort = mean_of(escort_ends);
  std::vector<double> differences;
  for (std::size_t i = 0; i < runs.size(); ++i) differences.push_back(softmax_ends[i] - escort_ends[i]);
  const Mean difference = mean_of(differences);
  const auto share = [](const std::vector<double>& sample, double level) {
    const auto count = std::count_if(sample.begin(), sample.end(), [level](double end) { return end <= level; });
    return static_cast<double>(count) / static_cast<double>(sample.size());
  };
  return {
      .id = "arms-" + std::to_string(arms),
      .printed = "K = " + std::to_string(arms) +
                 ": escort policy gradient with p = 2 converges quickly to the best policy in every run and clearly "
                 "outperforms softmax policy gradient.",
      .measured =
          "Mean sub-optimality after the last step: softmax " + text_of(softmax) + ", escort " + text_of(escort) +
          " (largest " + format_number(quantile(escort_ends, 1.0), 2) + "); share of runs at 0.01 or below: softmax " +
          format_number(share(softmax_ends, 0.01), 3) + ", escort " + format_number(share(escort_ends, 0.01), 3) +
          " (at 0.001: " + format_number(share(softmax_ends, 1e-3), 3) + ", " +
          format_number(share(escort_ends, 1e-3), 3) + "); paired difference of the means " + text_of(difference) + ".",
      .value = difference.mean,
      .lower = difference.lower,
      .upper = difference.upper,
      .verdict = verdict_if(difference.lower > 0.0 && share(escort_ends, 0.01) >= 0.99)};
}

Result run(const Options& options) {
  const Index last = sized<Index>(options, 50000, 15000);
  const std::string runs_text = sized<std::string>(options, "200 runs for each K", "60, 10 and 10 runs");
  const std::vector<Index> recorded = logarithmic_steps(last, 50);
  Result result{.set_up =
                    "r ~ U[0, 1]^K, pi_1 = softmax(theta), theta ~ N(0, I), the same for both methods; softmax with "
                    "learning rate 0.4, escort with p = 2 and the learning rate of theorem 2; " +
                    runs_text + ", " + std::to_string(last) + " steps each."};
  result.choices = {"The distribution of the random first policy is not stated: softmax of N(0, I).",
                    "The learning rates are not stated: 0.4 as in figure 1, and that of theorem 2."};
  std::vector<double> times;
  for (const Index step : recorded) times.push_back(static_cast<double>(step) + 1.0);
  Chart chart = chart_over(times, "Mean sub-optimality", "mean over the runs", "t", Axes::logarithmic);
  chart.height = 320.0;
  Table curves{.name = "means", .columns = {"t"}, .rows = {}};
  Table ends{.name = "ends", .columns = {"arms", "softmax", "escort"}, .rows = {}};
  for (const double time : times) curves.rows.push_back({time});
  for (std::size_t group = 0; group < arm_counts.size(); ++group) {
    const Index arms = arm_counts[group];
    const std::size_t count = sized<std::size_t>(options, 200, quick_runs[group]);
    std::vector<Run> runs(count);
    for_each_index(count, options.threads, [&](std::size_t i) { runs[i] = run_of(options, arms, i, recorded); });
    result.claims.push_back(claim_of(arms, runs, recorded.size() - 1));
    const std::string suffix = ", K = " + std::to_string(arms);
    ChartSeries softmax{.label = "softmax" + suffix, .values = {}, .style = static_cast<int>(group)};
    ChartSeries escort{.label = "escort, p = 2" + suffix, .values = {}, .style = static_cast<int>(group) + 8};
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      softmax.values.push_back(mean_of(column(runs, &Run::softmax, i)).mean);
      escort.values.push_back(mean_of(column(runs, &Run::escort, i)).mean);
      curves.rows[i].push_back(softmax.values.back());
      curves.rows[i].push_back(escort.values.back());
    }
    curves.columns.push_back("softmax_" + std::to_string(arms));
    curves.columns.push_back("escort_" + std::to_string(arms));
    chart.series.push_back(std::move(softmax));
    chart.series.push_back(std::move(escort));
    for (const Run& one : runs) ends.rows.push_back({static_cast<double>(arms), one.softmax.back(), one.escort.back()});
  }
  result.tables = {std::move(curves), std::move(ends)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Softmax and escort policy gradient with many arms",
                           "Mei et al. (2020), figure 5a. Random rewards and first policies, " + runs_text + ".",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_5a() {
  return {.name = "mei-2020-figure-5a",
          .source = "Mei et al. (2020), figure 5a",
          .claim = "with 10, 50 and 100 arms the escort with p = 2 always converges and the softmax often does not",
          .run = run};
}

}  // namespace perigee::reproduce
