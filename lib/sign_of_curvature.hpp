// Is there curvature below -eps_H? Decides the sign, not the value, and stops when it is decided.
//
// Lanczos iteration from a random start; after the products each verdict is tried (lanczos_bounds.hpp):
//
//     negative       theta <= -eps_H and theta + error < 0: proven, a Rayleigh quotient is an upper bound
//     not negative   lambda_min >= t - error >= -eps_H with probability >= 1 - eta over the starts
//     undecided      neither within the budget: [lower_bound, ritz_value] brackets lambda_min
//
// Where a Krylov space is closed up to the products' error before it has decided (few different eigenvalues, and an
// error large enough to leave a doubt), it goes on from a fresh start. Every eigenvalue found and every one that
// several independent starts have missed counts.
#ifndef PERIGEE_LIB_SIGN_OF_CURVATURE_HPP
#define PERIGEE_LIB_SIGN_OF_CURVATURE_HPP

#include <perigee/lib/lanczos_bounds.hpp>

#include <vector>

namespace perigee {

enum class CurvatureVerdict {
  negative,      // lambda_min < 0, proven: a Rayleigh quotient plus its error bound is below 0
  not_negative,  // lambda_min >= -eps_H with the probability stated; certain if the whole space was searched
  undecided,     // neither within the budget; the bracket [lower bound, Rayleigh quotient] says what is known
};

struct SignOptions {
  double curvature_tolerance = 1e-5;  // eps_H > 0, absolute
  double failure_probability = 1e-6;  // eta in (0, 1)
  Index max_products = 200;           // >= 1, of the search; a direction costs more where the basis is not kept
  ProductError product_error{};
  // A negative Ritz value is not taken before its vector has ||H v - theta v|| <= this |theta| (> 0), if products are
  // left: the vector then has nearly the curvature that there is. +infinity: the sign is enough.
  double direction_accuracy = 0.1;
};

struct SignOfCurvature {
  CurvatureVerdict verdict = CurvatureVerdict::undecided;
  double ritz_value = 0.0;   // smallest Ritz value: lambda_min <= ritz_value + error. NaN: nothing is known
  double lower_bound = 0.0;  // lambda_min >= this with probability >= 1 - eta; -infinity: nothing is known
  double error = 0.0;        // of ritz_value, by products and rounding; already subtracted from lower_bound
  Index products = 0;
  bool is_exhaustive = false;  // the basis spans R^n: lower_bound is certain
  bool is_finite = true;       // false: a product is not finite, and the search ended there, undecided
};

/// Asks the question with `lanczos`, which is begun anew and left as it is when the verdict falls. n = 0: not negative.
/// Draws from `engine`. Throws std::invalid_argument on options out of range.
/// Cost: at most max_products products, O(k) scalars and what `lanczos` needs a product.
SignOfCurvature decide_sign(Lanczos& lanczos, const SymmetricOperator& hessian, RandomEngine& engine,
                            const SignOptions& options);

/// The unit Ritz vector of the smallest Ritz value of a finished search, into `direction` (length n). The products it
/// took: none where the basis is kept. k >= 1.
Index smallest_ritz_vector(Lanczos& lanczos, const SymmetricOperator& hessian, VectorView direction);

struct CurvatureWitness {
  SignOfCurvature sign;
  Vector direction;  // unit vector of the Rayleigh quotient sign.ritz_value; empty unless negative
};

/// The same in three vectors of length n and the result (up to 32 variables: with a basis of all of them, so that
/// nothing is left to chance), with the direction of a negative curvature: made again from the start and multiplied
/// once more, so that sign.ritz_value is its own Rayleigh quotient and sign.error that of one product. Should it not be
/// negative after all, the verdict is undecided.
/// Cost: at most 2 max_products products. Random draws: stream "lanczos".
CurvatureWitness sign_of_curvature(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                   const SignOptions& options = {});

}  // namespace perigee

#endif
