// Leaving a point with a small gradient along a direction of negative curvature that gradients alone have found.
#ifndef PERIGEE_SOLVERS_CURVATURE_ESCAPE_HPP
#define PERIGEE_SOLVERS_CURVATURE_ESCAPE_HPP

#include <perigee/solvers/step_support.hpp>

#include <memory>
#include <string>

namespace perigee {

enum class SearchVerdict {
  found,        // a unit direction whose curvature, measured, is at or below the threshold
  nothing,      // all iterations spent, no such direction
  unconfirmed,  // the iteration named a direction, but the curvature measured along it is above the threshold
  non_finite,   // a gradient on the way is not finite
};

struct SearchResult {
  SearchVerdict verdict;
  double curvature;  // e'(grad f(x + h e) - grad f(x))/h of the direction found, or else the least that was measured
};

/// A way to find a direction of negative curvature at a point from differences of gradients.
class CurvatureSearch {
 public:
  virtual ~CurvatureSearch() = default;
  /// `direction` (length n >= 1) holds a unit vector to start from, and after `found` the unit vector found. A search
  /// that needs more random numbers takes them from `engine`.
  virtual SearchResult run(Oracle& oracle, const Evaluation& at, RandomEngine& engine, VectorView direction) = 0;
};

/// When to search, and what to do with what is found.
struct EscapePlan {
  double gradient_threshold;   // search where ||grad f|| <= this
  double curvature_threshold;  // found: curvature <= -this
  double step_length;          // of the move, halved until f falls enough
  double shortest_probe;       // the shortest displacement over which the search compares gradients
  double gradient_lipschitz;   // l, or more
  Index search_iterations;     // what a search may spend, for the sentence of the End
  std::string method;          // for the sentence of the End: "negative-curvature finding"
  bool is_theory;              // whether the parameters are those of a theorem
};

/// A unit vector, uniform on the sphere.
void draw_direction(RandomEngine& engine, VectorView direction);

/// Searches from a random direction (uniform on the sphere, stream "negative-curvature", counter t), and moves by
/// step_length along -sign(<grad f(x), e>) e, halved until f falls by |curvature| step^2/4.
class CurvatureEscape {
 public:
  CurvatureEscape(Index dimension, const RandomSource& random, EscapePlan plan,
                  std::unique_ptr<CurvatureSearch> search);

  /// Whether to search here. Without a dimension there is no direction to search.
  bool is_due(const Evaluation& at) const {
    return at.gradient_norm() <= plan_.gradient_threshold && direction_.size() > 0;
  }

  /// Searches at the current point, unless rounding x + y for the shortest probe y may change its gradient by a tenth
  /// of what the curvature sought does, 10 epsilon l ||x|| >= curvature_threshold ||y||: a search of rounding errors
  /// would find nothing and prove nothing. Moves: `advanced`, a jump in the record. Otherwise `ended`, with `end` one
  /// of "no-negative-curvature-found" (convergence), "curvature-not-confirmed", "no-descent-along-curvature",
  /// "probe-below-rounding", "non-finite" (breakdowns).
  StepStatus leave(Oracle& oracle, EvaluationPair& pair, StepRecord& record, End& end, bool measures_curvature);

 private:
  StepStatus move(Oracle& oracle, EvaluationPair& pair, StepRecord& record, End& end, bool measures_curvature,
                  double curvature);
  End nothing_found(const StepRecord& record, double least_curvature) const;

  RandomSource random_;
  EscapePlan plan_;
  std::unique_ptr<CurvatureSearch> search_;
  Vector direction_;
};

}  // namespace perigee

#endif
