#include "support/catch.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/verdict.hpp>
#include <perigee/diagnostics/verdict_words.hpp>

#include <regex>

using namespace perigee;

namespace {

// Sentences end in a full stop before a space or the end; those of numbers and names stand inside words.
std::ptrdiff_t sentences_in(const std::string& text) {
  const std::regex end("[.?!]( |$)");
  return std::distance(std::sregex_iterator(text.begin(), text.end(), end), std::sregex_iterator());
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a verdict has one to three sentences, and no Greek") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    for (const Objective* known : {static_cast<const Objective*>(nullptr), run.objective.get()}) {
      const Diagnosis diagnosis = diagnose(run.trajectory, known);
      CAPTURE(run.name, diagnosis.summary);
      CHECK(sentences_in(diagnosis.summary) >= 1);
      CHECK(sentences_in(diagnosis.summary) <= 3);
      CHECK(diagnosis.summary.size() < 450);
      for (const char* jargon : {"lambda", "eta", "eigenvalue", "Hessian", "Lojasiewicz", "exponent", "nan", "inf "}) {
        CHECK(diagnosis.summary.find(std::string(" ") + jargon) == std::string::npos);
      }
    }
  }
}

TEST_CASE("the words of each finding are at most three sentences, whatever its evidence") {
  Trajectory trajectory;
  trajectory.records.resize(2);
  trajectory.records[1].iteration = 10;
  for (const FindingDescription& description : finding_descriptions()) {
    for (const Severity severity : {Severity::information, Severity::warning, Severity::problem}) {
      Finding finding;
      finding.id = description.id;
      finding.severity = severity;
      finding.message = "The message. And more of it.";
      finding.recommendation = "Do this. And that.";
      const VerdictWords words = words_for(finding, trajectory);
      CAPTURE(description.id, words.happened);
      CHECK(words.happened != "The message.");  // each id has words of its own
      CHECK(sentences_in(words.happened) == 1);
      CHECK(sentences_in(words.standing) <= 1);
      CHECK(sentences_in(words.advice) <= 1);
    }
  }
  Finding unknown;
  unknown.id = "unheard-of";
  unknown.message = "The message. And more of it.";
  unknown.recommendation = "Do this. And that.";
  CHECK(words_for(unknown, trajectory).happened == "The message.");
  CHECK(words_for(unknown, trajectory).advice == "Do this.");
}

TEST_CASE("the verdict tells the finding that matters: its place is recorded") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    CAPTURE(run.name, diagnosis.summary);
    const Finding* principal = principal_finding(diagnosis);
    if (run.id.empty() || run.id == "saddle-passage") continue;  // after the saddle it may have converged
    REQUIRE(principal != nullptr);
    CHECK(principal->id == run.id);
  }
}

TEST_CASE("a report tells the message of its principal finding once, and not in the verdict") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    Report report;
    report.diagnosis = diagnose(run.trajectory, run.objective.get());
    report.trajectory = run.trajectory;
    const Finding* principal = principal_finding(report.diagnosis);
    if (principal == nullptr) continue;
    CAPTURE(run.name);
    const std::string text = render_text(report, {.width = 100000});
    CHECK(occurrences(text, principal->message) == 1);
    CHECK(text.find("\nWhy\n") < text.find(principal->message));
    CHECK(occurrences(text, principal->counterevidence) == 1);
  }
}

TEST_CASE("importance: severity, then cause before consequence, then certainty, then time") {
  Finding a;
  Finding b;
  a.id = b.id = "plateau";
  a.severity = Severity::problem;
  CHECK(is_more_important(a, b));
  CHECK_FALSE(is_more_important(b, a));
  b.severity = Severity::problem;
  b.certainty = Certainty::proven;
  CHECK(is_more_important(b, a));
  b.id = "budget-exhausted";
  CHECK(is_more_important(a, b));
  b = a;
  b.first = 3;
  CHECK(is_more_important(a, b));
}

TEST_CASE("of findings of one severity a plateau comes after what may be its cause, an exhausted budget last") {
  const auto finding = [](const char* id, Index first, Certainty certainty) {
    Finding made;
    made.id = id;
    made.first = first;
    made.certainty = certainty;
    return made;
  };
  const Finding plateau = finding("plateau", 0, Certainty::likely);
  const Finding passage = finding("saddle-passage", 5, Certainty::suspected);
  const Finding budget = finding("budget-exhausted", 0, Certainty::proven);
  CHECK(is_more_important(passage, plateau));
  CHECK(is_more_important(plateau, budget));
  Finding severe = plateau;
  severe.severity = Severity::problem;
  CHECK(is_more_important(severe, passage));
}
