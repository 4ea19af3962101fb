// Mei et al. (2020), theorem 2: escort policy gradient on a bandit, with c = inf_t pi_t(a*),
//
//     ascent, p >= 2 and p = 1, rate 2 ||theta||_p^2/(9 p^2 K^{1/p}):  f_t <= 9 K^{1/p}/(c^{2-2/p} t)
//     flow, p >= 1, rate ||theta||_p^2/p^2:                            f_t <= 1/(c^{2-2/p} (t - 1) + 1)
//
// The smallest pi_t(a*) of the steps taken is at least c, so a bound with it in the place of c is sharper than the
// theorem's. With p = 1 a step of that rate may carry a parameter across zero, where its gradient changes sign: the
// iterates then go to and fro for ever and the bound fails. Setting to zero what would cross repairs it: only an arm
// that is worse than the policy can cross, and the policy's reward never falls.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index most_arms = 20;

enum class Step { as_printed, clipped };

struct Run {
  double worst_ratio = 0.0;      // max over t of f_t t c^{2-2/p}/(9 K^{1/p}): <= 1 if the theorem holds
  double first_violation = 0.0;  // t; 0: none
  double late_low = 0.0;         // of the sub-optimality in the last tenth of the steps
  double late_high = 0.0;
  std::vector<double> curve{};  // sub-optimality at the recorded steps
};

Run ascend(const problems::EscortBandit& bandit, const Vector& start, Step step, Index steps,
           const std::vector<Index>& recorded) {
  const double p = bandit.p();
  const auto arms = static_cast<double>(bandit.action_count());
  Ascent ascent(bandit, start);
  std::vector<double> values;
  double infimum = 1.0;  // of pi_t(a*)
  while (true) {
    values.push_back(ascent.value());
    const double norm = transforms::p_norm(ascent.theta(), p);
    const double root = std::abs(ascent.theta()[bandit.optimal_action()]) / norm;
    infimum = std::min(infimum, std::pow(root, p));
    if (ascent.steps() == steps) break;
    const double rate = problems::escort_policy_gradient_step(ascent.theta(), p);
    if (step == Step::clipped) {
      ascent.step_clipped(rate);
    } else {
      ascent.step(rate);
    }
    ascent.renormalize();
  }
  Run run;
  const double scale = std::pow(infimum, 2.0 - 2.0 / p) / (9.0 * std::pow(arms, 1.0 / p));
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double t = static_cast<double>(k) + 1.0;
    const double ratio = values[k] * t * scale;
    if (ratio > 1.0 && run.first_violation == 0.0) run.first_violation = t;
    run.worst_ratio = std::max(run.worst_ratio, ratio);
  }
  const auto late = values.begin() + static_cast<std::ptrdiff_t>(values.size() - values.size() / 10);
  const auto [low, high] = std::minmax_element(late, values.end());
  run.late_low = *low;
  run.late_high = *high;
  for (const Index at : recorded) run.curve.push_back(values[static_cast<std::size_t>(at)]);
  return run;
}

Run ascent_of(const Options& options, std::uint64_t number, double p, Step step, Index steps,
              const std::vector<Index>& recorded) {
  RandomEngine engine = RandomSource(options.seed, number).engine("theorem 2");
  const auto arms = static_cast<Index>(2.0 + static_cast<double>(most_arms - 1) * uniform_unit(engine));
  const problems::EscortBandit bandit(uniform_rewards(engine, arms), p);
  return ascend(bandit, problems::normal_start(arms)(engine), step, steps, recorded);
}

