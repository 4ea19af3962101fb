// Tabular policies in Markov decision processes: against a twin that eliminates and differentiates automatically,
// against every deterministic policy, and against the lemmas and theorems they obey.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/problems/distractor_chain.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <Eigen/Core>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::problems;
using transforms::PolicyFamily;
using transforms::PolicyTransform;

namespace {

Vector normal_vector(Index n, const std::string& purpose, std::uint64_t counter) {
  Vector x(n);
  RandomEngine engine = RandomSource(17).engine(purpose, counter);
  fill_standard_normal(engine, x);
  return x;
}

// V*(rho) - V^pi(rho) - tau H + barrier from the definitions: rewards, not regrets; Gaussian elimination.
struct Twin {
  const TabularPolicy* landscape;
  double optimum;

  template <class T>
  T operator()(const T* theta) const {
    using std::abs, std::exp, std::log, std::pow;
    const MarkovDecisionProcess& process = landscape->process();
    const TabularPolicyOptions& options = landscape->options();
    const double parameter = options.transform.parameter();
    const Index states = process.state_count(), actions = process.action_count();
    std::vector<std::vector<T>> system(static_cast<std::size_t>(states),
                                       std::vector<T>(static_cast<std::size_t>(states + 1), T(0.0)));
    T barrier(0.0);
    for (Index s = 0; s < states; ++s) {
      auto& equation = system[static_cast<std::size_t>(s)];
      equation[static_cast<std::size_t>(s)] += T(1.0);
      const auto weight = [&](Index a) {
        const T& element = theta[s * actions + a];
        return options.transform.family() == PolicyFamily::softmax ? T(exp(element / parameter))
                                                                   : T(pow(abs(element), parameter));
      };
      T sum(0.0);
      for (Index a = 0; a < actions; ++a) sum += weight(a);
      for (Index a = 0; a < actions; ++a) {
        const T pi = weight(a) / sum;
        equation.back() += pi * (process.reward(s, a) - options.entropy_temperature * log(pi));
        barrier -= log(pi * static_cast<double>(actions));
        for (const Transition& next : process.successors(s, a)) {
          equation[static_cast<std::size_t>(next.next)] -= pi * (process.discount() * next.probability);
        }
      }
    }
    const auto n = static_cast<std::size_t>(states);
    for (std::size_t k = 0; k < n; ++k) {  // diagonally dominant: no pivoting
      for (std::size_t i = 0; i < n; ++i) {
        if (i == k) continue;
        const T factor = system[i][k] / system[k][k];
        for (std::size_t j = k; j <= n; ++j) system[i][j] -= factor * system[k][j];
      }
    }
    T value(optimum);
    for (std::size_t s = 0; s < n; ++s)
      value -= process.initial()[static_cast<Index>(s)] * (system[s][n] / system[s][s]);
    return value + barrier * (options.barrier / static_cast<double>(states * actions));
  }
};

std::vector<TabularPolicyOptions> variants() {
  return {{.transform = PolicyTransform::softmax()},
          {.transform = PolicyTransform::softmax(0.5)},
          {.transform = PolicyTransform::escort(1.0)},
          {.transform = PolicyTransform::escort(2.0)},
          {.transform = PolicyTransform::escort(3.5)},
          {.transform = PolicyTransform::softmax(2.0), .entropy_temperature = 0.3},
          {.transform = PolicyTransform::escort(2.0), .entropy_temperature = 0.3},
          {.transform = PolicyTransform::softmax(), .barrier = 0.7},
          {.transform = PolicyTransform::escort(3.0), .entropy_temperature = 0.1, .barrier = 0.2}};
}

std::string text_of(const TabularPolicyOptions& options) {
  return options.transform.name() + " " + std::to_string(options.transform.parameter()) + ", tau " +
         std::to_string(options.entropy_temperature) + ", lambda " + std::to_string(options.barrier);
}

}  // namespace

