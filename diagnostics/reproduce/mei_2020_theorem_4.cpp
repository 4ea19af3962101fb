// Mei et al. (2020), theorem 4: with an entropy bonus, escort policy gradient with p >= 2 converges linearly. The
// rate's constants c_tau and C_tau are not printed, so the rate is measured, not compared.
//
// The printed learning rate (1-gamma)^3/(10 p^2 A^{1/p} + c_tau) lacks the ||theta||^2 of theorem 3; the start is
// normalized, ||theta_1(s, .)||_p = 1, where the factor would be 1.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>

#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index states = 5;
constexpr Index actions = 3;
constexpr double temperature = 0.2;  // tau
constexpr double rounding = 1e-20;   // below, the sums of the divergences are rounding

struct Case {
  double p = 2.0;
  double discount = 0.5;
  Index steps = 0;
  std::string name() const { return "p = " + format_number(p) + ", discount " + format_number(discount); }
};

struct Outcome {
  std::vector<double> times;  // t
  std::vector<double> excess;
  Rate rate{};
  Line line{};  // of log f over t in the second half
};

Outcome outcome_of(const Options& options, const Case& one) {
  const problems::TabularPolicy policy(
      problems::random_process(states, actions, states, one.discount, options.seed),
      {.transform = transforms::PolicyTransform::escort(one.p), .entropy_temperature = temperature});
  RandomEngine engine = RandomSource(options.seed).engine("theorem 4");
  // The same random first policy for every p: softmax of N(0, I) in each state.
  const Vector logits = problems::normal_start(states * actions)(engine);
  Vector theta(states * actions);
  for (Index s = 0; s < states; ++s) {
    double sum = 0.0;
    for (Index a = 0; a < actions; ++a) sum += std::exp(logits[s * actions + a]);
    for (Index a = 0; a < actions; ++a) {
      theta[s * actions + a] = std::pow(std::exp(logits[s * actions + a]) / sum, 1.0 / one.p);
    }
  }
  const double rate =
      std::pow(1.0 - one.discount, 3.0) / (10.0 * one.p * one.p * std::pow(static_cast<double>(actions), 1.0 / one.p));
  Ascent ascent(policy, theta);
  Outcome outcome;
  constexpr Index recorded = 400;
  for (Index i = 0; i <= recorded; ++i) {
    while (ascent.steps() < i * one.steps / recorded) ascent.step(rate);
    if (!(ascent.value() > rounding)) break;
    outcome.times.push_back(static_cast<double>(ascent.steps()) + 1.0);
    outcome.excess.push_back(ascent.value());
  }
  outcome.rate = identify_rate({outcome.times, outcome.excess}, rounding);
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = outcome.times.size() / 2; i < outcome.times.size(); ++i) {
    x.push_back(outcome.times[i]);
    y.push_back(std::log(outcome.excess[i]));
  }
  outcome.line = fit_line(x, y);
  return outcome;
}

Result run(const Options& options) {
  std::vector<Case> cases{{.p = 2.0, .discount = 0.5, .steps = 40000}, {.p = 4.0, .discount = 0.5, .steps = 160000}};
  if (options.sample == SampleSize::full) {
    cases.push_back({.p = 2.0, .discount = 0.9, .steps = 2000000});
    cases.push_back({.p = 4.0, .discount = 0.9, .steps = 4000000});
  }
  std::vector<Outcome> outcomes(cases.size());
  for_each_index(cases.size(), options.threads, [&](std::size_t i) { outcomes[i] = outcome_of(options, cases[i]); });
  Result result{
      .set_up =
          "One random process, S = 5, A = 3, entropy bonus with tau = 0.2, V*_tau by soft value iteration, exact "
          "gradients, constant learning rate of the theorem; slope of the logarithm over the second half."};
  result.choices = {"c_tau is not printed: 0. C_tau is not printed: the rate is fitted.", "tau is not stated: 0.2.",
                    "The first policy is not stated: softmax of N(0, I) in every state, for every p.",
                    "The learning rate has no factor ||theta||^2, unlike that of theorem 3: ||theta_1(s, .)||_p = 1."};
  std::string text;
  bool is_linear = true;
  double slowest = 1e300;
  std::vector<SvgPanel> panels;
  Table table{.name = "excess", .columns = {"p", "discount", "t", "excess"}, .rows = {}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    const double rate = -outcome.line.slope;
    slowest = std::min(slowest, rate);
    is_linear = is_linear && outcome.rate.verdict == RateVerdict::linear && outcome.line.root_mean_square < 0.05;
    text += (i == 0 ? "" : "; ") + cases[i].name() + ": exp(-" + format_number(rate, 4) + " t), " +
            std::string(name_of(outcome.rate.verdict)) + ", down to " + format_number(outcome.excess.back(), 2) +
            ", deviation from the line " + format_number(outcome.line.root_mean_square, 2);
    Chart chart =
        chart_over(outcome.times, cases[i].name(), "V*\xCF\x84 \xE2\x88\x92 V\xCF\x84", "t", Axes::logarithmic_value);
    chart.series = {{.label = "measured", .values = outcome.excess, .style = 0},
                    {.label = "fitted to the second half", .values = {}, .style = 14}};
    for (const double time : outcome.times) chart.series[1].values.push_back(std::exp(outcome.line.at(time)));
    panels.push_back(chart_panel(chart));
    for (std::size_t j = 0; j < outcome.times.size(); ++j) {
      table.rows.push_back({cases[i].p, cases[i].discount, outcome.times[j], outcome.excess[j]});
    }
  }
  result.claims = {{.id = "linear",
                    .printed = "For p >= 2 the sub-optimality is at most a constant times exp(-C_tau c'^2 t).",
                    .measured = "Fitted rates: " + text + ".",
                    .value = slowest,
                    .verdict = verdict_if(is_linear && slowest > 0.0)}};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("With an entropy bonus the escort converges linearly",
                           "Mei et al. (2020), theorem 4. A random process with 5 states and 3 actions, tau = 0.2.",
                           panels)}};
  return result;
}

}  // namespace

Reproduction mei_2020_theorem_4() {
  return {.name = "mei-2020-theorem-4",
          .source = "Mei et al. (2020), theorem 4",
          .claim = "with an entropy bonus escort policy gradient with p >= 2 converges linearly",
          .run = run};
}

}  // namespace perigee::reproduce
