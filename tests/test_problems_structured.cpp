// The structured problems: what holds of each of them, whatever its formula. Single facts are in
// test_problems_structured_facts.cpp.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/stop.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using perigee::test::dense_hessian;

namespace {

struct Instance {
  std::string name;
  Parameters::Assignments parameters;
};

// Every structured problem with its defaults, and with parameters at edges of its formulas.
const std::vector<Instance>& instances() {
  static const std::vector<Instance> all{
      {"rank-one-pca", {}},
      {"rank-one-pca", {{"dimension", "1"}}},
      {"rank-one-pca", {{"dimension", "4"}, {"leading", "1"}, {"gap", "0.01"}}},
      {"symmetric-factorization", {}},
      {"symmetric-factorization", {{"dimension", "3"}, {"rank", "3"}}},
      {"symmetric-factorization", {{"dimension", "4"}, {"rank", "1"}, {"largest", "2"}}},
      {"rectangular-factorization", {}},
      {"rectangular-factorization", {{"rank", "1"}}},
      {"rectangular-factorization", {{"rows", "3"}, {"other_rows", "5"}, {"rank", "2"}, {"balance", "0"}}},
      {"matrix-sensing", {}},
      {"matrix-sensing", {{"dimension", "4"}, {"rank", "1"}, {"measurements", "40"}, {"seed", "7"}}},
      {"matrix-completion", {}},
      {"matrix-completion", {{"dimension", "6"}, {"rank", "1"}, {"probability", "1"}, {"penalty", "0"}}},
      {"phase-retrieval", {}},
      {"phase-retrieval", {{"dimension", "1"}, {"samples", "3"}}},
      {"phase-retrieval-population", {}},
      {"phase-retrieval-population", {{"dimension", "1"}}},
      {"phase-retrieval-population", {{"dimension", "2"}, {"signal_norm", "3"}}},
      {"tensor-decomposition", {}},
      {"tensor-decomposition", {{"dimension", "2"}, {"seed", "3"}}},
      {"independent-components", {}},
      {"independent-components", {{"dimension", "2"}}},
      {"dictionary-column", {}},
      {"dictionary-column", {{"dimension", "3"}, {"samples", "50"}, {"smoothing", "1"}}},
      {"deep-linear-network", {}},
      {"deep-linear-network", {{"depth", "1"}}},
      {"deep-linear-network", {{"depth", "2"}}},
      {"deep-linear-network", {{"depth", "2"}, {"width", "2"}, {"inputs", "4"}}},
      {"deep-linear-network", {{"depth", "5"}, {"width", "2"}, {"start_scale", "0.6"}}},
      {"relu-teacher-student", {}},
      {"relu-teacher-student", {{"students", "1"}, {"teachers", "3"}}},
      {"relu-teacher-student", {{"students", "3"}, {"teachers", "2"}}},
      {"logistic-regression", {}},
      {"logistic-regression", {{"dimension", "2"}, {"samples", "20"}, {"penalty", "1"}}},
      {"binary-perceptron", {}},
      {"binary-perceptron", {{"dimension", "11"}, {"load", "0.4"}, {"lambda", "0.2"}}},
      {"gaussian-mixture", {}},
      {"gaussian-mixture", {{"components", "3"}, {"dimension", "1"}, {"remoteness", "4"}}},
      {"gaussian-mixture", {{"components", "2"}, {"separation", "0"}, {"dimension", "1"}}},
      {"robust-regression", {}},
      {"robust-regression", {{"loss", "welsch"}}},
      {"robust-regression", {{"loss", "geman-mcclure"}, {"noise", "0"}, {"contamination", "0"}}},
      {"max-cut", {}},
      {"max-cut", {{"vertices", "7"}, {"columns", "3"}}},
      {"max-cut", {{"graph", "complete"}, {"vertices", "5"}, {"columns", "4"}}},
      {"max-cut", {{"graph", "random"}, {"vertices", "9"}, {"columns", "5"}}},
      {"softmax-attention", {}},
      {"softmax-attention", {{"loss", "cross-entropy"}, {"tokens", "3"}, {"width", "6"}}},
      {"softmax-attention", {{"loss", "squared"}, {"tokens", "2"}}},
  };
  return all;
}

std::string describe(const Instance& instance) {
  std::string text = instance.name;
  for (const auto& [key, value] : instance.parameters) text += " " + key + "=" + value;
  return text;
}

Problem made(const Instance& instance) { return problems::make(instance.name, instance.parameters); }

Eigen::VectorXd eigenvalues_of(const Eigen::MatrixXd& hessian) { return test::symmetric_eigenvalues(hessian); }

}  // namespace

