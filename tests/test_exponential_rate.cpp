// Rates from censored times, their intervals, the test for a constant rate, the cost of restarts.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/expected_running_time.hpp>
#include <perigee/diagnostics/compare/statistics/exponential_rate.hpp>
#include <perigee/diagnostics/compare/statistics/restart_cost.hpp>

#include <cmath>

using namespace perigee;
using namespace perigee::statistics;

namespace {

double exponential(RandomEngine& engine, double mean) { return -mean * std::log1p(-uniform_unit(engine)); }

// P(N <= count), N ~ Poisson(mean).
double poisson_probability(Index count, double mean) {
  double term = std::exp(-mean);
  double sum = term;
  for (Index k = 1; k <= count; ++k) sum += term *= mean / static_cast<double>(k);
  return sum;
}

struct Sample {
  std::vector<CensoredTime> times;
  std::vector<double> limits;
  void add(double time, double limit) {
    times.push_back(time <= limit ? CensoredTime{time, Outcome::event} : CensoredTime{limit, Outcome::censored});
    limits.push_back(limit);
  }
};

// Exponential times of the given mean, each watched for another while.
Sample exponential_sample(RandomEngine& engine, int count, double mean) {
  Sample sample;
  for (int i = 0; i < count; ++i) {
    const double time = exponential(engine, mean);
    sample.add(time, mean * (0.3 + 2.0 * uniform_unit(engine)));
  }
  return sample;
}

}  // namespace

TEST_CASE("chi-squared quantiles are those of the tables") {
  // Abramowitz and Stegun (1964), table 26.8, and the closed form for two degrees of freedom.
  CHECK(chi_squared_quantile(0.95, 1) == Approx(3.84146).epsilon(2e-6));
  CHECK(chi_squared_quantile(0.025, 10) == Approx(3.24697).epsilon(2e-6));
  CHECK(chi_squared_quantile(0.975, 10) == Approx(20.4832).epsilon(3e-6));
  CHECK(chi_squared_quantile(0.99, 30) == Approx(50.8922).epsilon(2e-6));
  for (const double p : {1e-6, 0.5, 0.999}) {
    CHECK(chi_squared_quantile(p, 2) == Approx(-2.0 * std::log1p(-p)).epsilon(1e-12));
  }
  CHECK(chi_squared_quantile(0.0, 4) == 0.0);
  CHECK(std::isinf(chi_squared_quantile(1.0, 4)));
  CHECK_THROWS_AS(chi_squared_quantile(1.5, 4), std::invalid_argument);
  CHECK_THROWS_AS(chi_squared_quantile(0.5, 0), std::invalid_argument);
}

TEST_CASE("the interval of a rate is the one that Poisson's law gives for the number of events") {
  // With mean m = rate * total: P(N <= d) = 2.5% at the upper end, P(N >= d) = 2.5% at the lower (Garwood 1936).
  for (const int events : {0, 1, 7, 40}) {
    std::vector<CensoredTime> times{{3.0, Outcome::censored}};
    for (int i = 0; i < events; ++i) times.push_back({0.5 + i, Outcome::event});
    const ExponentialRate rate = exponential_rate(times);
    CAPTURE(events);
    CHECK(rate.events == events);
    CHECK(rate.rate == Approx(events / rate.total_time));
    CHECK(poisson_probability(events, rate.interval.upper * rate.total_time) == Approx(0.025).epsilon(1e-9));
    if (events == 0) {
      CHECK(rate.interval.lower == 0.0);
    } else {
      CHECK(1.0 - poisson_probability(events - 1, rate.interval.lower * rate.total_time) ==
            Approx(0.025).epsilon(1e-9));
    }
  }
  CHECK(std::isnan(exponential_rate(std::vector<CensoredTime>{}).rate));
  CHECK_THROWS_AS(exponential_rate(std::vector<CensoredTime>{{-1.0, Outcome::event}}), std::invalid_argument);
}

TEST_CASE("intervals of rates cover: at the level that theory gives without censoring, at 95% or more with it") {
  constexpr int repetitions = 4000;
  constexpr int count = 10;
  constexpr double mean = 7.0;
  RandomEngine engine = RandomSource(2).engine("rates");
  int complete = 0;
  int censored = 0;
  const auto covers = [](const std::vector<CensoredTime>& times) {
    const Interval interval = exponential_rate(times).interval;
    return interval.lower <= 1.0 / mean && 1.0 / mean <= interval.upper;
  };
  for (int i = 0; i < repetitions; ++i) {
    std::vector<CensoredTime> times;
    for (int k = 0; k < count; ++k) times.push_back({exponential(engine, mean), Outcome::event});
    complete += covers(times);
    censored += covers(exponential_sample(engine, count, mean).times);
  }
  // 2 lambda sum t is chi-squared with 2n degrees of freedom, whose upper tail is Poisson's: P(X > x) = P(N < n).
  const double beyond = poisson_probability(count - 1, 0.5 * chi_squared_quantile(0.975, 2.0 * count + 2.0));
  const double theory = 0.975 - beyond;
  // Four standard deviations: false alarm 6e-5 each.
  CHECK(std::abs(complete / double(repetitions) - theory) < 4.0 * std::sqrt(theory * (1.0 - theory) / repetitions));
  CHECK(censored / double(repetitions) > 0.95 - 4.0 * std::sqrt(0.95 * 0.05 / repetitions));
  CHECK(censored / double(repetitions) < 0.99);
}

