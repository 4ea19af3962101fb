// Reports made by hand for the tests of the renderers and for looking at pages.
#ifndef PERIGEE_TESTS_SUPPORT_SAMPLE_REPORT_HPP
#define PERIGEE_TESTS_SUPPORT_SAMPLE_REPORT_HPP

#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace perigee::samples {

/// A softmax policy gradient on three arms, pulled to the second best arm first: theta += eta pi_a (r_a - pi'r).
/// One finding of each severity, a plateau, perturbation marks, a judged point, snapshots of theta (n = 3).
inline Report bandit(Index iterations = 4000) {
  Report report;
  report.source = {.kind = "run", .path = "", .columns = {}, .notes = {}};
  Trajectory& trajectory = report.trajectory;
  trajectory.problem = "softmax-bandit";
  trajectory.solver = "gradient-descent(learning_rate=0.4)";
  trajectory.settings = {{"learning_rate", "0.4"}, {"seed", "7"}, {"rewards", "1, 0.8, 0.1"}};
  trajectory.optimal_value = -1.0;
  trajectory.policy = PolicyInformation{.probability_columns = {"probability_0", "probability_1", "probability_2"},
                                        .rewards = {1.0, 0.8, 0.1},
                                        .optimal_action = 0,
                                        .transform = "softmax"};
  trajectory.columns = {{"probability_0", {}}, {"probability_1", {}}, {"probability_2", {}}, {"entropy", {}}};
  constexpr std::array<double, 3> rewards{1.0, 0.8, 0.1};
  std::array<double, 3> theta{-1.5, 0.0, 3.2};
  for (Index k = 0; k <= iterations; ++k) {
    std::array<double, 3> pi{};
    double total = 0.0;
    for (std::size_t a = 0; a < 3; ++a) total += pi[a] = std::exp(theta[a]);
    double mean = 0.0;
    double entropy = 0.0;
    for (std::size_t a = 0; a < 3; ++a) {
      pi[a] /= total;
      mean += pi[a] * rewards[a];
      entropy -= pi[a] * std::log(pi[a]);
    }
    double squares = 0.0;
    if (k % (iterations / 40) == 0)
      trajectory.snapshots.push_back({.iteration = k, .x = {theta[0], theta[1], theta[2]}});
    for (std::size_t a = 0; a < 3; ++a) {
      const double gradient = pi[a] * (rewards[a] - mean);
      squares += gradient * gradient;
      theta[a] += 0.4 * gradient;
      trajectory.columns[a].values.push_back(pi[a]);
    }
    trajectory.columns[3].values.push_back(entropy);
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : k % (iterations / 5) == 0 ? StepKind::perturbation : StepKind::step;
    record.value = -mean;
    record.gradient_norm = std::sqrt(squares);
    if (k > 0) {
      record.step_size = 0.4;
      record.step_norm = 0.4 * record.gradient_norm;
    }
    record.counts.gradients = static_cast<std::uint64_t>(k) + 1;
    trajectory.records.push_back(record);
  }
  trajectory.end = End{EndClass::budget, "max-iterations",
                       "iteration " + std::to_string(iterations) + " = max_iterations " + std::to_string(iterations)};
  Diagnosis& diagnosis = report.diagnosis;
  diagnosis.summary =
      "The policy lost most of the run in the gravity well of action 1 (reward 0.8) before the best action took over.";
  diagnosis.findings = {
      {.id = "gravity-well",
       .first = iterations / 40,
       .last = iterations / 2,
       .severity = Severity::problem,
       .certainty = Certainty::likely,
       .evidence = {{"corner", 1.0, "1"},
                    {"gap", 0.2, "reward"},
                    {"lowest_probability_of_best_action", 1.2e-4, "1", Comparison::at_most, 0.0125},
                    {"predicted_escape_time", 1850.0, "iterations"},
                    {"measured_escape_time", std::numeric_limits<double>::quiet_NaN(), "iterations"}},
       .message =
           "The policy stays near action 1 while the best action, 0, has a probability of 0.00012 at its lowest.",
       .recommendation = "Use an escort transform with p = 2: from this policy it has no such well. Or start nearer to "
                         "uniform.",
       .counterevidence = "A reward of action 1 that is not below that of action 0."},
      {.id = "plateau",
       .first = iterations / 20,
       .last = iterations / 3,
       .severity = Severity::warning,
       .certainty = Certainty::likely,
       .evidence = {{"exponent", 0.012, "1"}, {"level", -0.8, "value"}},
       .message = "The value changes by less than 1% over most of the first third of the run.",
       .recommendation = "See gravity-well: it is the cause."},
      {.id = "budget-exhausted",
       .first = iterations,
       .last = iterations,
       .severity = Severity::information,
       .certainty = Certainty::proven,
       .evidence = {},
       .message = "The run ended because max_iterations was reached.",
       .recommendation = ""}};
  report.trajectory.decisions = {{3, "long-step", "the value is lower by 0.4 at a distance of 32"}};
  diagnosis.principal = 0;
  diagnosis.thresholds = {{"plateau.exponent", 0.05, 0.1}, {"plateau.length", 2.0, 2.0}};
  diagnosis.phases = {{"descent", 0, iterations / 40},
                      {"plateau",
                       iterations / 40,
                       iterations / 2,
                       "gravity-well",
                       {{"value_first", -0.8, "value"}, {"value_last", -0.81, "value"}}},
                      {"descent", iterations / 2, iterations}};
  diagnosis.judged_points = {{.iteration = iterations,
                              .value = -0.9993,
                              .gradient_norm = 1.4e-4,
                              .lambda_min = -2.1e-4,
                              .lambda_min_residual = 3e-12,
                              .lambda_min_lower_bound = -std::numeric_limits<double>::infinity(),
                              .lambda_max = 1.2e-3,
                              .index = -1,
                              .classification = "not-stationary",
                              .certainty = Certainty::proven,
                              .products = 3}};
  diagnosis.limits = {"Whether the gradient is noisy: record the batch size and the gradient variance to decide it."};
  return report;
}

