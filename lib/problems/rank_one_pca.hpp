// The best symmetric rank-one approximation of a matrix: every saddle strict, every constant known.
//
//     f(x) = ||x x' - M||_F^2/4 = (||x||^4 - 2 x'M x + ||M||_F^2)/4,  M = diag(m_1 > m_2 > ... > m_d > 0)
//     grad f = ||x||^2 x - M x,   H = ||x||^2 I + 2 x x' - M
//
// Baldi and Hornik (1989), "Neural networks and principal component analysis", in its simplest case. Stationary points:
// 0, a maximum (H = -M), and +-sqrt(m_i) e_i, where H has 2 m_i along e_i and m_i - m_j along e_j: the two with i = 1
// are the minima, the others strict saddles of index i - 1 and smallest eigenvalue m_i - m_1.
// f* = (||M||_F^2 - m_1^2)/4. On ||x||^2 <= m_1: l = 3 m_1 - m_d, rho = 6 sqrt(m_1).
#ifndef PERIGEE_LIB_PROBLEMS_RANK_ONE_PCA_HPP
#define PERIGEE_LIB_PROBLEMS_RANK_ONE_PCA_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry rank_one_pca();  // "rank-one-pca"

}  // namespace perigee::problems

#endif