TEST_CASE("exponential times are rejected at the level of the test, others are told by where they differ") {
  constexpr int repetitions = 400;
  RandomEngine engine = RandomSource(3).engine("exponentiality");
  int alarms = 0;
  int alarms_of_rounded = 0;
  int rising = 0;
  int falling = 0;
  for (std::uint64_t i = 0; i < repetitions; ++i) {
    const RandomSource random(i);
    const Sample sample = exponential_sample(engine, 25, 7.0);
    alarms += exponentiality_test(sample.times, sample.limits, random, {.resamples = 199}).p_value <= 0.05;
    // Noticed at multiples of 2 only: the test must know, or it would see a law with steps.
    Sample rounded;
    for (int k = 0; k < 100; ++k) rounded.add(2.0 * std::ceil(exponential(engine, 7.0) / 2.0), 30.0);
    alarms_of_rounded +=
        exponentiality_test(rounded.times, rounded.limits, random, {.resamples = 199, .spacing = 2.0}).p_value <= 0.05;
    // Ageing: between 0.8 and 1.2. Of two kinds: means 1 and 30.
    Sample ageing, mixed;
    for (int k = 0; k < 25; ++k) {
      ageing.add(0.8 + 0.4 * uniform_unit(engine), 1.15);
      mixed.add(exponential(engine, k % 2 == 0 ? 1.0 : 30.0), 60.0);
    }
    const ExponentialityTest old = exponentiality_test(ageing.times, ageing.limits, random, {.resamples = 199});
    rising += old.p_value <= 0.05 && old.mean_time_on_test > 0.5;
    const ExponentialityTest two = exponentiality_test(mixed.times, mixed.limits, random, {.resamples = 199});
    falling += two.p_value <= 0.05 && two.mean_time_on_test < 0.5;
  }
  // 5% of 400 with standard deviation 4.4: four of them (false alarm 6e-5).
  CHECK(std::abs(alarms - 20) <= 17);
  CHECK(std::abs(alarms_of_rounded - 20) <= 17);
  CHECK(rising == repetitions);
  CHECK(falling > repetitions / 2);
}

TEST_CASE("the test refuses what it cannot be asked") {
  const std::vector<CensoredTime> two{{1.0, Outcome::event}, {2.0, Outcome::event}};
  const std::vector<CensoredTime> three{{1.0, Outcome::event}, {2.0, Outcome::event}, {3.0, Outcome::event}};
  CHECK_THROWS_AS(exponentiality_test(two, std::vector<double>{5.0, 5.0}, RandomSource(0)), std::invalid_argument);
  CHECK_THROWS_AS(exponentiality_test(three, std::vector<double>{5.0, 5.0}, RandomSource(0)), std::invalid_argument);
  CHECK_THROWS_AS(exponentiality_test(three, std::vector<double>{5.0, 5.0, 2.0}, RandomSource(0)),
                  std::invalid_argument);
}

TEST_CASE("restarts: the cutoff of two kinds of runs, the expected running time without one") {
  // Five runs arrive after 1, five never: (5 * 1 + 5 * 1)/5 with the cutoff 1, (5 * 1 + 5 * 100)/5 without.
  std::vector<CensoredTime> runs(5, {1.0, Outcome::event});
  runs.insert(runs.end(), 5, {100.0, Outcome::censored});
  CHECK(restart_cost(runs).cost == Approx(2.0));
  CHECK(restart_cost(runs).cutoff == 1.0);
  CHECK(expected_running_time(runs) == Approx(101.0));
  // Four arrivals are too few for a cutoff.
  runs.erase(runs.begin());
  CHECK(restart_cost(runs).cost == Approx(expected_running_time(runs)));
  CHECK(std::isinf(restart_cost(runs).cutoff));
  // Nothing is gained by giving up what always takes equally long; nothing arrives where nothing did.
  const std::vector<CensoredTime> same(8, {10.0, Outcome::event});
  CHECK(restart_cost(same).cost == Approx(10.0));
  CHECK(std::isinf(restart_cost(same).cutoff));
  const std::vector<CensoredTime> none(8, {10.0, Outcome::censored});
  CHECK(std::isinf(restart_cost(none).cost));
  CHECK(std::isinf(restart_cost_interval(none, RandomSource(1)).lower));
  CHECK_THROWS_AS(restart_cost(std::vector<CensoredTime>{}), std::invalid_argument);
}

TEST_CASE("for times without memory no cutoff pays, and the interval of the cost seldom misses the mean") {
  // Every cutoff has the cost of the mean. The interval must seldom lie below it: "restart" would be said in vain.
  constexpr int repetitions = 400;
  RandomEngine engine = RandomSource(4).engine("restarts");
  int below = 0;
  int above = 0;
  for (std::uint64_t i = 0; i < repetitions; ++i) {
    const Sample sample = exponential_sample(engine, 20, 7.0);
    const Interval interval = restart_cost_interval(sample.times, RandomSource(i), {.resamples = 199});
    below += interval.upper < 7.0;
    above += interval.lower > 7.0;
  }
  INFO(below << " below, " << above << " above, of " << repetitions);
  // 2.5% on each side is 10 with standard deviation 3.1; the law of percentiles is right for many runs only.
  CHECK(below < 30);
  CHECK(above < 30);
}
