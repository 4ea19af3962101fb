// Mei et al. (2020), theorem 1, with the constant that it leaves open: on r = (b + Delta, b, ..., b), from pi_1(a*) =
// e,
//
//     no escape before 1 + (1/e - 10)/(2 eta Delta),   escape: sub-optimality below 0.9 Delta
//
// for every learning rate eta > 0: (21) of docs/theory/policy-landscapes.md.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

struct Case {
  double arms = 0.0;
  double gap = 0.0;
  double learning_rate = 0.0;
  double first_probability = 0.0;
  double least_steps = 0.0;
  double steps = 0.0;
  double ratio() const { return steps / least_steps; }
};

double logarithmic_uniform(RandomEngine& engine, double least, double greatest) {
  return least * std::pow(greatest / least, uniform_unit(engine));
}

Case case_of(const Options& options, std::uint64_t number) {
  RandomEngine engine = RandomSource(options.seed, number).engine("theorem 1");
  const auto arms = static_cast<Index>(2.0 + 19.0 * uniform_unit(engine));
  Case one{.arms = static_cast<double>(arms)};
  one.gap = 0.1 + 0.9 * uniform_unit(engine);
  one.learning_rate = logarithmic_uniform(engine, 0.05, 20.0);
  one.first_probability = logarithmic_uniform(engine, 1e-4, 0.09);
  // The rest of the policy: uniform on the simplex of the others, or nearly all on one of them.
  Vector pi = problems::uniform_simplex_start(arms - 1)(engine);
  const double sharpness = 1.0 + 20.0 * uniform_unit(engine) * static_cast<double>(number % 2);
  double sum = 0.0;
  for (double& part : pi.view()) sum += part = std::pow(part, sharpness) + 1e-30;
  Vector theta(arms);
  theta[0] = std::log(one.first_probability);
  for (Index a = 1; a < arms; ++a) theta[a] = std::log1p(-one.first_probability) + std::log(pi[a - 1] / sum);
  const problems::SoftmaxBandit bandit(problems::gap_rewards(arms, one.gap, 0.0));
  one.least_steps = problems::least_escape_steps(one.first_probability, one.gap, one.learning_rate);
  Ascent ascent(bandit, theta);
  while (ascent.value() >= 0.9 * one.gap) ascent.step(one.learning_rate);
  one.steps = static_cast<double>(ascent.steps());
  return one;
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 4000, 500);
  std::vector<Case> cases(count);
  for_each_index(count, options.threads, [&](std::size_t i) { cases[i] = case_of(options, i); });
  const auto violations =
      std::count_if(cases.begin(), cases.end(), [](const Case& one) { return one.steps < one.least_steps; });
  std::vector<double> ratios;
  for (const Case& one : cases) {
    if (one.least_steps >= 100.0) ratios.push_back(one.ratio());
  }
  Result result{
      .set_up = std::to_string(count) +
                " random cases: K from 2 to 20, Delta ~ U[0.1, 1], learning rate from 0.05 to "
                "20 and pi_1(a*) from 1e-4 to 0.09 (both log-uniform), the rest of the policy from even to nearly all "
                "on one arm; steps counted until the sub-optimality is below 0.9 Delta."};
  result.choices = {"The constant C is not stated: C = (1 - 10 pi_1(a*))/(2 eta), for rewards (b + Delta, b, ..., b)."};
  result.claims = {
      {.id = "explicit-bound",
       .printed =
           "For any learning rate in (0, 1] there are a start and a C > 0 with no escape before C/(Delta pi_1(a*)).",
       .measured = "Violations of the explicit bound (1/pi_1(a*) - 10)/(2 eta Delta): " + std::to_string(violations) +
                   " of " + std::to_string(count) + " cases, learning rates above 1 included.",
       .value = static_cast<double>(violations),
       .verdict = verdict_if(violations == 0)},
      {.id = "tight",
       .printed = "Not a claim of the paper: the bound with this C is tight.",
       .measured = "Steps counted over the bound, where that is at least 100 (" + std::to_string(ratios.size()) +
                   " cases): from " + format_number(quantile(ratios, 0.0), 4) + " to " +
                   format_number(quantile(ratios, 1.0), 4) + ", median " + format_number(quantile(ratios, 0.5), 4) +
                   ".",
       .value = quantile(ratios, 0.5),
       .lower = quantile(ratios, 0.0),
       .upper = quantile(ratios, 1.0),
       .verdict = verdict_if(quantile(ratios, 0.0) < 1.05 && quantile(ratios, 1.0) < 4.0)}};
  std::sort(cases.begin(), cases.end(),
            [](const Case& left, const Case& right) { return left.least_steps < right.least_steps; });
  Table table{.name = "cases",
              .columns = {"arms", "gap", "learning_rate", "first_probability", "least_steps", "steps"},
              .rows = {}};
  Chart chart = chart_over({}, "Steps to escape over the explicit lower bound", "steps counted",
                           "(1/\xCF\x80\xE2\x82\x81(a*) \xE2\x88\x92 10)/(2 \xCE\xB7 \xCE\x94)", Axes::logarithmic);
  chart.height = 320.0;
  chart.series = {{.label = "one run each", .values = {}, .style = 0, .shape = SeriesShape::points},
                  {.label = "the bound", .values = {}, .style = 1}};
  for (const Case& one : cases) {
    table.rows.push_back({one.arms, one.gap, one.learning_rate, one.first_probability, one.least_steps, one.steps});
    if (one.least_steps < 1.0) continue;  // the bound says nothing
    chart.iterations.push_back(one.least_steps);
    chart.series[0].values.push_back(one.steps);
    chart.series[1].values.push_back(one.least_steps);
  }
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("No run escapes before its time",
                                          "Mei et al. (2020), theorem 1 with an explicit constant: " +
                                              std::to_string(count) + " random bandits, starts and learning rates.",
                                          {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_theorem_1() {
  return {.name = "mei-2020-theorem-1",
          .source = "Mei et al. (2020), theorem 1",
          .claim = "softmax policy gradient cannot leave a corner before C/(Delta pi_1(a*)), here with an explicit C",
          .run = run};
}

}  // namespace perigee::reproduce
