// Natural policy gradient against its definition, against mirror descent, and against the plain gradient.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/resumption.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/format.hpp>
#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/problems/entropy_regularized_bandit.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/simplex_bandit.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/mirror_descent.hpp>
#include <perigee/solvers/natural_policy_gradient.hpp>
#include <perigee/solvers/registry.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace perigee;
using namespace perigee::problems;
using namespace perigee::test;

namespace {

const double eta = 0.4;

Vector policy_at(ConstVectorView theta) {
  Vector pi(theta.size());
  transforms::softmax(theta, pi);
  return pi;
}

std::vector<double> random_rewards(RandomEngine& engine, std::size_t arms) {
  std::vector<double> rewards(arms);
  for (double& reward : rewards) reward = uniform_unit(engine);
  return rewards;
}

// The first iteration with pi(a*) >= threshold; `limit` + 1 if there is none up to `limit`.
Index escape_time(const Problem& problem, const Solver& solver, double threshold, Index limit) {
  Oracle oracle(*problem.objective);
  const auto stepper = solver.start(oracle, problem.starts.front().x, RandomSource(0));
  const Index best = problem.policy->optimal_action();
  for (Index k = 0; k <= limit; ++k) {
    if (policy_at(stepper->current().x())[best] >= threshold) return k;
    stepper->step();
  }
  return limit + 1;
}

// ||grad f|| and the natural gradient of a function that is finite where theta_0 = 1 only.
class Needle final : public NaturalGradientObjective {
 public:
  Index dimension() const override { return 2; }
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override {
    gradient.setOnes();
    return theta[0] == 1.0 ? 1.0 : std::numeric_limits<double>::quiet_NaN();
  }
  double value_and_gradients(ConstVectorView theta, VectorView gradient, VectorView natural) const override {
    natural.setOnes();
    return value_and_gradient(theta, gradient);
  }
};

}  // namespace

TEST_CASE("the softmax bandit's natural gradient is F^+ grad f, up to a constant") {
  // F = sum_a pi_a (e_a - pi)(e_a - pi)', built from the definition, and its dense pseudo-inverse.
  RandomEngine engine = RandomSource(1).engine("bandits");
  for (int trial = 0; trial < 20; ++trial) {
    const SoftmaxBandit bandit(random_rewards(engine, 5));
    Vector theta(5), gradient(5), plain(5), natural(5);
    fill_standard_normal(engine, theta);
    CHECK(bandit.value_and_gradients(theta, gradient, natural) == bandit.value_and_gradient(theta, plain));
    CHECK(gradient == plain);
    const Eigen::VectorXd pi = policy_at(theta).view();
    Eigen::MatrixXd fisher = Eigen::MatrixXd::Zero(5, 5);
    for (Index a = 0; a < 5; ++a) {
      const Eigen::VectorXd score = Eigen::VectorXd::Unit(5, a) - pi;
      fisher += pi[a] * score * score.transpose();
    }
    CHECK((fisher * natural.view() - gradient.view()).norm() <= 1e-14);
    const test::SymmetricEigenpairs eigen = test::symmetric_eigenpairs(fisher);
    const Eigen::VectorXd pseudo_inverse =
        eigen.values.unaryExpr([](double value) { return value > 1e-10 ? 1.0 / value : 0.0; });
    const Eigen::VectorXd least =
        eigen.vectors * pseudo_inverse.cwiseProduct(eigen.vectors.transpose() * gradient.view());
    const Eigen::VectorXd rest = natural.view() - least;
    CHECK((rest.array() - rest.mean()).matrix().norm() <= 1e-11);
  }
}

