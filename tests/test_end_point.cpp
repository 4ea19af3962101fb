// End-point findings and the rounding floor, on recorded runs and on hand-made ones.
#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/end_point.hpp>
#include <perigee/diagnostics/rounding_floor.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;

namespace {

// x^2 - y^2 + (x^4 + y^4)/4: strict saddle at 0, minima (0, +-sqrt 2) of value -1.
auto capped_saddle() {
  return functional(
      2, [](ConstVectorView x) { return x[0] * x[0] - x[1] * x[1] + 0.25 * (std::pow(x[0], 4) + std::pow(x[1], 4)); },
      [](ConstVectorView x, VectorView g) {
        g[0] = 2.0 * x[0] + std::pow(x[0], 3);
        g[1] = -2.0 * x[1] + std::pow(x[1], 3);
      },
      [](ConstVectorView x, ConstVectorView v, VectorView p) {
        p[0] = (2.0 + 3.0 * x[0] * x[0]) * v[0];
        p[1] = (-2.0 + 3.0 * x[1] * x[1]) * v[1];
      });
}

auto monkey_saddle() {
  return functional(
      2,
      [](ConstVectorView x) {
        return std::pow(x[0], 3) - 3.0 * x[0] * x[1] * x[1] + std::pow(x[0] * x[0] + x[1] * x[1], 2);
      },
      [](ConstVectorView x, VectorView g) {
        const double r = x[0] * x[0] + x[1] * x[1];
        g[0] = 3.0 * x[0] * x[0] - 3.0 * x[1] * x[1] + 4.0 * r * x[0];
        g[1] = -6.0 * x[0] * x[1] + 4.0 * r * x[1];
      });
}

// -sum_a pi_a r_a with pi = softmax(theta): f_a = -pi_a (r_a - J). Every Hessian has the null vector (1, ..., 1).
auto softmax_bandit(std::vector<double> rewards) {
  const auto policy = [](ConstVectorView theta) {
    std::vector<double> pi(static_cast<std::size_t>(theta.size()));
    double sum = 0.0;
    for (std::size_t a = 0; a < pi.size(); ++a) {
      sum += pi[a] = std::exp(theta[static_cast<Index>(a)] - theta.maxCoeff());
    }
    for (double& p : pi) p /= sum;
    return pi;
  };
  const auto reward = [policy, rewards](ConstVectorView theta) {
    const std::vector<double> pi = policy(theta);
    double sum = 0.0;
    for (std::size_t a = 0; a < pi.size(); ++a) sum += pi[a] * rewards[a];
    return sum;
  };
  return functional(
      static_cast<Index>(rewards.size()), [reward](ConstVectorView theta) { return -reward(theta); },
      [=](ConstVectorView theta, VectorView g) {
        const std::vector<double> pi = policy(theta);
        const double mean = reward(theta);
        for (std::size_t a = 0; a < pi.size(); ++a) g[static_cast<Index>(a)] = -pi[a] * (rewards[a] - mean);
      },
      [=](ConstVectorView theta, ConstVectorView v, VectorView p) {
        // With d pi_a = pi_a (v_a - pi'v) and dJ = sum_a d pi_a r_a.
        const std::vector<double> pi = policy(theta);
        const double mean = reward(theta);
        double mean_v = 0.0;
        for (std::size_t a = 0; a < pi.size(); ++a) mean_v += pi[a] * v[static_cast<Index>(a)];
        double mean_change = 0.0;
        for (std::size_t a = 0; a < pi.size(); ++a) {
          mean_change += pi[a] * (v[static_cast<Index>(a)] - mean_v) * (rewards[a] - mean);
        }
        for (std::size_t a = 0; a < pi.size(); ++a) {
          const double change = pi[a] * (v[static_cast<Index>(a)] - mean_v);
          p[static_cast<Index>(a)] = -(change * (rewards[a] - mean) - pi[a] * mean_change);
        }
      });
}

Trajectory record(const Objective& objective, std::vector<double> x0, double step, Index iterations) {
  const GradientDescent solver({.learning_rate = schedules::constant(step)});
  Recorder recorder;
  run(objective, solver, x0, {.stop = max_iterations(iterations), .observers = {&recorder}});
  return recorder.trajectory();
}

// A trajectory of two records that ends at x.
Trajectory ended_at(const Objective& objective, const Vector& start, const Vector& x, double step_size) {
  Trajectory trajectory;
  for (const Vector& point : {start, x}) {
    Vector gradient(point.size());
    StepRecord entry;
    entry.iteration = static_cast<Index>(trajectory.records.size()) * 100;
    entry.value = objective.value_and_gradient(point.view(), gradient.view());
    entry.gradient_norm = gradient.view().norm();
    entry.kind = trajectory.records.empty() ? StepKind::initial : StepKind::step;
    if (!trajectory.records.empty()) entry.step_size = step_size;
    trajectory.records.push_back(entry);
    trajectory.snapshots.push_back({entry.iteration, point});
  }
  return trajectory;
}

Diagnosis examine(const Trajectory& trajectory, const Objective* objective, const DiagnoseOptions& options = {}) {
  Diagnosis diagnosis;
  detect_end_point({trajectory, objective, options}, diagnosis);
  detect_rounding_floor({trajectory, objective, options}, diagnosis);
  std::set<std::string> known;
  for (const FindingDescription& description : finding_descriptions()) known.insert(description.id);
  for (const Finding& finding : diagnosis.findings) {
    CHECK(known.count(finding.id) == 1);
    CHECK(finding.first <= finding.last);
    CHECK_FALSE(finding.message.empty());
  }
  return diagnosis;
}

double evidence(const Finding& finding, const std::string& name) {
  for (const Evidence& item : finding.evidence) {
    if (item.name == name) return item.value;
  }
  FAIL("no evidence " << name);
  return 0.0;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a run along the stable manifold ends at the saddle, and the finding shows the way out") {
  const auto objective = capped_saddle();
  // y = 0 stays exactly 0; x <- x - 0.1 (2x + x^3) shrinks by 0.8 a step.
  const Trajectory trajectory = record(objective, {1.0, 0.0}, 0.1, 120);
  const Diagnosis diagnosis = examine(trajectory, &objective);
  const Finding* finding = find_finding(diagnosis, "strict-saddle");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(finding->certainty == Certainty::proven);
  CHECK(finding->last == 120);
  // The first iterate with ||g|| <= 1e-6 (1 + |f|), near x = 5e-7: reached with the factor 0.8 by about k = 64.
  CHECK(finding->first > 50);
  CHECK(finding->first < 70);
  CHECK(std::abs(evidence(*finding, "lambda_min") + 2.0) <=
        evidence(*finding, "lambda_min_residual") + evidence(*finding, "lambda_min_error"));
  CHECK(evidence(*finding, "descent_coordinate") == 1.0);
  CHECK(contains(finding->recommendation, "perturbed-gradient-descent"));
  // The step recommended, taken by hand: y = a must lower f by what is promised, to within x's own contribution.
  const double a = evidence(*finding, "descent_step");
  CHECK(-a * a + 0.25 * std::pow(a, 4) == Approx(-evidence(*finding, "descent_decrease")));
  REQUIRE(diagnosis.judged_points.size() == 1);
  CHECK(diagnosis.judged_points[0].classification == "strict-saddle");
  CHECK(diagnosis.judged_points[0].index == 1);
  CHECK(diagnosis.judged_points[0].iteration == 120);
  CHECK(find_finding(diagnosis, "rounding-floor") == nullptr);
}

TEST_CASE("the exact saddle is a saddle, and not a matter of rounding") {
  const auto objective = capped_saddle();
  const Trajectory trajectory = record(objective, {0.0, 0.0}, 0.1, 5);
  const Diagnosis diagnosis = examine(trajectory, &objective);
  REQUIRE(find_finding(diagnosis, "strict-saddle") != nullptr);
  CHECK(find_finding(diagnosis, "strict-saddle")->certainty == Certainty::proven);
  CHECK(find_finding(diagnosis, "strict-saddle")->first == 0);
  CHECK(diagnosis.findings.size() == 1);
}

TEST_CASE("the monkey saddle's origin is degenerate, never a minimum") {
  const auto objective = monkey_saddle();
  const Diagnosis diagnosis = examine(ended_at(objective, {0.5, 0.5}, {0.0, 0.0}, 0.1), &objective);
  const Finding* finding = find_finding(diagnosis, "degenerate-stationary-point");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(contains(finding->message, "no minimum"));
  CHECK(evidence(*finding, "descent_decrease") > 0.0);
  CHECK(find_finding(diagnosis, "converged-minimum") == nullptr);
}

TEST_CASE("a minimum is converged or suboptimal, depending on what else is known") {
  const auto objective = capped_saddle();
  Trajectory trajectory = record(objective, {1.0, 0.1}, 0.1, 300);
  Diagnosis diagnosis = examine(trajectory, &objective);
  REQUIRE(find_finding(diagnosis, "converged-minimum") != nullptr);
  CHECK(find_finding(diagnosis, "converged-minimum")->severity == Severity::information);
  CHECK(diagnosis.judged_points[0].index == 0);
  CHECK(diagnosis.judged_points[0].lambda_min == Approx(2.0));

  trajectory.optimal_value = -1.0;  // the minimum's value
  CHECK(find_finding(examine(trajectory, &objective), "converged-minimum") != nullptr);
  trajectory.optimal_value = -1.0 - 1e-6;  // inside the tolerance 1e-6 (1 + |f*|)
  CHECK(find_finding(examine(trajectory, &objective), "converged-minimum") != nullptr);
  trajectory.optimal_value = -1.0 - 3e-6;  // outside
  diagnosis = examine(trajectory, &objective);
  CHECK(find_finding(diagnosis, "converged-minimum") == nullptr);
  const Finding* finding = find_finding(diagnosis, "suboptimal-minimum");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(evidence(*finding, "excess_value") == Approx(3e-6));

  trajectory.optimal_value.reset();  // a better value passed on the way tells as well
  trajectory.records[7].value = -1.5;
  finding = nullptr;
  diagnosis = examine(trajectory, &objective);
  REQUIRE(find_finding(diagnosis, "suboptimal-minimum") != nullptr);
  CHECK(contains(find_finding(diagnosis, "suboptimal-minimum")->message, "iteration 7"));
}

TEST_CASE("a local maximum is called one") {
  const auto objective = functional(
      2, [](ConstVectorView x) { return -x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = -2.0 * x; });
  const Diagnosis diagnosis = examine(ended_at(objective, {0.0, 0.0}, {0.0, 0.0}, 0.1), &objective);
  REQUIRE(find_finding(diagnosis, "local-maximum") != nullptr);
  CHECK(find_finding(diagnosis, "local-maximum")->severity == Severity::problem);
  CHECK(diagnosis.judged_points[0].classification == "maximum");
  CHECK(diagnosis.judged_points[0].index == 2);
}

TEST_CASE("a run that was still moving gets no finding, only the judgement") {
  const auto objective = capped_saddle();
  const Diagnosis diagnosis = examine(record(objective, {1.0, 0.1}, 0.1, 5), &objective);
  CHECK(diagnosis.findings.empty());
  REQUIRE(diagnosis.judged_points.size() == 1);
  CHECK(diagnosis.judged_points[0].classification == "not-stationary");
  CHECK(diagnosis.judged_points[0].certainty == Certainty::proven);
  CHECK(diagnosis.judged_points[0].index == -1);
  CHECK(diagnosis.limits.empty());
}

TEST_CASE("near a suboptimal corner of a softmax policy there is no minimum to be claimed") {
  // theta = (0, L, 0) with the second arm dominant: the gradient is of the size of the other arms' probabilities,
  // and so is the curvature. Not a stationary point at all, but it passes the threshold for L >= 14.
  const auto objective = softmax_bandit({1.0, 0.9, 0.1});
  for (double level = 13.0; level <= 45.0; level += 0.5) {
    Trajectory trajectory = ended_at(objective, {0.0, 1.0, 0.0}, {0.0, level, 0.0}, 0.4);
    for (const bool knows_optimum : {false, true}) {
      trajectory.optimal_value.reset();
      if (knows_optimum) trajectory.optimal_value = -1.0;
      const Diagnosis diagnosis = examine(trajectory, &objective);
      INFO("level " << level << ", " << diagnosis.judged_points.at(0).classification);
      REQUIRE(diagnosis.judged_points.size() == 1);
      CHECK(find_finding(diagnosis, "converged-minimum") == nullptr);
      CHECK(find_finding(diagnosis, "suboptimal-minimum") == nullptr);
      CHECK(diagnosis.judged_points[0].classification != "minimum");
      // Some finding or limit says something whenever the point passes for stationary.
      if (diagnosis.judged_points[0].classification != "not-stationary") {
        CHECK(diagnosis.findings.size() + diagnosis.limits.size() >= 1);
      }
      for (const Finding& finding : diagnosis.findings) {
        if (finding.id == "degenerate-stationary-point" && knows_optimum) {
          CHECK(finding.severity != Severity::information);
        }
      }
    }
  }
}

TEST_CASE("a plateau is told with the way down, and a claim of convergence with a gradient that is left") {
  // 1 - exp(-x^2/2) + y^2/2: level at x = 40, a well at 0.
  const auto objective = functional(
      2, [](ConstVectorView x) { return 1.0 - std::exp(-0.5 * x[0] * x[0]) + 0.5 * x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0] * std::exp(-0.5 * x[0] * x[0]);
        g[1] = x[1];
      });
  Trajectory trajectory = ended_at(objective, {40.0, 1.0}, {40.0, 0.0}, 0.1);
  trajectory.end = End{EndClass::convergence, "gradient-tolerance", ""};
  const Diagnosis flat = examine(trajectory, &objective);
  const Finding* finding = find_finding(flat, "degenerate-stationary-point");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(finding->certainty == Certainty::likely);
  CHECK(contains(finding->message, "the point lies on a plateau"));
  CHECK(evidence(*finding, "descent_coordinate") == 0.0);
  CHECK(evidence(*finding, "flat_distance") > 30.0);
  CHECK(objective.value(Vector{40.0, 0.0}) - evidence(*finding, "descent_decrease") < 0.01);  // the well's bottom is 0
  CHECK(flat.limits.empty());
  CHECK(contains(diagnose(trajectory, &objective).summary, "The run came to rest on a plateau"));

