// What comes with the ends of a spectrum: Kato-Temple's excess, condition number, optimal step, null directions.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/orthogonal_complement.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

SymmetricOperator diagonal(const std::vector<double>& eigenvalues) {
  return
      [&eigenvalues](ConstVectorView v, VectorView product) { product = ConstVectorView(eigenvalues).cwiseProduct(v); };
}

Vector random_vector(Index n, std::uint64_t seed) {
  RandomEngine engine = RandomSource(seed).engine("vector");
  Vector v(n);
  fill_standard_normal(engine, v);
  return v;
}

}  // namespace

TEST_CASE("Kato and Temple: the excess of lambda_min is bounded, far more sharply than by the residual") {
  std::vector<double> eigenvalues(300);
  for (std::size_t i = 0; i < 300; ++i) eigenvalues[i] = 1.0 + static_cast<double>(i) / 100.0;
  eigenvalues.front() = 0.1;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Spectrum spectrum = analyze_spectrum(300, diagonal(eigenvalues), RandomSource(seed), {.max_products = 16});
    INFO("seed " << seed);
    REQUIRE(spectrum.lambda_min_excess > 0.0);
    CHECK(spectrum.lambda_min - 0.1 <= spectrum.lambda_min_excess + spectrum.error);
    CHECK(spectrum.lambda_min_excess <= spectrum.lambda_min_residual);
  }
}

TEST_CASE("the condition number: known, from below, and NaN where no positive bound holds") {
  std::vector<double> eigenvalues(100);
  for (std::size_t i = 0; i < 100; ++i) eigenvalues[i] = 2.0 + static_cast<double>(i);
  const Spectrum positive = analyze_spectrum(100, diagonal(eigenvalues), RandomSource(1));
  REQUIRE(positive.lower_bound > 0.0);
  CHECK(positive.condition_number <= 101.0 / 2.0 * (1.0 + 1e-12));
  CHECK(positive.condition_number == Approx(101.0 / 2.0).epsilon(1e-3));
  eigenvalues.front() = 0.0;
  CHECK(std::isnan(analyze_spectrum(100, diagonal(eigenvalues), RandomSource(1)).condition_number));
}

TEST_CASE("both ends have a bound: the upper one is the lower one of -H") {
  RandomEngine engine = RandomSource(6).engine("spectrum");
  std::vector<double> eigenvalues(200);
  fill_standard_normal(engine, eigenvalues);
  std::vector<double> mirrored(eigenvalues);
  for (double& value : mirrored) value = -value;
  const double largest = *std::max_element(eigenvalues.begin(), eigenvalues.end());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const SpectrumOptions options{.max_products = 9};
    const Spectrum spectrum = analyze_spectrum(200, diagonal(eigenvalues), RandomSource(seed), options);
    const Spectrum other = analyze_spectrum(200, diagonal(mirrored), RandomSource(seed), options);
    REQUIRE(spectrum.basis_size == other.basis_size);
    CHECK(spectrum.upper_bound == Approx(-other.lower_bound).epsilon(1e-9));
    CHECK(spectrum.upper_bound >= largest);  // fails with probability 20e-6
    CHECK(spectrum.upper_bound < 100.0 * largest);
  }
  // A whole basis: the two bounds enclose the condition number to rounding.
  const std::vector<double> few{1.0, 4.0, 2.0, 8.0};
  const Spectrum whole = analyze_spectrum(4, diagonal(few), RandomSource(1));
  CHECK(whole.upper_bound / whole.lower_bound == Approx(8.0));
  CHECK(whole.upper_bound / whole.lower_bound >= 8.0);
}

TEST_CASE("the optimal step minimizes the model along the gradient") {
  const std::vector<double> eigenvalues{1.0, 10.0, 3.0};
  const Vector g{2.0, -1.0, 0.5};
  // g'g/g'Hg by hand: 5.25/(4 + 10 + 0.75).
  CHECK(optimal_step(g, diagonal(eigenvalues)) == Approx(5.25 / 14.75));
  const std::vector<double> down{-1.0, -2.0, 0.0};
  CHECK(optimal_step(g, diagonal(down)) == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(optimal_step(Vector(3), diagonal(eigenvalues))));
}

