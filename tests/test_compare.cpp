#include "support/catch.hpp"

#include <perigee/diagnostics/compare/compare.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

TEST_CASE("on the octopus perturbed gradient descent always arrives and gradient descent never") {
  const CompareOptions options{.problems = {{"octopus", {}}},
                               .solvers = {{"gradient-descent", {}}, {"perturbed-gradient-descent", {}}},
                               .seeds = 10,
                               .budget = 3000,
                               .start = {}};
  const std::vector<ComparisonRow> rows = compare(options);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].successes == 0);
  CHECK(std::isinf(rows[0].median_gradients));
  CHECK(rows[1].successes == 10);
  CHECK(rows[1].median_gradients < 1000.0);
}

TEST_CASE("a solver that ends itself at the target has reached it, and pays for its products") {
  // The trust region ends at the octopus's minimum by its own certificate, whatever the target.
  const std::vector<ComparisonRow> rows = compare({.problems = {{"octopus", {}}},
                                                   .solvers = {{"trust-region-newton-cg", {}}},
                                                   .seeds = 3,
                                                   .budget = 3000,
                                                   .target = 1e-12});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].successes == 3);
  CHECK(rows[0].median_cost > rows[0].median_gradients + 2.0);
}

TEST_CASE("the table does not depend on the number of threads") {
  CompareOptions options{
      .problems = {{"capped-saddle", {}}, {"octopus", {{"dimension", "4"}}}},
      .solvers = {{"perturbed-gradient-descent", {}}, {"periodically-perturbed-gradient-descent", {}}},
      .seeds = 8,
      .budget = 2000,
      .start = "random"};
  const std::vector<ComparisonRow> alone = compare(options);
  options.threads = 3;
  const std::vector<ComparisonRow> together = compare(options);
  REQUIRE(alone.size() == together.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    CHECK(alone[i].successes == together[i].successes);
    CHECK(alone[i].median_gradients == together[i].median_gradients);
  }
}

TEST_CASE("unknown names and wrong options are refused before anything runs") {
  CompareOptions options{.problems = {{"octopus", {}}}, .solvers = {{"gradient-descent", {}}}, .start = "nowhere"};
  CHECK_THROWS_AS(compare(options), std::invalid_argument);
  options.start = "";
  options.target = 1.0;
  CHECK_THROWS_AS(compare(options), std::invalid_argument);
  options.target = 0.1;
  options.solvers[0].name = "gradient-decent";
  CHECK_THROWS_AS(compare(options), std::invalid_argument);
}
