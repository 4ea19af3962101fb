// The kept basis: orthonormal, tridiagonal, closed where it should be, and continued from fresh starts.
#include "support/dense_algebra.hpp"
#include "support/second_order.hpp"

#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cmath>
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

TEST_CASE("the Krylov basis is orthonormal and turns H into T") {
  // V'V = I and V'HV = T, both to rounding, for a basis of the whole space.
  const Index n = 30;
  const Eigen::MatrixXd matrix = random_symmetric(n, 1);
  const auto objective = quadratic(matrix);
  Oracle oracle(objective);
  const Vector x(n);
  Vector start(n);
  RandomEngine engine = RandomSource(2).engine("start");
  fill_standard_normal(engine, start);
  LanczosSubspace subspace(n);
  for (int use = 0; use < 2; ++use) {  // the second use finds the storage of the first
    subspace.start(start, start.view().norm());
    while (!subspace.is_closed()) REQUIRE(subspace.extend(oracle, x));
    REQUIRE(subspace.size() == n);
    Eigen::MatrixXd basis(n, n);
    Vector column(n);
    for (Index j = 0; j < n; ++j) {
      std::vector<double> unit(static_cast<std::size_t>(n), 0.0);
      unit[static_cast<std::size_t>(j)] = 1.0;
      subspace.combine(unit, column);
      basis.col(j) = column.view();
    }
    CHECK((basis.transpose() * basis - Eigen::MatrixXd::Identity(n, n)).norm() < 1e-12);
    CHECK((basis.transpose() * matrix * basis - dense(subspace.matrix())).norm() < 1e-11);
    CHECK(subspace.asymmetry() < 1e-12);
  }
}

TEST_CASE("a Krylov space closes where the eigenvalues are exhausted") {
  // Three different eigenvalues: the space of any start has dimension three.
  std::vector<double> eigenvalues(40, 1.0);
  std::fill(eigenvalues.begin(), eigenvalues.begin() + 10, -2.0);
  std::fill(eigenvalues.begin() + 10, eigenvalues.begin() + 15, 5.0);
  const auto objective = diagonal_quadratic(eigenvalues);
  Oracle oracle(objective);
  const Vector x(40);
  Vector start(40);
  RandomEngine engine = RandomSource(3).engine("start");
  fill_standard_normal(engine, start);
  LanczosSubspace subspace(40);
  subspace.start(start, start.view().norm());
  while (!subspace.is_closed()) REQUIRE(subspace.extend(oracle, x));
  CHECK(subspace.size() == 3);
  CHECK(smallest_eigenvalue(subspace.matrix()) == Approx(-2.0).epsilon(1e-13));
}

TEST_CASE("fresh starts go on in the complement: V'HV is block diagonal and ends with all eigenvalues") {
  const std::vector<double> eigenvalues{-1.0, -1.0, -1.0, 2.0, 2.0, 2.0, 2.0, 7.0};
  const auto hessian = [&](ConstVectorView v, VectorView product) {
    product = ConstVectorView(eigenvalues).cwiseProduct(v);
  };
  RandomEngine engine = RandomSource(4).engine("start");
  LanczosSubspace subspace(8);
  subspace.begin(engine);
  while (!subspace.spans_whole_space()) {
    REQUIRE(subspace.extend(hessian));
    if (!subspace.spans_whole_space() && subspace.is_closed()) subspace.start_block(engine);
  }
  // Multiplicities 3, 4, 1: of the starts the first sees three eigenvalues, the next two see two, the last one.
  REQUIRE(subspace.block_count() == 4);
  CHECK(subspace.block(0).diagonal.size() == 3);
  CHECK(subspace.block(1).diagonal.size() == 2);
  CHECK(subspace.block(2).diagonal.size() == 2);
  CHECK(subspace.block(3).diagonal.size() == 1);
  CHECK(subspace.start_dimension(1) == 5);
  CHECK(subspace.largest_block() == 3);
  CHECK(subspace.neglected_coupling() < 1e-12);
  CHECK(subspace.matrix().couplings[2] == 0.0);
  const test::SymmetricEigenpairs solver = test::symmetric_eigenpairs(dense(subspace.matrix()));
  for (Index i = 0; i < 8; ++i) CHECK(solver.values[i] == Approx(eigenvalues[static_cast<std::size_t>(i)]));
}
