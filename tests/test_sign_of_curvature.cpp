// The decision about the sign: certificates against spectra that are known, and the probability of the bound.
#include "support/catch.hpp"
#include "support/diagonal_operators.hpp"
#include "support/large_allocations.hpp"

#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/sign_of_curvature.hpp>
#include <perigee/lib/three_term_lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using test::bulk_and_outliers;
using test::diagonal;

namespace {

std::vector<double> random_spectrum(std::size_t n, std::uint64_t seed) {
  RandomEngine engine = RandomSource(seed).engine("spectrum");
  std::vector<double> eigenvalues(n);
  for (double& value : eigenvalues) value = uniform_unit(engine);
  return eigenvalues;
}

}  // namespace

TEST_CASE("1e5 variables, a bulk at 1e-4 and 20 outliers: the sign in 30 products and three vectors") {
  // The reference is the construction: lambda_min = -1e-3 in one operator, >= 0 in the other.
  const std::vector<double> saddle = bulk_and_outliers(-1e-3);
  const std::vector<double> minimum = bulk_and_outliers(0.0);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    test::large_allocations = 0;
    ThreeTermLanczos lanczos(100000);
    RandomEngine engine = RandomSource(seed).engine("lanczos");
    Index calls = 0;
    const SignOfCurvature negative = decide_sign(lanczos, diagonal(saddle, &calls), engine,
                                                 {.curvature_tolerance = 1e-9,
                                                  .max_products = 30,
                                                  .direction_accuracy = std::numeric_limits<double>::infinity()});
    CHECK(negative.verdict == CurvatureVerdict::negative);
    CHECK(negative.products == calls);
    CHECK(negative.ritz_value >= -1e-3 - negative.error);
    CHECK(negative.error < 1e-9);

    const SignOfCurvature none =
        decide_sign(lanczos, diagonal(minimum), engine,
                    {.curvature_tolerance = 1e-3, .failure_probability = 1e-6, .max_products = 50});
    CHECK(none.verdict == CurvatureVerdict::not_negative);
    CHECK(none.lower_bound >= -1e-3);
    CHECK(none.ritz_value >= -none.error);
    CHECK(test::large_allocations == 3);
    INFO(negative.products << " and " << none.products << " products");
    CHECK(none.products <= 50);
  }
}

TEST_CASE("a direction is made again from its start, and its Rayleigh quotient is its own") {
  const std::vector<double> saddle = bulk_and_outliers(-1e-3);
  Index calls = 0;
  test::large_allocations = 0;
  const CurvatureWitness witness = sign_of_curvature(100000, diagonal(saddle, &calls), RandomSource(3));
  CHECK(test::large_allocations <= 5);  // the direction and its product besides
  REQUIRE(witness.sign.verdict == CurvatureVerdict::negative);
  CHECK(witness.sign.products == calls);
  CHECK(calls <= 60);
  const ConstVectorView d = witness.direction;
  Vector product(100000);
  diagonal(saddle)(d, product);
  CHECK(d.norm() == Approx(1.0));
  CHECK(d.dot(product.view()) == Approx(witness.sign.ritz_value).epsilon(1e-10));
  CHECK((product.view() - witness.sign.ritz_value * d).norm() <= 0.11e-3);
  CHECK(std::abs(d[20]) > 0.98);  // residual/gap = 0.1: the angle to the eigenvector (Davis and Kahan)
}

TEST_CASE("three vectors and a kept basis make the same T until a Ritz value converges, and the same claims after") {
  const std::vector<double> eigenvalues = random_spectrum(200, 4);
  const double smallest = *std::min_element(eigenvalues.begin(), eigenvalues.end());
  RandomEngine engine = RandomSource(5).engine("lanczos");
  RandomEngine same = RandomSource(5).engine("lanczos");
  LanczosSubspace kept(200);
  ThreeTermLanczos three(200);
  kept.begin(engine);
  three.begin(same);
  for (int k = 1; k <= 600; ++k) {
    REQUIRE(three.extend(diagonal(eigenvalues)));
    if (k <= 30) {
      REQUIRE(kept.extend(diagonal(eigenvalues)));
      CHECK(three.matrix().diagonal.back() == Approx(kept.matrix().diagonal.back()).epsilon(1e-9));
      CHECK(three.matrix().couplings.back() == Approx(kept.matrix().couplings.back()).epsilon(1e-9));
    }
    if (k % 50 != 0) continue;
    // Three times more products than dimensions: copies of eigenvalues, but none outside the spectrum (Paige 1980).
    const LanczosErrors errors = lanczos_errors(three, 0.0, {});
    const double theta = smallest_eigenvalue(three.matrix());
    CHECK(theta >= smallest - 1e-13);
    CHECK(probable_lower_bound(three, theta, 1e-6, errors) - errors.all_values <= smallest);
    if (k >= 250) CHECK(theta == Approx(smallest).margin(1e-12));
  }
}

