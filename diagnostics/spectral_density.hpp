// The distribution of a Hessian's eigenvalues, and how many of them are negative, from Hessian-vector products.
//
// Stochastic Lanczos quadrature (Golub and Welsch 1969; Ubaru, Chen and Saad 2017): for a random unit start v the Ritz
// values theta_i of k products, with the squares w_i of the first components of T's eigenvectors, are the Gauss rule of
// the measure that v sees, and its mean over v is the spectrum's:
//
//     v'g(H)v ~ sum_i w_i g(theta_i)     exact for polynomials g of degree <= 2k - 1,     E v'g(H)v = tr g(H)/n
//
// Two errors: from one start to another (the standard error given), and the rule's own where g jumps: up to the weight
// of the Ritz value on either side of the jump (the separation theorem of Chebyshev, Markov and Stieltjes), which
// shrinks with k and averages out only in part. Where k products are as many as variables there is neither: one start,
// with fresh ones in its complement where it is exhausted, then shows every eigenvalue.
#ifndef PERIGEE_DIAGNOSTICS_SPECTRAL_DENSITY_HPP
#define PERIGEE_DIAGNOSTICS_SPECTRAL_DENSITY_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/symmetric_operator.hpp>
#include <perigee/lib/vector.hpp>

#include <vector>

namespace perigee {

struct SpectralDensityOptions {
  Index starts = 10;    // random start vectors, >= 2
  Index products = 40;  // k: Hessian-vector products each, >= 1
};

/// The spectrum as a discrete measure of mass 1.
struct SpectralDensity {
  struct Node {
    double value;   // an eigenvalue, or the centre of some
    double weight;  // its share of the eigenvalues, >= 0
  };
  /// The Gauss rule of one start.
  struct Rule {
    std::vector<Node> nodes;  // by increasing value, of mass 1
    bool is_exact = false;    // the Krylov space was closed: the nodes are eigenvalues
  };
  Index dimension = 0;
  std::vector<Rule> rules;  // one a start; one alone, with as many nodes as variables: all eigenvalues
  Index products = 0;
  bool is_finite = true;  // false: a product was not finite; the rules of the starts before are there

  /// The mean over the rules of sum_i w_i N(t; theta_i, width^2): the density at t smoothed by a Gaussian of standard
  /// deviation `width` > 0, in shares of eigenvalues per unit. NaN without rules.
  double density(double t, double width) const;
};

/// Estimates the distribution. Throws std::invalid_argument on options out of range or dimension < 1.
/// Cost: starts min(products, dimension) products, and that many vectors of length n at a time.
/// Random draws: stream "spectral-density", counter of the start.
SpectralDensity spectral_density(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                 const SpectralDensityOptions& options = {});

struct IndexEstimate {
  double count = 0.0;           // n sum w 1(theta < threshold), the mean over the starts
  double standard_error = 0.0;  // over the starts
  double rule_error = 0.0;      // n times the larger weight next to the threshold, the mean over the starts; 0 if exact
  double low = 0.0;             // count -+ (3 standard_error + rule_error), within [0, n]: from 6 starts on 97 percent
  double high = 0.0;            // if the mean over the starts were normal
};

/// How many eigenvalues lie below `threshold`: 0 for the index of a stationary point, a little less where zero
/// eigenvalues come with rounding of either sign. NaN throughout without rules,
/// and for the errors and the interval with one alone that does not show all eigenvalues.
IndexEstimate count_below(const SpectralDensity& density, double threshold);

}  // namespace perigee

#endif
