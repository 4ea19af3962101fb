#include "support/catch.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

using namespace perigee;

namespace {

auto capped_saddle() {
  return functional(
      2, [](ConstVectorView x) { return x[0] * x[0] - x[1] * x[1] + 0.25 * (std::pow(x[0], 4) + std::pow(x[1], 4)); },
      [](ConstVectorView x, VectorView g) {
        g[0] = 2.0 * x[0] + std::pow(x[0], 3);
        g[1] = -2.0 * x[1] + std::pow(x[1], 3);
      });
}

// One of each kind of stepper.
std::vector<std::unique_ptr<Solver>> every_solver() {
  std::vector<std::unique_ptr<Solver>> all;
  all.push_back(std::make_unique<GradientDescent>(GradientDescentOptions{.learning_rate = 0.1}));
  all.push_back(
      std::make_unique<GradientDescent>(GradientDescentOptions{.learning_rate = schedules::cosine(0.2, 0.01, 50)}));
  all.push_back(std::make_unique<GradientDescent>(
      GradientDescentOptions{.line_search = line_searches::strong_wolfe({.curvature = 0.1})}));
  all.push_back(std::make_unique<GradientDescent>(GradientDescentOptions{.line_search = line_searches::armijo()}));
  all.push_back(std::make_unique<GradientDescent>(GradientDescentOptions{.line_search = line_searches::exact()}));
  all.push_back(std::make_unique<PerturbedGradientDescent>(PerturbedParameters::practical(8.0, 1e-3)));
  all.push_back(std::make_unique<PeriodicallyPerturbedGradientDescent>(PeriodicParameters{
      .learning_rate = 0.125, .perturbation_radius = 0.01, .decrease_threshold = 1e-6, .episode_iterations = 20}));
  all.push_back(std::make_unique<LimitedMemoryBfgs>());
  all.push_back(std::make_unique<NonlinearConjugateGradient>());
  return all;
}

class Counter final : public Observer {
 public:
  void observe(const StepRecord&, const Stepper& stepper) override {
    seen.push_back(stepper.record());
    points.push_back(Vector(stepper.current().x()));
  }
  void finish(const End&, const Stepper& stepper) override {
    ++finishes;
    last = stepper.record().iteration;
  }
  std::vector<StepRecord> seen;
  std::vector<Vector> points;
  int finishes = 0;
  Index last = -1;
};

bool same_bits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same_record(const StepRecord& a, const StepRecord& b) {
  return a.iteration == b.iteration && a.kind == b.kind && same_bits(a.value, b.value) &&
         same_bits(a.gradient_norm, b.gradient_norm) && same_bits(a.step_norm, b.step_norm) &&
         same_bits(a.step_size, b.step_size) && same_bits(a.curvature, b.curvature) && a.counts == b.counts;
}

}  // namespace

TEST_CASE("an observer sees every iterate once, first to last, and changes nothing") {
  const auto objective = capped_saddle();
  for (const auto& solver : every_solver()) {
    INFO(solver->name());
    const RunOptions options{.stop = max_iterations(300), .random = RandomSource(3)};
    const RunResult alone = run(objective, *solver, {1.0, 0.01}, options);
    Counter counter;
    RunOptions watched = options;
    watched.observers = {&counter};
    const RunResult result = run(objective, *solver, {1.0, 0.01}, watched);
    CHECK(result.x == alone.x);
    CHECK(result.end == alone.end);
    CHECK(result.counts == alone.counts);
    REQUIRE(counter.seen.size() == static_cast<std::size_t>(result.iterations) + 1);
    CHECK(counter.finishes == 1);
    CHECK(counter.last == result.iterations);
    for (std::size_t k = 0; k < counter.seen.size(); ++k) {
      CHECK(counter.seen[k].iteration == static_cast<Index>(k));
      // Value and gradient are of the point shown, recomputed here.
      Vector gradient(2);
      CHECK(counter.seen[k].value == objective.value_and_gradient(counter.points[k], gradient));
      CHECK(counter.seen[k].gradient_norm == Approx(gradient.view().norm()));
      if (k > 0) {
        CHECK(counter.seen[k].step_norm ==
              Approx((counter.points[k].view() - counter.points[k - 1].view()).norm()).margin(1e-15));
      }
    }
    CHECK(counter.points.back() == result.x);
  }
}

TEST_CASE("a run continued from a checkpoint is the uninterrupted run, bit for bit") {
  const auto objective = capped_saddle();
  for (const auto& solver : every_solver()) {
    const RunOptions options{.stop = max_iterations(200), .random = RandomSource(5)};
    Counter whole;
    RunOptions watched = options;
    watched.observers = {&whole};
    const RunResult uninterrupted = run(objective, *solver, {1.0, 1e-9}, watched);
    for (const Index cut : {0, 1, 17, 60}) {
      if (cut >= uninterrupted.iterations) continue;
      INFO(solver->name() << " cut at " << cut);
      Oracle oracle(objective);
      const auto stepper = solver->start(oracle, {1.0, 1e-9}, options.random);
      const StepRecord first = stepper->record();
      for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
      const std::vector<std::uint8_t> state = save_run(first, *stepper);
      Counter rest;
      RunOptions resumed = options;
      resumed.observers = {&rest};
      resumed.state = state;
      const RunResult result = run(objective, *solver, {1.0, 1e-9}, resumed);
      CHECK(result.x == uninterrupted.x);
      CHECK(result.end == uninterrupted.end);
      CHECK(result.counts == uninterrupted.counts);
      REQUIRE(rest.seen.size() == static_cast<std::size_t>(uninterrupted.iterations - cut));
      for (std::size_t i = 1; i < rest.seen.size(); ++i) {  // curvature is measured from the first observer on
        CHECK(same_record(rest.seen[i], whole.seen[static_cast<std::size_t>(cut) + 1 + i]));
      }
    }
  }
}

