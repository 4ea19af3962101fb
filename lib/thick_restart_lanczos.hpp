// Eigenvectors at the ends of a symmetric operator's spectrum, in a basis of m vectors, however many products it takes.
//
// Wu and Simon (2000), "Thick-restart Lanczos method for large symmetric eigenvalue problems", SIAM J. Matrix Anal.
// Appl. 22(2). When the basis V of m vectors is full, with H V = V T + beta v_{m+1} e_m', it shrinks to the Ritz
// vectors y_1 ... y_l next to the ends wanted, and the iteration goes on from the same v_{m+1}:
//
//     H y_i = theta_i y_i + beta s_i v_{m+1},   s_i the last component of T's eigenvector i
//
// The paper keeps this arrow, diag(theta) bordered by beta s. Here the y are turned so that it is tridiagonal again
// (Stewart 2001, "A Krylov-Schur algorithm for large eigenproblems": any orthonormal basis of their span will do), by l
// steps of Lanczos on diag(theta) from s, the last vector first; T remains T, and full reorthogonalization applies.
//
// What is proven. A Ritz value is a Rayleigh quotient: theta_1 >= lambda_min; some eigenvalue lies within the residual
// ||H y - theta y|| of theta. What the start makes probable survives the restarts: a restart multiplies v_1 by
// prod (H - mu) over the Ritz values mu given up (Sorensen 1992), so that after all of them
//
//     v_{next} = p(H) v_1,   p(t) = prod_{given up} (t - mu) prod_{present} (t - theta)/prod_{all products} beta
//
// and the bound of lanczos_bounds.hpp holds with this p: two numbers a product are kept for it.
//
// What is not seen: one start finds one vector of each eigenvalue, however multiple. `check_products` buys further
// starts, random in the orthogonal complement of what was found; then `others_bound` says what was not found.
#ifndef PERIGEE_LIB_THICK_RESTART_LANCZOS_HPP
#define PERIGEE_LIB_THICK_RESTART_LANCZOS_HPP

#include <perigee/lib/lanczos_bounds.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/symmetric_operator.hpp>
#include <perigee/lib/vector.hpp>

#include <vector>

namespace perigee {

enum class SpectrumEnds { smallest, largest, both };

struct ThickRestartOptions {
  SpectrumEnds ends = SpectrumEnds::smallest;
  Index wanted = 1;                   // eigenpairs at each of them, >= 1
  Index basis_size = 24;              // m, at least twice all pairs wanted and 4 more
  Index max_products = 1000;          // at least all pairs wanted and 1 more: each vector is multiplied at the end
  double accuracy = 1e-6;             // ||H y - theta y|| <= accuracy max_j ||H v_j||, in (0, 1)
  Index check_products = 0;           // for each further start that brings nothing new, >= 0; 0: one start
  double failure_probability = 1e-6;  // eta, of each bound, in (0, 1)
  ProductError product_error{};
};

struct Eigenpair {
  double value = 0.0;     // y'Hy
  double residual = 0.0;  // ||H y - value y||_2, measured: some eigenvalue is as near as that, and `error`
  bool is_converged = false;
  Vector vector;  // y, of length 1
};

struct EigenpairsAtEnd {
  std::vector<Eigenpair> pairs;  // the outermost first: min(wanted, n) where the budget or check allowed
  double bound = 0.0;  // no eigenvalue lies beyond this with P >= 1 - eta over the starts; infinite: not known
  // With P >= 1 - eta no eigenvector orthogonal to those of `pairs` has an eigenvalue beyond this; infinite on the
  // side of the end: not known. Where the last of `pairs` lies beyond it, none is missing, with multiplicities.
  double others_bound = 0.0;
};

struct ExtremeEigenpairs {
  EigenpairsAtEnd smallest;  // empty unless asked for
  EigenpairsAtEnd largest;
  double error = 0.0;          // of each value and residual, by products and rounding
  Index products = 0;          // with those of the vectors at the end
  Index restarts = 0;          // how often the basis was full
  Index starts = 0;            // random vectors drawn
  bool is_exhaustive = false;  // the basis came to span R^n: nothing is left to chance
  bool is_finite = true;       // false: a product is not finite; then there are no pairs
  // Whether there are as many pairs as asked for (or n), all of them converged. False: the budget was not enough.
  bool is_decided = false;
};

/// Looks for the vectors. Up to basis_size variables the basis spans the whole space. n = 0: decided, no pairs.
/// Random draws: stream "lanczos". Throws std::invalid_argument on options out of range; never for arithmetic.
/// Cost: at most max_products products, O(n m) flops each; basis_size + 2 vectors and the ones returned.
ExtremeEigenpairs extreme_eigenpairs(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                     const ThickRestartOptions& options = {});

}  // namespace perigee

#endif
