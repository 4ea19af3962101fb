// The slides' learning-rate schedules, drawn and compared with their printed formulas, and diminishing steps on the
// Huber function: where the steps sum to a finite number the run is stuck short of the minimum.
//
// Huber: f(x) = x^2/2 for |x| <= delta, delta (|x| - delta/2) outside. Every step there moves by eta_k delta, so with
// eta_k = a/(k + 1)^2 the run travels at most a delta pi^2/6, while a/(k + 1) sums to infinity (Robbins and Monro
// 1951).
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/slides.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/schedule.hpp>
#include <perigee/lib/vector.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

namespace perigee::reproduce {
namespace {

constexpr Index horizon = 100;  // T
constexpr double initial = 0.1;

struct Named {
  const char* label;
  Schedule schedule;
  std::function<double(double)> printed;  // alpha(t)
};

std::vector<Named> schedules_shown() {
  const double decay = 0.03;
  const auto cosine = [](double t, double length) {
    return 0.001 + 0.5 * (initial - 0.001) * (1.0 + std::cos(std::numbers::pi * t / length));
  };
  return {
      {"step decay", schedules::step_decay(initial, 0.5, 20),
       [](double t) { return initial * std::pow(0.5, std::floor(t / 20.0)); }},
      {"exponential", schedules::exponential(initial, decay), [=](double t) { return initial * std::exp(-decay * t); }},
      {"inverse time", schedules::inverse_time(initial, decay), [=](double t) { return initial / (1.0 + decay * t); }},
      {"cosine", schedules::cosine(initial, 0.001, horizon), [=](double t) { return cosine(t, horizon); }},
      {"warm-up and cosine", schedules::warm_up_cosine(initial, 0.001, 10, horizon),
       [=](double t) { return t <= 10.0 ? initial * t / 10.0 : cosine(t - 10.0, horizon - 10.0); }}};
}

constexpr double delta = 1.0;
constexpr double start = 9.7;

double huber_slope(double x) { return std::clamp(x, -delta, delta); }

// |x_k|, k = 0 ... steps.
std::vector<double> descend(const Schedule& schedule, Index steps) {
  std::vector<double> sizes;
  double x = start;
  for (Index k = 0; k <= steps; ++k) {
    sizes.push_back(std::abs(x));
    x -= schedule(k, ConstVectorView(&x, 1)) * huber_slope(x);
  }
  return sizes;
}

Result run(const Options& options) {
  const Index steps = sized<Index>(options, 1000000, 100000);
  Result result{.set_up =
                    "Schedules with alpha_0 = 0.1 over T = 100; gradient descent on the Huber function with delta = 1 "
                    "from x = 9.7, " +
                    std::to_string(steps) + " steps."};
  result.choices = {"Parameters of the curves, delta, start and step sizes are not stated: as in the set-up.",
                    "Diminishing steps are not specified: a/(k+1) and a/(k+1)^2 with a = 1."};
  // The formulas, t = 0 ... T. The last one is apart: at t = 0 it is printed as 0, which is no step.
  Table table{.name = "schedules", .columns = {"t"}, .rows = {}};
  std::vector<double> times;
  double deviation = 0.0;
  double warm_up_deviation = 0.0;
  const std::vector<Named> shown = schedules_shown();
  for (const Named& each : shown) table.columns.emplace_back(each.label);
  std::vector<ChartSeries> curves;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    curves.push_back({.label = shown[i].label, .values = {}, .style = static_cast<int>(i)});
  }
  for (Index t = 0; t <= horizon; ++t) {
    std::vector<double> row{static_cast<double>(t)};
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const double rate = shown[i].schedule(t, ConstVectorView({0.0}));
      const double off = std::abs(rate - shown[i].printed(static_cast<double>(t)));
      double& largest = i + 1 < shown.size() ? deviation : warm_up_deviation;
      largest = std::max(largest, off);
      curves[i].values.push_back(rate);
      row.push_back(rate);
    }
    times.push_back(static_cast<double>(t));
    table.rows.push_back(std::move(row));
  }
  Chart rates = chart_over(times, "Learning-rate schedules", "\xCE\xB1(t)", "t", Axes::linear);
  rates.series = curves;

