#include "support/catch.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/perigee.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

TEST_CASE("minimize leaves the saddle it ran into and ends at a certified minimum") {
  // Capped saddle: minima (0, +-sqrt 2) with f = -1 and eigenvalues 2 and 4; the start lies on the stable manifold.
  const Problem problem = problems::make("capped-saddle");
  for (const Vector& start : {Vector{1.0, 0.0}, Vector{0.0, 0.0}, Vector{1.0, 1e-12}}) {
    const MinimizeResult result = minimize(*problem.objective, start);
    INFO(result.verdict);
    CHECK(result.escapes == 1);
    CHECK(result.value == Approx(-1.0).margin(1e-9));
    CHECK(result.judgement.point_class == PointClass::minimum);
    CHECK(result.judgement.spectrum.lambda_min == Approx(2.0).epsilon(1e-4));
    CHECK(result.end.id == "second-order-stationary");
    CHECK(result.verdict.find("Local minimum") == 0);
    CHECK(result.verdict.find("1 strict saddle") != std::string::npos);
  }
}

TEST_CASE("minimize gets through the octopus's ten saddles") {
  const Problem problem = problems::make("octopus");
  const MinimizeResult result = minimize(*problem.objective, problem.starts[0].x);
  INFO(result.verdict);
  CHECK(result.value == Approx(*problem.optimal_value).epsilon(1e-9));
  CHECK(result.judgement.point_class == PointClass::minimum);
  CHECK(result.counts.hessian_vector_products > 0);
}

TEST_CASE("minimize finds the minimum behind the monkey saddle's origin, and never calls the origin one") {
  const Problem problem = problems::make("monkey-saddle");
  const MinimizeResult result = minimize(*problem.objective, {0.0, 0.0});
  INFO(result.verdict);
  CHECK(result.escapes >= 1);
  CHECK(result.value == Approx(-27.0 / 256.0).epsilon(1e-6));
  const MinimizeResult stayed = minimize(*problem.objective, {0.0, 0.0}, {.max_escapes = 0});
  CHECK(stayed.judgement.point_class == PointClass::degenerate);
  CHECK(stayed.verdict.find("no minimum") != std::string::npos);
  CHECK(stayed.end.id == "max-escapes");
  CHECK(stayed.end.end_class == EndClass::budget);
}

TEST_CASE("an exhausted budget is no convergence") {
  const Problem problem = problems::make("rosenbrock");
  const MinimizeResult result = minimize(*problem.objective, problem.starts[0].x, {.max_iterations = 5});
  CHECK(result.end.end_class == EndClass::budget);
  CHECK(result.judgement.point_class == PointClass::not_stationary);
  CHECK(result.verdict.find("Not a stationary point") == 0);
}

TEST_CASE("from Mueller-Brown's transition states minimize reaches one of the three minima") {
  const Problem problem = problems::make("mueller-brown");
  int saddles = 0;
  for (const StationaryPoint& point : problem.stationary_points) {
    if (point.type != StationaryType::strict_saddle) continue;
    ++saddles;
    const MinimizeResult result = minimize(*problem.objective, point.x, {.gradient_tolerance = 1e-4});
    INFO(result.verdict);
    CHECK(result.judgement.point_class == PointClass::minimum);
    bool known = false;
    for (const StationaryPoint& minimum : problem.stationary_points) {
      if (minimum.type == StationaryType::minimum) known = known || std::abs(result.value - minimum.value) < 1e-6;
    }
    CHECK(known);
  }
  CHECK(saddles == 2);
}

TEST_CASE("wrong options are refused") {
  const Problem problem = problems::make("rosenbrock");
  CHECK_THROWS_AS(minimize(*problem.objective, {1.0, 2.0, 3.0}), std::invalid_argument);
  CHECK_THROWS_AS(minimize(*problem.objective, {1.0, 2.0}, {.gradient_tolerance = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(minimize(*problem.objective, {1.0, 2.0}, {.max_iterations = -1}), std::invalid_argument);
}
