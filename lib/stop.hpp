// Stop rules: values, combined with |, each a pure function of the run's history.
#ifndef PERIGEE_LIB_STOP_HPP
#define PERIGEE_LIB_STOP_HPP

#include <perigee/lib/end.hpp>
#include <perigee/lib/trajectory.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace perigee {

/// What a stop rule may know of a run.
struct Progress {
  const StepRecord& first;    // iteration 0
  const StepRecord& current;  // iteration k
  ConstVectorView x;          // x_k
  double seconds;             // since the start; NaN unless a rule of the run asks for time
};

/// Decides after every iteration, the start included, whether the run ends, and why.
class StopRule {
 public:
  /// Any pure function of the progress. It is called once an iteration.
  using Function = std::function<std::optional<End>(const Progress&)>;

  /// Never stops: only the method itself ends the run.
  StopRule() = default;
  explicit StopRule(Function function);

  /// The End of the first of the combined rules that fires, in the order written.
  std::optional<End> operator()(const Progress& progress) const {
    for (const Part& part : parts_) {
      if (!fires(part, progress)) continue;
      if (std::optional<End> end = end_of(part, progress)) return end;  // a function may have nothing to say
    }
    return std::nullopt;
  }

  /// Stops when either stops.
  friend StopRule operator|(StopRule a, const StopRule& b);

  /// Whether Progress::seconds must be measured.
  bool asks_for_time() const;

 private:
  enum class Kind {
    max_iterations,
    max_gradients,
    gradient_tolerance,
    value_target,
    step_tolerance,
    max_seconds,
    function
  };
  struct Part {
    Kind kind;
    double threshold;
    Function function;
  };
  // A minibatch's value and gradient are estimates: no criterion on the point can be read from them.
  static bool is_of_the_objective(const Progress& progress) { return progress.current.batch_size == 0; }
  static bool fires(const Part& part, const Progress& progress) {
    switch (part.kind) {
      case Kind::max_iterations:
        return static_cast<double>(progress.current.iteration) >= part.threshold;
      case Kind::max_gradients:
        return static_cast<double>(progress.current.counts.gradients) >= part.threshold;
      case Kind::gradient_tolerance:
        return is_of_the_objective(progress) && progress.current.gradient_norm <= part.threshold;
      case Kind::value_target:
        return is_of_the_objective(progress) && progress.current.value <= part.threshold;
      case Kind::step_tolerance:
        return progress.current.step_norm <= part.threshold;
      case Kind::max_seconds:
        return progress.seconds >= part.threshold;
      case Kind::function:
        return true;
    }
    return false;
  }
  static std::optional<End> end_of(const Part& part, const Progress& progress);
  static StopRule make(Kind kind, double threshold);

  std::vector<Part> parts_;

  friend StopRule max_iterations(Index iterations);
  friend StopRule max_gradients(std::uint64_t gradients);
  friend StopRule gradient_tolerance(double tolerance);
  friend StopRule value_target(double value);
  friend StopRule step_tolerance(double tolerance);
  friend StopRule max_seconds(double seconds);
};

/// Budget: k >= iterations. Throws std::invalid_argument if negative.
StopRule max_iterations(Index iterations);
/// Budget: gradient calls so far >= gradients (a step in progress is finished first).
StopRule max_gradients(std::uint64_t gradients);
/// Convergence, of first order only: ||grad f(x_k)||_2 <= tolerance. Throws if negative or NaN.
/// Never fires on the gradient of a minibatch, which may vanish anywhere.
StopRule gradient_tolerance(double tolerance);
/// Convergence: f(x_k) <= value. Never fires on the value of a minibatch.
StopRule value_target(double value);
/// Budget, not convergence: ||x_k - x_{k-1}||_2 <= tolerance. A short step proves nothing about the point.
StopRule step_tolerance(double tolerance);
/// Budget: wall time since the start. Makes the length of a run depend on the machine.
StopRule max_seconds(double seconds);

}  // namespace perigee

#endif
