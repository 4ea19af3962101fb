#include "support/catch.hpp"
#include "support/curves.hpp"
#include "support/policy_runs.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/softmax_damping.hpp>

using namespace perigee;
using test::PolicyRun;
using test::simulate;
using test::trajectory_of;
using test::with_relative_noise;

namespace {

Diagnosis damping_of(const Trajectory& trajectory) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_softmax_damping({trajectory, nullptr, options}, diagnosis);
  return diagnosis;
}

Rate rate_of(const Trajectory& trajectory) { return identify_rate(value_series(trajectory)); }

double evidence(const Finding& finding, const std::string& name) {
  for (const Evidence& item : finding.evidence) {
    if (item.name == name) return item.value;
  }
  FAIL("no evidence " + name);
  return 0.0;
}

Trajectory log_of(const std::string& file) {
  return read_trajectory(std::string(PERIGEE_TEST_DATA) + "/logs/" + file).trajectory;
}

}  // namespace

TEST_CASE("exact power laws and exponentials are told apart, with their constants") {
  for (const double p : {0.5, 1.0, 2.0, 3.0}) {
    const Rate rate = rate_of(trajectory_of([=](double t) { return 3.0 * std::pow(std::max(t, 0.5), -p); }, 4000));
    CAPTURE(p);
    CHECK(rate.verdict == RateVerdict::power_law);
    CHECK(rate.exponent == Approx(p).epsilon(1e-9));
    CHECK(rate.slope == Approx(-1.0).margin(1e-6));  // d log kappa/d log t
    CHECK_FALSE(rate.is_pre_asymptotic);
    CHECK(rate.first == 1000);  // two octaves
    CHECK(rate.last == 4000);
  }
  for (const double kappa : {1e-3, 1e-2, 0.1}) {
    const Rate rate = rate_of(trajectory_of([=](double t) { return 5.0 * std::exp(-kappa * t); }, 4000));
    CAPTURE(kappa);
    CHECK(rate.verdict == RateVerdict::linear);
    CHECK(rate.rate == Approx(kappa).epsilon(0.02));  // block means of t and of log t differ a little
    CHECK(rate.slope == Approx(0.0).margin(0.1));     // the quadratic leaves out the higher terms of e^u
    CHECK_FALSE(rate.is_pre_asymptotic);
  }
}

TEST_CASE("with noise, the wrong law is claimed in at most 5% of 100 seeds, and the right one mostly") {
  for (const double rho : {0.0, 0.8}) {
    int wrong_power = 0;
    int right_power = 0;
    int wrong_linear = 0;
    int right_linear = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Rate power =
          rate_of(with_relative_noise(trajectory_of([](double t) { return 1.0 / (1.0 + t); }, 2000), seed, 0.1, rho));
      right_power += power.verdict == RateVerdict::power_law;
      wrong_power += power.verdict == RateVerdict::linear;
      const Rate linear = rate_of(
          with_relative_noise(trajectory_of([](double t) { return std::exp(-t / 400.0); }, 2000), seed, 0.1, rho));
      right_linear += linear.verdict == RateVerdict::linear;
      wrong_linear += linear.verdict == RateVerdict::power_law;
    }
    CAPTURE(rho, right_power, right_linear, wrong_power, wrong_linear);
    CHECK(wrong_power <= 5);
    CHECK(wrong_linear <= 5);
    CHECK(right_power >= 90);
    CHECK(right_linear >= 90);
  }
}

TEST_CASE("what does not fall, and what falls ever faster, has no rate") {
  CHECK(rate_of(trajectory_of([](double) { return 0.3; }, 500)).verdict == RateVerdict::undetermined);
  CHECK(rate_of(trajectory_of([](double t) { return 1.0 + t; }, 500)).verdict == RateVerdict::undetermined);
  CHECK(rate_of(trajectory_of([](double t) { return std::exp(-std::pow(t / 100.0, 3)); }, 500)).verdict ==
        RateVerdict::undetermined);
  CHECK(rate_of(trajectory_of([](double t) { return std::exp(-t); }, 6)).verdict == RateVerdict::undetermined);
}

TEST_CASE("the window ends where rounding takes over") {
  // e^(-t/10) + 1e-17: the sum, not the decay, is left from t = 391 on.
  const Trajectory trajectory = trajectory_of([](double t) { return std::exp(-t / 10.0) + 1e-17; }, 2000);
  const Rate rate = identify_rate(value_series(trajectory), 1e-15);
  CHECK(rate.last == 345);  // e^(-34.5) > 1e-15 > e^(-34.6)
  CHECK(rate.verdict == RateVerdict::linear);
  CHECK(rate.rate == Approx(0.1).epsilon(0.02));
}

