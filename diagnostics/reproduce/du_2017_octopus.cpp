// Du et al. (2017), the octopus: gradient descent passes d saddles in a time exponential in d, perturbed gradient
// descent in a time polynomial in d.
//
// While a coordinate grows by 1 + 2 eta gamma a step, those after it shrink by 1 - 2 eta L, so with eta = 1/(4L) each
// saddle takes base = 1 + ln 2/ln(1 + gamma/(2L)) times as long as all before it. Locked coordinates fall far below the
// smallest double: their exponents are carried apart here, and the run in plain doubles is shown beside.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/du_2017.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace perigee::reproduce {
namespace {

constexpr double tau = std::numbers::e;
constexpr double infinity = std::numeric_limits<double>::infinity();

double base_of(double smoothness) { return 1.0 + std::log(2.0) / std::log1p(0.5 / smoothness); }

problems::Octopus octopus_of(Index dimension, double smoothness) {
  return problems::Octopus({.dimension = dimension, .smoothness = smoothness, .curvature = 1.0, .tau = tau});
}

// Step numbers at which coordinates 1 ... d first reach 2 tau; infinite: not within the run.
using Passages = std::vector<double>;

// Writes the passages that happened at this step; returns whether all have.
bool note_passages(ConstVectorView x, double step, std::size_t& passed, Passages& passages) {
  while (passed < passages.size() && std::abs(x[static_cast<Index>(passed)]) >= 2.0 * tau) passages[passed++] = step;
  return passed == passages.size();
}

// Below 1e-200 a coordinate is kept as x 2^400, and brought back when that is above 1e-40. Both are far below tau,
// where f is quadratic in a locked coordinate, and its square is lost in the sums either way: the factor changes
// nothing but the range.
class Exponents {
 public:
  explicit Exponents(Index dimension) : raised_(static_cast<std::size_t>(dimension), 0) {}
  void keep_in_range(VectorView x) {
    for (Index i = 0; i < x.size(); ++i) {
      int& raised = raised_[static_cast<std::size_t>(i)];
      const double size = std::abs(x[i]);
      if (size < 1e-200 && size > 0.0) {
        x[i] = std::ldexp(x[i], 400);
        ++raised;
      } else if (raised > 0 && size > 1e-40) {
        x[i] = std::ldexp(x[i], -400);
        --raised;
      }
    }
  }

