// The lemmas of Arora's lecture on escaping saddles (COS 597G, lecture 6) as properties of our gradient descent, and
// Chaudhari's remark that batch and learning rate may grow together. Numbers in brackets: docs/theory/escape.md.

#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/sampling.hpp"
#include "support/solver_contract.hpp"
#include "support/stuck_region.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/solvers/langevin_dynamics.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

constexpr Index waves = 12;
constexpr Index variables = 5;

// f(x) = sum_j a_j cos(w_j'x + b_j) with normal a, w, b; every Hessian has norm <= l = sum_j |a_j| ||w_j||^2.
struct Waves {
  Eigen::VectorXd amplitude{waves};
  Eigen::VectorXd shift{waves};
  Eigen::MatrixXd direction{waves, variables};
  double gradient_lipschitz = 0.0;

  explicit Waves(std::uint64_t seed) {
    RandomEngine engine = RandomSource(seed).engine("waves");
    fill_standard_normal(engine, amplitude);
    fill_standard_normal(engine, shift);
    for (Index i = 0; i < variables; ++i) fill_standard_normal(engine, direction.col(i));
    for (Index j = 0; j < waves; ++j) gradient_lipschitz += std::abs(amplitude[j]) * direction.row(j).squaredNorm();
  }

  auto objective() const {
    return functional(
        variables, [this](ConstVectorView x) { return amplitude.dot((direction * x + shift).array().cos().matrix()); },
        [this](ConstVectorView x, VectorView g) {
          g = -direction.transpose() * amplitude.cwiseProduct((direction * x + shift).array().sin().matrix());
        });
  }
};

// 40 random functions, a random start each, 100 steps.
template <class Check>
void for_descents(double share_of_largest_rate, Check&& check) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Waves function(seed);
    const double rate = share_of_largest_rate / function.gradient_lipschitz;
    Vector start(variables);
    RandomEngine engine = RandomSource(seed).engine("start");
    fill_standard_normal(engine, start);
    check(rate, watch(function.objective(), GradientDescent({.learning_rate = rate}), start, 100));
  }
}

double distance_between(const Vector& a, const Vector& b) { return (a.view() - b.view()).norm(); }

}  // namespace

TEST_CASE("lemma 1, descent: with eta <= 1/l every step releases at least eta ||g||^2/2 = ||step||^2/(2 eta) (1)") {
  for (const double share : {1.0, 0.5, 0.1}) {
    double least_slack = INFINITY;
    for_descents(share, [&](double rate, const Witness& witness) {
      for (std::size_t k = 1; k < witness.records.size(); ++k) {
        const double released = witness.records[k - 1].value - witness.records[k].value;
        const double gradient = witness.records[k - 1].gradient_norm;
        CHECK(released >= 0.5 * rate * gradient * gradient - 1e-13);  // rounding of values of order 10
        CHECK(released >= 0.5 * std::pow(witness.records[k].step_norm, 2) / rate - 1e-13);
        if (gradient > 1e-3) least_slack = std::min(least_slack, released / (0.5 * rate * gradient * gradient));
      }
    });
    CHECK(least_slack < 2.5);  // the lemma is not idle
  }
  // It is sharp: where the curvature is l and eta = 1/l the release is eta ||g||^2/2, and beyond 2/l values rise.
  const auto step_of = [](double rate) {
    const Witness witness = watch(diagonal_quadratic({4.0}), GradientDescent({.learning_rate = rate}), {3.0}, 1);
    return witness.records[0].value - witness.records[1].value;
  };
  CHECK(step_of(0.25) == Approx(0.5 * 0.25 * 144.0).epsilon(1e-14));
  CHECK(step_of(0.51) < 0.0);
}