TEST_CASE("values, gradients and products equal those of the twin, for every transform and regularization") {
  for (const TabularPolicyOptions& options : variants()) {
    for (std::uint64_t trial = 0; trial < 8; ++trial) {
      const TabularPolicy f(random_process(4, 3, 2, 0.8, trial), options);
      const double optimum = options.entropy_temperature > 0.0 ? f.soft_optimum().start_value : f.optimum().start_value;
      const auto twin = autodiff(Twin{&f, optimum}, 12);
      Vector theta = normal_vector(12, "theta", trial);
      // Away from the zeros, where an escort's curvature is as large as 1/theta^2.
      for (Index i = 0; i < 12; ++i) theta[i] += theta[i] > 0.0 ? 0.2 : -0.2;
      const Vector v = normal_vector(12, "v", trial);
      Vector gradient(12), twin_gradient(12), product(12), twin_product(12);
      const double value = f.value_and_gradient(theta, gradient);
      INFO(text_of(options) << ", trial " << trial);
      CHECK(value == f.value(theta));
      CHECK(value == Approx(twin.value_and_gradient(theta, twin_gradient)).epsilon(1e-11));
      CHECK((gradient.view() - twin_gradient.view()).norm() <= 1e-11 * (1.0 + twin_gradient.view().norm()));
      f.hessian_vector_product(theta, v, product);
      twin.hessian_vector_product(theta, v, twin_product);
      CHECK((product.view() - twin_product.view()).norm() <= 1e-10 * (1.0 + twin_product.view().norm()));
    }
  }
}

TEST_CASE("value iteration finds the best of all deterministic policies, whose value a linear solve confirms") {
  // Some deterministic policy is optimal for every start (Puterman 1994, theorem 6.2.10).
  for (std::uint64_t instance = 0; instance < 10; ++instance) {
    const TabularPolicy f(random_process(4, 3, 2, 0.9, instance), {});
    const OptimalValues& optimum = f.optimum();
    Vector best(f.process().state_count()), v(f.process().state_count());
    best.view().setConstant(-1.0);
    for (int code = 0; code < 81; ++code) {
      Vector pi(12);
      int digits = code;
      for (Index s = 0; s < 4; ++s, digits /= 3) pi[3 * s + digits % 3] = 1.0;
      f.values(pi, v);
      best.view() = best.view().cwiseMax(v.view());
    }
    CHECK((best.view() - optimum.values.view()).cwiseAbs().maxCoeff() <= 1e-12);
    Vector pi(12);
    for (Index s = 0; s < 4; ++s) pi[3 * s + optimum.best[static_cast<std::size_t>(s)]] = 1.0;
    f.values(pi, v);
    CHECK((v.view() - optimum.values.view()).cwiseAbs().maxCoeff() <= 1e-12);
    CHECK(optimum.start_value == Approx(f.process().initial().dot(v.view())).epsilon(1e-13));
  }
}

TEST_CASE("the performance-difference lemma holds for pairs of policies, and visits are a distribution") {
  // V^pi(rho) - V^other(rho) = sum_s m^pi(s) sum_a pi(a|s) A^other(s, a): Kakade and Langford (2002), lemma 6.1.
  const TabularPolicy f(random_process(7, 3, 4, 0.95, 5), {});
  const MarkovDecisionProcess& process = f.process();
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    const Index states = process.state_count();
    Vector pi(21), other(21), m(states), v(states), other_v(states);
    f.policy(normal_vector(21, "pi", trial), pi);
    f.policy(normal_vector(21, "other", trial), other);
    f.visits(pi, m);
    f.values(pi, v);
    f.values(other, other_v);
    CHECK(m.view().minCoeff() > 0.0);
    CHECK(m.view().sum() * (1.0 - 0.95) == Approx(1.0).epsilon(1e-12));
    double difference = 0.0;
    for (Index s = 0; s < 7; ++s) {
      for (Index a = 0; a < 3; ++a) {
        const double advantage = process.reward(s, a) + process.discounted_next(s, a, other_v) - other_v[s];
        difference += m[s] * pi[3 * s + a] * advantage;
      }
    }
    CHECK(v.view().mean() - other_v.view().mean() == Approx(difference).epsilon(1e-10).margin(1e-12));
  }
}

