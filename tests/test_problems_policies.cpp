// Bandits and cross-entropies under softmax and escort policies: derivatives, invariances, Lojasiewicz
// inequalities, extremes.
#include "support/catch.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// The definitions as they stand in the papers: fractions of sums, no care for cancellation.
struct SoftmaxBanditTwin {
  std::vector<double> r;
  template <class T>
  T operator()(const T* theta) const {
    using std::exp;
    T sum(0.0), reward(0.0);
    for (std::size_t a = 0; a < r.size(); ++a) {
      sum += exp(theta[a]);
      reward += exp(theta[a]) * r[a];
    }
    return *std::max_element(r.begin(), r.end()) - reward / sum;
  }
};

struct EscortBanditTwin {
  std::vector<double> r;
  double p;
  template <class T>
  T operator()(const T* theta) const {
    using std::abs, std::pow;
    T sum(0.0), reward(0.0);
    for (std::size_t a = 0; a < r.size(); ++a) {
      sum += pow(abs(theta[a]), p);
      reward += pow(abs(theta[a]), p) * r[a];
    }
    return *std::max_element(r.begin(), r.end()) - reward / sum;
  }
};

struct SoftmaxCrossEntropyTwin {
  std::size_t classes, label;
  template <class T>
  T operator()(const T* theta) const {
    using std::exp, std::log;
    T sum(0.0);
    for (std::size_t a = 0; a < classes; ++a) sum += exp(theta[a]);
    return log(sum) - theta[label];
  }
};

struct EscortCrossEntropyTwin {
  std::size_t classes, label;
  double p;
  template <class T>
  T operator()(const T* theta) const {
    using std::abs, std::log, std::pow;
    T sum(0.0);
    for (std::size_t a = 0; a < classes; ++a) sum += pow(abs(theta[a]), p);
    return log(sum) - p * log(abs(theta[label]));
  }
};

Vector normal_vector(Index n, const std::string& purpose, std::uint64_t counter) {
  Vector x(n);
  RandomEngine engine = RandomSource(41).engine(purpose, counter);
  fill_standard_normal(engine, x);
  return x;
}

void compare(const Objective& ours, const Objective& twin, const Vector& x, const Vector& v) {
  const Index n = x.size();
  Vector gradient(n), twin_gradient(n), product(n), twin_product(n);
  const double value = ours.value_and_gradient(x, gradient);
  CHECK(value == ours.value(x));
  CHECK(value == Approx(twin.value_and_gradient(x, twin_gradient)).epsilon(1e-12).margin(1e-14));
  ours.hessian_vector_product(x, v, product);
  twin.hessian_vector_product(x, v, twin_product);
  // Relative to the curvature scale 1/min |x_a|^2 that the escort's second derivatives have.
  const double scale = 1.0 + v.view().norm() / x.view().cwiseAbs2().minCoeff();
  CHECK((gradient.view() - twin_gradient.view()).norm() <= 1e-12 * (1.0 + twin_gradient.view().norm()));
  CHECK((product.view() - twin_product.view()).norm() <= 1e-12 * (scale + twin_product.view().norm()));
}

const std::vector<double> rewards{0.2, 0.9, 1.0, 0.55, 0.9};

}  // namespace

TEST_CASE("derivatives equal those of the autodiff twin") {
  const auto softmax_twin = autodiff(SoftmaxBanditTwin{rewards}, 5);
  const auto entropy_twin = autodiff(SoftmaxCrossEntropyTwin{5, 3}, 5);
  for (std::uint64_t trial = 0; trial < 30; ++trial) {
    const Vector theta = normal_vector(5, "theta", trial);
    const Vector v = normal_vector(5, "v", trial);
    INFO("theta = " << theta.view().transpose());
    compare(SoftmaxBandit(rewards), softmax_twin, theta, v);
    compare(SoftmaxCrossEntropy(5, 3), entropy_twin, theta, v);
    for (const double p : {1.0, 1.5, 2.0, 3.0, 7.5}) {
      INFO("p = " << p);
      compare(EscortBandit(rewards, p), autodiff(EscortBanditTwin{rewards, p}, 5), theta, v);
      compare(EscortCrossEntropy(5, 3, p), autodiff(EscortCrossEntropyTwin{5, 3, p}, 5), theta, v);
    }
  }
}

