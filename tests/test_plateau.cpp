#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>

using namespace perigee;
using test::autoregressive_noise;
using test::trajectory_of;
using test::with_relative_noise;

namespace {

Diagnosis plateaus_of(const Trajectory& trajectory) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_plateau({trajectory, nullptr, options}, diagnosis);
  return diagnosis;
}

std::vector<double> integers(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i);
  return x;
}

}  // namespace

TEST_CASE("the Theil-Sen slope is exact while fewer than 29% of the points are outliers") {
  // Breakdown point 1 - 1/sqrt(2) (Sen 1968).
  const std::vector<double> x = integers(25);
  std::vector<double> y(25);
  for (std::size_t i = 0; i < 25; ++i) y[i] = 3.0 - 0.25 * x[i];
  for (const std::size_t i : {2U, 9U, 10U, 17U, 23U}) y[i] += 1000.0;
  CHECK(theil_sen(x, y).slope == Approx(-0.25).epsilon(1e-13));
}

TEST_CASE("Sen's interval covers the true slope about as often as it says") {
  // 95% nominal; 1000 seeds, standard error 0.7%. A correlation of 0.2 is what blocks of two autocorrelation times have
  // left; the interval then covers about 92% (at 0.5, 81%).
  const std::vector<double> x = integers(24);
  for (const auto& [rho, least] : {std::pair{0.0, 0.93}, std::pair{0.2, 0.89}}) {
    int covered = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      std::vector<double> y = autoregressive_noise(seed, 24, rho);
      for (std::size_t i = 0; i < 24; ++i) y[i] += 0.1 * x[i];
      const SlopeInterval interval = theil_sen(x, y);
      covered += interval.lower <= 0.1 && 0.1 <= interval.upper;
    }
    CAPTURE(rho, covered);
    CHECK(covered >= 1000 * least);
  }
}

TEST_CASE("the Mann-Kendall statistic of a monotone series is the closed form, and rarely large without a trend") {
  // S = 45, V = 10 * 9 * 25/18 = 125.
  CHECK(mann_kendall(integers(10)) == Approx(45.0 / std::sqrt(125.0)).epsilon(1e-12));
  int alarms = 0;  // nominal 5%; 1000 seeds, standard error 0.7%
  for (std::uint64_t seed = 0; seed < 1000; ++seed) alarms += mann_kendall(autoregressive_noise(seed, 40, 0.0)) > 1.645;
  CHECK(alarms <= 70);
  CHECK(alarms >= 20);
}

TEST_CASE("the autocorrelation time of an AR(1) series is (1 + rho)/(1 - rho)") {
  for (const double rho : {0.0, 0.5, 0.8}) {
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) sum += autocorrelation_time(autoregressive_noise(seed, 4000, rho));
    CAPTURE(rho);
    CHECK(sum / 50.0 == Approx((1.0 + rho) / (1.0 - rho)).epsilon(0.15));
  }
}

TEST_CASE("an exact power law is recognized by its exponent, on either side of the threshold") {
  std::vector<double> u(200);
  std::vector<double> z(200);
  for (const double p : {0.0, 0.05, 0.15, 1.0, -0.3}) {
    for (std::size_t i = 0; i < 200; ++i) {
      u[i] = std::log(1.0 + static_cast<double>(i));
      z[i] = 2.0 - p * u[i];
    }
    const TrendTest test = test_trend(u, z);
    CAPTURE(p);
    CHECK(test.exponent == Approx(p).margin(1e-12));
    CHECK(test.trend == (p > 0.1 ? Trend::descent : p < -0.1 ? Trend::ascent : Trend::plateau));
  }
}

TEST_CASE("exact exponentials and power laws are no plateau wherever they are cut off") {
  // None of these curves stands still; the bound is known.
  for (const double length : {20.0, 50.0, 137.0, 400.0, 2000.0, 20000.0}) {
    for (const double timescale : {1.0, 10.0, 100.0, 1000.0}) {
      if (length < timescale) continue;  // the first 5% of the excess is all that would be seen, or nearly
      const auto last = static_cast<Index>(length);
      Trajectory exponential = trajectory_of([&](double t) { return std::exp(-t / timescale); }, last);
      exponential.lower_bound = 0.0;
      CAPTURE(length, timescale);
      CHECK(plateaus_of(exponential).findings.empty());
      for (const double p : {0.3, 0.5, 1.0, 2.0}) {
        Trajectory power = trajectory_of([&](double t) { return std::pow(1.0 + t / timescale, -p); }, last);
        power.lower_bound = 0.0;
        CAPTURE(p);
        CHECK(plateaus_of(power).findings.empty());
      }
    }
  }
}

