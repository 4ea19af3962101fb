// Arora (2018), lecture 6: a jump uniform in a ball leaves a saddle in a time that grows like the logarithm of the
// dimension, and hardly any jump is stuck.
//
// On -gamma u^2/2 + ||v||^2/2 gradient descent from a jump xi of radius r reaches |u| >= R after
// t = ceil(ln(R/|u_0|)/ln(1 + eta gamma)) steps, and (u_0/r)^2 ~ Beta(1/2, (d + 1)/2). So t is known in law, with
// -E ln(|u_0|/r) = (psi(d/2 + 1) - psi(1/2))/2 = (ln d)/2 + (ln 2 + curvatureE)/2 + O(1/d), psi the digamma function.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/escape_lectures.hpp>
#include <perigee/diagnostics/reproduce/kolmogorov.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace perigee::reproduce {
namespace {

constexpr double curvature = 0.05;  // curvature -gamma along u
constexpr double rate = 1.0;        // eta = 1/l
constexpr double radius = 1e-3;     // r of the jump
constexpr double border = 1.0;      // R

auto saddle(Index dimension) {
  return functional(
      dimension, [](ConstVectorView x) { return 0.5 * (x.tail(x.size() - 1).squaredNorm() - curvature * x[0] * x[0]); },
      [](ConstVectorView x, VectorView g) {
        g = x;
        g[0] = -curvature * x[0];
      });
}

double steps_to_leave(Index dimension, RandomEngine engine) {
  Vector start(dimension);
  fill_uniform_ball(engine, radius, start);
  const StopRule left{[](const Progress& progress) -> std::optional<End> {
    if (std::abs(progress.x[0]) < border) return std::nullopt;
    return End{.end_class = EndClass::convergence, .id = "left", .message = "|u| >= R"};
  }};
  const RunResult result =
      run(saddle(dimension), GradientDescent({.learning_rate = rate}), start, {.stop = left | max_iterations(100000)});
  return static_cast<double>(result.iterations);
}

// P(|u_0| < h r): twice the largest section of the unit ball over its volume, times the integral of cos^d.
double slab_share(Index dimension, double h) {
  if (h >= 1.0) return 1.0;
  if (h <= 0.0) return 0.0;
  const auto d = static_cast<double>(dimension);
  constexpr int intervals = 400;
  const double width = std::asin(h) / intervals;
  double sum = 0.0;
  for (int i = 0; i <= intervals; ++i) {
    const double weight = i == 0 || i == intervals ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    sum += weight * std::pow(std::cos(width * i), d);
  }
  const double section = std::exp(std::lgamma(0.5 * d + 1.0) - std::lgamma(0.5 * (d + 1.0)));
  return 2.0 * section / std::sqrt(std::numbers::pi) * sum * width / 3.0;
}

// P(t <= n) = P(|u_0| >= R (1 + eta gamma)^-n).
double steps_law(Index dimension, double steps) {
  return 1.0 - slab_share(dimension, border / radius * std::pow(1.0 + rate * curvature, -steps));
}

// -E ln(|u_0|/r): psi(d/2 + 1) - psi(1/2) by psi(x + 1) = psi(x) + 1/x from psi(1) = -curvatureE, psi(1/2) =
// -curvatureE - 2 ln 2.
double mean_logarithm(Index dimension) {
  const bool is_even = dimension % 2 == 0;
  double difference = is_even ? 2.0 * std::numbers::ln2 : 0.0;
  for (double x = is_even ? 1.0 : 0.5; x < 0.5 * static_cast<double>(dimension) + 0.75; x += 1.0) difference += 1.0 / x;
  return 0.5 * difference;
}

Result run_escape(const Options& options) {
  const std::size_t draws = sized<std::size_t>(options, 4000, 400);
  const std::vector<Index> dimensions{2, 4, 8, 16, 32, 64, 128, 256};
  const RandomSource random(options.seed);
  const double factor = std::log1p(rate * curvature);

  Table table{.name = "escape-times",
              .columns = {"dimension", "mean_steps", "lower", "upper", "law", "distance", "critical_distance"},
              .rows = {}};
  ChartSeries counted{.label = "mean steps counted", .values = {}, .style = 0, .shape = SeriesShape::points};
  ChartSeries law{.label = "law", .values = {}, .style = 8};
  Chart chart{.id = "escape-times",
              .title = "Steps to leave the saddle over the dimension",
              .caption = "mean steps",
              .height = 300.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "dimension d, logarithmic scale"};
  std::vector<double> log_d;
  std::vector<double> log_growth;
  double worst_distance = 0.0;
  double worst_shift = 0.0;
  bool all_means_hold = true;
  for (const Index d : dimensions) {
    std::vector<double> steps(draws);
    for_each_index(draws, options.threads,
                   [&](std::size_t i) { steps[i] = steps_to_leave(d, random.engine("jump-" + std::to_string(d), i)); });
    // Steps are whole numbers: between them the law is a staircase too, and the distance is taken on its treads.
    const double distance = [&] {
      double largest = 0.0;
      std::vector<double> sorted = steps;
      std::sort(sorted.begin(), sorted.end());
      for (double n = sorted.front() - 1.0; n <= sorted.back(); n += 1.0) {
        const auto below = std::upper_bound(sorted.begin(), sorted.end(), n) - sorted.begin();
        const double share = static_cast<double>(below) / static_cast<double>(draws);
        largest = std::max(largest, std::abs(share - steps_law(d, n)));
      }
      return largest;
    }();
    // The mean of the ceiling: sum of P(t > n).
    double expected = 0.0;
    for (double n = 0.0; n < 2000.0; n += 1.0) expected += 1.0 - steps_law(d, n);
    const Mean mean = mean_of(steps);
    const double critical = kolmogorov_bound(static_cast<double>(draws), 1e-4);
    worst_distance = std::max(worst_distance, distance / critical);
    const double deviation = std::abs(mean.mean - expected) / std::max(1e-12, mean.upper - mean.mean);
    worst_shift = std::max(worst_shift, deviation);
    all_means_hold = all_means_hold && deviation < 2.5;
    log_d.push_back(std::log(static_cast<double>(d) + 1.0));
    log_growth.push_back(factor * mean.mean);
    chart.iterations.push_back(static_cast<double>(d));
    counted.values.push_back(mean.mean);
    law.values.push_back((std::log(border / radius) + mean_logarithm(d)) / factor + 0.5);
    table.rows.push_back({static_cast<double>(d), mean.mean, mean.lower, mean.upper, expected, distance, critical});
  }
  chart.series = {std::move(law), std::move(counted)};
  const Line line = fit_line(log_d, log_growth);
  // Standard error of a slope from the standard error of the means, all nearly equal.
  const auto& last = table.rows.back();
  const double error = factor * (last[3] - last[1]) / (line.spread * std::sqrt(static_cast<double>(log_d.size())));

  Result result{.set_up = "Gradient descent with eta = 1/l = 1 on -0.05 u^2/2 + ||v||^2/2 from " +
                          std::to_string(draws) +
                          " jumps uniform in the ball of radius 1e-3 for each d = 2, 4, ..., 256, until |u| >= 1."};
  result.choices = {"The lecture names no sizes: l = 1, gamma = 0.05, r = 1e-3, R = 1.",
                    "Its jump 'U(R^d) B(0, r)' is read as uniform in the ball."};
  result.claims = {
      {.id = "beta-law",
       .printed = "A random direction of length r has about r/sqrt d along the escape direction.",
       .measured = "(u_0/r)^2 is Beta(1/2, (d+1)/2): the steps counted are within " + format_number(worst_distance, 3) +
                   " times the Kolmogorov distance that one sample in 1e4 exceeds, at the worst of 8 dimensions.",
       .value = worst_distance,
       .lower = 0.0,
       .upper = worst_distance,
       .verdict = verdict_if(worst_distance < 1.0)},
      {.id = "mean",
       .printed = "Repulsion is geometric: the distance grows like (1 + eta gamma)^t.",
       .measured = "Mean steps are those of ceil(ln(R/|u_0|)/ln(1 + eta gamma)) under that law, off by at most " +
                   format_number(worst_shift, 3) + " half-widths of their 95% intervals.",
       .value = worst_shift,
       .lower = 0.0,
       .upper = worst_shift,
       .verdict = verdict_if(all_means_hold)},
      {.id = "half-logarithm",
       .printed = "The dimension enters through r/sqrt d, that is as (ln d)/2 in the time.",
       .measured = "The slope of ln(1 + eta gamma) E t over ln(d + 1) is " + format_number(line.slope, 4) + ".",
       .value = line.slope,
       .lower = line.slope - 1.96 * error,
       .upper = line.slope + 1.96 * error,
       .verdict = verdict_if(std::abs(line.slope - 0.5) < 0.03)}};
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("Leaving a saddle after a random jump",
                                          "Arora (2018), lecture 6. Steps of gradient descent from a jump uniform in a "
                                          "small ball around a quadratic saddle, and the law that they must follow.",
                                          {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction arora_2018_escape() {
  return {.name = "arora-2018-escape",
          .source = "Arora (2018), lecture 6, section 6.2",
          .claim = "a random jump leaves a saddle in a time known in law, in which d enters as (ln d)/2",
          .run = run_escape};
}

}  // namespace perigee::reproduce
