// Divergence, non-finite numbers, steps that are too large, exhausted budgets.
#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/readers/reader.hpp>

#include <limits>

using namespace perigee;
using test::autoregressive_noise;
using test::trajectory_of;

namespace {

// Gradient descent on f = sum_i h_i x_i^2/2 from x_0 with everything recorded, by hand.
Trajectory descend(const std::vector<double>& h, std::vector<double> x, double eta, Index iterations) {
  Trajectory trajectory;
  std::vector<double> step(h.size(), 0.0);
  for (Index k = 0; k <= iterations; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = 0.0;
    double squares = 0.0;
    double step_squares = 0.0;
    double step_curvature = 0.0;
    for (std::size_t i = 0; i < h.size(); ++i) {
      record.value += 0.5 * h[i] * x[i] * x[i];
      squares += h[i] * x[i] * h[i] * x[i];
      step_squares += step[i] * step[i];
      step_curvature += h[i] * step[i] * step[i];
    }
    record.gradient_norm = std::sqrt(squares);
    if (k > 0) {
      record.kind = StepKind::step;
      record.step_size = eta;
      record.step_norm = std::sqrt(step_squares);
      record.curvature = step_curvature / step_squares;
    }
    trajectory.records.push_back(record);
    for (std::size_t i = 0; i < h.size(); ++i) {
      step[i] = -eta * h[i] * x[i];
      x[i] += step[i];
    }
  }
  return trajectory;
}

Trajectory log_of(const std::string& file) {
  return read_trajectory(std::string(PERIGEE_TEST_DATA) + "/logs/" + file).trajectory;
}

}  // namespace

TEST_CASE("gradient descent with a step above 2/h diverges, just below it does not") {
  // Each step multiplies x by 1 - eta h = -1.05.
  const Diagnosis above = diagnose(descend({1.0, 0.1}, {1.0, 1.0}, 2.05, 400));
  const Finding* divergence = find_finding(above, "divergence");
  REQUIRE(divergence != nullptr);
  CHECK(divergence->severity == Severity::problem);
  CHECK(divergence->certainty == Certainty::likely);
  const Diagnosis below = diagnose(descend({1.0, 0.1}, {1.0, 1.0}, 1.95, 400));
  CHECK(find_finding(below, "divergence") == nullptr);
  CHECK(find_finding(below, "step-too-large") == nullptr);
}

TEST_CASE("growth that ends in overflow is divergence and non-finite, at the right iteration") {
  Trajectory trajectory = descend({1.0}, {1.0}, 11.0, 400);  // x_k = (-10)^k: x^2 overflows at k = 155
  const Diagnosis diagnosis = diagnose(trajectory);
  const Finding* non_finite = find_finding(diagnosis, "non-finite");
  REQUIRE(non_finite != nullptr);
  CHECK(non_finite->certainty == Certainty::proven);  // an infinity was recorded
  CHECK(non_finite->first == 155);
  CHECK(find_finding(diagnosis, "divergence") != nullptr);
}

TEST_CASE("an End that says non-finite is believed, though every record is finite") {
  Trajectory trajectory = descend({1.0}, {1.0}, 0.5, 30);
  trajectory.end = End{EndClass::breakdown, "non-finite", "f = nan at iteration 31"};
  const Diagnosis diagnosis = diagnose(trajectory);
  const Finding* non_finite = find_finding(diagnosis, "non-finite");
  REQUIRE(non_finite != nullptr);
  CHECK(non_finite->certainty == Certainty::proven);
  CHECK(non_finite->first == 30);
  CHECK(find_finding(diagnosis, "divergence") == nullptr);  // nothing had grown
}

TEST_CASE("NaN in a log: a column not measured, a gap, and an end are three things") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Trajectory trajectory = trajectory_of([](double t) { return 1.0 / (1.0 + t); }, 200);
  CHECK(find_finding(diagnose(trajectory), "non-finite") == nullptr);  // no gradient norm was ever measured

  Trajectory sparse = trajectory;  // measured every tenth time
  for (std::size_t i = 0; i < sparse.records.size(); ++i) sparse.records[i].gradient_norm = i % 10 == 0 ? 1.0 : nan;
  sparse.records.pop_back();  // so that the log ends with nine gaps
  const Diagnosis of_sparse = diagnose(sparse);
  CHECK(find_finding(of_sparse, "non-finite") == nullptr);
  CHECK_FALSE(of_sparse.limits.empty());

  Trajectory broken = trajectory;
  for (std::size_t i = 120; i < broken.records.size(); ++i) broken.records[i].value = nan;
  const Diagnosis of_broken = diagnose(broken);
  const Finding* non_finite = find_finding(of_broken, "non-finite");
  REQUIRE(non_finite != nullptr);
  CHECK(non_finite->first == 120);
  CHECK(non_finite->certainty == Certainty::likely);  // the log may have ceased to measure
}