TEST_CASE("noisy curves that progress raise a false alarm in less than 3% of 100 seeds each") {
  struct Case {
    const char* name;
    std::function<double(double)> f;
  };
  const std::vector<Case> cases{
      {"exponential", [](double t) { return std::exp(-t / 100.0) + 0.01 * std::exp(-t / 400.0); }},
      {"t^-0.5", [](double t) { return std::pow(1.0 + t, -0.5); }},
      {"t^-1", [](double t) { return 1.0 / (1.0 + t / 10.0); }},
      {"t^-0.3", [](double t) { return std::pow(1.0 + t / 5.0, -0.3); }}};
  for (const Case& c : cases) {
    for (const double rho : {0.0, 0.9}) {
      int alarms = 0;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Trajectory trajectory = with_relative_noise(trajectory_of(c.f, 1000), seed, 0.1, rho);
        trajectory.lower_bound = 0.0;
        alarms += !plateaus_of(trajectory).findings.empty();
      }
      CAPTURE(c.name, rho, alarms);
      CHECK(alarms <= 2);
    }
  }
}

TEST_CASE("a plateau in noise is found, with its ends, and that it was left") {
  // Falls to 0.5 by iteration 20, stays until 600, then falls with time constant 20.
  const auto f = [](double t) {
    return 0.5 + 0.5 * std::exp(-t / 4.0) - (t > 600.0 ? 0.499 * (1.0 - std::exp((600.0 - t) / 20.0)) : 0.0);
  };
  for (const double rho : {0.0, 0.8}) {
    int found = 0;
    int placed = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Trajectory trajectory = with_relative_noise(trajectory_of(f, 1000), seed, 0.05, rho);
      trajectory.lower_bound = 0.0;
      const Diagnosis diagnosis = plateaus_of(trajectory);
      for (const Finding& finding : diagnosis.findings) {
        if (finding.first > 150 || finding.last < 450) continue;
        ++found;
        placed += std::abs(static_cast<double>(finding.last) - 600.0) < 60.0;
        CHECK(finding.certainty == Certainty::likely);
        CHECK(finding.severity == Severity::warning);
      }
    }
    CAPTURE(rho, found, placed);
    CHECK(found >= 95);
    CHECK(placed >= 90);
  }
}

TEST_CASE("a deep logistic passage is a plateau, a shallow one is not") {
  // f = 1/(1 + c e^(k t)): without noise; flat for log(1/(20 c))/k, left within 1.6/k.
  const auto logistic = [](double c) {
    Trajectory trajectory = trajectory_of([=](double t) { return 1.0 / (1.0 + c * std::exp(0.1 * t)); }, 600);
    trajectory.lower_bound = 0.0;
    return plateaus_of(trajectory);
  };
  CHECK(logistic(1e-2).findings.empty());
  const Diagnosis deep = logistic(1e-12);
  REQUIRE(deep.findings.size() == 1);
  CHECK(deep.findings[0].first == 0);
  CHECK(static_cast<double>(deep.findings[0].last) == Approx(10.0 * std::log(0.05e12)).epsilon(0.05));
}

