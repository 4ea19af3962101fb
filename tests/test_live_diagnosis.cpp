#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/online/live_diagnosis.hpp>
#include <perigee/diagnostics/saddle_passage.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <cstdlib>
#include <new>
#include <set>
#include <string>
#include <vector>

using namespace perigee;

namespace {

// Saves the run and its live diagnosis at one iterate.
class Saver final : public Observer {
 public:
  Saver(const LiveDiagnosis& watched, Index at) : live_(watched), at_(at) {}
  void observe(const StepRecord& first, const Stepper& stepper) override {
    if (stepper.record().iteration != at_) return;
    run = save_run(first, stepper);
    StateWriter writer;
    live_.save(writer);
    live.assign(writer.bytes().begin(), writer.bytes().end());
  }
  std::vector<std::uint8_t> run;
  std::vector<std::uint8_t> live;

 private:
  const LiveDiagnosis& live_;
  Index at_;
};

std::vector<std::uint8_t> state_of(const LiveDiagnosis& live) {
  StateWriter writer;
  live.save(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

std::set<std::string> ids_of(const Diagnosis& diagnosis) {
  std::set<std::string> ids;
  for (const Finding& finding : diagnosis.findings) ids.insert(finding.id);
  return ids;
}

}  // namespace

TEST_CASE("the live diagnosis of a run short enough is that of its record, and the run is the same with or without") {
  const Problem octopus = problems::make("octopus");
  const GradientDescent solver({.learning_rate = 0.05});
  Recorder recorder;
  LiveDiagnosis live({}, {.most_records = 2048});
  const RunResult watched = run(*octopus.objective, solver, octopus.starts[0].x,
                                {.stop = max_iterations(1500), .observers = {&recorder, &live}});
  const RunResult alone = run(*octopus.objective, solver, octopus.starts[0].x, {.stop = max_iterations(1500)});
  CHECK(watched.x == alone.x);
  CHECK(watched.value == alone.value);
  Trajectory recorded = recorder.trajectory();
  recorded.snapshots.clear();
  const Diagnosis expected = diagnose(recorded);
  const Diagnosis seen = live.diagnosis();
  CHECK(seen.summary == expected.summary);
  CHECK(ids_of(seen) == ids_of(expected));
}

TEST_CASE("interrupted, saved and resumed anywhere, it has seen the same to the last bit") {
  // Langevin dynamics has noise, so snapshots are kept as well.
  const Problem problem = problems::make("double-well");
  const auto solver = solvers::make("langevin-dynamics", {}, problem);
  Trajectory description;
  annotate(description, problem, *solver);
  LiveDiagnosis whole(description, {.most_records = 128});
  RunOptions options{.stop = max_iterations(5000), .random = RandomSource(3)};
  options.observers = {&whole};
  run(*problem.objective, *solver, problem.starts[0].x, options);
  REQUIRE(whole.trajectory().condensation);
  REQUIRE(whole.trajectory().snapshots.size() >= 32);
  for (const Index split : {0, 1, 127, 1000, 4999}) {
    LiveDiagnosis first(description, {.most_records = 128});
    Saver saver(first, split);
    options.observers = {&first, &saver};
    options.state = {};
    run(*problem.objective, *solver, problem.starts[0].x, options);
    LiveDiagnosis second(description, {.most_records = 128});
    StateReader reader(saver.live);
    second.load(reader);
    CHECK(reader.at_end());
    options.observers = {&second};
    options.state = saver.run;
    run(*problem.objective, *solver, problem.starts[0].x, options);
    CAPTURE(split);
    CHECK(state_of(second) == state_of(whole));
  }
}

TEST_CASE("memory does not grow with the run") {
  // The state holds everything that is kept: its size is bounded whatever the number of rows.
  LiveDiagnosis live({}, {.most_records = 128});
  StepRecord row;
  std::size_t largest = 0;
  for (Index k = 0; k < 2000000; ++k) {
    row.iteration = k;
    row.value = 1.0 / static_cast<double>(k + 1);
    live.observe(row);
    if (k > 1000 && k % 99991 == 0) largest = std::max(largest, state_of(live).size());
  }
  CHECK(live.trajectory().records.size() <= 130);
  CHECK(largest < 130 * 400);  // bytes a record
}

TEST_CASE("on its way out of a saddle a run is told so, with the rate of the linearization and the time left") {
  // 1/2 x^2 - lambda/2 y^2 + lambda/4 y^4 from y = 1e-9: the gradient grows by 1 + eta lambda an iteration.
  const double eta = 0.05;
  const auto objective = test::double_well(1.0);
  const GradientDescent solver({.learning_rate = eta});
  LiveDiagnosis live;
  const Vector start{1.0, 1e-9};
  run(*objective, solver, start, {.stop = max_iterations(300), .observers = {&live}});
  const Trajectory now = live.trajectory();
  const std::optional<OngoingEscape> escape = ongoing_escape(now);
  REQUIRE(escape);
  CHECK(escape->rate == Approx(std::log1p(eta)).epsilon(1e-3).margin(0));
  // Until the norm is a tenth of the first one, 1: along y the gradient is eta-compounded from 1e-9.
  const double predicted = std::log(0.1 / now.records.back().gradient_norm) / std::log1p(eta);
  CHECK(escape->predicted_exit == Approx(predicted).epsilon(1e-2).margin(0));
  Trajectory whole = test::descend(*objective, test::constant_step(eta), start, 1000);
  Index exit = 0;
  for (const StepRecord& record : whole.records) {
    if (record.iteration > 100 && record.gradient_norm >= 0.1) {
      exit = record.iteration;
      break;
    }
  }
  CHECK(std::abs(static_cast<double>(exit) - 300.0 - escape->predicted_exit) <= 2.0);
  const CurrentCourse course = live.course();
  CHECK(course.kind == "escape");
  CHECK(course.sentence.rfind("near a saddle? gradient growing 1.05x an iteration, exit predicted in ~", 0) == 0);
}

TEST_CASE("the course of a run in words") {
  struct Case {
    std::string name;
    std::string kind;
  };
  for (const Case& one :
       std::vector<Case>{{"period 2", "step-too-large"}, {"diverged", "divergence"}, {"exponential", "descent"}}) {
    for (const test::LabelledRun& run : test::labelled_runs()) {
      if (run.name != one.name) continue;
      Trajectory description;
      description.lower_bound = run.trajectory.lower_bound;
      if (one.name == "exponential") description.lower_bound = 0.0;
      LiveDiagnosis live(description);
      for (const StepRecord& record : run.trajectory.records) live.observe(record);
      CAPTURE(one.name, live.course().sentence);
      CHECK(live.course().kind == one.kind);
    }
  }
  CHECK(LiveDiagnosis().course().sentence == "nothing recorded yet");
}

TEST_CASE("options out of range are refused") {
  CHECK_THROWS_WITH(LiveDiagnosis({}, {.most_snapshots = 31}),
                    "LiveDiagnosis: most_snapshots must be even and >= 32, got 31");
  CHECK_THROWS_WITH(LiveDiagnosis({}, {.most_records = 100}),
                    "Condenser: most_records must be a power of two >= 128, got 100");
}
