#include "support/catch.hpp"
#include "support/labelled_runs.hpp"
#include "support/noisy_runs.hpp"

#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>

using namespace perigee;
using test::evidence_of;
using test::NoisyRun;

namespace {

// Learning rate times eigenvalues, equally spaced in the logarithm up to `largest`.
std::vector<double> spectrum(Index n, double condition, double largest) {
  std::vector<double> values = test::log_spaced(n, condition);
  for (double& value : values) value *= largest / condition;
  return values;
}

std::vector<double> saddle(Index n, double stable, double unstable) {
  std::vector<double> values(static_cast<std::size_t>(n), stable);
  values[0] = -unstable;
  return values;
}

struct Kind {
  const char* name;
  NoiseVerdict truth;
  NoisyRun run;
};

std::vector<Kind> kinds(Index n) {
  const std::vector<double> flat(static_cast<std::size_t>(n), 0.0);
  return {
      {"floor, condition 1",
       NoiseVerdict::floor,
       {.eigenvalues = std::vector<double>(flat.size(), 0.1), .burn_in = 200}},
      {"floor, condition 100", NoiseVerdict::floor, {.eigenvalues = spectrum(n, 100.0, 0.5), .burn_in = 1000}},
      {"flat", NoiseVerdict::flat, {.eigenvalues = flat}},
      {"slope", NoiseVerdict::slope, {.eigenvalues = flat, .drift = 0.1}},
      {"saddle", NoiseVerdict::escape, {.eigenvalues = saddle(n, 0.1, 0.003)}},
  };
}

Trajectory least_squares_run(double learning_rate, Index iterations, const SnapshotRule& rule = {},
                             double momentum = 0.0) {
  // 1/2 (a_i'x - b_i)^2 with b_i = a_i'1 + noise of variance 1, N = 400, n = 10.
  static const Index n = 10;
  static const Index terms = 400;
  static const Vector data = [] {
    Vector numbers(terms * (n + 1));
    RandomEngine engine = RandomSource(5).engine("data");
    fill_standard_normal(engine, numbers.view());
    return numbers;
  }();
  const auto objective = functional_sum(n, terms, [](Index i, ConstVectorView x, VectorView gradient) {
    const ConstVectorView row(data.data() + i * (n + 1), n);
    const double residual = row.dot(x) - row.sum() - data[i * (n + 1) + n];
    gradient += residual * row;
    return 0.5 * residual * residual;
  });
  const StochasticGradientDescent solver({.learning_rate = schedules::constant(learning_rate),
                                          .momentum = momentum,
                                          .batch = {.size = 4, .sampling = Sampling::with_replacement}});
  Recorder recorder(rule);
  run(objective, solver, Vector(n).view(),
      {.stop = max_iterations(iterations), .random = RandomSource(3), .observers = {&recorder}});
  Trajectory trajectory = recorder.trajectory();
  trajectory.solver = solver.name();
  trajectory.settings = solver.settings();
  return trajectory;
}

}  // namespace

TEST_CASE("floor, flat, slope and saddle are told apart in at least 95% of 200 seeds, window 2000") {
  for (const Index n : {5, 10, 30}) {
    for (const Kind& kind : kinds(n)) {
      int right = 0;
      int wrong = 0;
      for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const NoiseVerdict verdict = read_noise(test::simulate(kind.run, seed), 0).verdict;
        right += verdict == kind.truth;
        wrong += verdict != kind.truth && verdict != NoiseVerdict::undetermined;
      }
      CAPTURE(kind.name, n, right, wrong);
      CHECK(right >= 190);
      CHECK(wrong <= 4);
    }
  }
}