TEST_CASE("a flat end is judged by what is known of the optimum") {
  // 0.3 + e^(-t/10): at its limit from about 100 on.
  const auto f = [](double t) { return 0.3 + std::exp(-t / 10.0); };
  SECTION("known and far below: a problem") {
    Trajectory trajectory = trajectory_of(f, 1000);
    trajectory.optimal_value = 0.0;
    const Diagnosis diagnosis = plateaus_of(trajectory);
    REQUIRE(diagnosis.findings.size() == 1);
    CHECK(diagnosis.findings[0].severity == Severity::problem);
    CHECK(diagnosis.findings[0].certainty == Certainty::likely);
    CHECK(diagnosis.findings[0].last == 1000);
  }
  SECTION("known and reached: convergence, no plateau") {
    Trajectory trajectory = trajectory_of(f, 1000);
    trajectory.optimal_value = 0.3;
    const Diagnosis diagnosis = plateaus_of(trajectory);
    CHECK(diagnosis.findings.empty());
    REQUIRE(!diagnosis.phases.empty());
    CHECK(diagnosis.phases.back().kind == "at-optimum");
  }
  SECTION("known and reached as far as the log's four decimals show") {
    Trajectory trajectory = trajectory_of(f, 1000);
    trajectory.optimal_value = 0.30004;
    for (StepRecord& record : trajectory.records) record.value = std::round(1e4 * (record.value + 4e-5)) / 1e4;
    CHECK(plateaus_of(trajectory).findings.empty());
    trajectory.optimal_value = 0.2998;  // two units below
    CHECK_FALSE(plateaus_of(trajectory).findings.empty());
  }
  SECTION("unknown: suspected, and the limits say what to record") {
    const Diagnosis diagnosis = plateaus_of(trajectory_of(f, 1000));
    REQUIRE(diagnosis.findings.size() == 1);
    CHECK(diagnosis.findings[0].certainty == Certainty::suspected);
    REQUIRE(diagnosis.limits.size() == 1);
    CHECK(diagnosis.limits[0].find("record gradient norms") != std::string::npos);
  }
  SECTION("unknown, but the gradient keeps falling linearly: convergence") {
    Trajectory trajectory = trajectory_of(f, 200);
    for (StepRecord& record : trajectory.records) {
      record.gradient_norm = std::exp(-static_cast<double>(record.iteration) / 10.0);
    }
    CHECK(plateaus_of(trajectory).findings.empty());
  }
  SECTION("a run that did nothing at all: suspected") {
    Trajectory trajectory = trajectory_of([](double) { return 0.7; }, 100);
    const Diagnosis diagnosis = plateaus_of(trajectory);
    REQUIRE(diagnosis.findings.size() == 1);
    CHECK(diagnosis.findings[0].certainty == Certainty::suspected);
  }
}

TEST_CASE("noise too large for a verdict gives none") {
  // 60 records, 60% noise of correlation time 19: at most three independent pieces.
  int verdicts = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Trajectory trajectory = with_relative_noise(trajectory_of([](double) { return 1.0; }, 60), seed, 0.6, 0.9);
    trajectory.lower_bound = 0.0;
    verdicts += !plateaus_of(trajectory).findings.empty();
  }
  CHECK(verdicts <= 5);
}

TEST_CASE("spikes neither make nor hide a plateau") {
  const auto spiked = [](double t) { return std::fmod(t, 97.0) < 1.0 ? 20.0 : 1.0; };
  Trajectory falling = trajectory_of([&](double t) { return spiked(t) / (1.0 + t / 10.0); }, 2000);
  falling.lower_bound = 0.0;
  CHECK(plateaus_of(falling).findings.empty());
  Trajectory flat = trajectory_of([&](double t) { return spiked(t) * (0.5 + std::exp(-t / 5.0)); }, 2000);
  flat.lower_bound = 0.0;
  const Diagnosis diagnosis = plateaus_of(flat);
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].last == 2000);
}

TEST_CASE("minibatch values that pass the optimum are not measured from it") {
  Trajectory trajectory = trajectory_of([](double t) { return std::exp(-t / 20.0) + 0.1 * std::sin(t); }, 400);
  trajectory.optimal_value = 0.0;
  CHECK(value_bound(trajectory, value_series(trajectory)).is_known());
  for (StepRecord& record : trajectory.records) record.batch_size = 4;
  CHECK_FALSE(value_bound(trajectory, value_series(trajectory)).is_known());
  for (StepRecord& record : trajectory.records) record.value += 0.2;
  CHECK(value_bound(trajectory, value_series(trajectory)).is_known());
}

