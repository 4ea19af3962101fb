// A Krylov space of the Hessian, as the second-order methods use it: V'HV = T, tridiagonal, from Hessian-vector
// products.
//
//     H v_j = beta_j v_{j-1} + alpha_j v_j + beta_{j+1} v_{j+1},   V'V = I
//
// Lanczos (1950) with full reorthogonalization, twice (Parlett 1980, "The symmetric eigenvalue problem", section 6.9):
// the Ritz values have no ghosts, at a cost of O(n k) a product.
#ifndef PERIGEE_SOLVERS_LANCZOS_SUBSPACE_HPP
#define PERIGEE_SOLVERS_LANCZOS_SUBSPACE_HPP

#include <perigee/lib/oracle.hpp>

#include <span>
#include <vector>

namespace perigee {

class StateReader;
class StateWriter;

/// T = V'HV of a k-dimensional Krylov space: alpha_1 ... alpha_k, and couplings[j] between v_{j+1} and v_{j+2}; the
/// last one, beta_{k+1}, is the norm of what the space does not contain yet.
struct TridiagonalMatrix {
  std::span<const double> diagonal;   // k elements
  std::span<const double> couplings;  // k elements, >= 0
};

/// Basis and T. Its storage grows to the largest space ever used and is used again: n k doubles.
class LanczosSubspace {
 public:
  explicit LanczosSubspace(Index dimension);

  /// Begins anew with v_1 = direction/norm, norm = ||direction||_2 > 0.
  void start(ConstVectorView direction, double norm);

  /// One product with H(x): the space grows by one dimension, T by one row. Not to be called on a closed space.
  /// False: the product is not finite, and nothing has changed.
  bool extend(Oracle& oracle, ConstVectorView x);

  /// One product with H(x): the space grows by what `direction` has outside it, and V'HV stays tridiagonal, since H
  /// maps all of V but v_k into V. No Krylov space any more: not to be extended before the next start(). True, and
  /// nothing changed, if the direction lies in the space up to `least_share` of its norm; false: not finite.
  bool append(Oracle& oracle, ConstVectorView x, ConstVectorView direction, double least_share);

  Index size() const { return static_cast<Index>(diagonal_.size()); }
  TridiagonalMatrix matrix() const { return {diagonal_, couplings_}; }

  /// Whether H maps the space into itself, up to rounding: its Ritz values are eigenvalues.
  bool is_closed() const;

  double product_norm() const { return product_norm_; }  // max_j ||H v_j||, a lower bound on ||H||
  double asymmetry() const { return asymmetry_; }        // by how much v_i'Hv_j and v_j'Hv_i differ, at most
  double rounding() const;                               // of the elements of T, absolute

  /// result = sum_j coefficients_j v_j.
  void combine(std::span<const double> coefficients, VectorView result) const;
  /// coefficients = V'vector, size() elements.
  void project(ConstVectorView vector, std::span<double> coefficients) const;

  /// V and T, exactly; what extend() would need to go on is not kept.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  double remove_component(std::size_t j);
  Index dimension_;
  std::vector<Vector> vectors_;  // the first size() (after start: one more) are in use
  Vector remainder_;
  std::vector<double> diagonal_;
  std::vector<double> couplings_;
  double product_norm_ = 0.0;
  double asymmetry_ = 0.0;
};

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

}  // namespace perigee

#endif