TEST_CASE("lemma 2, not going anywhere: releasing F in T steps moves at most sqrt(2 eta T F) (2)") {
  double largest = 0.0;
  for (const double share : {1.0, 0.3}) {
    for_descents(share, [&](double rate, const Witness& witness) {
      for (const std::size_t from : {std::size_t{0}, std::size_t{7}, std::size_t{30}}) {
        for (const std::size_t steps : {std::size_t{1}, std::size_t{5}, std::size_t{20}, std::size_t{70}}) {
          const double released = witness.records[from].value - witness.records[from + steps].value;
          const double bound = std::sqrt(2.0 * rate * static_cast<double>(steps) * (released + 1e-13));
          for (std::size_t t = 0; t <= steps; ++t) {
            const double moved = distance_between(witness.points[from], witness.points[from + t]);
            CHECK(moved <= bound);
            largest = std::max(largest, moved / bound);
          }
        }
      }
    });
  }
  CHECK(largest > 0.7);
  // Sharp for one step onto the minimizer of a parabola; 1/sqrt 2 of it on a slope, for every T.
  const Witness parabola = watch(diagonal_quadratic({4.0}), GradientDescent({.learning_rate = 0.25}), {3.0}, 1);
  CHECK(distance_between(parabola.points[0], parabola.points[1]) ==
        Approx(std::sqrt(2.0 * 0.25 * (parabola.records[0].value - parabola.records[1].value))));
  const auto slope = functional(
      1, [](ConstVectorView x) { return 3.0 * x[0]; }, [](ConstVectorView, VectorView g) { g[0] = 3.0; });
  const Witness straight = watch(slope, GradientDescent({.learning_rate = 0.25}), {0.0}, 40);
  CHECK(distance_between(straight.points[0], straight.points[40]) ==
        Approx(std::sqrt(0.5) * std::sqrt(2.0 * 0.25 * 40.0 * -straight.records[40].value)));
}

TEST_CASE("lemma 4, repulsion: on a quadratic starts b u apart are b (1 + eta gamma)^t u apart, exactly (3)") {
  const Index n = 8;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Eigen::MatrixXd normals(n, n);
    RandomEngine engine = RandomSource(seed).engine("quadratic");
    for (Index i = 0; i < n; ++i) fill_standard_normal(engine, normals.col(i));
    const Eigen::MatrixXd q = test::orthogonal_factor(normals);
    Eigen::VectorXd eigenvalues(n);
    for (Index i = 0; i < n; ++i) eigenvalues[i] = -0.2 + 0.15 * static_cast<double>(i);
    const Eigen::MatrixXd hessian = q * eigenvalues.asDiagonal() * q.transpose();
    const auto quadratic = functional(
        n, [&](ConstVectorView x) { return 0.5 * x.dot(hessian * x); },
        [&](ConstVectorView x, VectorView g) { g = hessian * x; });
    const double eta = 0.9;
    const Eigen::VectorXd u = q.col(0);
    const Eigen::VectorXd start = 1e-3 * normals.row(0).transpose();
    const Eigen::VectorXd twin = start + 1e-4 * u;
    const GradientDescent descent({.learning_rate = eta});
    const Witness one = watch(quadratic, descent, start, 100);
    const Witness other = watch(quadratic, descent, twin, 100);
    for (std::size_t t = 0; t <= 100; ++t) {
      const Eigen::VectorXd apart = other.points[t].view() - one.points[t].view();
      const Eigen::VectorXd expected = 1e-4 * std::pow(1.0 + eta * 0.2, static_cast<double>(t)) * u;
      CHECK((apart - expected).norm() <= 1e-9 * expected.norm());
    }
  }
}

TEST_CASE("stuck region of a quadratic saddle: a slab whose share is Beta's law, for d from 2 to 50 (4, 5)") {
  // 5 standard deviations of the binomial, one claim for each d and r: false alarm below 1e-5 together (normal law;
  // every expected count is above 100).
  const Release release;
  const double w = exact_half_width(release);
  const Index draws = 4000;
  for (const Index d : {2, 5, 10, 20, 50}) {
    for (const double radius : {0.1, 0.3}) {
      const StuckCount count = count_stuck(release, d, radius, draws, 3, 20);
      const double share = slab_share(d, w / radius);
      INFO("d " << d << ", r " << radius << ": " << count.stuck << " of " << draws << ", law " << share);
      CHECK(share * static_cast<double>(draws) > 100.0);
      CHECK(share < w / radius * std::sqrt(2.0 * static_cast<double>(d + 1) / 3.141592653589793));  // Wendel's bound
      CHECK(std::abs(static_cast<double>(count.stuck) - share * draws) <
            5.0 * std::sqrt(draws * share * (1.0 - share)));
      CHECK(count.largest_width == Approx(2.0 * w).epsilon(1e-6));  // whatever d and r are
    }
  }
  // The law itself: an interval, a disc, and a ball of R^3 have elementary slabs.
  CHECK(slab_share(1, 0.3) == Approx(0.3));
  CHECK(slab_share(2, 0.3) == Approx(2.0 / 3.141592653589793 * (0.3 * std::sqrt(1.0 - 0.09) + std::asin(0.3))));
  CHECK(slab_share(3, 0.3) == Approx(0.5 * (3.0 * 0.3 - 0.027)));
}

