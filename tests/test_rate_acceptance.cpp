#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/rate.hpp>

#include <optional>

using namespace perigee;
using test::PolicyRun;
using test::simulate;

namespace {

struct Case {
  const char* name;
  RateVerdict truth;
  Trajectory exact;
};

Trajectory policy(std::vector<double> rewards, std::vector<double> start, const char* transform, Index iterations) {
  PolicyRun run;
  run.rewards = std::move(rewards);
  run.start = std::move(start);
  run.transform = transform;
  run.iterations = iterations;
  return simulate(run);
}

// Natural policy gradient on a softmax bandit: theta <- theta + eta r, so the excess is sum_a D_a pi_a with
// pi_a ~ e^(-eta D_a t).
Trajectory natural(Index iterations) {
  const double gaps[] = {0.0, 0.1, 0.3, 0.5};
  Trajectory trajectory = test::trajectory_of(
      [&](double t) {
        double total = 0.0;
        double excess = 0.0;
        for (const double gap : gaps) {
          const double weight = std::exp(-0.1 * gap * t);
          total += weight;
          excess += gap * weight;
        }
        return excess / total;
      },
      iterations);
  return trajectory;
}

// Cross-entropy to a distribution with full support, less its entropy: sum_a p_a log(p_a/pi_a); theta <- theta + eta (p
// - pi).
Trajectory full_support(Index iterations) {
  const std::vector<double> target{0.4, 0.3, 0.2, 0.1};
  std::vector<double> theta(4, 0.0);
  theta[3] = 2.0;
  Trajectory trajectory;
  for (Index k = 0; k <= iterations; ++k) {
    double total = 0.0;
    for (const double t : theta) total += std::exp(t);
    StepRecord record;
    record.iteration = k;
    double squares = 0.0;
    // Summed as p ((pi/p - 1) - log(pi/p)) >= 0 so that no digits are lost near the minimum.
    record.value = 0.0;
    for (std::size_t a = 0; a < 4; ++a) {
      const double pi = std::exp(theta[a]) / total;
      const double relative = (pi - target[a]) / target[a];
      record.value += target[a] * (relative - std::log1p(relative));
      squares += (pi - target[a]) * (pi - target[a]);
    }
    record.gradient_norm = std::sqrt(squares);
    trajectory.records.push_back(record);
    std::vector<double> next = theta;
    for (std::size_t a = 0; a < 4; ++a) next[a] += 0.05 * (target[a] - std::exp(theta[a]) / total);
    theta = next;
  }
  return trajectory;
}

Trajectory descend_quadratic(double condition, Index iterations) {
  const auto objective = test::quadratic(test::log_spaced(10, condition));
  return test::descend(*objective, test::constant_step(1.0 / condition), Vector(std::vector<double>(10, 1.0)).view(),
                       iterations);
}

Trajectory quartic(Index iterations) {
  const auto objective = functional(
      1, [](ConstVectorView x) { return std::pow(x[0], 4); },
      [](ConstVectorView x, VectorView g) { g[0] = 4.0 * std::pow(x[0], 3); });
  return test::descend(objective, test::constant_step(0.05), {1.0}, iterations);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  all.push_back({"softmax gradient", RateVerdict::power_law,
                 policy(test::gap_rewards(4, 0.5), test::others_equal(4, 0.4), "softmax", 4000)});
  all.push_back({"natural gradient", RateVerdict::linear, natural(2000)});
  all.push_back({"escort p = 2", RateVerdict::linear,
                 policy(test::gap_rewards(4, 0.5), test::others_equal(4, 0.4), "escort", 2000)});
  all.push_back(
      {"one-hot cross-entropy", RateVerdict::power_law, policy({}, test::others_equal(10, 0.1), "softmax", 4000)});
  all.push_back({"full-support cross-entropy", RateVerdict::linear, full_support(1000)});
  all.push_back({"quadratic, condition 1000", RateVerdict::linear, descend_quadratic(1000.0, 8000)});
  all.push_back({"x^4", RateVerdict::power_law, quartic(4000)});
  return all;
}

Rate value_rate(Trajectory trajectory) { return excess_rate(trajectory, {0.0, BoundSource::optimal_value}); }

Trajectory noisy(const Trajectory& exact, std::uint64_t seed, double rho) {
  Trajectory trajectory = test::with_relative_noise(exact, seed, 0.2, rho);
  const std::vector<double> noise = test::autoregressive_noise(seed + 1000, trajectory.records.size(), rho);
  for (std::size_t k = 0; k < noise.size(); ++k) trajectory.records[k].gradient_norm *= std::exp(0.2 * noise[k]);
  return trajectory;
}

}  // namespace

