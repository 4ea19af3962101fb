// The two halves of every method: an immutable recipe (Solver) and one run of it in flight (Stepper).
#ifndef PERIGEE_LIB_SOLVER_HPP
#define PERIGEE_LIB_SOLVER_HPP

#include <perigee/lib/end.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

class StateReader;
class StateWriter;

enum class StepStatus {
  advanced,   // current() is the next iterate
  concluded,  // current() is the next iterate and the last: the method's own criterion holds; see end()
  ended,      // no next iterate: current() is unchanged; see end()
};

/// One run in flight. Drive it by hand or through `run`:
///
///     auto stepper = solver.start(oracle, x0, random);
///     while (stepper->step() == StepStatus::advanced) use(stepper->current());
///
/// A step proposes, checks that everything is finite, then commits: after any failure current() is the
/// last accepted iterate. Steppers allocate nothing while stepping.
class Stepper {
 public:
  virtual ~Stepper() = default;

  /// One iteration. After `concluded` or `ended` it must not be called again.
  virtual StepStatus step() = 0;

  /// The iterate x_k with value and gradient.
  virtual const Evaluation& current() const = 0;

  /// The record of current(): iteration 0 after the start, k after k steps.
  const StepRecord& record() const { return record_; }

  /// Why the method ended itself; meaningful after step() returned `concluded` or `ended`.
  const End& end() const { return end_; }

  /// What the method decided so far, in the order decided; empty for methods that only follow their formula.
  const std::vector<Decision>& decisions() const { return decisions_; }

  /// Asks for the fields of the record that cost more than they already know (the curvature along the
  /// step: one inner product). Never changes an iterate.
  void measure_curvature() { measures_curvature_ = true; }

  /// Writes, reads the complete state: a loaded stepper continues bit for bit.
  /// Loading throws std::invalid_argument if the state is of another method or another dimension.
  virtual void save_state(StateWriter& writer) const = 0;
  virtual void load_state(StateReader& reader) = 0;

 protected:
  StepRecord record_;
  End end_;
  std::vector<Decision> decisions_;
  bool measures_curvature_ = false;
};

/// An immutable recipe: options, checked when it was made. Can start any number of runs, from any thread.
class Solver {
 public:
  virtual ~Solver() = default;

  /// Name of the method in kebab-case, as on the command line: "gradient-descent".
  virtual std::string name() const = 0;

  /// The options as (name, value) text pairs, complete enough to repeat the run.
  virtual std::vector<std::pair<std::string, std::string>> settings() const = 0;

  /// Whether the method decides by itself that it is done. The others need a stop rule on the point.
  virtual bool ends_itself() const { return false; }

  /// Evaluates at x0 (length n) and returns a run at iteration 0. One gradient call.
  /// The oracle must outlive the stepper. Throws std::invalid_argument if x0 has another length.
  virtual std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const = 0;
};

}  // namespace perigee

#endif
