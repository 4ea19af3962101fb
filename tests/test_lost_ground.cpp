#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/lost_ground.hpp>
#include <perigee/lib/random.hpp>

#include <cmath>
#include <functional>
#include <numbers>

using namespace perigee;

namespace {

// f(t), t in [0, 1], at 2001 iterations, with noise of an AR(1) process: standard deviation `noise`, correlation 0.5.
Trajectory run_of(const std::function<double(double)>& f, double noise, std::uint64_t seed) {
  Vector numbers(2001);
  RandomEngine engine = RandomSource(seed).engine("lost ground");
  fill_standard_normal(engine, numbers.view());
  double state = numbers[0];
  return test::trajectory_of(
      [&](double t) {
        const auto k = static_cast<Index>(t);
        if (k > 0) state = 0.5 * state + std::sqrt(0.75) * numbers[k];
        return f(t / 2000.0) + noise * state;
      },
      2000);
}

double descent(double t) { return 2.0 + 7.0 / (1.0 + 50.0 * t); }

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a loss that blew up and stays there lost what it had, and that is a problem") {
  // Down to 2.23 at 60% of the run, 7 from there on.
  const Trajectory run = run_of([](double t) { return t < 0.6 ? descent(t) : 7.0; }, 0.05, 1);
  const std::optional<LostGround> lost = find_lost_ground(value_series(run));
  REQUIRE(lost.has_value());
  CHECK(lost->best == Approx(descent(0.59)).epsilon(0.02));
  CHECK(lost->end == Approx(7.0).epsilon(0.01));
  CHECK(std::abs(lost->rise - 1200) <= 50);  // a block
  CHECK(lost->best_iteration < 1200);
  const Diagnosis diagnosis = diagnose(run);
  CAPTURE(diagnosis.summary);
  const Finding* plateau = find_finding(diagnosis, "plateau");
  REQUIRE(plateau != nullptr);
  CHECK(plateau->severity == Severity::problem);
  CHECK(says(diagnosis.summary, "The run lost what it had gained"));
}

TEST_CASE("a reward that collapses is told, without a level at the end either") {
  const auto collapse = [](double t) {
    return t < 0.7 ? -200.0 / (1.0 + std::exp(-(t - 0.3) / 0.06)) : -200.0 * std::exp(-(t - 0.7) / 0.1);
  };
  const Diagnosis diagnosis = diagnose(run_of(collapse, 10.0, 2));
  CAPTURE(diagnosis.summary);
  CHECK(says(diagnosis.summary, "lost"));
  CHECK(says(diagnosis.summary, "Go back to the parameters of about iteration"));
  CHECK_FALSE(says(diagnosis.summary, "No problem"));
}

TEST_CASE("noise, spikes, ripples and early dips are no loss of ground") {
  // Six standard errors: by chance in fewer than one of 1e6 comparisons of medians, 40 a run.
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    CHECK_FALSE(find_lost_ground(value_series(run_of(descent, 0.3, seed))).has_value());
    CHECK_FALSE(find_lost_ground(value_series(run_of([](double) { return 1.0; }, 0.3, seed))).has_value());
  }
  const auto is_lost = [](const std::function<double(double)>& f) {
    return find_lost_ground(value_series(run_of(f, 0.0, 1))).has_value();
  };
  CHECK_FALSE(is_lost([](double t) { return descent(t) + (t > 0.5 && t < 0.52 ? 20.0 : 0.0); }));
  CHECK_FALSE(is_lost([](double t) { return descent(t) + 0.1 * std::sin(9.0 * t); }));
  // A damped oscillation that settles above its first dips, each held for 1/32 of the run.
  const auto settling = [](double t) {
    return 1.0 - std::exp(-20.0 * t) * std::sin(2.0 * std::numbers::pi * 16.0 * t);
  };
  CHECK_FALSE(is_lost(settling));
  CHECK_FALSE(find_lost_ground(value_series(test::trajectory_of([](double t) { return t < 10.0 ? 1.0 : 5.0; }, 18)))
                  .has_value());  // fewer than 20 values
}

TEST_CASE("a value that rises from the beginning is told to, and had nothing to lose") {
  const Trajectory run = run_of([](double t) { return 1.0 + t * t; }, 0.01, 1);
  const std::optional<LostGround> lost = find_lost_ground(value_series(run));
  REQUIRE(lost.has_value());
  CHECK_FALSE(lost->had_gained());
  const Diagnosis diagnosis = diagnose(run);
  CAPTURE(diagnosis.summary);
  CHECK(diagnosis.summary.find("The value rose: from about 1") == 0);
}
