// Mei et al. (2020), theorem 3: escort policy gradient in a Markov decision process, one learning rate a state,
//
//     (1-gamma)^3 ||theta(s,.)||_p^2/(10 p^2 A^{2/p}):
//     V*(rho) - V_t(rho) <= 20 A^{2/p} S/(c^{2-2/p} (1-gamma)^6 t) ||d*/mu||^2_inf ||1/mu||_inf,   p = 1 and p >= 2
//
// with c = inf_{s,t} pi_t(a*(s)|s). Here mu = rho is uniform. No sub-optimality exceeds 1/(1-gamma) (rewards in [0,
// 1]), so the bound says something only from some t on; with discount 0.9 that is after more steps than anybody takes,
// so it is also checked with discount 0.1.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

using problems::TabularPolicy;
using transforms::PolicyTransform;

struct Setting {
  Index states = 5;
  Index actions = 3;
  double discount = 0.9;
};

struct Run {
  std::vector<double> curve{};  // sub-optimality at the recorded steps
  double worst_ratio = 0.0;     // max_t f_t/bound_t
  double violation = 0.0;       // the first t with f_t above the bound; 0: none
  double informative = 0.0;     // the t from which the bound is below 1/(1-gamma)
};

TabularPolicy policy_of(const Options& options, const Setting& setting, std::uint64_t number,
                        PolicyTransform transform) {
  const auto process = problems::random_process(setting.states, setting.actions, setting.states, setting.discount,
                                                options.seed + 1000 * number);
  return TabularPolicy(process, {.transform = transform});
}

// The theorem's bound at t = 1 with c = 1.
double bound_scale(const TabularPolicy& policy, double p) {
  const problems::MarkovDecisionProcess& process = policy.process();
  Vector best(process.pair_count());
  for (Index s = 0; s < process.state_count(); ++s) {
    best[s * process.action_count() + policy.optimum().best[static_cast<std::size_t>(s)]] = 1.0;
  }
  Vector visits(process.state_count());
  policy.visits(best.view(), visits.view());
  const auto states = static_cast<double>(process.state_count());
  const double remaining = 1.0 - process.discount();
  double mismatch = 0.0;  // max_s d*(s)/mu(s), mu = 1/S
  for (const double visit : visits) mismatch = std::max(mismatch, remaining * visit * states);
  return 20.0 * std::pow(static_cast<double>(process.action_count()), 2.0 / p) * states / std::pow(remaining, 6.0) *
         mismatch * mismatch * states;
}

Run follow(const TabularPolicy& policy, const Vector& start, double p, const std::vector<Index>& recorded) {
  const problems::MarkovDecisionProcess& process = policy.process();
  const bool is_softmax = policy.options().transform.family() == transforms::PolicyFamily::softmax;
  const double softmax_rate = std::pow(1.0 - process.discount(), 3.0) / 8.0;
  Ascent ascent(policy, start);
  Vector rates(process.state_count());
  Vector pi(process.pair_count());
  std::vector<double> values;
  double infimum = 1.0;
  Run run;
  for (const Index step : recorded) {
    while (true) {
      if (!is_softmax) {
        policy.policy(ascent.theta(), pi.view());
        for (Index s = 0; s < process.state_count(); ++s) {
          infimum =
              std::min(infimum, pi[s * process.action_count() + policy.optimum().best[static_cast<std::size_t>(s)]]);
        }
      }
      if (values.size() == static_cast<std::size_t>(ascent.steps())) values.push_back(ascent.value());
      if (ascent.steps() >= step) break;
      if (is_softmax) {
        ascent.step(softmax_rate);
      } else {
        problems::escort_policy_gradient_rates(process, ascent.theta(), p, rates.view());
        ascent.step_by_blocks(rates.view());
      }
    }
    run.curve.push_back(ascent.value());
  }
  if (is_softmax) return run;
  const double scale = bound_scale(policy, p) / std::pow(infimum, 2.0 - 2.0 / p);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double t = static_cast<double>(k) + 1.0;
    const double ratio = values[k] * t / scale;
    if (ratio > 1.0 && run.violation == 0.0) run.violation = t;
    run.worst_ratio = std::max(run.worst_ratio, ratio);
  }
  run.informative = scale * (1.0 - process.discount());
  return run;
}

Vector start_of_run(const Options& options, const Setting& setting, std::uint64_t number) {
  RandomEngine engine = RandomSource(options.seed, number).engine("theorem 3");
  return problems::normal_start(setting.states * setting.actions)(engine);
}

// Many processes with a small discount, where the bound is informative.
Claim checked_claim(const Options& options, double p, const Setting& setting, std::size_t count, Index steps,
                    const std::string& id) {
  std::vector<Run> runs(count);
  for_each_index(count, options.threads, [&](std::size_t i) {
    const TabularPolicy policy = policy_of(options, setting, i, PolicyTransform::escort(p));
    runs[i] = follow(policy, start_of_run(options, setting, i), p, {steps});
  });
  Index violated = 0;
  Index informed = 0;
  double worst = 0.0;
  double first = 0.0;
  for (const Run& run : runs) {
    violated += run.violation > 0.0 ? 1 : 0;
    informed += run.informative <= static_cast<double>(steps) ? 1 : 0;
    worst = std::max(worst, run.worst_ratio);
    if (run.violation > 0.0 && (first == 0.0 || run.violation < first)) first = run.violation;
  }
  Claim claim{.id = id,
              .printed = "p = " + format_number(p) + ": the bound of the theorem for all t.",
              .measured = "Discount " + format_number(setting.discount) + ", S = " + std::to_string(setting.states) +
                          ", A = 3: violated in " + std::to_string(violated) + " of " + std::to_string(count) +
                          " random processes over " + std::to_string(steps) + " steps each" +
                          (first > 0.0 ? ", first at t = " + format_number(first) : "") +
                          "; sub-optimality over the bound at most " + format_number(worst, 3) +
                          "; the bound was below 1/(1-gamma) at the end of " + std::to_string(informed) + " runs.",
              .value = worst,
              .verdict = verdict_if(violated == 0)};
  if (violated > 0) {
    claim.care = "As in theorem 2 a step of p = 1 carries parameters across zero and the iterates end in a cycle.";
  }
  return claim;
}

