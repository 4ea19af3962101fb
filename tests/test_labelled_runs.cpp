#include "support/catch.hpp"
#include "support/finding_contract.hpp"
#include "support/labelled_runs.hpp"

using namespace perigee;

TEST_CASE("each run made to have a trouble is told to have it, and the good ones none worse than information") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    CAPTURE(run.name, diagnosis.summary);
    if (!run.id.empty()) {
      CHECK(find_finding(diagnosis, run.id) != nullptr);
      continue;
    }
    for (const Finding& finding : diagnosis.findings) {
      CAPTURE(finding.id, finding.message);
      CHECK((finding.severity == Severity::information || finding.id == "budget-exhausted"));
    }
  }
}

TEST_CASE("each finding tells its numbers against their thresholds, and what would overturn it") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    CAPTURE(run.name);
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      for (const Finding& finding : diagnose(run.trajectory, known).findings) test::check_contract(finding);
    }
  }
}

TEST_CASE("none of them, with the objective or without, is told of wrong derivatives or a stalled line search") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      const Diagnosis diagnosis = diagnose(run.trajectory, known);
      CAPTURE(run.name, known != nullptr, diagnosis.summary);
      CHECK(find_finding(diagnosis, "derivative-mismatch") == nullptr);
      CHECK(find_finding(diagnosis, "line-search-stall") == nullptr);
    }
  }
}
