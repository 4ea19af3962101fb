#include "support/dense_algebra.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>

namespace perigee::test {

SymmetricEigenpairs symmetric_eigenpairs(const Eigen::MatrixXd& matrix) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

Eigen::VectorXd symmetric_eigenvalues(const Eigen::MatrixXd& matrix) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

double spectral_norm(const Eigen::MatrixXd& matrix) { return symmetric_eigenvalues(matrix).cwiseAbs().maxCoeff(); }

Eigen::VectorXd solve_dense(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.fullPivLu().solve(right);
}

Eigen::VectorXd solve_least_squares(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.colPivHouseholderQr().solve(right);
}

Eigen::VectorXd solve_least_norm(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.completeOrthogonalDecomposition().solve(right);
}

Eigen::MatrixXd orthogonal_factor(const Eigen::MatrixXd& matrix) {
  return Eigen::HouseholderQR<Eigen::MatrixXd>(matrix).householderQ();
}

}  // namespace perigee::test
