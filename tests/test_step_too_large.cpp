#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/limit_cycle.hpp>
#include <perigee/diagnostics/stability.hpp>
#include <perigee/diagnostics/thresholds.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/nesterov.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

using namespace perigee;
using test::evidence_of;

namespace {

double spectral_radius(const Eigen::Matrix2d& matrix) {
  const double centre = 0.5 * matrix.trace();
  const double determinant = matrix(0, 0) * matrix(1, 1) - matrix(0, 1) * matrix(1, 0);
  const std::complex<double> distance = std::sqrt(std::complex<double>(centre * centre - determinant));
  return std::max(std::abs(centre + distance), std::abs(centre - distance));
}

// Of (x_k, x_{k-1}) or (x_k, m_k) on 1/2 lambda x^2, a = eta lambda, eta = 1.
Eigen::Matrix2d heavy_ball_matrix(double a, double beta) {
  return (Eigen::Matrix2d() << 1.0 + beta - a, -beta, 1.0, 0.0).finished();
}
Eigen::Matrix2d nesterov_matrix(double a, double beta) {
  return (Eigen::Matrix2d() << (1.0 - a) * (1.0 + beta), -(1.0 - a) * beta, 1.0, 0.0).finished();
}
Eigen::Matrix2d adam_matrix(double a, double beta) {
  return (Eigen::Matrix2d() << 1.0 - a * (1.0 - beta), -beta, (1.0 - beta) * a, beta).finished();
}

// Gradient descent with step 1 on x^2/2 - r (x^2/2 - x^3/3) is the logistic map x <- r x (1 - x).
Trajectory logistic(double r, Index iterations) {
  const auto objective = functional(
      1, [r](ConstVectorView x) { return 0.5 * x[0] * x[0] - r * x[0] * x[0] * (0.5 - x[0] / 3.0); },
      [r](ConstVectorView x, VectorView g) { g[0] = x[0] - r * x[0] * (1.0 - x[0]); });
  return test::descend(objective, test::constant_step(1.0), {0.3}, iterations);
}

template <class Solver>
Trajectory momentum_run(const Solver& solver, double curvature) {
  const auto objective = test::quadratic({curvature, 0.1 * curvature});
  Recorder recorder(SnapshotRule{});
  run(*objective, solver, Vector({1.0, 0.0}).view(), {.stop = max_iterations(300), .observers = {&recorder}});
  recorder.trajectory().solver = solver.name();
  recorder.trajectory().settings = solver.settings();
  return recorder.trajectory();
}

}  // namespace

TEST_CASE("each method is stable just below its product and not just above it") {
  // The spectral radius of its iteration matrix crosses 1 there.
  for (const double beta : {0.0, 0.3, 0.9, 0.99}) {
    CAPTURE(beta);
    const double heavy_ball = stable_product_of_heavy_ball(beta);
    const double nesterov = stable_product_of_nesterov(beta);
    const double adam = stable_product_of_adam(beta);
    CHECK(spectral_radius(heavy_ball_matrix(0.999 * heavy_ball, beta)) < 1.0);
    CHECK(spectral_radius(heavy_ball_matrix(1.001 * heavy_ball, beta)) > 1.0);
    CHECK(spectral_radius(nesterov_matrix(0.999 * nesterov, beta)) < 1.0);
    CHECK(spectral_radius(nesterov_matrix(1.001 * nesterov, beta)) > 1.0);
    CHECK(spectral_radius(adam_matrix(0.999 * adam, beta)) < 1.0);
    CHECK(spectral_radius(adam_matrix(1.001 * adam, beta)) > 1.0);
  }
  CHECK(stable_product_of_adam(0.9) == Approx(38.0));  // Cohen et al. (2022)
}

TEST_CASE("under momentum the step is too large where the method says so, not where gradient descent would") {
  // At the stable product itself the steepest component neither grows nor shrinks, with period 2; at half of it, beyond
  // 1.9 for heavy ball, it converges.
  const auto at = [](double product) { return product / 10.0; };
  const double heavy_ball = stable_product_of_heavy_ball(0.9);
  const Trajectory wild = momentum_run(HeavyBall({.learning_rate = at(heavy_ball), .momentum = 0.9}), 10.0);
  REQUIRE(stability_limit(wild).has_value());
  CHECK(stability_limit(wild)->product == heavy_ball);
  const Diagnosis diagnosis = diagnose(wild);
  CAPTURE(diagnosis.summary);
  const Finding* finding = find_finding(diagnosis, "step-too-large");
  REQUIRE(finding != nullptr);
  CHECK(evidence_of(*finding, "step_times_curvature") == Approx(2.0).epsilon(1e-3));
  CHECK(finding->message.find("the 3.8 which heavy-ball bears") != std::string::npos);
  const Trajectory tame = momentum_run(HeavyBall({.learning_rate = at(0.6 * heavy_ball), .momentum = 0.9}), 10.0);
  CHECK(find_finding(diagnose(tame), "step-too-large") == nullptr);

  // Nesterov's limit is below that of gradient descent, whose product, 1.36 here, would pass.
  const double nesterov = stable_product_of_nesterov(0.9);
  const Diagnosis accelerated =
      diagnose(momentum_run(Nesterov({.learning_rate = at(nesterov), .momentum = 0.9}), 10.0));
  const Finding* of_nesterov = find_finding(accelerated, "step-too-large");
  REQUIRE(of_nesterov != nullptr);
  CHECK(evidence_of(*of_nesterov, "step_times_curvature") == Approx(2.0).epsilon(1e-3));
  const Trajectory steady = momentum_run(Nesterov({.learning_rate = at(0.6 * nesterov), .momentum = 0.9}), 10.0);
  CHECK(find_finding(diagnose(steady), "step-too-large") == nullptr);
}

