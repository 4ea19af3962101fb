// The Lanczos iteration in three vectors of length n, whatever the number of products.
//
// No reorthogonalization: orthogonality is lost where a Ritz value converges, and copies of it appear, but in exact
// products no Ritz value leaves the spectrum by more than a multiple k^(5/2) of rounding (Paige 1980, "Accuracy and
// effectiveness of the Lanczos algorithm for the symmetric eigenproblem"; 1971 for the order of operations used here),
// and T is that of exact Lanczos for a matrix with the eigenvalues of H, each in a tiny cluster (Greenbaum 1989). So
// both ends of T mean what they mean for an orthonormal basis; multiplicities do not.
#ifndef PERIGEE_LIB_THREE_TERM_LANCZOS_HPP
#define PERIGEE_LIB_THREE_TERM_LANCZOS_HPP

#include <perigee/lib/lanczos.hpp>

#include <span>
#include <vector>

namespace perigee {

class ThreeTermLanczos final : public Lanczos {
 public:
  explicit ThreeTermLanczos(Index dimension);

  /// An independent start: Ritz values of several blocks may belong to one eigenvalue.
  void start_block(RandomEngine& engine) override;
  bool extend(const SymmetricOperator& hessian) override;

  /// Makes the vectors again from the starts, which are drawn again: as many products as coefficients, less one a block
  /// (and none for a block with coefficients 0). Ends the iteration: not to be extended before the next begin().
  Index combine_again(const SymmetricOperator& hessian, std::span<const double> coefficients,
                      VectorView result) override;

  Index start_dimension(std::size_t) const override { return dimension_; }
  bool spans_whole_space() const override { return false; }
  // In place of 3 sqrt(k): nothing keeps the vectors orthogonal that the errors tilt. Of the largest block, since T's
  // blocks know nothing of each other.
  double product_error_growth() const override { return 3.0 * static_cast<double>(largest_block()); }
  double rounding_growth() const override;

 private:
  void draw_start(RandomEngine& engine);
  void advance(double coupling);
  std::vector<RandomEngine> starts_;  // as they stood before each start was drawn
  Vector before_;                     // v_{k-1}
  Vector now_;                        // v_k
  Vector product_;
};

}  // namespace perigee

#endif
