// Mirror descent: its maps, its bounds, its stops.
#include "support/catch.hpp"
#include "support/resumption.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/simplex_bandit.hpp>
#include <perigee/lib/problems/simplex_divergence.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/mirror_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

using namespace perigee;
using namespace perigee::test;

namespace {

Vector uniform_point(Index arms) {
  Vector x(arms);
  x.view().setConstant(1.0 / static_cast<double>(arms));
  return x;
}

}  // namespace

TEST_CASE("mirror descent on all of R^n keeps the promises of every solver") {
  for (const MirrorMap& map : {mirror_maps::euclidean(), mirror_maps::p_norm(1.5), mirror_maps::p_norm(3.0)}) {
    INFO(map.text);
    const MirrorDescent solver({.learning_rate = 0.05, .map = map});
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_deterministic(solver);
    check_one_gradient_a_step(solver);
    CHECK_FALSE(solver.ends_itself());
  }
}

TEST_CASE("mirror descent on the simplex and on the orthant resumes bit for bit and asks for gradients only") {
  const problems::SimplexBandit bandit({0.2, 0.9, 1.0});
  const problems::SimplexDivergence divergence({0.5, 0.3, 0.2});
  const Vector start{0.1, 0.899, 0.001};
  for (const Objective* objective :
       {static_cast<const Objective*>(&bandit), static_cast<const Objective*>(&divergence)}) {
    for (const MirrorMap& map : {mirror_maps::simplex_entropy(), mirror_maps::orthant_entropy()}) {
      const MirrorDescent solver({.learning_rate = 0.3, .map = map});
      for (const Index cut : {0, 1, 13}) check_resumes(*objective, solver, start, cut, 40);
      check_frugal(*objective, solver, start, 25);
    }
  }
}

TEST_CASE("the Euclidean map is gradient descent, and so is the 2-norm's") {
  const auto f = capped_saddle();
  const Witness descent = watch(f, GradientDescent({.learning_rate = 0.05}), {1.0, 0.01}, 100);
  for (const MirrorMap& map : {mirror_maps::euclidean(), mirror_maps::p_norm(2.0)}) {
    const Witness mirror = watch(f, MirrorDescent({.learning_rate = 0.05, .map = map}), {1.0, 0.01}, 100);
    for (std::size_t k = 0; k <= 100; ++k) CHECK((mirror.points[k].view() - descent.points[k].view()).norm() <= 1e-12);
  }
}

TEST_CASE("a step minimizes g'x + D(x, x_k)/eta over the domain") {
  // The three-point inequality at the minimizer x+, an equality for interior maps: for every y of the domain
  // g'y + D(y, x)/eta = g'x+ + D(x+, x)/eta + D(y, x+)/eta. Here D is KL, and y is drawn from the simplex.
  const problems::SimplexBandit bandit({0.2, 0.9, 1.0, 0.4});
  const Vector x{0.7, 0.2, 0.06, 0.04};
  const double eta = 0.8;
  const Witness witness =
      watch(bandit, MirrorDescent({.learning_rate = eta, .map = mirror_maps::simplex_entropy()}), x, 1);
  const Vector& next = witness.points[1];
  CHECK(next.view().sum() == Approx(1.0).epsilon(1e-14));
  const auto divergence = [](const Vector& a, const Vector& b) {
    double sum = 0.0;
    for (Index i = 0; i < a.size(); ++i) sum += a[i] * std::log(a[i] / b[i]);
    return sum;
  };
  const Vector& g = witness.gradients[0];
  const auto model = [&](const Vector& y) { return g.view().dot(y.view()) + divergence(y, x) / eta; };
  const Problem problem = problems::simplex_bandit().make(
      Parameters("simplex-bandit", problems::simplex_bandit().parameters, {{"rewards", "0.2,0.9,1,0.4"}}));
  RandomEngine engine = RandomSource(1).engine("points");
  for (int trial = 0; trial < 100; ++trial) {
    const Vector y = problem.random_start(engine);
    CHECK(y.view().sum() == Approx(1.0).epsilon(1e-14));
    CHECK(model(y) == Approx(model(next) + divergence(y, next) / eta).epsilon(1e-12));
  }
}

TEST_CASE("on the simplex the regret after T steps is at most ln K/(eta T), for any eta") {
  // Lu, Freund and Nesterov (2018), theorem 3.1 with L = 0, D(e_best, uniform) = ln K; and every step descends.
  RandomEngine engine = RandomSource(3).engine("rewards");
  for (const Index arms : {2, 10, 200}) {
    for (const double eta : {0.01, 0.4, 20.0}) {
      std::vector<double> rewards(static_cast<std::size_t>(arms));
      for (double& reward : rewards) reward = uniform_unit(engine);
      const problems::SimplexBandit bandit(rewards);
      const Witness witness =
          watch(bandit, MirrorDescent({.learning_rate = eta, .map = mirror_maps::simplex_entropy()}),
                uniform_point(arms), 300);
      for (std::size_t k = 1; k <= 300; ++k) {
        INFO("K " << arms << ", eta " << eta << ", iteration " << k);
        CHECK(witness.records[k].value <= std::log(static_cast<double>(arms)) / (eta * static_cast<double>(k)));
        CHECK(witness.records[k].value <= witness.records[k - 1].value * (1.0 + 1e-14));
      }
    }
  }
}

