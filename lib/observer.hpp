// Who watches a run.
#ifndef PERIGEE_LIB_OBSERVER_HPP
#define PERIGEE_LIB_OBSERVER_HPP

#include <perigee/lib/solver.hpp>

namespace perigee {

/// Sees every iterate k = 0, ..., final exactly once and changes nothing: a run with and without
/// observers is bit-identical.
class Observer {
 public:
  virtual ~Observer() = default;

  /// `stepper.record()` and `stepper.current()` are of iterate k; `first` is the record of k = 0.
  virtual void observe(const StepRecord& first, const Stepper& stepper) = 0;

  /// Called once, after the last iterate.
  virtual void finish(const End& end, const Stepper& stepper) {
    (void)end;
    (void)stepper;
  }

  /// Whether the records should carry the curvature along the step (one inner product an iteration).
  virtual bool wants_curvature() const { return false; }
};

}  // namespace perigee

#endif
