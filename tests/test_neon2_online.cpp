#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/neon2_online.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

constexpr Index term_count = 1000;

// Mean of 1000 terms: x'Hx/2 + x_1^4/16 with H = diag(-0.05, 0, 0.3, 1). Each term adds a slope of length 3 and changes
// the curvatures by +-0.3, both cancelling in the mean: at 0 the whole gradient is 0 and those of the terms are not.
auto noisy_saddle() {
  return functional_sum(4, term_count, [](Index term, ConstVectorView x, VectorView gradient) {
    constexpr double eigenvalues[4] = {-0.05, 0.0, 0.3, 1.0};
    const double sign = term % 2 == 0 ? 1.0 : -1.0;
    double value = std::pow(x[0], 4) / 16.0;
    gradient[0] += 0.25 * std::pow(x[0], 3);
    for (Index i = 0; i < 4; ++i) {
      const double turned = (term / 2 + i) % 3 == 0 ? 1.0 : -1.0;
      const double lambda = eigenvalues[i] + 0.3 * sign * turned;
      const double slope = 1.5 * sign * ((term / 2) % 2 == 0 ? 1.0 : turned);
      value += 0.5 * lambda * x[i] * x[i] + slope * x[i];
      gradient[i] += lambda * x[i] + slope;
    }
    return value;
  });
}

}  // namespace

TEST_CASE("neon2 online keeps the promises of every solver") {
  const Neon2Online solver(Neon2OnlineParameters::practical(10.0, 1e-3, 1.0, 0));
  check_observed(solver);
  check_resumed(solver);
  check_starts(solver);
  check_wall(solver);
}

TEST_CASE("practical parameters are the documented formulas") {
  const Neon2OnlineParameters parameters = Neon2OnlineParameters::practical(2.0, 1e-3, 0.5, 16, 3.0);
  const double growth = std::sqrt(38.0);
  CHECK(parameters.search_rate == 0.125);
  CHECK(parameters.radius == Approx(3e-5).epsilon(1e-12));
  CHECK(parameters.start_length == Approx(3e-5 / growth).epsilon(1e-12));
  CHECK(parameters.iterations == 144);  // ln(1000 sqrt(38))/ln(1.0625) = 8.72655.../0.0606246... = 143.94...
  CHECK(parameters.curvature_threshold == 0.125);
}

TEST_CASE("batches find the curvature that the terms' own gradients would drown") {
  // The slopes of the terms are 10^5 times the probe's radius; the same batch at both points cancels them to rounding.
  // Every run leaves the saddle by a move whose direction has curvature <= -threshold on the whole objective, which is
  // checked, so the claim needs no probability but that one of 3 attempts succeeds; it did for all of these seeds.
  const auto objective = noisy_saddle();
  const Neon2OnlineParameters parameters = Neon2OnlineParameters::practical(1.3, 1e-3, 0.05, 32);
  const Neon2Online solver(parameters);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result =
        run(objective, solver, Vector(4), {.stop = max_iterations(1), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    REQUIRE(result.iterations == 1);
    const Eigen::VectorXd e = result.x.view().normalized();
    CHECK(-0.05 * e[0] * e[0] + 0.3 * e[2] * e[2] + e[3] * e[3] <= -0.0125 + 1e-6);
    CHECK(result.value < 0.0);
    // The start, two an update, the measurement of each attempt, and the move.
    CHECK(result.counts.gradients <=
          static_cast<std::uint64_t>(2 + parameters.attempts * (2 * parameters.iterations + 1)));
  }
}

TEST_CASE("with the whole objective an attempt is the power method on I - eta_s H") {
  // y after k updates is (1 - eta_s lambda)^k c sigma for the documented first draw c; the attempt ends at the first k
  // with ||y|| >= r, and is measured once.
  const std::vector<double> eigenvalues{1.0, 0.6, 0.05, -0.1};
  const Neon2OnlineParameters parameters = Neon2OnlineParameters::practical(1.0, 1e-3, 0.1, 0);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RandomSource random(seed);
    Vector direction(4);
    RandomEngine engine = random.engine("negative-curvature", 0);
    fill_uniform_ball(engine, 1.0, direction);
    Eigen::VectorXd y = parameters.start_length * direction.view().normalized();
    Index updates = 0;
    while (y.norm() < parameters.radius) {
      REQUIRE(++updates <= parameters.iterations);
      for (Index i = 0; i < 4; ++i) y[i] *= 1.0 - parameters.search_rate * eigenvalues[static_cast<std::size_t>(i)];
    }
    const RunResult result = run(diagonal_quadratic(eigenvalues), Neon2Online(parameters), Vector(4),
                                 {.stop = max_iterations(1), .random = random});
    INFO("seed " << seed << ": " << result.end.message);
    REQUIRE(result.iterations == 1);
    CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(updates + 3)});
    CHECK(std::abs(result.x.view().dot(y)) / (y.norm() * result.x.view().norm()) == Approx(1.0).epsilon(1e-9));
  }
}

