// The calibration corpus: runs whose trouble is known because they were made to have it.
//
// A family is a landscape (or a law of curves); a treatment is what is done with it: which solver, start, step, noise,
// length. The label follows from the family's known constants and the treatment, and never from a detector. Families
// that take the same treatments form a class. Within each class the families, in the order of their names, are dealt
// to the three thirds in turn; a class has at least three families, so every treatment, and with it every finding, is
// in every third, on different landscapes. The last third is held out: see main.cpp.
#ifndef PERIGEE_TESTS_CORPUS_CORPUS_HPP
#define PERIGEE_TESTS_CORPUS_CORPUS_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/trajectory.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace perigee::corpus {

/// What of a run is handed to the diagnosis.
enum class Recording {
  objective,  // everything, and the objective itself
  log,        // every number of the records and the columns; no parameters, no objective
  gradients,  // iterations, values, gradient norms
  values,     // iterations and values
  printed,    // a training loop's log: at most 150 records, to 5 digits: value, gradient norm, step size, the columns
};
std::string_view name_of(Recording recording);

/// The labels beside the ids of findings.
inline constexpr const char* no_trouble = "none";
inline constexpr const char* not_to_be_told = "undetermined";  // what is recorded does not suffice
inline constexpr const char* any_finding = "*";                // in `may`: nothing else is counted against the run

struct CorpusRun {
  Trajectory trajectory;
  std::shared_ptr<const Objective> objective;  // nullptr: not handed over
  std::string label;                           // the principal verdict that is right
  std::set<std::string> also_right;            // other principal verdicts that are right, too
  std::set<std::string> must;                  // findings that have to be made
  std::set<std::string> may;                   // findings that are true as well, or that the record cannot exclude
  std::optional<Index> onset;                  // of the label: the iteration from which on it holds
  std::string void_reason;                     // not empty: the run did not do what it was made for; not in the corpus
};

/// Names a run for good: "family/treatment/variant/recording".
struct RunName {
  std::string family;
  std::string treatment;
  std::string variant;
  Recording recording = Recording::objective;
  std::string text() const;
};

/// Takes the runs one by one; only those that are wanted are made.
class Collector {
 public:
  virtual ~Collector() = default;
  virtual void add(const RunName& name, const std::function<CorpusRun()>& make) = 0;
};

struct Family {
  std::string name;  // kebab-case
  std::string kind;  // the class
  std::function<void(const std::string& name, Collector& collector)> add_runs;
  int third = 0;  // 0, 1: to look at; 2: held out
};

/// All families, their thirds assigned by the rule above.
const std::vector<Family>& families();

// --- the classes -------------------------------------------------------------------------------------------------
std::vector<Family> quadratics();         // quadratics.cpp
std::vector<Family> bounded_curvature();  // bounded_curvature.cpp
std::vector<Family> known_points();       // known_points.cpp: wells, symmetric saddles, summits, degenerate points
std::vector<Family> policies();           // policies.cpp
std::vector<Family> classifiers();        // classifiers.cpp
std::vector<Family> curves();             // curves.cpp
std::vector<Family> rough_values();       // rough_values.cpp

}  // namespace perigee::corpus

#endif
