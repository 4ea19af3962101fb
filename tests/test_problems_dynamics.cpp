// What gradient descent does on the problems, against the laws they were built to show: gravity wells, softmax
// damping, and the octopus' exponential times.
#include "support/catch.hpp"

#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

// Least squares slope of y on x.
double slope_of(const std::vector<double>& x, const std::vector<double>& y) {
  double mean_x = 0.0, mean_y = 0.0, xx = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / static_cast<double>(x.size());
    mean_y += y[i] / static_cast<double>(x.size());
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return xy / xx;
}

// The first t with f < level, counted from 1 at the start, as Mei et al. (2020) count.
double escape_time(const Objective& objective, const Schedule& rate, const Vector& start, double level) {
  const RunResult result = run(objective, GradientDescent({.learning_rate = rate}), start,
                               {.stop = value_target(level) | max_iterations(3000000)});
  REQUIRE(result.end.id == "value-target");
  return static_cast<double>(result.iterations + 1);
}

}  // namespace

TEST_CASE("softmax escape times are inversely proportional to the first probability, escort's are not") {
  const double gap = 0.5;
  const double rate = 0.4;
  const Arms arms("test", gap_rewards(6, gap, 0.25));
  const SoftmaxBandit softmax_bandit(arms.rewards());
  const EscortBandit escort_bandit(arms.rewards(), 2.0);
  for (const bool at_corner : {true, false}) {
    std::vector<double> log_probability, log_time;
    for (int i = 0; i <= 8; ++i) {
      const double probability = std::pow(10.0, -5.0 + 0.25 * i);
      const Vector pi = at_corner ? corner_policy(arms, probability, 1e-3) : even_policy(arms, probability);
      const double time = escape_time(softmax_bandit, rate, transforms::softmax_start(pi), 0.9 * gap);
      INFO("pi(a*) = " << probability << ", t = " << time);
      // 1/pi_{t+1}(a*) >= 1/pi_t(a*) - 2 eta Delta: a theorem for the gap family.
      CHECK(time >= 1.0 + (1.0 / probability - 10.0) / (2.0 * rate * gap));
      // The continuous-time limit: 1/(2 eta Delta p) at a corner, (K - 1)/(K eta Delta p) from an even policy.
      const double predicted = (at_corner ? 0.5 : 5.0 / 6.0) / (rate * gap * probability);
      CHECK(time == Approx(predicted).epsilon(0.05));
      log_probability.push_back(std::log(probability));
      log_time.push_back(std::log(time));

      const double escort_time = escape_time(escort_bandit, escort_policy_gradient_schedule(2.0),
                                             transforms::escort_start(pi, 2.0), 0.9 * gap);
      // At p = 2 the log-odds of the best arm grow by about 2 log(1 + eta_t 2 Delta/||theta||^2) a step.
      const double growth = 2.0 * std::log1p(2.0 / (9.0 * 4.0 * std::sqrt(6.0)) * 2.0 * gap);
      INFO("escort t = " << escort_time << ", ratio " << time / escort_time);
      CHECK(escort_time <= 1.1 * std::log(0.12 / probability) / growth + 2.0);
    }
    const double slope = slope_of(log_probability, log_time);
    INFO((at_corner ? "corner" : "even"));
    CHECK(std::abs(slope + 1.0) <= 0.005);
  }
}

TEST_CASE("escort policy gradient with p = 1 crosses zero and does not converge") {
  // The printed step of theorem 2 overshoots at p = 1: the iterates end in a cycle above the optimum. Measured
  // here so that nobody reads the theorem as a promise of convergence.
  const Problem problem = make("escort-bandit", {{"rewards", "0.2,0.9,1"}, {"p", "1"}, {"start", "even"}});
  Oracle oracle(*problem.objective);
  const auto stepper = GradientDescent({.learning_rate = *problem.theory_schedule})
                           .start(oracle, problem.starts.front().x, RandomSource(0));
  double least = 1.0, greatest = 0.0;
  for (int k = 0; k < 20000 && stepper->step() == StepStatus::advanced; ++k) {
    if (k < 10000) continue;
    least = std::min(least, stepper->current().value());
    greatest = std::max(greatest, stepper->current().value());
  }
  CHECK(greatest > 1e-3);
  CHECK(greatest > 1.01 * least);
}

TEST_CASE("softmax cross-entropy converges like 1/t") {
  const Problem problem = make("softmax-cross-entropy");
  Oracle oracle(*problem.objective);
  const auto stepper = GradientDescent({.learning_rate = 1.0}).start(oracle, problem.starts.front().x, RandomSource(0));
  std::vector<double> log_time, log_value;
  double next = 1e4;
  for (int k = 1; k <= 100000; ++k) {
    REQUIRE(stepper->step() == StepStatus::advanced);
    if (k < next) continue;
    next *= 1.1;
    log_time.push_back(std::log(k + 1.0));
    log_value.push_back(std::log(stepper->current().value()));
  }
  const double slope = slope_of(log_time, log_value);
  CHECK(std::abs(slope + 1.0) <= 0.02);
  // f ~ (K - 1)/(K eta t) to first order.
  CHECK(stepper->current().value() == Approx(0.9 / 1e5).epsilon(0.05));
}

