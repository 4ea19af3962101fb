#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/lojasiewicz.hpp>

using namespace perigee;

namespace {

Trajectory noisy(const Trajectory& exact, std::uint64_t seed) {
  Trajectory trajectory = test::with_relative_noise(exact, seed, 0.2, 0.5);
  const std::vector<double> noise = test::autoregressive_noise(seed + 1000, trajectory.records.size(), 0.5);
  for (std::size_t k = 0; k < noise.size(); ++k) trajectory.records[k].gradient_norm *= std::exp(0.2 * noise[k]);
  return trajectory;
}

Trajectory power_of(double degree, double step, Index iterations) {
  const auto objective = functional(
      1, [degree](ConstVectorView x) { return std::pow(x[0], degree); },
      [degree](ConstVectorView x, VectorView g) { g[0] = degree * std::pow(x[0], degree - 1.0); });
  Trajectory trajectory = test::descend(objective, test::constant_step(step), {1.0}, iterations);
  trajectory.optimal_value = 0.0;
  return trajectory;
}

test::PolicyRun softmax(Index iterations) {
  test::PolicyRun run;
  run.rewards = test::gap_rewards(4, 0.5);
  run.start = test::others_equal(4, 0.4);
  run.iterations = iterations;
  return run;
}

}  // namespace

TEST_CASE("the exponent is 1 - 1/d for x^d and 1 through a softmax, exactly and in noise") {
  // ||grad f|| = d f^(1 - 1/d). In noise of 20% on values and gradients: within 0.1 in each of 50 seeds where the value
  // falls by a decade; the softmax value falls by 4 over the two octaves only, and noise in the regressor draws the
  // slope down by less than 1%.
  struct Case {
    const char* name;
    double exponent;
    Trajectory exact;
  };
  const std::vector<Case> cases{{"x^2", 0.5, power_of(2.0, 0.01, 400)},
                                {"x^4", 0.75, power_of(4.0, 0.05, 4000)},
                                {"softmax", 1.0, test::simulate(softmax(4000))}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const std::optional<Lojasiewicz> exact = lojasiewicz_exponent(inequality_blocks(c.exact));
    REQUIRE(exact.has_value());
    CHECK(exact->exponent == Approx(c.exponent).margin(0.02));
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const std::optional<Lojasiewicz> found = lojasiewicz_exponent(inequality_blocks(noisy(c.exact, seed)));
      REQUIRE(found.has_value());
      CHECK(found->exponent == Approx(c.exponent).margin(0.1));
    }
  }
}

TEST_CASE("the coefficient of a softmax stands still near the optimum and degrades on the way into a well") {
  // Mei et al. (2020), lemma 3: C_t >= pi(a*). Near the optimum pi(a*) -> 1; on the way into the well of another action
  // pi(a*) falls.
  const std::optional<NonUniformCoefficient> good =
      non_uniform_coefficient(inequality_blocks(test::simulate(softmax(4000))), 1.0);
  REQUIRE(good.has_value());
  CHECK(std::abs(good->trend) < 0.02);
  CHECK(good->last_value >= 0.99);

  test::PolicyRun well;
  well.rewards = {1.0, 0.9, 0.1};
  well.start = {0.05, 0.35, 0.6};
  well.iterations = 60;
  const Trajectory trajectory = test::simulate(well);
  const std::vector<double>& best = trajectory.columns.front().values;
  REQUIRE(best.back() < best[15]);
  const std::optional<NonUniformCoefficient> bad = non_uniform_coefficient(inequality_blocks(trajectory), 1.0);
  REQUIRE(bad.has_value());
  CHECK(bad->upper < 0.0);
  CHECK(bad->last_value >= best.back());
}

TEST_CASE("without the optimal value there is no exponent") {
  Trajectory trajectory = power_of(4.0, 0.05, 1000);
  trajectory.optimal_value.reset();
  CHECK_FALSE(lojasiewicz_exponent(inequality_blocks(trajectory)).has_value());
  CHECK_FALSE(non_uniform_coefficient(inequality_blocks(trajectory), 0.75).has_value());
}

TEST_CASE("softmax damping tells the exponent of its gradient inequality and that the coefficient stands still") {
  const Diagnosis diagnosis = diagnose(test::simulate(softmax(4000)));
  CAPTURE(diagnosis.summary);
  const Finding* finding = find_finding(diagnosis, "softmax-damping");
  REQUIRE(finding != nullptr);
  CHECK(test::evidence_of(*finding, "lojasiewicz_exponent") == Approx(1.0).margin(0.02));
  CHECK(std::abs(test::evidence_of(*finding, "coefficient_trend")) < 0.02);
  CHECK(test::evidence_of(*finding, "coefficient") >= 0.99);
}
