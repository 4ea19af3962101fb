// Conjugate gradients on a damped Newton system, under a cap on their work: a solution, or negative curvature.
//
// Royer, O'Neill and Wright (2020), "A Newton-CG algorithm with complexity guarantees for smooth unconstrained
// optimization", algorithm 1. Hbar = H + 2 eps I, M a running bound on ||H v||/||v|| over the vectors met:
//
//     CG on Hbar y = -g, y_0 = 0;   kappa = (M + 2 eps)/eps,  zeta_hat = zeta/(3 kappa)
//     tau = sqrt(kappa)/(sqrt(kappa) + 1),  T = 4 kappa^4/(1 - sqrt(tau))^2
//     y'Hbar y < eps ||y||^2:              negative curvature along y
//     ||r_j|| <= zeta_hat ||g||:           y is the solution
//     p'Hbar p < eps ||p||^2:              negative curvature along p
//     ||r_j|| > sqrt(T) tau^(j/2) ||g||:   Hbar >= eps I would have been faster; one more step, and negative curvature
//                                          along y_{j+1} - y_i for some i < j
//
// d'Hbar d < eps ||d||^2 says d'Hd < -eps ||d||^2. The residuals give the forms: y_a - y_b = d has Hbar d = r_a - r_b.
// The y_i of the last case are made again rather than stored: memory O(n), at most twice the products.
#ifndef PERIGEE_SOLVERS_CAPPED_CONJUGATE_GRADIENT_HPP
#define PERIGEE_SOLVERS_CAPPED_CONJUGATE_GRADIENT_HPP

#include <perigee/lib/oracle.hpp>

namespace perigee {

enum class CappedVerdict {
  solution,            // ||Hbar d + g|| <= zeta_hat ||g||
  negative_curvature,  // d'Hd < -eps ||d||^2
  truncated,           // the products allowed ran out: d'Hd >= -eps ||d||^2, g'd < 0; or H is not symmetric: no claim
  not_finite,          // a product is not finite
};

struct CappedOptions {
  double damping;   // eps > 0
  double accuracy;  // zeta in (0, 1)
  Index products;   // at most, >= 2; twice as many where the cap is met
};

struct CappedResult {
  CappedVerdict verdict = CappedVerdict::not_finite;
  double curvature = 0.0;      // d'Hd/||d||^2, of the direction
  double hessian_bound = 0.0;  // M in the end: <= ||H||
  Index iterations = 0;        // CG steps, j
};

/// min J with sqrt(T) tau^(J/2) <= zeta_hat: no more CG steps than this, whatever H (their lemma 1).
Index capped_iterations(double hessian_bound, double damping, double accuracy);

/// Its storage, 6 n, is used again.
class CappedConjugateGradient {
 public:
  explicit CappedConjugateGradient(Index dimension);
  /// For H(x) and g != 0; writes d. One product an iteration, and one.
  CappedResult solve(Oracle& oracle, ConstVectorView x, ConstVectorView gradient, const CappedOptions& options,
                     VectorView direction);

 private:
  bool find_slow_part(Oracle& oracle, ConstVectorView x, ConstVectorView gradient, double damping, Index iterations,
                      VectorView direction, double& curvature);
  Vector residual_;       // r
  Vector search_;         // p
  Vector product_;        // H p
  Vector last_product_;   // H p of the step before
  Vector last_point_;     // y_{j+1}
  Vector last_residual_;  // r_{j+1}
};

}  // namespace perigee

#endif