TEST_CASE("softmax objectives ignore shifts: gradients sum to zero and H 1 = 0") {
  const SoftmaxBandit bandit(rewards);
  const SoftmaxCrossEntropy entropy(5, 1);
  for (const Objective* f : {static_cast<const Objective*>(&bandit), static_cast<const Objective*>(&entropy)}) {
    for (std::uint64_t trial = 0; trial < 100; ++trial) {
      const Vector theta = normal_vector(5, "theta", trial);
      Vector shifted = theta, gradient(f->dimension()), ones(f->dimension()), product(f->dimension());
      ones.view().setOnes();
      shifted.view().array() += 3.0;
      CHECK(f->value_and_gradient(theta, gradient) == Approx(f->value(shifted)).epsilon(1e-14));
      CHECK(std::abs(std::accumulate(gradient.begin(), gradient.end(), 0.0)) <= 1e-15);
      f->hessian_vector_product(theta, ones, product);
      CHECK(product.view().norm() <= 1e-15);
    }
  }
}

TEST_CASE("escort objectives ignore scale: theta'grad f = 0, H theta = -grad f, steps are scale-equivariant") {
  for (const double p : {1.0, 1.5, 2.0, 5.0}) {
    const EscortBandit bandit(rewards, p);
    const EscortCrossEntropy entropy(5, 1, p);
    for (const Objective* f : {static_cast<const Objective*>(&bandit), static_cast<const Objective*>(&entropy)}) {
      for (std::uint64_t trial = 0; trial < 50; ++trial) {
        const Vector theta = normal_vector(5, "theta", trial);
        Vector scaled = theta, gradient(f->dimension()), scaled_gradient(f->dimension()), product(f->dimension());
        scaled.view() *= 8.0;
        // Exactly: 8 is a power of two.
        CHECK(f->value_and_gradient(theta, gradient) == f->value_and_gradient(scaled, scaled_gradient));
        CHECK((gradient.view() - 8.0 * scaled_gradient.view()).norm() == 0.0);
        const double size = gradient.view().norm() * theta.view().norm();
        CHECK(std::abs(gradient.view().dot(theta.view())) <= 1e-14 * (1.0 + size));
        f->hessian_vector_product(theta, theta, product);
        CHECK((product.view() + gradient.view()).norm() <= 1e-13 * (1.0 + gradient.view().norm()));
        // theta -> theta - eta(theta) grad with eta ~ ||theta||^2 commutes with scaling.
        const double step = escort_policy_gradient_step(theta, p);
        const double scaled_step = escort_policy_gradient_step(scaled, p);
        const Eigen::VectorXd next = theta.view() - step * gradient.view();
        const Eigen::VectorXd scaled_next = scaled.view() - scaled_step * scaled_gradient.view();
        CHECK((scaled_next - 8.0 * next).norm() <= 1e-14 * scaled_next.norm());
      }
    }
  }
}

