#include "support/catch.hpp"
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
