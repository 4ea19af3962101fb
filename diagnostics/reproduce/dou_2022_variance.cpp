// Dou et al. (2022): policies that start from a normal law of high variance fall into gravity wells, those from a law
// of low variance do not. 300 starts each, ten states, rewards that move in time.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/dou_2022.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/asr_bandits.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr double learning_rate = 0.4;
constexpr Index states = 10;

problems::AsrBandits bandits() {
  problems::AsrBanditsOptions options;
  for (Index s = 0; s < states; ++s) options.gaps.push_back(0.25 + 0.2 * static_cast<double>(s) / (states - 1.0));
  options.levels = problems::sinusoidal_levels(770, 0.5, 0.2, {50.0, 70.0, 110.0});
  return problems::AsrBandits(std::move(options));
}

struct Course {
  std::vector<double> regret;  // mean over the states at every step
  double escape_all = 0.0;     // step after which all states are escaped; `steps` + 1: not within the run
  double drop = 0.0;           // lowest share of the best action, mean over the states, relative to its first
};

Course follow(double deviation, Index steps, RandomEngine engine) {
  static const problems::AsrBandits process = bandits();
  Vector theta(process.dimension());
  fill_standard_normal(engine, theta);
  theta.view() *= deviation;
  const Trajectory trajectory = problems::follow_asr_bandits(process, theta, learning_rate, steps);
  Course course;
  const std::vector<double>& escaped = trajectory.columns[4].values;
  const std::vector<double>& best = trajectory.columns[0].values;
  std::size_t last_caught = 0;
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    course.regret.push_back(trajectory.records[k].value);
    if (escaped[k] < 1.0) last_caught = k + 1;
  }
  course.escape_all = static_cast<double>(last_caught);
  course.drop = *std::min_element(best.begin(), best.end()) / best.front();
  return course;
}