TEST_CASE("the bound fails as often as it says, in three vectors") {
  // One eigenvalue apart from the others: just before Lanczos finds it, ||p_k(H) v_1|| = 1 is nearly all due to it, so
  // that the bound of some k fails almost as soon as |v_1'u| <= delta. 1e4 trials at eta = 1e-2, each counted if any of
  // the bounds after 3, ..., 9 products fails: more than 156 have probability 1e-7 at the nominal 100 (binomial,
  // standard deviation 10). Fewer than 60 would mean an idle bound.
  constexpr int trials = 10000;
  int failures = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> eigenvalues = random_spectrum(40, static_cast<std::uint64_t>(trial));
    eigenvalues.front() = -1.0;
    ThreeTermLanczos lanczos(40);
    RandomEngine engine = RandomSource(static_cast<std::uint64_t>(trial)).engine("lanczos");
    lanczos.begin(engine);
    const SymmetricOperator hessian = diagonal(eigenvalues);
    bool has_failed = false;
    for (int k = 1; k <= 9 && !has_failed; ++k) {
      REQUIRE(lanczos.extend(hessian));
      if (k < 3) continue;
      const double theta = smallest_eigenvalue(lanczos.matrix());
      has_failed = probable_lower_bound(lanczos, theta, 1e-2, lanczos_errors(lanczos, theta, {})) > -1.0;
    }
    failures += has_failed ? 1 : 0;
  }
  INFO(failures << " of " << trials << " bounds failed, nominal 100");
  CHECK(failures <= 156);
  CHECK(failures >= 60);
}

TEST_CASE("of two starts both must have missed: Fisher's law, and the share of the second start") {
  // The same operators, a second start after six products. The second share of eta = 0.64 is 0.64/128 = 5e-3: of 1e4
  // trials 50 nominally, more than 90 with probability 1e-7 (standard deviation 7). Without Fisher's law, the product
  // of two uniform variables taken for one, the failures would be 5e-3 (1 - ln 5e-3) 1e4 = 315.
  constexpr int trials = 10000;
  int failures = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> eigenvalues = random_spectrum(40, static_cast<std::uint64_t>(trial));
    eigenvalues.front() = -1.0;
    ThreeTermLanczos lanczos(40);
    RandomEngine engine = RandomSource(static_cast<std::uint64_t>(trial)).engine("lanczos");
    lanczos.begin(engine);
    const SymmetricOperator hessian = diagonal(eigenvalues);
    bool has_failed = false;
    for (int k = 1; k <= 12 && !has_failed; ++k) {
      REQUIRE(lanczos.extend(hessian));
      if (k == 6) lanczos.start_block(engine);
      if (k < 9) continue;
      const double theta = smallest_eigenvalue(lanczos.matrix());
      // The coupling cut off after six products is no error here: what counts is the starts.
      has_failed = probable_lower_bound(lanczos, theta, 0.64, lanczos_errors(lanczos, theta, {})) > -1.0;
    }
    failures += has_failed ? 1 : 0;
  }
  INFO(failures << " of " << trials << " bounds failed, nominal 50");
  CHECK(failures <= 90);
  CHECK(failures >= 3);
}

TEST_CASE("the probability of missing a direction: exact on the circle, an upper bound in any dimension") {
  // |v'u|: arc sine law for n = 2, uniform on [0, 1] for n = 3 (Archimedes), else the density proportional to
  // (1 - s^2)^((n-3)/2), integrated here by Simpson's rule.
  for (const double delta : {0.5, 0.1, 1e-3}) {
    CHECK(std::exp(log_missing_probability(2, -std::log(delta))) ==
          Approx(2.0 / std::numbers::pi * std::asin(delta)).epsilon(1e-12));
    CHECK(std::exp(log_missing_probability(3, -std::log(delta))) >= delta);
    for (const Index n : {4, 10, 1000}) {
      const auto integral = [n](double end) {
        constexpr int steps = 20000;
        double sum = 0.0;
        for (int i = 0; i <= steps; ++i) {
          const double at = end * i / steps;
          const double weight = i == 0 || i == steps ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
          sum += weight * std::pow(1.0 - at * at, 0.5 * static_cast<double>(n - 3));
        }
        return sum * end / steps / 3.0;
      };
      const double exact = integral(delta) / integral(1.0);
      const double bound = std::exp(log_missing_probability(n, -std::log(delta)));
      INFO("n " << n << ", delta " << delta);
      CHECK(bound >= exact * (1.0 - 1e-6));
      if (delta * std::sqrt(static_cast<double>(n)) < 0.1) CHECK(bound <= 1.2 * exact);
    }
  }
}