TEST_CASE("the ratio is what the linear theory says") {
  // x <- (1 - a) x + xi: E||x_m - x_0||^2 = 2 V (1 - (1 - a)^m), V = 1/(a (2 - a)), E||s||^2 = a^2 V + 1 = 2/(2 - a).
  // Mean over 200 seeds of 8 blocks in 10 dimensions: standard error about 1.4%.
  for (const double a : {0.02, 0.1, 0.5}) {
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const NoisyRun run{.eigenvalues = std::vector<double>(10, a), .burn_in = 500};
      sum += read_noise(test::simulate(run, seed), 0).distance_ratio;
    }
    const double expected = (1.0 - std::pow(1.0 - a, 250.0)) / (a * 250.0);
    CAPTURE(a);
    CHECK(sum / 200.0 == Approx(expected).epsilon(0.05));
  }
  // A random walk: 1, also under momentum, and with the spread of chi-squared/nu, nu = 8 n.
  for (const double momentum : {0.0, 0.9}) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const NoisyRun run{.eigenvalues = std::vector<double>(10, 0.0), .momentum = momentum, .burn_in = 100};
      const double ratio = read_noise(test::simulate(run, seed), 0).distance_ratio;
      sum += ratio;
      squares += (ratio - 1.0) * (ratio - 1.0);
    }
    CAPTURE(momentum);
    CHECK(sum / 200.0 == Approx(1.0).margin(0.05));
    CHECK(std::sqrt(squares / 200.0) == Approx(std::sqrt(2.0 / 80.0)).epsilon(0.2));
  }
}

TEST_CASE("a real run on minibatches reaches its floor, and the report says what to do") {
  for (const double momentum : {0.0, 0.9}) {
    const Trajectory trajectory = least_squares_run(0.02 * (1.0 - momentum), 4000, {}, momentum);
    const Diagnosis diagnosis = diagnose(trajectory);
    const Finding* floor = find_finding(diagnosis, "noise-floor");
    CAPTURE(momentum, diagnosis.summary);
    REQUIRE(floor != nullptr);
    CHECK(floor->certainty == Certainty::likely);
    CHECK(floor->severity == Severity::warning);
    CHECK(evidence_of(*floor, "fluctuation_dissipation_ratio") > 0.5);
    CHECK(floor->recommendation.find("learning rate") != std::string::npos);
    for (const Finding& finding : diagnosis.findings) {
      if (finding.id == "plateau" && finding.first >= floor->first) CHECK(finding.severity == Severity::information);
    }
  }
}

TEST_CASE("before the floor is reached the same run has none") {
  CHECK(find_finding(diagnose(least_squares_run(0.0005, 400, {.every = 10})), "noise-floor") == nullptr);
}

TEST_CASE("without snapshots a floor is at most suspected, and the limits say what to record") {
  Trajectory trajectory = least_squares_run(0.02, 4000);
  trajectory.snapshots.clear();
  const Diagnosis diagnosis = diagnose(trajectory);
  const Finding* floor = find_finding(diagnosis, "noise-floor");
  REQUIRE(floor != nullptr);
  CHECK(floor->certainty == Certainty::suspected);
  CHECK(std::any_of(diagnosis.limits.begin(), diagnosis.limits.end(), [](const std::string& limit) {
    return limit.find("Whether the level end is a noise floor or a flat region") == 0;
  }));
}

TEST_CASE("a flat end under noise is said to be flat") {
  const Trajectory trajectory = test::simulate({.eigenvalues = std::vector<double>(10, 0.0), .iterations = 4000}, 1);
  const Diagnosis diagnosis = diagnose(trajectory);
  CHECK(find_finding(diagnosis, "noise-floor") == nullptr);
  const Finding* plateau = find_finding(diagnosis, "plateau");
  REQUIRE(plateau != nullptr);
  CHECK(plateau->message.find("flat, no noise floor") != std::string::npos);
}

TEST_CASE("in at most 2% of 100 seeds a flat, a slope or a saddle passes for a floor in the whole diagnosis") {
  for (const Kind& kind : kinds(10)) {
    if (kind.truth == NoiseVerdict::floor) continue;
    int alarms = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Diagnosis diagnosis = diagnose(test::simulate(kind.run, seed));
      alarms += find_finding(diagnosis, "noise-floor") != nullptr;
    }
    CAPTURE(kind.name, alarms);
    CHECK(alarms <= 2);
  }
}

TEST_CASE("no run without noise has a noise floor, and no noise floor passes for other troubles") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      CAPTURE(run.name);
      CHECK(find_finding(diagnose(run.trajectory, known), "noise-floor") == nullptr);
    }
  }
  const Diagnosis diagnosis = diagnose(least_squares_run(0.02, 4000));
  for (const char* id : {"saddle-passage", "step-too-small", "ill-conditioned-valley", "line-search-stall",
                         "step-too-large", "divergence", "rounding-floor"}) {
    CAPTURE(id);
    CHECK(find_finding(diagnosis, id) == nullptr);
  }
}