TEST_CASE("lemma 3: repulsion against the trap bounds the width of the stuck region (6)") {
  // Two stuck starts with values of at most the saddle's stay within sqrt(2 eta T F) of themselves, but part like
  // (1 + gamma)^T: they cannot be further apart than 2 sqrt(2 T F)/((1 + gamma)^T - 1).
  for (const Index steps : {20, 50, 100}) {
    for (const double amount : {0.05, 0.001}) {
      const Release release{.amount = amount, .steps = steps};
      const double bound = 2.0 * std::sqrt(2.0 * static_cast<double>(steps) * amount) /
                           (std::pow(1.1, static_cast<double>(steps)) - 1.0);
      const double width = width_along_u(release, {0.0, 0.0, 0.0});
      CHECK(width == Approx(2.0 * exact_half_width(release)).epsilon(1e-6));
      CHECK(width < bound);
      CHECK(width > 0.2 * bound);  // and the bound is not idle
    }
  }
}

TEST_CASE("a bent stuck region is as thin, so its share is at most width times section over volume (7)") {
  // With c = 1/2 the band is bent by c |v|^2/(1 + gamma), up to 2.4 times its width. Cavalieri's bound holds; 5
  // standard deviations above a bound that need not be reached: false alarm below 3e-7 for each.
  const Release release{.coupling = 0.5};
  const double w = exact_half_width(release);
  const Index draws = 4000;
  for (const Index d : {2, 5, 10, 20, 50}) {
    for (const double radius : {0.1, 0.3}) {
      const StuckCount count = count_stuck(release, d, radius, draws, 20, 21);
      INFO("d " << d << ", r " << radius << ": " << count.stuck << ", width " << count.largest_width);
      CHECK(count.largest_width < 1.01 * 2.0 * w);
      const double bound = std::min(1.0, section_of_ball(d) * 1.01 * 2.0 * w / radius);
      CHECK(static_cast<double>(count.stuck) <= draws * bound + 5.0 * std::sqrt(draws * bound * (1.0 - bound)));
      if (d == 50 && radius == 0.3) {  // where the slab's law itself is far off
        const double share = slab_share(d, w / radius);
        CHECK(static_cast<double>(count.stuck) < draws * share - 5.0 * std::sqrt(draws * share * (1.0 - share)));
      }
    }
  }
}

TEST_CASE(
    "batch and learning rate grow together: the stationary variance stays, for SGD and for its Langevin model (8)") {
  // Two terms x^2/2 +- x: gradients of variance 1, Var x = eta/(b (2 - eta)) for both methods, the same to eta/2.
  const auto sum = functional_sum(1, 2, [](Index i, ConstVectorView x, VectorView g) {
    const double tilt = i == 0 ? 1.0 : -1.0;
    g[0] += x[0] + tilt;
    return 0.5 * x[0] * x[0] + tilt * x[0];
  });
  const double base = 0.02 / 2.0;  // eta/(2b)
  for (const double factor : {1.0, 2.0, 4.0}) {
    const double eta = 0.02 * factor;
    // A batch of b draws with replacement of a sum of two terms, b <= 2; larger ones from as many copies of the terms.
    const auto copies =
        functional_sum(1, 8, [&](Index i, ConstVectorView x, VectorView g) { return sum.add_term(i % 2, x, g); });
    const auto batch = static_cast<Index>(factor);
    const StochasticGradientDescent stochastic(
        {.learning_rate = eta, .batch = {.size = batch, .sampling = Sampling::with_replacement}});
    const LangevinDynamics langevin({.learning_rate = eta, .modelled_batch = factor});
    const Estimate by_batches = estimate_of_chain(squares_along(copies, stochastic, {0.0}, 0, 2000, 1000000, 31));
    const Estimate by_model = estimate_of_chain(squares_along(sum, langevin, {0.0}, 0, 2000, 1000000, 32));
    INFO("eta " << eta << ", b " << batch);
    const double expected = eta / (factor * (2.0 - eta));
    check_mean(by_batches, expected, 0.02);
    check_mean(by_model, expected, 0.02);
    // The invariance: the same variance to the bias eta/2 and 5 standard errors of 2 percent.
    CHECK(by_batches.mean == Approx(base).epsilon(0.5 * eta + 0.1));
    CHECK(by_model.mean == Approx(base).epsilon(0.5 * eta + 0.1));
    // The rate alone does not leave it: the variance is that of the temperature.
    if (factor == 2.0) {
      const StochasticGradientDescent alone(
          {.learning_rate = eta, .batch = {.size = 1, .sampling = Sampling::with_replacement}});
      CHECK(estimate_of_chain(squares_along(copies, alone, {0.0}, 0, 2000, 500000, 33)).mean > 1.8 * base);
    }
  }
}
