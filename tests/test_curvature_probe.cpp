#include "support/dense_algebra.hpp"
#include "support/second_order.hpp"

#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/solvers/curvature_probe.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

Eigen::MatrixXd random_symmetric(Index n, std::uint64_t seed) {
  RandomEngine engine = RandomSource(seed).engine("matrix");
  Eigen::MatrixXd matrix(n, n);
  Vector column(n);
  for (Index j = 0; j < n; ++j) {
    fill_standard_normal(engine, column);
    matrix.col(j) = column.view();
  }
  return 0.5 * (matrix + matrix.transpose());
}

auto quadratic(const Eigen::MatrixXd& matrix) {
  return functional(
      matrix.rows(), [matrix](ConstVectorView x) { return 0.5 * x.dot(matrix * x); },
      [matrix](ConstVectorView x, VectorView g) { g = matrix * x; },
      [matrix](ConstVectorView, ConstVectorView v, VectorView product) { product = matrix * v; });
}

ProbeResult probe(const Objective& objective, std::uint64_t seed, const SecondOrderCriterion& criterion,
                  Vector* direction = nullptr) {
  Oracle oracle(objective);
  const Vector x(objective.dimension());
  Vector storage(objective.dimension());
  LanczosSubspace subspace(objective.dimension());
  const ProbeResult result =
      probe_curvature(oracle, x, RandomSource(seed).engine("lanczos"), criterion, subspace, storage);
  CHECK(oracle.counts().hessian_vector_products == static_cast<std::uint64_t>(result.products));
  CHECK(result.products <= criterion.probe_products);
  if (direction != nullptr) *direction = storage;
  return result;
}

}  // namespace

TEST_CASE("with products enough for the whole space the verdict is that of the dense Hessian") {
  const SecondOrderCriterion criterion{.curvature_tolerance = 1e-3};
  int negative = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Index n = 1 + static_cast<Index>(seed % 12);
    // Shifted so that about half of the matrices have a negative eigenvalue.
    Eigen::MatrixXd matrix = random_symmetric(n, seed);
    matrix.diagonal().array() += std::sqrt(2.0 * static_cast<double>(n)) - 0.5;
    const double lambda_min = test::symmetric_eigenvalues(matrix)[0];
    if (std::abs(lambda_min + criterion.curvature_tolerance) < 1e-6) continue;
    Vector direction;
    const ProbeResult result = probe(quadratic(matrix), seed, criterion, &direction);
    INFO("n " << n << ", lambda_min " << lambda_min << ", Ritz value " << result.ritz_value);
    if (lambda_min < -criterion.curvature_tolerance) {
      ++negative;
      REQUIRE(result.verdict == ProbeVerdict::negative);
      const double quotient = direction.view().dot(matrix * direction.view());
      CHECK(direction.view().norm() == Approx(1.0));
      CHECK(quotient == Approx(result.ritz_value).margin(1e-10));
      CHECK((matrix * direction.view() - quotient * direction.view()).norm() <= 0.11 * std::abs(quotient));
    } else {
      CHECK(result.verdict == ProbeVerdict::not_negative);
      CHECK(result.lower_bound <= lambda_min + 1e-10);
    }
    CHECK(result.ritz_value >= lambda_min - 1e-12);  // Courant and Fischer
  }
  CHECK(negative > 20);
  CHECK(negative < 180);
}

TEST_CASE("a false certificate is as rare as eta says, and products buy verdicts") {
  // lambda_min = -2 eps_H under 300 eigenvalues spread over [0, 1]: `not_negative` is false, and each of 400 seeds may
  // say it with probability eta = 0.1 at most: 40 + 4 standard deviations = 64 are exceeded with probability 1e-4.
  std::vector<double> eigenvalues(301);
  for (std::size_t i = 0; i < 300; ++i) eigenvalues[i] = static_cast<double>(i) / 299.0;
  eigenvalues.back() = -0.02;
  const auto saddle = diagonal_quadratic(eigenvalues);
  const SecondOrderCriterion criterion{.curvature_tolerance = 0.01, .failure_probability = 0.1, .probe_products = 60};
  int is_false = 0;
  int found = 0;
  int too_high = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const ProbeResult result = probe(saddle, seed, criterion);
    is_false += result.verdict == ProbeVerdict::not_negative;
    found += result.verdict == ProbeVerdict::negative;
    too_high += result.lower_bound > -0.02;  // the claim itself, whatever was concluded from it
  }
  CHECK(is_false <= 64);
  CHECK(too_high <= 64);
  CHECK(found >= 336);

  // Too few products decide nothing, and say so.
  const SecondOrderCriterion poor{.curvature_tolerance = 0.01, .probe_products = 4};
  const ProbeResult undecided = probe(saddle, 1, poor);
  REQUIRE(undecided.verdict == ProbeVerdict::undecided);
  const End end = end_of_probe(undecided, poor, 1e-9, 7);
  CHECK(end.id == "first-order-stationary");
  CHECK(end.message.find("not certified") != std::string::npos);
  CHECK(end.message.find("iteration 7") != std::string::npos);
}