// max over the flow of f_t (c^{2-2/p} (t - 1) + 1), by Runge-Kutta steps in pi.
double flow_ratio(const Options& options, std::uint64_t number, double p) {
  constexpr double dt = 0.05;
  constexpr int steps = 2000;
  RandomEngine engine = RandomSource(options.seed, number).engine("theorem 2 flow");
  const auto arms = static_cast<Index>(2.0 + static_cast<double>(most_arms - 1) * uniform_unit(engine));
  const problems::Arms bandit("theorem 2", uniform_rewards(engine, arms));
  Vector pi(arms);
  transforms::escort(problems::normal_start(arms)(engine).view(), p, pi.view());
  // d pi_a/dt = w_a A_a - pi_a sum_b w_b A_b with w = pi^{2-2/p}; an arm that a flow with p = 1 has used up is out.
  const auto slope = [&](const Vector& at, Vector& result) {
    double reward = 0.0;
    double mass = 0.0;
    for (Index a = 0; a < arms; ++a) {
      reward += std::max(at[a], 0.0) * bandit.reward(a);
      mass += std::max(at[a], 0.0);
    }
    double total = 0.0;
    for (Index a = 0; a < arms; ++a) {
      result[a] = at[a] > 0.0 ? std::pow(at[a], 2.0 - 2.0 / p) * (bandit.reward(a) - reward / mass) : 0.0;
      total += result[a];
    }
    for (Index a = 0; a < arms; ++a) result[a] -= std::max(at[a], 0.0) * total;
  };
  Vector stage(arms);
  std::vector<Vector> k(4, Vector(arms));
  double infimum = 1.0;
  std::vector<double> values;
  for (int i = 0; i <= steps; ++i) {
    values.push_back(problems::sub_optimality(bandit, pi.view()));
    infimum = std::min(infimum, pi[bandit.best()]);
    slope(pi, k[0]);
    for (std::size_t j = 1; j < 4; ++j) {
      const double part = j == 3 ? dt : 0.5 * dt;
      for (Index a = 0; a < arms; ++a) stage[a] = pi[a] + part * k[j - 1][a];
      slope(stage, k[j]);
    }
    double sum = 0.0;
    for (Index a = 0; a < arms; ++a) {
      pi[a] = std::max(0.0, pi[a] + dt / 6.0 * (k[0][a] + 2.0 * k[1][a] + 2.0 * k[2][a] + k[3][a]));
      sum += pi[a];
    }
    for (double& part : pi.view()) part /= sum;
  }
  double worst = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    worst = std::max(worst, values[i] * (std::pow(infimum, 2.0 - 2.0 / p) * dt * static_cast<double>(i) + 1.0));
  }
  return worst;
}

double worst_of(const std::vector<Run>& runs) {
  double worst = 0.0;
  for (const Run& run : runs) worst = std::max(worst, run.worst_ratio);
  return worst;
}

Index violations(const std::vector<Run>& runs) {
  return static_cast<Index>(
      std::count_if(runs.begin(), runs.end(), [](const Run& run) { return run.first_violation > 0.0; }));
}

Claim smooth_claim(double p, const std::vector<Run>& runs, Index steps) {
  const std::string name = format_number(p);
  return {.id = "ascent-p" + name,
          .printed = "Gradient ascent with p = " + name + ": f_t <= 9 K^{1/p}/(c^{2-2/p} t) for all t.",
          .measured = "Violated in " + std::to_string(violations(runs)) + " of " + std::to_string(runs.size()) +
                      " runs of " + std::to_string(steps) +
                      " steps, checked at every step; f_t over the bound is at most " +
                      format_number(worst_of(runs), 3) + ".",
          .value = worst_of(runs),
          .verdict = verdict_if(violations(runs) == 0)};
}

Claim kink_claim(const std::vector<Run>& runs, Index steps) {
  const Index failed = violations(runs);
  const auto [low, high] = statistics::wilson_interval(failed, static_cast<Index>(runs.size()));
  std::vector<double> amplitudes;
  std::vector<double> times;
  Index cycling = 0;
  for (const Run& run : runs) {
    if (run.first_violation == 0.0) continue;
    times.push_back(run.first_violation);
    amplitudes.push_back(run.late_high);
  }
  for (const Run& run : runs) cycling += run.late_high > 1e-3 && run.late_high > 1.01 * run.late_low ? 1 : 0;
  Claim claim{.id = "ascent-p1",
              .printed = "Gradient ascent with p = 1: f_t <= 9 K/t for all t.",
              .measured = "Violated in " + std::to_string(failed) + " of " + std::to_string(runs.size()) +
                          " runs (95% interval " + interval_text(low, high) + ") within " + std::to_string(steps) +
                          " steps, first at t = " + format_number(quantile(times, 0.0), 5) +
                          "; in the last tenth of the steps " + std::to_string(cycling) +
                          " runs go to and fro above 1e-3, where violated up to a median "
                          "sub-optimality of " +
                          format_number(quantile(amplitudes, 0.5), 3) + ".",
              .value = static_cast<double>(failed) / static_cast<double>(runs.size()),
              .lower = low,
              .upper = high,
              .verdict = verdict_if(failed == 0)};
  if (failed > 0) {
    claim.care =
        "A step carries a parameter across zero, where its gradient changes sign: the iterates end in a limit "
        "cycle and the bound fails after some time.";
  }
  return claim;
}