TEST_CASE("its policies are those of mirror descent with the negative entropy on the simplex") {
  // Both are pi_a ~ pi_a exp(eta r_a) (Agarwal et al. 2021, lemma 15), computed along different ways.
  RandomEngine engine = RandomSource(2).engine("bandits");
  for (const std::size_t arms : {2u, 6u, 50u}) {
    const std::vector<double> rewards = random_rewards(engine, arms);
    const Index count = static_cast<Index>(arms);
    Vector theta(count);
    fill_standard_normal(engine, theta);
    theta[0] -= 30.0;
    const Witness natural = watch(SoftmaxBandit(rewards), NaturalPolicyGradient({.learning_rate = eta}), theta, 300);
    const Witness mirror =
        watch(SimplexBandit(rewards), MirrorDescent({.learning_rate = eta, .map = mirror_maps::simplex_entropy()}),
              policy_at(theta), 300);
    for (std::size_t k = 0; k <= 300; ++k) {
      const Vector pi = policy_at(natural.points[k]);
      INFO("K " << arms << ", iteration " << k);
      for (Index a = 0; a < count; ++a) CHECK(pi[a] == Approx(mirror.points[k][a]).epsilon(1e-12).margin(0.0));
      CHECK(natural.records[k].value == Approx(mirror.records[k].value).epsilon(1e-12).margin(0.0));
    }
  }
}

TEST_CASE("it converges linearly, e^{-eta Delta t}, where the plain gradient takes (K - 1)/(K eta t)") {
  // Gap family: by pi_a ~ pi_a exp(eta r_a), f/(Delta - f) falls by exp(-eta Delta) in every step.
  // The plain gradient's rate: slope -1 of log f on log t, and the constant of Mei et al. (2020), for equal other arms.
  const Problem problem = make("softmax-bandit", {{"arms", "4"}, {"reward_gap", "0.5"}});
  const Vector& uniform = start_of(problem, "uniform");
  const Witness natural = watch(*problem.objective, NaturalPolicyGradient({.learning_rate = eta}), uniform, 200);
  for (std::size_t k = 1; k <= 200; ++k) {
    const auto odds = [&](std::size_t i) { return natural.records[i].value / (0.5 - natural.records[i].value); };
    CHECK(odds(k) / odds(k - 1) == Approx(std::exp(-eta * 0.5)).epsilon(1e-11));
  }
  CHECK(natural.records[200].value < 1e-17);
  const Witness plain = watch(*problem.objective, GradientDescent({.learning_rate = eta}), uniform, 100000);
  const double early = plain.records[10000].value;
  const double late = plain.records[100000].value;
  CHECK(std::log10(late / early) == Approx(-1.0).margin(0.01));
  CHECK(late * eta * 1e5 == Approx(3.0 / 4.0).epsilon(0.01));
}

TEST_CASE("f_T <= ln(1/pi_1(a*))/(eta T), falling in every step, for any eta") {
  RandomEngine engine = RandomSource(3).engine("bandits");
  for (const double rate : {0.05, 0.4, 10.0}) {
    const SoftmaxBandit bandit(random_rewards(engine, 20));
    Vector theta(20);
    fill_standard_normal(engine, theta);
    const double p = policy_at(theta)[bandit.optimal_action()];
    const Witness witness = watch(bandit, NaturalPolicyGradient({.learning_rate = rate}), theta, 400);
    for (std::size_t k = 1; k <= 400; ++k) {
      INFO("eta " << rate << ", iteration " << k);
      CHECK(witness.records[k].value <= std::log(1.0 / p) / (rate * static_cast<double>(k)));
      CHECK(witness.records[k].value <= witness.records[k - 1].value * (1.0 + 1e-14));
    }
  }
}

