#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/robust_slope.hpp>

#include <algorithm>
#include <vector>

using namespace perigee;

namespace {

// Noise of standard deviation 0.03 and correlation 0.5 on curves that start at 1: on the logarithm, or added. Every
// case is asked of 60 seeds here; docs/findings/plateau.md tells the rates of 400. At the worst rates found there, 1.8%
// alarms and 98.2% hits, a case has more than 6 alarms, or fewer than 54 hits, with probability 1e-4 each.
constexpr int seeds = 60;
constexpr int most_alarms = 6;
constexpr int fewest_found = 54;

enum class Noise { relative, additive };
constexpr Noise kinds_of_noise[] = {Noise::relative, Noise::additive};

Trajectory noisy(const std::function<double(double)>& f, Index last, std::uint64_t seed, Noise noise,
                 bool bound_is_known) {
  const Trajectory exact = test::trajectory_of(f, last);
  Trajectory trajectory = noise == Noise::additive ? test::with_additive_noise(exact, seed, 0.03, 0.5)
                                                   : test::with_relative_noise(exact, seed, 0.03, 0.5);
  if (bound_is_known) trajectory.lower_bound = 0.0;
  return trajectory;
}

Trajectory prefix(const Trajectory& whole, std::size_t count) {
  Trajectory t = whole;
  t.records.resize(count);
  return t;
}

bool is_terminal_plateau(const Trajectory& trajectory) {
  const CurveReading reading = read_curve(trajectory);
  return std::any_of(reading.plateaus.begin(), reading.plateaus.end(),
                     [](const Plateau& p) { return p.is_terminal && !p.is_at_optimum; });
}

double spiked(double t) { return std::fmod(t, 37.0) < 1.0 ? 3.0 : 1.0; }

}  // namespace

TEST_CASE("asked every 40 steps while a curve falls, the test raises hardly any alarm") {
  struct Curve {
    const char* name;
    std::function<double(double)> f;
  };
  const std::vector<Curve> falling{
      {"exponential, 100", [](double t) { return std::exp(-t / 100.0); }},
      {"exponential, 200", [](double t) { return std::exp(-t / 200.0); }},
      {"t^-0.3", [](double t) { return std::pow(1.0 + t / 10.0, -0.3); }},
      {"t^-0.5", [](double t) { return std::pow(1.0 + t / 10.0, -0.5); }},
      {"t^-1", [](double t) { return 1.0 / (1.0 + t / 50.0); }},
      {"spiked exponential", [](double t) { return std::exp(-t / 200.0) * spiked(t); }},
      {"spiked t^-0.5", [](double t) { return std::pow(1.0 + t / 10.0, -0.5) * spiked(t); }},
      {"one spike", [](double t) { return std::exp(-t / 200.0) + (t > 150.0 ? std::exp((150.0 - t) / 10.0) : 0.0); }}};
  for (const Curve& curve : falling) {
    for (const Noise noise : kinds_of_noise) {
      for (const bool bound_is_known : {true, false}) {
        int alarms = 0;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
          const Trajectory trajectory = noisy(curve.f, 400, seed, noise, bound_is_known);
          bool alarm = false;
          for (std::size_t count = 60; count <= 400 && !alarm; count += 40) {
            alarm = is_terminal_plateau(prefix(trajectory, count));
          }
          alarms += alarm;
        }
        CAPTURE(curve.name, noise == Noise::additive, bound_is_known, alarms);
        CHECK(alarms <= most_alarms);
      }
    }
  }
}

