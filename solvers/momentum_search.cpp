#include <perigee/solvers/momentum_search.hpp>

#include <algorithm>
#include <limits>

namespace perigee {

SearchResult MomentumSearch::run(Oracle& oracle, const Evaluation& at, RandomEngine&, VectorView direction) {
  const double radius = parameters_.probe_radius;
  const double momentum = parameters_.momentum;
  double least = std::numeric_limits<double>::infinity();
  trail_.view() = direction;
  for (Index update = 0;; ++update) {
    probe_.propose() = at.x() + radius * direction;
    oracle.evaluate(probe_);
    if (!probe_.is_finite()) return {SearchVerdict::non_finite, least};
    const double curvature = direction.dot(probe_.gradient() - at.gradient()) / radius;
    least = std::min(least, curvature);
    if (curvature <= -parameters_.curvature_threshold) return {SearchVerdict::found, curvature};
    if (update == parameters_.iterations) return {SearchVerdict::nothing, least};
    direction -= parameters_.learning_rate / radius * (probe_.gradient() - at.gradient());
    for (Index i = 0; i < direction.size(); ++i) {
      const double moved = direction[i];
      direction[i] += momentum * (moved - trail_[i]);
      trail_[i] = moved;
    }
    const double length = direction.norm();
    // H w = w/eta to the last bit for a random w, without momentum: every curvature is 1/eta.
    if (length == 0.0) return {SearchVerdict::nothing, least};
    direction /= length;
    trail_.view() /= length;
  }
}

}  // namespace perigee