TEST_CASE("from a corner it escapes in a time logarithmic in 1/p, the plain gradient in one proportional to it") {
  // Two arms: the odds grow by exp(eta Delta) a step, so pi(a*) >= 1/2 at ceil(ln((1 - p)/p)/(eta Delta)) exactly.
  // The plain gradient needs at least 1 + (1/p - 10)/(2 eta Delta) steps to pi(a*) >= 0.1, from
  // 1/pi_{t+1} >= 1/pi_t - 2 eta Delta.
  const NaturalPolicyGradient natural({.learning_rate = eta});
  const GradientDescent plain({.learning_rate = eta});
  for (const double p : {1e-2, 1e-4, 1e-8}) {
    const Problem problem = make("softmax-bandit", {{"arms", "2"}, {"initial_probability", format_exact(p)}});
    const double expected = std::ceil(std::log((1.0 - p) / p) / (eta * 0.5));
    CHECK(static_cast<double>(escape_time(problem, natural, 0.5, 1000)) == expected);
    const double bound = 1.0 + (1.0 / p - 10.0) / (2.0 * eta * 0.5);
    if (p >= 1e-4) {
      const auto time = static_cast<double>(escape_time(problem, plain, 0.1, 1000000));
      CHECK(time >= bound);
      CHECK(time <= 1.2 * bound);  // tight for two arms but for factors (1 - pi)^2 on the way
    } else {
      CHECK(escape_time(problem, plain, 0.1, 10000) > 10000);  // of 2.5e8 that the bound demands
    }
  }
  // From a corner of six arms the other arms matter little: within ln 2 of odds.
  const Problem six = make("softmax-bandit", {{"initial_probability", "1e-8"}});
  const auto time = static_cast<double>(escape_time(six, natural, 0.5, 1000));
  CHECK(time == Approx(std::log(1e8) / (eta * 0.5)).margin(std::log(2.0) / (eta * 0.5) + 1.0));
}

TEST_CASE("it escapes where the gradient has underflowed to 0") {
  // pi(a*) = e^-1000: 0 in double precision, as is its derivative. The advantage is not.
  const SoftmaxBandit bandit({1.0, 0.5});
  const Witness witness = watch(bandit, NaturalPolicyGradient({.learning_rate = eta}), {-1000.0, 0.0}, 5001);
  CHECK(witness.gradients[0] == Vector{0.0, 0.0});
  CHECK(policy_at(witness.points[4999])[0] < 0.5);
  CHECK(policy_at(witness.points[5001])[0] > 0.5);  // 1000/(eta Delta) = 5000
  CHECK(watch(bandit, GradientDescent({.learning_rate = eta}), {-1000.0, 0.0}, 100).points[100] ==
        Vector{-1000.0, 0.0});
}

TEST_CASE("the plain gradient keeps the sum of theta and descends with every eta") {
  // 1'grad f = 0 for every softmax policy; monotone for all eta > 0 (facts on the softmax policy gradient).
  RandomEngine engine = RandomSource(5).engine("bandits");
  for (const double rate : {0.4, 5.0, 1000.0}) {
    const SoftmaxBandit bandit(random_rewards(engine, 8));
    Vector theta(8);
    fill_standard_normal(engine, theta);
    const Witness witness = watch(bandit, GradientDescent({.learning_rate = rate}), theta, 300);
    for (std::size_t k = 1; k <= 300; ++k) {
      INFO("eta " << rate << ", iteration " << k);
      const double scale = 1.0 + witness.points[k].view().cwiseAbs().maxCoeff();
      CHECK(std::abs(witness.points[k].view().sum() - theta.view().sum()) <= 1e-13 * scale * 8.0);
      CHECK(witness.records[k].value <= witness.records[k - 1].value * (1.0 + 1e-14));
    }
  }
}

TEST_CASE("it resumes bit for bit, asks for gradients only, and its records are those of its points") {
  const Problem problem = make("softmax-bandit");
  const NaturalPolicyGradient solver({.learning_rate = schedules::cosine(0.8, 0.1, 50)});
  for (const Index cut : {0, 1, 13}) check_resumes(*problem.objective, solver, problem.starts[0].x, cut, 40);
  check_frugal(*problem.objective, solver, problem.starts[0].x, 25);
  CHECK_FALSE(solver.ends_itself());
  const Witness witness = watch(*problem.objective, solver, problem.starts[0].x, 40);
  for (std::size_t k = 1; k <= 40; ++k) {
    const Eigen::VectorXd step = witness.points[k].view() - witness.points[k - 1].view();
    const Eigen::VectorXd change = witness.gradients[k].view() - witness.gradients[k - 1].view();
    Vector gradient(6);
    CHECK(witness.records[k].value == problem.objective->value_and_gradient(witness.points[k], gradient));
    CHECK(witness.records[k].gradient_norm == Approx(gradient.view().norm()));
    CHECK(witness.records[k].step_norm == Approx(step.norm()));
    CHECK(std::isnan(witness.records[k].step_size));
    CHECK(witness.records[k].curvature == Approx(step.dot(change) / step.squaredNorm()).margin(1e-12));
  }
}

