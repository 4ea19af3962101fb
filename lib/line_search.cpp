#include <perigee/lib/line_search.hpp>

#include <perigee/lib/call_text.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/line_search_support.hpp>

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace perigee {

using detail::CountedLine;
using detail::decreases_sufficiently;
using detail::is_descent;
using detail::is_finite;
using detail::require;
using detail::rounding_of;
using Point = detail::LinePoint;

namespace {

// The zero of the slope's secant.
double secant_minimizer(const Point& a, const Point& b) {
  return a.alpha - a.at.slope * (b.alpha - a.alpha) / (b.at.slope - a.at.slope);
}

// The minimizer of the quadratic with the values of a and b and the slope of a.
double quadratic_minimizer(const Point& a, const Point& b) {
  const double width = b.alpha - a.alpha;
  return a.alpha - a.at.slope * width * width / (2.0 * (b.at.value - a.at.value - a.at.slope * width));
}

// The minimizer of the cubic with the values and slopes of a and b: Nocedal and Wright (2006), eq. (3.59).
double cubic_minimizer(const Point& a, const Point& b) {
  const double d1 = a.at.slope + b.at.slope - 3.0 * (a.at.value - b.at.value) / (a.alpha - b.alpha);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.at.slope * b.at.slope), b.alpha - a.alpha);
  return b.alpha - (b.alpha - a.alpha) * (b.at.slope + d2 - d1) / (b.at.slope - a.at.slope + 2.0 * d2);
}

class Armijo final : public LineSearch {
 public:
  explicit Armijo(const ArmijoOptions& options) : options_(options) {
    require(options.decrease > 0.0 && options.decrease < 1.0, "armijo", "decrease must be in (0, 1)", options.decrease);
    require(options.max_trials > 0, "armijo", "max_trials must be > 0", options.max_trials);
  }

  LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const override {
    if (!is_descent(at_zero)) return {LineSearchStatus::not_descent, 0.0, 0};
    CountedLine line(phi);
    const Point origin{0.0, at_zero};
    Point previous{};
    double alpha = initial_step;
    while (line.trials() < options_.max_trials) {
      const Point trial{alpha, line(alpha)};
      if (is_finite(trial.at) && decreases_sufficiently(trial, at_zero, options_.decrease)) {
        return {LineSearchStatus::success, alpha, line.trials()};
      }
      double next = 0.5 * alpha;
      if (is_finite(trial.at)) {
        next = previous.alpha > 0.0 ? cubic_through(origin, previous, trial) : quadratic_minimizer(origin, trial);
        if (!(next <= 0.5 * alpha)) next = 0.5 * alpha;
        if (next < 0.1 * alpha) next = 0.1 * alpha;
        previous = trial;
      }
      alpha = next;
    }
    return {LineSearchStatus::no_convergence, 0.0, line.trials()};
  }

  std::string text() const override { return "armijo(decrease=" + format_exact(options_.decrease) + ")"; }

 private:
  // The minimizer of the cubic with value and slope of the origin and the values of p and q:
  // Nocedal and Wright (2006), section 3.5.
  static double cubic_through(const Point& origin, const Point& p, const Point& q) {
    const auto excess = [&](const Point& at) { return at.at.value - origin.at.value - origin.at.slope * at.alpha; };
    const double pp = p.alpha * p.alpha;
    const double qq = q.alpha * q.alpha;
    const double scale = 1.0 / (pp * qq * (q.alpha - p.alpha));
    const double a = scale * (pp * excess(q) - qq * excess(p));
    const double b = scale * (-pp * p.alpha * excess(q) + qq * q.alpha * excess(p));
    if (a == 0.0) return -origin.at.slope / (2.0 * b);
    return (-b + std::sqrt(std::max(b * b - 3.0 * a * origin.at.slope, 0.0))) / (3.0 * a);
  }

  ArmijoOptions options_;
};

class StrongWolfe final : public LineSearch {
 public:
  explicit StrongWolfe(const StrongWolfeOptions& options) : options_(options) {
    require(options.decrease > 0.0 && options.decrease < options.curvature, "strong_wolfe",
            "decrease must be in (0, curvature)", options.decrease);
    require(options.curvature < 1.0, "strong_wolfe", "curvature must be < 1", options.curvature);
    require(options.max_step > 0.0, "strong_wolfe", "max_step must be > 0", options.max_step);
    require(options.max_trials > 0, "strong_wolfe", "max_trials must be > 0", options.max_trials);
  }

  LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const override {
    if (!is_descent(at_zero)) return {LineSearchStatus::not_descent, 0.0, 0};
    CountedLine line(phi);
    Point previous{0.0, at_zero};
    double alpha = std::min(initial_step, options_.max_step);
    double limit = std::numeric_limits<double>::infinity();  // the shortest step known to leave the domain
    while (line.trials() < options_.max_trials) {
      const Point trial{alpha, line(alpha)};
      if (!is_finite(trial.at)) {  // outside the domain: come back towards the last good point
        limit = alpha;
        alpha = previous.alpha + 0.1 * (limit - previous.alpha);
        if (!(alpha > previous.alpha)) break;
        continue;
      }
      if (!decreases_sufficiently(trial, at_zero, options_.decrease) ||
          (previous.alpha > 0.0 && trial.at.value >= previous.at.value)) {
        return pinpoint(line, at_zero, previous, trial);
      }
      if (std::abs(trial.at.slope) <= -options_.curvature * at_zero.slope) {
        return {LineSearchStatus::success, alpha, line.trials()};
      }
      if (trial.at.slope >= 0.0) return pinpoint(line, at_zero, trial, previous);
      if (alpha >= options_.max_step) return {LineSearchStatus::no_convergence, alpha, line.trials()};
      previous = trial;
      alpha = std::min({2.0 * alpha, 0.5 * (alpha + limit), options_.max_step});
    }
    return {LineSearchStatus::no_convergence, previous.alpha, line.trials()};
  }

  std::string text() const override {
    return "strong-wolfe(decrease=" + format_exact(options_.decrease) +
           ", curvature=" + format_exact(options_.curvature) + ")";
  }

 private:
  // Invariants: `low` decreases phi sufficiently and has the smallest value so far (or is 0), and phi falls
  // from it towards `high`.
  LineSearchResult pinpoint(CountedLine& line, const LineValue& at_zero, Point low, Point high) const {
    while (line.trials() < options_.max_trials) {
      const double width = high.alpha - low.alpha;
      const auto far_from_ends = [&](double alpha, double margin) {
        return std::abs(alpha - low.alpha) >= margin * std::abs(width) &&
               std::abs(alpha - high.alpha) >= margin * std::abs(width) &&
               (alpha - low.alpha) * (alpha - high.alpha) < 0.0;
      };
      // Close to the minimizer the values carry no digits any more, but the slopes do.
      const bool flat = std::abs(low.at.value - high.at.value) <= 1e5 * rounding_of(low.at.value, high.at.value);
      double alpha = flat ? secant_minimizer(low, high) : cubic_minimizer(low, high);
      if (!far_from_ends(alpha, flat ? 0.0 : 0.1)) alpha = quadratic_minimizer(low, high);
      if (!far_from_ends(alpha, 0.1)) alpha = low.alpha + 0.5 * width;
      if (alpha == low.alpha || alpha == high.alpha) break;  // the bracket is down to rounding
      const Point trial{alpha, line(alpha)};
      if (!is_finite(trial.at)) {
        high = {alpha, {std::numeric_limits<double>::max(), 0.0}};
        continue;
      }
      const bool level = std::abs(trial.at.value - low.at.value) <= rounding_of(trial.at.value, low.at.value);
      const bool higher = level ? trial.at.slope * width >= 0.0 : trial.at.value > low.at.value;
      if (!decreases_sufficiently(trial, at_zero, options_.decrease) ||
          (higher && std::abs(trial.at.slope) > -options_.curvature * at_zero.slope)) {
        high = trial;
        continue;
      }
      if (std::abs(trial.at.slope) <= -options_.curvature * at_zero.slope) {
        return {LineSearchStatus::success, alpha, line.trials()};
      }
      if (trial.at.slope * width >= 0.0) high = low;
      low = trial;
    }
    return {LineSearchStatus::no_convergence, low.alpha, line.trials()};
  }

  StrongWolfeOptions options_;
};