TEST_CASE("the policy gradient theorem: m(s) pi(a|s) A(s, a), from values and visits in rewards") {
  const TabularPolicy f(random_process(6, 4, 3, 0.9, 8), {});
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const Vector theta = normal_vector(24, "theta", trial);
    Vector pi(24), m(6), v(6), gradient(24);
    f.policy(theta, pi);
    f.visits(pi, m);
    f.values(pi, v);
    f.value_and_gradient(theta, gradient);
    for (Index s = 0; s < 6; ++s) {
      for (Index a = 0; a < 4; ++a) {
        const double advantage = f.process().reward(s, a) + f.process().discounted_next(s, a, v) - v[s];
        CHECK(gradient[4 * s + a] == Approx(-m[s] * pi[4 * s + a] * advantage).epsilon(1e-9).margin(1e-12));
      }
    }
  }
}

TEST_CASE("near the optimal corner the value keeps its digits") {
  // With pi(a*(s)|s) = 1 - O(e), f is linear in e to first order: f(e)/e is constant, far below rounding of V*.
  const TabularPolicy f(random_process(6, 3, 3, 0.9, 2), {.transform = PolicyTransform::escort(2.0)});
  const auto value = [&](double e) {
    Vector theta(18);
    for (Index s = 0; s < 6; ++s) {
      for (Index a = 0; a < 3; ++a) {
        theta[3 * s + a] = a == f.optimum().best[static_cast<std::size_t>(s)] ? 1.0 : std::sqrt(e);
      }
    }
    return f.value(theta);
  };
  CHECK(value(1e-40) / 1e-40 == Approx(value(1e-12) / 1e-12).epsilon(1e-9));
}

TEST_CASE("the soft-optimal policy is stationary with value 0, and values are weighted divergences from it") {
  for (const PolicyTransform& transform : {PolicyTransform::softmax(), PolicyTransform::escort(2.0)}) {
    const double tau = 0.2;
    const TabularPolicy f(random_process(5, 3, 3, 0.9, 4), {.transform = transform, .entropy_temperature = tau});
    const SoftOptimalValues& optimum = f.soft_optimum();
    Vector theta(15), gradient(15);
    for (Index i = 0; i < 15; ++i) {
      theta[i] =
          transform.family() == PolicyFamily::softmax ? optimum.log_policy[i] : std::exp(0.5 * optimum.log_policy[i]);
    }
    CHECK(std::abs(f.value_and_gradient(theta, gradient)) <= 1e-14);
    CHECK(gradient.view().norm() <= 1e-13);
    // Along random directions the Hessian is positive semidefinite there: a minimum up to shifts or scales.
    for (std::uint64_t trial = 0; trial < 50; ++trial) {
      const Vector v = normal_vector(15, "v", trial);
      Vector product(15);
      f.hessian_vector_product(theta, v, product);
      CHECK(v.view().dot(product.view()) >= -1e-12);

      // f = tau sum_s m(s) KL(pi || pi*), with the plain logarithms.
      Vector pi(15), m(5);
      f.policy(v, pi);
      f.visits(pi, m);
      double sum = 0.0;
      for (Index i = 0; i < 15; ++i) sum += tau * m[i / 3] * pi[i] * (std::log(pi[i]) - optimum.log_policy[i]);
      CHECK(f.value(v) == Approx(sum).epsilon(1e-10));
    }
  }
}

TEST_CASE("the barrier's constant: at the uniform policy it is zero, and the barrier is never negative") {
  const MarkovDecisionProcess process = random_process(5, 3, 3, 0.9, 4);
  const TabularPolicy plain(process, {}), barred(process, {.barrier = 0.5});
  CHECK(barred.value(Vector(15)) == Approx(plain.value(Vector(15))).epsilon(1e-13));
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    const Vector theta = normal_vector(15, "theta", trial);
    CHECK(barred.value(theta) > plain.value(theta));
  }
}

