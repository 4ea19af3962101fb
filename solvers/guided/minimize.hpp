// The front door: minimize a function and be told in one sentence what was found.
#ifndef PERIGEE_SOLVERS_GUIDED_MINIMIZE_HPP
#define PERIGEE_SOLVERS_GUIDED_MINIMIZE_HPP

#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/end.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/observer.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <string>
#include <vector>

namespace perigee {

struct MinimizeOptions {
  double gradient_tolerance = 1e-6;    // eps_g: ||grad f|| <= eps_g (1 + |f|) is stationary, > 0
  Index max_iterations = 100000;       // >= 0
  Index max_escapes = 100;             // stationary points to leave before giving up, >= 0
  RandomSource random{0};              // start vectors of the curvature certificates
  std::vector<Observer*> observers{};  // see every iterate; not owned
};

struct MinimizeResult {
  Vector x;                  // the best point: the last accepted iterate
  double value;              // f(x)
  double gradient_norm;      // ||grad f(x)||_2
  End end;                   // convergence "second-order-stationary" or "first-order-stationary", budget, or breakdown
  std::string verdict;       // one sentence: what this point is, how sure that is, and what was seen on the way
  PointJudgement judgement;  // the curvature certificate behind the verdict
  Index iterations;
  Index escapes;                    // stationary points that were left
  std::vector<Decision> decisions;  // which remedy was applied when, and why: see guided.hpp
  OracleCounts counts;              // the run, its certificates, and the verdict's
};

/// Minimizes f from x0 by the diagnosis-driven solver (guided.hpp), and judges the point that it returns. Never calls a
/// point a minimum that the certificate does not show to be one.
/// Throws std::invalid_argument if x0 has the wrong length or an option is out of range.
/// Cost: that of Guided, and for the verdict at most 205 Hessian-vector products (two gradients each where the
/// objective has none of its own) and some values.
MinimizeResult minimize(const Objective& objective, ConstVectorView x0, const MinimizeOptions& options = {});

}  // namespace perigee

#endif