TEST_CASE("escort cross-entropy with p = 2 and the step of theorem 5 stays below its bound at every step") {
  for (const double first : {0.5, 0.1, 0.01}) {
    const Problem problem = make("escort-cross-entropy", {{"initial_probability", std::to_string(first)}});
    Oracle oracle(*problem.objective);
    const auto stepper = GradientDescent({.learning_rate = *problem.theory_schedule})
                             .start(oracle, problem.starts.front().x, RandomSource(0));
    const double start = stepper->current().value();
    const double rate = 1.0 / (2.0 * (3.0 + 1.0 / first));  // eq. (13), per step
    std::vector<double> steps, log_value;
    for (int k = 1; k <= 2000 && stepper->current().value() > 1e-280; ++k) {
      REQUIRE(stepper->step() == StepStatus::advanced);
      const double value = stepper->current().value();
      INFO("pi_1 = " << first << ", step " << k);
      REQUIRE(std::log(value) <= std::log(start) - rate * k);
      if (value < 1e-3 * start) {
        steps.push_back(k);
        log_value.push_back(std::log(value));
      }
    }
    // Linear, at about twice the rate of the theorem: near the optimum theta_a, a != y, contract by 1 - 2
    // eta/||theta||^2.
    const double contraction = -2.0 * std::log1p(-2.0 / (4.0 * (3.0 + 1.0 / first)));
    CHECK(slope_of(steps, log_value) == Approx(-contraction).epsilon(0.01));
    CHECK(contraction > 1.9 * rate);
  }
}

TEST_CASE("the octopus holds gradient descent exponentially long, until a locked coordinate underflows") {
  const Octopus octopus({.dimension = 10, .smoothness = 1.5, .curvature = 1.0});
  const double tau = OctopusOptions{}.tau;
  const double rate = 0.25 / 1.5;
  Oracle oracle(octopus);
  Vector ones(10);
  ones.view().setOnes();
  const auto stepper = GradientDescent({.learning_rate = rate}).start(oracle, ones, RandomSource(0));
  std::vector<double> times;  // T_k: the first iteration with |x_k| > 2 tau
  const double smallest = 5e-324;
  int underflow = -1;  // when the last coordinate can shrink no more
  for (int k = 1; k <= 20000; ++k) {
    REQUIRE(stepper->step() == StepStatus::advanced);
    const ConstVectorView x = stepper->current().x();
    if (underflow < 0 && x[9] <= smallest) underflow = k;
    if (times.size() < 10 && std::abs(x[static_cast<Index>(times.size())]) > 2.0 * tau) {
      times.push_back(k);
    }
  }
  const double base = 1.0 + std::log(1.0 / std::abs(1.0 - 2.0 * rate * 1.5)) / std::log(1.0 + 2.0 * rate);
  std::string text;
  for (const double time : times) text += " " + std::to_string(static_cast<int>(time));
  std::vector<double> ratios;
  for (std::size_t k = 2; k < times.size(); ++k) {
    ratios.push_back((times[k] - times[k - 1]) / (times[k - 1] - times[k - 2]));
    text += "; ratio " + std::to_string(ratios.back());
  }
  INFO("T_k:" << text << "; base " << base << "; underflow at " << underflow);
  REQUIRE(ratios.size() >= 3);
  for (std::size_t i = 2; i < ratios.size(); ++i) CHECK(ratios[i] == Approx(base).epsilon(0.01));
  // A locked coordinate halves every step and after 1074 halvings of 1 is the smallest number there is. Its steps,
  // 1/2 of it locked and 1/3 of it unlocked, then round to nothing: unless unlocked before, it is stuck for ever.
  // x_{k+1} is unlocked at T_k; T_5 comes before the underflow and T_6 after it, so k = 7 never comes.
  CHECK(underflow == 1074);
  REQUIRE(times.size() == 6);
  CHECK(times[4] < underflow);
  CHECK(times[5] > underflow);
  const ConstVectorView x = stepper->current().x();
  for (Index i = 0; i < 6; ++i) CHECK(x[i] == Approx(4.0 * tau).epsilon(1e-12));
  for (Index i = 6; i < 10; ++i) CHECK(x[i] == smallest);
  // The end is a saddle to rounding: no gradient is left to speak of, and one eigenvalue is -2 gamma.
  CHECK(stepper->current().gradient_norm() <= 1e-12);
  Vector unit(10), product(10);
  unit[6] = 1.0;
  octopus.hessian_vector_product(x, unit, product);
  CHECK(product[6] == -2.0);
}
