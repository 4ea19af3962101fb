#include <perigee/solvers/chebyshev_search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

SearchResult ChebyshevSearch::run(Oracle& oracle, const Evaluation& at, RandomEngine&, VectorView direction) {
  const double smoothness = parameters_.gradient_lipschitz;
  const double kept = 1.0 - 0.75 * parameters_.curvature / smoothness;
  double least = std::numeric_limits<double>::infinity();
  before_.view().setZero();
  now_.view() = parameters_.start_length * direction;
  for (Index update = 1; update <= parameters_.iterations; ++update) {
    probe_.propose() = at.x() + now_.view();
    oracle.evaluate(probe_);
    if (!probe_.is_finite()) return {SearchVerdict::non_finite, least};
    const double squared = now_.view().squaredNorm();
    if (squared > 0.0) {
      const double curvature = now_.view().dot(probe_.gradient() - at.gradient()) / squared;
      least = std::min(least, curvature);
      if (curvature <= -parameters_.curvature_threshold) {
        direction = now_.view() / std::sqrt(squared);
        return {SearchVerdict::found, curvature};
      }
    }
    mapped_.view() = kept * now_.view() - (probe_.gradient() - at.gradient()) / smoothness;
    if (parameters_.polynomial == SearchPolynomial::chebyshev) {
      before_.view() = 2.0 * mapped_.view() - before_.view();
      std::swap(before_, now_);  // before_ = y_t, now_ = y_{t+1}
      direction = now_.view() - mapped_.view();
    } else {
      now_.view() = mapped_.view();
      direction = now_.view();
    }
    const double length = direction.norm();
    if (!std::isfinite(length)) return {SearchVerdict::non_finite, least};
    if (length < parameters_.radius) continue;
    direction /= length;
    probe_.propose() = at.x() + parameters_.radius * direction;
    oracle.evaluate(probe_);
    if (!probe_.is_finite()) return {SearchVerdict::non_finite, least};
    const double curvature = direction.dot(probe_.gradient() - at.gradient()) / parameters_.radius;
    return {curvature <= -parameters_.curvature_threshold ? SearchVerdict::found : SearchVerdict::unconfirmed,
            curvature};
  }
  return {SearchVerdict::nothing, least};
}

Index updates_to_grow(SearchPolynomial polynomial, double gradient_lipschitz, double curvature, double growth,
                      double component) {
  const double excess = 0.25 * curvature / gradient_lipschitz;
  const double total = growth / component;
  // acosh(1 + a) = log1p(a + sqrt(a (2 + a))), without cancellation.
  const double updates = polynomial == SearchPolynomial::chebyshev
                             ? std::acosh(total) / std::log1p(excess + std::sqrt(excess * (2.0 + excess)))
                             : std::log(total) / std::log1p(excess);
  return static_cast<Index>(std::ceil(updates));
}

}  // namespace perigee
