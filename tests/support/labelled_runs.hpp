// Runs whose trouble is known, because they were made to have it: one detector's cases are the others' false alarms.
#ifndef PERIGEE_TESTS_SUPPORT_LABELLED_RUNS_HPP
#define PERIGEE_TESTS_SUPPORT_LABELLED_RUNS_HPP

#include "curves.hpp"
#include "policy_runs.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/line_search.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/schedule.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace perigee::test {

struct LabelledRun {
  std::string name;
  std::string id;  // the finding that it must get; empty: none of those that this file makes runs for
  Trajectory trajectory;
  std::shared_ptr<const Objective> objective;  // nullptr: values only
};

/// Gradient descent with everything recorded; snapshots by the recorder's own rule.
inline Trajectory descend(const Objective& objective, GradientDescentOptions options, ConstVectorView start,
                          Index iterations, const SnapshotRule& rule = {}) {
  Recorder recorder(rule);
  const GradientDescent solver(std::move(options));
  run(objective, solver, start, {.stop = max_iterations(iterations), .observers = {&recorder}});
  recorder.trajectory().solver = solver.name();
  return recorder.trajectory();
}

inline GradientDescentOptions constant_step(double step) { return {.learning_rate = schedules::constant(step)}; }

/// 1/2 sum_i lambda_i x_i^2.
inline std::shared_ptr<const Objective> quadratic(std::vector<double> eigenvalues) {
  const auto n = static_cast<Index>(eigenvalues.size());
  const auto gradient = [eigenvalues](ConstVectorView x, VectorView g) {
    for (Index i = 0; i < x.size(); ++i) g[i] = eigenvalues[static_cast<std::size_t>(i)] * x[i];
  };
  const auto value = [eigenvalues](ConstVectorView x) {
    double sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) sum += 0.5 * eigenvalues[static_cast<std::size_t>(i)] * x[i] * x[i];
    return sum;
  };
  const auto product = [gradient](ConstVectorView, ConstVectorView v, VectorView p) { gradient(v, p); };
  return std::make_shared<decltype(functional(n, value, gradient, product))>(n, value, gradient, product);
}

/// n numbers from 1 to `condition`, equally spaced in the logarithm.
inline std::vector<double> log_spaced(Index n, double condition) {
  std::vector<double> values;
  for (Index i = 0; i < n; ++i)
    values.push_back(std::pow(condition, static_cast<double>(i) / static_cast<double>(n - 1)));
  return values;
}

/// 1/2 x^2 - lambda/2 y^2 + lambda/4 y^4: a strict saddle of curvatures 1 and -lambda at 0, minima at y = +-1.
inline std::shared_ptr<const Objective> double_well(double lambda) {
  const auto value = [lambda](ConstVectorView x) {
    return 0.5 * x[0] * x[0] + lambda * x[1] * x[1] * (0.25 * x[1] * x[1] - 0.5);
  };
  const auto gradient = [lambda](ConstVectorView x, VectorView g) {
    g[0] = x[0];
    g[1] = lambda * x[1] * (x[1] * x[1] - 1.0);
  };
  return std::make_shared<decltype(functional(2, value, gradient))>(2, value, gradient, detail::NoHessian{});
}

inline std::vector<LabelledRun> labelled_runs() {
  std::vector<LabelledRun> runs;
  const auto add = [&runs](std::string name, std::string id, std::shared_ptr<const Objective> objective,
                           GradientDescentOptions options, const Vector& start, Index iterations) {
    Trajectory trajectory = descend(*objective, std::move(options), start.view(), iterations);
    runs.push_back({std::move(name), std::move(id), std::move(trajectory), std::move(objective)});
  };
  const Vector ones(std::vector<double>(10, 1.0));
  add("crawling valley", "ill-conditioned-valley", quadratic(log_spaced(10, 1e4)), constant_step(1e-4), ones, 2000);
  add("zig-zag", "ill-conditioned-valley", quadratic({1.0, 1000.0}), {.line_search = line_searches::exact()},
      {1000.0, 1.0}, 200);
  const Problem rosenbrock = problems::make("rosenbrock");
  add("rosenbrock", "ill-conditioned-valley", rosenbrock.objective, constant_step(1e-3), rosenbrock.starts[0].x, 2000);
  add("tiny step", "step-too-small", quadratic(log_spaced(10, 10.0)), constant_step(1e-4), ones, 1000);
  add("passed saddle", "saddle-passage", double_well(1.0), constant_step(0.1), {1.0, 1e-6}, 400);
  add("exact saddle", "strict-saddle", double_well(1.0), constant_step(0.1), {1.0, 0.0}, 400);
  add("converged", "converged-minimum", quadratic(log_spaced(10, 10.0)), constant_step(0.1), ones, 400);
  add("unfinished, well-conditioned", "", quadratic(log_spaced(10, 10.0)), constant_step(0.1), ones, 60);
  add("diverged", "divergence", quadratic(log_spaced(10, 10.0)), constant_step(0.25), ones, 100);
  add("period 2", "step-too-large", quadratic({1.0, 10.0}), constant_step(0.2), {0.0, 1.0}, 200);
  const auto quartic = functional(
      1, [](ConstVectorView x) { return std::pow(x[0], 4); },
      [](ConstVectorView x, VectorView g) { g[0] = 4.0 * std::pow(x[0], 3); });
  add("quartic", "", std::make_shared<decltype(quartic)>(quartic), constant_step(0.05), {1.0}, 3000);

  PolicyRun policy;
  policy.start = others_equal(10, 0.1);
  policy.iterations = 3000;
  runs.push_back({"softmax cross-entropy", "softmax-damping", simulate(policy), nullptr});
  policy.rewards = gap_rewards(6, 0.5);
  policy.start = near_corner(6, 1e-3, 1e-6);
  for (const Index iterations : {1500, 20000}) {
    policy.iterations = iterations;
    runs.push_back({"gravity well", "gravity-well", simulate(policy), nullptr});
  }
  runs.push_back({"plateau that was left", "plateau",
                  trajectory_of(
                      [](double t) {
                        return 0.5 + 0.5 * std::exp(-t / 4.0) -
                               (t > 600.0 ? 0.499 * -std::expm1((600.0 - t) / 20.0) : 0.0);
                      },
                      1000),
                  nullptr});
  std::vector<double> logistic{0.3};  // x <- 3.5 x (1 - x), gradient descent on a cubic: period 4 (May 1976)
  while (logistic.size() <= 1000) logistic.push_back(3.5 * logistic.back() * (1.0 - logistic.back()));
  runs.push_back({"limit cycle of period 4", "step-too-large",
                  trajectory_of([&](double t) { return 1.0 + logistic[static_cast<std::size_t>(t)]; }, 1000), nullptr});
  runs.push_back({"exponential", "", trajectory_of([](double t) { return std::exp(-t / 50.0); }, 400), nullptr});
  return runs;
}

/// Every labelled run but those of this id: whether `detect`ing finds `id` there is a false alarm.
inline std::vector<LabelledRun> labelled_runs_without(const std::string& id) {
  std::vector<LabelledRun> runs = labelled_runs();
  std::erase_if(runs, [&](const LabelledRun& run) { return run.id == id; });
  return runs;
}

/// The number of that name among the finding's evidence; NaN if there is none.
inline double evidence_of(const Finding& finding, const std::string& name) {
  return evidence_value(finding.evidence, name);
}

}  // namespace perigee::test

#endif
