#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/saddle_passage.hpp>

#include <algorithm>

using namespace perigee;
using test::constant_step;
using test::descend;
using test::double_well;
using test::evidence_of;

namespace {

Diagnosis passages_of(const Trajectory& trajectory, const Objective* objective = nullptr) {
  const DiagnoseOptions options;
  Diagnosis diagnosis;
  detect_saddle_passage({trajectory, objective, options}, diagnosis);
  return diagnosis;
}

}  // namespace

TEST_CASE("the growth past a saddle is log(1 + eta |lambda|) an iteration, and the exit time ln(R/r) over it") {
  // y <- y (1 + eta lambda (1 - y^2)): exact. From y_0 = r the iterate reaches |y| = 0.04, a tenth of the largest
  // gradient 2/(3 sqrt 3) lambda, after ln(0.0385/r)/log(1 + eta lambda) iterations; x has long gone.
  for (const double lambda : {0.1, 0.5, 1.0}) {
    for (const double r : {1e-4, 1e-7, 1e-10}) {
      const auto objective = double_well(lambda);
      const double rate = std::log1p(0.2 * lambda);
      const double exit = std::log(2.0 / (3.0 * std::sqrt(3.0)) / 10.0 / r) / rate;
      const Trajectory trajectory = descend(*objective, constant_step(0.2), {1.0, r}, static_cast<Index>(exit) + 200);
      for (const Objective* known : {static_cast<const Objective*>(nullptr), objective.get()}) {
        const Diagnosis diagnosis = passages_of(trajectory, known);
        CAPTURE(lambda, r, known != nullptr);
        REQUIRE(diagnosis.findings.size() == 1);
        const Finding& finding = diagnosis.findings[0];
        CHECK(finding.certainty == Certainty::likely);
        const bool is_costly =
            evidence_of(finding, "dwell") >= 0.1 * static_cast<double>(trajectory.records.size() - 1);
        CHECK((finding.severity == Severity::warning) == is_costly);
        CHECK(evidence_of(finding, "growth_rate") == Approx(rate).epsilon(0.05));
        CHECK(evidence_of(finding, "lambda_min") == Approx(-lambda).epsilon(0.05));
        CHECK(evidence_of(finding, "exit_time") == Approx(evidence_of(finding, "predicted_exit_time")).epsilon(0.1));
        CHECK(static_cast<double>(finding.last) == Approx(exit).epsilon(0.05));
      }
    }
  }
}

TEST_CASE("a run that starts at a saddle and leaves it has passed it, too; a short passage is information") {
  const auto objective = double_well(1.0);
  const Diagnosis early = passages_of(descend(*objective, constant_step(0.1), {0.0, 1e-8}, 400), objective.get());
  REQUIRE(early.findings.size() == 1);
  CHECK(early.findings[0].first == 0);
  const Diagnosis brief = passages_of(descend(*objective, constant_step(0.1), {1.0, 1e-4}, 4000), objective.get());
  REQUIRE(brief.findings.size() == 1);
  CHECK(brief.findings[0].severity == Severity::information);
}

TEST_CASE("without curvature and objective the growth alone is suspected only") {
  Trajectory trajectory = descend(*double_well(1.0), constant_step(0.1), {1.0, 1e-6}, 400);
  for (StepRecord& record : trajectory.records) record.curvature = not_measured;
  trajectory.snapshots.clear();
  const Diagnosis diagnosis = passages_of(trajectory);
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].certainty == Certainty::suspected);
}

TEST_CASE("what is not left, does not fall, or grows like 1/(c - t) is no passage") {
  // Still at the saddle when the budget ends.
  const auto objective = double_well(1.0);
  CHECK(passages_of(descend(*objective, constant_step(0.1), {1.0, 1e-9}, 150), objective.get()).findings.empty());
  // A gradient that grows while the value rises, exponentially: divergence.
  Trajectory rising = test::trajectory_of([](double t) { return std::exp(0.2 * t); }, 100);
  for (StepRecord& record : rising.records)
    record.gradient_norm = std::exp(0.1 * static_cast<double>(record.iteration));
  CHECK(passages_of(rising).findings.empty());
  // The growth of a gravity well.
  Trajectory hyperbolic = test::trajectory_of([](double t) { return -t; }, 995);
  for (StepRecord& record : hyperbolic.records)
    record.gradient_norm = 1.0 / (1000.0 - static_cast<double>(record.iteration));
  CHECK(passages_of(hyperbolic).findings.empty());
}

TEST_CASE("no other kind of run passes for a saddle passage") {
  for (const test::LabelledRun& run : test::labelled_runs_without("saddle-passage")) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      CAPTURE(run.name, known != nullptr);
      CHECK(find_finding(diagnose(run.trajectory, known), "saddle-passage") == nullptr);
    }
  }
}

TEST_CASE("the whole diagnosis names the passage beside the good end") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    if (run.id != "saddle-passage") continue;
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    CAPTURE(diagnosis.summary);
    CHECK(find_finding(diagnosis, "saddle-passage") != nullptr);
    CHECK(find_finding(diagnosis, "converged-minimum") != nullptr);
  }
}

TEST_CASE("on the octopus the saddles are passed one after another, each at log(1 + eta gamma)") {
  // Du et al. (2017): gradient descent with eta = 1/(4 L) leaves each saddle along a direction of curvature -2 gamma.
  const Problem octopus = problems::make("octopus", {{"dimension", "4"}});
  const double step = octopus.suggested_step.value();
  const Trajectory trajectory = descend(*octopus.objective, constant_step(step), octopus.starts[0].x.view(), 1000);
  DiagnoseOptions options;
  for (const Index judged : {20, 1, 0}) {
    options.saddle_passage.most_judged = judged;
    Diagnosis diagnosis;
    detect_saddle_passage({trajectory, octopus.objective.get(), options}, diagnosis);
    REQUIRE(diagnosis.findings.size() >= 2);
    for (const Finding& finding : diagnosis.findings) {
      CAPTURE(judged, finding.message);
      CHECK(evidence_of(finding, "lambda_min") == Approx(-2.0).epsilon(0.05));
      CHECK(evidence_of(finding, "growth_rate") == Approx(std::log1p(2.0 * step)).epsilon(0.05));
    }
    const auto asked = std::count_if(diagnosis.findings.begin(), diagnosis.findings.end(), [](const Finding& finding) {
      return finding.message.find("smallest eigenvalue") != std::string::npos;
    });
    CHECK(asked == std::min<std::ptrdiff_t>(judged, static_cast<std::ptrdiff_t>(diagnosis.findings.size())));
  }
}
