#include "support/catch.hpp"
#include "support/curves.hpp"
#include "support/finding_contract.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/phases.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/random.hpp>

#include <set>

using namespace perigee;

namespace {

double evidence_of(const Phase& phase, const std::string& name) { return evidence_value(phase.evidence, name); }

// The invariants of a tiling: it begins and ends with the run, every phase begins at the record after the one before,
// no two neighbours are alike, every kind is documented, every cause is a finding of this diagnosis.
void check_tiling(const Trajectory& trajectory, const Diagnosis& diagnosis) {
  std::set<std::string> kinds;
  for (const PhaseKind& kind : phase_kinds()) kinds.insert(kind.kind);
  std::set<std::string> causes{""};
  for (const Finding& finding : diagnosis.findings) causes.insert(finding.id);
  REQUIRE(!diagnosis.phases.empty());
  std::size_t next = 0;  // record at which the next phase must begin
  for (std::size_t i = 0; i < diagnosis.phases.size(); ++i) {
    const Phase& phase = diagnosis.phases[i];
    CAPTURE(phase.kind, phase.first, phase.last, phase.cause);
    REQUIRE(next < trajectory.records.size());
    CHECK(phase.first == trajectory.records[next].iteration);
    CHECK(phase.first <= phase.last);
    while (next < trajectory.records.size() && trajectory.records[next].iteration <= phase.last) ++next;
    CHECK(phase.last == trajectory.records[next - 1].iteration);
    CHECK(kinds.count(phase.kind) == 1);
    CHECK(causes.count(phase.cause) == 1);
    if (i > 0) {
      const Phase& before = diagnosis.phases[i - 1];
      CHECK((phase.kind != before.kind || phase.cause != before.cause));
    }
    test::check_evidence(phase.evidence);
    // An exponent is told only where it agrees with the kind; 0.1 is the default of plateau.exponent.
    if (phase.kind == "descent") CHECK_FALSE(evidence_of(phase, "exponent_lower") <= 0.1);
    if (phase.kind == "ascent") CHECK_FALSE(evidence_of(phase, "exponent_upper") >= -0.1);
    if (phase.kind == "plateau") CHECK_FALSE(std::abs(evidence_of(phase, "exponent")) >= 0.1);
  }
  CHECK(next == trajectory.records.size());
}

const Phase& phase_at(const Diagnosis& diagnosis, Index iteration) {
  for (const Phase& phase : diagnosis.phases) {
    if (phase.first <= iteration && iteration <= phase.last) return phase;
  }
  FAIL("no phase at " << iteration);
  return diagnosis.phases.front();
}

}  // namespace

TEST_CASE("phases tile every labelled run, with the objective and without") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      const Diagnosis diagnosis = diagnose(run.trajectory, known);
      CAPTURE(run.name, diagnosis.summary);
      check_tiling(run.trajectory, diagnosis);
    }
  }
}

TEST_CASE("phases tile every training log") {
  for (const char* file : {"digits-softmax-reward-0.csv", "digits-softmax-reward-3.csv", "digits-escort4-reward.jsonl",
                           "digits-softmax-xent-lr-too-large.csv", "digits-softmax-xent.csv"}) {
    CAPTURE(file);
    const Trajectory trajectory = read_trajectory(std::string(PERIGEE_TEST_DATA) + "/logs/" + file).trajectory;
    check_tiling(trajectory, diagnose(trajectory));
  }
}

