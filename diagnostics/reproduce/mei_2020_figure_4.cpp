// Mei et al. (2020), figure 4: softmax damping. Gradient descent on -log pi_y, K = 10, is O(1/t) for the softmax and
// linear for the escort with p = 2 and the learning rate of theorem 5.
//
// Near the optimum -log pi_y ~ 1 - pi_y = x and ||y - pi||^2 = x^2 + sum_{a != y} pi_a^2, of the order of x^2: if
// delta_t falls like 1/t, then figure 4c's quantity falls like 1/t^2.
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>

#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index classes = 10;
constexpr Index label = 0;
constexpr double softmax_rate = 1.0;  // 1/l is 2
constexpr double first_probability = 1.0 / static_cast<double>(classes);
const double guaranteed_rate = 1.0 / (2.0 * (3.0 + 1.0 / first_probability));  // theorem 5

struct Curve {
  std::vector<double> times;   // t
  std::vector<double> losses;  // delta_t = -log pi_y
  std::vector<double> norms;   // ||y - pi||_2^2
};

template <class Objective, class Rate>
Curve curve_of(const Objective& objective, const Vector& start, const std::vector<Index>& recorded, const Rate& rate) {
  Ascent descent(objective, start);
  Vector pi(classes);
  Curve curve;
  for (const Index step : recorded) {
    while (descent.steps() < step) descent.step(rate(descent.theta()));
    objective.probabilities(descent.theta(), pi.view());
    double others = 0.0;
    double squares = 0.0;
    for (Index a = 0; a < classes; ++a) {
      if (a == label) continue;
      others += pi[a];
      squares += pi[a] * pi[a];
    }
    curve.times.push_back(static_cast<double>(step) + 1.0);
    curve.losses.push_back(descent.value());
    curve.norms.push_back(others * others + squares);
  }
  return curve;
}

// Least squares of log y over log t, or over t, for t >= first.
Line fit(const std::vector<double>& times, const std::vector<double>& values, double first, Axes axes) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] < first) continue;
    x.push_back(axes == Axes::logarithmic ? std::log(times[i]) : times[i]);
    y.push_back(std::log(values[i]));
  }
  return fit_line(x, y);
}

Picture picture_of(const Curve& softmax, const Curve& escort) {
  const std::string delta = "\xCE\xB4 = \xE2\x88\x92log \xCF\x80(y)";
  Curve early;
  for (std::size_t i = 0; i < softmax.times.size() && softmax.times[i] <= escort.times.back(); ++i) {
    early.times.push_back(softmax.times[i]);
    early.losses.push_back(softmax.losses[i]);
  }
  Chart a = chart_over(early.times, "(a) softmax over t", delta, "t", Axes::logarithmic_value);
  a.series = {{.label = "softmax", .values = early.losses, .style = 0}};
  Chart b = chart_over(softmax.times, "(b) softmax over log t", delta, "t", Axes::logarithmic);
  b.series = {{.label = "softmax", .values = softmax.losses, .style = 0}};
  Chart c = chart_over(softmax.times, "(c) softmax, squared distance",
                       "\xE2\x80\x96y \xE2\x88\x92 \xCF\x80\xE2\x80\x96\xC2\xB2", "t", Axes::logarithmic);
  c.series = {{.label = "measured", .values = softmax.norms, .style = 0},
              {.label = "slope \xE2\x88\x92"
                        "1, as printed",
               .values = {},
               .style = 14},
              {.label = "slope \xE2\x88\x92"
                        "2",
               .values = {},
               .style = 9}};
  for (const double time : softmax.times) {
    c.series[1].values.push_back(softmax.norms.front() / time);
    c.series[2].values.push_back(softmax.norms.front() / (time * time));
  }
  Chart d = chart_over(escort.times, "(d) escort, p = 2, over t", delta, "t", Axes::logarithmic_value);
  ChartSeries bound{.label = "bound of theorem 5", .values = {}, .style = 14};
  for (const double time : escort.times) {
    bound.values.push_back(escort.losses.front() * std::exp(-guaranteed_rate * (time - 1.0)));
  }
  d.series = {{.label = "escort, p = 2", .values = escort.losses, .style = 2}, std::move(bound)};
  return {.name = "",
          .svg = svg_document(
              "Softmax damping",
              "Mei et al. (2020), figure 4. Gradient descent on the cross-entropy of one label, K = 10, from the "
              "uniform policy.",
              {chart_panel(a), chart_panel(b), chart_panel(c), chart_panel(d)})};
}