TEST_CASE("from the noisy saddle it arrives at a minimum, and a resumed run is the same run") {
  // Minima at x_1 = +-2 sqrt(0.05), f = -0.05^2; x_2 is flat.
  const auto objective = noisy_saddle();
  const Neon2Online solver(Neon2OnlineParameters::practical(1.3, 1e-4, 0.05, 32));
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const RunOptions options{.stop = max_iterations(2000), .random = RandomSource(seed)};
    const RunResult result = run(objective, solver, Vector(4), options);
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.end.message.find("not certified") != std::string::npos);
    CHECK(result.value == Approx(-0.0025).epsilon(1e-3));
    Oracle oracle(objective);
    const auto stepper = solver.start(oracle, Vector(4), options.random);
    const StepRecord first = stepper->record();
    REQUIRE(stepper->step() == StepStatus::advanced);
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    RunOptions resumed = options;
    resumed.state = state;
    const RunResult rest = run(objective, solver, Vector(4), resumed);
    CHECK(rest.x == result.x);
    CHECK(rest.counts == result.counts);
    CHECK(rest.end == result.end);
  }
}

TEST_CASE("at a minimum every attempt fails, and is paid for") {
  const Neon2OnlineParameters parameters = Neon2OnlineParameters::practical(2.0, 1e-3, 0.5, 0);
  const RunResult result =
      run(diagonal_quadratic({1.5, 0.5, 0.1}), Neon2Online(parameters), Vector(3), {.stop = max_iterations(100)});
  CHECK(result.end.id == "no-negative-curvature-found");
  CHECK(result.iterations == 0);
  CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(1 + 3 * (parameters.iterations + 1))});
}

TEST_CASE("neon2 online refuses wrong parameters, and batches of what is no sum") {
  const auto changed = [](auto change) {
    Neon2OnlineParameters parameters = Neon2OnlineParameters::practical(1.0, 1e-3, 0.1, 0);
    change(parameters);
    return Neon2Online(parameters);
  };
  CHECK_THROWS_AS(changed([](auto& p) { p.search_rate = 0.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.batch_size = -1; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.attempts = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.radius = p.start_length; }), std::invalid_argument);
  CHECK_THROWS_AS(Neon2OnlineParameters::practical(1.0, 1e-3, 2.0, 0), std::invalid_argument);
  const Neon2Online batches(Neon2OnlineParameters::practical(1.0, 1e-3, 0.1, 4));
  CHECK_THROWS_AS(run(capped_saddle(), batches, {0.0, 0.0}), std::invalid_argument);
  const Problem octopus = problems::make("octopus");
  CHECK(solvers::make("neon2-online", {}, octopus)->name() == "neon2-online");
  CHECK_THROWS_AS(solvers::make("neon2-online", {{"batch_size", "-1"}}, octopus), std::invalid_argument);
}