Result run(const Options& options) {
  const std::size_t starts = sized<std::size_t>(options, 300, 60);
  const Index steps = sized<Index>(options, 10000, 2000);
  const std::array<double, 2> deviations{4.0, 0.5};
  const RandomSource random(options.seed);
  std::array<std::vector<Course>, 2> courses;
  for (std::size_t law = 0; law < 2; ++law) {
    courses[law].resize(starts);
    for_each_index(starts, options.threads, [&](std::size_t i) {
      courses[law][i] = follow(deviations[law], steps, random.engine("normal-start", i));
    });
  }
  std::array<Index, 2> caught{0, 0};
  std::array<std::vector<double>, 2> times;
  std::array<std::vector<double>, 2> finals;
  std::array<Index, 2> fell{0, 0};
  for (std::size_t law = 0; law < 2; ++law) {
    for (const Course& course : courses[law]) {
      caught[law] += course.escape_all > static_cast<double>(steps) ? 1 : 0;
      fell[law] += course.drop < 0.99 ? 1 : 0;
      times[law].push_back(course.escape_all);
      finals[law].push_back(course.regret.back());
    }
  }
  const auto count = static_cast<Index>(starts);
  const auto high = statistics::wilson_interval(caught[0], count);
  const auto low = statistics::wilson_interval(caught[1], count);
  const double median_high = quantile(times[0], 0.5);
  const double median_low = quantile(times[1], 0.5);
  const Mean final_high = mean_of(finals[0]);
  const Mean final_low = mean_of(finals[1]);
  const auto share = [count](Index cases) { return static_cast<double>(cases) / static_cast<double>(count); };
  Result result{.set_up =
                    "Ten states with gaps 0.25 to 0.45, three actions, levels that swing by 0.2 with periods 50, 70 "
                    "and 110; softmax policy gradient with learning rate 0.4 for " +
                    std::to_string(steps) + " steps from " + std::to_string(starts) +
                    " starts theta_1 ~ N(0, sigma^2) each, the same draws for both sigma."};
  result.choices = {
      "The paper's process is the training of a network for image retrieval; here its model, bandits in several "
      "states.",
      "sigma is not stated: 4 for 'normal high', 0.5 for 'normal low'.",
      "The text names 'normal high' twice; where the curves are flat, 'normal low' is meant."};
  result.claims = {
      {.id = "caught",
       .printed = "A normal law of high variance traps the policy in plateaus; with a low one the curves are flat.",
       .measured = "Not out of every well after " + std::to_string(steps) +
                   " steps: " + format_number(share(caught[0]), 3) + " [" + format_number(high.lower, 3) + ", " +
                   format_number(high.upper, 3) + "] of the high starts, " + format_number(share(caught[1]), 3) + " [" +
                   format_number(low.lower, 3) + ", " + format_number(low.upper, 3) + "] of the low ones.",
       .value = share(caught[0]) - share(caught[1]),
       .lower = high.lower - low.upper,
       .upper = high.upper - low.lower,
       .verdict = verdict_if(high.lower > low.upper)},
      {.id = "time",
       .printed = "High variance leads to wells that take a long time to leave.",
       .measured = "Median step from which on all states are out of their wells: " +
                   (median_high > static_cast<double>(steps) ? "none within the run" : format_number(median_high, 4)) +
                   " against " + format_number(median_low, 4) + ".",
       .value = median_high,
       .verdict = verdict_if(median_high > 3.0 * median_low)},
      {.id = "in-the-long-run",
       .printed = "In the long run the high variance ends higher.",
       .measured = "Mean sub-optimality after " + std::to_string(steps) +
                   " steps: " + format_number(final_high.mean, 3) + " [" + format_number(final_high.lower, 3) + ", " +
                   format_number(final_high.upper, 3) + "] for high, " + format_number(final_low.mean, 3) + " [" +
                   format_number(final_low.lower, 3) + ", " + format_number(final_low.upper, 3) + "] for low.",
       .value = final_high.mean - final_low.mean,
       .lower = final_high.lower - final_low.upper,
       .upper = final_high.upper - final_low.lower,
       .verdict = final_high.upper < final_low.lower ? Verdict::holds : Verdict::does_not_hold,
       .care =
           final_high.upper < final_low.lower
               ? ""
               : "In the model the optimum is the same and the wells only cost time; the paper's gain would have to "
                 "come from what the samples teach the network."}};
  Table table{.name = "courses",
              .columns = {"step", "high_quarter", "high_median", "high_three_quarters", "low_quarter", "low_median",
                          "low_three_quarters"},
              .rows = {}};
  Chart chart{.id = "courses",
              .title = "Sub-optimality, quartiles over the starts",
              .caption = "mean over the states, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .height = 320.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "step, logarithmic scale"};
  chart.series = {{.label = "high, quarter", .values = {}, .style = 8},
                  {.label = "high, median", .values = {}, .style = 0},
                  {.label = "high, three quarters", .values = {}, .style = 8},
                  {.label = "low, quarter", .values = {}, .style = 9},
                  {.label = "low, median", .values = {}, .style = 1},
                  {.label = "low, three quarters", .values = {}, .style = 9}};
  for (const Index k : logarithmic_steps(steps, 120)) {
    std::vector<double> row{static_cast<double>(k)};
    for (const auto& law : courses) {
      std::vector<double> at;
      for (const Course& course : law) at.push_back(course.regret[static_cast<std::size_t>(k)]);
      for (const double part : {0.25, 0.5, 0.75}) row.push_back(quantile(at, part));
    }
    chart.iterations.push_back(row[0] + 1.0);
    for (std::size_t i = 0; i < chart.series.size(); ++i) chart.series[i].values.push_back(row[i + 1]);
    table.rows.push_back(std::move(row));
  }
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("Starts of high and of low variance",
                                          "After Dou et al. (2022), figure 1: bandits in ten states with rewards that "
                                          "move, theta\xE2\x82\x81 ~ N(0, 4\xC2\xB2) and N(0, 0.5\xC2\xB2).",
                                          {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction dou_2022_variance() {
  return {.name = "dou-2022-variance",
          .source = "Dou et al. (2022), figure 1 and section 2",
          .claim = "starts of high variance fall into wells that starts of low variance do not meet",
          .run = run};
}

}  // namespace perigee::reproduce