TEST_CASE("every structured problem of the registry is tested here") {
  for (const problems::Entry& entry : problems::registry()) {
    if (entry.family != "structured") continue;
    INFO(entry.name);
    CHECK(std::any_of(instances().begin(), instances().end(),
                      [&](const Instance& instance) { return instance.name == entry.name; }));
  }
}

TEST_CASE("derivatives pass the checker at random points and at stationary points") {
  // Taylor slopes of value, gradient and curvature; products linear and symmetric. Where the error curve of a part is
  // not straight (undecided) nothing is claimed, so the parts that decide are counted below.
  int passed = 0;
  int decided_or_not = 0;
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    RandomEngine engine = RandomSource(41).engine(describe(instance));
    std::vector<Vector> points{problem.random_start(engine), problem.random_start(engine)};
    for (const StationaryPoint& point : problem.stationary_points) {
      // A Hessian that is 0 but for rounding (a cycle twisted by right angles) is neither linear nor symmetric to
      // digits.
      if (dense_hessian(*problem.objective, point.x).norm() > 1e-12) points.push_back(point.x);
    }
    if (points.size() > 6) points.resize(6);
    for (const Vector& point : points) {
      const DerivativeReport report = check_derivatives(*problem.objective, point, RandomSource(42), {.directions = 2});
      INFO(describe(instance) << ": " << report.text());
      CHECK(report.outcome() != CheckOutcome::failed);
      for (const DerivativePart& part : report.parts) {
        passed += part.outcome == CheckOutcome::passed ? 1 : 0;
        ++decided_or_not;
      }
    }
  }
  CHECK(passed >= decided_or_not * 95 / 100);
}

TEST_CASE("structured stationary points are stationary, of their value, type and index") {
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    for (const StationaryPoint& point : problem.stationary_points) {
      INFO(describe(instance) << " at " << point.x.view().transpose());
      Vector gradient(point.x.size());
      const double value = problem.objective->value_and_gradient(point.x, gradient);
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, point.x);
      const Eigen::VectorXd eigenvalues = eigenvalues_of(hessian);
      const double size = eigenvalues.cwiseAbs().maxCoeff();
      const double zero = 1e-9 * (1.0 + size);
      CHECK((hessian - hessian.transpose()).norm() <= 1e-12 * (1.0 + size));
      CHECK(gradient.view().norm() <= 1e-12 * (1.0 + size));
      CHECK(value == Approx(point.value).epsilon(1e-12).margin(1e-12));
      CHECK((eigenvalues.array() < -zero).count() == point.index);
      switch (point.type) {
        case StationaryType::minimum:
          CHECK(eigenvalues[0] > zero);
          break;
        case StationaryType::strict_saddle:
          CHECK(eigenvalues[0] < -zero);
          CHECK(point.index < point.x.size());
          break;
        case StationaryType::maximum:
          CHECK(eigenvalues[eigenvalues.size() - 1] < -zero);
          break;
        case StationaryType::degenerate:
          CHECK(std::abs(eigenvalues[0]) <= zero);
          break;
      }
      if (problem.optimal_value) CHECK(point.value >= *problem.optimal_value - 1e-12);
    }
  }
}

