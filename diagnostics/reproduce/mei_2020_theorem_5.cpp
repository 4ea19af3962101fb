// Mei et al. (2020), theorem 5: escort cross-entropy with p = 2 converges linearly, at every step and from every start,
//
//     -log pi_t(y) <= -log pi_1(y) exp(-(t - 1)/(2 (3 + c_1^2))),   c_1^2 = 1/pi_1(y),
//     with the learning rate ||theta_t||_2^2/(4 (3 + c_1^2)).
//
// With u = (1 - pi_y)/pi_y and e = 1/(2 (3 + c_1^2)) a step is u <- u ((1 - e)/(1 + e u))^2, so the rate tends to
// -2 log(1 - e), a little above twice the theorem's.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee::reproduce {
namespace {

constexpr double smallest_loss = 1e-280;  // below: denormal numbers are near

struct Run {
  double first_probability = 0.0;
  double steps = 0.0;         // checked
  double worst_margin = 0.0;  // max over the steps of log(loss) - log(bound): <= 0 if the theorem holds
  double rate_ratio = 0.0;    // the mean rate of the second half over the theorem's, if the loss is below 0.1 there
  std::vector<double> progress{};  // log(loss/first loss), at steps of equal e t, for the picture
};

Run run_of(const Options& options, std::uint64_t number, Index most_steps) {
  RandomEngine engine = RandomSource(options.seed, number).engine("theorem 5");
  const auto classes = static_cast<Index>(2.0 + 19.0 * uniform_unit(engine));
  const auto label = static_cast<Index>(static_cast<double>(classes) * uniform_unit(engine));
  const problems::EscortCrossEntropy loss(classes, label, 2.0);
  Ascent descent(loss, problems::normal_start(classes)(engine));
  Vector pi(classes);
  loss.probabilities(descent.theta(), pi.view());
  Run run{.first_probability = pi[label], .worst_margin = -std::numeric_limits<double>::infinity()};
  const double rate = 1.0 / (2.0 * (3.0 + 1.0 / run.first_probability));
  const double first = std::log(descent.value());
  double half = first;  // log loss at half of the steps
  while (descent.steps() < most_steps && descent.value() > smallest_loss) {
    descent.step(problems::escort_cross_entropy_step(descent.theta(), run.first_probability));
    const double elapsed = static_cast<double>(descent.steps()) * rate;
    const double now = std::log(descent.value());
    run.worst_margin = std::max(run.worst_margin, now - (first - elapsed));
    if (descent.steps() == most_steps / 2) half = now;
    if (elapsed >= static_cast<double>(run.progress.size()) + 1.0) run.progress.push_back(now - first);
  }
  run.steps = static_cast<double>(descent.steps());
  const double measured_steps = run.steps - static_cast<double>(most_steps / 2);
  run.rate_ratio = measured_steps > 0.0 && half < std::log(0.1)
                       ? (half - std::log(descent.value())) / measured_steps / rate
                       : not_measured;
  return run;
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 1000, 200);
  const Index most_steps = sized<Index>(options, 10000, 2000);
  std::vector<Run> runs(count);
  for_each_index(count, options.threads, [&](std::size_t i) { runs[i] = run_of(options, i, most_steps); });
  double steps = 0.0;
  double worst = -std::numeric_limits<double>::infinity();
  std::size_t violated = 0;
  std::vector<double> ratios;
  Table table{.name = "runs", .columns = {"first_probability", "steps", "worst_margin", "rate_ratio"}, .rows = {}};
  Chart chart =
      chart_over({}, "log(loss/first loss), all runs at their own clock", "log(\xCE\xB4/\xCE\xB4\xE2\x82\x81)",
                 "(t \xE2\x88\x92 1)/(2 (3 + c\xE2\x82\x81\xC2\xB2))", Axes::linear);
  chart.height = 300.0;
  for (int i = 1; i <= 40; ++i) chart.iterations.push_back(i);
  for (const Run& one : runs) {
    steps += one.steps;
    worst = std::max(worst, one.worst_margin);
    violated += one.worst_margin > 0.0 ? 1 : 0;
    if (!std::isnan(one.rate_ratio)) ratios.push_back(one.rate_ratio);
    table.rows.push_back({one.first_probability, one.steps, one.worst_margin, one.rate_ratio});
    if (chart.series.size() < 60 && one.progress.size() >= 40) {
      chart.series.push_back(
          {.label = "a run", .values = {one.progress.begin(), one.progress.begin() + 40}, .style = 5});
    }
  }
  ChartSeries bound{.label = "bound of theorem 5", .values = {}, .style = 1};
  for (const double time : chart.iterations) bound.values.push_back(-time);
  chart.series.push_back(std::move(bound));
  SvgPanel panel = chart_panel(chart);
  panel.legend = {{"runs", 5}, {"bound of theorem 5", 1}};
  Result result{.set_up = std::to_string(count) +
                          " random starts, K from 2 to 20, theta_1 ~ N(0, I), the learning rate of the "
                          "theorem; at most " +
                          std::to_string(most_steps) + " steps each, checked at every one."};
  result.claims = {
      {.id = "bound",
       .printed = "-log pi_t(y) <= -log pi_1(y) exp(-(t - 1)/(2 (3 + c_1^2))) for all t >= 1.",
       .measured = "Violated in " + std::to_string(violated) + " of " + std::to_string(count) + " runs over " +
                   format_number(steps, 4) + " steps; log(loss/bound) is at most " + format_number(worst, 3) +
                   " for t > 1.",
       .value = worst,
       .verdict = verdict_if(violated == 0)},
      {.id = "rate",
       .printed = "Not a claim of the paper: how far the bound is from what happens.",
       .measured = "The rate in the second half of a run, where the loss is below 0.1 there (" +
                   std::to_string(ratios.size()) + " runs), is " + format_number(quantile(ratios, 0.5), 4) +
                   " times the theorem's in the median, from " + format_number(quantile(ratios, 0.0), 4) + " to " +
                   format_number(quantile(ratios, 1.0), 4) + ": twice, and a little more where c_1 is small.",
       .value = quantile(ratios, 0.5),
       .lower = quantile(ratios, 0.0),
       .upper = quantile(ratios, 1.0),
       .verdict = verdict_if(quantile(ratios, 0.0) > 1.9 && quantile(ratios, 1.0) < 2.4)}};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Escort cross-entropy converges linearly",
                           "Mei et al. (2020), theorem 5. Random starts with p = 2; time in units of the "
                           "guaranteed rate.",
                           {panel})}};
  return result;
}

}  // namespace

Reproduction mei_2020_theorem_5() {
  return {.name = "mei-2020-theorem-5",
          .source = "Mei et al. (2020), theorem 5",
          .claim = "escort cross-entropy with p = 2 falls at least like exp(-(t - 1)/(2 (3 + c_1^2))) at every step",
          .run = run};
}

}  // namespace perigee::reproduce
