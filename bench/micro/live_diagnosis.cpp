// What watching a run costs: gradient descent on the octopus through run(), with and without a LiveDiagnosis.
//
// Floor: the same run without an observer, in the same binary; `bystander` is an observer that does nothing. `measured`
// asks for the curvature along the steps, too, as every recorded run does: one inner product an iteration, whoever asks
// for it. Short runs and long ones: a run of a few thousand steps pays for the records that it keeps whole.
// Reported per iteration (items_per_second is iterations per second). The diagnosis itself, made when somebody
// asks, is timed apart: `reading`.

#include <benchmark/benchmark.h>

#include <perigee/diagnostics/online/live_diagnosis.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <memory>
#include <string>

namespace {

using perigee::Index;

// Sees every record and keeps nothing: what a call an iteration costs.
class Bystander : public perigee::Observer {
 public:
  void observe(const perigee::StepRecord&, const perigee::Stepper& stepper) override {
    benchmark::DoNotOptimize(stepper.record().value);
  }
};
class MeasuringBystander final : public Bystander {
 public:
  bool wants_curvature() const override { return true; }
};

// A LiveDiagnosis that does not ask for the curvature.
class Unmeasured final : public perigee::Observer {
 public:
  void observe(const perigee::StepRecord& first, const perigee::Stepper& stepper) override {
    live.observe(first, stepper);
  }
  perigee::LiveDiagnosis live;
};

template <class Watch>
void descend(benchmark::State& state, Watch watch) {
  const perigee::Problem octopus = perigee::problems::make("octopus", {{"dimension", std::to_string(state.range(0))}});
  const perigee::GradientDescent solver({.learning_rate = 0.01});
  const Index iterations = state.range(1);
  for (auto _ : state) {
    auto observer = watch();
    perigee::RunOptions options{.stop = perigee::max_iterations(iterations)};
    if (observer) options.observers = {&*observer};
    benchmark::DoNotOptimize(perigee::run(*octopus.objective, solver, octopus.starts[0].x, options).value);
  }
  state.SetItemsProcessed(state.iterations() * iterations);
}

void alone(benchmark::State& state) {
  descend(state, [] { return static_cast<Bystander*>(nullptr); });
}
void bystander(benchmark::State& state) {
  descend(state, [] { return std::make_unique<Bystander>(); });
}
void bystander_measured(benchmark::State& state) {
  descend(state, [] { return std::make_unique<MeasuringBystander>(); });
}
void live(benchmark::State& state) {
  descend(state, [] { return std::make_unique<Unmeasured>(); });
}
void live_measured(benchmark::State& state) {
  descend(state, [] { return std::make_unique<perigee::LiveDiagnosis>(); });
}

void reading(benchmark::State& state) {
  const perigee::Problem octopus = perigee::problems::make("octopus");
  const perigee::GradientDescent solver({.learning_rate = 0.01});
  perigee::LiveDiagnosis watch;
  perigee::run(*octopus.objective, solver, octopus.starts[0].x,
               {.stop = perigee::max_iterations(state.range(0)), .observers = {&watch}});
  for (auto _ : state) benchmark::DoNotOptimize(watch.course().sentence.data());
}

BENCHMARK(alone)
    ->ArgNames({"d", "steps"})
    ->Args({10, 4000})
    ->Args({10, 100000})
    ->Args({100, 20000})
    ->Args({1000, 4000});
BENCHMARK(bystander)
    ->ArgNames({"d", "steps"})
    ->Args({10, 4000})
    ->Args({10, 100000})
    ->Args({100, 20000})
    ->Args({1000, 4000});
BENCHMARK(bystander_measured)
    ->ArgNames({"d", "steps"})
    ->Args({10, 4000})
    ->Args({10, 100000})
    ->Args({100, 20000})
    ->Args({1000, 4000});
BENCHMARK(live)->ArgNames({"d", "steps"})->Args({10, 4000})->Args({10, 100000})->Args({100, 20000})->Args({1000, 4000});
BENCHMARK(live_measured)
    ->ArgNames({"d", "steps"})
    ->Args({10, 4000})
    ->Args({10, 100000})
    ->Args({100, 20000})
    ->Args({1000, 4000});
BENCHMARK(reading)->Arg(1000)->Arg(100000);

}  // namespace
