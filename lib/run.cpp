#include <perigee/lib/run.hpp>

#include <perigee/lib/state.hpp>

#include <chrono>

namespace perigee {

std::vector<std::uint8_t> save_run(const StepRecord& first, const Stepper& stepper) {
  StateWriter writer;
  writer.write(first);
  stepper.save_state(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

RunResult run(const Objective& objective, const Solver& solver, ConstVectorView x0, const RunOptions& options) {
  using Clock = std::chrono::steady_clock;
  const bool timed = options.stop.asks_for_time();
  const Clock::time_point started = timed ? Clock::now() : Clock::time_point{};

  Oracle oracle(objective);
  const std::unique_ptr<Stepper> stepper = solver.start(oracle, x0, options.random);
  for (const Observer* observer : options.observers) {
    if (observer->wants_curvature()) stepper->measure_curvature();
  }

  StepRecord first = stepper->record();
  const bool resumed = !options.state.empty();
  if (resumed) {
    StateReader reader(options.state);
    reader.read(first);
    stepper->load_state(reader);
    oracle.resume_counts(stepper->record().counts);
  }

  const auto progress = [&] {
    const double seconds = timed ? std::chrono::duration<double>(Clock::now() - started).count() : not_measured;
    return Progress{first, stepper->record(), stepper->current().x(), seconds};
  };
  const auto observe = [&] {
    for (Observer* observer : options.observers) observer->observe(first, *stepper);
  };
  const auto run_to_end = [&]() -> End {
    if (!resumed) observe();
    if (!stepper->current().is_finite()) {
      return {EndClass::breakdown, "non-finite",
              "value or gradient is not finite at iteration " + std::to_string(stepper->record().iteration)};
    }
    for (;;) {
      if (std::optional<End> end = options.stop(progress())) return *std::move(end);
      const StepStatus status = stepper->step();
      if (status == StepStatus::ended) return stepper->end();
      observe();
      if (status == StepStatus::concluded) return stepper->end();
    }
  };
  End end = run_to_end();
  for (Observer* observer : options.observers) observer->finish(end, *stepper);
  return {Vector(stepper->current().x()),
          stepper->current().value(),
          stepper->current().gradient_norm(),
          stepper->record().iteration,
          oracle.counts(),
          std::move(end),
          stepper->decisions()};
}

}  // namespace perigee
