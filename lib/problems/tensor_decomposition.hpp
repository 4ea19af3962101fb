// All components of an orthogonal fourth-order tensor at once, by a search on a product of spheres.
//
//     f(w_1, ..., w_d) = sum_{i != j} T(u_i, u_i, u_j, u_j) = sum_l sum_{i != j} (a_l'u_i)^2 (a_l'u_j)^2,  u_i =
//     w_i/||w_i||
//
// with T = sum_l a_l (x) a_l (x) a_l (x) a_l and a_1, ..., a_d orthonormal. Ge, Huang, Jin and Yuan (2015), "Escaping
// from saddle points", section 4.2; their constraint ||u_i|| = 1 is met here by normalization (no penalty). f* = 0
// exactly where the u_i are the a_l in some order, with any signs: 2^d d! minima, each degenerate in the d directions
// w_i.
#ifndef PERIGEE_LIB_PROBLEMS_TENSOR_DECOMPOSITION_HPP
#define PERIGEE_LIB_PROBLEMS_TENSOR_DECOMPOSITION_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry tensor_decomposition();  // "tensor-decomposition"

}  // namespace perigee::problems

#endif