TEST_CASE("Lojasiewicz inequalities hold at random points and are tight where the paper says so") {
  // Mei et al. (2020), eqs. (8), (9), (11), (12): theorems, so no violation beyond rounding is allowed.
  double tightest_bandit = 1e300;
  for (std::uint64_t trial = 0; trial < 1000; ++trial) {
    Vector theta = normal_vector(5, "theta", trial);
    theta.view() *= trial % 2 == 0 ? 1.0 : 4.0;
    const SoftmaxBandit softmax_bandit(rewards);
    Vector gradient(softmax_bandit.dimension());
    double value = softmax_bandit.value_and_gradient(theta, gradient);
    double bound = softmax_bandit.lojasiewicz_coefficient(theta) * value;
    CHECK(gradient.view().norm() >= bound * (1.0 - 1e-12));
    tightest_bandit = std::min(tightest_bandit, gradient.view().norm() / bound);
    const SoftmaxCrossEntropy softmax_entropy(5, 2);
    value = softmax_entropy.value_and_gradient(theta, gradient);
    CHECK(gradient.view().norm() >= softmax_entropy.lojasiewicz_coefficient(theta) * std::sqrt(value) * (1.0 - 1e-12));
    for (const double p : {1.0, 1.5, 2.0, 3.0, 8.0}) {
      const EscortBandit escort_bandit(rewards, p);
      value = escort_bandit.value_and_gradient(theta, gradient);
      bound = escort_bandit.lojasiewicz_coefficient(theta) * value;
      CHECK(gradient.view().norm() >= bound * (1.0 - 1e-12));
      const EscortCrossEntropy escort_entropy(5, 2, p);
      value = escort_entropy.value_and_gradient(theta, gradient);
      CHECK(gradient.view().norm() >= escort_entropy.lojasiewicz_coefficient(theta) * std::sqrt(value) * (1.0 - 1e-12));
    }
  }
  CHECK(tightest_bandit < 2.0);  // the coefficient is not a trivially small number

  // The coefficients are the ones the paper prints, in terms of probabilities.
  const Vector theta = normal_vector(5, "theta", 0);
  Vector pi(5);
  transforms::softmax(theta, pi);
  CHECK(SoftmaxBandit(rewards).lojasiewicz_coefficient(theta) == Approx(pi[2]).epsilon(1e-14));
  CHECK(SoftmaxCrossEntropy(5, 0).lojasiewicz_coefficient(theta) ==
        Approx(std::sqrt(pi.view().minCoeff())).epsilon(1e-14));
  transforms::escort(theta, 3.0, pi);
  CHECK(EscortBandit(rewards, 3.0).lojasiewicz_coefficient(theta) ==
        Approx(3.0 / transforms::p_norm(theta, 3.0) * std::pow(pi[2], 1.0 - 1.0 / 3.0)).epsilon(1e-13));
  CHECK(EscortCrossEntropy(5, 0, 3.0).lojasiewicz_coefficient(theta) ==
        Approx(3.0 / transforms::p_norm(theta, 3.0) * std::sqrt(std::pow(pi.view().minCoeff(), 1.0 - 2.0 / 3.0)))
            .epsilon(1e-13));
}

