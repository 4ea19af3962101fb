// What every solver promises whatever it computes: one check a promise, for any solver.
#ifndef PERIGEE_TESTS_SUPPORT_SOLVER_CONTRACT_HPP
#define PERIGEE_TESTS_SUPPORT_SOLVER_CONTRACT_HPP

#include "support/catch.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/state.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace perigee::test {

/// x^2 - y^2 + (x^4 + y^4)/4: saddle at 0, minima (0, +-sqrt 2) with f = -1.
inline auto capped_saddle() {
  return functional(
      2, [](ConstVectorView x) { return x[0] * x[0] - x[1] * x[1] + 0.25 * (std::pow(x[0], 4) + std::pow(x[1], 4)); },
      [](ConstVectorView x, VectorView g) {
        g[0] = 2.0 * x[0] + std::pow(x[0], 3);
        g[1] = -2.0 * x[1] + std::pow(x[1], 3);
      });
}

/// sum_i lambda_i x_i^2/2
inline auto diagonal_quadratic(std::vector<double> eigenvalues) {
  const auto n = static_cast<Index>(eigenvalues.size());
  return functional(
      n,
      [eigenvalues](ConstVectorView x) {
        double sum = 0.0;
        for (Index i = 0; i < x.size(); ++i) sum += 0.5 * eigenvalues[static_cast<std::size_t>(i)] * x[i] * x[i];
        return sum;
      },
      [eigenvalues](ConstVectorView x, VectorView g) {
        for (Index i = 0; i < x.size(); ++i) g[i] = eigenvalues[static_cast<std::size_t>(i)] * x[i];
      });
}

/// Keeps everything that an observer is shown.
class Witness final : public Observer {
 public:
  bool wants_curvature() const override { return true; }
  void observe(const StepRecord&, const Stepper& stepper) override {
    records.push_back(stepper.record());
    points.push_back(Vector(stepper.current().x()));
    gradients.push_back(Vector(stepper.current().gradient()));
  }
  void finish(const End&, const Stepper&) override { ++finishes; }
  std::vector<StepRecord> records;
  std::vector<Vector> points;
  std::vector<Vector> gradients;
  int finishes = 0;
};

inline Witness watch(const Objective& objective, const Solver& solver, ConstVectorView x0, Index iterations,
                     const RandomSource& random = RandomSource(0)) {
  Witness witness;
  run(objective, solver, x0, {.stop = max_iterations(iterations), .random = random, .observers = {&witness}});
  return witness;
}

inline bool same_bits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline bool same_record(const StepRecord& a, const StepRecord& b) {
  return a.iteration == b.iteration && a.kind == b.kind && same_bits(a.value, b.value) &&
         same_bits(a.gradient_norm, b.gradient_norm) && same_bits(a.step_norm, b.step_norm) &&
         same_bits(a.step_size, b.step_size) && same_bits(a.curvature, b.curvature) && a.counts == b.counts;
}

/// An observer sees every iterate once and changes nothing; value, gradient, step length and curvature along the step
/// are those of the points shown, recomputed here.
inline void check_observed(const Solver& solver) {
  const auto objective = capped_saddle();
  const RunOptions options{.stop = max_iterations(300), .random = RandomSource(3)};
  const RunResult alone = run(objective, solver, {1.0, 0.01}, options);
  Witness witness;
  RunOptions watched = options;
  watched.observers = {&witness};
  const RunResult result = run(objective, solver, {1.0, 0.01}, watched);
  CHECK(result.x == alone.x);
  CHECK(result.end == alone.end);
  CHECK(result.counts == alone.counts);
  REQUIRE(witness.records.size() == static_cast<std::size_t>(result.iterations) + 1);
  CHECK(witness.finishes == 1);
  CHECK(witness.points.back() == result.x);
  for (std::size_t k = 0; k < witness.records.size(); ++k) {
    const StepRecord& record = witness.records[k];
    INFO("iteration " << k);
    Vector gradient(2);
    CHECK(record.iteration == static_cast<Index>(k));
    CHECK(record.value == objective.value_and_gradient(witness.points[k], gradient));
    CHECK(witness.gradients[k] == gradient);
    CHECK(record.gradient_norm == Approx(gradient.view().norm()));
    if (k == 0) continue;
    const Eigen::VectorXd step = witness.points[k].view() - witness.points[k - 1].view();
    const Eigen::VectorXd change = witness.gradients[k].view() - witness.gradients[k - 1].view();
    CHECK(record.step_norm == Approx(step.norm()).margin(1e-15));
    // Below this length the difference of the gradients is mostly rounding.
    if (step.norm() > 1e-6) CHECK(record.curvature == Approx(step.dot(change) / step.squaredNorm()).margin(1e-6));
  }
}