TEST_CASE("a certificate states its two tolerances, its probability, and what it leaves open") {
  const SecondOrderCriterion criterion{};
  const End positive = end_of_probe(probe(diagonal_quadratic({1.0, 2.0, 2.0}), 1, criterion), criterion, 1e-9, 3);
  CHECK(positive.end_class == EndClass::convergence);
  CHECK(positive.id == "second-order-stationary");
  CHECK(positive.message.find("(eps_g = 1e-06, eps_H = 1e-05)") != std::string::npos);
  CHECK(positive.message.find("probability >= 1 - 1e-06") != std::string::npos);
  CHECK(positive.message.find("degenerate") == std::string::npos);

  const End flat = end_of_probe(probe(diagonal_quadratic({0.0, 2.0, 3.0}), 1, criterion), criterion, 1e-9, 3);
  CHECK(flat.id == "second-order-stationary");
  CHECK(flat.message.find("degenerate saddle is not excluded") != std::string::npos);
  CHECK(flat.message.find("whole space") != std::string::npos);
}

TEST_CASE("products by differences of gradients are believed to their own accuracy only") {
  // f = -1e-9 x^2/2 + y^2/2 without a Hessian: the curvature -1e-9 is below what differences resolve, -1e-3 is not.
  const auto bowl = [](double a) {
    return functional(
        2, [a](ConstVectorView x) { return 0.5 * (a * x[0] * x[0] + x[1] * x[1]); },
        [a](ConstVectorView x, VectorView g) {
          g[0] = a * x[0];
          g[1] = x[1];
        });
  };
  const SecondOrderCriterion sharp{.curvature_tolerance = 1e-10};
  CHECK(probe(bowl(-1e-9), 1, sharp).verdict == ProbeVerdict::undecided);
  CHECK(probe(bowl(-1e-3), 1, sharp).verdict == ProbeVerdict::negative);
  CHECK(probe(bowl(1e-3), 1, sharp).verdict == ProbeVerdict::not_negative);
}

TEST_CASE("repeated eigenvalues get their certificate from differences of gradients too") {
  // diag(-e, 1, ..., 1) has two different eigenvalues, so that every Krylov space is closed after two products, with a
  // coupling that is noise. One start through noise of 3e-7 leaves a chance of more than eta = 1e-6 that it has missed
  // something; fresh starts take it away. All seeds must be decided: from a start that fails with eta, 2400 probes have
  // one wrong verdict with probability below 3e-3.
  for (const Index n : {3, 10, 31, 40, 200}) {
    for (const double depth : {1e-3, 1e-6, 0.0}) {
      const auto objective = functional(
          n, [depth](ConstVectorView x) { return 0.5 * (x.squaredNorm() - (1.0 + depth) * x[0] * x[0]); },
          [depth](ConstVectorView x, VectorView g) {
            g = x;
            g[0] = -depth * x[0];
          });
      for (const double place : {0.0, 1.0}) {  // at 0 the differences are exact, and nobody knows
        for (std::uint64_t seed = 0; seed < 80; ++seed) {
          Oracle oracle(objective);
          Vector x(n);
          x.view().setConstant(place);
          Vector direction(n);
          LanczosSubspace subspace(n);
          const ProbeResult result =
              probe_curvature(oracle, x, RandomSource(seed).engine("lanczos"), {}, subspace, direction);
          INFO("n " << n << ", depth " << depth << ", place " << place << ", seed " << seed);
          CHECK(result.verdict == (depth > 1e-5 ? ProbeVerdict::negative : ProbeVerdict::not_negative));
          CHECK(result.lower_bound <= -depth);
          CHECK(result.products <= 12);
        }
      }
    }
  }
}

TEST_CASE("criteria out of range are refused") {
  for (const double wrong : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    CHECK_THROWS_AS(check(SecondOrderCriterion{.gradient_tolerance = wrong}, "test"), std::invalid_argument);
    CHECK_THROWS_AS(check(SecondOrderCriterion{.curvature_tolerance = wrong}, "test"), std::invalid_argument);
  }
  CHECK_THROWS_AS(check(SecondOrderCriterion{.failure_probability = 1.0}, "test"), std::invalid_argument);
  CHECK_THROWS_WITH(check(SecondOrderCriterion{.probe_products = 0}, "test"),
                    "test: probe_products must be >= 1, got 0");
}