TEST_CASE("the infimum is attained where a minimum is listed, and nothing random lies below it") {
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    if (!problem.optimal_value) continue;
    INFO(describe(instance));
    double least = std::numeric_limits<double>::infinity();
    for (const StationaryPoint& point : problem.stationary_points) least = std::min(least, point.value);
    if (!problem.stationary_points.empty() && std::isfinite(least)) {
      // Where only saddles are known (fewer students than teachers) no infimum is given.
      CHECK(least == Approx(*problem.optimal_value).epsilon(1e-12).margin(1e-12));
    }
    RandomEngine engine = RandomSource(43).engine(describe(instance));
    for (int trial = 0; trial < 100; ++trial) {
      REQUIRE(problem.objective->value(problem.random_start(engine)) >= *problem.optimal_value - 1e-12);
    }
  }
}

TEST_CASE("structured problems have what a user of the registry relies on") {
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    INFO(describe(instance));
    CHECK(problem.name == instance.name);
    CHECK_FALSE(problem.summary.empty());
    CHECK_FALSE(problem.why_hard.empty());
    REQUIRE_FALSE(problem.starts.empty());
    CHECK(problem.suggested_step.has_value());
    for (const StartPoint& start : problem.starts) {
      CHECK(start.x.size() == problem.objective->dimension());
      CHECK(std::isfinite(problem.objective->value(start.x)));
    }
    RandomEngine engine = RandomSource(1).engine("start");
    RandomEngine again = RandomSource(1).engine("start");
    const Vector start = problem.random_start(engine);
    CHECK(start.size() == problem.objective->dimension());
    CHECK(start == problem.random_start(again));
    CHECK(problem.objective->has_exact_hessian_vector_product());
    // The same parameters make the same problem.
    CHECK(made(instance).objective->value(start) == problem.objective->value(start));
  }
}

TEST_CASE("the suggested step of a structured problem descends monotonically from the first start") {
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    Oracle oracle(*problem.objective);
    const GradientDescent solver({.learning_rate = *problem.suggested_step});
    const auto stepper = solver.start(oracle, problem.starts.front().x, RandomSource(0));
    double previous = stepper->current().value();
    for (int k = 0; k < 300 && stepper->step() == StepStatus::advanced; ++k) {
      INFO(describe(instance) << ", iteration " << k + 1);
      REQUIRE(stepper->current().value() <= previous + 1e-12 * (1.0 + std::abs(previous)));
      previous = stepper->current().value();
    }
    INFO(describe(instance));
    CHECK(previous < problem.objective->value(problem.starts.front().x));
  }
}

TEST_CASE("stated smoothness constants of structured problems bound the Hessian and its changes") {
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    if (!problem.gradient_lipschitz) continue;
    RandomEngine engine = RandomSource(44).engine(describe(instance));
    for (int trial = 0; trial < 20; ++trial) {
      const Vector x = problem.random_start(engine);
      const Vector y = problem.random_start(engine);
      INFO(describe(instance));
      const Eigen::MatrixXd hessian = dense_hessian(*problem.objective, x);
      CHECK(eigenvalues_of(hessian).cwiseAbs().maxCoeff() <= *problem.gradient_lipschitz);
      if (!problem.hessian_lipschitz) continue;
      const Eigen::MatrixXd change = hessian - dense_hessian(*problem.objective, y);
      CHECK(eigenvalues_of(change).cwiseAbs().maxCoeff() <= *problem.hessian_lipschitz * (x.view() - y.view()).norm());
    }
  }
}