TEST_CASE("the iterates of a bandit are x_a ~ x_a exp(eta k r_a), also where they have underflowed") {
  // The closed form, whose best arm starts at 1e-250; in the middle of the run arm 0 underflows to 0.
  const std::vector<double> rewards{0.0, 0.5, 1.0};
  const Vector start{0.5, 0.5, 1e-250};
  const double eta = 2.0;
  const Witness witness =
      watch(problems::SimplexBandit(rewards),
            MirrorDescent({.learning_rate = eta, .map = mirror_maps::simplex_entropy()}), start, 800);
  for (const std::size_t k : {1, 10, 100, 500, 570, 580, 700, 800}) {
    double logarithms[3];
    for (std::size_t a = 0; a < 3; ++a) {
      logarithms[a] = std::log(start[static_cast<Index>(a)]) + eta * static_cast<double>(k) * rewards[a];
    }
    const double largest = *std::max_element(logarithms, logarithms + 3);
    double sum = 0.0;
    for (const double logarithm : logarithms) sum += std::exp(logarithm - largest);
    for (std::size_t a = 0; a < 3; ++a) {
      const double expected = std::exp(logarithms[a] - largest) / sum;
      INFO("iteration " << k << ", arm " << a);
      CHECK(witness.points[k][static_cast<Index>(a)] == Approx(expected).epsilon(1e-11).margin(1e-300));
    }
  }
  CHECK(witness.points[800][0] == 0.0);
  CHECK(witness.points[800][2] == 1.0);
}

TEST_CASE("an element that underflowed comes back, because the dual point is what is kept") {
  // f = +-c x_0 by turns of 500 steps: down to exp(-1000) = 0 and back to the start.
  struct Swing final : Objective {
    Index dimension() const override { return 2; }
    double value_and_gradient(ConstVectorView x, VectorView g) const override {
      g[0] = direction;
      g[1] = 0.0;
      return direction * x[0];
    }
    double direction = 1.0;
  };
  for (const MirrorMap& map : {mirror_maps::simplex_entropy(), mirror_maps::orthant_entropy()}) {
    Swing swing;
    Oracle oracle(swing);
    const auto stepper = MirrorDescent({.learning_rate = 2.0, .map = map}).start(oracle, {0.25, 0.75}, RandomSource(0));
    for (int k = 0; k < 499; ++k) stepper->step();
    swing.direction = -1.0;
    stepper->step();  // the last step down, evaluated with the other sign
    INFO(map.text);
    CHECK(stepper->current().x()[0] == 0.0);
    for (int k = 0; k < 500; ++k) stepper->step();
    CHECK(stepper->current().x()[0] == Approx(0.25).epsilon(1e-11));
  }
}

TEST_CASE("relative to the entropy the divergence contracts by exactly 1 - eta, and eta = 1 takes one step") {
  // z - ln q is multiplied by 1 - eta in every step, up to a constant: so ln((x_a/q_a)/(x_b/q_b)) is.
  const Vector target{0.6, 0.3, 0.1 - 1e-6, 1e-6};
  const problems::SimplexDivergence divergence(target);
  for (const MirrorMap& map : {mirror_maps::simplex_entropy(), mirror_maps::orthant_entropy()}) {
    INFO(map.text);
    const Witness witness = watch(divergence, MirrorDescent({.learning_rate = 0.1, .map = map}), uniform_point(4), 100);
    const auto ratio = [&](std::size_t k) {
      const Vector& x = witness.points[k];
      return std::log(x[0] / target[0]) - std::log(x[3] / target[3]);
    };
    for (std::size_t k = 1; k <= 100; ++k) {
      CHECK(ratio(k) == Approx(std::pow(0.9, static_cast<double>(k)) * ratio(0)).epsilon(1e-10));
    }
    const Witness whole = watch(divergence, MirrorDescent({.learning_rate = 1.0, .map = map}), uniform_point(4), 1);
    CHECK((whole.points[1].view() - target.view()).cwiseAbs().maxCoeff() <= 1e-15);
    CHECK(whole.records[1].gradient_norm <= 1e-14);
  }
}

