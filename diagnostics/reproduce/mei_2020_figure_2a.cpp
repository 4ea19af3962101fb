// Mei et al. (2020), figure 2a: the escape time of softmax policy gradient is inversely proportional to the first
// probability of the best action, log t_0 = -log pi_1(a*) + C.
//
// Escape is sum_a pi_a (r* - r_a) < 0.9 Delta, and stays: the reward never falls under exact gradient steps.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

using problems::RemainingMass;

constexpr Index arms = 5;
constexpr double base = 0.1;
constexpr double gap = 0.5;
constexpr double learning_rate = 0.4;
constexpr double remainder = 1e-12;  // of the arms that are neither the best nor the corner's

struct Escape {
  double first_probability = 0.0;
  double steps = 0.0;  // t_0 - 1
};

// pi_1(a*) from `least` to `greatest`, evenly spaced on a logarithmic scale.
std::vector<Escape> escapes(double least, double greatest, std::size_t count, RemainingMass mass, unsigned threads) {
  const problems::SoftmaxBandit bandit(problems::gap_rewards(arms, gap, base));
  std::vector<Escape> result(count);
  for_each_index(count, threads, [&](std::size_t i) {
    const double part = static_cast<double>(i) / static_cast<double>(count - 1);
    const double probability = least * std::pow(greatest / least, part);
    const Vector pi = mass == RemainingMass::even ? problems::even_policy(bandit.arms(), probability)
                                                  : problems::corner_policy(bandit.arms(), probability, remainder);
    Ascent ascent(bandit, transforms::softmax_start(pi.view()));
    while (ascent.value() >= 0.9 * gap) ascent.step(learning_rate);
    result[i] = {probability, static_cast<double>(ascent.steps())};
  });
  return result;
}

