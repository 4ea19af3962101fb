// Eigenvalues and eigenvectors of a symmetric tridiagonal matrix.
//
// Implicit QR steps with Wilkinson's shift: Golub and Van Loan (2013), Matrix computations, algorithms 8.3.2 and 8.3.3.
// Backward stable: exact for a matrix that differs by a small multiple of machine epsilon times its norm.
#ifndef PERIGEE_LIB_TRIDIAGONAL_HPP
#define PERIGEE_LIB_TRIDIAGONAL_HPP

#include <cstddef>
#include <span>
#include <vector>

namespace perigee {

struct TridiagonalEigenpairs {
  std::vector<double> values;   // increasing
  std::vector<double> vectors;  // k x k by columns, orthonormal; column i belongs to values[i]

  double component(std::size_t row, std::size_t pair) const { return vectors[pair * values.size() + row]; }
};

/// The same, again and again: its storage grows to the largest matrix ever given and is used again.
class TridiagonalEigensolver {
 public:
  /// Of the k x k matrix with diagonal (a_1 ... a_k) and off-diagonal (b_1 ... b_{k-1}); further elements of
  /// `off_diagonal` are not read. Any scale of finite elements. O(k^3). The result lives until the next call.
  const TridiagonalEigenpairs& solve(std::span<const double> diagonal, std::span<const double> off_diagonal);
  const TridiagonalEigenpairs& pairs() const { return pairs_; }

 private:
  std::vector<double> diagonal_;
  std::vector<double> off_diagonal_;
  std::vector<double> vectors_;
  std::vector<std::size_t> order_;
  TridiagonalEigenpairs pairs_;
};

/// Of one matrix, as TridiagonalEigensolver::solve.
TridiagonalEigenpairs solve_tridiagonal(const std::vector<double>& diagonal, const std::vector<double>& off_diagonal);

}  // namespace perigee

#endif
