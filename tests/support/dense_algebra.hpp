// Dense factorizations as test oracles. Compiled once: each of them costs a compiler many seconds.
#ifndef PERIGEE_TESTS_SUPPORT_DENSE_ALGEBRA_HPP
#define PERIGEE_TESTS_SUPPORT_DENSE_ALGEBRA_HPP

#include <Eigen/Core>

namespace perigee::test {

struct SymmetricEigenpairs {
  Eigen::VectorXd values;   // ascending
  Eigen::MatrixXd vectors;  // columns, orthonormal
};

/// Of a symmetric matrix, of which only the lower triangle is read.
SymmetricEigenpairs symmetric_eigenpairs(const Eigen::MatrixXd& matrix);
Eigen::VectorXd symmetric_eigenvalues(const Eigen::MatrixXd& matrix);

/// The largest |eigenvalue| of a symmetric matrix.
double spectral_norm(const Eigen::MatrixXd& matrix);

/// The solution of a square system, by LU factors with complete pivoting.
Eigen::VectorXd solve_dense(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// The least-squares solution of an overdetermined system of full rank, by QR factors.
Eigen::VectorXd solve_least_squares(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// The shortest of the least-squares solutions of a system of any rank, by a complete orthogonal decomposition.
Eigen::VectorXd solve_least_norm(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// The square orthogonal factor of a QR factorization.
Eigen::MatrixXd orthogonal_factor(const Eigen::MatrixXd& matrix);

}  // namespace perigee::test

#endif
