#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/line_search_stall.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>

using namespace perigee;

namespace {

Trajectory recorded(const Objective& objective, const Solver& solver, ConstVectorView start, Index iterations = 500) {
  Recorder recorder;
  run(objective, solver, start, {.stop = max_iterations(iterations), .observers = {&recorder}});
  return recorder.trajectory();
}

GradientDescent armijo() { return GradientDescent({.line_search = line_searches::armijo()}); }

// `iterations` of a run that gains nothing from `begin` on, at `calls` values an iteration.
Trajectory stalling(Index iterations, Index begin, std::uint64_t calls) {
  Trajectory trajectory;
  for (Index k = 0; k <= iterations; ++k) {
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : StepKind::step;
    record.value = 2.0 - 0.01 * static_cast<double>(std::min(k, begin));
    record.gradient_norm = 0.3;
    record.step_size = k > begin ? 1e-6 : 0.1;
    record.counts.values = calls * static_cast<std::uint64_t>(k);
    trajectory.records.push_back(record);
  }
  return trajectory;
}

Diagnosis stalls_of(const Trajectory& trajectory) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_line_search_stall({trajectory, nullptr, options}, diagnosis);
  return diagnosis;
}

}  // namespace

TEST_CASE("a gradient of the wrong sign stalls the line search, and is named as the cause") {
  const auto wrong = functional(
      2, [](ConstVectorView x) { return 0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = -x; });
  const Trajectory trajectory = recorded(wrong, armijo(), {1.0, 2.0});
  REQUIRE(trajectory.end->id == "line-search-failed");
  const Diagnosis diagnosis = diagnose(trajectory, &wrong);
  const Finding* stall = find_finding(diagnosis, "line-search-stall");
  REQUIRE(stall != nullptr);
  CHECK(stall->certainty == Certainty::proven);
  CHECK(stall->severity == Severity::problem);
  CHECK(stall->message.find("not the derivative of the value") != std::string::npos);
  CHECK(find_finding(diagnosis, "derivative-mismatch") != nullptr);
  // Without the objective the cause stays open, and the report says what to do about it.
  const Diagnosis blind = diagnose(trajectory);
  REQUIRE(find_finding(blind, "line-search-stall") != nullptr);
  CHECK(find_finding(blind, "line-search-stall")->recommendation.find("with the objective") != std::string::npos);
}

TEST_CASE("a large constant in the value makes rounding the cause, which is information") {
  // f = 1e10 + x'x/2: values differ by 2e-6 at least, so steps that gain less cannot be judged.
  const auto offset = functional(
      2, [](ConstVectorView x) { return 1e10 + 0.5 * x.squaredNorm(); },
      [](ConstVectorView x, VectorView g) { g = x; });
  Trajectory trajectory = stalling(0, 0, 0);
  trajectory.records[0].value = offset.value({1e-4, 0.0});
  trajectory.records[0].gradient_norm = 1e-4;
  trajectory.records[0].step_size = 1.0;
  trajectory.end = End{EndClass::breakdown, "line-search-failed", "no step"};
  const DiagnoseOptions options{.gradient_tolerance = 1e-20};
  Diagnosis diagnosis;
  detect_line_search_stall({trajectory, nullptr, options}, diagnosis);
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].severity == Severity::information);
  CHECK(diagnosis.findings[0].message.find("below the rounding of the value") != std::string::npos);
}

TEST_CASE("a search that spends many evaluations on nothing is suspected, from where it began") {
  const Diagnosis diagnosis = stalls_of(stalling(80, 60, 25));
  REQUIRE(diagnosis.findings.size() == 1);
  const Finding& finding = diagnosis.findings[0];
  CHECK(finding.first == 60);
  CHECK(finding.last == 80);
  CHECK(finding.certainty == Certainty::suspected);
  CHECK(finding.severity == Severity::problem);
  CHECK(finding.evidence[1].value == 20.0 * 25.0);
}

TEST_CASE("what is short, cheap or still falling is no stall") {
  CHECK(stalls_of(stalling(80, 71, 25)).findings.empty());  // nine iterations
  CHECK(stalls_of(stalling(80, 60, 9)).findings.empty());   // few calls: a short step by choice
  CHECK(stalls_of(stalling(80, 80, 25)).findings.empty());  // progress until the end
  Trajectory unknown = stalling(80, 60, 0);                 // no counts recorded
  CHECK(stalls_of(unknown).findings.empty());
}

TEST_CASE("searches that still shorten the gradient find steps, though the value shows no change") {
  Trajectory trajectory = stalling(80, 60, 25);
  for (StepRecord& record : trajectory.records) {
    record.gradient_norm = 1e-6 * std::pow(0.8, static_cast<double>(record.iteration));
  }
  CHECK(stalls_of(trajectory).findings.empty());
}

TEST_CASE("a line search that fails while the run diverges is not the trouble") {
  // -x'x/2 is unbounded below: steps grow until no larger one can be tried.
  const auto unbounded = functional(
      2, [](ConstVectorView x) { return -0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = -x; });
  const Trajectory trajectory =
      recorded(unbounded, GradientDescent({.line_search = line_searches::strong_wolfe()}), {1.0, 2.0});
  const Diagnosis diagnosis = diagnose(trajectory, &unbounded);
  CAPTURE(diagnosis.summary);
  CHECK(find_finding(diagnosis, "divergence") != nullptr);
  CHECK(find_finding(diagnosis, "line-search-stall") == nullptr);
}

TEST_CASE("runs that converge or run out of budget have no stall") {
  const auto quadratic = functional(
      2, [](ConstVectorView x) { return 0.5 * (x[0] * x[0] + 50.0 * x[1] * x[1]); },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0];
        g[1] = 50.0 * x[1];
      });
  for (const Index iterations : {3, 30, 500}) {
    const Trajectory trajectory = recorded(quadratic, armijo(), {1.0, 1.0}, iterations);
    const Diagnosis diagnosis = diagnose(trajectory, &quadratic);
    const Finding* stall = find_finding(diagnosis, "line-search-stall");
    CAPTURE(iterations, diagnosis.summary);
    // At the minimum to the last digit a search has nothing to find: said as information only.
    if (stall != nullptr) CHECK(stall->severity == Severity::information);
    if (iterations < 500) CHECK(stall == nullptr);
  }
}
