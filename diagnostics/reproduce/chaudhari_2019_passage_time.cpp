// Chaudhari (2019), remark 16: at a low temperature it takes an inordinately long time to cross a barrier.
//
// Measured: the mean time of the chain from one minimum of (x^2 - 1)^2/4 to the other, against the quadrature for the
// diffusion, (1/T) int_{-1}^{1} exp(f(y)/T) int_{-inf}^y exp(-f(z)/T) dz dy (Gardiner 2009, section 5.5), which grows
// like exp(h/T) with the barrier's height h = 1/4.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/escape_lectures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/solvers/langevin_dynamics.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr double rate = 0.02;

double well(double x) { return 0.25 * (x * x - 1.0) * (x * x - 1.0); }

double diffusion_time(double temperature) {
  constexpr int cells = 40000;
  constexpr double low = -3.0;
  constexpr double width = 4.0 / cells;
  double inner = 0.0;
  double outer = 0.0;
  for (int i = 0; i < cells; ++i) {
    const double y = low + (i + 0.5) * width;
    const double density = width * std::exp(-well(y) / temperature);
    if (y > -1.0) outer += width * std::exp(well(y) / temperature) * (inner + 0.5 * density);
    inner += density;
  }
  return outer / temperature;
}

double chain_time(double temperature, const RandomSource& random) {
  const auto objective = functional(
      1, [](ConstVectorView x) { return well(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] * (x[0] * x[0] - 1.0); });
  const LangevinDynamics solver({.learning_rate = rate, .temperature = temperature});
  Oracle oracle(objective);
  const auto stepper = solver.start(oracle, {-1.0}, random);
  while (stepper->current().x()[0] < 1.0 && stepper->step() == StepStatus::advanced) continue;
  return rate * static_cast<double>(stepper->record().iteration);
}

Result run_passage(const Options& options) {
  const std::size_t runs = sized<std::size_t>(options, 6000, 100);
  const std::vector<double> inverse_temperatures{5.0, 8.0, 11.0, 14.0};
  Table table{.name = "passage-times",
              .columns = {"inverse_temperature", "mean_time", "lower", "upper", "quadrature"},
              .rows = {}};
  Chart chart{.id = "passage-times",
              .title = "Mean time from one minimum to the other",
              .caption = "time, sum of the step sizes, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .height = 300.0,
              .time_name = "\xCE\xB2 = 1/T"};
  ChartSeries counted{.label = "chain", .values = {}, .style = 0, .shape = SeriesShape::points};
  ChartSeries law{.label = "quadrature", .values = {}, .style = 8};
  std::vector<double> logarithms;
  double least = 1e300;
  double greatest = 0.0;
  bool agrees = true;
  for (const double beta : inverse_temperatures) {
    std::vector<double> times(runs);
    for_each_index(runs, options.threads, [&](std::size_t i) {
      times[i] = chain_time(1.0 / beta, RandomSource(options.seed, 100000 * static_cast<std::uint64_t>(beta) + i));
    });
    const Mean mean = mean_of(times);
    const double expected = diffusion_time(1.0 / beta);
    least = std::min(least, mean.lower / expected);
    greatest = std::max(greatest, mean.upper / expected);
    // Three standard errors, and the discrete chain's own shortening of about alpha/4.
    agrees = agrees && std::abs(mean.mean / expected - 1.0) < 1.5 * (mean.upper - mean.mean) / expected + 0.01;
    logarithms.push_back(std::log(mean.mean));
    table.rows.push_back({beta, mean.mean, mean.lower, mean.upper, expected});
    chart.iterations.push_back(beta);
    counted.values.push_back(mean.mean);
    law.values.push_back(expected);
  }
  chart.series = {std::move(law), std::move(counted)};
  const double height = fit_line(inverse_temperatures, logarithms).slope;
  Result result{.set_up = "Langevin dynamics with alpha = 0.02 on (x^2 - 1)^2/4 from -1 until x >= 1, " +
                          std::to_string(runs) + " runs at each of beta = 5, 8, 11, 14."};
  result.choices = {"The notes state no time: the reference is the mean passage time of the diffusion, by quadrature."};
  result.claims = {{.id = "mean",
                    .printed = "The time to equilibrate may be inordinately long.",
                    .measured = "Mean passage times over the quadrature: between " + format_number(least, 3) + " and " +
                                format_number(greatest, 3) + " over the 95% intervals.",
                    .value = 0.5 * (least + greatest),
                    .lower = least,
                    .upper = greatest,
                    .verdict = verdict_if(agrees)},
                   {.id = "exponential",
                    .printed = "It grows as the temperature falls.",
                    .measured = "ln of the time grows by " + format_number(height, 3) +
                                " per unit of beta; the barrier is 0.25 high, and the factor in front adds to it.",
                    .value = height,
                    .verdict = verdict_if(height > 0.2 && height < 0.3)}};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Crossing a barrier at a temperature",
                           "Chaudhari (2019), remark 16. Langevin dynamics on a double well, barrier 1/4.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction chaudhari_2019_passage_time() {
  return {.name = "chaudhari-2019-passage-time",
          .source = "Chaudhari (2019), remark 16",
          .claim = "the time to cross a barrier is that of the diffusion and grows like exp(height/T)",
          .run = run_passage};
}

}  // namespace perigee::reproduce
