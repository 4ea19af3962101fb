#include <perigee/solvers/ceres/ceres_minimize.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/step_support.hpp>

#include <ceres/gradient_problem.h>
#include <ceres/gradient_problem_solver.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

bool same_point(ConstVectorView a, const double* b) { return std::equal(a.data(), a.data() + a.size(), b); }

// What observers see of a run that Ceres drives: the iterates as Ceres accepts them.
class CeresRun final : public Stepper {
 public:
  CeresRun(const Objective& objective, ConstVectorView x0) : oracle_(objective), pair_(oracle_, x0) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override { return StepStatus::ended; }  // Ceres steps
  const Evaluation& current() const override { return pair_.current(); }
  void save_state(StateWriter&) const override { refuse_state(); }
  void load_state(StateReader&) override { refuse_state(); }
  const OracleCounts& counts() const { return oracle_.counts(); }
  Index dimension() const { return oracle_.dimension(); }

  // Ceres asks for f and (unless it is null) grad f at a point. False: not evaluable there.
  bool evaluate(const double* x, double* value, double* gradient) {
    const bool at_start = !std::exchange(started_, true) && same_point(pair_.current().x(), x);
    const Evaluation& at = at_start ? pair_.current() : try_point(x);
    if (!at.is_finite()) return false;
    *value = at.value();
    if (gradient != nullptr) std::copy_n(at.gradient().data(), dimension(), gradient);
    return true;
  }

  // Ceres accepted x as its next iterate.
  void accept(const double* x, double step_size) {
    const auto tried = std::find_if(trials_.begin(), trials_.begin() + trials_used_,
                                    [&](const auto& trial) { return same_point(trial->x(), x); });
    if (tried != trials_.begin() + trials_used_) {
      std::swap(pair_.candidate(), **tried);
    } else {
      pair_.candidate().propose() = ConstVectorView(x, dimension());
      oracle_.evaluate(pair_.candidate());
    }
    commit_move(oracle_, pair_, distance(pair_.current().x(), pair_.candidate().x()), step_size, StepKind::step,
                record_, measures_curvature_);
    trials_used_ = 0;
  }

  // Whether there were trial points since the last iterate and none, that iterate aside, was finite.
  bool met_only_non_finite_points() const {
    const auto last = trials_.begin() + trials_used_;
    const auto moved = [&](const auto& trial) { return !same_point(pair_.current().x(), trial->x().data()); };
    return std::any_of(trials_.begin(), last, moved) &&
           std::none_of(trials_.begin(), last, [&](const auto& trial) { return trial->is_finite() && moved(trial); });
  }

 private:
  [[noreturn]] static void refuse_state() {
    throw std::invalid_argument("ceres_minimize: a run inside Ceres has no state that could be saved");
  }

  // Trial points are kept until Ceres has chosen one of them, which need not be the last.
  const Evaluation& try_point(const double* x) {
    if (trials_used_ == static_cast<std::ptrdiff_t>(trials_.size())) {
      trials_.push_back(std::make_unique<Evaluation>(dimension()));
    }
    Evaluation& trial = *trials_[static_cast<std::size_t>(trials_used_++)];
    trial.propose() = ConstVectorView(x, dimension());
    oracle_.evaluate(trial);
    return trial;
  }

  Oracle oracle_;
  EvaluationPair pair_;
  std::vector<std::unique_ptr<Evaluation>> trials_;
  std::ptrdiff_t trials_used_ = 0;
  bool started_ = false;  // Ceres asked for x0, whose evaluation is at hand
};

class Function final : public ceres::FirstOrderFunction {
 public:
  explicit Function(CeresRun& run) : run_(run) {}
  bool Evaluate(const double* const parameters, double* cost, double* gradient) const override {
    return run_.evaluate(parameters, cost, gradient);
  }
  int NumParameters() const override { return static_cast<int>(run_.dimension()); }

 private:
  CeresRun& run_;
};

// Relays every iterate to the observers and asks the stop rule.
class Relay final : public ceres::IterationCallback {
 public:
  Relay(CeresRun& run, const double* parameters, const RunOptions& options)
      : run_(run), parameters_(parameters), options_(options), first_(run.record()) {}

  void observe() {
    for (Observer* observer : options_.observers) observer->observe(first_, run_);
  }

  std::optional<End> stop() const {
    const double seconds = timed_ ? std::chrono::duration<double>(Clock::now() - started_).count() : not_measured;
    return options_.stop(Progress{first_, run_.record(), run_.current().x(), seconds});
  }

  ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override {
    if (summary.iteration > 0) {
      run_.accept(parameters_, summary.step_size);
      observe();
    }
    stopped_ = stop();
    return stopped_ ? ceres::SOLVER_TERMINATE_SUCCESSFULLY : ceres::SOLVER_CONTINUE;
  }

  const std::optional<End>& stopped() const { return stopped_; }

 private:
  using Clock = std::chrono::steady_clock;
  CeresRun& run_;
  const double* parameters_;
  const RunOptions& options_;
  StepRecord first_;
  bool timed_ = options_.stop.asks_for_time();
  Clock::time_point started_ = Clock::now();
  std::optional<End> stopped_;
};

void check_tolerance(const char* name, double value) {
  if (value >= 0.0 && value <= std::numeric_limits<double>::max()) return;
  throw std::invalid_argument(std::string("CeresOptions: ") + name + " must be >= 0 and finite, got " +
                              format_number(value));
}

