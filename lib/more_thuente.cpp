// The line search of More and Thuente (1994), "Line search algorithms with guaranteed sufficient decrease".
//
// Keeps an interval with ends `best` (the least value of the function in use so far) and `other`, such that the
// minimizers it closes in on satisfy the strong Wolfe conditions (theorem 2.1). The function in use is psi until a
// step with psi <= 0 and psi' >= 0 is met, then phi (section 3). Trial steps: the four cases of section 4. An interval
// that has not shrunk to 0.66 of its width in two trials is bisected.
#include <perigee/lib/line_search_support.hpp>

#include <memory>
#include <utility>

namespace perigee {

using detail::CountedLine;
using detail::decreases_sufficiently;
using detail::is_descent;
using detail::is_finite;
using detail::is_level;
using detail::require;
using Point = detail::LinePoint;

namespace {

constexpr double shrink = 0.66;  // delta

struct Interval {
  Point best;
  Point other;
  bool is_bracketed;  // a suitable step lies between the ends
  double width() const { return std::abs(other.alpha - best.alpha); }
};

// theta and gamma of the cubic with the values and slopes of a and b; its minimizer depends on the sign given to gamma.
struct Cubic {
  double theta;
  double gamma;  // >= 0
};

Cubic cubic_through(const Point& a, const Point& b) {
  const double theta = 3.0 * (a.at.value - b.at.value) / (b.alpha - a.alpha) + a.at.slope + b.at.slope;
  const double scale = std::max({std::abs(theta), std::abs(a.at.slope), std::abs(b.at.slope)});
  const double square = (theta / scale) * (theta / scale) - (a.at.slope / scale) * (b.at.slope / scale);
  return {theta, scale * std::sqrt(std::max(square, 0.0))};
}

// The minimizer of the cubic through `from` and `to`, where it has one.
double cubic_minimizer(const Point& from, const Point& to) {
  const Cubic cubic = cubic_through(from, to);
  const double gamma = to.alpha < from.alpha ? -cubic.gamma : cubic.gamma;
  const double p = (gamma - from.at.slope) + cubic.theta;
  const double q = ((gamma - from.at.slope) + gamma) + to.at.slope;
  return from.alpha + p / q * (to.alpha - from.alpha);
}

double secant_minimizer(const Point& a, const Point& b) {
  return b.alpha + b.at.slope / (b.at.slope - a.at.slope) * (a.alpha - b.alpha);
}

double nearer(double target, double a, double b) { return std::abs(a - target) < std::abs(b - target) ? a : b; }
double farther(double target, double a, double b) { return std::abs(a - target) > std::abs(b - target) ? a : b; }

// Section 4: the next trial from the interval and the trial just made, which becomes an end of the interval. `lower`
// and `upper` bound the next trial. Values that differ by rounding only count as equal, and no cubic is made of them.
double next_trial(Interval& interval, const Point& trial, double lower, double upper) {
  const Point best = interval.best;
  const bool level = is_level(trial.at.value, best.at.value);
  const bool opposite_slopes = trial.at.slope * (best.at.slope / std::abs(best.at.slope)) < 0.0;
  const bool higher = !level && trial.at.value > best.at.value;
  double next = 0.0;
  bool may_overshoot = false;  // whether the trial must keep its distance from the other end
  if (higher) {                // case 1: the minimizer lies between
    const double rise = (best.at.value - trial.at.value) / (trial.alpha - best.alpha) + best.at.slope;
    const double quadratic = best.alpha + best.at.slope / rise / 2.0 * (trial.alpha - best.alpha);
    const double cubic = cubic_minimizer(best, trial);
    next = std::abs(cubic - best.alpha) < std::abs(quadratic - best.alpha) ? cubic : cubic + 0.5 * (quadratic - cubic);
    interval.is_bracketed = true;
    may_overshoot = true;
  } else if (opposite_slopes) {  // case 2: lower, and beyond the minimizer
    const double secant = secant_minimizer(best, trial);
    next = level ? secant : farther(trial.alpha, cubic_minimizer(trial, best), secant);
    interval.is_bracketed = true;
  } else if (std::abs(trial.at.slope) < std::abs(best.at.slope)) {  // case 3: lower, and flattening
    const Cubic cubic = cubic_through(best, trial);
    const double gamma = trial.alpha > best.alpha ? -cubic.gamma : cubic.gamma;
    const double p = (gamma - trial.at.slope) + cubic.theta;
    const double q = (gamma + (best.at.slope - trial.at.slope)) + gamma;
    const double ratio = p / q;
    const double secant = secant_minimizer(best, trial);
    double cubic_step = trial.alpha > best.alpha ? upper : lower;  // the cubic has no minimizer beyond the trial
    if (level) {
      cubic_step = secant;
    } else if (ratio < 0.0 && gamma != 0.0) {
      cubic_step = trial.alpha + ratio * (best.alpha - trial.alpha);
    }
    next = interval.is_bracketed ? nearer(trial.alpha, cubic_step, secant) : farther(trial.alpha, cubic_step, secant);
    may_overshoot = true;
  } else if (interval.is_bracketed) {  // case 4: lower, and steeper
    next = cubic_minimizer(trial, interval.other);
  } else {
    next = trial.alpha > best.alpha ? upper : lower;
  }

  if (higher) {
    interval.other = trial;
  } else {
    if (opposite_slopes) interval.other = best;
    interval.best = trial;
  }
  if (std::isnan(next)) next = 0.5 * (interval.best.alpha + interval.other.alpha);
  next = std::min(std::max(next, lower), upper);
  if (interval.is_bracketed && may_overshoot) {
    const double limit = interval.best.alpha + shrink * (interval.other.alpha - interval.best.alpha);
    next = interval.other.alpha > interval.best.alpha ? std::min(limit, next) : std::max(limit, next);
  }
  return next;
}

class MoreThuente final : public LineSearch {
 public:
  explicit MoreThuente(const MoreThuenteOptions& options) : options_(options) {
    require(options.decrease > 0.0 && options.decrease <= options.curvature, "more_thuente",
            "decrease must be in (0, curvature]", options.decrease);
    require(options.curvature < 1.0, "more_thuente", "curvature must be < 1", options.curvature);
    require(options.max_step > 0.0, "more_thuente", "max_step must be > 0", options.max_step);
    require(options.value_error >= 0.0 && options.value_error < 1.0, "more_thuente", "value_error must be in [0, 1)",
            options.value_error);
    require(options.relative_width > 0.0 && options.relative_width < 1.0, "more_thuente",
            "relative_width must be in (0, 1)", options.relative_width);
    require(options.max_trials > 0, "more_thuente", "max_trials must be > 0", options.max_trials);
  }

