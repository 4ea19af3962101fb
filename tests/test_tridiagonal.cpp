// Tridiagonal algebra against a dense eigen-solver and a matrix whose eigenvalues are known.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/lib/random.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <cmath>
#include <vector>

using namespace perigee;

namespace {

Eigen::MatrixXd dense(const TridiagonalMatrix& matrix) {
  const Index k = static_cast<Index>(matrix.diagonal.size());
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(k, k);
  for (Index j = 0; j < k; ++j) {
    result(j, j) = matrix.diagonal[static_cast<std::size_t>(j)];
    if (j > 0) result(j, j - 1) = result(j - 1, j) = matrix.couplings[static_cast<std::size_t>(j - 1)];
  }
  return result;
}

}  // namespace

TEST_CASE("tridiagonal matrices: T Q = Q diag, Q orthogonal, the values those of a dense solver") {
  for (int run = 0; run < 60; ++run) {
    RandomEngine engine = RandomSource(static_cast<std::uint64_t>(run)).engine("tridiagonal");
    const Index k = 1 + run;
    // Sizes from 1 down to 1e-12 along the diagonal, some couplings zero: graded and reducible matrices too.
    const double grading = std::pow(10.0, -0.2 * (run % 61));
    std::vector<double> a(static_cast<std::size_t>(k));
    std::vector<double> b(a.size());
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(k, k);
    for (Index i = 0; i < k; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double size = std::pow(grading, static_cast<double>(i) / static_cast<double>(k));
      a[at] = dense(i, i) = size * (uniform_unit(engine) - 0.5);
      b[at] = uniform_unit(engine) < 0.1 ? 0.0 : size * uniform_unit(engine);
      if (i + 1 < k) dense(i, i + 1) = dense(i + 1, i) = b[at];
    }
    const TridiagonalEigenpairs pairs = solve_tridiagonal(a, b);
    const Eigen::Map<const Eigen::MatrixXd> q(pairs.vectors.data(), k, k);
    const Eigen::Map<const Eigen::VectorXd> values(pairs.values.data(), k);
    const test::SymmetricEigenpairs reference = test::symmetric_eigenpairs(dense);
    INFO("k " << k);
    CHECK((q.transpose() * q - Eigen::MatrixXd::Identity(k, k)).norm() < 1e-13);
    CHECK((dense * q - q * values.asDiagonal()).norm() < 1e-13);
    CHECK((values - reference.values).cwiseAbs().maxCoeff() < 1e-14);
  }
  // -1, 2, -1 of order k has the eigenvalues 4 sin^2(j pi / (2 (k + 1))); a power of two changes no bit.
  for (const double factor : {1.0, std::ldexp(1.0, 900), std::ldexp(1.0, -900)}) {
    const TridiagonalEigenpairs pairs =
        solve_tridiagonal(std::vector<double>(200, 2.0 * factor), std::vector<double>(199, -factor));
    for (std::size_t j = 0; j < 200; ++j) {
      const double exact = 4.0 * std::pow(std::sin(static_cast<double>(j + 1) * 3.14159265358979323846 / 402.0), 2);
      CHECK(std::abs(pairs.values[j] / factor - exact) < 1e-14);
    }
  }
  CHECK(solve_tridiagonal({0.0, 0.0}, {0.0}).values == std::vector<double>{0.0, 0.0});
  CHECK(solve_tridiagonal({}, {}).values.empty());
  // Storage used before, by a larger matrix, leaves no trace.
  TridiagonalEigensolver solver;
  solver.solve(std::vector<double>(7, 1.0), std::vector<double>(6, 0.5));
  const std::vector<double> a{3.0, -1.0, 2.0};
  const std::vector<double> b{0.25, 1.5};
  CHECK(solver.solve(a, b).values == solve_tridiagonal(a, b).values);
  CHECK(solver.pairs().vectors == solve_tridiagonal(a, b).vectors);
}

TEST_CASE("the smallest eigenpair of a tridiagonal matrix is that of a dense solver") {
  RandomEngine engine = RandomSource(4).engine("tridiagonal");
  TridiagonalFactor factor;
  for (const std::size_t k : {1u, 2u, 3u, 10u, 60u}) {
    for (const double scale : {1e-150, 1.0, 1e150}) {
      std::vector<double> diagonal(k);
      std::vector<double> couplings(k);
      fill_standard_normal(engine, diagonal);
      fill_standard_normal(engine, couplings);
      for (double& element : diagonal) element *= scale;
      for (double& element : couplings) element = std::abs(element) * scale;
      const TridiagonalMatrix matrix{diagonal, couplings};
      const double value = smallest_eigenvalue(matrix);
      const Eigen::MatrixXd twin = dense(matrix) / scale;
      CHECK(value / scale == Approx(test::symmetric_eigenvalues(twin)[0]).margin(1e-13));
      std::vector<double> vector(k);
      smallest_eigenvector(matrix, value, factor, vector);
      const Eigen::Map<const Eigen::VectorXd> v(vector.data(), static_cast<Index>(k));
      CHECK(v.norm() == Approx(1.0));
      CHECK((twin * v - value / scale * v).norm() < 1e-12);
    }
  }
}

TEST_CASE("a factorization solves its systems, and none exists for an indefinite matrix") {
  const std::vector<double> diagonal{2.0, 3.0, 4.0};
  const std::vector<double> couplings{1.0, 1.0, 9.0};  // the last one is not read
  const TridiagonalMatrix matrix{diagonal, couplings};
  TridiagonalFactor factor;
  REQUIRE(factor.factor(matrix, 0.5));
  const Eigen::Vector3d right(1.0, -2.0, 0.5);
  const Eigen::Vector3d solution = test::solve_dense(dense(matrix) + 0.5 * Eigen::Matrix3d::Identity(), right);
  std::vector<double> y(right.data(), right.data() + 3);
  CHECK(factor.inverse_form(y) == Approx(right.dot(solution)));
  factor.solve(y);
  for (std::size_t j = 0; j < 3; ++j) CHECK(y[j] == Approx(solution[static_cast<Index>(j)]));
  const test::SymmetricEigenpairs solver = test::symmetric_eigenpairs(dense(matrix));
  CHECK(factor.factor(matrix, -solver.values[0] + 1e-9));
  CHECK_FALSE(factor.factor(matrix, -solver.values[0] - 1e-9));
  CHECK(largest_eigenvalue_bound(matrix) >= solver.values[2]);
  CHECK(largest_eigenvalue_bound(matrix) == 5.0);  // max of 2 + 1, 3 + 2, 4 + 1
}