// The slope of log t_0 over log pi_1(a*) by least squares, and the range of the slopes between neighbours.
SlopeInterval slope_of(const std::vector<Escape>& points) {
  std::vector<double> x;
  std::vector<double> y;
  for (const Escape& point : points) {
    x.push_back(std::log10(point.first_probability));
    y.push_back(std::log10(point.steps + 1.0));
  }
  SlopeInterval slope{.slope = fit_line(x, y).slope, .lower = 1e300, .upper = -1e300};
  for (std::size_t i = 1; i < x.size(); ++i) {
    const double local = (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
    slope.lower = std::min(slope.lower, local);
    slope.upper = std::max(slope.upper, local);
  }
  return slope;
}

Claim slope_claim(const std::string& id, const std::string& where, const std::vector<Escape>& points) {
  const SlopeInterval slope = slope_of(points);
  return {.id = id,
          .printed = "The slope of log t_0 over log pi_1(a*) approaches -1 as pi_1(a*) falls.",
          .measured = "Slope " + format_number(slope.slope, 5) + " for pi_1(a*) in [1e-5, 1e-3] with the rest " +
                      where + "; between neighbouring points " + format_number(slope.lower, 5) + " to " +
                      format_number(slope.upper, 5) + ".",
          .value = slope.slope,
          .lower = slope.lower,
          .upper = slope.upper,
          .verdict = verdict_if(std::abs(slope.slope + 1.0) <= 0.005)};
}

// How far the times are from the flow's own law, (22) of docs/theory/policy-landscapes.md.
Claim law_claim(const std::vector<Escape>& even, const std::vector<Escape>& corner) {
  double least = 1e300;
  double greatest = 0.0;
  const auto compare = [&](const std::vector<Escape>& points, RemainingMass mass) {
    for (const Escape& point : points) {
      const double law = problems::predicted_escape_steps(point.first_probability, gap, learning_rate, arms, mass);
      least = std::min(least, point.steps / law);
      greatest = std::max(greatest, point.steps / law);
    }
  };
  compare(even, RemainingMass::even);
  compare(corner, RemainingMass::on_one_arm);
  return {.id = "constant",
          .printed = "t_0 = C'/pi_1(a*) with a constant C' that is not given.",
          .measured =
              "C' = c/(eta Delta) with c = (K-1)/K if the other arms are equal and c = 1/2 if one has the rest: "
              "the steps counted are " +
              format_number(least, 5) + " to " + format_number(greatest, 5) +
              " times those of the flow with its lower-order terms.",
          .value = greatest,
          .lower = least,
          .upper = greatest,
          .verdict = verdict_if(least > 0.98 && greatest < 1.02)};
}

ChartSeries series_of(const std::string& label, const std::vector<Escape>& points, int style) {
  ChartSeries series{.label = label, .values = {}, .style = style, .shape = SeriesShape::points};
  for (const Escape& point : points) series.values.push_back(point.steps + 1.0);
  return series;
}

Picture picture_of(const std::vector<Escape>& even, const std::vector<Escape>& corner) {
  Chart chart{.id = "escape-time",
              .title = "Escape time over the first probability of the best action",
              .caption = "t\xE2\x82\x80, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .height = 300.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "\xCF\x80\xE2\x82\x81(a*), logarithmic scale"};
  ChartSeries law{.label =
                      "slope \xE2\x88\x92"
                      "1: 1/(2 \xCE\xB7 \xCE\x94 \xCF\x80\xE2\x82\x81(a*))",
                  .values = {},
                  .style = 14};
  for (const Escape& point : even) {
    chart.iterations.push_back(point.first_probability);
    law.values.push_back(1.0 / (2.0 * learning_rate * gap * point.first_probability));
  }
  chart.series = {std::move(law), series_of("other arms equal", even, 0), series_of("the rest on one arm", corner, 1)};
  return {.name = "",
          .svg = svg_document("The softmax gravity well: escape time",
                              "Mei et al. (2020), figure 2a. Softmax policy gradient "
                              "on K = 5 arms with r = (0.6, 0.1, ..., 0.1), learning rate 0.4.",
                              {chart_panel(chart)})};
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 41, 11);
  const double least = 1e-5;
  const auto window = [&](RemainingMass mass) { return escapes(least, 1e-3, count, mass, options.threads); };
  const std::vector<Escape> even = window(RemainingMass::even);
  const std::vector<Escape> corner = window(RemainingMass::on_one_arm);
  const std::vector<Escape> even_shown = escapes(least, 0.09, count, RemainingMass::even, options.threads);
  const std::vector<Escape> corner_shown = escapes(least, 0.09, count, RemainingMass::on_one_arm, options.threads);
  Result result{.set_up =
                    "Softmax policy gradient with exact gradients on K = 5 arms, r = (b + Delta, b, ..., b), b = 0.1, "
                    "Delta = 0.5, learning rate 0.4; " +
                    std::to_string(count) +
                    " values of pi_1(a*) in [1e-5, 1e-3], steps counted until the sub-optimality is below 0.9 Delta."};
  result.choices = {
      "K, b and Delta of this figure are not stated: 5, 0.1 and 0.5.",
      "Where the rest of the first policy lies is not stated: both extremes, evenly on the other arms, and on "
      "one of them (1e-12 on the remaining ones)."};
  result.claims = {slope_claim("slope-even", "evenly on the other arms", even),
                   slope_claim("slope-corner", "on one arm", corner), law_claim(even, corner)};
  Table table{.name = "escape-times", .columns = {"first_probability", "t0_even", "t0_one_arm"}, .rows = {}};
  for (std::size_t i = 0; i < even_shown.size(); ++i) {
    table.rows.push_back({even_shown[i].first_probability, even_shown[i].steps + 1.0, corner_shown[i].steps + 1.0});
  }
  result.tables = {std::move(table)};
  result.pictures = {picture_of(even_shown, corner_shown)};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_2a() {
  return {.name = "mei-2020-figure-2a",
          .source = "Mei et al. (2020), figure 2a",
          .claim = "the softmax's escape time is C'/pi_1(a*): slope -1 on logarithmic scales",
          .run = run};
}

}  // namespace perigee::reproduce