// Walks, spikes, gaps, non-finite tails and uneven iterations: no claim on what is found, only on the form.
TEST_CASE("phases tile random curves") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("test-phases", 0);
    const auto uniform = [&] { return uniform_unit(engine); };
    Trajectory trajectory;
    const auto count = static_cast<Index>(1.0 + 300.0 * uniform() * uniform());
    const double drift = 0.2 * (uniform() - 0.5);
    const double noise = uniform() < 0.3 ? 0.0 : 0.3 * uniform();
    double value = 1.0 + 10.0 * uniform();
    Index iteration = uniform() < 0.5 ? 0 : 7;
    for (Index i = 0; i < count; ++i) {
      StepRecord record;
      record.iteration = iteration;
      record.value = value + (uniform() < 0.02 ? 30.0 * uniform() : 0.0);
      if (uniform() < 0.05) record.value = not_measured;
      if (uniform() < 0.5) record.gradient_norm = std::exp(-0.1 * static_cast<double>(i)) * uniform();
      record.step_size = 0.1;
      record.curvature = 40.0 * uniform();
      trajectory.records.push_back(record);
      value *= std::exp(drift + noise * (uniform() - 0.5));
      if (uniform() < 0.01) value *= 10.0;
      iteration += uniform() < 0.8 ? 1 : 1 + static_cast<Index>(20.0 * uniform());
    }
    if (uniform() < 0.2) trajectory.records.back().value = std::numeric_limits<double>::infinity();
    CAPTURE(seed);
    check_tiling(trajectory, diagnose(trajectory));
  }
}

// 1.5 down to 0.5 within a few steps, flat until 600, then down: by construction.
TEST_CASE("a plateau that was left lies between two descents, with its finding as the cause") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    if (run.name != "plateau that was left") continue;
    const Diagnosis diagnosis = diagnose(run.trajectory);
    const Phase& plateau = phase_at(diagnosis, 300);
    CHECK(plateau.kind == "plateau");
    CHECK(plateau.cause == "plateau");
    CHECK(std::abs(static_cast<double>(plateau.last) - 600.0) < 30.0);
    CHECK(evidence_of(plateau, "value_last") == Approx(0.5).margin(0.01));
    CHECK(evidence_of(plateau, "exponent_upper") < 0.1);
    CHECK(diagnosis.phases.front().kind == "descent");
    CHECK(phase_at(diagnosis, 650).kind == "descent");
    return;
  }
  FAIL("the run is not there");
}

TEST_CASE("what explains a stretch beats the shape of its curve") {
  const std::vector<std::pair<std::string, std::string>> expected{
      {"passed saddle", "saddle-passage"}, {"exact saddle", "stuck"},   {"converged", "converged"},
      {"diverged", "divergence"},          {"period 2", "oscillation"}, {"gravity well", "gravity-well"}};
  for (const auto& [name, kind] : expected) {
    bool is_there = false;
    for (const test::LabelledRun& run : test::labelled_runs()) {
      if (run.name != name) continue;
      const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
      const Finding* finding = find_finding(diagnosis, run.id);
      REQUIRE(finding != nullptr);
      const Phase& phase = phase_at(diagnosis, (finding->first + finding->last) / 2);
      CAPTURE(name, diagnosis.summary);
      CHECK(phase.kind == kind);
      CHECK(phase.cause == run.id);
      is_there = true;
    }
    CHECK(is_there);
  }
}

TEST_CASE("a run that oscillates or diverges from its start on does so from its start") {
  // The detectors look at the second half; the shape of the curve tells where it began.
  for (const test::LabelledRun& run : test::labelled_runs()) {
    if (run.name != "diverged" && run.name != "period 2") continue;
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    CAPTURE(run.name);
    CHECK(diagnosis.phases.size() <= (run.name == "diverged" ? 2 : 1));
    CHECK(diagnosis.phases.back().cause == run.id);
    CHECK(diagnosis.phases.back().first < 10);  // what diverges along one direction may first fall along the others
    if (run.name == "diverged") CHECK(find_finding(diagnosis, "plateau") == nullptr);
  }
}

TEST_CASE("a few records tell a descent only if no value rises") {
  const auto of = [](const std::vector<double>& values) {
    Trajectory trajectory;
    for (std::size_t i = 0; i < values.size(); ++i) {
      StepRecord record;
      record.iteration = static_cast<Index>(i);
      record.value = values[i];
      trajectory.records.push_back(record);
    }
    const Diagnosis diagnosis = diagnose(trajectory);
    check_tiling(trajectory, diagnosis);
    return diagnosis.phases.front().kind;
  };
  CHECK(of({4.0, 3.0, 3.0, 1.0}) == "descent");
  CHECK(of({1.0, 2.0, 5.0}) == "ascent");
  CHECK(of({1.0, 2.0, 1.5}) == "undetermined");
  CHECK(of({1.0}) == "undetermined");
  CHECK(of({1.0, 1.0}) == "undetermined");
}
