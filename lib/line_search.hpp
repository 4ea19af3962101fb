// Line searches: how far to go along a descent direction, knowing only phi(alpha) = f(x + alpha d).
#ifndef PERIGEE_LIB_LINE_SEARCH_HPP
#define PERIGEE_LIB_LINE_SEARCH_HPP

#include <perigee/lib/vector.hpp>

#include <memory>
#include <string>

namespace perigee {

/// phi(alpha) and phi'(alpha) = grad f(x + alpha d)'d.
struct LineValue {
  double value;
  double slope;
};

/// phi along one direction. Non-finite values mean: outside the domain, take a shorter step.
class LineFunction {
 public:
  virtual ~LineFunction() = default;
  virtual LineValue evaluate(double alpha) = 0;
};

enum class LineSearchStatus {
  success,         // the conditions of the search hold at `step`
  no_convergence,  // trials ran out; `step` is the best point found that decreases phi sufficiently, or 0
  not_descent,     // phi'(0) >= 0 or not finite
};

struct LineSearchResult {
  LineSearchStatus status = LineSearchStatus::no_convergence;
  double step = 0.0;  // alpha
  int trials = 0;     // calls of phi
};

/// A line search as an immutable value with its options. The last call of phi need not be at the
/// returned step.
class LineSearch {
 public:
  virtual ~LineSearch() = default;
  /// `at_zero` is phi at 0, `initial_step` > 0 the first trial.
  virtual LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const = 0;
  /// For example "strong-wolfe(decrease=0.0001, curvature=0.9)".
  virtual std::string text() const = 0;
};

/// phi(alpha) <= phi(0) + c1 alpha phi'(0), by shortening the first trial. Nocedal and Wright (2006), alg. 3.1,
/// with the trial steps of section 3.5: quadratic, then cubic interpolation, kept in [0.1, 0.5] of the last.
struct ArmijoOptions {
  double decrease = 1e-4;  // c1 in (0, 1)
  int max_trials = 60;
};

/// In addition |phi'(alpha)| <= c2 |phi'(0)|. Bracketing and pinpointing ("zoom"): Nocedal and Wright (2006),
/// algorithms 3.5 and 3.6, with cubic, then quadratic interpolation, then bisection.
struct StrongWolfeOptions {
  double decrease = 1e-4;  // c1 in (0, c2)
  double curvature = 0.9;  // c2 in (c1, 1); 0.1 suits gradient descent
  double max_step = 1e10;  // > 0
  int max_trials = 60;
};

/// The nearest local minimizer of phi along the line: bracketing by golden sections, then Brent's method.
struct ExactOptions {
  double relative_tolerance = 1.5e-8;  // of alpha; smaller than sqrt(machine epsilon) has no effect
  int max_trials = 200;
};

/// The strong Wolfe conditions by the safeguarded interpolation of More and Thuente (1994): sections 2 to 4, with the
/// auxiliary function psi(alpha) = phi(alpha) - phi(0) - c1 alpha phi'(0) until a step with psi <= 0 and psi' >= 0.
/// Where |phi(alpha) - phi(0)| <= value_error |phi(0)|, the difference is rounding, and the first condition is replaced
/// by phi'(alpha) <= (2 c1 - 1) phi'(0), the same for a parabola (Hager and Zhang 2005, eq. (4.1)).
struct MoreThuenteOptions {
  double decrease = 1e-4;         // c1 in (0, curvature]
  double curvature = 0.9;         // c2 in [decrease, 1)
  double max_step = 1e10;         // > 0
  double value_error = 1e-14;     // >= 0, relative; 0: values are taken for exact
  double relative_width = 1e-14;  // in (0, 1): gives up when the bracket is that short relative to its upper end
  int max_trials = 60;
};

/// The Wolfe conditions, or the approximate ones, which decide by slopes alone once values no longer can:
/// (2 delta - 1) phi'(0) >= phi'(alpha) >= sigma phi'(0) and phi(alpha) <= phi(0) + eps |phi(0)|.
/// Hager and Zhang (2005), section 4: bracketing, and the double secant step inside the bracket.
/// Values may rise by eps |phi(0)| in a search.
struct HagerZhangOptions {
  double decrease = 0.1;      // delta in (0, 1/2)
  double curvature = 0.9;     // sigma in [decrease, 1)
  double value_error = 1e-6;  // eps >= 0, relative: how far values may be wrong
  double max_step = 1e10;     // > 0
  int max_trials = 60;
};

namespace line_searches {
using Pointer = std::shared_ptr<const LineSearch>;
/// Each throws std::invalid_argument if an option is outside its range.
Pointer armijo(ArmijoOptions options = {});
Pointer strong_wolfe(StrongWolfeOptions options = {});
Pointer exact(ExactOptions options = {});
Pointer more_thuente(MoreThuenteOptions options = {});
Pointer hager_zhang(HagerZhangOptions options = {});
/// From text: "armijo", "strong-wolfe", "more-thuente", "hager-zhang", "exact", with options as in
/// "strong-wolfe(curvature=0.1)".
Pointer parse(const std::string& text);
}  // namespace line_searches

}  // namespace perigee

#endif