TEST_CASE("each law is recognized in at least 95% of 100 seeds at log-noise 0.2, and never taken for the other") {
  // The noise multiplies values and gradient norms by e^(0.2 z), z of correlation 0 or 0.5. Where gradient norms were
  // not computed, the value alone is read.
  for (const Case& c : cases()) {
    const bool has_gradient = std::isfinite(c.exact.records.back().gradient_norm);
    for (const double rho : {0.0, 0.5}) {
      int right_value = 0;
      int right_gradient = 0;
      int wrong = 0;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Trajectory trajectory = noisy(c.exact, seed, rho);
        const RateVerdict by_value = value_rate(trajectory).verdict;
        const RateVerdict by_gradient = gradient_rate(trajectory).verdict;
        right_value += by_value == c.truth;
        right_gradient += by_gradient == c.truth;
        wrong += by_value != c.truth && by_value != RateVerdict::undetermined;
        wrong += by_gradient != c.truth && by_gradient != RateVerdict::undetermined;
      }
      CAPTURE(c.name, rho, right_value, right_gradient);
      CHECK(right_value >= 95);
      CHECK(wrong == 0);
      if (has_gradient) CHECK(right_gradient >= 95);
    }
  }
}

TEST_CASE("the power law that many curvatures make before the slowest shows is never called final") {
  // Ten curvatures from 1 to 1000, eta = 1/1000: log-spaced, so that sum_i lambda_i^2 e^(-2 eta lambda_i t) ~ t^-2
  // until about 1000 iterations. Whatever the length, no summary calls it sublinear.
  int sublinear = 0;
  for (const Index iterations : {50, 100, 300, 700, 1000, 1500, 2000}) {
    const auto objective = test::quadratic(test::log_spaced(10, 1000.0));
    Trajectory trajectory = descend_quadratic(1000.0, iterations);
    trajectory.end.reset();  // no exhausted budget to speak of instead
    CAPTURE(iterations);
    const std::optional<double> curvature = lasting_curvature(trajectory, *objective, RandomSource(0));
    REQUIRE(curvature.has_value());
    CHECK(*curvature == Approx(1.0).epsilon(1e-3));
    CHECK(diagnose(trajectory, objective.get()).summary.find("sublinearly") == std::string::npos);
    // From the log alone nothing can tell, and the summary says how far it goes.
    const std::string blind = diagnose(trajectory).summary;
    CAPTURE(blind);
    sublinear += blind.find("sublinearly") != std::string::npos;
    if (blind.find("sublinearly") != std::string::npos) {
      CHECK(blind.find("as far as these show") != std::string::npos);
    }
  }
  CHECK(sublinear >= 4);
}

TEST_CASE("where the curvature fades with the distance, the power law stands") {
  const auto objective = functional(
      1, [](ConstVectorView x) { return std::pow(x[0], 4); },
      [](ConstVectorView x, VectorView g) { g[0] = 4.0 * std::pow(x[0], 3); },
      [](ConstVectorView x, ConstVectorView v, VectorView p) { p[0] = 12.0 * x[0] * x[0] * v[0]; });
  Trajectory trajectory = quartic(4000);
  trajectory.end.reset();
  CHECK_FALSE(lasting_curvature(trajectory, objective, RandomSource(0)).has_value());
  const std::string summary = diagnose(trajectory, &objective).summary;
  CAPTURE(summary);
  CHECK(summary.find("sublinearly, like t^-2.99") != std::string::npos);
  CHECK(summary.find("as far as these show") != std::string::npos);
}