TEST_CASE("the non-uniform Lojasiewicz inequality holds on random policies; for a bandit its coefficient is pi(a*)") {
  for (const PolicyTransform& transform :
       {PolicyTransform::softmax(), PolicyTransform::softmax(0.3), PolicyTransform::escort(1.0),
        PolicyTransform::escort(2.0), PolicyTransform::escort(4.0)}) {
    for (std::uint64_t trial = 0; trial < 200; ++trial) {
      const TabularPolicy f(random_process(5, 4, 2, 0.9, trial % 10), {.transform = transform});
      Vector theta = normal_vector(20, "theta", trial);
      theta.view() *= 3.0;
      Vector gradient(20);
      const double value = f.value_and_gradient(theta, gradient);
      const double coefficient = f.lojasiewicz_coefficient(theta);
      INFO(transform.name() << " " << transform.parameter() << ", trial " << trial);
      CHECK(coefficient > 0.0);
      CHECK(gradient.view().norm() >= coefficient * value * (1.0 - 1e-10));
    }
  }
  // One state, gamma = 0: eq. (8) of Mei et al. (2020), C = pi(a*).
  const TabularPolicy bandit(random_process(1, 4, 1, 0.0, 3), {});
  const Vector theta = normal_vector(4, "bandit", 0);
  Vector pi(4);
  bandit.policy(theta, pi);
  CHECK(bandit.lojasiewicz_coefficient(theta) == Approx(pi[bandit.optimum().best[0]]).epsilon(1e-13));
  CHECK(std::isnan(TabularPolicy(random_process(1, 4, 1, 0.0, 3), {.barrier = 1.0}).lojasiewicz_coefficient(theta)));
}

TEST_CASE("the curvature of softmax policies stays below the known constants") {
  // Mei et al. (2020b), lemmas 7 and 14: 8/(1 - gamma)^3 and tau (4 + 8 log A)/(1 - gamma)^3, rewards in [0, 1].
  for (const double tau : {0.0, 0.5}) {
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
      const TabularPolicy f(random_process(4, 3, 2, 0.7, trial),
                            {.transform = PolicyTransform::softmax(), .entropy_temperature = tau});
      const double l = (8.0 + tau * (4.0 + 8.0 * std::log(3.0))) / std::pow(0.3, 3);
      const Vector theta = normal_vector(12, "theta", trial);
      const Eigen::MatrixXd hessian = test::dense_hessian(f, theta);
      CHECK((hessian - hessian.transpose()).norm() <= 1e-12 * hessian.norm());
      CHECK(test::spectral_norm(hessian) <= l);
    }
  }
}

