// What one evaluation of L-BFGS (memory 10) costs on the extended Rosenbrock function, n = 1e5.
//
// Floor: the plain two-loop recursion of Nocedal and Wright (2006), algorithm 7.4, written by hand with vectorized dot
// products and updates, the same objective inlined, a unit first trial and backtracking by halves, and a test of the
// gradient norm. Both take the same number of iterations and
// allocate what they need in the time measured; items are evaluations of the objective with its gradient, so
// items_per_second is evaluations per second.

#include <benchmark/benchmark.h>

#include <perigee/lib/run.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>

#include <Eigen/Core>
#include <cmath>
#include <vector>

namespace {

using perigee::ConstVectorView;
using perigee::Index;
using perigee::VectorView;

constexpr Index memory = 10;
constexpr Index iterations = 30;

// sum over pairs of 100 (x_{2i+1} - x_{2i}^2)^2 + (1 - x_{2i})^2: More, Garbow and Hillstrom (1981), no. 21.
inline double extended_rosenbrock(const double* x, double* gradient, Index n) {
  double sum = 0.0;
  for (Index i = 0; i + 1 < n; i += 2) {
    const double off_parabola = x[i + 1] - x[i] * x[i];
    const double from_one = 1.0 - x[i];
    sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
    gradient[i] = -400.0 * x[i] * off_parabola - 2.0 * from_one;
    gradient[i + 1] = 200.0 * off_parabola;
  }
  return sum;
}

class ExtendedRosenbrock final : public perigee::Objective {
 public:
  explicit ExtendedRosenbrock(Index n) : n_(n) {}
  Index dimension() const override { return n_; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    return extended_rosenbrock(x.data(), gradient.data(), n_);
  }

 private:
  Index n_;
};

// Starts that differ from pair to pair, so that the pairs do not all take the same way.
Eigen::VectorXd start(Index n) {
  Eigen::VectorXd x(n);
  for (Index i = 0; i < n; ++i) {
    x[i] = (i % 2 == 0 ? -1.2 : 1.0) + 0.2 * std::sin(static_cast<double>(i));
  }
  return x;
}

void hand_loop(benchmark::State& state) {
  const Index n = state.range(0);
  const Eigen::VectorXd x0 = start(n);
  Index evaluations = 0;
  for (auto _ : state) {
    Eigen::VectorXd x = x0, next(n), gradient(n), next_gradient(n), q(n);
    std::vector<Eigen::VectorXd> steps(memory), changes(memory);
    for (auto* ring : {&steps, &changes}) {
      for (Eigen::VectorXd& each : *ring) each.resize(n);
    }
    std::vector<double> rho(memory);
    std::vector<double> weights(memory);
    double value = extended_rosenbrock(x.data(), gradient.data(), n);
    ++evaluations;
    for (Index k = 0; k < iterations; ++k) {
      if (gradient.squaredNorm() <= 1e-24) break;
      q = -gradient;
      const Index oldest = k > memory ? k - memory : 0;
      const auto at = [](auto& ring, Index i) -> auto& { return ring[static_cast<std::size_t>(i % memory)]; };
      for (Index i = k - 1; i >= oldest; --i) {
        at(weights, i) = at(rho, i) * at(steps, i).dot(q);
        q -= at(weights, i) * at(changes, i);
      }
      if (k > 0) q *= 1.0 / (at(rho, k - 1) * at(changes, k - 1).squaredNorm());
      for (Index i = oldest; i < k; ++i) {
        q += (at(weights, i) - at(rho, i) * at(changes, i).dot(q)) * at(steps, i);
      }
      const double slope = gradient.dot(q);
      double alpha = k > 0 ? 1.0 : 1e-3;
      double next_value = 0.0;
      for (;; alpha *= 0.5) {
        next = x + alpha * q;
        next_value = extended_rosenbrock(next.data(), next_gradient.data(), n);
        ++evaluations;
        if (next_value <= value + 1e-4 * alpha * slope) break;
      }
      at(steps, k) = next - x;
      at(changes, k) = next_gradient - gradient;
      at(rho, k) = 1.0 / at(steps, k).dot(at(changes, k));
      x.swap(next);
      gradient.swap(next_gradient);
      value = next_value;
    }
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(evaluations);
  state.counters["evaluations"] = static_cast<double>(evaluations) / static_cast<double>(state.iterations());
}

void through_run(benchmark::State& state) {
  const Index n = state.range(0);
  const ExtendedRosenbrock objective(n);
  const perigee::LimitedMemoryBfgs solver({.memory = memory, .initial_step = 1e-3});
  const Eigen::VectorXd x0 = start(n);
  std::uint64_t evaluations = 0;
  for (auto _ : state) {
    const perigee::RunResult result = perigee::run(
        objective, solver, x0, {.stop = perigee::max_iterations(iterations) | perigee::gradient_tolerance(1e-12)});
    benchmark::DoNotOptimize(result.value);
    evaluations += result.counts.gradients;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(evaluations));
  state.counters["evaluations"] = static_cast<double>(evaluations) / static_cast<double>(state.iterations());
}

BENCHMARK(hand_loop)->Arg(1000)->Arg(100000);
BENCHMARK(through_run)->Arg(1000)->Arg(100000);

}  // namespace
