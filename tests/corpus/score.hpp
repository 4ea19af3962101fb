// How a diagnosis compares with the truth of a run.
//
// The verdict is the finding that the summary names. It is "undetermined" where the tool abstains: where the summary
// names nothing although the run has a trouble, and the limits say what could not be decided; or where all it says is a
// suspected plateau that values alone cannot tell from convergence.
#ifndef PERIGEE_TESTS_CORPUS_SCORE_HPP
#define PERIGEE_TESTS_CORPUS_SCORE_HPP

#include "corpus.hpp"

#include <perigee/diagnostics/diagnose.hpp>

#include <map>

namespace perigee::corpus {

struct Score {
  std::string name;
  std::string label;
  std::string verdict;
  bool is_right = false;
  std::set<std::string> must;
  std::set<std::string> allowed;  // must and may
  bool allows_any = false;
  std::set<std::string> found;
  std::vector<std::string> missed;        // of `must`
  std::vector<std::string> false_alarms;  // found, and neither in `must` nor in `may`
  std::vector<std::string> false_proofs;  // those of them that are called proven
  std::optional<double> delay;            // in iterations, from the onset to the first prefix that shows the label
  std::optional<double> delay_share;      // of what the run lasts after the onset

  bool is_decided() const { return verdict != not_to_be_told; }
  bool is_failure() const { return (is_decided() && !is_right) || !missed.empty() || !false_alarms.empty(); }
};

/// The verdict of a diagnosis on a run with that label.
std::string verdict_of(const Diagnosis& diagnosis, const std::string& label);

enum class Delays { measure, leave };

/// Diagnoses the run and scores it. Delays: up to 20 further diagnoses of its prefixes.
Score score(const RunName& name, const CorpusRun& run, Delays delays);

struct FindingRates {
  std::size_t due = 0;     // runs whose `must` has it
  std::size_t made = 0;    // of these, those that got it
  std::size_t absent = 0;  // runs where it is neither due nor allowed
  std::size_t alarms = 0;  // of these, those that got it
  std::size_t false_proofs = 0;
};

struct Summary {
  std::size_t runs = 0;
  std::size_t decided = 0;
  std::size_t right = 0;  // of the decided ones
  std::size_t undetermined_where_decidable = 0;
  std::size_t false_alarms = 0;
  std::size_t false_proofs = 0;
  std::map<std::string, FindingRates> findings;
  std::map<std::string, std::map<std::string, std::size_t>> confusion;  // label -> verdict -> runs
  std::map<std::string, std::vector<double>> delays;                    // label -> iterations, sorted
  std::map<std::string, std::vector<double>> delay_shares;
};
Summary summarize(const std::vector<Score>& scores);

}  // namespace perigee::corpus

#endif