TEST_CASE("escort policy gradient with the steps of theorem 3 is monotone and keeps the theorem's bound") {
  // Mei et al. (2020), theorem 3, mu = rho uniform: f_t <= 20 A^{2/p} S/(c^{2-2/p} (1-gamma)^6 t) ||d*/mu||^2 ||1/mu||.
  for (const double p : {2.0, 3.0}) {
    const TabularPolicy f(random_process(3, 2, 2, 0.5, 6), {.transform = PolicyTransform::escort(p)});
    Vector theta(6), gradient(6), rates(3), pi(6), best(6), d(f.process().state_count());
    theta.view().setConstant(1.0);
    for (Index s = 0; s < 3; ++s) best[2 * s + f.optimum().best[static_cast<std::size_t>(s)]] = 1.0;
    f.visits(best, d);
    const double mismatch = 0.5 * d.view().maxCoeff() * 3.0;  // max d*(s)/mu(s), d = (1 - gamma) m
    double previous = f.value(theta), c = 1.0;
    const double first = previous;
    for (int t = 1; t <= 20000; ++t) {
      const double value = f.value_and_gradient(theta, gradient);
      f.policy(theta, pi);
      for (Index s = 0; s < 3; ++s) c = std::min(c, pi[2 * s + f.optimum().best[static_cast<std::size_t>(s)]]);
      REQUIRE(value <= previous * (1.0 + 1e-12));
      const double bound = 20.0 * std::pow(2.0, 2.0 / p) * 3.0 / (std::pow(c, 2.0 - 2.0 / p) * std::pow(0.5, 6) * t) *
                           mismatch * mismatch * 3.0;
      REQUIRE(value <= bound);
      escort_policy_gradient_rates(f.process(), theta, p, rates);
      for (Index i = 0; i < 6; ++i) theta[i] -= rates[i / 2] * gradient[i];
      previous = value;
    }
    CHECK(previous < 0.05 * first);
  }
  // The rate by hand: gamma = 1/2, A = 2, p = 2, ||theta(s)||^2 = 25: (1/8) 25/(10 4 2).
  Vector rates(1);
  const MarkovDecisionProcess process = random_process(1, 2, 1, 0.5, 0);
  escort_policy_gradient_rates(process, Vector{3.0, -4.0}, 2.0, rates);
  CHECK(rates[0] == Approx(25.0 / 640.0).epsilon(1e-14));
}

TEST_CASE("the distractor chain's optimum is always right: V*(s) = gamma^(H - s)") {
  for (const Index length : {1, 2, 5, 20}) {
    const MarkovDecisionProcess process = distractor_chain_process(length);
    const OptimalValues optimum = value_iteration(process);
    const double discount = static_cast<double>(length) / static_cast<double>(length + 1);
    for (Index s = 0; s <= length; ++s) {
      CHECK(optimum.values[s] == Approx(std::pow(discount, length - s)).epsilon(1e-12));
      CHECK(optimum.best[static_cast<std::size_t>(s)] == chain_right);
    }
    CHECK(optimum.start_value > std::exp(-1.0));
    // Always left: 0.1 (1 - gamma) for ever.
    const TabularPolicy f(process, {});
    Vector left(2 * (length + 1)), v(length + 1);
    for (Index s = 0; s <= length; ++s) left[2 * s + chain_left] = 1.0;
    f.values(left, v);
    CHECK(v[0] == Approx(0.1).epsilon(1e-12));
  }
}

TEST_CASE("from the uniform policy the chain's gradient points to the distractor once the chain is long") {
  // The lure: theta(0, left) rises although right is optimal everywhere.
  for (const Index length : {1, 8}) {
    const TabularPolicy f(distractor_chain_process(length), {});
    Vector gradient(f.dimension());
    f.value_and_gradient(Vector(f.dimension()), gradient);
    INFO("H = " << length);
    CHECK((gradient[chain_left] < 0.0) == (length > 1));
  }
}

TEST_CASE("processes are read from lines, with mean rewards, and what is wrong is named") {
  std::istringstream lines("# two states\n0,0,0,0.25,1\n0, 0, 1, 0.75, 3\n\n0,1,1,1,0.5\r\n1,0,1,1,-2\n1,1,0,1,0\n");
  const MarkovDecisionProcess process = read_process(lines, "text", 0.5);
  CHECK(process.state_count() == 2);
  CHECK(process.action_count() == 2);
  CHECK(process.reward(0, 0) == 2.5);
  CHECK(process.reward(1, 0) == -2.0);
  CHECK(process.discounted_next(0, 0, Vector{4.0, 8.0}) == 0.5 * (0.25 * 4.0 + 0.75 * 8.0));
  const auto read = [](const std::string& text) {
    std::istringstream stream(text);
    return read_process(stream, "p.csv", 0.5);
  };
  REQUIRE_THROWS_WITH(read("0,0,0,1,1\n0,1,0,1\n"),
                      "p.csv, line 2: must be state,action,next,probability,reward, got '0,1,0,1'");
  REQUIRE_THROWS_WITH(read("0,0,0,1,1,7\n"),
                      "p.csv, line 1: must be state,action,next,probability,reward, got '0,0,0,1,1,7'");
  REQUIRE_THROWS_WITH(read("0,0.5,0,1,1\n"),
                      "p.csv, line 1: must be state,action,next,probability,reward, got '0,0.5,0,1,1'");
  REQUIRE_THROWS_WITH(read("0,0,1,1,1\n"), "p.csv: every pair of 2 states and 1 actions must have a line, got 1 lines");
  REQUIRE_THROWS_WITH(read("0,0,0,0.5,1\n"),
                      "p.csv: MarkovDecisionProcess: transition probabilities must sum to 1, got 0.5");
  REQUIRE_THROWS_WITH(read(""), "p.csv: MarkovDecisionProcess: states must be >= 1, got 0");
}