  // |grad f| = 0.01 at (40, 0.01), where "convergence" is claimed; without the claim there is nothing to say.
  trajectory = ended_at(objective, {40.0, 1.0}, {40.0, 0.01}, 0.1);
  CHECK(examine(trajectory, &objective).limits.empty());
  trajectory.end = End{EndClass::convergence, "gradient-tolerance", ""};
  const Diagnosis claimed = diagnose(trajectory, &objective);
  CHECK(claimed.findings.empty());
  REQUIRE(claimed.limits.size() >= 1);
  CHECK(contains(claimed.limits[0], "the gradient norm there, 0.01, is above 2e-06"));
  CHECK(contains(claimed.summary, "was not judged: the gradient norm is still 0.01, above 2e-06"));
}

TEST_CASE("a flat minimum far above the known bound is doubted, and one whose value is known to be the best is not") {
  // f = 0.25 + x^4 + y^2: at 0 the value rises on every side, and stands at a quarter of the start's 1.
  const auto objective = functional(
      2, [](ConstVectorView x) { return 0.25 + std::pow(x[0], 4) + x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = 4.0 * std::pow(x[0], 3);
        g[1] = 2.0 * x[1];
      });
  const Vector end{0.0, 0.0};
  Trajectory trajectory = ended_at(objective, {0.0, std::sqrt(0.75)}, end, 0.1);
  for (Index k = 2; k < 100; ++k) {
    StepRecord entry = trajectory.records.back();
    ++entry.iteration;
    trajectory.records.push_back(entry);
  }
  trajectory.snapshots.push_back({trajectory.records.back().iteration, end});
  const auto severity = [&](std::optional<double> lower_bound, std::optional<double> optimal_value) {
    trajectory.lower_bound = lower_bound;
    trajectory.optimal_value = optimal_value;
    const Diagnosis diagnosis = diagnose(trajectory, &objective);
    const Finding* finding = find_finding(diagnosis, "degenerate-stationary-point");
    REQUIRE(finding != nullptr);
    CHECK(contains(diagnosis.summary, "a plateau or a poor minimum") == (finding->severity == Severity::warning));
    if (finding->severity == Severity::warning) CHECK(evidence(*finding, "excess_share") == Approx(0.25));
    return finding->severity;
  };
  CHECK(severity(0.0, std::nullopt) == Severity::warning);
  CHECK(severity(0.249, std::nullopt) == Severity::information);  // a thousandth of the range is left
  CHECK(severity(std::nullopt, std::nullopt) == Severity::information);
  CHECK(severity(0.25, 0.25) == Severity::information);
}

