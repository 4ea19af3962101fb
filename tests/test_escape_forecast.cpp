// Forecasts of the time to leave, against closed forms and against what happened.
#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <optional>

using namespace perigee;

namespace {

Trajectory recorded(const Problem& problem, const std::string& solver_name, const Parameters::Assignments& settings,
                    ConstVectorView start, Index iterations, std::uint64_t seed = 0) {
  const auto solver = solvers::make(solver_name, settings, problem);
  Recorder recorder({}, probe_of(problem));
  run(*problem.objective, *solver, start,
      {.stop = gradient_tolerance(1e-9) | max_iterations(iterations),
       .random = RandomSource(seed),
       .observers = {&recorder}});
  annotate(recorder.trajectory(), problem, *solver);
  return recorder.trajectory();
}

double number(const Finding& finding, const std::string& name) { return evidence_value(finding.evidence, name); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A saddle of a curvature and a start of our own choosing, and steps of any length.
struct SaddleCase {
  Problem problem;
  Vector start;
  Parameters::Assignments settings;
};

SaddleCase saddle_case(std::uint64_t seed) {
  RandomEngine engine = RandomSource(seed).engine("case");
  const auto uniform = [&](double low, double high) { return low + (high - low) * uniform_unit(engine); };
  const std::string offset = format_exact(std::pow(10.0, -uniform(2.0, 8.0)));
  SaddleCase chosen;
  switch (seed % 6) {
    case 0:
      chosen.problem = problems::make("capped-saddle");
      chosen.start = Vector{uniform(0.3, 1.0), *parse_number(offset)};
      break;
    case 1:
      chosen.problem = problems::make("nesterov-saddle", {{"offset", offset}});
      break;
    case 2:
      chosen.problem = problems::make("ge-saddle", {{"offset", offset}});
      break;
    case 3:
      chosen.problem = problems::make("cross-saddle", {{"offset", offset}});
      break;
    case 4:
      chosen.problem = problems::make("ill-conditioned-saddle", {{"offset", offset}, {"negative_curvature", "0.1"}});
      break;
    default:
      chosen.problem = problems::make("ill-conditioned-saddle", {{"offset", offset}, {"negative_curvature", "0.5"}});
      break;
  }
  if (chosen.start.empty()) chosen.start = start_of(chosen.problem, "near-saddle");
  const double step = uniform(0.2, 1.0) * chosen.problem.suggested_step.value_or(0.05);
  chosen.settings = {{"learning_rate", format_exact(step)}};
  return chosen;
}

struct Coverage {
  int forecasts = 0;
  int covered = 0;
  double largest_error = 0.0;  // |log ratio|
};

}  // namespace

TEST_CASE("the forecast at a saddle is that of the linear model") {
  // r = |v'g|/|lambda| = 1e-4, R = sqrt(2 D/|lambda|) = 0.1: ln 1000/ln 1.2 = 37.888 iterations.
  const SaddleState saddle{
      .curvature = -2.0, .slope = 2e-4, .greatest_slope = 2e-4, .step_size = 0.1, .departure = 0.01};
  const EscapeForecast forecast = forecast_saddle(saddle);
  CHECK(forecast.remaining == Approx(37.8878).epsilon(1e-5));
  CHECK(forecast.lower == Approx(std::log(500.0) / std::log(1.21) - 1.0).epsilon(1e-9));
  CHECK(forecast.upper == Approx(std::log(2000.0) / std::log(1.19) + 1.0).epsilon(1e-9));
  SaddleState on_manifold = saddle;
  on_manifold.slope = on_manifold.greatest_slope = 0.0;
  CHECK(std::isinf(forecast_saddle(on_manifold).remaining));
  CHECK(std::isinf(forecast_saddle(on_manifold).lower));
  SaddleState outside = saddle;
  outside.slope = outside.greatest_slope = 1.0;
  CHECK(forecast_saddle(outside).remaining == 0.0);
  // Several directions down: the component along one of them bounds the time from above only.
  SaddleState several = saddle;
  several.greatest_slope = 2e-2;
  CHECK(forecast_saddle(several).lower < forecast.lower);
  CHECK(forecast_saddle(several).upper == forecast.upper);
}

TEST_CASE("the forecast from growth alone agrees with that from the curvature behind it") {
  std::vector<double> time;
  std::vector<double> log_norm;
  for (int k = 0; k < 40; ++k) {
    time.push_back(k);
    log_norm.push_back(std::log(2e-6) + k * std::log(1.2));  // lambda = -2, eta = 0.1
  }
  const EscapeForecast forecast = forecast_growth(time, log_norm, 0.1, 0.01);
  // From r = 1e-6 1.2^39 to R = 0.1.
  CHECK(forecast.remaining == Approx(std::log(0.1 / 1e-6) / std::log(1.2) - 39.0).epsilon(1e-6));
  CHECK(forecast.lower < forecast.remaining);
  CHECK(forecast.upper > forecast.remaining);
  for (double& z : log_norm) z = 1.0;
  CHECK(std::isnan(forecast_growth(time, log_norm, 0.1, 0.01).remaining));
  CHECK(std::isnan(forecast_growth(std::span(time).first(5), std::span(log_norm).first(5), 0.1, 0.01).remaining));
}

TEST_CASE("the forecast in a well follows the flow, and the speed at which the run really moves") {
  // Two arms of gap 0.5 at pi = 0.01: 1/pi falls by 2 eta gap an iteration, here 0.4.
  const std::vector<double> rewards{0.75, 0.25};
  const auto well = [&](double speed, double roughness) {
    std::vector<double> time;
    std::vector<std::vector<double>> policies;
    for (int k = 0; k <= 80; ++k) {
      const double inverse = 100.0 - speed * 0.4 * k + (k % 20 == 10 ? roughness : 0.0);
      time.push_back(k);
      policies.push_back({1.0 / inverse, 1.0 - 1.0 / inverse});
    }
    return forecast_well(time, policies, rewards, 0.4, 0.45);
  };
  const EscapeForecast at_speed = well(1.0, 0.0);
  // From 1/pi = 68 to pi = 0.1; the flow slows down by the factor 1 - pi, less than 10% all in all.
  CHECK(at_speed.remaining > (68.0 - 10.0) / 0.4);
  CHECK(at_speed.remaining < 1.1 * (68.0 - 10.0) / 0.4);
  CHECK(at_speed.upper - at_speed.lower < 0.1 * at_speed.remaining);
  // At half the speed it takes twice as long, whatever the learning rate says: 1/pi is at 84 then.
  CHECK(well(0.5, 0.0).remaining == Approx(2.0 * (84.0 - 10.0) / (68.0 - 10.0) * at_speed.remaining).epsilon(0.05));
  const EscapeForecast rough = well(1.0, 1.0);
  // q_j alternates by 1/4 around 1, so that s = 0.267: an interval several times as wide.
  CHECK(rough.upper - rough.lower > 2.0 * (at_speed.upper - at_speed.lower));
}

TEST_CASE("the interval covers the exit of nine runs in ten: saddles of several curvatures, steps and starts") {
  // The forecast of a run that left is made from what was known half-way. 240 seeded runs; if the coverage were 90%,
  // fewer than 85% would be covered with probability P(Binomial(240, 0.9) < 204) = 0.5%.
  Coverage coverage;
  for (std::uint64_t seed = 0; seed < 240; ++seed) {
    const SaddleCase chosen = saddle_case(seed);
    const Trajectory trajectory =
        recorded(chosen.problem, "gradient-descent", chosen.settings, chosen.start.view(), 20000);
    const Diagnosis diagnosis = diagnose(trajectory, chosen.problem.objective.get());
    const Finding* passage = find_finding(diagnosis, "saddle-passage");
    if (passage == nullptr || std::isnan(number(*passage, "forecast_exit"))) continue;
    ++coverage.forecasts;
    const double exit = number(*passage, "actual_exit");
    coverage.covered +=
        number(*passage, "forecast_exit_lower") <= exit && exit <= number(*passage, "forecast_exit_upper") ? 1 : 0;
    coverage.largest_error = std::max(coverage.largest_error, std::abs(std::log(number(*passage, "forecast_ratio"))));
    CHECK(contains(passage->message, "half-way, the exit would have been forecast"));
  }
  INFO(coverage.covered << " of " << coverage.forecasts << ", largest error " << coverage.largest_error);
  CHECK(coverage.forecasts >= 200);
  CHECK(coverage.covered >= 0.85 * coverage.forecasts);
}

TEST_CASE("the interval covers the exit of nine runs in ten: wells of several gaps, depths and numbers of arms") {
  // As above. A third of the runs sees gradients with noise.
  Coverage coverage;
  Coverage noisy;
  for (std::uint64_t seed = 0; seed < 240; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("case");
    const auto uniform = [&](double low, double high) { return low + (high - low) * uniform_unit(engine); };
    const Problem problem =
        problems::make("softmax-bandit", {{"arms", std::to_string(2 + seed % 5)},
                                          {"reward_gap", format_exact(uniform(0.2, 0.7))},
                                          {"initial_probability", format_exact(std::pow(10.0, -uniform(2.0, 3.0)))},
                                          {"remainder", format_exact(uniform(1e-4, 0.02))}});
    const bool has_noise = seed % 3 == 0;
    const Trajectory trajectory =
        has_noise ? recorded(problem, "stochastic-gradient-descent",
                             {{"learning_rate", "0.4"}, {"noise_scale", format_exact(uniform(0.0005, 0.004))}},
                             problem.starts[0].x.view(), 20000, seed)
                  : recorded(problem, "gradient-descent", {{"learning_rate", format_exact(uniform(0.2, 1.0))}},
                             problem.starts[0].x.view(), 20000);
    const Diagnosis diagnosis = diagnose(trajectory, problem.objective.get());
    const Finding* well = find_finding(diagnosis, "gravity-well");
    if (well == nullptr || std::isnan(number(*well, "forecast_exit"))) continue;
    Coverage& counted = has_noise ? noisy : coverage;
    ++counted.forecasts;
    const double exit = number(*well, "actual_exit");
    counted.covered +=
        number(*well, "forecast_exit_lower") <= exit && exit <= number(*well, "forecast_exit_upper") ? 1 : 0;
    counted.largest_error = std::max(counted.largest_error, std::abs(std::log(number(*well, "forecast_ratio"))));
  }
  INFO("exact " << coverage.covered << " of " << coverage.forecasts << ", largest error " << coverage.largest_error);
  INFO("noisy " << noisy.covered << " of " << noisy.forecasts << ", largest error " << noisy.largest_error);
  CHECK(coverage.forecasts + noisy.forecasts >= 200);
  CHECK(coverage.covered + noisy.covered >= 0.85 * (coverage.forecasts + noisy.forecasts));
}

TEST_CASE("a run cut off at a saddle is told when it would have left, and the same run going on does") {
  int told = 0;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const SaddleCase chosen = saddle_case(seed);
    const Trajectory whole = recorded(chosen.problem, "gradient-descent", chosen.settings, chosen.start.view(), 20000);
    const Finding* passage = nullptr;
    const Diagnosis diagnosis = diagnose(whole, chosen.problem.objective.get());
    passage = find_finding(diagnosis, "saddle-passage");
    if (passage == nullptr) continue;
    const Index cut = passage->first + 2 * (passage->last - passage->first) / 3;
    const Trajectory part = recorded(chosen.problem, "gradient-descent", chosen.settings, chosen.start.view(), cut);
    const Diagnosis of_part = diagnose(part, chosen.problem.objective.get());
    for (const Finding& finding : of_part.findings) {
      const double lower = number(finding, "remaining_lower");
      if (std::isnan(lower)) continue;
      ++told;
      // Left where the value is below that of the end by a hundredth of what is left.
      const double level = part.records.back().value;
      std::size_t exit = static_cast<std::size_t>(cut);
      while (exit + 1 < whole.records.size() && !(whole.records[exit].value < level - 0.01 * value_left(part, level))) {
        ++exit;
      }
      const double actual = static_cast<double>(whole.records[exit].iteration - cut);
      INFO(chosen.problem.name << " " << finding.id << " " << lower << " " << number(finding, "remaining_forecast")
                               << " " << number(finding, "remaining_upper") << " " << actual);
      covered += lower <= actual && actual <= number(finding, "remaining_upper") ? 1 : 0;
      CHECK((finding.id == "strict-saddle" || finding.id == "plateau"));
      CHECK(contains(finding.message, "Forecast: left after another"));
    }
  }
  CHECK(told >= 20);
  CHECK(covered >= 0.85 * told);
}

