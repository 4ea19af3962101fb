// The ends of a Hessian's spectrum from Hessian-vector products, with bounds on what is claimed.
//
// Lanczos iteration with a Gaussian start vector and a basis that is kept orthonormal (lib/lanczos_subspace.hpp). With
// ||v_1|| = 1 and a Ritz value theta of residual r: theta >= lambda_min always (Courant-Fischer), some eigenvalue lies
// in [theta - r, theta + r], and no eigenvalue lies outside the bounds of van Dorsselaer, Hochstenbach and van der
// Vorst (2000) except with a stated probability over the start vectors (lib/lanczos_bounds.hpp;
// docs/theory/curvature.md).
//
// Where a Krylov space is exhausted and the question still open, the iteration goes on from a fresh random vector. Up
// to 32 variables it does so until its basis spans the whole space: then nothing is left to chance, and the bounds are
// Weyl's.
#ifndef PERIGEE_DIAGNOSTICS_SPECTRUM_HPP
#define PERIGEE_DIAGNOSTICS_SPECTRUM_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/sign_of_curvature.hpp>
#include <perigee/lib/symmetric_operator.hpp>
#include <perigee/lib/vector.hpp>

#include <vector>

namespace perigee {

struct SpectrumOptions {
  Index max_products = 200;  // Hessian-vector products to spend, >= 1
  // eps_H, relative to the largest |eigenvalue| seen, in [0, 1): above -eps_H counts as "not negative".
  double curvature_tolerance = 1e-3;
  // A curvature proven negative ends the search, unless it is above -negligible times the largest |eigenvalue| seen:
  // then the search goes on until the lower bound is above -eps_H, in [0, 1).
  double negligible = 0.0;
  double failure_probability = 1e-6;  // eta of the lower bound, in (0, 1)
  double product_error = 0.0;         // ||computed H v - H v|| <= product_error ||v||, absolute, >= 0
  // Directions along which nothing changes (the shift of softmax logits: 1), not looked at: the spectrum is that of H
  // on their orthogonal complement. Linearly independent, of any length; n numbers each.
  std::vector<Vector> null_directions{};
};

struct Spectrum {
  // As in sign_of_curvature.hpp; not_negative also at -2 lower_bound_error, where eps_H is below what can be told.
  CurvatureVerdict verdict = CurvatureVerdict::undecided;
  double lambda_min = 0.0;           // Rayleigh quotient: upper bound on the smallest eigenvalue
  double lambda_min_residual = 0.0;  // ||H v - lambda_min v|| for the unit vector `direction`
  double lower_bound = 0.0;          // smallest eigenvalue >= this with probability >= 1 - eta; -inf: nothing known
  double lambda_max = 0.0;           // largest Ritz value
  double lambda_max_residual = 0.0;
  double upper_bound = 0.0;  // largest eigenvalue <= this with probability >= 1 - eta; infinity: nothing known
  // lambda_min is too large by at most this if no other eigenvalue lies below the second Ritz value less its residual
  // (Kato 1949, Temple 1928; see spectrum.cpp); to it, `error` adds. NaN: there is no second Ritz value, or it is too
  // near.
  double lambda_min_excess = 0.0;
  // lambda_max/lambda_min, at most the condition number, which upper_bound/lower_bound is not less than; NaN unless
  // lower_bound > 0.
  double condition_number = 0.0;
  double error = 0.0;              // bound on the effect of product_error and rounding on lambda_min
  double lower_bound_error = 0.0;  // the same on all Ritz values at once; already subtracted from lower_bound
  Index negative_ritz_values = 0;  // Ritz values proven negative: at least as many negative eigenvalues
  Index products = 0;
  Index dimension = 0;                  // n less the number of null directions
  Index basis_size = 0;                 // of the space searched; `dimension`: all eigenvalues are Ritz values
  bool exhausted_space = false;         // an invariant subspace was reached: Ritz values are eigenvalues
  Vector direction;                     // unit Ritz vector of lambda_min; empty: nothing known
  std::vector<Vector> flat_directions;  // unit Ritz vectors with |theta| <= eps_H, at most 4
};

/// Looks for negative curvature; stops as soon as the verdict is certain and lambda_min accurate to 1e-6 of
/// the scale, or the budget is spent. Never throws for arithmetic: non-finite products end it, undecided,
/// with NaN for lambda_min where nothing was learnt.
/// n = 0 gives not_negative. Throws std::invalid_argument on options out of range.
/// Products are taken to be exact up to product_error ||v|| + 1e-13 max|eigenvalue| ||v||; where their lack of
/// symmetry shows a larger error, that error counts.
/// Cost: at most max_products operator calls, O(n products) memory.
Spectrum analyze_spectrum(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                          const SpectrumOptions& options = {});

/// The step along -gradient that minimizes the quadratic model, g'g/g'Hg; +infinity where it has no minimum
/// (g'Hg <= 0), NaN where g = 0 or the product is not finite. One product.
double optimal_step(ConstVectorView gradient, const SymmetricOperator& hessian);

}  // namespace perigee

#endif