TEST_CASE("a failed step leaves the iterate and the state as they were") {
  const Needle needle;
  Oracle oracle(needle);
  const auto stepper = NaturalPolicyGradient({.learning_rate = 0.5}).start(oracle, {1.0, 0.0}, RandomSource(0));
  StateWriter before, after;
  stepper->save_state(before);
  CHECK(stepper->step() == StepStatus::ended);
  CHECK(stepper->end().id == "non-finite");
  stepper->save_state(after);
  CHECK(std::equal(before.bytes().begin(), before.bytes().end(), after.bytes().begin(), after.bytes().end()));
  CHECK(stepper->current().x()[0] == 1.0);
}

TEST_CASE("objectives without a natural gradient, other objectives and wrong starts are refused") {
  const NaturalPolicyGradient solver({.learning_rate = 0.5});
  CHECK_THROWS_WITH(
      run(capped_saddle(), solver, {1.0, 1.0}),
      "NaturalPolicyGradient: the objective must offer a natural gradient (NaturalGradientObjective), got "
      "one that does not");
  const SoftmaxBandit bandit({1.0, 0.5}), other({1.0, 0.5});
  CHECK_THROWS_AS(run(bandit, solver, {1.0, 1.0, 1.0}), std::invalid_argument);
  Oracle oracle(bandit);
  Evaluation at(2);
  Vector natural(2);
  CHECK_THROWS_AS(oracle.evaluate_natural(other, at, natural), std::invalid_argument);
}

TEST_CASE("by name it takes the problem's step and shows it") {
  const Problem problem = make("softmax-bandit");
  const auto made = solvers::make("natural-policy-gradient", {}, problem);
  CHECK(made->name() == "natural-policy-gradient");
  CHECK(made->settings() == std::vector<std::pair<std::string, std::string>>{{"learning_rate", "0.4"}});
  CHECK(solvers::make("natural-policy-gradient", {{"learning_rate", "2"}}, problem)->settings()[0].second == "2");
}

TEST_CASE(
    "with a temperature it contracts towards exp(r/tau) by exactly 1 - eta tau a step, and at eta = 1/tau arrives") {
  // pi_a ~ pi_a^{1 - eta tau} exp(eta r_a) (Cen et al. 2022, section 2): ln(pi_a/q_a) less that of another arm.
  const std::vector<double> rewards{0.2, 0.9, 1.0, 0.5};
  const double tau = 0.25;
  const EntropyRegularizedBandit bandit(rewards, tau);
  const Vector theta{3.0, 5.0, -20.0, 1.0};
  const Witness witness = watch(bandit, NaturalPolicyGradient({.learning_rate = eta}), theta, 100);
  const auto distance_to_optimum = [&](std::size_t k) {
    const Vector& now = witness.points[k];
    return (now[2] - rewards[2] / tau) - (now[0] - rewards[0] / tau);
  };
  for (std::size_t k = 1; k <= 100; ++k) {
    const double expected = distance_to_optimum(0) * std::pow(1.0 - eta * tau, static_cast<double>(k));
    CHECK(distance_to_optimum(k) == Approx(expected).epsilon(1e-9));
    CHECK(witness.records[k].value < witness.records[k - 1].value);
  }
  const Witness whole = watch(bandit, NaturalPolicyGradient({.learning_rate = 1.0 / tau}), theta, 1);
  const Vector pi = policy_at(whole.points[1]);
  for (Index a = 0; a < 4; ++a) CHECK(pi[a] == Approx(std::exp(bandit.log_optimum()[a])).epsilon(1e-13));
  CHECK(whole.records[1].value <= 1e-28);
}