TEST_CASE("finite sums are the means of their terms, and a batch of all terms is the objective") {
  std::vector<std::string> sums;
  for (const Instance& instance : instances()) {
    const Problem problem = made(instance);
    const auto* sum = dynamic_cast<const FiniteSum*>(problem.objective.get());
    if (sum == nullptr) continue;
    if (sums.empty() || sums.back() != instance.name) sums.push_back(instance.name);
    INFO(describe(instance));
    RandomEngine engine = RandomSource(45).engine(describe(instance));
    const Vector x = problem.random_start(engine);
    const Index n = x.size();
    Vector whole(n), mean(n), batch(n);
    const double value = sum->value_and_gradient(x, whole);
    double total = 0.0;
    for (Index i = 0; i < sum->term_count(); ++i) total += sum->add_term(i, x, mean);
    const auto count = static_cast<double>(sum->term_count());
    mean.view() /= count;
    CHECK(total / count == Approx(value).epsilon(1e-12));
    CHECK((mean.view() - whole.view()).norm() <= 1e-12 * (1.0 + whole.view().norm()));
    std::vector<Index> every(static_cast<std::size_t>(sum->term_count()));
    std::iota(every.begin(), every.end(), Index{0});
    CHECK(sum->batch_value_and_gradient(every, x, batch) == value);
    CHECK(batch == whole);
    // A batch of one term, named twice, is that term.
    Vector alone(n);
    const double term = sum->add_term(0, x, alone);
    CHECK(sum->batch_value_and_gradient(std::vector<Index>{0, 0}, x, batch) == Approx(term).epsilon(1e-12));
    CHECK((batch.view() - alone.view()).norm() <= 1e-12 * (1.0 + alone.view().norm()));
    CHECK(std::isnan(sum->batch_value_and_gradient({}, x, batch)));
  }
  CHECK(sums == std::vector<std::string>{"matrix-sensing", "matrix-completion", "phase-retrieval",
                                         "independent-components", "dictionary-column", "logistic-regression",
                                         "binary-perceptron", "gaussian-mixture", "robust-regression",
                                         "softmax-attention"});
}

TEST_CASE("stochastic gradient descent lowers every finite sum by minibatches") {
  // Steps of a tenth of the suggested one, 30 epochs: the mean over all terms falls. Fixed seeds; a failure of another
  // seed would need the noise of batches of 4 to outweigh the descent.
  for (const char* name :
       {"matrix-sensing", "matrix-completion", "phase-retrieval", "independent-components", "dictionary-column",
        "logistic-regression", "binary-perceptron", "gaussian-mixture", "robust-regression", "softmax-attention"}) {
    const Problem problem = problems::make(name);
    const Vector& start = problem.starts.front().x;
    const Index terms = dynamic_cast<const FiniteSum&>(*problem.objective).term_count();
    const StochasticGradientDescent solver(
        {.learning_rate = 0.1 * *problem.suggested_step, .batch = {.size = std::min<Index>(4, terms)}});
    const RunResult result =
        run(*problem.objective, solver, start, {.stop = max_iterations(30 * terms / 4), .random = RandomSource(46)});
    INFO(name);
    CHECK(problem.objective->value(result.x) < problem.objective->value(start));
  }
}

TEST_CASE("every parameter of a structured problem may take its extreme values, or says why not") {
  // Least and greatest values of numbers, one at a time; of integers only the least, because sizes at their greatest
  // are too large to be made in a test. What is too large together is refused (below).
  for (const problems::Entry& entry : problems::registry()) {
    if (entry.family != "structured") continue;
    for (const ParameterDescription& parameter : entry.parameters) {
      if (parameter.kind == ParameterKind::text) continue;
      std::vector<double> extremes{parameter.least};
      if (parameter.kind == ParameterKind::real) extremes.push_back(parameter.greatest);
      for (const double extreme : extremes) {
        INFO(entry.name << " " << parameter.name << "=" << extreme);
        try {
          const Problem problem = problems::make(entry.name, {{parameter.name, format_exact(extreme)}});
          const Vector& start = problem.starts.front().x;
          Vector gradient(start.size());
          CHECK(std::isfinite(problem.objective->value_and_gradient(start, gradient)));
          CHECK(gradient.view().allFinite());
          CHECK(*problem.suggested_step > 0.0);
        } catch (const std::invalid_argument& error) {
          // The message names the problem and the value.
          CHECK(std::string(error.what()).starts_with(entry.name + ": "));
          CHECK(std::string(error.what()).find("got ") != std::string::npos);
        }
      }
    }
  }
  REQUIRE_THROWS_WITH(problems::make("matrix-sensing", {{"dimension", "1000"}, {"measurements", "1e6"}}),
                      "matrix-sensing: measurements x dimension^2 must be <= 2e+08, got 1e+12");
  REQUIRE_THROWS_WITH(problems::make("max-cut", {{"graph", "complete"}, {"vertices", "100000"}}),
                      "max-cut: vertices^2/2 must be <= 2e+08, got 5e+09");
}