TEST_CASE("near a corner no digit is lost") {
  // pi = (e, 1 - e) with regret 1: f = 1 - e, df/dtheta = (-e (1 - e), e (1 - e)), for the suboptimal corner and,
  // mirrored, f = e for the optimal one. The plain difference r_a - pi'r would give 0 for e below 1e-16.
  for (const double log_e : {-10.0, -40.0, -300.0, -700.0}) {
    const double e = std::exp(log_e);  // pi_0/pi_1, which is e up to a factor 1 + e
    Vector gradient(2), product(2);
    const SoftmaxBandit bandit({1.0, 0.0});
    bandit.value_and_gradient(Vector{log_e, 0.0}, gradient);
    CHECK(gradient[0] == Approx(-e / ((1.0 + e) * (1.0 + e))).epsilon(1e-14));
    CHECK(gradient[1] == Approx(e / ((1.0 + e) * (1.0 + e))).epsilon(1e-14));
    CHECK(bandit.value_and_gradient(Vector{0.0, log_e}, gradient) == Approx(e / (1.0 + e)).epsilon(1e-14));
    CHECK(gradient[1] == Approx(e / ((1.0 + e) * (1.0 + e))).epsilon(1e-14));
    // d^2 f/dtheta_0^2 = -pi_0 pi_1 (pi_1 - pi_0).
    bandit.hessian_vector_product(Vector{log_e, 0.0}, Vector{1.0, 0.0}, product);
    CHECK(product[0] == Approx(-e * (1.0 - e) / std::pow(1.0 + e, 3)).epsilon(1e-13));
    const SoftmaxCrossEntropy entropy(2, 0);
    CHECK(entropy.value_and_gradient(Vector{0.0, log_e}, gradient) == Approx(std::log1p(e)).epsilon(1e-14));
    CHECK(gradient[0] == Approx(-e / (1.0 + e)).epsilon(1e-14));
    CHECK(entropy.value(Vector{log_e, 0.0}) == Approx(-log_e + std::log1p(e)).epsilon(1e-14));
  }
  // Escort, p = 2, theta = (s, 1): pi_0/pi_1 = s^2, df/dtheta_0 = -2 s/(1 + s^2)^2, also where s^2 underflows.
  for (const double s : {1e-3, 1e-100, 1e-200, 5e-324}) {
    Vector gradient(2);
    EscortBandit({1.0, 0.0}, 2.0).value_and_gradient(Vector{s, 1.0}, gradient);
    CHECK(gradient[0] == Approx(-2.0 * s / std::pow(1.0 + s * s, 2)).epsilon(1e-14).margin(0.0));
    CHECK(EscortCrossEntropy(2, 0, 2.0).value(Vector{s, 1.0}) ==
          Approx(std::log1p(s * s) - 2.0 * std::log(s)).epsilon(1e-14));
    CHECK(EscortCrossEntropy(2, 1, 2.0).value(Vector{s, 1.0}) == Approx(std::log1p(s * s)).epsilon(1e-14).margin(0.0));
  }
}

TEST_CASE("escort where elements are zero does what its header says") {
  Vector gradient(3), product(3);
  for (const double p : {1.0, 1.5, 2.0, 3.0}) {
    EscortBandit({0.2, 0.9, 1.0}, p).value_and_gradient(Vector{0.0, 1.0, -1.0}, gradient);
    INFO("p = " << p);
    CHECK(gradient[0] == 0.0);
    CHECK(gradient.view().allFinite());
  }
  // p = 2 at theta = (0, 1, 0): H = diag(2 (r_1 - r_0), 0, 2 (r_1 - r_2)).
  EscortBandit({0.2, 0.9, 1.0}, 2.0).hessian_vector_product(Vector{0.0, 1.0, 0.0}, Vector{1.0, 1.0, 1.0}, product);
  CHECK(product[0] == Approx(1.4).epsilon(1e-14));
  CHECK(product[1] == 0.0);
  CHECK(product[2] == Approx(-0.2).epsilon(1e-14));
  // 1 < p < 2: infinite along the zero element, finite along the others.
  EscortBandit({0.2, 0.9, 1.0}, 1.5).hessian_vector_product(Vector{0.0, 1.0, 1.0}, Vector{1.0, 0.0, 0.0}, product);
  CHECK(product[0] == std::numeric_limits<double>::infinity());
  EscortBandit({0.2, 0.9, 1.0}, 1.5).hessian_vector_product(Vector{0.0, 1.0, 1.0}, Vector{0.0, 1.0, 0.0}, product);
  CHECK(product.view().allFinite());
  // theta = 0: outside the domain, every result.
  for (const double p : {1.0, 2.0}) {
    const EscortBandit bandit({0.2, 0.9, 1.0}, p);
    const EscortCrossEntropy entropy(3, 0, p);
    const Vector zero(3), v{1.0, 2.0, 3.0};
    for (const Objective* f : {static_cast<const Objective*>(&bandit), static_cast<const Objective*>(&entropy)}) {
      CHECK(std::isnan(f->value(zero)));
      CHECK(std::isnan(f->value_and_gradient(zero, gradient)));
      CHECK(gradient.view().array().isNaN().all());
      f->hessian_vector_product(zero, v, product);
      CHECK(product.view().array().isNaN().all());
    }
    CHECK(std::isnan(bandit.lojasiewicz_coefficient(zero)));
  }
  CHECK(EscortCrossEntropy(2, 0, 2.0).value(Vector{0.0, 1.0}) == std::numeric_limits<double>::infinity());
  // Eq. (9) needs theta(a*) != 0: there the coefficient is 0.
  CHECK(EscortBandit({0.2, 1.0}, 1.0).lojasiewicz_coefficient(Vector{1.0, 0.0}) == 0.0);
}

