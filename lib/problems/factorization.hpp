// Factorizations of a known matrix of low rank: the saddles are the factors of too low a rank.
//
// Symmetric, U of d x r in row-major order, M = diag(s_1 > ... > s_r, 0, ..., 0):
//
//     f(U) = ||U U' - M||_F^2/2,   grad f = 2 (U U' - M) U
//
// Jin et al. (2017), "How to escape saddle points efficiently", section 3. On ||U||_2^2 <= G with G >= s_1, the second
// differential is ||U D' + D U'||_F^2 + 2 <U U' - M, D D'> and the third follows by differentiating it: l = 6 G,
// rho = 12 sqrt(G). Rectangular, U of d_1 x r followed by V of d_2 x r:
//
//     f(U, V) = ||U V' - M||_F^2/2 + (b/4) ||U'U - V'V||_F^2,   b = `balance`
//
// Ge, Jin and Zheng (2017), "No spurious local minima in nonconvex low rank problems". In both, the point whose first k
// columns are sqrt(s_i) e_i and whose others are 0 is stationary with f = sum_{i > k} s_i^2/2; it has index (r - k)^2:
// each empty column meets each missing direction. k = r is a minimum, f* = 0, degenerate along rotations of the
// columns.
#ifndef PERIGEE_LIB_PROBLEMS_FACTORIZATION_HPP
#define PERIGEE_LIB_PROBLEMS_FACTORIZATION_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry symmetric_factorization();    // "symmetric-factorization"
Entry rectangular_factorization();  // "rectangular-factorization"

}  // namespace perigee::problems

#endif