TEST_CASE("the cycles of the logistic map are found with their periods") {
  // Periods 2, 4 and 3 at r = 3.2, 3.5 and 3.83 (May 1976); a fixed point at 2.5; chaos at 4.
  for (const auto& [r, period] : {std::pair{3.2, 2.0}, std::pair{3.5, 4.0}, std::pair{3.83, 3.0}}) {
    CAPTURE(r);
    const Trajectory trajectory = logistic(r, 1000);
    const std::optional<LimitCycle> cycle = find_limit_cycle(value_series(trajectory));
    REQUIRE(cycle.has_value());
    CHECK(cycle->period == Approx(period).epsilon(1e-9));
    const Diagnosis diagnosis = diagnose(trajectory);
    CAPTURE(diagnosis.summary);
    const Finding* finding = find_finding(diagnosis, "step-too-large");
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::likely);
    CHECK(finding->severity == Severity::problem);
    // Period 2 is what the curvature along the steps finds first.
    const bool is_told_as_cycle = std::isfinite(evidence_of(*finding, "period"));
    CHECK(is_told_as_cycle == (period > 2.0));
    const std::string words = is_told_as_cycle ? "goes in circles: every " + format_number(period) : "to and fro";
    CHECK(diagnosis.summary.find(words) != std::string::npos);
    CHECK(diagnosis.phases.back().kind == "oscillation");
    for (const Finding& other : diagnosis.findings) {
      if (other.id == "plateau") CHECK(other.severity == Severity::information);
    }
  }
  // Its thresholds reach it: more cycles than there are, and a larger deviation, are asked of the cycle of period 3.
  for (const char* name : {"limit-cycle.cycles", "limit-cycle.deviation"}) {
    DiagnoseOptions options;
    set_threshold(options, name, 1e6);
    CHECK(find_finding(diagnose(logistic(3.83, 1000), nullptr, options), "step-too-large") == nullptr);
  }
  CHECK_FALSE(find_limit_cycle(value_series(logistic(2.5, 1000))).has_value());
  CHECK_FALSE(find_limit_cycle(value_series(logistic(4.0, 1000))).has_value());
}

TEST_CASE("noise has no period: no cycle in 900 seeds of independent or red noise") {
  // Fisher's bound is 1e-6 for independent noise; red noise exceeds it but does not come back.
  int cycles = 0;
  for (const double rho : {0.0, 0.9, 0.99}) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const std::vector<double> noise = test::autoregressive_noise(seed, 400, rho);
      Trajectory trajectory = test::trajectory_of([&](double t) { return noise[static_cast<std::size_t>(t)]; }, 399);
      cycles += find_limit_cycle(value_series(trajectory)).has_value();
    }
  }
  CHECK(cycles == 0);
}

TEST_CASE("what is damped or drifts is no limit cycle") {
  const auto cycle_of = [](const std::function<double(double)>& f) {
    return find_limit_cycle(value_series(test::trajectory_of(f, 800)));
  };
  CHECK_FALSE(cycle_of([](double t) { return 1.0 + std::exp(-t / 300.0) * std::cos(t); }).has_value());
  CHECK_FALSE(cycle_of([](double t) { return 10.0 - 0.01 * t + 0.1 * std::cos(t); }).has_value());
  CHECK_FALSE(cycle_of([](double t) { return std::exp(-t / 100.0); }).has_value());
  // A period that is no whole number of records.
  const std::optional<LimitCycle> cycle = cycle_of([](double t) { return std::cos(2.0 * std::numbers::pi * t / 7.5); });
  REQUIRE(cycle.has_value());
  CHECK(cycle->period == Approx(7.5).epsilon(1e-3));
}

TEST_CASE("the plain escort's limit cycle on a bandit is named, with its period") {
  // Its prescribed step grows with the norm of theta, threefold over the window, by 3% within a cycle. The value goes
  // up and down at every second step (0.0100, 0.0109, 0.0099, ... in an independent program), slowly modulated.
  test::PolicyRun escort;
  escort.rewards = {0.7, 0.5, 0.2};
  escort.start = {0.3, 0.3, 0.4};
  escort.transform = "escort";
  escort.p = 1.0;
  escort.iterations = 2000;
  const Trajectory trajectory = test::simulate(escort);
  const Diagnosis diagnosis = diagnose(trajectory);
  CAPTURE(diagnosis.summary);
  const Finding* finding = find_finding(diagnosis, "step-too-large");
  REQUIRE(finding != nullptr);
  CHECK(finding->certainty == Certainty::suspected);
  CHECK(evidence_of(*finding, "period") == Approx(2.0).epsilon(0.05));
  for (const Finding& other : diagnosis.findings) {
    if (other.id == "plateau") CHECK(other.severity == Severity::information);
  }
}

TEST_CASE("a cycle that a schedule drives is no limit cycle of the step, one under a slow decay is") {
  const auto run_with = [](const std::function<double(double)>& step_size) {
    Trajectory trajectory =
        test::trajectory_of([](double t) { return 2.0 + std::cos(2.0 * std::numbers::pi * t / 20.0); }, 800);
    for (StepRecord& record : trajectory.records) record.step_size = step_size(static_cast<double>(record.iteration));
    return diagnose(trajectory);
  };
  const auto restarts = [](double t) { return 1.0 + 0.5 * std::cos(2.0 * std::numbers::pi * t / 20.0); };
  CHECK(find_finding(run_with(restarts), "step-too-large") == nullptr);
  const Diagnosis decay = run_with([](double t) { return std::exp(-t / 300.0); });
  REQUIRE(find_finding(decay, "step-too-large") != nullptr);
  CHECK(find_finding(decay, "step-too-large")->certainty == Certainty::suspected);
}