TEST_CASE("what cannot be judged is said, with what to record for it") {
  const auto objective = capped_saddle();
  Trajectory trajectory = record(objective, {1.0, 0.0}, 0.1, 120);
  Diagnosis diagnosis = examine(trajectory, nullptr);
  CHECK(diagnosis.findings.empty());
  CHECK(diagnosis.judged_points.empty());
  REQUIRE(diagnosis.limits.size() == 1);
  CHECK(contains(diagnosis.limits[0], "look alike"));
  for (StepRecord& entry : trajectory.records) entry.gradient_norm = not_measured;
  diagnosis = examine(trajectory, nullptr);
  REQUIRE(diagnosis.limits.size() == 1);
  CHECK(contains(diagnosis.limits[0], "record gradient norms"));
  trajectory.snapshots.pop_back();
  diagnosis = examine(trajectory, &objective);
  REQUIRE(diagnosis.limits.size() == 1);
  CHECK(contains(diagnosis.limits[0], "no snapshot of the last iterate (iteration 120)"));
  CHECK(diagnosis.judged_points.empty());

  // Another objective than the one that was minimized.
  Trajectory other = record(objective, {0.0, 0.0}, 0.1, 3);
  for (StepRecord& entry : other.records) entry.value = 7.0;
  diagnosis = examine(other, &objective);
  REQUIRE(diagnosis.limits.size() == 1);
  CHECK(contains(diagnosis.limits[0], "where 7 was recorded"));

  const auto kink = functional(
      1, [](ConstVectorView x) { return std::abs(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] > 0.0   ? 1.0
                                                   : x[0] < 0.0 ? -1.0
                                                                : 0.0; });
  diagnosis = examine(ended_at(kink, {1.0}, {0.0}, 0.1), &kink);
  CHECK(diagnosis.findings.empty());
  REQUIRE(diagnosis.limits.size() == 1);
  CHECK(contains(diagnosis.limits[0], "kink"));

  const auto three = functional(
      3, [](ConstVectorView) { return 0.0; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  CHECK_THROWS_AS(examine(trajectory = record(objective, {0.0, 0.0}, 0.1, 1), &three), std::invalid_argument);
}

TEST_CASE("rounding floor: the coordinate that must grow has underflowed") {
  const auto objective = capped_saddle();
  const double least = std::numeric_limits<double>::denorm_min();
  // y, which grows by 1.2 a step from any nonzero value but was shrinking elsewhere, has faded out on the way.
  const auto ended_after_fading = [&](const Vector& end) {
    Trajectory trajectory = ended_at(objective, {1.0, 1e-3}, end, 0.1);
    trajectory.snapshots.insert(trajectory.snapshots.begin() + 1, Snapshot{50, {0.5, 1e-200}});
    return trajectory;
  };
  const Diagnosis diagnosis = examine(ended_after_fading({0.0, 0.0}), &objective);
  REQUIRE(find_finding(diagnosis, "strict-saddle") != nullptr);
  const Finding* finding = find_finding(diagnosis, "rounding-floor");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(finding->certainty == Certainty::proven);
  CHECK(evidence(*finding, "underflowed_coordinates") == 1.0);
  CHECK(contains(finding->message, "stuck for ever"));
  CHECK(contains(finding->message, "coordinate 1, which must grow"));
  // With the least subnormal number left in y, 1.2 y still rounds to y: as stuck as zero.
  const Diagnosis subnormal = examine(ended_after_fading({0.0, least}), &objective);
  REQUIRE(find_finding(subnormal, "rounding-floor") != nullptr);
  CHECK(evidence(*find_finding(subnormal, "rounding-floor"), "largest_step_over_ulp") <= 0.5);
  // Ten times that grows: 1.2 * 10 = 12 of the least numbers.
  CHECK(find_finding(examine(ended_after_fading({0.0, 10.0 * least}), &objective), "rounding-floor") == nullptr);
  // Landing on zero exactly is not underflow: without the snapshot at 1e-200 nothing tells that y faded out.
  const Diagnosis landed = examine(ended_at(objective, {1.0, 1e-3}, {0.0, 0.0}, 0.1), &objective);
  CHECK(find_finding(landed, "strict-saddle") != nullptr);
  CHECK(find_finding(landed, "rounding-floor") == nullptr);
}

TEST_CASE("rounding floor: a real run into it, and healthy runs") {
  // x <- 0.5 x from 1 underflows to 0 after 1075 halvings; y is then still at its start value 0.
  const auto objective = capped_saddle();
  const Trajectory stuck = record(objective, {1e-3, 0.0}, 0.25, 1200);
  const Diagnosis diagnosis = examine(stuck, &objective);
  const Finding* finding = find_finding(diagnosis, "rounding-floor");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::problem);
  CHECK(evidence(*finding, "underflowed_coordinates") == 1.0);
  CHECK(contains(finding->message, "coordinate 0"));  // x faded out; y, which must grow, was 0 from the start
  CHECK_FALSE(contains(finding->message, "must grow"));
  CHECK(finding->first > 1000);
  CHECK(finding->first < 1200);
  CHECK(find_finding(examine(record(objective, {1e-3, 0.0}, 0.25, 900), &objective), "rounding-floor") == nullptr);
  CHECK(find_finding(examine(record(objective, {1.0, 0.1}, 0.1, 40), &objective), "rounding-floor") == nullptr);

  // At a minimum the floor is no problem: f = (x - 1/3)^2 / 2, x <- x - 0.1 (x - 1/3).
  const auto bowl = functional(
      1, [](ConstVectorView x) { return 0.5 * std::pow(x[0] - 1.0 / 3.0, 2); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] - 1.0 / 3.0; });
  const Diagnosis settled = examine(record(bowl, {1.0}, 0.1, 2000), &bowl);
  REQUIRE(find_finding(settled, "rounding-floor") != nullptr);
  CHECK(find_finding(settled, "rounding-floor")->severity == Severity::information);
  CHECK(find_finding(settled, "converged-minimum") != nullptr);
  const double ratio = evidence(*find_finding(settled, "rounding-floor"), "largest_step_over_ulp");
  CHECK(ratio > 0.0);
  CHECK(ratio <= 0.5);

  // A step too short for numbers this large, far from any stationary point.
  const auto slope = functional(
      1, [](ConstVectorView x) { return x[0] - 1e12; }, [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  const Diagnosis frozen = examine(record(slope, {1e12}, 1e-9, 30), &slope);
  REQUIRE(find_finding(frozen, "rounding-floor") != nullptr);
  CHECK(find_finding(frozen, "rounding-floor")->severity == Severity::problem);
  CHECK(find_finding(frozen, "rounding-floor")->first == 0);
}

TEST_CASE("rounding floor from a log alone: suspected, and only where the log is precise enough") {
  const auto log_of = [](double value, std::size_t equal, double step_norm) {
    Trajectory trajectory;
    for (std::size_t k = 0; k < 50 + equal; ++k) {
      StepRecord entry;
      entry.iteration = static_cast<Index>(k);
      entry.value = k < 50 ? value + 1.0 / static_cast<double>(k + 1) : value;
      entry.step_norm = k < 50 ? 1.0 / static_cast<double>(k + 1) : step_norm;
      trajectory.records.push_back(entry);
    }
    return trajectory;
  };
  Diagnosis diagnosis = examine(log_of(0.123456789012345, 20, not_measured), nullptr);
  const Finding* finding = find_finding(diagnosis, "rounding-floor");
  REQUIRE(finding != nullptr);
  CHECK(finding->certainty == Certainty::suspected);
  CHECK(finding->severity == Severity::information);
  CHECK(finding->first == 50);
  CHECK(evidence(*finding, "equal_values") == 20.0);
  const auto is_flagged = [&](const Trajectory& trajectory) {
    return find_finding(examine(trajectory, nullptr), "rounding-floor") != nullptr;
  };
  CHECK_FALSE(is_flagged(log_of(0.123456789012345, 19, not_measured)));  // too few
  CHECK_FALSE(is_flagged(log_of(2.3026, 200, not_measured)));            // a log of five digits
  CHECK(is_flagged(log_of(2.3026, 20, 0.0)));                            // unless the steps are recorded as zero
  CHECK_FALSE(is_flagged(log_of(0.123456789012345, 20, 1e-3)));          // moving on a flat stretch
  Trajectory exact = log_of(0.123456789012345, 20, 0.0);                 // exactly stationary: nothing to round
  for (StepRecord& entry : exact.records) entry.gradient_norm = 0.0;
  CHECK_FALSE(is_flagged(exact));
}

TEST_CASE("rounding floor from a log: equal values and gradient norms say that the iterate stands still") {
  const auto log_of = [](double gradient_norm, double drift) {
    Trajectory trajectory;
    for (Index k = 0; k < 100; ++k) {
      StepRecord entry;
      entry.iteration = k;
      entry.value = 3.14159265358979 + std::max(0.0, 1.0 - static_cast<double>(k) / 50.0);
      entry.gradient_norm =
          gradient_norm + std::max(0.0, 50.0 - static_cast<double>(k)) + drift * static_cast<double>(k);
      entry.step_norm = 1e-4 * entry.gradient_norm;  // eta ||g||, of which nothing was left
      trajectory.records.push_back(entry);
    }
    return trajectory;
  };
  const Diagnosis stuck = examine(log_of(0.00123456789, 0.0), nullptr);
  const Finding* finding = find_finding(stuck, "rounding-floor");
  REQUIRE(finding != nullptr);
  CHECK(finding->certainty == Certainty::suspected);
  CHECK(finding->severity == Severity::problem);  // the gradient is not small
  CHECK(finding->first == 50);
  const Diagnosis done = examine(log_of(1.23456789012e-9, 0.0), nullptr);
  REQUIRE(find_finding(done, "rounding-floor") != nullptr);
  CHECK(find_finding(done, "rounding-floor")->severity == Severity::information);
  // Gradients that change belong to different points.
  CHECK(find_finding(examine(log_of(0.00123456789, 1e-5), nullptr), "rounding-floor") == nullptr);
}
