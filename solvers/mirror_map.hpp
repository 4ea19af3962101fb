// Mirror maps: the geometries of mirror descent.
//
// A mirror map is the gradient of a strictly convex psi, which leads from points x to dual points z = grad psi(x), and
// its inverse back. psi also measures distances, D(y, x) = psi(y) - psi(x) - grad psi(x)'(y - x) (Bregman 1967).
//
//     euclidean         ||x||_2^2/2 on R^n        z = x                          D = ||y - x||^2/2
//     simplex-entropy   sum x ln x, x in simplex  z = ln x, x = exp(z)/sum       D = KL(y, x)
//     orthant-entropy   sum x ln x - x, x > 0     z = ln x, x = exp(z)           D = KL(y, x) - sum y + sum x
//     p-norm            ||x||_p^2/2 on R^n        z = sgn(x)|x|^(p-1) ||x||_p^(2-p); back with q = p/(p-1)
//
// Nemirovski and Yudin (1983); Beck and Teboulle (2003), "Mirror descent and nonlinear projected subgradient methods
// for convex optimization"; p-norms: Gentile (2003), "The robustness of the p-norm algorithms".
#ifndef PERIGEE_SOLVERS_MIRROR_MAP_HPP
#define PERIGEE_SOLVERS_MIRROR_MAP_HPP

#include <perigee/lib/vector.hpp>

#include <functional>
#include <string>

namespace perigee {

/// A geometry. A value: copy it freely. Give `to_dual` and `to_primal` to make your own; both must be pure.
struct MirrorMap {
  using ToDual = std::function<void(ConstVectorView x, VectorView z)>;
  /// May replace z by an equivalent dual point, one that leads to the same x now and after any step (on the simplex: z
  /// less a common constant).
  using ToPrimal = std::function<void(VectorView z, VectorView x)>;
  using Measure = std::function<double(ConstVectorView x, ConstVectorView gradient)>;

  std::string text{};                               // for example "p-norm(p=1.5)"
  ToDual to_dual{};                                 // grad psi; x and z of length n
  ToPrimal to_primal{};                             // its inverse, defined for every finite z
  std::function<bool(ConstVectorView)> contains{};  // whether x is in the domain of grad psi; empty: every x is
  std::string domain{};                             // the rule that `contains` decides, for error messages
  /// >= 0, and 0 exactly at the points of the domain's closure that are stationary to first order under its
  /// constraints. Empty: not known.
  Measure stationarity{};
  std::string measure{};  // what `stationarity` is, for messages: "||grad f||_2"
};

namespace mirror_maps {

/// Gradient descent's own. Stationarity: ||grad f||_2.
MirrorMap euclidean();

/// The negative entropy on the simplex {x > 0, sum x = 1} (within 1e-9): multiplicative weights, computed in
/// logarithms, so that an x that underflows to 0 comes back. Stationarity: the gap max over y of g'(x - y) = sum_a x_a
/// (g_a - min g); for convex f at least f(x) - f*.
MirrorMap simplex_entropy();

/// The negative entropy on {x > 0}: exponentiated gradient. Stationarity: the largest |min(x_i, g_i)|.
MirrorMap orthant_entropy();

/// ||x||_p^2/2, 1 < p <= 1000: p near 1 for sparse solutions, 2 is Euclidean. Stationarity: ||grad f||_2.
/// Throws std::invalid_argument unless p is in (1, 1000].
MirrorMap p_norm(double p);

/// A map from text: euclidean, simplex-entropy, orthant-entropy, or p-norm(p=1.5). Throws std::invalid_argument on
/// anything else.
MirrorMap parse(const std::string& text);

}  // namespace mirror_maps

}  // namespace perigee

#endif