/// A run continued from a checkpoint, at several cuts, is the uninterrupted run to the last bit; the state of another
/// method, of another dimension, or cut short, is refused.
inline void check_resumed(const Solver& solver) {
  const auto objective = capped_saddle();
  const RunOptions options{.stop = max_iterations(200), .random = RandomSource(5)};
  Witness whole;
  RunOptions watched = options;
  watched.observers = {&whole};
  const RunResult uninterrupted = run(objective, solver, {1.0, 1e-9}, watched);
  int cuts = 0;
  for (const Index cut : {0, 1, 2, 17, 60}) {
    if (cut >= uninterrupted.iterations) continue;
    INFO("cut at " << cut);
    ++cuts;
    Oracle oracle(objective);
    const auto stepper = solver.start(oracle, {1.0, 1e-9}, options.random);
    const StepRecord first = stepper->record();
    stepper->measure_curvature();
    for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    Witness rest;
    RunOptions resumed = options;
    resumed.observers = {&rest};
    resumed.state = state;
    const RunResult result = run(objective, solver, {1.0, 1e-9}, resumed);
    CHECK(result.x == uninterrupted.x);
    CHECK(result.end == uninterrupted.end);
    CHECK(result.counts == uninterrupted.counts);
    REQUIRE(rest.records.size() == static_cast<std::size_t>(uninterrupted.iterations - cut));
    for (std::size_t i = 0; i < rest.records.size(); ++i) {
      CHECK(same_record(rest.records[i], whole.records[static_cast<std::size_t>(cut) + 1 + i]));
    }
    if (cut != 1) continue;
    RunOptions broken = options;
    broken.state = std::span(state).first(state.size() - 1);
    CHECK_THROWS_AS(run(objective, solver, {1.0, 1e-9}, broken), std::invalid_argument);
    broken.state = state;
    CHECK_THROWS_AS(run(diagonal_quadratic({1.0, 2.0, 3.0}), solver, {1.0, 1.0, 1.0}, broken), std::invalid_argument);
    StateWriter other;
    other.write(first);
    other.write("another-method");
    broken.state = other.bytes();
    CHECK_THROWS_AS(run(objective, solver, {1.0, 1e-9}, broken), std::invalid_argument);
  }
  CHECK(cuts >= 4);
}

/// Degenerate starts: wrong length refused, dimension 0 and an exactly stationary start survived without any claim,
/// a start outside the domain ends as non-finite.
inline void check_starts(const Solver& solver) {
  const auto saddle = capped_saddle();
  CHECK_THROWS_AS(run(saddle, solver, {1.0, 2.0, 3.0}), std::invalid_argument);
  const auto point = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  const RunResult nowhere = run(point, solver, Vector(), {.stop = max_iterations(3)});
  CHECK(nowhere.value == 4.0);
  CHECK(nowhere.end.end_class != EndClass::convergence);
  const RunResult stationary = run(saddle, solver, {0.0, 0.0}, {.stop = max_iterations(3)});
  CHECK(std::isfinite(stationary.value));
  CHECK(stationary.end.end_class != EndClass::convergence);
  const auto root = functional(
      1, [](ConstVectorView x) { return std::sqrt(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = 0.5 / std::sqrt(x[0]); });
  const RunResult outside = run(root, solver, {-1.0});
  CHECK(outside.end.id == "non-finite");
  CHECK(outside.iterations == 0);
}

/// Finite at x0 only: no step can succeed. The run ends as non-finite at the last finite iterate, and the state saved
/// after the failure is still that of x0.
inline void check_wall(const Solver& solver) {
  const auto needle = functional(
      1, [](ConstVectorView x) { return x[0] == 1.0 ? 1.0 : std::numeric_limits<double>::quiet_NaN(); },
      [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  Witness witness;
  const RunResult result = run(needle, solver, {1.0}, {.stop = max_iterations(5), .observers = {&witness}});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "non-finite");
  CHECK(result.iterations == 0);
  CHECK(result.x == Vector{1.0});
  CHECK(result.value == 1.0);
  CHECK(witness.records.size() == 1);

  Oracle oracle(needle);
  const auto stepper = solver.start(oracle, {1.0}, RandomSource(0));
  StateWriter before;
  stepper->save_state(before);
  CHECK(stepper->step() == StepStatus::ended);
  StateWriter after;
  stepper->save_state(after);
  CHECK(std::vector<std::uint8_t>(before.bytes().begin(), before.bytes().end()) ==
        std::vector<std::uint8_t>(after.bytes().begin(), after.bytes().end()));
}

/// The seed does not matter.
inline void check_deterministic(const Solver& solver) {
  const auto objective = capped_saddle();
  const auto x_for = [&](std::uint64_t seed) {
    return run(objective, solver, {1.0, 0.01}, {.stop = max_iterations(100), .random = RandomSource(seed)}).x;
  };
  CHECK(x_for(1) == x_for(2));
}

/// One gradient at the start and one a step; nothing else.
inline void check_one_gradient_a_step(const Solver& solver) {
  const RunResult result = run(capped_saddle(), solver, {1.0, 0.01}, {.stop = max_iterations(37)});
  CHECK(result.iterations == 37);
  CHECK(result.counts == OracleCounts{.gradients = 38});
}

}  // namespace perigee::test

#endif
