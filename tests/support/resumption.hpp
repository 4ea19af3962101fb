// A run cut at a checkpoint, and a step that fails, for solvers that only some objectives fit.
#ifndef PERIGEE_TESTS_SUPPORT_RESUMPTION_HPP
#define PERIGEE_TESTS_SUPPORT_RESUMPTION_HPP

#include "support/solver_contract.hpp"

namespace perigee::test {

/// Continued from its checkpoint at iteration `cut`, the run of `iterations` steps is the uninterrupted one, bit for
/// bit.
inline void check_resumes(const Objective& objective, const Solver& solver, ConstVectorView x0, Index cut,
                          Index iterations) {
  const Witness whole = watch(objective, solver, x0, iterations);
  REQUIRE(whole.records.size() == static_cast<std::size_t>(iterations) + 1);
  Oracle oracle(objective);
  const auto stepper = solver.start(oracle, x0, RandomSource(0));
  stepper->measure_curvature();
  const StepRecord first = stepper->record();
  for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
  const std::vector<std::uint8_t> state = save_run(first, *stepper);
  Witness rest;
  run(objective, solver, x0, {.stop = max_iterations(iterations), .observers = {&rest}, .state = state});
  REQUIRE(rest.records.size() == static_cast<std::size_t>(iterations - cut));
  for (std::size_t i = 0; i < rest.records.size(); ++i) {
    const std::size_t k = static_cast<std::size_t>(cut) + 1 + i;
    CHECK(same_record(rest.records[i], whole.records[k]));
    CHECK(rest.points[i] == whole.points[k]);
  }
}

/// Nothing but the gradient is asked for, once at the start and once a step; the seed does not matter.
inline void check_frugal(const Objective& objective, const Solver& solver, ConstVectorView x0, Index iterations) {
  const auto result_for = [&](std::uint64_t seed) {
    return run(objective, solver, x0, {.stop = max_iterations(iterations), .random = RandomSource(seed)});
  };
  const RunResult result = result_for(1);
  CHECK(result.iterations == iterations);
  CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(iterations) + 1});
  CHECK(result.x == result_for(2).x);
}

}  // namespace perigee::test

#endif
