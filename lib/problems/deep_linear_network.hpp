// A linear network of N layers: convex for N = 1, strict saddles for N = 2, degenerate plateaus for N >= 3.
//
//     f(W_1, ..., W_N) = ||W_N ... W_1 - Y||_F^2/2,   Y = diag(s_1 > s_2 > ... > s_q > 0),  q = min(inputs, outputs)
//
// Kawaguchi (2016), "Deep learning without poor local minima". The layers follow one another, each row-major. The point
// whose layers all have s_i^{1/N} at (i, i) for i <= k, and 0 elsewhere, is stationary with f = sum_{i > k} s_i^2/2.
// With hidden width h and rho = min(h, q) (q for N = 1), k = rho attains f*. For k < rho it is a strict saddle of index
// (h - k)(q - k) if N = 2; if N >= 3 the directions of descent need N small factors at once, and the Hessian has no
// negative eigenvalue: at k = 0 it vanishes.
#ifndef PERIGEE_LIB_PROBLEMS_DEEP_LINEAR_NETWORK_HPP
#define PERIGEE_LIB_PROBLEMS_DEEP_LINEAR_NETWORK_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry deep_linear_network();  // "deep-linear-network"

}  // namespace perigee::problems

#endif
