// A Perigee objective solved by Ceres. Reference throughout: Ceres itself, called by hand beside the bridge.
#include "support/ceres_examples.hpp"
#include "support/solver_contract.hpp"

#include <perigee/perigee.hpp>
#include <perigee/solvers/ceres/ceres_bridge.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

// An objective as Ceres wants it, written without the bridge; counts the calls.
struct ByHand final : ceres::FirstOrderFunction {
  ByHand(const Objective& objective_, int& calls_) : objective(objective_), calls(calls_) {}
  bool Evaluate(const double* const x, double* cost, double* gradient) const override {
    ++calls;
    Vector g(objective.dimension());
    *cost = objective.value_and_gradient({x, objective.dimension()}, g);
    if (gradient != nullptr) std::memcpy(gradient, g.data(), sizeof(double) * static_cast<std::size_t>(g.size()));
    return true;
  }
  int NumParameters() const override { return static_cast<int>(objective.dimension()); }
  const Objective& objective;
  int& calls;
};

struct Seen final : ceres::IterationCallback {
  explicit Seen(const std::vector<double>& x_) : x(x_) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override {
    points.push_back(Vector(ConstVectorView(x)));
    step_sizes.push_back(summary.step_size);
    return ceres::SOLVER_CONTINUE;
  }
  const std::vector<double>& x;
  std::vector<Vector> points;
  std::vector<double> step_sizes;
};

struct Method {
  CeresDirection direction;
  CeresLineSearch line_search;
  ceres::LineSearchDirectionType ceres_direction;
  ceres::LineSearchType ceres_line_search;
};

const Method methods[] = {
    {CeresDirection::lbfgs, CeresLineSearch::wolfe, ceres::LBFGS, ceres::WOLFE},
    {CeresDirection::bfgs, CeresLineSearch::wolfe, ceres::BFGS, ceres::WOLFE},
    {CeresDirection::conjugate_gradient, CeresLineSearch::wolfe, ceres::NONLINEAR_CONJUGATE_GRADIENT, ceres::WOLFE},
    {CeresDirection::conjugate_gradient, CeresLineSearch::armijo, ceres::NONLINEAR_CONJUGATE_GRADIENT, ceres::ARMIJO},
    {CeresDirection::steepest_descent, CeresLineSearch::wolfe, ceres::STEEPEST_DESCENT, ceres::WOLFE},
    {CeresDirection::steepest_descent, CeresLineSearch::armijo, ceres::STEEPEST_DESCENT, ceres::ARMIJO},
};
// A smooth function whose gradient carries an error of size `size` that depends on the bits of x alone.
class NoisyGradient final : public Objective {
 public:
  explicit NoisyGradient(double size) : size_(size) {}
  Index dimension() const override { return 2; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    double value = 0.0;
    Saddle().Evaluate(x.data(), &value, gradient.data());
    for (Index i = 0; i < 2; ++i) gradient[i] += size_ * std::sin(1e7 * (x[0] + 2.0 * x[1]) + static_cast<double>(i));
    return value;
  }

 private:
  double size_;
};

}  // namespace

TEST_CASE("the iterates are Ceres' own, first to last, for every method") {
  // Independent computation: Ceres called by hand with a callback of its own; the last iterate is what it returns.
  for (const char* name : {"rosenbrock", "mueller-brown", "capped-saddle"}) {
    const Problem problem = problems::make(name);
    for (const Method& method : methods) {
      const CeresOptions options{.direction = method.direction, .line_search = method.line_search};
      INFO(name << " " << ceres_name(options) << " " << ceres_settings(options)[0].second);
      std::vector<double> x(problem.starts[0].x.begin(), problem.starts[0].x.end());
      int calls = 0;
      Seen seen(x);
      ceres::GradientProblemSolver::Options by_hand;
      by_hand.line_search_direction_type = method.ceres_direction;
      by_hand.line_search_type = method.ceres_line_search;
      by_hand.max_num_iterations = 60;
      by_hand.logging_type = ceres::SILENT;
      by_hand.update_state_every_iteration = true;
      by_hand.callbacks.push_back(&seen);
      ceres::GradientProblemSolver::Summary summary;
      ceres::Solve(by_hand, ceres::GradientProblem(new ByHand(*problem.objective, calls)), x.data(), &summary);
      const bool converged = summary.termination_type == ceres::CONVERGENCE;
      // A last iteration that does not move is no iterate.
      const bool moved = Vector(ConstVectorView(x)) != seen.points.back();
      if (converged && moved) seen.points.push_back(Vector(ConstVectorView(x)));

      test::Witness witness;
      Recorder recorder;
      const RunResult result = ceres_minimize(*problem.objective, problem.starts[0].x, options,
                                              {.stop = max_iterations(60), .observers = {&witness, &recorder}});
      INFO(result.end.id << ": " << result.end.message);
      CHECK(witness.points == seen.points);
      CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(calls)});
      CHECK(result.end.id == (!converged ? "max-iterations" : moved ? "ceres-convergence" : "ceres-zero-step"));
      CHECK(result.x == Vector(ConstVectorView(x)));
      CHECK(result.value == summary.final_cost);
      CHECK(result.iterations == static_cast<Index>(seen.points.size()) - 1);
      CHECK(witness.finishes == 1);

      // Every record is of the point shown with it: recomputed here.
      for (std::size_t k = 0; k < witness.points.size(); ++k) {
        const StepRecord& record = witness.records[k];
        Vector gradient(2);
        CHECK(record.iteration == static_cast<Index>(k));
        CHECK(record.value == problem.objective->value_and_gradient(witness.points[k], gradient));
        CHECK(witness.gradients[k] == gradient);
        CHECK(record.gradient_norm == Approx(gradient.view().norm()));
        if (k == 0) continue;
        CHECK(record.counts.gradients > witness.records[k - 1].counts.gradients);
        const Eigen::VectorXd step = witness.points[k].view() - witness.points[k - 1].view();
        const Eigen::VectorXd change = witness.gradients[k].view() - witness.gradients[k - 1].view();
        CHECK(record.step_norm == Approx(step.norm()));
        if (k < seen.step_sizes.size()) CHECK(record.step_size == seen.step_sizes[k]);
        if (step.norm() > 1e-6) CHECK(record.curvature == Approx(step.dot(change) / step.squaredNorm()).margin(1e-6));
      }
      CHECK(recorder.trajectory().end == result.end);
      CHECK(recorder.trajectory().snapshots.back().x == result.x);
    }
  }
}

