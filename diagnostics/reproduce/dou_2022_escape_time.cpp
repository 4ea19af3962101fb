// Dou et al. (2022), theorem 2: no escape before C/(Delta(s) pi_1(a*)) when the rewards change in time.
//
// The actual gap governs: with b_2 = b_3, G_t = Delta + b_1(t) - b_2(t), no escape before 2 eta sum_t G_t exceeds
// 1/pi_1(a*) - 10 (docs/theory/policy-landscapes.md, eq. (25)). So C is no constant in Delta(s) alone: it depends on
// how far the levels move against the gap.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/reproduce/dou_2022.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/asr_bandits.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr double learning_rate = 0.4;
constexpr Index horizon = 5500;  // periods 50 and 110 return together

struct Escape {
  double gap = 0.0;          // Delta
  double mean_gap = 0.0;     // of G_t over the horizon
  double probability = 0.0;  // pi_1(a*)
  double steps = 0.0;        // until the sub-optimality is below 0.9 G_t
  double gained = 0.0;       // 2 eta sum of G_t over those steps
};

// b_2 = b_3, with amplitudes of their own for b_1 and for the others.
std::vector<double> levels_of(double own, double others) {
  const std::vector<double> best = problems::sinusoidal_levels(horizon, 0.5, own, {50.0});
  const std::vector<double> rest = problems::sinusoidal_levels(horizon, 0.5, others, {110.0});
  std::vector<double> levels;
  for (std::size_t t = 0; t < best.size(); ++t) levels.insert(levels.end(), {best[t], rest[t], rest[t]});
  return levels;
}

Escape escape(double gap, double own, double others, double probability, double share) {
  const problems::AsrBandits bandits({.gaps = {gap}, .levels = levels_of(own, others)});
  Vector theta = transforms::softmax_start(
      Vector{probability, (1.0 - probability) * share, (1.0 - probability) * (1.0 - share)}.view());
  Vector gradient(problems::asr_actions);
  Escape result{.gap = gap, .probability = probability};
  for (Index t = 0; t < horizon; ++t) result.mean_gap += bandits.actual_gap(t, 0) / static_cast<double>(horizon);
  for (Index k = 0;; ++k) {
    const Index time = k % horizon;
    gradient.view().setZero();
    const double regret = bandits.add_term(time, theta, gradient);
    const double actual = bandits.actual_gap(time, 0);
    if (regret < 0.9 * actual || k > 20000000) break;
    theta.view() -= learning_rate * gradient.view();
    result.steps += 1.0;
    result.gained += 2.0 * learning_rate * actual;
  }
  return result;
}

