// Gap, entropy, corner, velocity and escape times of bandit policies, against runs and flows.
#include "support/catch.hpp"

#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <cmath>
#include <vector>

using namespace perigee;
using namespace perigee::problems;
using transforms::PolicyTransform;

namespace {

// Steps of exact softmax policy gradient until pi(a*) is so large that f < 0.9 Delta.
Index measured_escape_steps(const SoftmaxBandit& bandit, const Vector& start, double learning_rate) {
  Vector theta = transforms::softmax_start(start), gradient(theta.size());
  for (Index k = 0;; ++k) {
    if (bandit.value_and_gradient(theta, gradient) < 0.9 * bandit.arms().gap()) return k;
    theta.view() -= learning_rate * gradient.view();
  }
}

Vector random_policy(Index arms, RandomEngine& engine) {
  Vector pi(arms);
  double sum = 0.0;
  for (Index a = 0; a < arms; ++a) sum += pi[a] = -std::log1p(-uniform_unit(engine));
  pi.view() /= sum;
  return pi;
}

}  // namespace

TEST_CASE("the explicit escape bound holds on 200 random cases, for any learning rate") {
  // K, Delta, pi(a*), the split of the rest and eta at random; eta up to 20, where theorems about SPG do not reach.
  RandomEngine engine = RandomSource(7).engine("escape");
  for (int trial = 0; trial < 200; ++trial) {
    const Index arms = 2 + static_cast<Index>(8.0 * uniform_unit(engine));
    const double gap = 0.05 + 0.95 * uniform_unit(engine);
    const double probability = 0.1 * std::pow(10.0, -3.0 * uniform_unit(engine));
    const double learning_rate = std::pow(10.0, -1.0 + 2.3 * uniform_unit(engine));
    Vector start = random_policy(arms, engine);
    if (trial % 2 == 0) start.view() = start.view().array().pow(6.0);  // near a corner
    start[0] = 0.0;
    double rest = 0.0;
    for (const double element : start) rest += element;
    start.view() *= (1.0 - probability) / rest;
    start[0] = probability;
    const SoftmaxBandit bandit(gap_rewards(arms, gap, 0.0));
    const Index steps = measured_escape_steps(bandit, start, learning_rate);
    INFO("K = " << arms << ", Delta = " << gap << ", e = " << probability << ", eta = " << learning_rate);
    CHECK(static_cast<double>(steps) >= least_escape_steps(probability, gap, learning_rate));
  }
}

TEST_CASE("the bound is tight near a corner, and the flow's own time is met by small steps") {
  // From e = 1e-4 the excess over the bound is logarithmic: 2 c log(1/e)/(eta Delta) of 1/(2 eta Delta e).
  const SoftmaxBandit bandit(gap_rewards(6, 0.5, 0.25));
  for (const double probability : {1e-3, 1e-4}) {
    const Vector corner = corner_policy(bandit.arms(), probability, 1e-9);
    const auto steps = static_cast<double>(measured_escape_steps(bandit, corner, 0.4));
    const double least = least_escape_steps(probability, 0.5, 0.4);
    CHECK(steps >= least);
    CHECK(steps <= 1.02 * least + 4.0 * std::log(1.0 / probability) / 0.2);
    CHECK(steps == Approx(predicted_escape_steps(probability, 0.5, 0.4, 6, RemainingMass::on_one_arm)).epsilon(0.01));
    const auto even = static_cast<double>(measured_escape_steps(bandit, even_policy(bandit.arms(), probability), 0.4));
    CHECK(even == Approx(predicted_escape_steps(probability, 0.5, 0.4, 6, RemainingMass::even)).epsilon(0.01));
    // (K-1)/K in front instead of 1/2: ratio 2 (K-1)/K = 5/3.
    CHECK(even / steps == Approx(5.0 / 3.0).epsilon(0.01));
  }
  CHECK(least_escape_steps(0.1, 0.5, 0.4) == 0.0);
  CHECK(least_escape_steps(0.01, 0.5, 0.4) == Approx(90.0 / 0.4));
  CHECK(predicted_escape_steps(0.2, 0.5, 0.4, 6, RemainingMass::even) == 0.0);
}