  const std::array<std::pair<const char*, Schedule>, 4> rules{
      {{"constant 0.1", Schedule(0.1)},
       {"constant 2.5", Schedule(2.5)},
       {"1/(k+1)", schedules::robbins_monro(1.0, 1.0)},
       {"1/(k+1)^2", Schedule("1/(k+1)^2", Schedule::OfIteration([](Index k) {
                                return 1.0 / (static_cast<double>(k + 1) * static_cast<double>(k + 1));
                              }))}}};
  Table huber{
      .name = "huber", .columns = {"k", "constant_0.1", "constant_2.5", "inverse", "inverse_square"}, .rows = {}};
  std::vector<std::vector<double>> sizes;
  for (const auto& [label, schedule] : rules) sizes.push_back(descend(schedule, steps));
  std::vector<double> shown_steps;
  std::vector<ChartSeries> paths;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    paths.push_back({.label = rules[i].first, .values = {}, .style = static_cast<int>(i)});
  }
  for (double place = 1.0; place <= static_cast<double>(steps) + 1.0; place = std::ceil(place * 1.08)) {
    const auto k = static_cast<std::size_t>(place) - 1;
    std::vector<double> row{static_cast<double>(k)};
    for (std::size_t i = 0; i < rules.size(); ++i) {
      row.push_back(sizes[i][k]);
      paths[i].values.push_back(std::max(sizes[i][k], 1e-12));
    }
    shown_steps.push_back(place);
    huber.rows.push_back(std::move(row));
  }
  Chart courses =
      chart_over(shown_steps, "Gradient descent on the Huber function", "max(|x|, 1e-12)", "k + 1", Axes::logarithmic);
  courses.series = paths;

  // What is left of the way: 9.7 minus the partial sum of 1/(k+1)^2, which is pi^2/6 but for its tail.
  const double stuck = sizes[3].back();
  const double expected = start - std::numbers::pi * std::numbers::pi / 6.0 * delta;
  const double tail = 1.0 / static_cast<double>(steps);
  const double swing =
      *std::min_element(sizes[1].begin() + static_cast<std::ptrdiff_t>(sizes[1].size() / 2), sizes[1].end());
  // Inside |x| <= 1 steps 1/(k+1) shrink x by k/(k+1): |x_k| (k + 1) is constant from there on.
  const double inverse = sizes[2].back();
  result.claims = {
      {.id = "formulas",
       .printed = "alpha_0 gamma^floor(t/s), alpha_0 e^{-lambda t}, alpha_0/(1 + lambda t), cosine annealing.",
       .measured = "The library's schedules equal them to " + format_number(deviation, 2) + " for t = 0 to 100.",
       .value = deviation,
       .lower = 0.0,
       .upper = deviation,
       .verdict = verdict_if(deviation < 1e-15)},
      {.id = "warm-up",
       .printed = "alpha_0 t/t_warmup, then cosine decay over T - t_warmup.",
       .measured = "The library's rate differs by at most " + format_number(warm_up_deviation, 3) +
                   ": its warm-up is the printed one of t + 1.",
       .value = warm_up_deviation,
       .lower = 0.0,
       .upper = warm_up_deviation,
       .verdict = warm_up_deviation < initial / 10.0 + 1e-15 ? Verdict::holds_with_care : Verdict::does_not_hold,
       .care = "As printed the first step has length 0 and is lost; shifted by one, t_warmup steps rise to alpha_0."},
      {.id = "small-constant",
       .printed = "A small constant step converges, slowly.",
       .measured = "alpha = 0.1: |x| = " + format_number(sizes[0][100], 3) + " after 100 steps, " +
                   format_number(sizes[0][500], 3) + " after 500.",
       .value = sizes[0][500],
       .verdict = verdict_if(sizes[0][500] < 1e-12 && sizes[0][50] > 4.0)},
      {.id = "large-constant",
       .printed = "A large constant step jumps around the optimum.",
       .measured = "alpha = 2.5: |x| is never below " + format_number(swing, 3) + " in the second half of the run.",
       .value = swing,
       .verdict = verdict_if(swing > 0.1)},
      {.id = "divergent-sum",
       .printed = "Diminishing steps converge.",
       .measured = "alpha_k = 1/(k+1), whose sum diverges: |x| = " + format_number(inverse, 3) + " at the end.",
       .value = inverse,
       .verdict = verdict_if(inverse < 0.1)},
      {.id = "finite-sum",
       .printed = "Diminishing steps converge.",
       .measured = "alpha_k = 1/(k+1)^2, whose sum is pi^2/6: the run is stuck at x = " + format_number(stuck, 9) +
                   ", and 9.7 - pi^2/6 = " + format_number(expected, 9) + ".",
       .value = stuck,
       .lower = expected,
       .upper = expected + 1.01 * tail,
       .verdict = std::abs(stuck - expected) <= 1.01 * tail ? Verdict::holds_with_care : Verdict::does_not_hold,
       .care = "Only if the steps sum to infinity (Robbins and Monro); else the run stops short of the optimum."}};
  result.tables = {std::move(table), std::move(huber)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Schedules, and what diminishing steps do",
                           "The slides' schedules with \xCE\xB1\xE2\x82\x80 = 0.1, T = 100, and gradient "
                           "descent on the Huber function from x = 9.7.",
                           {chart_panel(rates), chart_panel(courses)})}};
  return result;
}

}  // namespace

Reproduction slides_schedules() {
  return {.name = "slides-schedules",
          .source = "slides, learning-rate scheduling and diminishing step size",
          .claim = "the schedules are their formulas, and diminishing steps converge if they sum to infinity",
          .run = run};
}

}  // namespace perigee::reproduce
