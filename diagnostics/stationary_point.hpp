// What kind of point is this? The second-order question, asked at one point with the objective at hand.
#ifndef PERIGEE_DIAGNOSTICS_STATIONARY_POINT_HPP
#define PERIGEE_DIAGNOSTICS_STATIONARY_POINT_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/objective.hpp>

namespace perigee {

enum class PointClass {
  not_stationary,  // ||grad f|| > eps_g (1 + |f|)
  strict_saddle,   // negative and positive curvature
  local_maximum,   // every curvature negative (n exhausted), proven
  minimum,         // smallest eigenvalue > 0 with probability >= 1 - eta: a strict local minimum
  degenerate,      // |smallest eigenvalue| <= eps_H: second order does not decide; see `degeneracy`
  undetermined,    // the bracket around the smallest eigenvalue contains too much
};

/// What a probe along the near-null direction v shows: f(x + a v) - f(x) = c2 a^2/2 + c3 a^3 + c4 a^4 + ...
enum class Degeneracy {
  none,            // not degenerate, or not probed
  saddle,          // f decreases along v (or -v): witnessed by values
  flat_minimum,    // f increases on both sides, beyond rounding: consistent with a minimum, no proof
  undetermined,    // differences drown in rounding
};

struct PointJudgement {
  PointClass point_class = PointClass::undetermined;
  Degeneracy degeneracy = Degeneracy::none;
  Certainty certainty = Certainty::suspected;
  double value = 0.0;
  double gradient_norm = 0.0;
  Spectrum spectrum;
  double product_error = 0.0;    // measured: disagreement of two difference steps, or of exact and differenced products
  double descent_step = 0.0;     // a with f(x + a v) < f(x) observed, v = spectrum.direction; 0: no witness found
  double descent_decrease = 0.0; // f(x) - f(x + a v) at that step, >= 0
  bool smooth = true;            // false: finite differences at h and h/4 disagree; curvature undefined
};

struct PointOptions {
  double gradient_tolerance = 1e-6;  // eps_g
  SpectrumOptions spectrum{};        // product_error is measured and added here
};

/// Judges the point x. Certainty `proven` only where computed bounds decide (negative curvature, gradient not small).
/// Cost: one gradient, at most spectrum.max_products + 4 Hessian-vector products, about 60 values.
PointJudgement judge_point(const Objective& objective, ConstVectorView x, const RandomSource& random,
                           const PointOptions& options = {});

/// "not-stationary", "strict-saddle", "local-maximum", "minimum", "degenerate", "undetermined".
std::string_view name_of(PointClass point_class);

}  // namespace perigee

#endif
