// Are the derivatives of an objective the derivatives of its values?
//
// One difference quotient cannot tell: its error is a mixture of truncation and rounding, and what counts as
// small is anybody's guess. The slope of the Taylor error over many steps h can (Boumal 2023, "An introduction
// to optimization on smooth manifolds", section 4.8 for gradients and 6.8 for Hessians):
//
//     |f(x + h v) - f(x) - h g'v|                 falls like h^2 if g is the gradient, like h if it is not
//     |f(x + h v) - f(x) - h g'v - h^2/2 v'Hv|    falls like h^3 if v'Hv is right, like h^2 if it is not
//     ||g(x + h v) - g(x) - h Hv||                falls like h^2 if Hv is right, like h if it is not
//
// The slope is fitted, on logarithmic scales, to the lowest straight stretch of the curve above rounding: there
// the leading term rules, so an error of one part in a thousand in one component shows. Rounding is measured
// (f a few units in the last place away) and bounded (machine epsilon times what entered).
// Differences that involve no derivatives, such as f(x + h v) - 2 f(x) + f(x - h v), tell a wrong derivative
// from a function that is not smooth enough at x to have one: then the outcome is undecided.
#ifndef PERIGEE_LIB_DERIVATIVE_CHECK_HPP
#define PERIGEE_LIB_DERIVATIVE_CHECK_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

enum class CheckOutcome { passed, failed, undecided };

/// "passed", "failed" or "undecided".
std::string_view name_of(CheckOutcome outcome);

/// The verdict on one property.
struct DerivativePart {
  std::string name;  // "value", "gradient", "curvature", "hessian-vector-product", "linearity", "symmetry"
  CheckOutcome outcome = CheckOutcome::undecided;
  double slope;         // median over the directions; infinite: error at rounding level; NaN: not of this kind
  std::string message;  // what was measured and what would have been right
};

struct DerivativeReport {
  std::vector<DerivativePart> parts;
  /// Failed if any part failed, else undecided if any part is, else passed.
  CheckOutcome outcome() const;
  /// The part of that name. Throws std::invalid_argument if there is none.
  const DerivativePart& part(std::string_view name) const;
  /// The outcome and the sentences of all parts that did not pass.
  std::string text() const;
};

struct DerivativeCheckOptions {
  int directions = 5;            // random unit vectors v, >= 1; their median slope decides
  double smallest_step = 1e-8;   // of h, > 0
  double largest_step = 1.0;     // of h, at least 100 times the smallest
  int steps_per_decade = 8;      // >= 4
  double slope_tolerance = 0.1;  // a slope passes if it is at least the expected one less this, in (0, 0.5)
};

/// Checks at one point: "value" (value() is the value of value_and_gradient()), "gradient" (slope 2), "curvature"
/// (v'Hv, slope 3), "hessian-vector-product" (Hv against gradients, slope 2), and that products are linear in v
/// and symmetric (to 1e-10 relative, 1e-5 where they are made of differences). x has length n; choose it generic:
/// an error that vanishes at x, or is below the rounding of f, cannot be seen there. Costs 2 directions (decades
/// steps_per_decade + 9) values and gradients. Throws std::invalid_argument if x has another length or an option is
/// outside its range.
DerivativeReport check_derivatives(const Objective& objective, ConstVectorView x, const RandomSource& random,
                                   const DerivativeCheckOptions& options = {});

}  // namespace perigee

#endif
