// Symmetric tridiagonal matrices: all eigenpairs, the smallest one alone, and systems (T + shift I) y = b.
//
// All of them: implicit QR steps with Wilkinson's shift: Golub and Van Loan (2013), Matrix computations,
// algorithms 8.3.2 and 8.3.3. The smallest: bisection on the signs of pivots (Sylvester's law of inertia), then inverse
// iteration. Backward stable: exact for a matrix that differs by a small multiple of machine epsilon times its norm.
#ifndef PERIGEE_LIB_TRIDIAGONAL_HPP
#define PERIGEE_LIB_TRIDIAGONAL_HPP

#include <cstddef>
#include <span>
#include <vector>

namespace perigee {

/// T as the Lanczos iteration leaves it: alpha_1 ... alpha_k, and couplings[j] between rows j and j + 1. With k
/// couplings the last one belongs to the row that T does not contain yet, and is not read here.
struct TridiagonalMatrix {
  std::span<const double> diagonal;   // k elements
  std::span<const double> couplings;  // k - 1 or k elements, >= 0
};

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

/// L D L' = T + shift I without pivoting, which is stable where the matrix is positive definite, the only case used.
/// Storage is reused from one factorization to the next.
class TridiagonalFactor {
 public:
  /// False: T + shift I is not positive definite (to working precision); then the factor must not be used. O(k).
  bool factor(const TridiagonalMatrix& matrix, double shift);
  /// y = (T + shift I)^{-1} y.
  void solve(std::span<double> y) const;
  /// y'(T + shift I)^{-1} y.
  double inverse_form(std::span<const double> y) const;

 private:
  std::vector<double> pivots_;   // D
  std::vector<double> factors_;  // L below its diagonal
};

/// The smallest eigenvalue of T to working precision, by bisection on the signs of pivots. O(k). k >= 1.
double smallest_eigenvalue(const TridiagonalMatrix& matrix);

/// Its unit eigenvector, by inverse iteration from (1, -1, 1, ...), which has its signs when all couplings are
/// positive. `value` is what smallest_eigenvalue returned; `vector` gets k elements.
void smallest_eigenvector(const TridiagonalMatrix& matrix, double value, TridiagonalFactor& factor,
                          std::span<double> vector);

/// No eigenvalue of T is larger: the right end of Gershgorin's discs. O(k). k >= 1.
double largest_eigenvalue_bound(const TridiagonalMatrix& matrix);

}  // namespace perigee

#endif
