// The problems on the simplex: values against the formulas as they stand, domains, starts.
#include "support/catch.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/simplex_bandit.hpp>
#include <perigee/lib/problems/simplex_divergence.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

struct BanditTwin {
  std::vector<double> r;
  template <class T>
  T operator()(const T* x) const {
    T sum(0.0), reward(0.0);
    for (std::size_t a = 0; a < r.size(); ++a) {
      sum += x[a];
      reward += x[a] * r[a];
    }
    return *std::max_element(r.begin(), r.end()) - reward / sum;
  }
};

struct DivergenceTwin {
  std::vector<double> q;
  template <class T>
  T operator()(const T* x) const {
    using std::log;
    T sum(0.0);
    for (std::size_t a = 0; a < q.size(); ++a) sum += x[a] * log(x[a] / q[a]) - x[a] + q[a];
    return sum;
  }
};

// Elements of at least a few thousandths, with the given sum.
Vector interior_point(RandomEngine& engine, Index n, double sum) {
  Vector x(n);
  double drawn = 0.0;
  for (Index a = 0; a < n; ++a) drawn += x[a] = 0.01 + uniform_unit(engine);
  for (Index a = 0; a < n; ++a) x[a] *= sum / drawn;
  return x;
}

void check_against_twin(const Objective& objective, const Objective& twin, ConstVectorView x, ConstVectorView v) {
  const Index n = x.size();
  Vector gradient(n), twin_gradient(n), product(n), twin_product(n);
  CHECK(objective.value_and_gradient(x, gradient) == Approx(twin.value_and_gradient(x, twin_gradient)).margin(1e-14));
  CHECK(objective.value(x) == objective.value_and_gradient(x, gradient));
  CHECK((gradient.view() - twin_gradient.view()).cwiseAbs().maxCoeff() <= 1e-13);
  objective.hessian_vector_product(x, v, product);
  twin.hessian_vector_product(x, v, twin_product);
  CHECK((product.view() - twin_product.view()).norm() <= 1e-12 * (1.0 + twin_product.view().norm()));
}

}  // namespace

TEST_CASE("derivatives of the simplex problems equal those of their autodiff twins, on and off the simplex") {
  const std::vector<double> rewards{0.2, 0.9, 1.0, -0.3};
  const SimplexBandit bandit(rewards);
  const auto bandit_twin = autodiff(BanditTwin{rewards}, 4);
  const std::vector<double> target{0.5, 0.3, 0.15, 0.05};
  const SimplexDivergence divergence(Vector{0.5, 0.3, 0.15, 0.05});
  const auto divergence_twin = autodiff(DivergenceTwin{target}, 4);
  RandomEngine engine = RandomSource(7).engine("points");
  for (int trial = 0; trial < 50; ++trial) {
    const Vector x = interior_point(engine, 4, trial % 2 == 0 ? 1.0 : 0.5 + uniform_unit(engine));
    Vector v(4);
    fill_standard_normal(engine, v);
    check_against_twin(bandit, bandit_twin, x, v);
    check_against_twin(divergence, divergence_twin, x, v);
  }
}

TEST_CASE("on the simplex the bandit's gradient is minus the advantage, and its norm is at least f") {
  const std::vector<double> rewards{0.2, 0.9, 1.0};
  const SimplexBandit bandit(rewards);
  for (const Vector& pi : {Vector{0.1, 0.7, 0.2}, Vector{0.0, 1.0, 0.0}, Vector{1e-300, 1.0, 1e-200}}) {
    Vector gradient(3);
    const double f = bandit.value_and_gradient(pi, gradient);
    const double mean = pi[0] * rewards[0] + pi[1] * rewards[1] + pi[2] * rewards[2];
    for (Index a = 0; a < 3; ++a)
      CHECK(gradient[a] == Approx(mean - rewards[static_cast<std::size_t>(a)]).margin(1e-15));
    CHECK(f == Approx(1.0 - mean).margin(1e-15));
    CHECK(gradient.view().norm() >= bandit.lojasiewicz_coefficient(pi) * f);
  }
}

