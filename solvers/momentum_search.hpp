// The search for negative curvature by the power method on I - eta H, with or without momentum.
#ifndef PERIGEE_SOLVERS_MOMENTUM_SEARCH_HPP
#define PERIGEE_SOLVERS_MOMENTUM_SEARCH_HPP

#include <perigee/solvers/curvature_escape.hpp>

namespace perigee {

struct MomentumSearchParameters {
  double learning_rate;        // eta
  double momentum;             // b in [0, 1); 0 is the power method
  double probe_radius;         // r: distance at which gradients are compared
  Index iterations;            // updates before the search gives up
  double curvature_threshold;  // found: curvature <= -this
};

/// Zhang and Li (2021), algorithm 1 (b = 0) and the search in their algorithm 3 (b = 1 - theta). From a unit w = u:
///
///     u' = w - eta (grad f(x + r w) - grad f(x))/r,   w' = u' + b (u' - u),   (u, w) <- (u', w')/||w'||
///
/// Both vectors are divided by the same number: the recurrence is linear where f is quadratic, so this keeps the ratio
/// of position and velocity, and w is the direction of Nesterov's iterates on w'Hw/2. (Giving each vector length 1 of
/// its own, as the algorithm may be read, destroys the velocity.) Ends as soon as the curvature that it has just
/// measured, w'(grad f(x + r w) - grad f(x))/r, is <= -curvature_threshold.
/// Cost: one gradient a measurement, at most iterations + 1.
class MomentumSearch final : public CurvatureSearch {
 public:
  MomentumSearch(Index dimension, const MomentumSearchParameters& parameters)
      : parameters_(parameters), probe_(dimension), trail_(dimension) {}
  SearchResult run(Oracle& oracle, const Evaluation& at, RandomEngine& engine, VectorView direction) override;

 private:
  MomentumSearchParameters parameters_;
  Evaluation probe_;  // at x + r w
  Vector trail_;      // u
};

}  // namespace perigee

#endif
