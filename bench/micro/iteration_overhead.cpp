// What one iteration of gradient descent costs through run(), against the loop one would write by hand.
//
// Floor: the hand-written loop of the same binary, with the gradient inlined and a test of the gradient norm.
// Both take `iterations` steps with a fixed learning rate on Rosenbrock's function from (-1.2, 1, ...).
// Reported per iteration (items_per_second is iterations per second).

#include <benchmark/benchmark.h>

#include <perigee/lib/functional.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <vector>

namespace {

using perigee::ConstVectorView;
using perigee::Index;
using perigee::VectorView;

// f and its gradient, written once and inlined into both competitors.
inline double rosenbrock(const double* x, double* gradient, Index n) {
  double sum = 0.0;
  double from_previous = 0.0;
  for (Index i = 0; i + 1 < n; ++i) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
    gradient[i] = from_previous - 400.0 * x[i] * off_parabola - 2.0 * from_one;
    from_previous = 200.0 * off_parabola;
  }
  gradient[n - 1] = from_previous;
  return sum;
}

class RosenbrockObjective final : public perigee::Objective {
 public:
  explicit RosenbrockObjective(Index n) : n_(n) {}
  Index dimension() const override { return n_; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    return rosenbrock(x.data(), gradient.data(), n_);
  }

 private:
  Index n_;
};

std::vector<double> start(Index n) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 2 == 0 ? -1.2 : 1.0;
  return x;
}

constexpr double learning_rate = 1e-4;
constexpr double tolerance = 1e-12;

Index iterations_for(Index n) { return n <= 100 ? 2000 : 200; }

void hand_loop(benchmark::State& state) {
  const Index n = state.range(0);
  const Index iterations = iterations_for(n);
  const std::vector<double> x0 = start(n);
  std::vector<double> x(x0);
  std::vector<double> gradient(x0.size());
  for (auto _ : state) {
    x = x0;
    double value = 0.0;
    for (Index k = 0; k < iterations; ++k) {
      value = rosenbrock(x.data(), gradient.data(), n);
      double squared = 0.0;
      for (Index i = 0; i < n; ++i)
        squared += gradient[static_cast<std::size_t>(i)] * gradient[static_cast<std::size_t>(i)];
      if (squared <= tolerance * tolerance) break;
      for (Index i = 0; i < n; ++i)
        x[static_cast<std::size_t>(i)] -= learning_rate * gradient[static_cast<std::size_t>(i)];
    }
    benchmark::DoNotOptimize(value);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * iterations);
}

void through_run(benchmark::State& state) {
  const Index n = state.range(0);
  const Index iterations = iterations_for(n);
  const RosenbrockObjective objective(n);
  const perigee::GradientDescent solver({.learning_rate = learning_rate});
  const std::vector<double> x0 = start(n);
  for (auto _ : state) {
    const perigee::RunResult result = perigee::run(
        objective, solver, x0, {.stop = perigee::max_iterations(iterations) | perigee::gradient_tolerance(tolerance)});
    benchmark::DoNotOptimize(result.value);
  }
  state.SetItemsProcessed(state.iterations() * iterations);
}

void through_run_recorded(benchmark::State& state) {
  const Index n = state.range(0);
  const Index iterations = iterations_for(n);
  const RosenbrockObjective objective(n);
  const perigee::GradientDescent solver({.learning_rate = learning_rate});
  const std::vector<double> x0 = start(n);
  for (auto _ : state) {
    perigee::Recorder recorder;
    recorder.reserve(static_cast<std::size_t>(iterations) + 1);
    const perigee::RunResult result =
        perigee::run(objective, solver, x0,
                     {.stop = perigee::max_iterations(iterations) | perigee::gradient_tolerance(tolerance),
                      .observers = {&recorder}});
    benchmark::DoNotOptimize(result.value);
    benchmark::DoNotOptimize(recorder.trajectory().records.data());
  }
  state.SetItemsProcessed(state.iterations() * iterations);
}

BENCHMARK(hand_loop)->Arg(2)->Arg(1000000);
BENCHMARK(through_run)->Arg(2)->Arg(1000000);
BENCHMARK(through_run_recorded)->Arg(2)->Arg(1000000);

}  // namespace