class Exact final : public LineSearch {
 public:
  explicit Exact(const ExactOptions& options) : options_(options) {
    require(options.relative_tolerance > 0.0 && options.relative_tolerance < 1.0, "exact",
            "relative_tolerance must be in (0, 1)", options.relative_tolerance);
    require(options.max_trials > 0, "exact", "max_trials must be > 0", options.max_trials);
  }

  LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const override {
    if (!is_descent(at_zero)) return {LineSearchStatus::not_descent, 0.0, 0};
    CountedLine line(phi);
    const auto value = [&](double alpha) {
      const LineValue at = line(alpha);
      return std::isfinite(at.value) ? at.value : std::numeric_limits<double>::max();
    };
    // Bracket: values at left < middle < right with the middle one below both ends.
    double left = 0.0;
    double middle = initial_step;
    double middle_value = value(middle);
    while (!(middle_value < at_zero.value)) {
      if (line.trials() >= options_.max_trials) return {LineSearchStatus::no_convergence, 0.0, line.trials()};
      middle *= golden_section;
      middle_value = value(middle);
    }
    double right = middle / golden_section;
    double right_value = value(right);
    while (right_value < middle_value) {
      if (line.trials() >= options_.max_trials) return {LineSearchStatus::no_convergence, right, line.trials()};
      left = middle;
      middle = right;
      middle_value = right_value;
      right /= golden_section;
      right_value = value(right);
    }
    const int bits = std::max(2, static_cast<int>(-std::log2(options_.relative_tolerance)));
    auto remaining = static_cast<std::uintmax_t>(std::max(1, options_.max_trials - line.trials()));
    const auto [alpha, found] = boost::math::tools::brent_find_minima(value, left, right, bits, remaining);
    // Brent's method starts inside the bracket, not from the point that made it one.
    const double best = found <= middle_value ? alpha : middle;
    const bool converged = line.trials() < options_.max_trials;
    return {converged ? LineSearchStatus::success : LineSearchStatus::no_convergence, best, line.trials()};
  }

  std::string text() const override {
    return "exact(relative_tolerance=" + format_exact(options_.relative_tolerance) + ")";
  }

 private:
  static constexpr double golden_section = 0.38196601125010515;  // (3 - sqrt 5)/2
  ExactOptions options_;
};

}  // namespace

namespace line_searches {

Pointer armijo(ArmijoOptions options) { return std::make_shared<Armijo>(options); }
Pointer strong_wolfe(StrongWolfeOptions options) { return std::make_shared<StrongWolfe>(options); }
Pointer exact(ExactOptions options) { return std::make_shared<Exact>(options); }

Pointer parse(const std::string& text) {
  const CallText call(text);
  if (call.name() == "armijo") {
    call.expect({"decrease"});
    return armijo({.decrease = call.number("decrease", ArmijoOptions{}.decrease)});
  }
  if (call.name() == "strong-wolfe") {
    call.expect({"decrease", "curvature"});
    return strong_wolfe({.decrease = call.number("decrease", StrongWolfeOptions{}.decrease),
                         .curvature = call.number("curvature", StrongWolfeOptions{}.curvature)});
  }
  if (call.name() == "exact") {
    call.expect({"relative_tolerance"});
    return exact({.relative_tolerance = call.number("relative_tolerance", ExactOptions{}.relative_tolerance)});
  }
  if (call.name() == "more-thuente") {
    call.expect({"decrease", "curvature"});
    return more_thuente({.decrease = call.number("decrease", MoreThuenteOptions{}.decrease),
                         .curvature = call.number("curvature", MoreThuenteOptions{}.curvature)});
  }
  if (call.name() == "hager-zhang") {
    call.expect({"decrease", "curvature", "value_error"});
    return hager_zhang({.decrease = call.number("decrease", HagerZhangOptions{}.decrease),
                        .curvature = call.number("curvature", HagerZhangOptions{}.curvature),
                        .value_error = call.number("value_error", HagerZhangOptions{}.value_error)});
  }
  throw std::invalid_argument("line search: expected armijo, strong-wolfe, more-thuente, hager-zhang or exact; got '" +
                              text + "'");
}

}  // namespace line_searches

}  // namespace perigee