TEST_CASE("coordinates on a complement: orthonormal, and orthogonal to what was taken out") {
  const std::vector<Vector> directions{random_vector(12, 1), random_vector(12, 2), random_vector(12, 3)};
  const OrthogonalComplement complement(12, directions, "test");
  REQUIRE(complement.dimension() == 9);
  Eigen::MatrixXd c(12, 9);
  for (Index j = 0; j < 9; ++j) {
    Vector unit(9);
    unit[j] = 1.0;
    Vector lifted(12);
    complement.lift(unit, lifted);
    c.col(j) = lifted.view();
  }
  CHECK((c.transpose() * c - Eigen::MatrixXd::Identity(9, 9)).norm() < 1e-14);
  for (const Vector& direction : directions) CHECK((c.transpose() * direction.view()).norm() < 1e-14);
  const Vector x = random_vector(12, 4);
  Vector scratch = x;
  Vector y(9);
  complement.restrict_to(scratch, y);
  CHECK((y.view() - c.transpose() * x.view()).norm() < 1e-14);
  CHECK_THROWS_AS(OrthogonalComplement(12, std::vector<Vector>{x, x}, "test"), std::invalid_argument);
  CHECK_THROWS_AS(OrthogonalComplement(3, std::vector<Vector>{Vector{1.0}}, "test"), std::invalid_argument);
  CHECK_THROWS_AS(OrthogonalComplement(1, std::vector<Vector>{Vector{0.0}}, "test"), std::invalid_argument);
}

TEST_CASE("null directions are left out: the ends are those of a dense solver on the complement") {
  for (const Index n : {10, 60}) {
    // Positive definite but for the shift 1, along which it is 0, or for a slope along it, which is not to be seen.
    Eigen::MatrixXd gaussian(n, n);
    RandomEngine engine = RandomSource(7).engine("matrix");
    fill_standard_normal(engine, VectorView(gaussian.data(), n * n));
    const Eigen::MatrixXd shift_free =
        Eigen::MatrixXd::Identity(n, n) - Eigen::MatrixXd::Constant(n, n, 1.0 / static_cast<double>(n));
    const Eigen::MatrixXd core =
        shift_free * (gaussian * gaussian.transpose() + Eigen::MatrixXd::Identity(n, n)) * shift_free;
    const double smallest = test::symmetric_eigenvalues(core)[1];
    for (const double along : {0.0, -5.0}) {
      const Eigen::MatrixXd matrix = core + Eigen::MatrixXd::Constant(n, n, along / static_cast<double>(n));
      const auto hessian = [&](ConstVectorView v, VectorView product) { product = matrix * v; };
      Vector ones(n);
      ones.view().setOnes();
      const Spectrum without = analyze_spectrum(n, hessian, RandomSource(1), {.null_directions = {ones}});
      INFO("n " << n << ", along " << along);
      CHECK(without.dimension == n - 1);
      CHECK(without.lower_bound > 0.0);
      CHECK(without.lower_bound <= smallest);
      CHECK(without.lambda_min == Approx(smallest).epsilon(1e-4));
      REQUIRE(without.direction.size() == n);
      CHECK(std::abs(without.direction.view().sum()) < 1e-10);
      CHECK((matrix * without.direction.view() - without.lambda_min * without.direction.view()).norm() ==
            Approx(without.lambda_min_residual).margin(1e-9));
      const Spectrum with = analyze_spectrum(n, hessian, RandomSource(1));
      CHECK(with.dimension == n);
      CHECK(with.lower_bound <= 0.0);
    }
  }
  // Nothing left: no curvature.
  const Spectrum nothing =
      analyze_spectrum(1, [](ConstVectorView, VectorView) {}, RandomSource(1), {.null_directions = {Vector{1.0}}});
  CHECK(nothing.verdict == CurvatureVerdict::not_negative);
  CHECK(nothing.products == 0);
}

TEST_CASE("a minimum up to an invariance is a minimum once the invariance is said") {
  // f = ||x - mean(x)||^2/2: constant along 1.
  const auto objective = functional(
      5, [](ConstVectorView x) { return 0.5 * (x.squaredNorm() - x.sum() * x.sum() / 5.0); },
      [](ConstVectorView x, VectorView g) { g = x.array() - x.sum() / 5.0; });
  const Vector x{1.0, 1.0, 1.0, 1.0, 1.0};
  CHECK(judge_point(objective, x, RandomSource(1)).point_class == PointClass::degenerate);
  const PointJudgement judgement = judge_point(objective, x, RandomSource(1), {.spectrum = {.null_directions = {x}}});
  CHECK(judgement.point_class == PointClass::minimum);
  CHECK(judgement.spectrum.lambda_min == Approx(1.0).epsilon(1e-6));
}