TEST_CASE("a level stretch of 300 steps is found, soon") {
  // Down to `level` along a straight line for `start` steps, then level. In additive noise the deviation is 0.03/level
  // of the excess, and no test can decide before its interval, of half-width 1.64 se, fits into (-0.1, 0.1): with
  // n records of autocorrelation time 3 over log(1 + n/start), se = (0.03/level) sqrt(36/n)/log(1 + n/start), and the
  // estimate leaves room in half of the cases for (1.64 + 0.67) se = 0.1. At 6% of the level that takes 77, 115 and 147
  // steps after a descent of 50, 100 and 150; at 3%, where a stretch must also have lasted half as long as the descent,
  // 40, 58 and 75.
  struct Case {
    double start;
    double level;
    Noise noise;
    bool bound_is_known;
    double delay;  // at the median, at most; asked every 20 steps
  };
  const std::vector<Case> cases{
      {50.0, 0.5, Noise::relative, true, 80.0},    {100.0, 0.5, Noise::relative, true, 100.0},
      {150.0, 0.5, Noise::relative, true, 100.0},  {50.0, 0.5, Noise::relative, false, 100.0},
      {100.0, 0.5, Noise::relative, false, 120.0}, {50.0, 0.5, Noise::additive, true, 100.0},
      {100.0, 0.5, Noise::additive, true, 140.0},  {150.0, 0.5, Noise::additive, true, 160.0},
      {50.0, 1.0, Noise::additive, true, 100.0},   {100.0, 1.0, Noise::additive, true, 100.0},
      {150.0, 1.0, Noise::additive, true, 100.0},  {100.0, 1.0, Noise::additive, false, 140.0}};
  for (const Case& c : cases) {
    for (const bool has_spikes : {false, true}) {
      const auto f = [&](double t) {
        return (c.level + (t < c.start ? 0.5 * (1.0 - t / c.start) : 0.0)) * (has_spikes ? spiked(t) : 1.0);
      };
      int found = 0;
      std::vector<double> delays;
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Trajectory trajectory = noisy(f, static_cast<Index>(c.start) + 300, seed, c.noise, c.bound_is_known);
        found += is_terminal_plateau(trajectory);
        double delay = 301.0;  // not before its end
        for (auto count = static_cast<std::size_t>(c.start) + 20; count <= trajectory.records.size(); count += 20) {
          if (!is_terminal_plateau(prefix(trajectory, count))) continue;
          delay = static_cast<double>(count) - c.start;
          break;
        }
        delays.push_back(delay);
      }
      CAPTURE(c.start, c.level, c.noise == Noise::additive, c.bound_is_known, has_spikes, found);
      CHECK(found >= fewest_found);
      CHECK(median_of(delays) <= c.delay + (has_spikes ? 20.0 : 0.0));
    }
  }
}

TEST_CASE("the interval of a weighted slope covers the true one as often as it says") {
  // 90%, exact for independent normal errors of known relative size: 2000 seeds, standard error 0.7%.
  std::vector<double> x(12);
  std::vector<double> weights(12);
  for (std::size_t i = 0; i < 12; ++i) {
    x[i] = std::log(1.0 + static_cast<double>(i));
    weights[i] = 1.0 + static_cast<double>(i % 4);
  }
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::vector<double> y = test::autoregressive_noise(seed, 12, 0.0);
    for (std::size_t i = 0; i < 12; ++i) y[i] = y[i] / std::sqrt(weights[i]) - 0.3 * x[i];
    const SlopeInterval interval = weighted_slope(x, y, weights, 0.9);
    covered += interval.lower <= -0.3 && -0.3 <= interval.upper;
  }
  CAPTURE(covered);
  CHECK(covered >= 1760);
  CHECK(covered <= 1840);
}

TEST_CASE("the noise of the records is found beside a smooth course, and none where there is none") {
  // Mean over 50 seeds of 400 records.
  for (const double rho : {0.0, 0.5, 0.8}) {
    double deviation = 0.0;
    double correlation = 0.0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      std::vector<double> y = test::autoregressive_noise(seed, 400, rho);
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += 100.0 * std::exp(-static_cast<double>(i) / 100.0);
      const RecordNoise noise = noise_of(y);
      deviation += noise.deviation / 50.0;
      correlation += noise.correlation / 50.0;
    }
    CAPTURE(rho);
    CHECK(deviation == Approx(1.0).epsilon(0.2));
    CHECK(correlation == Approx(rho).margin(0.1));
  }
  std::vector<double> smooth(400);
  for (std::size_t i = 0; i < 400; ++i) smooth[i] = 1.0 / (1.0 + static_cast<double>(i));
  CHECK(noise_of(smooth).deviation == 0.0);
}
