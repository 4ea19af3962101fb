// What one gradient-descent step costs at large n, norm and finiteness check included.
//
// Floor: two passes over memory written by hand, the objective's (reads x, writes the gradient) and one that reads
// both, sums the squares of the gradient and writes the next iterate. The same objective, a diagonal quadratic, in
// both. Two gradients, two iterates and the eigenvalues made on the fly: at n = 1e7 nothing stays in a cache.

#include <benchmark/benchmark.h>

#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <memory>
#include <utility>

namespace {

using perigee::ConstVectorView;
using perigee::Index;
using perigee::VectorView;

// x'Dx/2 with eigenvalues 1 and 2 in turn.
inline double quadratic(const double* x, double* gradient, Index n) {
  double sums[4] = {};
  for (Index i = 0; i + 3 < n; i += 4) {
    for (Index j = 0; j < 4; ++j) {
      const double slope = (j % 2 == 0 ? 1.0 : 2.0) * x[i + j];
      gradient[i + j] = slope;
      sums[j] += slope * x[i + j];
    }
  }
  return 0.5 * (sums[0] + sums[1] + sums[2] + sums[3]);
}

class Quadratic final : public perigee::Objective {
 public:
  explicit Quadratic(Index n) : n_(n) {}
  Index dimension() const override { return n_; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    return quadratic(x.data(), gradient.data(), n_);
  }

 private:
  Index n_;
};

void perigee_step(benchmark::State& state) {
  const Index n = state.range(0);
  const Quadratic objective(n);
  perigee::Oracle oracle(objective);
  perigee::Vector start(n);
  start.view().setOnes();
  const auto stepper = perigee::GradientDescent({.learning_rate = 1e-3}).start(oracle, start, perigee::RandomSource(0));
  for (auto _ : state) {
    if (stepper->step() != perigee::StepStatus::advanced) state.SkipWithError("the run ended");
    benchmark::DoNotOptimize(stepper->record());
  }
  state.SetItemsProcessed(state.iterations());
}

void floor_step(benchmark::State& state) {
  const Index n = state.range(0);
  auto x = std::make_unique<double[]>(static_cast<std::size_t>(n));
  auto next = std::make_unique<double[]>(static_cast<std::size_t>(n));
  auto gradient = std::make_unique<double[]>(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = 1.0;
  for (auto _ : state) {
    double value = quadratic(x.get(), gradient.get(), n);
    double sums[4] = {};
    for (Index i = 0; i + 3 < n; i += 4) {
      for (Index j = 0; j < 4; ++j) {
        const auto k = static_cast<std::size_t>(i + j);
        sums[j] += gradient[k] * gradient[k];
        next[k] = x[k] - 1e-3 * gradient[k];
      }
    }
    double norm = std::sqrt(sums[0] + sums[1] + sums[2] + sums[3]);
    if (!std::isfinite(value) || !std::isfinite(norm)) state.SkipWithError("not finite");
    std::swap(x, next);
    benchmark::DoNotOptimize(value);
    benchmark::DoNotOptimize(norm);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(floor_step)->Arg(1000)->Arg(100000)->Arg(10000000)->Unit(benchmark::kMicrosecond);
BENCHMARK(perigee_step)->Arg(1000)->Arg(100000)->Arg(10000000)->Unit(benchmark::kMicrosecond);

}  // namespace