TEST_CASE("the registry's policies at the extremes give numbers or clear errors") {
  struct Case {
    std::string problem;
    Parameters::Assignments parameters;
  };
  const std::vector<Case> cases{
      {"softmax-bandit", {{"arms", "1"}}},
      {"escort-bandit", {{"arms", "1"}}},
      {"softmax-bandit", {{"arms", "2"}, {"initial_probability", "1e-300"}}},
      {"escort-bandit", {{"arms", "2"}, {"initial_probability", "1e-300"}, {"p", "64"}}},
      {"softmax-bandit", {{"arms", "100000"}}},
      {"escort-bandit", {{"arms", "100000"}, {"p", "1"}}},
      {"escort-bandit", {{"arms", "100000"}, {"p", "64"}}},
      {"softmax-bandit", {{"reward_gap", "0"}}},
      {"escort-bandit", {{"reward_gap", "0"}, {"p", "1"}}},
      {"softmax-cross-entropy", {{"classes", "1"}}},
      {"escort-cross-entropy", {{"classes", "1"}, {"p", "64"}}},
      {"softmax-cross-entropy", {{"classes", "100000"}, {"label", "99999"}, {"initial_probability", "1e-300"}}},
      {"escort-cross-entropy", {{"classes", "100000"}, {"initial_probability", "1e-300"}, {"p", "64"}}},
      {"escort-cross-entropy", {{"classes", "3"}, {"p", "1"}}},
  };
  for (const Case& extreme : cases) {
    const Problem problem = make(extreme.problem, extreme.parameters);
    const Index n = problem.objective->dimension();
    for (const StartPoint& start : problem.starts) {
      INFO(extreme.problem << " " << extreme.parameters.front().second << " from " << start.name);
      Vector gradient(n), product(n), pi(n);
      CHECK(std::isfinite(problem.objective->value_and_gradient(start.x, gradient)));
      CHECK(gradient.view().allFinite());
      problem.objective->hessian_vector_product(start.x, start.x, product);
      CHECK(product.view().allFinite());
      problem.policy->probabilities(start.x, pi);
      CHECK(pi.view().sum() == Approx(1.0).epsilon(1e-10));
      CHECK(std::isfinite(problem.policy->lojasiewicz_coefficient(start.x)));
    }
    if (problem.suggested_step) CHECK(std::isfinite(*problem.suggested_step));
    if (problem.suggested_step) CHECK(*problem.suggested_step > 0.0);
  }
  CHECK(make("softmax-bandit", {{"reward_gap", "0"}}).policy->optimal_action() == 0);
  CHECK(Arms("test", {0.5, 0.9, 0.9}).best() == 1);  // the first of equals
  CHECK(Arms("test", {0.5, 0.9, 0.9}).gap() == 0.0);
  CHECK(Arms("test", {0.5, 0.9, 0.4}).gap() == Approx(0.4));
}