 private:
  std::vector<int> raised_;
};

enum class Arithmetic { doubles, extended };

// The first point is recorded as step 0.
Passages descend(const problems::Octopus& octopus, double rate, const Vector& start, double most_steps,
                 Arithmetic arithmetic) {
  const Index d = octopus.dimension();
  Passages passages(static_cast<std::size_t>(d), infinity);
  Vector x = start;
  Vector gradient(d);
  Exponents exponents(d);
  std::size_t passed = 0;
  for (double step = 0.0; step <= most_steps; step += 1.0) {
    if (note_passages(x, step, passed, passages)) break;
    octopus.value_and_gradient(x, gradient);
    for (Index i = 0; i < d; ++i) x[i] -= rate * gradient[i];
    if (arithmetic == Arithmetic::extended) exponents.keep_in_range(x);
  }
  return passages;
}

Passages descend_perturbed(const problems::Octopus& octopus, double rate, const Vector& start, double most_steps,
                           const RandomSource& random) {
  const double scale = tau / 100.0;
  // Long enough for a jump of the median size, r/sqrt d, to reach tau.
  const double factor = std::log1p(2.0 * rate);
  const double needed = std::log(100.0 * std::sqrt(static_cast<double>(octopus.dimension()))) / factor;
  const PerturbedGradientDescent solver({.learning_rate = rate,
                                         .perturbation_radius = scale,
                                         .gradient_threshold = scale,
                                         .decrease_threshold = 1e-3,
                                         .escape_iterations = static_cast<Index>(std::ceil(2.0 * needed)),
                                         .origin = "practical"});
  Oracle oracle(octopus);
  const auto stepper = solver.start(oracle, start, random);
  Passages passages(static_cast<std::size_t>(octopus.dimension()), infinity);
  std::size_t passed = 0;
  for (double step = 0.0; step <= most_steps; step += 1.0) {
    if (note_passages(stepper->current().x(), step, passed, passages)) break;
    if (stepper->step() != StepStatus::advanced) break;
  }
  return passages;
}

struct Experiment {
  double smoothness = 0.0;
  Index dimension = 0;
  std::vector<Passages> descent;    // one a start
  std::vector<Passages> perturbed;  // from the same starts
  std::vector<Passages> doubles;
};

Experiment experiment(double smoothness, Index dimension, std::size_t starts, const Options& options) {
  const problems::Octopus octopus = octopus_of(dimension, smoothness);
  const double rate = 0.25 / smoothness;
  Experiment result{smoothness, dimension, {}, {}, {}};
  result.descent.resize(starts);
  result.perturbed.resize(starts);
  result.doubles.resize(starts);
  const RandomSource random(options.seed);
  for_each_index(starts, options.threads, [&](std::size_t i) {
    RandomEngine engine = random.engine("octopus-start", i);
    Vector start(dimension);
    for (Index j = 0; j < dimension; ++j) start[j] = 2.0 * uniform_unit(engine) - 1.0;
    result.descent[i] = descend(octopus, rate, start, 1e10, Arithmetic::extended);
    result.doubles[i] = descend(octopus, rate, start, 1e5, Arithmetic::doubles);
    result.perturbed[i] = descend_perturbed(octopus, rate, start, 1e6, RandomSource(options.seed, i));
  });
  return result;
}

// Median over the starts of the passage of coordinate k.
double median_passage(const std::vector<Passages>& runs, std::size_t k) {
  std::vector<double> values;
  for (const Passages& run : runs) values.push_back(run[k]);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string name_of(const Experiment& at) {
  return (at.smoothness == tau ? std::string("L = e") : "L = " + format_number(at.smoothness, 3)) +
         ", d = " + std::to_string(at.dimension);
}

std::string id_of(const Experiment& at) {
  return (at.smoothness == tau ? std::string("e") : "1.5") + "-" + std::to_string(at.dimension);
}

// The factor from one passage to the next, from the second saddle on: mean and range over starts and saddles.
Claim growth_claim(const Experiment& at) {
  const double base = base_of(at.smoothness);
  double least = infinity;
  double greatest = 0.0;
  double sum = 0.0;
  double count = 0.0;
  for (const Passages& run : at.descent) {
    for (std::size_t k = 2; k < run.size(); ++k) {
      const double ratio = run[k] / run[k - 1];
      least = std::min(least, ratio);
      greatest = std::max(greatest, ratio);
      sum += ratio;
      count += 1.0;
    }
  }
  const double mean = sum / count;
  return {.id = "growth-" + id_of(at),
          .printed = "Gradient descent needs exp(d) steps: every saddle takes a constant factor longer.",
          .measured = name_of(at) + ": the factor is " + format_number(mean, 4) + " on average (" +
                      format_number(least, 4) + " to " + format_number(greatest, 4) + " over " +
                      std::to_string(at.descent.size()) + " starts and the saddles from the second on), by the rates " +
                      "of growth and decay " + format_number(base, 4) + "; median time to the minimum " +
                      format_number(median_passage(at.descent, static_cast<std::size_t>(at.dimension - 1)), 3) +
                      " steps.",
          .value = mean,
          .lower = least,
          .upper = greatest,
          .verdict = verdict_if(std::abs(mean / base - 1.0) < 0.1)};
}

// The slope of log time over log k for the perturbed method from the second saddle on, on the medians.
Claim polynomial_claim(const Experiment& at) {
  std::vector<double> x;
  std::vector<double> y;
  double arrived = 0.0;
  double greatest = 0.0;
  for (std::size_t k = 1; k < static_cast<std::size_t>(at.dimension); ++k) {
    x.push_back(std::log(static_cast<double>(k + 1)));
    y.push_back(std::log(median_passage(at.perturbed, k)));
  }
  for (const Passages& run : at.perturbed) {
    arrived += std::isfinite(run.back()) ? 1.0 : 0.0;
    greatest = std::max(greatest, run.back());
  }
  const double slope = fit_line(x, y).slope;
  const bool all = arrived == static_cast<double>(at.perturbed.size());
  return {.id = "perturbed-" + id_of(at),
          .printed = "Perturbed gradient descent needs poly(d) steps.",
          .measured = name_of(at) + ": the median time to pass k saddles grows like k^" + format_number(slope, 3) +
                      "; " + format_number(arrived) + " of " + std::to_string(at.perturbed.size()) +
                      " runs passed all, the slowest after " + format_number(greatest, 4) + " steps.",
          .value = slope,
          .verdict = verdict_if(all && slope < 2.0)};
}

// How many saddles plain doubles let gradient descent pass.
Claim underflow_claim(const std::vector<Experiment>& experiments) {
  double most_steps = 0.0;
  double stuck = 0.0;
  double runs = 0.0;
  double fewest = infinity;
  for (const Experiment& at : experiments) {
    if (at.dimension < 6) continue;
    for (const Passages& run : at.doubles) {
      runs += 1.0;
      double passed = 0.0;
      for (const double step : run) {
        if (!std::isfinite(step)) continue;
        passed += 1.0;
        most_steps = std::max(most_steps, step);
      }
      stuck += passed < static_cast<double>(at.dimension) ? 1.0 : 0.0;
      fewest = std::min(fewest, passed);
    }
  }
  return {.id = "doubles",
          .printed = "Gradient descent converges to a minimum in the end.",
          .measured =
              format_number(stuck) + " of " + format_number(runs) +
              " runs in plain doubles with d above 5 stop for ever at a saddle, after as few as " +
              format_number(fewest) + " saddles and never later than step " + format_number(most_steps, 4) +
              ": the next coordinate has been halved some 1074 times, and at the smallest double it stays (1e5 steps).",
          .value = stuck / runs,
          .lower = 0.0,
          .upper = 1.0,
          .verdict = stuck == 0.0 ? Verdict::holds : Verdict::holds_with_care,
          .care = stuck == 0.0 ? "" : "Only in arithmetic with a wider range of exponents than doubles have."};
}

Chart chart_of(const std::vector<Experiment>& experiments) {
  Chart chart{.id = "passages",
              .title = "Steps until saddle k is passed",
              .caption = "steps, median over the starts, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .height = 320.0,
              .time_name = "saddles passed, k"};
  Index largest = 0;
  for (const Experiment& at : experiments) largest = std::max(largest, at.dimension);
  for (Index k = 1; k <= largest; ++k) chart.iterations.push_back(static_cast<double>(k));
  int style = 0;
  for (const Experiment& at : experiments) {
    if (at.dimension == 5) continue;  // the first part of the others
    const std::array<const std::vector<Passages>*, 2> kinds{&at.descent, &at.perturbed};
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      ChartSeries series{.label = (kind == 0 ? "descent, " : "perturbed, ") + name_of(at),
                         .values = {},
                         .style = style + (kind == 0 ? 0 : 8)};
      for (Index k = 0; k < largest; ++k) {
        series.values.push_back(
            k < at.dimension ? std::max(1.0, median_passage(*kinds[kind], static_cast<std::size_t>(k))) : not_measured);
      }
      chart.series.push_back(std::move(series));
    }
    ++style;
  }
  return chart;
}

Result run(const Options& options) {
  const std::size_t starts = sized<std::size_t>(options, 20, 5);
  std::vector<Experiment> experiments;
  for (const double smoothness : {1.5, tau}) {
    for (const Index dimension : {Index{5}, sized<Index>(options, 10, smoothness == tau ? 7 : 8)}) {
      experiments.push_back(experiment(smoothness, dimension, starts, options));
    }
  }
  Result result{.set_up = "The octopus with gamma = 1 and tau = e, learning rate 1/(4L) for both methods, " +
                          std::to_string(starts) +
                          " starts uniform in [-1, 1]^d; saddle k counts as passed when |x_k| reaches 2 tau."};
  result.choices = {
      "Outside the tubes the paper extends its function by a theorem: here by an explicit formula that equals it on "
      "them.",
      "Perturbed gradient descent: gradient threshold and radius tau/100, decrease threshold 1e-3, and twice the steps "
      "that a jump of r/sqrt d needs to grow to tau before it is judged.",
      "Exponents of locked coordinates are carried apart, which doubles cannot."};
  Table table{.name = "passages",
              .columns = {"smoothness", "dimension", "saddle", "descent_median", "perturbed_median", "doubles_median"},
              .rows = {}};
  for (const Experiment& at : experiments) {
    result.claims.push_back(growth_claim(at));
    result.claims.push_back(polynomial_claim(at));
    for (std::size_t k = 0; k < static_cast<std::size_t>(at.dimension); ++k) {
      table.rows.push_back({at.smoothness, static_cast<double>(at.dimension), static_cast<double>(k + 1),
                            median_passage(at.descent, k), median_passage(at.perturbed, k),
                            median_passage(at.doubles, k)});
    }
  }
  result.claims.push_back(underflow_claim(experiments));
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("The octopus: steps per saddle",
                                          "Du et al. (2017). Gradient descent and perturbed gradient descent on the "
                                          "chain of saddles, gamma = 1, tau = e, learning rate 1/(4L).",
                                          {chart_panel(chart_of(experiments))})}};
  return result;
}

}  // namespace

Reproduction du_2017_octopus() {
  return {
      .name = "du-2017-octopus",
      .source = "Du et al. (2017), octopus experiments",
      .claim = "gradient descent takes a constant factor longer at each saddle, perturbed gradient descent does not",
      .run = run};
}

}  // namespace perigee::reproduce
