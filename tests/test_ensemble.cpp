// Ensembles: each run is the run of the public loop, on any number of threads; escape times obey the proved bound.
#include "support/catch.hpp"

#include <perigee/lib/ensemble.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/transforms/softmax.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

using namespace perigee;

namespace {

StartFunction normal_starts(std::uint64_t seed) {
  return [seed](Index run, VectorView x) {
    RandomEngine engine = RandomSource(seed).engine("start", static_cast<std::uint64_t>(run));
    fill_standard_normal(engine, x);
  };
}

bool equal(const RunSummary& a, const RunSummary& b) {
  const bool both_stay = std::isnan(a.escape_time) && std::isnan(b.escape_time);
  return a.end == b.end && a.iterations == b.iterations && (both_stay || a.escape_time == b.escape_time) &&
         a.value == b.value && a.gradient_norm == b.gradient_norm;
}

}  // namespace

TEST_CASE("the number of threads and the size of the ensemble change no bit") {
  const Problem problem = problems::make("softmax-bandit");
  EnsembleOptions options{.learning_rate = 0.4, .max_iterations = 200, .escape_value = 0.05, .stop_value = 0.01};
  const EnsembleResult one =
      run_ensemble(*problem.objective, 4000, normal_starts(1), options, EnsembleKeeps::final_points);
  Index escaped = 0;
  for (const RunSummary& summary : one.runs) escaped += std::isnan(summary.escape_time) ? 0 : 1;
  CHECK(escaped > 400);  // both fates occur
  CHECK(escaped < 3999);
  for (const int threads : {2, 3}) {
    options.threads = threads;
    const EnsembleResult more =
        run_ensemble(*problem.objective, 4000, normal_starts(1), options, EnsembleKeeps::final_points);
    bool same = true;
    for (std::size_t r = 0; r < one.runs.size(); ++r) same = same && equal(one.runs[r], more.runs[r]);
    CHECK(same);
    CHECK(one.final_points == more.final_points);
  }
  // The first 13 of them, in other lanes with other neighbours.
  const EnsembleResult few = run_ensemble(*problem.objective, 13, normal_starts(1), options);
  for (std::size_t r = 0; r < few.runs.size(); ++r) CHECK(equal(few.runs[r], one.runs[r]));
  CHECK(few.final_points.empty());
}

TEST_CASE("each run is that of the public loop, bit for bit, with and without a batched objective") {
  for (const std::string name : {"softmax-bandit", "escort-bandit", "octopus", "rosenbrock"}) {
    const Problem problem = problems::make(name);
    const double rate = name == "rosenbrock" ? 1e-3 : 0.1;
    const double low = name == "octopus" ? -1.0 : 0.3;
    const double tolerance = 0.02;
    const EnsembleResult result = run_ensemble(
        *problem.objective, 40, normal_starts(2),
        {.learning_rate = rate, .max_iterations = 300, .gradient_tolerance = tolerance, .escape_value = low},
        EnsembleKeeps::final_points);
    const Index n = problem.objective->dimension();
    for (Index r = 0; r < 40; ++r) {
      INFO(name << ", run " << r);
      Vector start(n);
      normal_starts(2)(r, start);
      double escape = std::numeric_limits<double>::quiet_NaN();
      const StopRule watch([&](const Progress& progress) -> std::optional<End> {
        if (progress.current.value <= low && std::isnan(escape))
          escape = static_cast<double>(progress.current.iteration);
        return std::nullopt;
      });
      const RunResult single = run(*problem.objective, GradientDescent({.learning_rate = rate}), start,
                                   {.stop = watch | gradient_tolerance(tolerance) | max_iterations(300)});
      const RunSummary& summary = result.runs[static_cast<std::size_t>(r)];
      CHECK(equal(summary, {summary.end, single.iterations, escape, single.value, summary.gradient_norm}));
      CHECK(name_of(summary.end) == single.end.id);
      CHECK(summary.gradient_norm == Approx(single.gradient_norm).epsilon(1e-15));
      CHECK(single.x == Vector(ConstVectorView(result.final_points.data() + r * n, n)));
    }
  }
}