Result run(const Options& options) {
  const Index last = sized<Index>(options, 100000, 2000);
  const Setting setting;
  std::vector<Index> fine = logarithmic_steps(last, 100);
  for (Index t = 1; t <= last; t *= 10) fine.push_back(t - 1);  // t = 1, 10, 100, ... for the table
  std::sort(fine.begin(), fine.end());
  fine.erase(std::unique(fine.begin(), fine.end()), fine.end());
  Result result{
      .set_up =
          "One random process, S = 5, A = 3, discount 0.9, rewards U[0, 1), rho = mu uniform, theta_1 ~ N(0, I), V* "
          "by value iteration, exact gradients: softmax with (1-gamma)^3/8, escort with the rates of the "
          "theorem, " +
          std::to_string(last) + " steps; random processes with discount 0.1 for the bound."};
  result.choices = {"The learning rate of the softmax is that of Mei et al. (2020b).",
                    "c is an infimum over all time: the smallest probability met, which makes the bound sharper."};
  Chart chart = chart_over({}, "Sub-optimality with discount 0.9", "V* \xE2\x88\x92 V", "t", Axes::logarithmic);
  chart.height = 320.0;
  Table table{.name = "discount-0.9", .columns = {"t", "softmax", "escort_p1", "escort_p2", "escort_p4"}, .rows = {}};
  for (const Index step : fine) {
    chart.iterations.push_back(static_cast<double>(step) + 1.0);
    table.rows.push_back({chart.iterations.back()});
  }
  struct Method {
    std::string label;
    PolicyTransform transform;
    double p;
  };
  const std::vector<Method> methods{{"softmax", PolicyTransform::softmax(), not_measured},
                                    {"escort, p = 1", PolicyTransform::escort(1.0), 1.0},
                                    {"escort, p = 2", PolicyTransform::escort(2.0), 2.0},
                                    {"escort, p = 4", PolicyTransform::escort(4.0), 4.0}};
  const Vector start = start_of_run(options, setting, 0);
  std::vector<Run> runs(methods.size());
  for_each_index(methods.size(), options.threads, [&](std::size_t i) {
    const TabularPolicy policy = policy_of(options, setting, 0, methods[i].transform);
    const TabularPolicy softmax = policy_of(options, setting, 0, PolicyTransform::softmax());
    // All methods start from the policy of the softmax's start.
    Vector pi(setting.states * setting.actions);
    softmax.policy(start.view(), pi.view());
    Vector theta = start;
    if (i > 0) {
      for (Index j = 0; j < theta.size(); ++j) theta[j] = std::pow(pi[j], 1.0 / methods[i].p);
    }
    runs[i] = follow(policy, theta, methods[i].p, fine);
  });
  double worst = 0.0;
  double informative = 0.0;
  std::string ends;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    chart.series.push_back({.label = methods[i].label, .values = runs[i].curve, .style = static_cast<int>(i)});
    for (std::size_t j = 0; j < fine.size(); ++j) table.rows[j].push_back(runs[i].curve[j]);
    ends += (i == 0 ? "" : "; ") + methods[i].label + " " + format_number(runs[i].curve.back(), 3);
    if (i == 0) continue;
    worst = std::max(worst, runs[i].worst_ratio);
    informative = i == 1 ? runs[i].informative : std::min(informative, runs[i].informative);
  }
  result.claims.push_back(
      {.id = "discount-0.9",
       .printed = "Sub-optimality at most 20 A^{2/p} S/(c^{2-2/p} (1-gamma)^6 t) ||d*/mu||^2 ||1/mu||.",
       .measured = "Discount 0.9: sub-optimality over the bound at most " + format_number(worst, 3) +
                   " for p = 1, 2, 4; after " + std::to_string(last) + " steps it is, from " +
                   format_number(runs[0].curve.front(), 3) + ": " + ends + ".",
       .value = worst,
       .verdict = worst <= 1.0 ? Verdict::holds_with_care : Verdict::does_not_hold,
       .care = "True, but no step that can be taken is concerned: the bound is above the trivial "
               "1/(1-gamma) until t = " +
               format_number(informative, 2) + "."});
  const Setting small{.states = 2, .discount = 0.1};
  const auto count = sized<std::size_t>(options, 200, 10);
  const Index steps = sized<Index>(options, 50000, 20000);
  result.claims.push_back(checked_claim(options, 2.0, small, count, steps, "bound-p2"));
  result.claims.push_back(checked_claim(options, 4.0, small, count, steps, "bound-p4"));
  result.claims.push_back(checked_claim(options, 1.0, {.states = 2, .discount = 0.0},
                                        sized<std::size_t>(options, 10, 1), sized<Index>(options, 3000000, 1500000),
                                        "bound-p1"));
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Softmax and escort policy gradient in a Markov decision process",
                           "Mei et al. (2020), theorem 3. A random process with 5 states and 3 actions, exact "
                           "gradients, learning rates of the theories.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_theorem_3() {
  return {.name = "mei-2020-theorem-3",
          .source = "Mei et al. (2020), theorem 3",
          .claim = "escort policy gradient in a Markov decision process is O(1/t) with a constant that is given",
          .run = run};
}

}  // namespace perigee::reproduce