TEST_CASE("the velocity of pi(a*) is what a small gradient step does, for softmax and escort") {
  const std::vector<double> rewards{0.2, 0.9, 1.0, 0.55};
  const Arms arms("test", rewards);
  RandomEngine engine = RandomSource(8).engine("velocity");
  for (int trial = 0; trial < 50; ++trial) {
    const Vector pi = random_policy(4, engine);
    const double h = 1e-6;
    Vector gradient(4), ahead(4), behind(4);
    const auto velocity_of = [&](const Objective& f, const PolicyTransform& transform, double rate) {
      const Vector theta = transform.start(pi);
      f.value_and_gradient(theta, gradient);
      Vector shifted = theta;
      shifted.view() -= h * rate * gradient.view();
      transform.probabilities(shifted, ahead);
      shifted.view() = theta.view() + h * rate * gradient.view();
      transform.probabilities(shifted, behind);
      return (ahead[2] - behind[2]) / (2.0 * h);
    };
    const PolicyTransform softmax = PolicyTransform::softmax();
    CHECK(optimal_probability_velocity(arms, pi, softmax) ==
          Approx(velocity_of(SoftmaxBandit(rewards), softmax, 1.0)).epsilon(1e-6).margin(1e-9));
    CHECK(optimal_probability_velocity(arms, pi, PolicyTransform::softmax(2.0)) ==
          Approx(0.25 * optimal_probability_velocity(arms, pi, softmax)).epsilon(1e-14));
    for (const double p : {1.0, 2.0, 4.0}) {
      const PolicyTransform escort = PolicyTransform::escort(p);
      // escort_start has norm 1.
      CHECK(optimal_probability_velocity(arms, pi, escort) ==
            Approx(velocity_of(EscortBandit(rewards, p), escort, 1.0 / (p * p))).epsilon(1e-5).margin(1e-8));
    }
    // p = 2: the replicator, pi (r* - pi'r).
    CHECK(optimal_probability_velocity(arms, pi, PolicyTransform::escort(2.0)) ==
          Approx(pi[2] * sub_optimality(arms, pi)).epsilon(1e-12));
    // Towards the softmax as p grows.
    CHECK(optimal_probability_velocity(arms, pi, PolicyTransform::escort(1e6)) ==
          Approx(optimal_probability_velocity(arms, pi, softmax)).epsilon(1e-4).margin(1e-5));
  }
  // Attraction to the wrong corner, figure 3(a) of Mei et al. (2020): pi(a*) falls under softmax, never at p = 2.
  const Vector well{0.35, 0.6, 0.05};
  const Arms three("test", {0.2, 0.9, 1.0});
  CHECK(optimal_probability_velocity(three, well, PolicyTransform::softmax()) < 0.0);
  CHECK(optimal_probability_velocity(three, well, PolicyTransform::escort(2.0)) > 0.0);
}

TEST_CASE("entropy, corner and sub-optimality at known policies") {
  CHECK(entropy(Vector{0.25, 0.25, 0.25, 0.25}) == Approx(std::log(4.0)));
  CHECK(entropy(Vector{1.0, 0.0}) == 0.0);
  CHECK(nearest_corner(Vector{0.2, 0.5, 0.3}).action == 1);
  CHECK(nearest_corner(Vector{0.2, 0.5, 0.3}).distance == Approx(std::sqrt(0.04 + 0.25 + 0.09)));
  CHECK(nearest_corner(Vector{1.0, 1e-30}).distance == Approx(std::sqrt(2.0) * 1e-30));
  CHECK(sub_optimality(Arms("test", {0.2, 1.0}), Vector{1e-30, 1.0}) == Approx(0.8e-30));
  // No corner is nearer than the one that is named.
  RandomEngine engine = RandomSource(9).engine("corner");
  for (int trial = 0; trial < 100; ++trial) {
    const Vector pi = random_policy(5, engine);
    for (Index a = 0; a < 5; ++a) {
      double squares = 0.0;
      for (Index b = 0; b < 5; ++b) squares += std::pow(pi[b] - (a == b ? 1.0 : 0.0), 2);
      CHECK(nearest_corner(pi).distance <= std::sqrt(squares) * (1.0 + 1e-12));
    }
  }
}

TEST_CASE("escape times refuse what has none") {
  REQUIRE_THROWS_WITH(least_escape_steps(0.0, 1.0, 1.0),
                      "least_escape_steps: initial_probability must be in (0, 1], got 0");
  REQUIRE_THROWS_WITH(least_escape_steps(0.5, 0.0, 1.0),
                      "least_escape_steps: reward_gap must be > 0 and finite, got 0");
  REQUIRE_THROWS_WITH(predicted_escape_steps(0.5, 1.0, std::nan(""), 2, RemainingMass::even),
                      "predicted_escape_steps: learning_rate must be > 0 and finite, got nan");
  REQUIRE_THROWS_WITH(predicted_escape_steps(0.5, 1.0, 1.0, 1, RemainingMass::even),
                      "predicted_escape_steps: arms must be >= 2, got 1");
}