TEST_CASE("from a corner mirror descent escapes in ln(1/p)/(eta Delta) steps") {
  // Two arms: odds p/(1 - p) grow by exp(eta Delta) a step, so pi(a*) >= 1/2 first at ceil(ln((1 - p)/p)/(eta Delta)).
  const double eta = 0.4;
  for (const double p : {1e-2, 1e-8, 1e-100}) {
    const problems::SimplexBandit bandit({1.0, 0.5});
    const Witness witness =
        watch(bandit, MirrorDescent({.learning_rate = eta, .map = mirror_maps::simplex_entropy()}), {p, 1.0 - p}, 1300);
    std::size_t escaped = 0;
    while (escaped < 1300 && witness.points[escaped][0] < 0.5) ++escaped;
    CHECK(static_cast<double>(escaped) == std::ceil(std::log((1.0 - p) / p) / (eta * 0.5)));
  }
}

TEST_CASE("relative to the p-norm's psi the bound D(x*, x_0)/(eta K) holds, and the dual error contracts by 1 - eta") {
  // f(x) = psi(x) - c'x is 1-smooth and 1-strongly convex relative to psi; its minimizer has grad psi(x*) = c.
  const double p = 1.5;
  const MirrorMap map = mirror_maps::p_norm(p);
  const Vector c{3.0, -1.0, 0.0, 0.5};
  const auto psi = [p](ConstVectorView x) { return 0.5 * std::pow(x.array().abs().pow(p).sum(), 2.0 / p); };
  const auto f = functional(
      4, [&](ConstVectorView x) { return psi(x) - c.view().dot(x); },
      [&](ConstVectorView x, VectorView g) {
        map.to_dual(x, g);
        g -= c.view();
      });
  Vector solution(4), dual = c;
  map.to_primal(dual, solution);
  const Vector x0{1.0, 1.0, 1.0, 1.0};
  Vector z0(4);
  map.to_dual(x0, z0);
  const double distance = psi(solution) - psi(x0) - z0.view().dot(solution.view() - x0.view());
  const double eta = 0.2;
  const Witness witness = watch(f, MirrorDescent({.learning_rate = eta, .map = map}), x0, 60);
  for (std::size_t k = 1; k <= 60; ++k) {
    CHECK(witness.records[k].value - f.value(solution) <= distance / (eta * static_cast<double>(k)));
    Vector z(4);
    map.to_dual(witness.points[k], z);
    CHECK((z.view() - c.view()).norm() ==
          Approx(std::pow(1.0 - eta, static_cast<double>(k)) * (z0.view() - c.view()).norm()).epsilon(1e-8));
  }
}

TEST_CASE("a map of one's own: the hyperbolic sine") {
  // psi = sum cosh x: z = sinh x. A linear f = c'x moves z by -eta c a step.
  const MirrorMap map{.text = "cosh",
                      .to_dual = [](ConstVectorView x, VectorView z) { z = x.array().sinh(); },
                      .to_primal =
                          [](ConstVectorView z, VectorView x) {
                            for (Index i = 0; i < z.size(); ++i) x[i] = std::asinh(z[i]);
                          }};
  const auto f = functional(
      2, [](ConstVectorView x) { return 2.0 * x[0] - x[1]; },
      [](ConstVectorView, VectorView g) {
        g[0] = 2.0;
        g[1] = -1.0;
      });
  const MirrorDescent solver({.learning_rate = 0.5, .map = map});
  const Witness witness = watch(f, solver, {0.3, -0.2}, 10);
  CHECK(witness.points[10][0] == Approx(std::asinh(std::sinh(0.3) - 10.0)));
  CHECK(witness.points[10][1] == Approx(std::asinh(std::sinh(-0.2) + 5.0)));
  CHECK(solver.settings()[1].second == "cosh");
  CHECK_THROWS_AS(MirrorDescent({.learning_rate = 0.5, .map = map, .tolerance = 1e-6}), std::invalid_argument);
}

