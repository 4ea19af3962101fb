#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>
#include <perigee/solvers/guided/guided.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {

// x^4/4 - x^2/2 + y^2/2: saddle at 0, minima (+-1, 0) with f = -1/4.
auto quartic_saddle() {
  return functional(
      2, [](ConstVectorView x) { return 0.25 * std::pow(x[0], 4) - 0.5 * x[0] * x[0] + 0.5 * x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = std::pow(x[0], 3) - x[0];
        g[1] = x[1];
      });
}

// Ten arms with rewards 0, 1/9, ..., 1; the arm of reward 4/9 has the initial log-odds.
struct Well {
  problems::SoftmaxBandit bandit;
  Vector start;
};
Well softmax_well(double log_odds) {
  std::vector<double> rewards;
  for (int a = 0; a < 10; ++a) rewards.push_back(a / 9.0);
  Vector start(10);
  start[4] = log_odds;
  return {problems::SoftmaxBandit(rewards), start};
}

// Gradients, a product counted as two, three values as one.
double gradient_equivalents(const OracleCounts& counts) {
  return static_cast<double>(counts.gradients) + 2.0 * static_cast<double>(counts.hessian_vector_products) +
         static_cast<double>(counts.values) / 3.0;
}

bool has_decided(const RunResult& result, const std::string& remedy) {
  for (const Decision& decision : result.decisions) {
    if (decision.remedy == remedy) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("guided keeps the contract of all solvers") {
  const Guided solver;
  test::check_observed(solver);
  test::check_wall(solver);
  // From the octopus's first saddle, for a run with a jump and cuts enough.
  const auto objective = problems::make("octopus").objective;
  const Vector saddle(objective->dimension());
  const RunOptions options{.stop = max_iterations(500), .random = RandomSource(5)};
  const RunResult whole = run(*objective, solver, saddle, options);
  REQUIRE(whole.iterations > 8);
  int jumps_before_a_cut = 0;
  for (Index cut = 0; cut < whole.iterations; cut += 2) {
    Oracle oracle(*objective);
    const auto stepper = solver.start(oracle, saddle, options.random);
    const StepRecord first = stepper->record();
    for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
    jumps_before_a_cut += stepper->decisions().empty() ? 0 : 1;
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    RunOptions resumed = options;
    resumed.state = state;
    const RunResult result = run(*objective, solver, saddle, resumed);
    CHECK(result.x == whole.x);
    CHECK(result.end == whole.end);
    CHECK(result.counts == whole.counts);
    CHECK(result.decisions == whole.decisions);
  }
  CHECK(jumps_before_a_cut > 0);
  CHECK_THROWS_AS(run(*objective, solver, {1.0}), std::invalid_argument);
}

TEST_CASE("from a quartic saddle's stable manifold, exactly and nearly, guided reaches the minimum") {
  for (const double x : {0.0, 1e-12, 1e-6}) {
    const RunResult result = run(quartic_saddle(), Guided(), {x, 1.0});
    INFO(x << ": " << result.end.message);
    CHECK(result.value == Approx(-0.25).margin(1e-10));
    CHECK(result.end.id == "second-order-stationary");
    CHECK(result.end.message.find("minimum") == std::string::npos);
    CHECK(gradient_equivalents(result.counts) < 100.0);
    CHECK(has_decided(result, "negative-curvature-step") == (x < 1e-9));
  }
}

TEST_CASE("out of a softmax well of ten arms guided reaches the optimum, however deep it starts") {
  // The infimum 0 lies at infinity: with log-odds t the sub-optimality is about exp(-t).
  for (const double log_odds : {5.0, 10.0, 15.0, 20.0}) {
    const Well well = softmax_well(log_odds);
    const RunResult result = run(well.bandit, Guided(), well.start);
    INFO(log_odds << ": f = " << result.value << ", " << result.end.message);
    CHECK(result.value < 1e-4);
    CHECK(result.end.message.find("minimum") == std::string::npos);
    CHECK(gradient_equivalents(result.counts) < 300.0);
  }
  const Well deep = softmax_well(20.0);
  CHECK(has_decided(run(deep.bandit, Guided(), deep.start), "long-step"));
}

TEST_CASE("where the best action's probability is 1e-50 only the natural gradient still points to it") {
  // -grad f and random directions find at most the next best arm, of reward 8/9.
  Well well = softmax_well(20.0);
  well.start[9] = -100.0;
  const RunResult result = run(well.bandit, Guided(), well.start);
  INFO("f = " << result.value << ", " << result.end.message);
  CHECK(result.value < 1e-4);
  REQUIRE(has_decided(result, "long-step"));
  bool natural = false;
  for (const Decision& decision : result.decisions) {
    natural = natural || decision.reason.find("the natural gradient") != std::string::npos;
  }
  CHECK(natural);
}

TEST_CASE("guided crosses the octopus") {
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const RunResult result = run(*octopus.objective, Guided(), octopus.starts[0].x, {.random = RandomSource(seed)});
    INFO(result.end.message);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-9));
    CHECK(result.end.id == "second-order-stationary");
  }
}