Picture picture_of(const Run& printed, const Run& clipped, const Run& smooth, const std::vector<Index>& recorded) {
  Chart chart = chart_over({}, "Sub-optimality", "(\xCF\x80* \xE2\x88\x92 \xCF\x80)'r", "t", Axes::logarithmic);
  chart.height = 320.0;
  ChartSeries bound{.label = "bound 9K/t of p = 1", .values = {}, .style = 14};
  for (const Index step : recorded) {
    chart.iterations.push_back(static_cast<double>(step) + 1.0);
    bound.values.push_back(27.0 / chart.iterations.back());
  }
  const auto shown = [](std::vector<double> values) {
    for (double& value : values) value = value < 1e-8 ? not_measured : value;
    return values;
  };
  chart.series = {std::move(bound),
                  {.label = "p = 1 as printed", .values = shown(printed.curve), .style = 1},
                  {.label = "p = 1, clipped at zero", .values = shown(clipped.curve), .style = 2},
                  {.label = "p = 2", .values = shown(smooth.curve), .style = 0}};
  return {
      .name = "",
      .svg = svg_document("With p = 1 the printed step ends in a cycle",
                          "Mei et al. (2020), theorem 2. K = 3, r = (0.2, 0.9, 1), from \xCF\x80 = (0.3, 0.67, 0.03).",
                          {chart_panel(chart)})};
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 1000, 40);
  const Index steps = sized<Index>(options, 20000, 6000);
  const auto runs_of = [&](double p, Step step) {
    std::vector<Run> runs(count);
    for_each_index(count, options.threads, [&](std::size_t i) { runs[i] = ascent_of(options, i, p, step, steps, {}); });
    return runs;
  };
  Result result{.set_up = std::to_string(count) +
                          " random bandits for each p, K from 2 to 20, r ~ U[0, 1]^K, theta_1 ~ N(0, I), " +
                          std::to_string(steps) + " steps of the theorem's learning rate (flow: time 100)."};
  result.choices = {
      "c is an infimum over all time: the smallest pi_t(a*) of the steps taken, which makes the bound sharper."};
  const std::vector<Run> kinked = runs_of(1.0, Step::as_printed);
  const std::vector<Run> clipped = runs_of(1.0, Step::clipped);
  result.claims = {smooth_claim(2.0, runs_of(2.0, Step::as_printed), steps),
                   smooth_claim(4.0, runs_of(4.0, Step::as_printed), steps), kink_claim(kinked, steps)};
  Claim repaired = smooth_claim(1.0, clipped, steps);
  repaired.id = "ascent-p1-clipped";
  repaired.printed = "Not in the paper: p = 1 with parameters set to zero that would cross it obeys f_t <= 9 K/t.";
  result.claims.push_back(std::move(repaired));
  for (const double p : {1.0, 2.0, 4.0}) {
    std::vector<double> ratios(count);
    for_each_index(count, options.threads, [&](std::size_t i) { ratios[i] = flow_ratio(options, i, p); });
    const double worst = quantile(ratios, 1.0);
    result.claims.push_back(
        {.id = "flow-p" + format_number(p),
         .printed = "Gradient flow with p = " + format_number(p) + ": f_t <= 1/(c^{2-2/p} (t - 1) + 1).",
         .measured = "f_t over the bound is at most " + format_number(worst, 4) + " in " + std::to_string(count) +
                     " flows over time 100.",
         .value = worst,
         .verdict = verdict_if(worst <= 1.0)});
  }
  Table table{.name = "p1-runs",
              .columns = {"first_violation", "late_lowest", "late_highest", "worst_ratio", "worst_ratio_clipped"},
              .rows = {}};
  for (std::size_t i = 0; i < count; ++i) {
    table.rows.push_back({kinked[i].first_violation > 0.0 ? kinked[i].first_violation : not_measured,
                          kinked[i].late_low, kinked[i].late_high, kinked[i].worst_ratio, clipped[i].worst_ratio});
  }
  result.tables = {std::move(table)};
  const std::vector<Index> recorded = logarithmic_steps(10000, 400);
  const auto example = [&](double p, Step step) {
    const problems::EscortBandit bandit({0.2, 0.9, 1.0}, p);
    return ascend(bandit, transforms::escort_start({0.3, 0.67, 0.03}, p), step, 10000, recorded);
  };
  result.pictures = {picture_of(example(1.0, Step::as_printed), example(1.0, Step::clipped),
                                example(2.0, Step::as_printed), recorded)};
  return result;
}

}  // namespace

Reproduction mei_2020_theorem_2() {
  return {.name = "mei-2020-theorem-2",
          .source = "Mei et al. (2020), theorem 2",
          .claim = "escort policy gradient has sub-optimality at most 9 K^{1/p}/(c^{2-2/p} t), for p = 1 and p >= 2",
          .run = run};
}

}  // namespace perigee::reproduce