Result run(const Options& options) {
  const std::size_t starts = sized<std::size_t>(options, 300, 60);
  struct Family {
    const char* id;
    const char* words;
    double own, others;
  };
  const std::array<Family, 3> families{{{"still", "b constant", 0.0, 0.0},
                                        {"together", "b_2 swings by 0.05", 0.0, 0.05},
                                        {"against", "b_1 swings by 0.09", 0.09, 0.0}}};
  const RandomSource random(options.seed);
  Result result{.set_up = "Softmax policy gradient, learning rate 0.4, one state and three actions, " +
                          std::to_string(starts) +
                          " starts for each of three families of levels: Delta from 0.1 to 0.5 and pi_1(a*) from 1e-4 "
                          "to 1e-2, both uniform on logarithmic scales."};
  result.choices = {"b_i(t) are not stated: sinusoids of periods 50 and 110, b_2 = b_3.",
                    "The print has pi_{theta_*} for pi_{theta_1} in t_0, which is read as the first policy."};
  Table table{.name = "escape-times",
              .columns = {"family", "gap", "mean_actual_gap", "first_probability", "steps", "bound_share"},
              .rows = {}};
  double least_gained = 1e300;
  double least_constant = 1e300;
  double greatest_constant = 0.0;
  std::vector<std::pair<double, std::array<double, 3>>> shown;
  for (std::size_t f = 0; f < families.size(); ++f) {
    const Family& family = families[f];
    std::vector<Escape> escapes(starts);
    for_each_index(starts, options.threads, [&](std::size_t i) {
      RandomEngine engine = random.engine("escape-time", 1000 * f + i);
      const double gap = 0.1 * std::pow(5.0, uniform_unit(engine));
      const double probability = 1e-4 * std::pow(100.0, uniform_unit(engine));
      escapes[i] = escape(gap, family.own, family.others, probability, 0.1 + 0.8 * uniform_unit(engine));
    });
    std::vector<double> x;
    std::vector<double> y;
    for (const Escape& each : escapes) {
      x.push_back(std::log(1.0 / (each.mean_gap * each.probability)));
      y.push_back(std::log(each.steps));
      const double share = each.gained / (1.0 / each.probability - 10.0);
      const double constant = each.steps * each.gap * each.probability;
      least_gained = std::min(least_gained, share);
      least_constant = std::min(least_constant, constant);
      greatest_constant = std::max(greatest_constant, constant);
      std::array<double, 3> place{not_measured, not_measured, not_measured};
      place[f] = each.steps;
      shown.emplace_back(1.0 / (each.mean_gap * each.probability), place);
      table.rows.push_back({static_cast<double>(f), each.gap, each.mean_gap, each.probability, each.steps, share});
    }
    const Line line = fit_line(x, y);
    const double error = 1.96 * line.root_mean_square / (line.spread * std::sqrt(static_cast<double>(starts) - 2.0));
    result.claims.push_back({.id = std::string("slope-") + family.id,
                             .printed = "t_0 = C/(Delta(s) pi_1(a*)).",
                             .measured = std::string("With ") + family.words +
                                         ": the slope of ln t over -ln(mean actual gap pi_1(a*)) is " +
                                         format_number(line.slope, 4) + " +- " + format_number(error, 2) +
                                         ", scatter of ln t " + format_number(line.root_mean_square, 2) + ".",
                             .value = line.slope,
                             .lower = line.slope - error,
                             .upper = line.slope + error,
                             .verdict = verdict_if(std::abs(line.slope - 1.0) < 0.05)});
  }
  result.claims.push_back({.id = "bound",
                           .printed = "No escape before t_0, for any learning rate.",
                           .measured = "2 eta times the sum of the actual gaps until the escape is at least " +
                                       format_number(least_gained, 5) + " times 1/pi_1(a*) - 10, in " +
                                       std::to_string(3 * starts) + " runs.",
                           .value = least_gained,
                           .lower = least_gained,
                           .verdict = verdict_if(least_gained >= 1.0)});
  result.claims.push_back(
      {.id = "constant",
       .printed = "There is a positive constant C.",
       .measured = "t Delta(s) pi_1(a*) is between " + format_number(least_constant, 3) + " and " +
                   format_number(greatest_constant, 3) + " over the three families.",
       .value = least_constant,
       .lower = least_constant,
       .upper = greatest_constant,
       .verdict = Verdict::holds_with_care,
       .care = "No C is uniform in Delta(s) while b_i(t) moves: the actual gap Delta(s) + b_1(t) - b_j(t) governs, and "
               "with it the bound holds."});
  std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Chart chart{.id = "escape-times",
              .title = "Escape time over 1/(mean actual gap \xC3\x97 first probability)",
              .caption = "steps, logarithmic scale",
              .scale = AxisScale::logarithmic,
              .height = 320.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "1/(G \xCF\x80\xE2\x82\x81(a*)), logarithmic scale"};
  for (std::size_t f = 0; f < families.size(); ++f) {
    chart.series.push_back(
        {.label = families[f].words, .values = {}, .style = static_cast<int>(f), .shape = SeriesShape::points});
  }
  for (const auto& [place, values] : shown) {
    chart.iterations.push_back(place);
    for (std::size_t f = 0; f < families.size(); ++f) chart.series[f].values.push_back(values[f]);
  }
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("Escape from the well while rewards move",
                                          "Dou et al. (2022), theorem 2. Softmax policy gradient on three actions.",
                                          {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction dou_2022_escape_time() {
  return {.name = "dou-2022-escape-time",
          .source = "Dou et al. (2022), theorem 2",
          .claim = "escape times are inversely proportional to gap times first probability while rewards move",
          .run = run};
}

}  // namespace perigee::reproduce