TEST_CASE("a state of another run is refused") {
  const auto objective = capped_saddle();
  const auto all = every_solver();
  Oracle oracle(objective);
  const auto stepper = all[0]->start(oracle, {1.0, 1.0}, RandomSource(1));
  const std::vector<std::uint8_t> state = save_run(stepper->record(), *stepper);
  RunOptions options;
  options.state = state;
  CHECK_THROWS_AS(run(objective, *all[5], {1.0, 1.0}, options), std::invalid_argument);
  const problems::Rosenbrock other(3);
  CHECK_THROWS_AS(run(other, *all[0], {1.0, 1.0, 1.0}, options), std::invalid_argument);
  options.state = std::span(state).first(state.size() - 1);
  CHECK_THROWS_AS(run(objective, *all[0], {1.0, 1.0}, options), std::invalid_argument);
}

TEST_CASE("values that are not finite end the run at the last finite iterate") {
  // f = x^2 until x < -1, where it is not defined; a step of 1.5/... leads there at once.
  const auto wall = functional(
      1, [](ConstVectorView x) { return x[0] < -1.0 ? NAN : x[0] * x[0]; },
      [](ConstVectorView x, VectorView g) { g[0] = 2.0 * x[0]; });
  const GradientDescent solver({.learning_rate = 2.0});
  Counter counter;
  const RunResult result = run(wall, solver, {1.0}, {.observers = {&counter}});
  CHECK(result.end.end_class == EndClass::breakdown);
  CHECK(result.end.id == "non-finite");
  CHECK(result.iterations == 0);
  CHECK(result.x == Vector{1.0});
  CHECK(result.value == 1.0);
  CHECK(counter.seen.size() == 1);

  const RunResult at_start = run(wall, solver, {-2.0}, {.stop = gradient_tolerance(1.0)});
  CHECK(at_start.end.end_class == EndClass::breakdown);
  CHECK(at_start.iterations == 0);
}

TEST_CASE("stop rules: the first in the order written names the end, with its numbers") {
  const auto objective = capped_saddle();
  const GradientDescent solver({.learning_rate = 0.1});
  const auto end_with = [&](const StopRule& stop) { return run(objective, solver, {1.0, 0.5}, {.stop = stop}).end; };
  CHECK(end_with(max_iterations(7)).message == "iterations 7 >= 7");
  CHECK(end_with(max_iterations(7)).end_class == EndClass::budget);
  CHECK(end_with(max_gradients(5) | max_iterations(7)).id == "max-gradients");
  CHECK(end_with(max_iterations(1000) | gradient_tolerance(1e-6)).id == "gradient-tolerance");
  CHECK(end_with(gradient_tolerance(1e-6)).end_class == EndClass::convergence);
  CHECK(end_with(value_target(-0.5) | max_iterations(1000)).id == "value-target");
  CHECK(end_with(step_tolerance(1e-6)).end_class == EndClass::budget);
  CHECK(end_with(max_seconds(0.0)).id == "max-seconds");
  CHECK(end_with(max_iterations(0) | gradient_tolerance(100.0)).id == "max-iterations");
  CHECK(end_with(gradient_tolerance(100.0) | max_iterations(0)).id == "gradient-tolerance");
  const StopRule own([](const Progress& progress) -> std::optional<End> {
    if (progress.x[1] < 1.0) return std::nullopt;
    return End{EndClass::convergence, "past-one", "y >= 1"};
  });
  CHECK(end_with(own | max_iterations(1000)).id == "past-one");
  CHECK(end_with(own | max_iterations(3)).id == "max-iterations");  // a function that does not fire bars no other rule
  CHECK(end_with(max_iterations(3) | own).id == "max-iterations");
  CHECK_THROWS_AS(max_iterations(-1), std::invalid_argument);
  CHECK_THROWS_AS(gradient_tolerance(NAN), std::invalid_argument);
}

TEST_CASE("a start of the wrong length is refused, and none is legal in dimension zero") {
  const auto objective = capped_saddle();
  const GradientDescent solver({.learning_rate = 0.1});
  CHECK_THROWS_AS(run(objective, solver, {1.0, 2.0, 3.0}), std::invalid_argument);
  const auto empty = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  const RunResult result = run(empty, solver, Vector(), {.stop = gradient_tolerance(0.0)});
  CHECK(result.value == 4.0);
  CHECK(result.end.id == "gradient-tolerance");
}

TEST_CASE("norms survive overflow and underflow of their squares") {
  CHECK(euclidean_norm({3e200, 4e200}) == Approx(5e200));
  CHECK(euclidean_norm({3e-310, 4e-310}) == Approx(5e-310).epsilon(1e-10));
  CHECK(std::isnan(euclidean_norm({1.0, NAN})));
  CHECK(std::isinf(euclidean_norm({1.0, -std::numeric_limits<double>::infinity()})));
  const auto tiny = functional(
      1, [](ConstVectorView x) { return 0.5e-300 * x[0] * x[0]; },
      [](ConstVectorView x, VectorView g) { g[0] = 1e-300 * x[0]; });
  Oracle oracle(tiny);
  Evaluation at(1);
  at.propose()[0] = 2.0;
  CHECK(std::isnan(at.value()));
  oracle.evaluate(at);
  CHECK(at.gradient_norm() == 2e-300);
  CHECK(at.is_finite());
}