TEST_CASE("observers do not change a Ceres run, and its stop rule is Perigee's") {
  const Problem problem = problems::make("rosenbrock");
  const ConstVectorView x0 = problem.starts[0].x;
  test::Witness witness;
  const RunResult alone = ceres_minimize(*problem.objective, x0);
  const RunResult watched = ceres_minimize(*problem.objective, x0, {}, {.observers = {&witness}});
  CHECK(alone.x == watched.x);
  CHECK(alone.counts == watched.counts);
  CHECK(alone.end == watched.end);
  CHECK(alone.end.end_class == EndClass::convergence);
  CHECK(alone.value == Approx(0.0).margin(1e-8));  // known minimum f(1, 1) = 0

  const RunResult target = ceres_minimize(*problem.objective, x0, {}, {.stop = value_target(1.0)});
  CHECK(target.end.id == value_target(1.0)(Progress{witness.records[0], witness.records.back(), target.x, 0.0})->id);
  CHECK(target.value <= 1.0);
  for (Index k = 0; k < target.iterations; ++k) CHECK(witness.records[static_cast<std::size_t>(k)].value > 1.0);
  const RunResult none = ceres_minimize(*problem.objective, x0, {}, {.stop = max_iterations(0)});
  CHECK(none.iterations == 0);
  CHECK(none.end.end_class == EndClass::budget);
  CHECK(none.counts == OracleCounts{.gradients = 1});
  const RunResult timed = ceres_minimize(*problem.objective, x0, {}, {.stop = max_seconds(0.0)});
  CHECK(timed.iterations == 0);
  CHECK(timed.end.end_class == EndClass::budget);
}

TEST_CASE("Ceres reports convergence at a strict saddle, and the diagnosis proves that it is one") {
  // Starts on the stable manifold. Theorem: gradient and all quasi-Newton directions stay on it.
  const Saddle saddle;
  const FirstOrderObjective on_axis(saddle);
  const Problem capped = problems::make("capped-saddle");
  struct Case {
    const Objective& objective;
    Vector start;
    double negative_curvature;
  };
  for (const Case& one : {Case{on_axis, {0.0, 1.0}, -1.0}, Case{*capped.objective, {1.0, 0.0}, -2.0}}) {
    for (const Method& method : methods) {
      const CeresOptions options{.direction = method.direction, .line_search = method.line_search};
      INFO(ceres_name(options) << " " << ceres_settings(options)[0].second);
      Recorder recorder;
      // Tolerances at which only the gradient test can fire, so that the end is stationary to 1e-10.
      CeresOptions tight = options;
      tight.function_tolerance = tight.parameter_tolerance = 0.0;
      const RunResult result = ceres_minimize(one.objective, one.start, tight, {.observers = {&recorder}});
      INFO(result.end.message);
      CHECK(result.end.id == "ceres-convergence");
      CHECK(result.end.message.find("Gradient tolerance reached") != std::string::npos);
      const Diagnosis diagnosis = diagnose(recorder.trajectory(), &one.objective);
      const Finding* finding = find_finding(diagnosis, "strict-saddle");
      REQUIRE(finding != nullptr);
      CHECK(finding->certainty == Certainty::proven);
      REQUIRE_FALSE(diagnosis.judged_points.empty());
      CHECK(diagnosis.judged_points.back().lambda_min == Approx(one.negative_curvature).epsilon(1e-4));
    }
  }
}

