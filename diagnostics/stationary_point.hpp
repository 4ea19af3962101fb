// What kind of point is this? The second-order question, asked at one point with the objective at hand.
//
// First the products are checked, then the ends of the Hessian's spectrum are computed (spectrum.hpp), and where the
// second order does not decide, the value is probed along the flat directions. With lambda the smallest eigenvalue,
// [lower, upper] its bracket, and eps_H = curvature_tolerance max|eigenvalue|:
//
//     ||grad f|| > eps_g (1 + |f|)           not stationary          proven
//     upper + error < 0, and below -eps_H    strict saddle           proven (Courant-Fischer)
//       or ||g|| <= |upper| (1 + ||x||)/10
//       and largest + error < 0              local maximum           proven if the basis spans R^n
//     lower > 0, and above eps_H or          minimum                 likely (probability 1 - eta); proven if the
//       ||g|| <= lower (1 + ||x||)/10                                basis spans R^n, the products are exact, and the
//                                                                    second of these holds
//     -eps_H <= lower, upper <= eps_H        degenerate              likely
//     anything else, f not smooth, NaN       undetermined            suspected
//
// Second-order stationarity: Nesterov and Polyak (2006); strict saddles: Ge, Huang, Jin and Yuan (2015).
#ifndef PERIGEE_DIAGNOSTICS_STATIONARY_POINT_HPP
#define PERIGEE_DIAGNOSTICS_STATIONARY_POINT_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/objective.hpp>

#include <string_view>

namespace perigee {

enum class PointClass {
  not_stationary,  // ||grad f|| > eps_g (1 + |f|)
  strict_saddle,   // some curvature negative, and not all of them known to be
  local_maximum,   // every curvature negative
  minimum,         // smallest eigenvalue > 0: a strict local minimum
  degenerate,      // |smallest eigenvalue| <= eps_H: second order does not decide; see `degeneracy`
  undetermined,    // the bracket around the smallest eigenvalue contains too much, or there is no curvature to speak of
};

/// What a probe along the near-null directions v shows:
/// f(x + a v) - f(x) - a grad f(x)'v = c2 a^2/2 + c3 a^3 + c4 a^4 + ...
enum class Degeneracy {
  none,          // not degenerate, or not probed
  saddle,        // f decreases along some v: witnessed by values that scale as a power of a, over 3 doublings of a
  plateau,       // f stays level along some v and lies lower farther out, with nothing higher probed on the way there
  flat_minimum,  // f increases on both sides of every v probed, beyond rounding: consistent with a minimum, no proof
  undetermined,  // differences drown in rounding, or follow no power
};

struct PointJudgement {
  PointClass point_class = PointClass::undetermined;
  Degeneracy degeneracy = Degeneracy::none;
  Certainty certainty = Certainty::suspected;
  double value = 0.0;
  double gradient_norm = 0.0;
  Spectrum spectrum;           // NaN where not measured; its `products` include those of the check below
  double product_error = 0.0;  // measured: twice the disagreement of two difference steps, or of given and differenced
                               // products; 0: exact up to rounding
  double descent_step = 0.0;   // a with f(x + a v) < f(x) observed, of either sign; 0: no witness found
  double descent_decrease = 0.0;  // f(x) - f(x + a v) at that step, >= 0
  double flat_distance = 0.0;     // of a plateau: the value was level as far as this along descent_direction
  Vector descent_direction;       // v, a unit vector; empty without a witness. spectrum.direction, unless the point is
                                  // degenerate and f decreases along another flat direction
  bool smooth = true;             // false: differences of gradients at h and h/4 disagree, or contradict the products
                                  // that the objective calls exact; curvature undefined
};

struct PointOptions {
  double gradient_tolerance = 1e-6;  // eps_g, >= 0
  SpectrumOptions spectrum{};        // product_error is measured and added here
};

/// Judges the point x. Certainty `proven` only where computed bounds decide (negative curvature, gradient not small).
/// Throws std::invalid_argument if x has another length than the objective's, or on options out of range.
/// Cost: one gradient; unless that decides, at most spectrum.max_products + 5 Hessian-vector products (those of the
/// check are differences of gradients, two each), and about 30 values at a strict saddle, up to 40 for each of at
/// most 12 flat directions at a degenerate point, and 80 more for each of at most 4 of them where those decide nothing.
PointJudgement judge_point(const Objective& objective, ConstVectorView x, const RandomSource& random,
                           const PointOptions& options = {});

/// "not-stationary", "strict-saddle", "maximum", "minimum", "degenerate", "undetermined".
std::string_view name_of(PointClass point_class);

/// "none", "saddle", "plateau", "flat-minimum", "undetermined".
std::string_view name_of(Degeneracy degeneracy);

}  // namespace perigee

#endif