TEST_CASE("outside the orthant the simplex problems are not defined, and say so") {
  const SimplexBandit bandit({0.2, 0.9, 1.0});
  const SimplexDivergence divergence({0.5, 0.3, 0.2});
  CHECK(std::isnan(bandit.value({0.5, 0.6, -0.1})));
  CHECK(std::isnan(bandit.value({0.0, 0.0, 0.0})));
  CHECK(std::isnan(divergence.value({0.5, 0.6, -0.1})));
  CHECK(divergence.value({0.0, 0.0, 0.0}) == Approx(1.0));  // q sums to 1
  Vector gradient(3);
  divergence.value_and_gradient({0.0, 0.5, 0.5}, gradient);
  CHECK(gradient[0] == -INFINITY);
  CHECK_THROWS_AS(SimplexBandit({}), std::invalid_argument);
  CHECK_THROWS_AS(SimplexDivergence({0.5, 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(SimplexDivergence(Vector()), std::invalid_argument);
}

TEST_CASE("the divergence keeps its digits near the target and near a face") {
  // Near x = q: sum q u^2/2 - q u^3/6 + O(u^4) with u = x/q - 1; near 0: t ln t - t + 1 with t = x/q.
  const SimplexDivergence divergence({0.5, 0.5});
  for (const double u : {1e-4, 1e-6, 1e-9}) {
    const double expected = 0.5 * u * u;  // the cubic terms of +u and -u cancel
    CHECK(divergence.value({0.5 * (1.0 + u), 0.5 * (1.0 - u)}) == Approx(expected).epsilon(1e-6));
  }
  CHECK(divergence.value({0.5 * 1.001, 0.5}) == Approx(0.5 * (1.001 * std::log(1.001) - 0.001)).epsilon(1e-9));
  CHECK(divergence.value({0.5 * 0.999, 0.5}) == Approx(0.5 * (0.999 * std::log(0.999) + 0.001)).epsilon(1e-9));
  CHECK(divergence.value({1e-30, 0.5}) == Approx(0.5).epsilon(1e-14));
}

TEST_CASE("the simplex problems are registered, with starts on the simplex") {
  for (const char* name : {"simplex-bandit", "simplex-divergence"}) {
    const Problem problem = make(name);
    INFO(name);
    REQUIRE(problem.starts.size() >= 2);
    for (const StartPoint& start : problem.starts) {
      CHECK(start.x.view().minCoeff() > 0.0);
      CHECK(start.x.view().sum() == Approx(1.0).epsilon(1e-12));
    }
    // Uniform on the simplex: each element has mean 1/K and variance (K - 1)/(K^2 (K + 1)); the mean of 4000 within 5
    // standard deviations: false alarm 6e-7 for each of 6 elements.
    RandomEngine engine = RandomSource(4).engine("starts");
    Vector sum(6);
    for (int trial = 0; trial < 4000; ++trial) {
      const Vector x = problem.random_start(engine);
      REQUIRE(x.view().minCoeff() > 0.0);
      sum.view() += x.view();
    }
    const double deviation = std::sqrt(5.0 / (36.0 * 7.0) / 4000.0);
    for (const double element : sum) CHECK(std::abs(element / 4000.0 - 1.0 / 6.0) <= 5.0 * deviation);
  }
  const Problem divergence = make("simplex-divergence", {{"outcomes", "4"}, {"ratio", "0.1"}});
  const StationaryPoint& target = divergence.stationary_points.at(0);
  CHECK(target.x[1] == Approx(0.1 * target.x[0]));
  Vector gradient(4);
  CHECK(divergence.objective->value_and_gradient(target.x, gradient) == 0.0);
  CHECK(gradient.view().norm() == 0.0);
  CHECK_THROWS_AS(make("simplex-divergence", {{"outcomes", "100"}, {"ratio", "1e-10"}}), std::invalid_argument);
}