TEST_CASE("a value without bound is divergence") {
  // f = -x^2/2 under gradient descent: x grows by 1.1 an iteration.
  const Diagnosis diagnosis = diagnose(descend({-1.0}, {1e-3}, 0.1, 400));
  REQUIRE(find_finding(diagnosis, "divergence") != nullptr);
  CHECK(find_finding(diagnosis, "divergence")->message.find("without bound") != std::string::npos);
}

TEST_CASE("an escape from a saddle that is cut off halfway is no divergence") {
  // f = (x^2 - y^2)/2 from y = 1e-8: value and gradient change by orders of magnitude at the very end.
  for (const Index iterations : {100, 150, 190}) {
    CAPTURE(iterations);
    CHECK(find_finding(diagnose(descend({1.0, -1.0}, {1.0, 1e-8}, 0.1, iterations)), "divergence") == nullptr);
  }
}

TEST_CASE("noise diverges in none of 200 seeds") {
  // The trend alone errs once in a thousand; that it must come with a tenfold growth makes it rarer still.
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<double> noise = autoregressive_noise(seed, 300, 0.5);
    Trajectory trajectory = trajectory_of([&](double t) { return 2.0 + noise[static_cast<std::size_t>(t)]; }, 299);
    for (std::size_t i = 0; i < 300; ++i) trajectory.records[i].gradient_norm = std::exp(noise[299 - i]);
    CAPTURE(seed);
    const Diagnosis diagnosis = diagnose(trajectory);
    CHECK(find_finding(diagnosis, "divergence") == nullptr);
    CHECK(find_finding(diagnosis, "non-finite") == nullptr);
    CHECK(find_finding(diagnosis, "step-too-large") == nullptr);
  }
}

TEST_CASE("a cycle of period 2 at eta h = 2 is a step that is too large") {
  // x_{k+1} = -x_k exactly in the first coordinate; the second converges.
  const Diagnosis diagnosis = diagnose(descend({1.0, 0.5}, {1.0, 1.0}, 2.0, 200));
  const Finding* finding = find_finding(diagnosis, "step-too-large");
  REQUIRE(finding != nullptr);
  CHECK(finding->evidence[0].name == "step_times_curvature");
  CHECK(finding->evidence[0].value == Approx(2.0));
  CHECK(finding->severity == Severity::problem);
}

TEST_CASE("the dead network: the step is too large, and it is not called converged") {
  const Diagnosis diagnosis = diagnose(log_of("digits-softmax-xent-lr-too-large.csv"));
  const Finding* finding = find_finding(diagnosis, "step-too-large");
  REQUIRE(finding != nullptr);
  CHECK(finding->first == 5);  // 2.509 -> 5.500
  CHECK(finding->certainty == Certainty::likely);
  CHECK(finding->message.find("log 10") != std::string::npos);
  CHECK(find_finding(diagnosis, "plateau") != nullptr);
  CHECK(find_finding(diagnosis, "converged-minimum") == nullptr);
  REQUIRE(principal_finding(diagnosis) != nullptr);
  CHECK(principal_finding(diagnosis)->id == "step-too-large");
}

TEST_CASE("a jump that is recovered from is no finding") {
  Trajectory trajectory = trajectory_of([](double t) { return (t == 5.0 ? 3.0 : 1.0) / (1.0 + t / 20.0); }, 500);
  trajectory.lower_bound = 0.0;
  CHECK(find_finding(diagnose(trajectory), "step-too-large") == nullptr);
}

TEST_CASE("an exhausted budget is a warning only if something was left to gain") {
  const End end{EndClass::budget, "max-iterations", "k = 60 >= 60"};
  Trajectory early = descend({1.0, 0.01}, {1.0, 1.0}, 1.0, 60);
  early.end = end;
  const Diagnosis diagnosis = diagnose(early);
  const Finding* finding = find_finding(diagnosis, "budget-exhausted");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::warning);
  CHECK(finding->certainty == Certainty::proven);
  CHECK(finding->message.find("k = 60 >= 60") != std::string::npos);

  Trajectory late = descend({1.0, 0.1}, {1.0, 1.0}, 1.0, 400);  // (1 - 0.1)^400 = 5e-19
  late.optimal_value = 0.0;
  late.end = end;
  const Diagnosis done = diagnose(late);
  REQUIRE(find_finding(done, "budget-exhausted") != nullptr);
  CHECK(find_finding(done, "budget-exhausted")->severity == Severity::information);
  CHECK(done.summary.find("No problem found") == 0);

  late.end = End{EndClass::convergence, "gradient-tolerance", ""};
  CHECK(find_finding(diagnose(late), "budget-exhausted") == nullptr);
  late.end = End{EndClass::budget, "step-tolerance", ""};
  CHECK(find_finding(diagnose(late), "budget-exhausted") == nullptr);
  late.end.reset();
  CHECK(find_finding(diagnose(late), "budget-exhausted") == nullptr);
}