TEST_CASE("on the flat saddle guided's cost does not grow with kappa") {
  // x'Hx/2 + x_1^4/16, H = diag(-e, 1, ..., 1), e = 1/kappa, from its saddle, to nine tenths of the depth.
  for (const double kappa : {1e1, 1e2, 1e3, 1e4}) {
    const double e = 1.0 / kappa;
    const auto objective = functional(
        10,
        [e](ConstVectorView x) { return 0.5 * (x.squaredNorm() - (1.0 + e) * x[0] * x[0]) + std::pow(x[0], 4) / 16.0; },
        [e](ConstVectorView x, VectorView g) {
          g = x;
          g[0] = -e * x[0] + 0.25 * x[0] * x[0] * x[0];
        });
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const RunResult result = run(objective, Guided({.criterion = {.gradient_tolerance = 1e-9}}), Vector(10),
                                   {.random = RandomSource(seed)});
      INFO("kappa " << kappa << ", seed " << seed << ": " << result.end.message << ", "
                    << gradient_equivalents(result.counts) << " " << result.counts.values << " "
                    << result.counts.gradients << " " << result.counts.hessian_vector_products);
      CHECK(result.value < -0.9 * e * e);
      CHECK(gradient_equivalents(result.counts) <= 100.0);
    }
  }
}

TEST_CASE("no degenerate saddle is an end for guided") {
  // The origin of the monkey saddle, H = 0, and of x^2/2 - y^4/4 + y^6/6 (minima -1/12): no negative curvature there.
  const Problem monkey = problems::make("monkey-saddle");
  const RunResult result = run(*monkey.objective, Guided(), {0.0, 0.0});
  CHECK(result.value == Approx(-27.0 / 256.0).epsilon(1e-6));
  CHECK(has_decided(result, "long-step"));
  const auto flat = functional(
      2, [](ConstVectorView x) { return 0.5 * x[0] * x[0] - 0.25 * std::pow(x[1], 4) + std::pow(x[1], 6) / 6.0; },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0];
        g[1] = -std::pow(x[1], 3) + std::pow(x[1], 5);
      });
  CHECK(run(flat, Guided(), {1.0, 0.0}).value == Approx(-1.0 / 12.0).epsilon(1e-6));
}

TEST_CASE("where there is nothing lower guided says so, and does not call it certified beyond the bracket") {
  // x^4 + y^2: a minimum with curvature 0, from which no certificate of the second order follows.
  const auto flat = functional(
      2, [](ConstVectorView x) { return std::pow(x[0], 4) + x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = 4.0 * std::pow(x[0], 3);
        g[1] = 2.0 * x[1];
      });
  const RunResult result = run(flat, Guided(), {0.0, 1.0});
  INFO(result.end.message);
  CHECK(result.end.end_class == EndClass::convergence);
  CHECK(result.end.message.find("no lower place") != std::string::npos);
  CHECK(result.end.message.find("degenerate saddle is not excluded") != std::string::npos);
}

TEST_CASE("a run that stands still changes to second-order steps, and says why") {
  const Guided patient({.monitor = {.patience = 8, .value_share = 0.999, .gradient_share = 1e-9}});
  const Problem rosenbrock = problems::make("rosenbrock");
  const RunResult result = run(*rosenbrock.objective, patient, rosenbrock.starts[0].x);
  CHECK(result.value < 1e-10);
  REQUIRE(has_decided(result, "second-order-steps"));
  CHECK(result.decisions.front().iteration >= 8);
  CHECK(result.decisions.front().reason.find("the value fell by") != std::string::npos);
}

TEST_CASE("the registry above the diagnostics knows guided, and everything that stands below") {
  const Problem problem = problems::make("capped-saddle");
  CHECK(all_solvers::make("guided", {{"memory", "3"}}, problem)->name() == "guided");
  CHECK(all_solvers::make("certified(gradient-descent)", {}, problem)->name() == "certified(gradient-descent)");
  CHECK(all_solvers::registry().size() == solvers::registry().size() + 1);
  CHECK_THROWS_AS(all_solvers::make("guide", {}, problem), std::invalid_argument);
  CHECK_THROWS_AS(Guided({.memory = 0}), std::invalid_argument);
  CHECK_THROWS_AS(Guided({.max_escapes = -1}), std::invalid_argument);
  CHECK_THROWS_AS(Guided({.monitor = {.patience = 1}}), std::invalid_argument);
  CHECK_THROWS_AS(Guided({.criterion = {.gradient_tolerance = 0.0}}), std::invalid_argument);
}
