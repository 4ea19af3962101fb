// Bandits seen in samples and in time: unbiasedness by enumeration, the mean landscape, escape in a moving one.
#include "support/catch.hpp"

#include <perigee/lib/problems/asr_bandits.hpp>
#include <perigee/lib/problems/stochastic_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

Vector normal_vector(Index n, std::uint64_t counter, double deviation = 1.0) {
  Vector x(n);
  RandomEngine engine = RandomSource(23).engine("theta", counter);
  fill_standard_normal(engine, x);
  x.view() *= deviation;
  return x;
}

// The mean over all terms, one by one, against the whole.
void check_mean_of_terms(const FiniteSum& sum, const Vector& theta) {
  Vector whole(theta.size()), mean(theta.size());
  const double value = sum.value_and_gradient(theta, whole);
  double mean_value = 0.0;
  for (Index term = 0; term < sum.term_count(); ++term) mean_value += sum.add_term(term, theta, mean);
  const auto count = static_cast<double>(sum.term_count());
  mean.view() /= count;
  CHECK(mean_value / count == Approx(value).epsilon(1e-12).margin(1e-14));
  CHECK((mean.view() - whole.view()).norm() <= 1e-12 * (1.0 + whole.view().norm()));
  CHECK(sum.value(theta) == Approx(value).epsilon(1e-14));
}

}  // namespace

TEST_CASE("a uniformly drawn pull is an unbiased estimate: the mean over all of them is the bandit, exactly") {
  const StochasticBandit bandit({.rewards = {0.2, 0.9, 1.0, 0.5}, .noise = 0.7, .pulls = 13});
  CHECK(bandit.term_count() == 52);
  for (std::uint64_t trial = 0; trial < 20; ++trial) check_mean_of_terms(bandit, normal_vector(4, trial, 2.0));
  // The pulls of an arm have exactly its mean, and the spread that is asked for: with 1e5 pulls the sample deviation is
  // within 2% of sigma (9 standard errors of 0.22%).
  const StochasticBandit many({.rewards = {0.2, 0.9}, .noise = 0.7, .pulls = 100000});
  for (Index a = 0; a < 2; ++a) {
    double mean = 0.0, square = 0.0;
    for (Index j = 0; j < 100000; ++j) mean += many.pulled_reward(a, j) / 1e5;
    for (Index j = 0; j < 100000; ++j) square += std::pow(many.pulled_reward(a, j) - mean, 2) / 1e5;
    CHECK(mean == Approx(a == 0 ? 0.2 : 0.9).epsilon(1e-11));
    CHECK(std::sqrt(square) == Approx(0.7).epsilon(0.02));
  }
}

TEST_CASE("the gradient bandit is unbiased for every baseline: the expectation over arms is the exact gradient") {
  const SoftmaxBandit bandit({0.2, 0.9, 1.0, 0.5});
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const Vector theta = normal_vector(4, trial);
    Vector pi(4), exact(4), estimate(4);
    transforms::softmax(theta, pi);
    bandit.value_and_gradient(theta, exact);
    for (const double baseline : {0.0, 0.6, -3.0}) {
      Vector mean(4);
      for (Index a = 0; a < 4; ++a) {
        gradient_bandit_estimate(pi, a, bandit.arms().reward(a), baseline, estimate);
        mean.view() += pi[a] * estimate.view();
      }
      CHECK((mean.view() - exact.view()).norm() <= 1e-14);
    }
  }
}

TEST_CASE("arms are drawn with the probabilities of the policy") {
  // Pearson's statistic with 3 degrees of freedom exceeds 35 with probability 1.2e-7; an arm of probability 0 never.
  const Vector pi{0.1, 0.0, 0.6, 0.25, 0.05};
  RandomEngine engine = RandomSource(4).engine("draws");
  std::vector<double> counts(5, 0.0);
  for (int draw = 0; draw < 20000; ++draw) counts[static_cast<std::size_t>(draw_arm(pi, engine))] += 1.0;
  double statistic = 0.0;
  for (Index a = 0; a < 5; ++a) {
    if (pi[a] == 0.0) continue;
    const double expected = 20000.0 * pi[a];
    statistic += std::pow(counts[static_cast<std::size_t>(a)] - expected, 2) / expected;
  }
  CHECK(counts[1] == 0.0);
  CHECK(statistic < 35.0);
}

TEST_CASE("the mean over the horizon is the bandit of the mean rewards; terms are the landscapes of their times") {
  const AsrBandits bandits({.gaps = {0.3, 0.5}, .levels = sinusoidal_levels(77, 0.5, 0.2, {7.0, 11.0, 13.0})});
  CHECK(bandits.term_count() == 77);
  for (std::uint64_t trial = 0; trial < 20; ++trial) check_mean_of_terms(bandits, normal_vector(6, trial, 2.0));
  // One time, one state: the softmax bandit of the rewards then.
  const AsrBandits single({.gaps = {0.3}, .levels = sinusoidal_levels(20, 0.5, 0.2, {7.0, 11.0, 13.0})});
  const Vector theta = normal_vector(3, 99);
  Vector gradient(3), expected(3);
  const SoftmaxBandit then({single.reward(5, 0, 0), single.reward(5, 0, 1), single.reward(5, 0, 2)});
  CHECK(single.add_term(5, theta, gradient) == Approx(then.value_and_gradient(theta, expected)).epsilon(1e-13));
  CHECK((gradient.view() - expected.view()).norm() <= 1e-14);
  // Levels swing within their bounds.
  for (const double level : sinusoidal_levels(500, 0.5, 0.2, {50.0, 70.0, 110.0})) {
    CHECK(level <= 0.5);
    CHECK(level >= 0.3 - 1e-15);
  }
}

