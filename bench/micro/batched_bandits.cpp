// Run-steps per second of gradient descent on a softmax bandit with K = 6 arms, on one core: a single run through the
// public API, an ensemble over lanes on every vector target of this machine, and the floor, a scalar loop written by
// hand with std::exp that computes what the others do: the gradient, the value, the escape time and a check that all is
// finite.

#include <benchmark/benchmark.h>

#include <perigee/lib/ensemble.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/simd_target.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace {

using namespace perigee;

constexpr std::size_t arms = 6;
constexpr std::array<double, arms> rewards{0.75, 0.25, 0.25, 0.25, 0.25, 0.25};
constexpr double rate = 0.4;
constexpr double escape_value = 0.45;
constexpr Index steps = 1000;
constexpr Index runs = 1024;

problems::SoftmaxBandit bandit() { return problems::SoftmaxBandit({rewards.begin(), rewards.end()}); }

void start(Index run, VectorView x) {
  RandomEngine engine = RandomSource(7).engine("start", static_cast<std::uint64_t>(run));
  fill_standard_normal(engine, x);
}

// Returns the escape time, NaN if there is none.
double scalar_run(std::array<double, arms> theta) {
  double escape = std::numeric_limits<double>::quiet_NaN();
  for (Index k = 0; k <= steps; ++k) {
    std::size_t most_probable = 0;
    for (std::size_t a = 1; a < arms; ++a) {
      if (theta[a] > theta[most_probable]) most_probable = a;
    }
    std::array<double, arms> weight;
    double sum = 0.0;
    double regret = 0.0;
    double shortfall = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      weight[a] = std::exp(theta[a] - theta[most_probable]);
      sum += weight[a];
      regret += weight[a] * (rewards[0] - rewards[a]);
      shortfall += weight[a] * (rewards[most_probable] - rewards[a]);
    }
    const double share = 1.0 / sum;
    shortfall *= share;
    const double value = regret * share;
    if (value <= escape_value && std::isnan(escape)) escape = static_cast<double>(k);
    double squared = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      const double slope = weight[a] * share * ((rewards[most_probable] - rewards[a]) - shortfall);
      squared += slope * slope;
      theta[a] -= rate * slope;
    }
    if (!std::isfinite(value) || !std::isfinite(squared)) break;
  }
  return escape;
}

void scalar_loop(benchmark::State& state) {
  Index run = 0;
  for (auto _ : state) {
    std::array<double, arms> theta{};
    start(run++ % runs, theta);
    benchmark::DoNotOptimize(scalar_run(theta));
  }
  state.SetItemsProcessed(state.iterations() * steps);
}

void single_run(benchmark::State& state) {
  const problems::SoftmaxBandit objective = bandit();
  const GradientDescent solver({.learning_rate = rate});
  Index number = 0;
  for (auto _ : state) {
    Vector theta(static_cast<Index>(arms));
    start(number++ % runs, theta);
    benchmark::DoNotOptimize(run(objective, solver, theta, {.stop = max_iterations(steps)}).value);
  }
  state.SetItemsProcessed(state.iterations() * steps);
}

void ensemble(benchmark::State& state, const std::string& target) {
  const std::string before = simd_target();
  pin_simd_target(target);
  const problems::SoftmaxBandit objective = bandit();
  for (auto _ : state) {
    const EnsembleResult result = run_ensemble(
        objective, runs, start, {.learning_rate = rate, .max_iterations = steps, .escape_value = escape_value});
    benchmark::DoNotOptimize(result.runs.data());
  }
  state.SetItemsProcessed(state.iterations() * steps * runs);
  pin_simd_target(before);
}

const bool registered = [] {
  benchmark::RegisterBenchmark("scalar_loop", scalar_loop)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("single_run", single_run)->Unit(benchmark::kMicrosecond);
  for (const std::string& target : simd_targets()) {
    benchmark::RegisterBenchmark(("ensemble/" + target).c_str(), ensemble, target)->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
