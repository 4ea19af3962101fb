// The loop above every method.
#ifndef PERIGEE_LIB_RUN_HPP
#define PERIGEE_LIB_RUN_HPP

#include <perigee/lib/observer.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/lib/stop.hpp>

#include <span>
#include <vector>

namespace perigee {

struct RunOptions {
  StopRule stop = max_iterations(10000);  // add gradient_tolerance(...) for methods that do not end themselves
  RandomSource random{0};                 // named explicitly by whoever wants another seed
  std::vector<Observer*> observers{};     // each sees every iterate once; not owned
  std::span<const std::uint8_t> state{};  // a checkpoint to continue from (see save_run); empty: start at x0
};

struct RunResult {
  Vector x;              // the last accepted iterate
  double value;          // f(x); of the last minibatch, if the method draws them
  double gradient_norm;  // ||grad f(x)||_2, likewise
  Index iterations;      // k of the last iterate
  OracleCounts counts;
  End end;
  std::vector<Decision> decisions{};  // of a method that decides: see Stepper::decisions
};

/// Runs `solver` on `objective` from x0 until a stop rule fires or the method ends itself.
/// Observers see k = 0, ..., final exactly once each (after a resume: from the iterate after the saved one)
/// and do not change a bit of the run. Non-finite values end the run; nothing arithmetic throws.
/// Throws std::invalid_argument if x0 has the wrong length or the state is not of this run.
RunResult run(const Objective& objective, const Solver& solver, ConstVectorView x0, const RunOptions& options = {});

/// The complete state of a run in flight, for RunOptions::state: the first record and the stepper's state.
std::vector<std::uint8_t> save_run(const StepRecord& first, const Stepper& stepper);

}  // namespace perigee

#endif
