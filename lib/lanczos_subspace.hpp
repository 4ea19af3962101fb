// A space of vectors kept as an orthonormal basis with V'HV = T tridiagonal, from products with H.
//
// Lanczos (1950) with full reorthogonalization, twice (Parlett 1980, "The symmetric eigenvalue problem", section 6.9):
// the Ritz values have no ghosts, and vectors are at hand, at a cost of O(n k) a product and n k numbers.
#ifndef PERIGEE_LIB_LANCZOS_SUBSPACE_HPP
#define PERIGEE_LIB_LANCZOS_SUBSPACE_HPP

#include <perigee/lib/lanczos.hpp>
#include <perigee/lib/oracle.hpp>

#include <span>
#include <vector>

namespace perigee {

class StateReader;
class StateWriter;

/// Basis and T. Its storage grows to the largest space ever used and is used again: n k doubles.
class LanczosSubspace final : public Lanczos {
 public:
  explicit LanczosSubspace(Index dimension);

  /// Begins anew with v_1 = direction/norm, norm = ||direction||_2 > 0.
  void start(ConstVectorView direction, double norm);

  void start_block(RandomEngine& engine) override;

  bool extend(const SymmetricOperator& hessian) override;
  /// The same with H(x), counted by `oracle`. Not to be called on a closed space.
  bool extend(Oracle& oracle, ConstVectorView x) {
    return extend(
        [&oracle, &x](ConstVectorView v, VectorView product) { oracle.hessian_vector_product(x, v, product); });
  }

  /// One product with H(x): the space grows by what `direction` has outside it, and V'HV stays tridiagonal, since H
  /// maps all of V but v_k into V. No Krylov space any more: not to be extended before the next start(). True, and
  /// nothing changed, if the direction lies in the space up to `least_share` of its norm; false: not finite.
  bool append(Oracle& oracle, ConstVectorView x, ConstVectorView direction, double least_share);

  /// The space becomes V S, of dimension l <= k: S (k x l, by columns) has orthonormal columns with S'TS tridiagonal,
  /// `diagonal` and `couplings` (l - 1) of it, and all but the last of them are 0 in row k up to rounding, so that H
  /// maps all of V S but its last vector into V S; with `closing` >= 0 = beta_{k+1} |S_kl|. One block. May be extended
  /// at once, with what the old basis left over. The first `locked` columns are taken for eigenvectors: H is projected
  /// on the complement of them from now on. O(n k l), no further vector.
  void compress(std::span<const double> combinations, std::span<const double> diagonal,
                std::span<const double> couplings, double closing, std::size_t locked);

  /// Whether H maps the space into itself, up to rounding: its Ritz values are eigenvalues.
  bool is_closed() const;

  /// result = sum_j coefficients_j v_j.
  void combine(std::span<const double> coefficients, VectorView result) const;
  Index combine_again(const SymmetricOperator&, std::span<const double> coefficients, VectorView result) override;
  /// coefficients = V'vector, size() elements.
  void project(ConstVectorView vector, std::span<double> coefficients) const;

  Index start_dimension(std::size_t block) const override;
  bool spans_whole_space() const override { return size() == dimension_; }
  double product_error_growth() const override;
  double rounding_growth() const override;

  /// V and T, exactly; what extend() would need to go on is not kept.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  double remove_component(std::size_t j);
  std::vector<Vector> vectors_;  // the first size() are in use
  Vector remainder_;             // v_{k+1} remainder_norm_; beta_{k+1} is less than the norm after compress()
  double remainder_norm_ = 0.0;
  std::size_t locked_ = 0;
};

}  // namespace perigee

#endif
