#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/diagnostics/flatness.hpp>
#include <perigee/lib/functional.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

TEST_CASE("the local entropy of a quadratic's minimum is (T/2) sum ln(1 + lambda/gamma)") {
  // And below 0 at a saddle. Within 5 standard errors: false alarm 6e-7 for each of six.
  for (const double temperature : {0.1, 2.0}) {
    for (const std::vector<double>& eigenvalues :
         {std::vector<double>{4.0}, std::vector<double>{1.0, 3.0, 0.5}, std::vector<double>{1.0, -0.2}}) {
      double expected = 0.0;
      for (const double lambda : eigenvalues) expected += 0.5 * temperature * std::log(1.0 + lambda / 2.0);
      const auto quadratic = diagonal_quadratic(eigenvalues);
      const LocalEntropy entropy = local_entropy(quadratic, Vector(quadratic.dimension()), RandomSource(1),
                                                 {.scope = 2.0, .temperature = temperature, .samples = 40000});
      INFO(entropy.rise << " +- " << entropy.standard_error << ", expected " << expected);
      CHECK(entropy.standard_error < 0.01 * temperature);
      CHECK(std::abs(entropy.rise - expected) < 5.0 * entropy.standard_error);
      CHECK(entropy.effective_samples > 10000.0);
    }
  }
}

TEST_CASE("the standard error of the local entropy is the scatter of repetitions") {
  // 400 repetitions: the ratio of the standard deviations is 1 within 5/sqrt(800) = 0.18, false alarm 6e-7 for normal
  // estimates.
  const auto quadratic = diagonal_quadratic({4.0, 1.0});
  double mean = 0.0;
  double squares = 0.0;
  double claimed = 0.0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const LocalEntropy entropy = local_entropy(quadratic, {0.3, -0.2}, RandomSource(seed), {.samples = 500});
    mean += entropy.rise / 400.0;
    squares += entropy.rise * entropy.rise / 400.0;
    claimed += entropy.standard_error * entropy.standard_error / 400.0;
  }
  CHECK(std::sqrt((squares - mean * mean) / claimed) == Approx(1.0).margin(0.18));
}

TEST_CASE("infinite surroundings weigh nothing, NaN is passed on, and a constant has no rise") {
  // A half-line: half of the draws are lost, so the rise is T ln 2. Within 5 standard errors, false alarm 6e-7.
  const auto half = functional(
      1, [](ConstVectorView x) { return x[0] < 0.0 ? static_cast<double>(INFINITY) : 7.0; },
      [](ConstVectorView, VectorView g) { g.setZero(); });
  const LocalEntropy entropy = local_entropy(half, {0.0}, RandomSource(2), {.temperature = 0.5});
  CHECK(std::abs(entropy.rise - 0.5 * std::log(2.0)) < 5.0 * entropy.standard_error);
  const auto nowhere = functional(
      1, [](ConstVectorView x) { return x[0] == 0.0 ? 0.0 : static_cast<double>(INFINITY); },
      [](ConstVectorView, VectorView g) { g.setZero(); });
  CHECK(local_entropy(nowhere, {0.0}, RandomSource(2)).rise == INFINITY);
  const auto root = functional(
      1, [](ConstVectorView x) { return std::sqrt(x[0]); }, [](ConstVectorView, VectorView g) { g.setZero(); });
  CHECK(std::isnan(local_entropy(root, {1.0}, RandomSource(2)).rise));
  const auto flat = functional(
      2, [](ConstVectorView) { return 3.0; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  const LocalEntropy none = local_entropy(flat, {1.0, 2.0}, RandomSource(2));
  CHECK(none.rise == 0.0);
  CHECK(none.standard_error == 0.0);
  CHECK(none.effective_samples == 10000.0);
}

TEST_CASE(
    "Hutchinson's trace: unbiased, with the variance 2 sum of squares off the diagonal, and exact on a diagonal") {
  const Index n = 12;
  Eigen::MatrixXd matrix(n, n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) matrix(i, j) = std::sin(1.0 + static_cast<double>(i * j + i + j));
  }
  const SymmetricOperator dense = [&](ConstVectorView v, VectorView product) { product = matrix * v; };
  const Index probes = 20000;
  const TraceEstimate estimate = estimate_trace(n, dense, probes, RandomSource(3));
  const double off_diagonal = matrix.squaredNorm() - matrix.diagonal().squaredNorm();
  // 5 standard errors: false alarm 6e-7. The standard error itself to 5 percent: of order 5/sqrt(probes) = 0.035.
  CHECK(std::abs(estimate.trace - matrix.trace()) < 5.0 * estimate.standard_error);
  CHECK(estimate.standard_error == Approx(std::sqrt(2.0 * off_diagonal / static_cast<double>(probes))).epsilon(0.05));
  const SymmetricOperator diagonal = [&](ConstVectorView v, VectorView product) {
    product = matrix.diagonal().cwiseProduct(v);
  };
  CHECK(estimate_trace(n, diagonal, 1, RandomSource(4)).trace == Approx(matrix.trace()).margin(1e-12));
  CHECK(std::isnan(estimate_trace(n, diagonal, 1, RandomSource(4)).standard_error));
}

TEST_CASE("measures of flatness refuse wrong options") {
  const auto quadratic = diagonal_quadratic({1.0, 1.0});
  const auto with = [&](const LocalEntropyOptions& options) {
    return local_entropy(quadratic, {0.0, 0.0}, RandomSource(1), options);
  };
  CHECK_THROWS_AS(with({.scope = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.temperature = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(with({.samples = 1}), std::invalid_argument);
  CHECK_THROWS_AS(local_entropy(quadratic, {0.0}, RandomSource(1)), std::invalid_argument);
  CHECK_THROWS_AS(estimate_trace(
                      2, [](ConstVectorView, VectorView) {}, 0, RandomSource(1)),
                  std::invalid_argument);
}
