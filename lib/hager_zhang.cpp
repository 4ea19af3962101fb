// The line search of Hager and Zhang (2005), "A new conjugate gradient method with guaranteed descent and an efficient
// line search", section 4: bracketing (B1-B3), secant squared (S1-S4), update (U0-U3), and the choice of L1-L3.
//
// One departure: where the slope has flattened, the bracketing phase extrapolates by the secant, within a factor of 1.1
// to 10, instead of always by 5.
//
// Keeps a bracket [a, b] with phi'(a) < 0, phi(a) <= phi(0) + eps |phi(0)| and phi'(b) >= 0: it contains a minimizer of
// phi at which the conditions hold. Decisions rest on slopes wherever values agree to eps, which is why it still works
// where |x - x*| is of the order of the machine epsilon times |x*|, not of its square root.
#include <perigee/lib/line_search_support.hpp>

#include <memory>

namespace perigee {

using detail::CountedLine;
using detail::is_descent;
using detail::is_finite;
using detail::require;
using Point = detail::LinePoint;

namespace {

constexpr double least_growth = 1.1;           // of a trial that does not bracket
constexpr double largest_growth = 10.0;        // rho
constexpr double bisection_share = 0.5;        // theta
constexpr double sufficient_shrink = 2.0 / 3;  // gamma

// One search in flight. Functions that make trials return early once `is_over()`.
class Attempt {
 public:
  Attempt(LineFunction& phi, const LineValue& at_zero, const HagerZhangOptions& options)
      : line_(phi),
        at_zero_(at_zero),
        options_(options),
        value_limit_(at_zero.value + options.value_error * std::abs(at_zero.value)) {}

  LineSearchResult run(double initial_step) {
    Point a{0.0, at_zero_};
    Point b{};
    bracket(initial_step, a, b);
    while (!is_over()) {
      const double width = b.alpha - a.alpha;
      secant_squared(a, b);
      if (!is_over() && b.alpha - a.alpha > sufficient_shrink * width) {
        update(a, b, a.alpha + 0.5 * (b.alpha - a.alpha));
      }
      if (!(b.alpha - a.alpha < width)) break;  // the bracket is down to rounding
    }
    if (accepted_) return {LineSearchStatus::success, accepted_step_, line_.trials()};
    return {LineSearchStatus::no_convergence, best_.alpha, line_.trials()};
  }

 private:
  bool is_over() const { return accepted_ || gave_up_ || line_.trials() >= options_.max_trials; }

  // Evaluates and remembers; a point that is accepted or the best so far must not be lost.
  Point trial(double alpha) {
    const Point at{alpha, line_(alpha)};
    if (!is_finite(at.at)) return at;
    if (satisfies_conditions(at)) {
      accepted_ = true;
      accepted_step_ = alpha;
    }
    const double reference = best_.alpha > 0.0 ? best_.at.value : at_zero_.value;
    if (at.at.value < reference && detail::decreases_sufficiently(at, at_zero_, options_.decrease)) best_ = at;
    return at;
  }

  bool satisfies_conditions(const Point& at) const {
    const bool flat_enough = at.at.slope >= options_.curvature * at_zero_.slope;
    if (!flat_enough) return false;
    const bool wolfe = at.at.value - at_zero_.value <= options_.decrease * at.alpha * at_zero_.slope;
    const bool approximate_wolfe =
        at.at.value <= value_limit_ && (2.0 * options_.decrease - 1.0) * at_zero_.slope >= at.at.slope;
    return wolfe || approximate_wolfe;
  }

  bool is_low(const Point& at) const { return at.at.value <= value_limit_; }

