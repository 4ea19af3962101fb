// The starts in a ball around a saddle from which T steps of gradient descent release less than F: share and width.
#ifndef PERIGEE_TESTS_SUPPORT_STUCK_REGION_HPP
#define PERIGEE_TESTS_SUPPORT_STUCK_REGION_HPP

#include <perigee/lib/functional.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace perigee::test {

/// -gamma u^2/2 + |v|^2/2 + c u |v|^2 with x = (u, v) in R^d: l = 1 at the saddle 0, escape direction u, and for c != 0
/// a third derivative that bends the stuck region.
inline auto bent_saddle(Index dimension, double gamma, double coupling) {
  return functional(
      dimension,
      [=](ConstVectorView x) {
        const double locked = x.tail(x.size() - 1).squaredNorm();
        return -0.5 * gamma * x[0] * x[0] + 0.5 * locked + coupling * x[0] * locked;
      },
      [=](ConstVectorView x, VectorView g) {
        g = (1.0 + 2.0 * coupling * x[0]) * x;
        g[0] = -gamma * x[0] + coupling * x.tail(x.size() - 1).squaredNorm();
      });
}

/// What counts as released, by gradient descent with eta = 1/l = 1.
struct Release {
  double gamma = 0.1;     // curvature -gamma along u
  double coupling = 0.0;  // c
  double amount = 0.05;   // F, below the value at the saddle
  Index steps = 50;       // T
};

/// Where the run from x has gone within T steps: -1, 1: released towards negative, positive u; 0: stuck.
inline int side_of_release(const Release& release, ConstVectorView x) {
  static const GradientDescent descent({.learning_rate = 1.0});
  const RunResult result = run(bent_saddle(x.size(), release.gamma, release.coupling), descent, x,
                               {.stop = value_target(-release.amount) | max_iterations(release.steps)});
  if (result.end.end_class != EndClass::convergence) return 0;
  return result.x[0] < 0.0 ? -1 : 1;
}

/// w = sqrt(2 F/gamma) (1 + gamma)^-T: without coupling exactly the starts with |u| < w are stuck, because the locked
/// modes are gone after one step.
inline double exact_half_width(const Release& release) {
  return std::sqrt(2.0 * release.amount / release.gamma) *
         std::pow(1.0 + release.gamma, -static_cast<double>(release.steps));
}

/// Width of the stuck interval of the line through x along u, by bisection of both of its ends in |u| <= 1/2.
inline double width_along_u(const Release& release, Vector x) {
  const auto first = [&](int side) {
    double low = -0.5;
    double high = 0.5;
    for (int halving = 0; halving < 50; ++halving) {
      x[0] = 0.5 * (low + high);
      (side_of_release(release, x) < side ? low : high) = x[0];
    }
    return 0.5 * (low + high);
  };
  const double lower = first(0);
  return first(1) - lower;
}

/// How many of `draws` starts uniform in the ball of radius r are stuck, and the largest width on the lines through the
/// first `lines` of them.
struct StuckCount {
  Index stuck = 0;
  double largest_width = 0.0;
};

inline StuckCount count_stuck(const Release& release, Index dimension, double radius, Index draws, Index lines,
                              std::uint64_t seed) {
  const RandomSource random(seed);
  StuckCount count;
  Vector start(dimension);
  for (Index draw = 0; draw < draws; ++draw) {
    RandomEngine engine = random.engine("start", static_cast<std::uint64_t>(draw));
    fill_uniform_ball(engine, radius, start);
    count.stuck += side_of_release(release, start) == 0 ? 1 : 0;
    if (draw < lines) count.largest_width = std::max(count.largest_width, width_along_u(release, start));
  }
  return count;
}

/// (1/sqrt(pi)) Gamma(d/2 + 1)/Gamma((d + 1)/2): the largest section of the unit ball of R^d over its volume.
inline double section_of_ball(Index dimension) {
  const double d = static_cast<double>(dimension);
  return std::exp(std::lgamma(0.5 * d + 1.0) - std::lgamma(0.5 * (d + 1.0))) / std::sqrt(3.141592653589793);
}

/// P(|e'x| < h), x uniform in the unit ball of R^d, that is P(Beta(1/2, (d + 1)/2) < h^2): twice section_of_ball times
/// the integral of cos^d from 0 to arcsin h, by Simpson's rule.
inline double slab_share(Index dimension, double h) {
  if (h >= 1.0) return 1.0;
  constexpr int intervals = 2000;
  const double step = std::asin(h) / intervals;
  double sum = 0.0;
  for (int i = 0; i <= intervals; ++i) {
    const double weight = i == 0 || i == intervals ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    sum += weight * std::pow(std::cos(step * i), static_cast<double>(dimension));
  }
  return 2.0 * section_of_ball(dimension) * sum * step / 3.0;
}

}  // namespace perigee::test

#endif
