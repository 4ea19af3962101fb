// Coordinates on the orthogonal complement of a few directions, by Householder reflections.
//
//     [N, C] = Q [R 0; 0 I],   Q = P_1 ... P_m,  P_j = I - 2 w_j w_j'        Golub and Van Loan (2013), algorithm 5.2.1
//
// lift(y) = C y, restrict(x) = C'x: an operator H becomes C'HC of dimension n - m, with the curvature of H on the
// complement and nothing of the directions taken out.
#ifndef PERIGEE_LIB_ORTHOGONAL_COMPLEMENT_HPP
#define PERIGEE_LIB_ORTHOGONAL_COMPLEMENT_HPP

#include <perigee/lib/vector.hpp>

#include <span>
#include <vector>

namespace perigee {

class OrthogonalComplement {
 public:
  /// Of `directions` in R^n, of any length. Throws std::invalid_argument, in the name of `who`, if one has another
  /// number of elements than n, is not finite, or depends linearly on those before it (to 1e-10 of its norm).
  OrthogonalComplement(Index n, std::span<const Vector> directions, const char* who);

  Index dimension() const { return n_ - static_cast<Index>(reflectors_.size()); }  // n - m
  /// x (length n) = C y (length n - m). O(n m).
  void lift(ConstVectorView y, VectorView x) const;
  /// y = C'x; `x` is overwritten. O(n m).
  void restrict_to(VectorView x, VectorView y) const;

 private:
  Index n_;
  std::vector<Vector> reflectors_;  // unit vectors w_j
};

}  // namespace perigee

#endif
