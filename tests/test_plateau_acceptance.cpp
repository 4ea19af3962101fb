#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/plateau.hpp>

#include <algorithm>
#include <vector>

using namespace perigee;

namespace {

constexpr double noise_size = 0.03;
constexpr double noise_correlation = 0.5;

Trajectory noisy(const std::function<double(double)>& f, Index last, std::uint64_t seed) {
  return test::with_relative_noise(test::trajectory_of(f, last), seed, noise_size, noise_correlation);
}

Trajectory prefix(const Trajectory& whole, std::size_t count) {
  Trajectory t = whole;
  t.records.resize(count);
  return t;
}

bool is_terminal_plateau(const Trajectory& trajectory) {
  const CurveReading reading = read_curve(trajectory);
  return std::any_of(reading.plateaus.begin(), reading.plateaus.end(), [](const Plateau& p) { return p.is_terminal; });
}

}  // namespace

TEST_CASE("asked again and again while a curve falls, the test raises no alarm in 95% of 100 seeds each") {
  struct Curve {
    const char* name;
    std::function<double(double)> f;
  };
  const auto spiked = [](double t) { return std::fmod(t, 37.0) < 1.0 ? 3.0 : 1.0; };
  const std::vector<Curve> falling{
      {"exponential, 100", [](double t) { return std::exp(-t / 100.0); }},
      {"exponential, 200", [](double t) { return std::exp(-t / 200.0); }},
      {"t^-0.3", [](double t) { return std::pow(1.0 + t / 10.0, -0.3); }},
      {"t^-0.5", [](double t) { return std::pow(1.0 + t / 10.0, -0.5); }},
      {"t^-1", [](double t) { return 1.0 / (1.0 + t / 50.0); }},
      {"spiked exponential", [&](double t) { return std::exp(-t / 200.0) * spiked(t); }},
      {"spiked t^-0.5", [&](double t) { return std::pow(1.0 + t / 10.0, -0.5) * spiked(t); }},
      {"one spike", [](double t) { return std::exp(-t / 200.0) + (t > 150.0 ? std::exp((150.0 - t) / 10.0) : 0.0); }}};
  for (const Curve& curve : falling) {
    for (const bool bound_is_known : {true, false}) {
      int alarms = 0;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Trajectory trajectory = noisy(curve.f, 400, seed);
        if (bound_is_known) trajectory.lower_bound = 0.0;
        bool alarm = false;
        for (std::size_t count = 60; count <= 400 && !alarm; count += 40) {
          alarm = is_terminal_plateau(prefix(trajectory, count));
        }
        alarms += alarm;
      }
      CAPTURE(curve.name, bound_is_known, alarms);
      CHECK(alarms <= 5);
    }
  }
}

TEST_CASE("a level stretch of 300 steps is found in 95% of 100 seeds, at the median within 100 steps") {
  // 1 down to 1/2 along a straight line for `start` steps, then level.
  for (const double start : {50.0, 100.0, 150.0}) {
    int found = 0;
    std::vector<double> delays;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Trajectory trajectory = noisy([&](double t) { return t < start ? 1.0 - 0.5 * t / start : 0.5; },
                                    static_cast<Index>(start) + 300, seed);
      trajectory.lower_bound = 0.0;
      found += is_terminal_plateau(trajectory);
      double delay = 301.0;  // not before its end
      for (auto count = static_cast<std::size_t>(start) + 20; count <= trajectory.records.size(); count += 20) {
        if (!is_terminal_plateau(prefix(trajectory, count))) continue;
        delay = static_cast<double>(count) - start;
        break;
      }
      delays.push_back(delay);
    }
    CAPTURE(start, found);
    CHECK(found >= 95);
    CHECK(median_of(delays) <= 100.0);
  }
}
