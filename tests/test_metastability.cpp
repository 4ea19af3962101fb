// What several runs show together: against simulated jumps of known rate, hand-made curves, and softmax policies whose
// escape times theory gives.
#include "support/catch.hpp"

#include <perigee/diagnostics/compare/metastability.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/escape_time.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/langevin_dynamics.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace perigee;

namespace {

struct JumpProcess {
  double rate = 1e-3;   // of the jump from 1 to 0, an iteration
  double direct = 0.0;  // share of the runs that go to 0 at once
  Index iterations = 1000;
  double noise = 0.05;  // standard deviation of a record
};

// From 2 within ten iterations to the level 1, from there to 0 by a jump at an exponential time.
Trajectory jump_run(const JumpProcess& process, std::uint64_t seed) {
  RandomEngine engine = RandomSource(seed).engine("jump run");
  const bool is_direct = uniform_unit(engine) < process.direct;
  const double jump = is_direct ? 10.0 : 10.0 - std::log1p(-uniform_unit(engine)) / process.rate;
  Vector noise(process.iterations + 1);
  fill_standard_normal(engine, noise.view());
  Trajectory trajectory;
  for (Index k = 0; k <= process.iterations; ++k) {
    const double t = static_cast<double>(k);
    const double level = t < 10.0 ? 2.0 - 0.1 * t : t < jump ? 1.0 : 0.0;
    StepRecord record;
    record.iteration = k;
    record.value = level + process.noise * noise[k];
    trajectory.records.push_back(record);
  }
  return trajectory;
}

std::vector<RunCourse> jump_runs(const JumpProcess& process, std::uint64_t seed, int count) {
  std::vector<RunCourse> courses;
  for (int i = 0; i < count; ++i) {
    courses.push_back(course_of(jump_run(process, 1000 * seed + static_cast<std::uint64_t>(i))));
  }
  return courses;
}

// A curve without noise, of a function of the iteration.
template <class Function>
RunCourse curve(Index iterations, Function function) {
  Trajectory trajectory;
  for (Index k = 0; k <= iterations; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = function(static_cast<double>(k));
    trajectory.records.push_back(record);
  }
  return course_of(trajectory);
}

std::string joined(const Together& together) {
  std::string text;
  for (const std::string& sentence : together.sentences) text += sentence + '\n';
  return text;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("jumps of a known rate: two levels, an interval that covers at its level, few false alarms") {
  const JumpProcess process;  // 63% jump
  constexpr int repetitions = 300;
  int measured = 0;
  int covered = 0;
  int rejected = 0;
  int advised = 0;
  Index moving = 0;
  for (std::uint64_t seed = 0; seed < repetitions; ++seed) {
    const std::vector<RunCourse> courses = jump_runs(process, seed, 20);
    const Together together = read_together(courses);
    if (together.levels.size() != 2) continue;
    ++measured;
    const TogetherLevel& well = together.levels[1];
    covered += well.rate.lower <= process.rate && process.rate <= well.rate.upper;
    rejected += well.leaving != LeavingRate::constant;
    advised += well.advice == RestartAdvice::restart || well.advice == RestartAdvice::wait;
    // A jump within the last tenth leaves a run on its way: 4% of them.
    CAPTURE(seed);
    CHECK(static_cast<Index>(together.levels[0].ends.size() + well.ends.size()) == 20 - together.moving);
    moving += together.moving;
    CHECK(well.value == Approx(1.0).margin(0.02));
    CHECK(together.levels[0].value == Approx(0.0).margin(0.02));
  }
  INFO(measured << " measured, " << covered << " covered, " << rejected << " rejected, " << advised << " advised");
  // All twenty jump in (1 - 1/e)^20 = 1e-4 of the samples; a jump within the last records makes a third level at most
  // once in a hundred of them.
  CHECK(measured >= 285);
  // 95% - 4 standard deviations of 1.26% (false alarm 6e-5); the interval may be wider than its level.
  CHECK(covered >= 0.90 * measured);
  CHECK(covered < measured);
  // 5% + 4 standard deviations.
  CHECK(moving <= 20 * 6 * measured / 100);
  CHECK(rejected <= 0.10 * measured);
  // The runs start in the well, so that waiting and restarting cost the same: advice is an error, and both intervals
  // would have to miss on different sides.
  CHECK(advised <= 0.05 * measured);
}

TEST_CASE("where most runs go to the best level at once, a run in the well is restarted") {
  const std::vector<RunCourse> courses = jump_runs({.rate = 1e-4, .direct = 0.6}, 1, 20);
  const Together together = read_together(courses);
  REQUIRE(together.levels.size() == 2);
  const TogetherLevel& well = together.levels[1];
  CHECK(well.advice == RestartAdvice::restart);
  // A restart takes 10 iterations and works with probability 0.6.
  CHECK(together.restart_cost.value < 100.0);
  CHECK(together.restart_cost.lower <= 10.0 / 0.6);
  CHECK(well.remaining.lower > 100.0);
  CHECK(contains(joined(together), "Restart rather than wait"));
}

TEST_CASE("where arriving in the well is what takes long, a run there had better wait") {
  // 900 iterations far above the level 1, then a jump at rate 1/50: 950 for a new start, 50 for one that is there.
  std::vector<RunCourse> courses;
  for (std::uint64_t i = 0; i < 30; ++i) {
    RandomEngine engine = RandomSource(i).engine("late jump");
    const double jump = 900.0 - 50.0 * std::log1p(-uniform_unit(engine));
    courses.push_back(curve(1000, [jump](double t) { return t < 900.0 ? 10.0 - 0.005 * t : t < jump ? 1.0 : 0.0; }));
  }
  const Together together = read_together(courses);
  REQUIRE(together.levels.size() == 2);
  CHECK(together.levels[1].rate.lower < 0.02);
  CHECK(together.levels[1].rate.upper > 0.02);
  CHECK(together.levels[1].advice == RestartAdvice::wait);
  CHECK(together.restart_cost.lower > 900.0);
}

TEST_CASE("equal levels are one within the noise of the runs, different ones are not") {
  // Stationary ends at 0 with noise: one level, whatever the sample (false split below 1e-3 a sample).
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Together together = read_together(jump_runs({.rate = 1.0, .noise = 0.3}, 100 + seed, 10));
    CAPTURE(seed);
    CHECK(together.levels.size() == 1);
    CHECK(contains(together.sentences.front(), "all end at one level"));
  }
  // Two minima a thousandth apart, without noise.
  std::vector<RunCourse> courses;
  for (int i = 0; i < 6; ++i) {
    const double minimum = i % 3 == 0 ? 0.5 : 0.501;
    courses.push_back(curve(200, [minimum](double t) { return minimum + std::exp(-0.5 * t); }));
  }
  const Together together = read_together(courses);
  REQUIRE(together.levels.size() == 2);
  CHECK(together.levels[0].ends == std::vector<Index>{0, 3});
  CHECK(together.levels[1].ends == std::vector<Index>{1, 2, 4, 5});
}

TEST_CASE("power laws that approach one limit at different speeds end at one level, and no course is a stay") {
  std::vector<RunCourse> courses;
  for (int i = 0; i < 8; ++i) {
    const double speed = 1.0 + i;
    courses.push_back(curve(1000, [speed](double t) { return 1.0 / (1.0 + speed * t); }));
  }
  Together together = read_together(courses);
  REQUIRE(together.levels.size() == 1);
  CHECK(together.levels[0].ends.size() == 8);
  // With one that stays at 1/2: the others pass there, and passing is no stay.
  courses.push_back(curve(1000, [](double t) { return 0.5 + std::exp(-t); }));
  together = read_together(courses);
  REQUIRE(together.levels.size() == 2);
  CHECK(together.levels[1].ends == std::vector<Index>{8});
  CHECK(together.levels[1].stays == 1);
  CHECK(together.levels[1].left == 0);
}

TEST_CASE("runs that fall past a level when they end are on their way, broken ones are counted, few runs only count") {
  std::vector<RunCourse> courses;
  for (int i = 0; i < 3; ++i) courses.push_back(curve(1000, [](double t) { return std::exp(-0.1 * t); }));
  courses.push_back(curve(1000, [](double t) { return 2.0 - 0.001 * t; }));
  Together together = read_together(courses);
  REQUIRE(together.levels.size() == 1);
  CHECK(together.moving == 1);
  CHECK(contains(together.sentences[0], "1 still on the way"));
  CHECK(std::isnan(together.levels[0].share.lower));
  CHECK(contains(joined(together), "Shares and rates take 5 runs or more."));

  Trajectory broken;
  broken.records.resize(2);
  broken.records[0].value = 1.0;
  broken.records[1].iteration = 1;
  broken.records[1].value = std::numeric_limits<double>::infinity();
  courses.push_back(course_of(broken));
  together = read_together(courses);
  CHECK(together.broken == 1);
  CHECK(together.levels[0].share.value == Approx(0.6));
  CHECK(contains(joined(together), "1 broke down"));

  courses[0].method = "another";
  together = read_together(courses);
  CHECK_FALSE(together.is_one_method);
  CHECK(std::isnan(together.levels[0].share.value));
  CHECK(contains(joined(together), "The runs differ in solver or options"));

  CHECK(read_together({}).levels.empty());
}

TEST_CASE("runs of several problems are read apart, with the places they have among all") {
  std::vector<RunCourse> courses;
  for (int i = 0; i < 5; ++i) {
    courses.push_back(curve(100, [i](double t) { return i + std::exp(-t); }));
    courses.back().problem = i == 2 ? "other" : i == 4 ? "third" : "one";
  }
  courses.push_back(courses[2]);
  const std::vector<Together> all = read_together_by_problem(courses);
  REQUIRE(all.size() == 2);
  CHECK(all[0].problem == "one");
  CHECK(all[0].runs == std::vector<Index>{0, 1, 3});
  REQUIRE(all[0].levels.size() == 3);
  CHECK(all[0].levels[2].ends == std::vector<Index>{3});
  CHECK(all[1].runs == std::vector<Index>{2, 5});
  CHECK(all[1].levels.size() == 1);
}

TEST_CASE("a softmax bandit from twenty starts: as many leave the well, and after as long, as theory says") {
  // Three arms with rewards 1, 0.8 and 0.1. The policies start near the second arm, with pi(a*) from 0.2 down to 0.004,
  // equally spaced in the logarithm. Theory: the flow d theta_a/dt = eta pi_a (r_a - pi'r), integrated until the value
  // is in the core of the best level, a quarter of the gap above it.
  const std::vector<double> rewards{1.0, 0.8, 0.1};
  constexpr double step = 0.4;
  constexpr Index iterations = 1000;
  const Problem problem = problems::make("softmax-bandit", {{"rewards", "1,0.8,0.1"}});
  std::vector<RunCourse> courses;
  std::vector<std::vector<double>> policies;
  for (int i = 0; i < 20; ++i) {
    const double best = 0.2 * std::pow(0.02, i / 19.0);
    policies.push_back({best, 0.999 * (1.0 - best), 0.001 * (1.0 - best)});
    Vector start(3);
    for (Index a = 0; a < 3; ++a) start[a] = std::log(policies.back()[static_cast<std::size_t>(a)]);
    Recorder recorder({}, probe_of(problem));
    const GradientDescent solver({.learning_rate = schedules::constant(step)});
    run(*problem.objective, solver, start.view(), {.stop = max_iterations(iterations), .observers = {&recorder}});
    annotate(recorder.trajectory(), problem, solver);
    courses.push_back(course_of(recorder.trajectory(), diagnose(recorder.trajectory())));
  }
  const Together together = read_together(courses);
  REQUIRE(together.levels.size() == 2);
  const TogetherLevel& best = together.levels[0];
  const TogetherLevel& well = together.levels[1];
  CHECK(best.value < 0.02);
  CHECK(well.value == Approx(0.2).epsilon(0.1));
  const double core = best.value + 0.25 * (well.value - best.value);
  Index leave = 0;
  Index stay = 0;
  double total = 0.0;
  for (const std::vector<double>& policy : policies) {
    const double escape = softmax_escape_time(policy, rewards, step, core);
    const double time = std::min<double>(escape, iterations) - well.shortest_stay;
    if (!(time > 0.0)) continue;
    total += time;
    ++(escape < iterations ? leave : stay);
  }
  CAPTURE(joined(together), well.shortest_stay, leave, stay);
  CHECK(leave >= 8);
  CHECK(stay >= 2);
  CHECK(well.left == leave);
  CHECK(well.stays == leave + stay);
  // Discrete steps follow the flow within 2% here, and levels are read off the records.
  CHECK(well.total_time == Approx(total).epsilon(0.03));
  CHECK(well.rate.value == Approx(static_cast<double>(leave) / total).epsilon(0.03));
  // The next to leave is the one that came nearest to leaving: all still there started below those that left.
  CHECK(well.ends.back() == 19);
  CHECK(together.problem == "softmax-bandit");
}

TEST_CASE("Langevin runs leave the shallow side of a tilted well at Kramers' rate, and the times are exponential") {
  // Kramers (1940), strong friction, a step of eta of time: eta sqrt(f''(a) |f''(s)|)/(2 pi) exp(-(f(s) - f(a))/T), for
  // f = x^4/4 - x^2/2 + 0.2 x, whose stationary points solve x^3 - x + 0.2 = 0. Its error is of the order of T over the
  // barrier, 0.0817, and of eta.
  const double temperature = 0.02;
  const double step = 0.1;
  const double well = 2.0 / std::sqrt(3.0) * std::cos(std::acos(-0.3 * std::sqrt(3.0)) / 3.0);
  const double saddle =
      2.0 / std::sqrt(3.0) * std::cos(std::acos(-0.3 * std::sqrt(3.0)) / 3.0 - 2.0 * std::numbers::pi / 3.0);
  const auto f = [](double x) { return 0.25 * std::pow(x, 4) - 0.5 * x * x + 0.2 * x; };
  const auto curvature = [](double x) { return 3.0 * x * x - 1.0; };
  const double kramers = step * std::sqrt(curvature(well) * -curvature(saddle)) / (2.0 * std::numbers::pi) *
                         std::exp(-(f(saddle) - f(well)) / temperature);
  const Problem problem = problems::make("tilted-well", {{"tilt", "0.2"}});
  const LangevinDynamics solver(
      {.learning_rate = schedules::constant(step), .temperature = schedules::constant(temperature)});
  Vector start(1);
  start[0] = well;
  std::vector<RunCourse> courses;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Recorder recorder;
    run(*problem.objective, solver, start.view(),
        {.stop = max_iterations(3000), .random = RandomSource(seed), .observers = {&recorder}});
    annotate(recorder.trajectory(), problem, solver);
    courses.push_back(course_of(recorder.trajectory()));
  }
  const Together together = read_together(courses);
  CAPTURE(joined(together), kramers);
  REQUIRE(together.levels.size() == 2);
  const TogetherLevel& shallow = together.levels[1];
  CHECK(together.levels[0].value ==
        Approx(f(-2.0 / std::sqrt(3.0) * std::cos(std::acos(0.3 * std::sqrt(3.0)) / 3.0))).margin(temperature));
  CHECK(shallow.value == Approx(f(well)).margin(temperature));
  REQUIRE(shallow.left >= 50);
  CHECK(std::abs(shallow.rate.value / kramers - 1.0) < 0.2 + 4.0 / std::sqrt(static_cast<double>(shallow.left)));
  CHECK(shallow.leaving == LeavingRate::constant);
}
