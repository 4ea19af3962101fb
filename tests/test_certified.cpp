#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/certified.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

Certified certified_gradient_descent() { return certified(GradientDescent({.learning_rate = 0.1})); }

}  // namespace

TEST_CASE("certified solvers keep the contract of all solvers") {
  for (const Certified& solver :
       {certified(GradientDescent({.learning_rate = 0.02})), certified(HeavyBall({.learning_rate = 0.005})),
        certified(PerturbedGradientDescent(PerturbedParameters::practical(10.0, 1e-3))),
        certified(HeavyBall({.learning_rate = 0.01, .momentum = 0.5}))}) {
    INFO(solver.name());
    test::check_observed(solver);
    test::check_resumed(solver);
  }
}

TEST_CASE("from the saddle, its stable manifold and beside it, every certified solver ends at a minimum") {
  // x^2 - y^2 + (x^4 + y^4)/4: minima (0, +-sqrt 2), f = -1, smallest eigenvalue 2 there.
  const auto f = test::capped_saddle();
  for (const Vector& start : {Vector{0.0, 0.0}, Vector{1.0, 0.0}, Vector{1.0, 1e-12}, Vector{1.0, 1e-6}}) {
    for (const Certified& solver : {certified_gradient_descent(), certified(HeavyBall({.learning_rate = 0.05})),
                                    certified(GradientDescent({.line_search = line_searches::exact()}))}) {
      const RunResult result = run(f, solver, start, {.stop = max_iterations(5000)});
      INFO(solver.name() << ": " << result.end.message);
      CHECK(result.end.id == "second-order-stationary");
      CHECK(result.value == Approx(-1.0).margin(1e-10));
      CHECK(result.end.message.find("minimum") == std::string::npos);
    }
  }
}

TEST_CASE("certified gradient descent crosses the octopus, one saddle a jump") {
  const Problem octopus = problems::make("octopus");
  const auto solver = solvers::make("certified(gradient-descent)", {}, octopus);
  CHECK(solver->name() == "certified(gradient-descent)");
  const test::Witness witness = test::watch(*octopus.objective, *solver, octopus.starts[0].x, 5000);
  CHECK(witness.records.back().value == Approx(*octopus.optimal_value).epsilon(1e-9));
  int jumps = 0;
  for (const StepRecord& record : witness.records) jumps += record.kind == StepKind::jump ? 1 : 0;
  CHECK(jumps >= 1);
  CHECK(jumps <= 10);
}

TEST_CASE("where the curvature is zero nothing is called a minimum") {
  const Problem monkey = problems::make("monkey-saddle");
  const RunResult result =
      run(*monkey.objective, certified_gradient_descent(), {0.0, 0.0}, {.stop = max_iterations(100)});
  CHECK(result.end.end_class == EndClass::convergence);
  CHECK(result.end.message.find("minimum") == std::string::npos);
  CHECK(result.end.message.find("degenerate") != std::string::npos);
}

TEST_CASE("a breakdown of the inner solver is passed on, and the limit of escapes is kept") {
  const auto wrong = functional(
      1, [](ConstVectorView x) { return x[0] * x[0]; }, [](ConstVectorView x, VectorView g) { g[0] = -2.0 * x[0]; });
  const Certified searching = certified(GradientDescent({.line_search = line_searches::armijo()}));
  CHECK(run(wrong, searching, {1.0}).end.id == "line-search-failed");
  const RunResult limited =
      run(test::capped_saddle(), certified(GradientDescent({.learning_rate = 0.1}), {.max_escapes = 0}), {0.0, 0.0},
          {.stop = max_iterations(100)});
  CHECK(limited.end.end_class == EndClass::breakdown);
  CHECK(limited.x == Vector{0.0, 0.0});
  CHECK_THROWS_AS(Certified(nullptr), std::invalid_argument);
  CHECK_THROWS_AS(certified(GradientDescent({.learning_rate = 0.1}), {.max_escapes = -1}), std::invalid_argument);
}

TEST_CASE("parameters of the inner solver and of the certificate are told apart by name") {
  const Problem octopus = problems::make("octopus");
  const auto solver = solvers::make("certified(gradient-descent)",
                                    {{"learning_rate", "0.1"}, {"certificate_gradient_tolerance", "1e-4"}}, octopus);
  bool has_rate = false;
  bool has_tolerance = false;
  for (const auto& [name, value] : solver->settings()) {
    has_rate = has_rate || (name == "learning_rate" && value == "0.1");
    has_tolerance = has_tolerance || (name == "certificate.gradient_tolerance" && value == "1e-04");
  }
  CHECK(has_rate);
  CHECK(has_tolerance);
  CHECK_THROWS_AS(solvers::make("certified(gradient-decent)", {}, octopus), std::invalid_argument);
  CHECK_THROWS_AS(solvers::make("certified(gradient-descent)", {{"speed", "1"}}, octopus), std::invalid_argument);
}