TEST_CASE("tabular-mdp takes its process from a file") {
  // One state, rewards 1 and 0, gamma = 1/2: from the uniform policy V = 1 against V* = 2.
  const std::string path = std::string(PERIGEE_BINARY_DIR) + "/one_state_process.csv";
  std::ofstream(path) << "0,0,0,1,1\n0,1,0,1,0\n";
  const Problem problem = make("tabular-mdp", {{"file", path}, {"discount", "0.5"}});
  CHECK(problem.objective->dimension() == 2);
  CHECK(problem.objective->value(problem.starts.front().x) == Approx(1.0).epsilon(1e-14));
}

TEST_CASE("wrong processes and options are refused") {
  REQUIRE_THROWS_WITH(random_process(3, 2, 4, 0.9, 0), "random_process: branching must be in [1, states = 3], got 4");
  REQUIRE_THROWS_WITH(random_process(3, 2, 2, 1.0, 0), "MarkovDecisionProcess: discount must be in [0, 1), got 1");
  REQUIRE_THROWS_WITH(random_process(3, 2, 2, 0.5, 0).started_in(3),
                      "MarkovDecisionProcess: the initial state must be in [0, 3), got 3");
  REQUIRE_THROWS_WITH(distractor_chain_process(0), "distractor_chain_process: length must be >= 1, got 0");
  REQUIRE_THROWS_WITH(PolicyTransform::softmax(0.0), "PolicyTransform: temperature must be > 0 and finite, got 0");
  REQUIRE_THROWS_WITH(PolicyTransform::escort(0.5), "PolicyTransform: p must be >= 1 and finite, got 0.5");
  REQUIRE_THROWS_WITH(TabularPolicy(random_process(1, 1, 1, 0.0, 0), {.barrier = -1.0}),
                      "TabularPolicy: barrier must be >= 0 and finite, got -1");
  REQUIRE_THROWS_WITH(soft_value_iteration(random_process(1, 1, 1, 0.0, 0), 0.0),
                      "soft_value_iteration: temperature must be > 0 and finite, got 0");
}

TEST_CASE("probabilities that underflow give finite values, gradients and products") {
  for (const double tau : {0.0, 0.3}) {
    const TabularPolicy f(random_process(3, 3, 2, 0.9, 1),
                          {.transform = PolicyTransform::softmax(), .entropy_temperature = tau});
    Vector theta(9), gradient(9), product(9);
    for (Index s = 0; s < 3; ++s) theta[3 * s] = 2000.0;
    CHECK(std::isfinite(f.value_and_gradient(theta, gradient)));
    CHECK(gradient.view().allFinite());
    f.hessian_vector_product(theta, normal_vector(9, "v", 0), product);
    CHECK(product.view().allFinite());
  }
  const TabularPolicy escort(random_process(3, 3, 2, 0.9, 1), {.transform = PolicyTransform::escort(2.0)});
  Vector gradient(9);
  CHECK(std::isnan(escort.value_and_gradient(Vector(9), gradient)));  // theta = 0 is outside the domain
}