  // B1-B3: expands until the slope turns or the value rises; `a` is the last low point before.
  void bracket(double initial_step, Point& a, Point& b) {
    double c = std::min(initial_step, options_.max_step);
    double wall = std::numeric_limits<double>::infinity();  // the shortest step known to leave the domain
    while (!is_over()) {
      const Point at = trial(c);
      if (accepted_) return;
      if (!is_finite(at.at)) {
        wall = c;
        c = a.alpha + 0.1 * (wall - a.alpha);
        if (!(c > a.alpha && c < wall)) gave_up_ = true;
        continue;
      }
      if (at.at.slope >= 0.0) {
        b = at;
        return;
      }
      if (!is_low(at)) {
        b = at;
        a = {0.0, at_zero_};
        bisect(a, b);
        return;
      }
      // Where the slope flattens the secant tells how far to go; a fixed factor costs more trials.
      const double flattening = at.at.slope > a.at.slope ? secant(a, at) : largest_growth * c;
      a = at;
      if (c >= options_.max_step) gave_up_ = true;
      c = std::min({std::clamp(flattening, least_growth * c, largest_growth * c), 0.5 * (c + wall), options_.max_step});
      if (!(c > a.alpha && c < wall)) gave_up_ = true;
    }
  }

  // U3: from a low point a with negative slope and a high or non-finite point b to a bracket.
  void bisect(Point& a, Point& b) {
    while (!is_over()) {
      const double middle = (1.0 - bisection_share) * a.alpha + bisection_share * b.alpha;
      if (!(middle > a.alpha && middle < b.alpha)) {
        gave_up_ = true;
        return;
      }
      const Point d = trial(middle);
      if (d.at.slope >= 0.0 && is_finite(d.at)) {
        b = d;
        return;
      }
      if (is_finite(d.at) && is_low(d)) {
        a = d;
      } else {
        b = d;
      }
    }
  }

  // U0-U3: narrows the bracket by a trial at c, if c lies inside.
  void update(Point& a, Point& b, double c) {
    if (!(c > a.alpha && c < b.alpha)) return;
    const Point at = trial(c);
    if (is_over()) return;
    if (is_finite(at.at) && at.at.slope >= 0.0) {
      b = at;
    } else if (is_finite(at.at) && is_low(at)) {
      a = at;
    } else {
      b = at;
      bisect(a, b);
    }
  }

  static double secant(const Point& a, const Point& b) {
    return (a.alpha * b.at.slope - b.alpha * a.at.slope) / (b.at.slope - a.at.slope);
  }

  // S1-S4: a secant step, and a second one from the end that it replaced.
  void secant_squared(Point& a, Point& b) {
    const Point old_a = a;
    const Point old_b = b;
    const double c = secant(a, b);
    update(a, b, c);
    if (is_over()) return;
    if (c == b.alpha) {
      update(a, b, secant(old_b, b));
    } else if (c == a.alpha) {
      update(a, b, secant(old_a, a));
    }
  }

  CountedLine line_;
  LineValue at_zero_;
  const HagerZhangOptions& options_;
  double value_limit_;  // phi(0) + eps |phi(0)|
  bool accepted_ = false;
  bool gave_up_ = false;
  double accepted_step_ = 0.0;
  Point best_{};  // the lowest point that decreases sufficiently; alpha = 0: none
};

class HagerZhang final : public LineSearch {
 public:
  explicit HagerZhang(const HagerZhangOptions& options) : options_(options) {
    require(options.decrease > 0.0 && options.decrease < 0.5, "hager_zhang", "decrease must be in (0, 0.5)",
            options.decrease);
    require(options.curvature >= options.decrease && options.curvature < 1.0, "hager_zhang",
            "curvature must be in [decrease, 1)", options.curvature);
    require(options.value_error >= 0.0 && std::isfinite(options.value_error), "hager_zhang",
            "value_error must be >= 0 and finite", options.value_error);
    require(options.max_step > 0.0, "hager_zhang", "max_step must be > 0", options.max_step);
    require(options.max_trials > 0, "hager_zhang", "max_trials must be > 0", options.max_trials);
  }

  LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const override {
    if (!is_descent(at_zero)) return {LineSearchStatus::not_descent, 0.0, 0};
    return Attempt(phi, at_zero, options_).run(initial_step);
  }

  std::string text() const override {
    return "hager-zhang(decrease=" + format_exact(options_.decrease) +
           ", curvature=" + format_exact(options_.curvature) + ", value_error=" + format_exact(options_.value_error) +
           ")";
  }

 private:
  HagerZhangOptions options_;
};

}  // namespace

line_searches::Pointer line_searches::hager_zhang(HagerZhangOptions options) {
  return std::make_shared<HagerZhang>(options);
}

}  // namespace perigee