Result run(const Options& options) {
  const auto last = sized<Index>(options, 1000000, 30000);
  constexpr Index escort_last = 1000;
  const problems::SoftmaxCrossEntropy softmax(classes, label);
  const problems::EscortCrossEntropy escort(classes, label, 2.0);
  std::vector<Index> every;
  for (Index step = 0; step <= escort_last; step += 5) every.push_back(step);
  Vector ones(classes);
  ones.view().setOnes();
  const Curve softmax_curve =
      curve_of(softmax, Vector(classes), logarithmic_steps(last, 120), [](ConstVectorView) { return softmax_rate; });
  const Curve escort_curve = curve_of(escort, ones, every, [](ConstVectorView theta) {
    return problems::escort_cross_entropy_step(theta, first_probability);
  });

  const double tail = 0.1 * static_cast<double>(last);
  const double loss_slope = fit(softmax_curve.times, softmax_curve.losses, tail, Axes::logarithmic).slope;
  const double norm_slope = fit(softmax_curve.times, softmax_curve.norms, tail, Axes::logarithmic).slope;
  const Line linear = fit(escort_curve.times, escort_curve.losses, 100.0, Axes::linear);
  const double rate = -linear.slope;
  Result result{.set_up =
                    "Gradient descent on -log pi_y with exact gradients, K = 10, from the uniform policy: softmax with "
                    "learning rate 1 for " +
                    std::to_string(last) +
                    " steps, escort with p = 2 and the learning rate of "
                    "theorem 5 for 1000 steps; slopes over the last decade of t."};
  result.choices = {"The learning rate of the softmax is not stated: 1, half of the largest that is safe (1/l = 2).",
                    "The first policy is not stated: uniform."};
  result.claims = {
      {.id = "softmax-rate",
       .printed = "log delta_t over log t has a slope that approaches -1: delta_t = O(1/t), not linear.",
       .measured = "Slope " + format_number(loss_slope, 5) + ".",
       .value = loss_slope,
       .verdict = verdict_if(std::abs(loss_slope + 1.0) <= 0.01)},
      {.id = "squared-distance-rate",
       .printed = "||y - pi_t||_2^2 has a similar rate (figure 4c).",
       .measured = "Slope " + format_number(norm_slope, 5) + " of log ||y - pi_t||_2^2 over log t.",
       .value = norm_slope,
       .verdict = verdict_if(std::abs(norm_slope + 1.0) <= 0.1),
       .care = "The squared distance falls with slope -2: it is the distance itself, not its square, that falls like "
               "1/t. That the rate is a power and not linear is right."},
      {.id = "escort-linear",
       .printed = "With the escort, p = 2, log delta_t is linear in t (figure 4d).",
       .measured = "log delta_t follows a line over t = 100 to 1001 (from " +
                   format_number(escort_curve.losses[20], 2) + " to " + format_number(escort_curve.losses.back(), 2) +
                   ") with a root mean square deviation of " + format_number(linear.root_mean_square, 2) +
                   "; its rate is " + format_number(rate, 5) + " a step, " + format_number(rate / guaranteed_rate, 4) +
                   " times the 1/(2 (3 + c_1^2)) of theorem 5.",
       .value = rate / guaranteed_rate,
       .verdict = verdict_if(linear.root_mean_square < 0.01 && rate >= guaranteed_rate)}};
  Table softmax_table{.name = "softmax", .columns = {"t", "loss", "squared_distance"}, .rows = {}};
  for (std::size_t i = 0; i < softmax_curve.times.size(); ++i) {
    softmax_table.rows.push_back({softmax_curve.times[i], softmax_curve.losses[i], softmax_curve.norms[i]});
  }
  Table escort_table{.name = "escort", .columns = {"t", "loss", "squared_distance"}, .rows = {}};
  for (std::size_t i = 0; i < escort_curve.times.size(); ++i) {
    escort_table.rows.push_back({escort_curve.times[i], escort_curve.losses[i], escort_curve.norms[i]});
  }
  result.tables = {std::move(softmax_table), std::move(escort_table)};
  result.pictures = {picture_of(softmax_curve, escort_curve)};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_4() {
  return {.name = "mei-2020-figure-4",
          .source = "Mei et al. (2020), figure 4a-d",
          .claim = "cross-entropy falls like 1/t under the softmax and linearly under the escort with p = 2",
          .run = run};
}

}  // namespace perigee::reproduce