TEST_CASE("closed spaces and inexact products: fresh starts until it is decided") {
  // Two different eigenvalues: every start is closed after two products, with a doubt of 3e-7.
  for (const double depth : {1e-3, 1e-6, 0.0}) {
    std::vector<double> eigenvalues(1000, 1.0);
    eigenvalues.front() = -depth;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const CurvatureWitness witness =
          sign_of_curvature(1000, diagonal(eigenvalues), RandomSource(seed), {.product_error = {.relative = 1e-7}});
      INFO("depth " << depth << ", seed " << seed);
      CHECK(witness.sign.verdict == (depth > 1e-5 ? CurvatureVerdict::negative : CurvatureVerdict::not_negative));
      CHECK(witness.sign.products <= 60);
      CHECK(witness.sign.lower_bound <= -depth);
    }
  }
}

TEST_CASE("noise in the products, told or not, never turns into a false certificate") {
  // 500 zeros and 500 in [1, 2], each product off by a fresh random vector of norm 1e-5.
  std::vector<double> eigenvalues(1000, 0.0);
  for (std::size_t i = 500; i < 1000; ++i) eigenvalues[i] = 1.0 + 1e-3 * static_cast<double>(i);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    RandomEngine noise_engine = RandomSource(seed).engine("noise");
    Vector noise(1000);
    const auto noisy = [&](ConstVectorView v, VectorView product) {
      fill_standard_normal(noise_engine, noise);
      product = ConstVectorView(eigenvalues).cwiseProduct(v) + (1e-5 * v.norm() / noise.view().norm()) * noise.view();
    };
    for (const double told : {0.0, 1e-5}) {
      const CurvatureWitness witness =
          sign_of_curvature(1000, noisy, RandomSource(seed),
                            {.curvature_tolerance = 1e-7, .max_products = 60, .product_error = {.absolute = told}});
      INFO("seed " << seed << ", told " << told << ", Ritz value " << witness.sign.ritz_value);
      CHECK(witness.sign.verdict != CurvatureVerdict::negative);
      CHECK(witness.sign.lower_bound <= 0.0);
    }
  }
}

TEST_CASE("small spaces are searched whole; budgets, broken products and no variables are said so") {
  const std::vector<double> repeated{3.0, -2.0, 3.0, 0.0, 3.0, -2.0};
  const CurvatureWitness small = sign_of_curvature(6, diagonal(repeated), RandomSource(1));
  REQUIRE(small.sign.verdict == CurvatureVerdict::negative);
  CHECK(small.sign.ritz_value == Approx(-2.0).epsilon(0.01));  // residual <= 0.1 |theta|: off by its square
  const std::vector<double> flat{3.0, 0.0, 3.0, 0.0};
  const CurvatureWitness none = sign_of_curvature(4, diagonal(flat), RandomSource(1),
                                                  {.failure_probability = 1e-300, .product_error = {.relative = 1e-7}});
  CHECK(none.sign.verdict == CurvatureVerdict::not_negative);
  CHECK(none.sign.is_exhaustive);
  CHECK(none.direction.empty());

  const std::vector<double> wide = random_spectrum(1000, 8);
  const CurvatureWitness poor = sign_of_curvature(1000, diagonal(wide), RandomSource(1), {.max_products = 5});
  CHECK(poor.sign.verdict == CurvatureVerdict::undecided);
  CHECK(poor.sign.products == 5);
  CHECK(poor.sign.lower_bound <= poor.sign.ritz_value);

  int calls = 0;
  const CurvatureWitness broken = sign_of_curvature(
      100,
      [&](ConstVectorView v, VectorView product) {
        for (Index i = 0; i < 100; ++i) product[i] = static_cast<double>(i) * v[i];
        if (++calls == 3) product[7] = std::nan("");
      },
      RandomSource(1));
  CHECK(broken.sign.verdict == CurvatureVerdict::undecided);
  CHECK_FALSE(broken.sign.is_finite);
  CHECK(broken.sign.products == 3);

  CHECK(sign_of_curvature(0, nullptr, RandomSource(1)).sign.verdict == CurvatureVerdict::not_negative);
  const auto with = [&](const SignOptions& options) { sign_of_curvature(4, diagonal(flat), RandomSource(1), options); };
  CHECK_THROWS_WITH(with({.curvature_tolerance = 0.0}),
                    "sign of curvature: curvature_tolerance must be > 0 and finite, got 0");
  CHECK_THROWS_WITH(with({.max_products = 0}), "sign of curvature: max_products must be >= 1, got 0");
  CHECK_THROWS_AS(with({.failure_probability = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.product_error = {.absolute = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS(with({.product_error = {.relative = std::nan("")}}), std::invalid_argument);
  CHECK_THROWS_AS(with({.direction_accuracy = 0.0}), std::invalid_argument);
}