TEST_CASE("starts place the mass where the parameters say, the same for softmax and escort") {
  const Parameters::Assignments parameters{
      {"rewards", "0.2; 0.9, 1,0.5"}, {"initial_probability", "0.01"}, {"remainder", "0.002"}};
  const Problem softmax_problem = make("softmax-bandit", parameters);
  Parameters::Assignments with_power = parameters;
  with_power.emplace_back("p", "3");
  const Problem escort_problem = make("escort-bandit", with_power);
  CHECK(softmax_problem.policy->rewards() == std::vector<double>{0.2, 0.9, 1.0, 0.5});
  CHECK(softmax_problem.policy->optimal_action() == 2);
  for (const Problem* problem : {&softmax_problem, &escort_problem}) {
    Vector pi(4);
    const auto check = [&](const char* name, const Vector& expected) {
      problem->policy->probabilities(start_of(*problem, name), pi);
      INFO(problem->name << " " << name);
      CHECK((pi.view() - expected.view()).cwiseQuotient(expected.view()).cwiseAbs().maxCoeff() <= 1e-12);
    };
    CHECK(problem->starts.front().name == "corner");
    check("corner", {0.001, 0.988, 0.01, 0.001});
    check("even", {0.33, 0.33, 0.01, 0.33});
    check("uniform", {0.25, 0.25, 0.25, 0.25});
  }
  CHECK(make("softmax-bandit", {{"start", "even"}}).starts.front().name == "even");

  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"start", "edge"}}),
                      "softmax-bandit: start must be corner or even, got 'edge'");
  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"initial_probability", "1"}}),
                      "softmax-bandit: initial_probability must be < 1 with several arms, got 1");
  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"initial_probability", "0.9"}, {"remainder", "0.2"}}),
                      "softmax-bandit: initial_probability + remainder must be < 1, got 1.1");
  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"rewards", "1,,2"}}),
                      "softmax-bandit: rewards must be finite numbers separated by commas or semicolons, got '' as "
                      "number 2");
  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"rewards", "1,nan"}}),
                      "softmax-bandit: rewards must be finite numbers separated by commas or semicolons, got 'nan' as "
                      "number 2");
  REQUIRE_THROWS_WITH(make("softmax-bandit", {{"rewards", "1,2"}, {"arms", "3"}}),
                      "softmax-bandit: arms must be left out or equal the number of rewards, 2, got 3");
  REQUIRE_THROWS_WITH(make("escort-bandit", {{"p", "0.5"}}), "escort-bandit: p must be in [1, 1000], got 0.5");
  REQUIRE_THROWS_WITH(make("softmax-cross-entropy", {{"label", "10"}}),
                      "softmax-cross-entropy: label must be in [0, 10), got 10");
  REQUIRE_THROWS_WITH(SoftmaxBandit({}), "SoftmaxBandit: there must be at least one arm, got none");
  REQUIRE_THROWS_WITH(EscortBandit({1.0, not_a_number}, 2.0), "EscortBandit: rewards must be finite, got nan");
  REQUIRE_THROWS_WITH(EscortBandit({1.0}, not_a_number), "EscortBandit: p must be >= 1 and finite, got nan");
  REQUIRE_THROWS_WITH(SoftmaxCrossEntropy(0, 0), "SoftmaxCrossEntropy: classes must be >= 1, got 0");
}

TEST_CASE("theory's steps are set where their theorems hold, and only there") {
  CHECK(make("escort-bandit", {{"p", "1"}}).theory_schedule);
  CHECK(make("escort-bandit", {{"p", "2"}}).theory_schedule);
  CHECK_FALSE(make("escort-bandit", {{"p", "1.5"}}).theory_schedule);
  CHECK_FALSE(make("escort-cross-entropy", {{"p", "3"}}).theory_schedule);
  const Problem bandit = make("escort-bandit", {{"arms", "8"}, {"p", "3"}});
  // 2 ||theta||_3^2/(9 p^2 K^{1/3}) with K = 8, at twice a start of norm 1.
  Vector theta = bandit.starts.front().x;
  theta.view() *= 2.0;
  CHECK((*bandit.theory_schedule)(0, theta) == Approx(2.0 * 4.0 / (9.0 * 9.0 * 2.0)).epsilon(1e-13));
  const Problem entropy = make("escort-cross-entropy", {{"initial_probability", "0.05"}});
  CHECK((*entropy.theory_schedule)(7, entropy.starts.front().x) == Approx(1.0 / (4.0 * 23.0)).epsilon(1e-13));
  CHECK(*entropy.suggested_step == Approx(1.0 / (4.0 * 23.0)).epsilon(1e-13));
}
