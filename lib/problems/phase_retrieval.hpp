// A signal from the squares of its projections, in real numbers: from m samples, and in the limit of infinitely many.
//
//     f(z) = (1/m) sum_i ((a_i'z)^2 - (a_i'x)^2)^2/4,   a_i ~ N(0, I_d),   a finite sum of m terms
//     E f  = (3 |z|^4 - 2 |z|^2 |x|^2 - 4 (x'z)^2 + 3 |x|^4)/4
//
// Sun, Qu and Wright (2018), "A geometric analysis of phase retrieval" (there complex). The population objective is
// computed as (3/4)(|z|^2 - |x|^2)^2 + |x|^2 |z_|^2, z_ the part of z across x. Its stationary points:
// 0, a maximum (eigenvalues -|x|^2 and -3 |x|^2 along x); +-x, the minima, f* = 0 (eigenvalues 2 |x|^2 and 6 |x|^2);
// and the sphere z'x = 0, |z|^2 = |x|^2/3 of strict saddles with f = (2/3)|x|^4 (-2 |x|^2 along x, 2 |x|^2 along z,
// 0 along the sphere). On |z| <= |x|: l = 8 |x|^2, rho = 18 |x|.
#ifndef PERIGEE_LIB_PROBLEMS_PHASE_RETRIEVAL_HPP
#define PERIGEE_LIB_PROBLEMS_PHASE_RETRIEVAL_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry phase_retrieval();             // "phase-retrieval"
Entry phase_retrieval_population();  // "phase-retrieval-population"

}  // namespace perigee::problems

#endif
