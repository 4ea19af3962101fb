// A positive semidefinite matrix of low rank from few measurements: sensing (random projections) and completion (some
// of its elements). X = U U' with U of d x r in row-major order; the truth is U* U*'.
//
// Sensing, m symmetrized Gaussian matrices A_i = (G + G')/2, b_i = <A_i, U* U*'>; Bhojanapalli, Neyshabur and Srebro
// (2016), "Global optimality of local search for low rank matrix recovery":
//
//     f(U) = (1/m) sum_i (<A_i, U U'> - b_i)^2/2,   a finite sum of m terms
//
// Completion, N elements i <= j seen, each with probability p; Ge, Lee and Ma (2016), "Matrix completion has no
// spurious local minimum":
//
//     f(U) = (1/N) sum_seen ((U U')_ij - M_ij)^2/2 + lambda sum_i [(||U_i|| - alpha)_+]^4,   a finite sum of N terms
//
// alpha is twice the longest row of U*, so that the penalty vanishes at the truth. In both, U = 0 is stationary, and
// U = U* is one with f* = 0, degenerate along rotations of the columns for r > 1.
#ifndef PERIGEE_LIB_PROBLEMS_MATRIX_MEASUREMENTS_HPP
#define PERIGEE_LIB_PROBLEMS_MATRIX_MEASUREMENTS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry matrix_sensing();     // "matrix-sensing"
Entry matrix_completion();  // "matrix-completion"

}  // namespace perigee::problems

#endif