TEST_CASE("in a moving landscape the actual gaps bound the escape: 2 eta sum G_t > 1/pi_1 - 10 before pi > 0.1") {
  // b_2 = b_3, the case of the bound; pi_1(a*) and the split of the rest at random.
  RandomEngine engine = RandomSource(31).engine("asr");
  for (int trial = 0; trial < 40; ++trial) {
    const AsrBandits bandits(
        {.gaps = {0.25 + 0.2 * uniform_unit(engine)}, .levels = sinusoidal_levels(3850, 0.5, 0.2, {50.0, 70.0, 70.0})});
    const double probability = 0.05 * std::pow(10.0, -1.5 * uniform_unit(engine));
    const double split = uniform_unit(engine);
    const Vector start = transforms::softmax_start(
        Vector{probability, (1.0 - probability) * split, (1.0 - probability) * (1.0 - split)});
    const double learning_rate = 0.1 + uniform_unit(engine);
    const Trajectory run = follow_asr_bandits(bandits, start, learning_rate, 8000);
    double spent = 0.0;
    Index escape = -1;
    for (std::size_t k = 0; k < run.records.size() && escape < 0; ++k) {
      if (run.column("pi_0")->values[k] > 0.1) escape = static_cast<Index>(k);
      if (escape < 0) spent += 2.0 * learning_rate * run.column("gap")->values[k];
    }
    INFO("pi = " << probability << ", eta = " << learning_rate);
    REQUIRE(escape > 0);
    CHECK(spent >= 1.0 / probability - 10.0);
  }
}

TEST_CASE("wide first parameters escape later than narrow ones") {
  // 10 states: after 100 steps of eta = 0.4 the narrow start has all of them out (pi(a*) starts near 1/3), the wide one
  // not, for each of 10 seeds. A state is trapped if pi_1(a*) < 1e-2, which at sigma = 4 has probability over 0.25, so
  // ten free states have probability below 0.06 and ten such seeds are no accident.
  int wide_trapped = 0;
  for (int instance = 0; instance < 10; ++instance) {
    const Problem problem = make("asr-bandits", {{"instance", std::to_string(instance)}});
    const auto& bandits = dynamic_cast<const AsrBandits&>(*problem.objective);
    const Trajectory wide = follow_asr_bandits(bandits, start_of(problem, "normal-high"), 0.4, 100);
    const Trajectory narrow = follow_asr_bandits(bandits, start_of(problem, "normal-low"), 0.4, 100);
    CHECK(narrow.column("escaped")->values.back() == 1.0);
    wide_trapped += wide.column("escaped")->values.back() < 1.0 ? 1 : 0;
  }
  CHECK(wide_trapped >= 8);
}

TEST_CASE("the process records what it did") {
  const Problem problem = make("asr-bandits", {{"states", "2"}, {"horizon", "30"}});
  const auto& bandits = dynamic_cast<const AsrBandits&>(*problem.objective);
  const Trajectory run = follow_asr_bandits(bandits, start_of(problem, "uniform"), 0.4, 40);
  REQUIRE(run.records.size() == 41);
  Vector gradient(6);
  CHECK(run.records[0].value == bandits.add_term(0, Vector(6), gradient));
  CHECK(run.records[1].step_norm == Approx(2.0 * 0.4 * gradient.view().norm()));
  CHECK(run.column("pi_1")->values[0] == Approx(1.0 / 3.0));
  CHECK(run.column("gap")->values[35] == Approx(0.5 * (bandits.actual_gap(5, 0) + bandits.actual_gap(5, 1))));
  CHECK(run.records[40].counts.gradients == 41);
}

TEST_CASE("sampled and moving bandits explain wrong options") {
  REQUIRE_THROWS_WITH(StochasticBandit({.rewards = {1.0}, .pulls = 0}), "StochasticBandit: pulls must be >= 1, got 0");
  REQUIRE_THROWS_WITH(StochasticBandit({.rewards = {1.0}, .noise = -1.0}),
                      "StochasticBandit: noise must be >= 0 and finite, got -1");
  REQUIRE_THROWS_WITH(AsrBandits({.gaps = {0.1}, .levels = {0.0, 0.5, 0.0}}),
                      "AsrBandits: action 0 must be the best at every time, got the gap -0.4 at time 0");
  REQUIRE_THROWS_WITH(AsrBandits({.gaps = {}, .levels = {0.0, 0.5, 0.0}}),
                      "AsrBandits: there must be at least one state, got none");
  REQUIRE_THROWS_WITH(AsrBandits({.gaps = {1.0}, .levels = {0.0, 0.5}}),
                      "AsrBandits: levels must be three numbers for each time, got 2");
  const AsrBandits bandits({.gaps = {1.0}, .levels = {0.0, 0.5, 0.0}});
  REQUIRE_THROWS_WITH(follow_asr_bandits(bandits, Vector(2), 0.1, 1),
                      "follow_asr_bandits: start must have length 3, got 2");
  REQUIRE_THROWS_WITH(follow_asr_bandits(bandits, Vector(3), 0.0, 1),
                      "follow_asr_bandits: learning_rate must be > 0 and finite, got 0");
}
