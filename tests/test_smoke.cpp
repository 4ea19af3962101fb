#include "support/catch.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

using namespace perigee;

TEST_CASE("gradient descent reaches Rosenbrock's minimum") {
  const Problem problem = problems::make("rosenbrock");
  const GradientDescent solver({.line_search = line_searches::strong_wolfe({.curvature = 0.1})});
  const RunResult result = run(*problem.objective, solver, problem.starts[0].x,
                               {.stop = max_iterations(100000) | gradient_tolerance(1e-8)});
  INFO(result.end.message);
  CHECK(result.end.id == "gradient-tolerance");
  CHECK(result.x[0] == Approx(1.0).margin(1e-6));
}