/// A training log of ten classes, one of which is never learnt; loss, step size and validation error as columns.
inline Report training_log() {
  Report report;
  report.source = {.kind = "csv",
                   .path = "logs/digits-softmax-reward.csv",
                   .columns = {{"iteration", "step"}, {"value", "loss"}, {"gradient_norm", "grad_norm"}},
                   .notes = {"column 'epoch' was not used"}};
  Trajectory& trajectory = report.trajectory;
  trajectory.lower_bound = 0.0;
  trajectory.policy.emplace();
  for (int c = 0; c < 10; ++c) {
    trajectory.policy->probability_columns.push_back("p_class_" + std::to_string(c));
    trajectory.columns.push_back({"p_class_" + std::to_string(c), {}});
  }
  trajectory.columns.push_back({"val_error", {}});
  for (Index k = 0; k <= 1675; k += 5) {
    const auto t = static_cast<double>(k);
    double sum = 0.0;
    for (int c = 0; c < 10; ++c) {
      const double delay = 40.0 + 65.0 * c;
      const double p = c == 1 ? 0.09 / (1.0 + t / 9.0) : 0.1 + 0.88 / (1.0 + std::exp((delay - t) / 30.0));
      trajectory.columns[static_cast<std::size_t>(c)].values.push_back(p);
      sum += p;
    }
    StepRecord record;
    record.iteration = k;
    record.value = 1.0 - sum / 10.0 + 0.01 * std::sin(0.9 * t);
    record.gradient_norm = 0.05 + 0.4 * std::exp(-t / 500.0) * (1.0 + 0.5 * std::sin(1.7 * t));
    record.step_size = 2.0;
    trajectory.records.push_back(record);
    trajectory.columns.back().values.push_back(1.02 - sum / 10.0);
  }
  Diagnosis& diagnosis = report.diagnosis;
  diagnosis.summary = "Class 1 is never learnt: its mean probability falls to 0.0005 while all others pass 0.9.";
  diagnosis.findings = {{.id = "gravity-well",
                         .first = 0,
                         .last = 1675,
                         .severity = Severity::problem,
                         .certainty = Certainty::suspected,
                         .evidence = {{"class", 1.0, "1"}, {"final_probability", 4.8e-4, "1"}},
                         .message = "The probability of class 1 falls throughout the log.",
                         .recommendation = "Train with an escort transform or a larger initial entropy."}};
  diagnosis.phases = {{"descent", 0, 700}, {"plateau", 705, 1675}};
  return report;
}

