// The Lanczos iteration, as everything that asks for curvature uses it: one product with H after another, and T.
//
//     H v_j = beta_j v_{j-1} + alpha_j v_j + beta_{j+1} v_{j+1},   T = tridiag(beta, alpha, beta)
//
// Lanczos (1950). A Krylov space that H maps into itself is closed (beta_{k+1} = 0); the iteration can then go on from
// a fresh random vector: T becomes block diagonal, one block a start. How the vectors are kept is for those who derive:
//
//     LanczosSubspace    all of them, orthonormal; a fresh start is orthogonal to what there is
//     ThreeTermLanczos   three of them; a fresh start is independent of what there was
#ifndef PERIGEE_LIB_LANCZOS_HPP
#define PERIGEE_LIB_LANCZOS_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/symmetric_operator.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <span>
#include <vector>

namespace perigee {

class Lanczos {
 public:
  virtual ~Lanczos() = default;

  /// The next vector is a random one, uniform on the unit sphere (of the orthogonal complement, where the basis is
  /// kept): a new block of T. On an empty space, its first vector. The space must not be all of R^n.
  virtual void start_block(RandomEngine& engine) = 0;

  /// One product: the space grows by one dimension, T by one row. False: the product is not finite, T unchanged.
  virtual bool extend(const SymmetricOperator& hessian) = 0;

  /// result (length n) = sum_j coefficients_j v_j, not normalized. The products it took: 0 where the basis is kept.
  virtual Index combine_again(const SymmetricOperator& hessian, std::span<const double> coefficients,
                              VectorView result) = 0;

  /// Dimension of the sphere's space from which the start of `block` was drawn.
  virtual Index start_dimension(std::size_t block) const = 0;
  /// Whether T is all of H.
  virtual bool spans_whole_space() const = 0;
  /// Errors of the products and of rounding grow by these factors from one product to all Ritz values.
  virtual double product_error_growth() const = 0;
  virtual double rounding_growth() const = 0;

  Index dimension() const { return dimension_; }
  Index size() const { return static_cast<Index>(diagonal_.size()); }  // k: products made
  /// T; its last coupling, beta_{k+1}, is the norm of what the space does not contain yet.
  TridiagonalMatrix matrix() const { return {diagonal_, couplings_}; }
  std::size_t block_count() const { return block_starts_.size(); }
  /// Rows of T, from the first of `block` to the last.
  TridiagonalMatrix block(std::size_t block) const;
  std::size_t block_start(std::size_t block) const { return block_starts_[block]; }
  /// beta_{k+1} of `block` when it was left, or as it is if it is the last; T has a 0 between blocks.
  double closing_coupling(std::size_t block) const {
    return block + 1 < block_count() ? closing_couplings_[block] : couplings_.back();
  }
  Index largest_block() const;  // rows of the largest block
  /// ||(closing couplings but the last)||_2: what T neglects by being block diagonal.
  double neglected_coupling() const { return neglected_coupling_; }

  double product_norm() const { return product_norm_; }  // max_j ||H v_j||, a lower bound on ||H||
  double asymmetry() const { return asymmetry_; }        // by how much v_i'Hv_j and v_j'Hv_i differ, at most
  double rounding() const;                               // of the elements of T, absolute

  /// Forgets everything; storage stays.
  void clear();
  /// Begins anew from a random unit vector.
  void begin(RandomEngine& engine);

 protected:
  explicit Lanczos(Index dimension) : dimension_(dimension) {}
  void open_block();                               // T's next row is not coupled to the last
  void append_row(double alpha, double coupling);  // alpha_k, beta_{k+1}
  /// beta_k of the row that comes next: 0 for the first one of a block.
  double last_coupling() const { return couplings_.empty() ? 0.0 : couplings_.back(); }

  Index dimension_;
  std::vector<double> diagonal_;
  std::vector<double> couplings_;
  std::vector<std::size_t> block_starts_;
  double product_norm_ = 0.0;
  double asymmetry_ = 0.0;

 private:
  std::vector<double> closing_couplings_;
  double neglected_coupling_ = 0.0;
};

}  // namespace perigee

#endif