ceres::GradientProblemSolver::Options translated(const CeresOptions& options) {
  check_tolerance("gradient_tolerance", options.gradient_tolerance);
  check_tolerance("function_tolerance", options.function_tolerance);
  check_tolerance("parameter_tolerance", options.parameter_tolerance);
  if (options.memory < 1 || options.memory > 1000000) {
    throw std::invalid_argument("CeresOptions: memory must be in [1, 1000000], got " + std::to_string(options.memory));
  }
  ceres::GradientProblemSolver::Options result;
  switch (options.direction) {
    case CeresDirection::lbfgs:
      result.line_search_direction_type = ceres::LBFGS;
      break;
    case CeresDirection::bfgs:
      result.line_search_direction_type = ceres::BFGS;
      break;
    case CeresDirection::conjugate_gradient:
      result.line_search_direction_type = ceres::NONLINEAR_CONJUGATE_GRADIENT;
      break;
    case CeresDirection::steepest_descent:
      result.line_search_direction_type = ceres::STEEPEST_DESCENT;
      break;
  }
  result.line_search_type = options.line_search == CeresLineSearch::wolfe ? ceres::WOLFE : ceres::ARMIJO;
  const bool quasi_newton = options.direction == CeresDirection::lbfgs || options.direction == CeresDirection::bfgs;
  if (quasi_newton && options.line_search == CeresLineSearch::armijo) {
    throw std::invalid_argument("CeresOptions: " + ceres_name(options) + " needs line_search wolfe, got armijo");
  }
  result.max_lbfgs_rank = static_cast<int>(options.memory);
  result.gradient_tolerance = options.gradient_tolerance;
  result.function_tolerance = options.function_tolerance;
  result.parameter_tolerance = options.parameter_tolerance;
  result.max_num_iterations = std::numeric_limits<int>::max();  // the stop rule decides
  result.logging_type = ceres::SILENT;
  result.update_state_every_iteration = true;
  std::string error;
  if (!result.IsValid(&error)) throw std::invalid_argument("CeresOptions: " + error);
  return result;
}

// Lets Ceres run from the current iterate; afterwards that is the last one.
End solve(CeresRun& run, Relay& relay, ceres::GradientProblemSolver::Options options, std::vector<double>& parameters) {
  options.callbacks.push_back(&relay);
  const ceres::GradientProblem problem(new Function(run));
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options, problem, parameters.data(), &summary);

  if (relay.stopped()) return *relay.stopped();
  if (run.met_only_non_finite_points()) return non_finite_end(run.record().iteration + 1);
  const std::string at = " at iteration " + std::to_string(run.record().iteration);
  if (summary.termination_type != ceres::CONVERGENCE) {
    return {EndClass::breakdown, "ceres-failure", "Ceres: " + summary.message + at};
  }
  // Of the converging iteration Ceres leaves its summary, and x.
  const bool steps_on =
      !summary.iterations.empty() && summary.iterations.back().iteration > static_cast<int>(run.record().iteration);
  if (steps_on && same_point(run.current().x(), parameters.data())) {
    return {EndClass::breakdown, "ceres-zero-step",
            "Ceres reports CONVERGENCE (" + summary.message + ") after a line search that found no step longer than 0" +
                at + " (gradient norm " + format_number(run.current().gradient_norm()) + ")"};
  }
  if (steps_on) {
    run.accept(parameters.data(), summary.iterations.back().step_size);
    relay.observe();
  }
  return {EndClass::convergence, "ceres-convergence",
          "Ceres: " + summary.message + " at iteration " + std::to_string(run.record().iteration)};
}

}  // namespace

std::string ceres_name(const CeresOptions& options) {
  switch (options.direction) {
    case CeresDirection::lbfgs:
      return "ceres-lbfgs";
    case CeresDirection::bfgs:
      return "ceres-bfgs";
    case CeresDirection::conjugate_gradient:
      return "ceres-cg";
    case CeresDirection::steepest_descent:
      return "ceres-steepest-descent";
  }
  return "ceres";
}

std::vector<std::pair<std::string, std::string>> ceres_settings(const CeresOptions& options) {
  return {{"line_search", options.line_search == CeresLineSearch::wolfe ? "wolfe" : "armijo"},
          {"memory", std::to_string(options.memory)},
          {"gradient_tolerance", format_exact(options.gradient_tolerance)},
          {"function_tolerance", format_exact(options.function_tolerance)},
          {"parameter_tolerance", format_exact(options.parameter_tolerance)}};
}

RunResult ceres_minimize(const Objective& objective, ConstVectorView x0, const CeresOptions& options,
                         const RunOptions& run_options) {
  const ceres::GradientProblemSolver::Options ceres_options = translated(options);
  if (!run_options.state.empty()) {
    throw std::invalid_argument("ceres_minimize: state must be empty, a run inside Ceres cannot be continued");
  }
  if (objective.dimension() > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("ceres_minimize: dimension must be at most " +
                                std::to_string(std::numeric_limits<int>::max()) + ", got " +
                                std::to_string(objective.dimension()));
  }
  CeresRun run(objective, x0);
  for (const Observer* observer : run_options.observers) {
    if (observer->wants_curvature()) run.measure_curvature();
  }
  std::vector<double> parameters(x0.data(), x0.data() + x0.size());
  parameters.reserve(1);  // Ceres wants an address, also of nothing
  Relay relay(run, parameters.data(), run_options);
  relay.observe();
  const End end = !run.current().is_finite()
                      ? End{EndClass::breakdown, "non-finite", "value or gradient is not finite at iteration 0"}
                      : solve(run, relay, ceres_options, parameters);
  for (Observer* observer : run_options.observers) observer->finish(end, run);
  return {Vector(run.current().x()), run.current().value(), run.current().gradient_norm(),
          run.record().iteration,    run.counts(),          end};
}

}  // namespace perigee