/// Gradient descent away from a saddle in the plane: value without known bound, snapshots of n = 2.
inline Report saddle() {
  Report report;
  report.source.kind = "sqlite";
  report.source.path = "runs/saddle.sqlite";
  Trajectory& trajectory = report.trajectory;
  trajectory.problem = "<script>alert(1)</script>";
  trajectory.solver = "\"><img src=x onerror=alert(2)>";
  double x = 1.0;
  double y = 1e-6;
  for (Index k = 0; k <= 120; ++k) {
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : k == 60 ? StepKind::jump : StepKind::step;
    record.value = 0.5 * x * x - 0.5 * y * y + 0.25 * y * y * y * y;
    record.gradient_norm = std::hypot(x, -y + y * y * y);
    record.step_norm = k == 0 ? not_measured : 0.15 * record.gradient_norm;
    trajectory.records.push_back(record);
    if (k % 3 == 0) trajectory.snapshots.push_back({.iteration = k, .x = {x, y}});
    const double old_y = y;
    x -= 0.15 * x;
    y -= 0.15 * (-old_y + old_y * old_y * old_y);
  }
  report.diagnosis.summary = "The run slowed down near a saddle </script><script>alert(3)</script> and left it.";
  report.diagnosis.findings = {{.id = "saddle-passage",
                                .first = 20,
                                .last = 90,
                                .severity = Severity::information,
                                .certainty = Certainty::likely,
                                .evidence = {{"<b>rate</b>", 0.15, "1 / iteration"}},
                                .message = "Slow between iterations 20 & 90.",
                                .recommendation = ""}};
  report.trajectory.decisions = {{50, "<u>remedy</u>", "gradient norm < 1e-6 & </td><script>alert(4)</script>"}};
  report.diagnosis.phases = {{"descent", 0, 20}, {"<i>drift</i>", 20, 90}, {"descent", 90, 120}};
  return report;
}

/// Nothing at all.
inline Report empty_report() { return Report{}; }

/// A start point and no run.
inline Report one_record() {
  Report report;
  report.trajectory.problem = "one";
  report.trajectory.records.push_back(StepRecord{});
  report.trajectory.records.back().value = 3.25;
  return report;
}

/// 10^k until it overflows.
inline Report diverging() {
  Report report;
  report.trajectory.problem = "diverging";
  for (Index k = 0; k < 400; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = k < 399 ? std::pow(10.0, static_cast<double>(k)) : std::numeric_limits<double>::infinity();
    report.trajectory.records.push_back(record);
  }
  return report;
}

/// One of each; the bandit shortened.
/// Seven runs at two levels, with every field filled, an interval without end and a name that would be markup.
inline Together two_levels() {
  Together together;
  together.problem = "<b>well</b>";
  together.runs = {0, 1, 2, 3, 4, 5, 6};
  together.broken = 1;
  together.moving = 1;
  together.restart_cost = {120.0, 80.0, std::numeric_limits<double>::infinity()};
  together.restart_cutoff = 60.0;
  together.sentences = {"7 runs of <b>well</b>: they end at 2 levels.", "Restart rather than wait."};
  together.levels.resize(2);
  together.levels[0].value = together.levels[0].lowest = together.levels[0].highest = 0.0;
  together.levels[0].ends = {0, 2, 3};
  together.levels[0].share = {0.43, 0.16, 0.75};
  together.levels[1].value = 0.25;
  together.levels[1].ends = {4, 6};
  together.levels[1].stays = 5;
  together.levels[1].left = 3;
  together.levels[1].rate = {0.002, 0.0004, 0.0058};
  together.levels[1].remaining = {500.0, 172.0, 2500.0};
  together.levels[1].leaving = LeavingRate::constant;
  together.levels[1].advice = RestartAdvice::restart;
  return together;
}

inline std::vector<Report> all_reports() {
  return {bandit(400), training_log(), saddle(), empty_report(), one_record(), diverging()};
}

}  // namespace perigee::samples

#endif