TEST_CASE("no run of a softmax bandit escapes before the proved number of steps") {
  // Mei et al. (2020), theorem 1 in the form of least_escape_steps: holds for every start, so for each of 500.
  const Problem problem = problems::make("softmax-bandit");  // rewards (0.75, 0.25, ...): gap 0.5
  const auto arms = problems::Arms("test", problem.policy->rewards());
  const auto probability = [](Index run) { return std::pow(10.0, -1.0 - 2.0 * static_cast<double>(run) / 499.0); };
  const EnsembleResult result = run_ensemble(*problem.objective, 500,
                                             [&](Index run, VectorView x) {
                                               const Vector policy =
                                                   problems::corner_policy(arms, probability(run), 1e-3);
                                               x = transforms::softmax_start(policy).view();
                                             },
                                             {.learning_rate = 0.4,
                                              .max_iterations = 20000,
                                              .escape_value = 0.9 * 0.5,
                                              .stop_value = 0.9 * 0.5,
                                              .threads = 2});
  for (Index r = 0; r < 500; ++r) {
    const RunSummary& summary = result.runs[static_cast<std::size_t>(r)];
    INFO("run " << r);
    CHECK(summary.end == LaneEnd::stop_value);
    CHECK(summary.escape_time >= problems::least_escape_steps(probability(r), 0.5, 0.4));
    CHECK(summary.escape_time == static_cast<double>(summary.iterations));
  }
  // The law 1/pi(a*): a hundred times less likely takes 80 to 120 times as long, the constant being common.
  const double ratio = result.runs[499].escape_time / result.runs[249].escape_time;
  CHECK(ratio == Approx(probability(249) / probability(499)).epsilon(0.2));
}

TEST_CASE("runs that cannot start or go on end with the last accepted iterate") {
  const Problem saddle = problems::make("capped-saddle");
  const EnsembleResult result = run_ensemble(
      *saddle.objective, 3,
      [](Index run, VectorView x) {
        const double firsts[] = {1.0, std::numeric_limits<double>::quiet_NaN(), 1e50};
        x[0] = firsts[run];
        x[1] = 0.5;
      },
      {.learning_rate = 0.1, .max_iterations = 50}, EnsembleKeeps::final_points);
  CHECK(result.runs[0].end == LaneEnd::max_iterations);
  CHECK(result.runs[0].iterations == 50);
  CHECK(result.runs[1].end == LaneEnd::non_finite);
  CHECK(result.runs[1].iterations == 0);
  // 1e50 - 0.1 (1e150 + 2e50): the next gradient overflows.
  CHECK(result.runs[2].end == LaneEnd::non_finite);
  CHECK(result.runs[2].iterations == 0);
  CHECK(result.final_points[4] == 1e50);
}

TEST_CASE("wrong use of an ensemble is refused in words") {
  const Problem problem = problems::make("capped-saddle");
  const Objective& f = *problem.objective;
  CHECK(run_ensemble(f, 0, normal_starts(1), {}).runs.empty());
  CHECK_THROWS_WITH(run_ensemble(f, -1, normal_starts(1), {}), "run_ensemble: runs must be >= 0, got -1");
  CHECK_THROWS_WITH(run_ensemble(f, 1, {}, {}), "run_ensemble: the start function must not be empty");
  CHECK_THROWS_WITH(run_ensemble(f, 1, normal_starts(1), {.learning_rate = 0.0}),
                    "run_ensemble: learning_rate must be > 0 and finite, got 0");
  CHECK_THROWS_WITH(run_ensemble(f, 1, normal_starts(1), {.max_iterations = -2}),
                    "run_ensemble: max_iterations must be >= 0, got -2");
  CHECK_THROWS_WITH(run_ensemble(f, 1, normal_starts(1), {.threads = 0}), "run_ensemble: threads must be >= 1, got 0");
  const auto failing = [](Index run, VectorView x) {
    if (run >= 1500) throw std::runtime_error("start " + std::to_string(run / 1000));
    x.setZero();
  };
  CHECK_THROWS_WITH(run_ensemble(f, 5000, failing, {.threads = 2}), "start 1");
}