TEST_CASE("two time scales make the verdict pre-asymptotic") {
  // Curvatures 1 and 1e-4 of a quadratic under gradient descent with eta = 1: until 1/(1e-4) iterations the slow mode
  // has not begun to fall.
  const Rate early =
      rate_of(trajectory_of([](double t) { return 1e6 * std::exp(-t / 50.0) + std::exp(-t / 5000.0); }, 2000));
  CHECK(early.is_pre_asymptotic);
}

TEST_CASE("softmax cross-entropy: damping with exponent -1 within 0.02; escort p = 2: linear, none") {
  // K = 10. Theory: f ~ (K-1)/(K eta t), from d z/dt = eta K/(K-1) (1 - pi) with z the logit gap.
  PolicyRun run;
  run.start = test::others_equal(10, 0.1);
  run.learning_rate = 1.0;
  for (const Index iterations : {10000, 100000}) {
    run.iterations = iterations;
    run.record_every = iterations / 10000;
    const Diagnosis diagnosis = damping_of(simulate(run));
    const Finding* damping = find_finding(diagnosis, "softmax-damping");
    REQUIRE(damping != nullptr);
    CHECK(evidence(*damping, "exponent") == Approx(-1.0).margin(0.02));
    CHECK(damping->certainty == Certainty::likely);
    CHECK(damping->severity == Severity::information);
  }
  run.transform = "escort";
  run.iterations = 3000;
  run.record_every = 1;
  const Trajectory escort = simulate(run);
  CHECK(damping_of(escort).findings.empty());
  const Rate rate = excess_rate(escort, {0.0, BoundSource::optimal_value});
  CHECK(rate.verdict == RateVerdict::linear);
  // Near the optimum u = (1 - pi)/pi follows theta_b/theta_y <- (theta_b/theta_y)(1 - eta p (1 + ...)/||theta||^2): the
  // rate must be that of the last two values.
  const auto& records = escort.records;
  const double last = std::log(records[records.size() - 2].value / records.back().value);
  if (records.back().value > 1e-280) CHECK(rate.rate == Approx(last).epsilon(0.02));
}

TEST_CASE("softmax bandit: (K-1)/(K eta t); escort p > 2: t^-(p/(p-2))") {
  PolicyRun run;
  run.rewards = test::gap_rewards(4, 0.5);
  run.start = test::others_equal(4, 0.5);
  run.iterations = 40000;
  const Trajectory softmax = simulate(run);
  const Diagnosis diagnosis = damping_of(softmax);
  const Finding* damping = find_finding(diagnosis, "softmax-damping");
  REQUIRE(damping != nullptr);
  CHECK(evidence(*damping, "exponent") == Approx(-1.0).margin(0.02));
  CHECK(softmax.records.back().value == Approx(0.75 / (0.4 * 40000.0)).epsilon(0.02));

  run.transform = "escort";
  run.p = 4.0;
  const Rate rate = excess_rate(simulate(run), {0.0, BoundSource::optimal_value});
  CHECK(rate.verdict == RateVerdict::power_law);
  CHECK(rate.exponent == Approx(2.0).margin(0.05));
}

TEST_CASE("shortly after an escape the exponent is not yet final, and no unqualified verdict is given") {
  PolicyRun run;
  run.rewards = test::gap_rewards(6, 0.5);
  run.start = test::near_corner(6, 1e-3, 1e-6);
  run.iterations = 20000;  // escapes at 2500
  const Diagnosis diagnosis = damping_of(simulate(run));
  for (const Finding& finding : diagnosis.findings) CHECK(finding.certainty == Certainty::suspected);
  run.iterations = 200000;
  run.record_every = 20;
  const Diagnosis late = damping_of(simulate(run));
  REQUIRE(late.findings.size() == 1);
  CHECK(late.findings[0].certainty == Certainty::likely);
}

TEST_CASE("a training log that does not name its output layer gets a rate, not a cause") {
  // The loss falls .0115 at 1860 to .0026 at 5580: exponent log(.0115/.0026)/log 3 = 1.35.
  Trajectory log = log_of("digits-softmax-xent.csv");
  const RunRate run_rate = rate_of_run(log);
  CHECK(run_rate.quantity == "value");
  CHECK(run_rate.rate.verdict == RateVerdict::power_law);
  CHECK(run_rate.rate.exponent == Approx(1.35).margin(0.05));
  const Diagnosis anonymous = damping_of(log);
  CHECK(anonymous.findings.empty());
  REQUIRE(anonymous.limits.size() == 1);
  CHECK(anonymous.limits[0].find("does not say what made the probabilities") != std::string::npos);

  // Told that it is a softmax, the exponent still is not that of the softmax alone.
  log.policy->transform = "softmax";
  const Diagnosis named = damping_of(log);
  REQUIRE(named.findings.size() == 1);
  CHECK(named.findings[0].certainty == Certainty::suspected);
  CHECK(named.findings[0].message.find("a little faster") != std::string::npos);
}