TEST_CASE("a run converges where the measure says so, and never at a suboptimal corner") {
  // On the simplex the measure bounds f - f* for convex f; for the bandit it equals f.
  const problems::SimplexBandit bandit({0.2, 0.9, 1.0});
  const MirrorDescent solver({.learning_rate = 0.4, .map = mirror_maps::simplex_entropy(), .tolerance = 1e-6});
  CHECK(solver.ends_itself());
  const RunResult result = run(bandit, solver, {1e-12, 1.0 - 1e-12 - 1e-200, 1e-200}, {.stop = max_iterations(100000)});
  INFO(result.end.message);
  CHECK(result.end.id == "stationarity-tolerance");
  CHECK(result.end.end_class == EndClass::convergence);
  CHECK(result.value <= 1e-6);
  CHECK(result.value > 0.5e-6);  // not later than that
  // The other maps' measures, at a stationary start and beside it.
  const auto quadratic = functional(
      2, [](ConstVectorView x) { return 0.5 * (x[0] + 1.0) * (x[0] + 1.0) + 0.5 * (x[1] - 1.0) * (x[1] - 1.0); },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0] + 1.0;
        g[1] = x[1] - 1.0;
      });
  // On x > 0 the constrained minimum is (0, 1), where the gradient is (1, 0): approached, x_0 like exp(-eta k).
  const RunResult orthant =
      run(quadratic, MirrorDescent({.learning_rate = 0.3, .map = mirror_maps::orthant_entropy(), .tolerance = 1e-7}),
          {1.0, 0.1}, {.stop = max_iterations(10000)});
  CHECK(orthant.end.id == "stationarity-tolerance");
  CHECK(std::abs(orthant.x[0]) <= 1e-7);
  CHECK(orthant.x[1] == Approx(1.0).epsilon(1e-6));
  const RunResult plain =
      run(quadratic, MirrorDescent({.learning_rate = 0.3, .map = mirror_maps::p_norm(1.5), .tolerance = 1e-7}),
          {1.0, 0.1}, {.stop = max_iterations(10000)});
  CHECK(plain.end.id == "stationarity-tolerance");
  CHECK(plain.gradient_norm <= 1e-7);
  CHECK(plain.x[0] == Approx(-1.0).epsilon(1e-6));
  const RunResult at_once =
      run(quadratic, MirrorDescent({.learning_rate = 0.3, .map = mirror_maps::euclidean(), .tolerance = 1e-7}),
          {-1.0, 1.0});
  CHECK(at_once.end.id == "stationarity-tolerance");
  CHECK(at_once.iterations == 0);
}

TEST_CASE("a failed step leaves iterate, dual point and state as they were") {
  // f is finite at the start only.
  const auto needle = functional(
      2, [](ConstVectorView x) { return x[0] == 0.25 ? 1.0 : std::nan(""); },
      [](ConstVectorView, VectorView g) {
        g[0] = 1.0;
        g[1] = 0.0;
      });
  for (const MirrorMap& map : {mirror_maps::simplex_entropy(), mirror_maps::orthant_entropy()}) {
    Oracle oracle(needle);
    const auto stepper = MirrorDescent({.learning_rate = 0.5, .map = map}).start(oracle, {0.25, 0.75}, RandomSource(0));
    StateWriter before, after;
    stepper->save_state(before);
    CHECK(stepper->step() == StepStatus::ended);
    CHECK(stepper->end().id == "non-finite");
    stepper->save_state(after);
    CHECK(std::equal(before.bytes().begin(), before.bytes().end(), after.bytes().begin(), after.bytes().end()));
  }
}

TEST_CASE("starts outside the domain and wrong options are refused") {
  const problems::SimplexBandit bandit({0.2, 0.9, 1.0});
  const MirrorDescent simplex({.learning_rate = 0.4, .map = mirror_maps::simplex_entropy()});
  CHECK_THROWS_WITH(run(bandit, simplex, {0.5, 0.5, 0.25}),
                    "MirrorDescent: the start must be in the domain of simplex-entropy, x > 0 and sum x = 1 within "
                    "1e-9, got a point with sum 1.25 and least element 0.25");
  CHECK_THROWS_AS(run(bandit, simplex, {0.5, 0.5, 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(run(bandit, simplex, {0.5, 0.5}), std::invalid_argument);
  const MirrorDescent orthant({.learning_rate = 0.4, .map = mirror_maps::orthant_entropy()});
  CHECK_THROWS_AS(run(bandit, orthant, {0.5, -0.5, 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(MirrorDescent({.learning_rate = 0.4, .map = {}}), std::invalid_argument);
  CHECK_THROWS_AS(MirrorDescent({.learning_rate = 0.4, .map = mirror_maps::euclidean(), .tolerance = -1.0}),
                  std::invalid_argument);
}

TEST_CASE("by name mirror descent takes the problem's step and shows all of its settings") {
  const solvers::Entry entry = solvers::mirror_descent();
  const problems::Entry bandit = problems::simplex_bandit();
  const Problem problem = bandit.make(Parameters(bandit.name, bandit.parameters, {}));
  const auto made = entry.make(Parameters(entry.name, entry.parameters, {}), problem);
  CHECK(made->name() == entry.name);
  CHECK(made->settings() == std::vector<std::pair<std::string, std::string>>{
                                {"learning_rate", "0.4"}, {"map", "simplex-entropy"}, {"tolerance", "1e-08"}});
  const RunResult result = run(*problem.objective, *made, problem.starts.front().x);
  CHECK(result.end.id == "stationarity-tolerance");
  CHECK(result.value <= 1e-8);
  CHECK(solvers::make("mirror-descent", {{"map", "p-norm(p=1.5)"}}, problem)->settings()[1].second == "p-norm(p=1.5)");
}