TEST_CASE("on the stable manifold the forecast is never, and a run inside a well is told how long") {
  const Problem saddle = problems::make("capped-saddle");
  const Trajectory stuck = recorded(saddle, "gradient-descent", {}, start_of(saddle, "stable-manifold").view(), 1000);
  const Diagnosis at_saddle = diagnose(stuck, saddle.objective.get());
  const Finding* finding = find_finding(at_saddle, "strict-saddle");
  REQUIRE(finding != nullptr);
  CHECK(std::isinf(number(*finding, "remaining_forecast")));
  CHECK(contains(finding->message, "It would not have left by itself: the gradient has no component"));

  const Problem bandit = problems::make("softmax-bandit");
  const Trajectory inside = recorded(bandit, "gradient-descent", {}, bandit.starts[0].x.view(), 1000);
  const Finding* well = nullptr;
  const Diagnosis in_well = diagnose(inside, bandit.objective.get());
  well = find_finding(in_well, "gravity-well");
  REQUIRE(well != nullptr);
  // The same run takes 2506 iterations (test_gravity_well.cpp).
  CHECK(number(*well, "remaining_lower") <= 1506.0);
  CHECK(number(*well, "remaining_upper") >= 1506.0);
  CHECK(number(*well, "remaining_upper") < 1.1 * 1506.0);
}