TEST_CASE("a start where the function is not finite ends as non-finite, without asking Ceres") {
  // Ceres itself runs on from NaN to the last iteration allowed, and calls that NO_CONVERGENCE.
  const Problem problem = problems::make("rosenbrock");
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    test::Witness witness;
    const RunResult result = ceres_minimize(*problem.objective, {bad, 1.0}, {}, {.observers = {&witness}});
    CHECK(result.end.end_class == EndClass::breakdown);
    CHECK(result.end.id == "non-finite");
    CHECK(result.iterations == 0);
    CHECK(result.counts == OracleCounts{.gradients = 1});
    CHECK(witness.records.size() == 1);
    CHECK(witness.finishes == 1);
  }
}

TEST_CASE("non-finite trial points: Ceres steps back from some; where there are only such, the run ends there") {
  const auto needle = functional(
      1, [](ConstVectorView x) { return x[0] == 1.0 ? 1.0 : std::numeric_limits<double>::quiet_NaN(); },
      [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  // 10 x - log x: minimum 1 + log 10 at x = 0.1; undefined for x <= 0, where Ceres' first step, of length 1, leads from
  // 0.9.
  int outside = 0;
  const auto barrier = functional(
      1,
      [&outside](ConstVectorView x) {
        outside += x[0] <= 0.0;
        return 10.0 * x[0] - std::log(x[0]);
      },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] > 0.0 ? 10.0 - 1.0 / x[0] : std::nan(""); });
  for (const Method& method : methods) {
    const CeresOptions options{.direction = method.direction, .line_search = method.line_search};
    INFO(ceres_name(options) << " " << ceres_settings(options)[0].second);
    test::Witness witness;
    const RunResult stuck = ceres_minimize(needle, {1.0}, options, {.observers = {&witness}});
    INFO(stuck.end.message);
    CHECK(stuck.end.end_class == EndClass::breakdown);
    CHECK(stuck.end.id == "non-finite");
    CHECK(stuck.iterations == 0);
    CHECK(stuck.value == 1.0);
    CHECK(witness.records.size() == 1);
    outside = 0;
    const RunResult inside = ceres_minimize(barrier, {0.9}, options);
    INFO(inside.end.message);
    CHECK(outside > 0);
    CHECK(inside.end.id == "ceres-convergence");
    CHECK(inside.value == Approx(1.0 + std::log(10.0)).margin(1e-5));
  }
}

TEST_CASE("with a wrong gradient nothing is called convergence that Ceres did not reach by a step") {
  // The gradient errs by 1e-2, about what the value falls per step near the saddle: line searches fail there.
  const NoisyGradient noisy(1e-2);
  int failures = 0;
  int zero_steps = 0;
  for (const Method& method : methods) {
    CeresOptions options{.direction = method.direction, .line_search = method.line_search};
    options.function_tolerance = options.parameter_tolerance = 0.0;
    INFO(ceres_name(options) << " " << ceres_settings(options)[0].second);
    test::Witness witness;
    const RunResult result =
        ceres_minimize(noisy, {0.0, 1.0}, options, {.stop = max_iterations(500), .observers = {&witness}});
    INFO(result.end.id << " " << result.end.message);
    CHECK(result.end.end_class != EndClass::convergence);
    failures += result.end.id == "ceres-failure";
    zero_steps += result.end.id == "ceres-zero-step";
    // The value is that of the last iterate (Ceres' own final_cost is -1 after FAILURE).
    CHECK(result.x == witness.points.back());
    CHECK(result.value == noisy.value(result.x));
    CHECK(result.value == witness.records.back().value);
  }
  CHECK(failures >= 1);
  CHECK(zero_steps >= 1);
}

TEST_CASE("degenerate starts and wrong options of ceres_minimize") {
  const Problem problem = problems::make("capped-saddle");
  const Objective& f = *problem.objective;
  test::Witness witness;
  const RunResult at_saddle = ceres_minimize(f, {0.0, 0.0}, {}, {.observers = {&witness}});
  CHECK(at_saddle.iterations == 0);
  CHECK(at_saddle.end.id == "ceres-convergence");
  CHECK(witness.records.size() == 1);
  CHECK(at_saddle.counts == OracleCounts{.gradients = 1});
  const auto point = functional(
      0, [](ConstVectorView) { return 4.0; }, [](ConstVectorView, VectorView) {});
  const RunResult nowhere = ceres_minimize(point, Vector());
  CHECK(nowhere.value == 4.0);
  CHECK(nowhere.iterations == 0);

  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(ceres_minimize(f, {1.0}), std::invalid_argument);
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {.memory = 0}), std::invalid_argument);
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {.gradient_tolerance = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {.function_tolerance = nan}), std::invalid_argument);
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {.parameter_tolerance = -0.5}), std::invalid_argument);
  CHECK_THROWS_WITH(ceres_minimize(f, {1.0, 1.0}, {.line_search = CeresLineSearch::armijo}),
                    "CeresOptions: ceres-lbfgs needs line_search wolfe, got armijo");
  const std::vector<std::uint8_t> state(8);
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {}, {.state = state}), std::invalid_argument);

  struct Saving final : Observer {
    void observe(const StepRecord& first, const Stepper& stepper) override { save_run(first, stepper); }
  } saving;
  CHECK_THROWS_AS(ceres_minimize(f, {1.0, 1.0}, {}, {.observers = {&saving}}), std::invalid_argument);
}