TEST_CASE("a level that is left by a rise held up nothing: the beginning of a divergence is no plateau") {
  const Trajectory trajectory = trajectory_of([](double t) { return 1.0 + std::exp(0.5 * (t - 40.0)); }, 100);
  CHECK(plateaus_of(trajectory).findings.empty());
  // The same curve from above: held up, then left by a fall.
  Trajectory mirrored = trajectory_of([](double t) { return 1.0 / (1.0 + std::exp(0.5 * (t - 40.0))); }, 100);
  mirrored.lower_bound = 0.0;
  CHECK_FALSE(plateaus_of(mirrored).findings.empty());
}

TEST_CASE("a log that starts again, or holds almost nothing, is read without complaint") {
  Trajectory trajectory = trajectory_of([](double t) { return 1.0 / (1.0 + t); }, 100);
  const std::vector<StepRecord> once = trajectory.records;
  trajectory.records.insert(trajectory.records.end(), once.begin(), once.end());
  CHECK(value_series(trajectory).size() == once.size());
  for (const Index last : {0, 1, 2, 5, 11, 12, 13}) {
    CAPTURE(last);
    Trajectory few = trajectory_of([](double t) { return std::exp(-t); }, last);
    few.lower_bound = 0.0;
    CHECK(plateaus_of(few).findings.empty());
  }
}

TEST_CASE("a loss that still falls by orders of magnitude does not stand still because its range is large") {
  // Nothing but values, and no bound known: extrapolated, it lies a tenth of the range below, where all of these are
  // flat. What is positive and falls above 0 falls.
  for (const auto& loss : {std::function<double(double)>([](double t) { return std::exp(-t / 200.0); }),
                           std::function<double(double)>([](double t) { return std::pow(1.0 + t / 10.0, -2.0); })}) {
    const Trajectory trajectory = test::trajectory_of(loss, 5000);
    CHECK(find_finding(diagnose(trajectory), "plateau") == nullptr);
    CHECK(diagnose(trajectory).phases.back().kind == "descent");
    // The control: the same upon a floor of a thousandth.
    const Trajectory level = test::trajectory_of([&](double t) { return 1e-3 + loss(t); }, 5000);
    const Diagnosis of_level = diagnose(level);
    const Finding* plateau = find_finding(of_level, "plateau");
    REQUIRE(plateau != nullptr);
    CHECK(plateau->last == 5000);
  }
}

TEST_CASE("a level that a drop of the learning rate ends is not to be shortened by a longer step") {
  // 1/2 above the optimum at a rate of 0.1, as a noise floor would be, and a fifth of it from 3000 on at 0.01.
  const auto value = [](double t) {
    return t < 3000.0 ? 0.5 + 2.0 * std::exp(-t / 200.0) : 0.1 + 0.4 * std::exp(-(t - 3000.0) / 100.0);
  };
  const auto run_with = [&](const std::function<double(double)>& step_size) {
    Trajectory trajectory = trajectory_of(value, 6000);
    trajectory.lower_bound = 0.0;
    for (StepRecord& record : trajectory.records) record.step_size = step_size(static_cast<double>(record.iteration));
    return diagnose(trajectory);
  };
  const auto left_plateau = [](const Diagnosis& diagnosis) {
    for (const Finding& finding : diagnosis.findings) {
      if (finding.id == "plateau" && finding.last < 3500) return finding;
    }
    return Finding{};
  };
  const Finding dropped = left_plateau(run_with([](double t) { return t < 3000.0 ? 0.1 : 0.01; }));
  CHECK(evidence_value(dropped.evidence, "step_size_within") == 0.1);
  CHECK(evidence_value(dropped.evidence, "step_size_after") == 0.01);
  CHECK(dropped.recommendation.find("Lower the step size sooner") == 0);
  // Steps of one size, steps that grow, and steps of a line search, of many sizes, say nothing of the kind.
  for (const auto& step_size : {std::function<double(double)>([](double) { return 0.1; }),
                                std::function<double(double)>([](double t) { return t < 3000.0 ? 0.1 : 0.2; }),
                                std::function<double(double)>(
                                    [](double t) { return (t < 3000.0 ? 0.1 : 0.01) * (1.0 + 0.5 * std::sin(t)); })}) {
    const Finding other = left_plateau(run_with(step_size));
    CHECK(other.id == "plateau");
    CHECK(std::isnan(evidence_value(other.evidence, "step_size_after")));
    CHECK(other.recommendation.find("Try a longer step") == 0);
  }
}