  LineSearchResult search(LineFunction& phi, LineValue at_zero, double initial_step) const override {
    if (!is_descent(at_zero)) return {LineSearchStatus::not_descent, 0.0, 0};
    CountedLine line(phi);
    const double line_slope = options_.decrease * at_zero.slope;  // of phi(0) + c1 alpha phi'(0)
    Interval interval{{0.0, at_zero}, {0.0, at_zero}, false};
    bool uses_psi = true;
    double width = options_.max_step;
    double width_before = 2.0 * width;
    double alpha = std::min(initial_step, options_.max_step);
    while (line.trials() < options_.max_trials) {
      double lower = std::min(interval.best.alpha, interval.other.alpha);
      double upper = std::max(interval.best.alpha, interval.other.alpha);
      if (!interval.is_bracketed) {
        lower = interval.best.alpha;
        upper = std::min(alpha + 4.0 * (alpha - interval.best.alpha), options_.max_step);
      } else if (alpha <= lower || alpha >= upper || upper - lower <= options_.relative_width * upper) {
        break;  // the bracket is down to rounding
      }
      const Point trial{alpha, line(alpha)};
      if (!is_finite(trial.at)) {  // outside the domain: a wall that closes the bracket
        interval.other = {alpha, {std::numeric_limits<double>::max(), 0.0}};
        interval.is_bracketed = true;
        alpha = interval.best.alpha + 0.1 * (alpha - interval.best.alpha);
        continue;
      }
      const bool sufficient = decreases_sufficiently(trial, at_zero, options_.decrease);
      if ((sufficient || decreases_by_slopes(trial, at_zero)) &&
          std::abs(trial.at.slope) <= -options_.curvature * at_zero.slope) {
        return {LineSearchStatus::success, alpha, line.trials()};
      }
      if (alpha >= options_.max_step && sufficient && trial.at.slope <= line_slope) {
        return {LineSearchStatus::no_convergence, alpha, line.trials()};
      }
      if (uses_psi && sufficient && trial.at.slope >= line_slope) uses_psi = false;
      if (uses_psi && trial.at.value <= interval.best.at.value && !sufficient) {
        alpha = next_trial_of_psi(interval, trial, lower, upper, line_slope);
      } else {
        alpha = next_trial(interval, trial, lower, upper);
      }
      if (interval.is_bracketed) {
        if (interval.width() >= shrink * width_before) {
          alpha = interval.best.alpha + 0.5 * (interval.other.alpha - interval.best.alpha);
        }
        width_before = width;
        width = interval.width();
      }
    }
    const bool usable = interval.best.alpha > 0.0 && decreases_sufficiently(interval.best, at_zero, options_.decrease);
    return {LineSearchStatus::no_convergence, usable ? interval.best.alpha : 0.0, line.trials()};
  }

  std::string text() const override {
    return "more-thuente(decrease=" + format_exact(options_.decrease) +
           ", curvature=" + format_exact(options_.curvature) + ")";
  }

 private:
  bool decreases_by_slopes(const Point& trial, const LineValue& at_zero) const {
    return std::abs(trial.at.value - at_zero.value) <= options_.value_error * std::abs(at_zero.value) &&
           trial.at.slope <= (2.0 * options_.decrease - 1.0) * at_zero.slope;
  }

  // next_trial on psi + phi(0), which differs from phi by the line; the interval keeps values of phi.
  static double next_trial_of_psi(Interval& interval, const Point& trial, double lower, double upper,
                                  double line_slope) {
    const auto tilted = [](const Point& p, double slope) -> Point {
      return {p.alpha, {p.at.value - slope * p.alpha, p.at.slope - slope}};
    };
    Interval of_psi{tilted(interval.best, line_slope), tilted(interval.other, line_slope), interval.is_bracketed};
    const double next = next_trial(of_psi, tilted(trial, line_slope), lower, upper);
    // The ends are always among the three points known, so their values need not be tilted back.
    const auto original = [&](double alpha) {
      return alpha == trial.alpha ? trial : alpha == interval.best.alpha ? interval.best : interval.other;
    };
    interval = {original(of_psi.best.alpha), original(of_psi.other.alpha), of_psi.is_bracketed};
    return next;
  }

  MoreThuenteOptions options_;
};

}  // namespace

line_searches::Pointer line_searches::more_thuente(MoreThuenteOptions options) {
  return std::make_shared<MoreThuente>(options);
}

}  // namespace perigee
