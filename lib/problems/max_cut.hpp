// The relaxation of max-cut by vectors of p components, one a vertex, on a product of spheres by normalization.
//
//     f(w_1, ..., w_n) = sum over edges {i, j} of u_i'u_j,   u_i = w_i/||w_i|| in R^p
//
// Burer and Monteiro (2003), "A nonlinear programming algorithm for solving semidefinite programs via low-rank
// factorization"; Boumal, Voroninski and Bandeira (2016), "The non-convex Burer-Monteiro approach works on smooth
// semidefinite programs": for p (p + 1)/2 > n almost no cost matrix has a spurious second-order point.
//
// All u_i equal is stationary for every graph, the greatest value f = |edges|; for a connected graph H there is minus
// the graph's Laplacian in each of p - 1 directions: index (n - 1)(p - 1). On the cycle, the states twisted q times,
// u_i = (cos(2 pi q i/n), sin(2 pi q i/n), 0, ...), are stationary with f = n cos(2 pi q/n). With p = 2 those with a
// negative cosine are minima: false ones but for the best (a finding about coupled oscillators: Wiley, Strogatz and
// Girvan 2006). Out of the plane their Hessian has the eigenvalues 2 (cos(2 pi m/n) - cos(2 pi q/n)), m = 0, ..., n -
// 1, up to scale, for each of p - 2 directions: for p >= 3 only the best is a minimum. f* = n cos(2 pi floor(n/2)/n) on
// the cycle and -n/2 on the complete graph.
#ifndef PERIGEE_LIB_PROBLEMS_MAX_CUT_HPP
#define PERIGEE_LIB_PROBLEMS_MAX_CUT_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry max_cut();  // "max-cut"

}  // namespace perigee::problems

#endif
