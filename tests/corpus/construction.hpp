// What the treatments share: running and recording, leaving out what is not to be recorded, and the companions that
// follow from the record itself (an End by the budget, a last step that moves nothing).
#ifndef PERIGEE_TESTS_CORPUS_CONSTRUCTION_HPP
#define PERIGEE_TESTS_CORPUS_CONSTRUCTION_HPP

#include "corpus.hpp"

#include <perigee/lib/functional.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <utility>

namespace perigee::corpus {

using ObjectivePointer = std::shared_ptr<const Objective>;

/// An objective of callables, on the heap.
template <class Value, class Gradient>
ObjectivePointer objective_of(Index dimension, Value value, Gradient gradient) {
  using Type = decltype(functional(dimension, value, gradient));
  return std::make_shared<Type>(dimension, std::move(value), std::move(gradient), detail::NoHessian{});
}

/// The random stream of one variant: the same on every machine.
RandomEngine engine_of(const RunName& name);

struct RunSettings {
  StopRule stop = max_iterations(1000);
  SnapshotRule snapshots{};
  Probe probe{};
  std::uint64_t seed = 0;
};

/// The whole run, recorded.
Trajectory record(const Objective& objective, const Solver& solver, const Vector& start, const RunSettings& settings);

/// Gradient descent with a constant step.
Trajectory descend(const Objective& objective, double step, const Vector& start, const StopRule& stop,
                   const SnapshotRule& snapshots = {});

/// Newton's method, x <- x - damping H^-1 g, with H from Hessian-vector products: it is attracted by every kind of
/// stationary point. Ends when ||g|| <= tolerance (convergence), or after `iterations` (budget).
Trajectory newton(const Objective& objective, const Vector& start, double damping, double tolerance, Index iterations);

/// The dense Hessian, row by row.
std::vector<double> hessian_at(const Objective& objective, ConstVectorView x);

struct EigenPair {
  double value;
  Vector vector;
};
/// All eigenvalues and vectors of the Hessian, ascending.
std::vector<EigenPair> eigenpairs_at(const Objective& objective, ConstVectorView x);

/// Adds what the record itself implies: budget-exhausted and line-search-stall where the End says so, rounding-floor
/// where values or iterates stand still to the last bit, and, where no bound and no objective tell, a plateau at a flat
/// end. Then leaves what `recording` keeps; the objective goes unless it is handed over.
CorpusRun finished(Recording recording, CorpusRun run);

/// ||grad f|| <= 1e-6 (1 + |f|) at the last record.
bool ends_stationary(const Trajectory& trajectory);

/// Uniform on the unit sphere.
Vector random_direction(RandomEngine& engine, Index dimension);

/// a + s b
Vector sum(const Vector& a, double s, const Vector& b);

double distance(const Vector& a, const Vector& b);

inline const Vector& last_point(const Trajectory& trajectory) { return trajectory.snapshots.back().x; }

}  // namespace perigee::corpus

#endif
