// The geometry-aware normalized policy gradient: the bounds behind it, and what they promise.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>
#include <perigee/solvers/geometry_aware_normalized_policy_gradient.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace perigee;
using namespace perigee::problems;
using namespace perigee::test;

namespace {

double probability(const SoftmaxBandit& bandit, ConstVectorView theta) {
  Vector pi(theta.size());
  bandit.probabilities(theta, pi);
  return pi[bandit.optimal_action()];
}

SoftmaxBandit random_bandit(RandomEngine& engine, std::size_t arms, double scale) {
  std::vector<double> rewards(arms);
  for (double& reward : rewards) reward = scale * uniform_unit(engine);
  return SoftmaxBandit(rewards);
}

}  // namespace

TEST_CASE("it is normalized gradient descent with steps of 1/6, and keeps the promises of every solver") {
  const GeometryAwareNormalizedPolicyGradient solver;
  check_observed(solver);
  check_resumed(solver);
  check_starts(solver);
  check_wall(solver);
  check_deterministic(solver);
  check_one_gradient_a_step(solver);
  const Witness witness = watch(capped_saddle(), solver, {1.0, 0.01}, 50);
  const Witness twin = watch(capped_saddle(), NormalizedGradientDescent({.step_length = 1.0 / 6.0}), {1.0, 0.01}, 50);
  CHECK(witness.points == twin.points);
}

TEST_CASE("the softmax bandit's Hessian is at most 3 ||grad f||, at any policy and for any scale of the rewards") {
  // Mei et al. (2021), the non-uniform smoothness that the step 1/6 rests on; dense eigenvalues.
  RandomEngine engine = RandomSource(1).engine("bandits");
  double largest = 0.0;
  for (int trial = 0; trial < 3000; ++trial) {
    const Index arms = 2 + trial % 5;
    const SoftmaxBandit bandit = random_bandit(engine, static_cast<std::size_t>(arms), trial % 2 == 0 ? 1.0 : 30.0);
    Vector theta(arms), gradient(arms);
    fill_standard_normal(engine, theta);
    theta.view() *= static_cast<double>(trial % 7);
    bandit.value_and_gradient(theta, gradient);
    const Eigen::MatrixXd hessian = test::dense_hessian(bandit, theta);
    const Eigen::MatrixXd symmetric = 0.5 * (hessian + hessian.transpose());
    const double norm = test::spectral_norm(symmetric);
    CHECK(norm <= 3.0 * gradient.view().norm() * (1.0 + 1e-9));
    largest = std::max(largest, norm / gradient.view().norm());
  }
  CHECK(largest > 1.0);  // the bound is not idle
}

TEST_CASE("every step lowers f by at least ||grad f||/12, so that f_k <= f_0 e^{-c k/12}, c = min pi(a*)") {
  RandomEngine engine = RandomSource(2).engine("bandits");
  for (int trial = 0; trial < 60; ++trial) {
    const std::size_t arms = 2 + static_cast<std::size_t>(trial % 9);
    const SoftmaxBandit bandit = random_bandit(engine, arms, trial % 2 == 0 ? 1.0 : 30.0);
    Vector theta(static_cast<Index>(arms));
    fill_standard_normal(engine, theta);
    theta.view() *= 2.0;
    const Witness witness = watch(bandit, GeometryAwareNormalizedPolicyGradient(), theta, 150);
    double least = probability(bandit, theta);
    for (std::size_t k = 1; k <= 150; ++k) {
      const StepRecord& before = witness.records[k - 1];
      INFO("trial " << trial << ", iteration " << k);
      CHECK(witness.records[k].value <= before.value - before.gradient_norm / 12.0 + 1e-15 * before.value);
      CHECK(witness.records[k].value <=
            witness.records[0].value * std::exp(-least * static_cast<double>(k) / 12.0) * (1.0 + 1e-12));
      least = std::min(least, probability(bandit, witness.points[k]));
    }
  }
}

TEST_CASE("with two arms the log-odds grow by sqrt 2/6 a step, so a corner is left in 3 sqrt 2 ln(1/p) steps") {
  // The gradient of two arms is along (-1, 1)/sqrt 2 at every policy.
  const GeometryAwareNormalizedPolicyGradient solver;
  for (const double p : {1e-2, 1e-8, 1e-15}) {
    const Problem problem = make("softmax-bandit", {{"arms", "2"}, {"initial_probability", format_exact(p)}});
    const Witness witness = watch(*problem.objective, solver, problem.starts.front().x, 200);
    std::size_t escaped = 0;
    while (escaped < 200 && witness.points[escaped][0] < witness.points[escaped][1]) ++escaped;
    CHECK(static_cast<double>(escaped) == std::ceil(std::log((1.0 - p) / p) * 3.0 * std::sqrt(2.0)));
  }
}

TEST_CASE("by name it has the step of the theorem, or the one assigned") {
  const Problem problem = make("softmax-bandit");
  const std::string name = "geometry-aware-normalized-policy-gradient";
  const auto made = solvers::make(name, {}, problem);
  CHECK(made->name() == name);
  REQUIRE(made->settings().size() == 1);
  CHECK(made->settings()[0].first == "step_length");
  CHECK(parse_number(made->settings()[0].second) == 1.0 / 6.0);
  CHECK(solvers::make(name, {{"step_length", "0.1"}}, problem)->settings()[0].second == "0.1");
}
