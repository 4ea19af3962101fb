#include "score.hpp"

#include <algorithm>

namespace perigee::corpus {

namespace {

// What of the trajectory was recorded up to iteration `last`, as a log that is still being written.
Trajectory prefix_of(const Trajectory& trajectory, Index last) {
  Trajectory prefix = trajectory;
  prefix.end.reset();
  std::erase_if(prefix.records, [&](const StepRecord& record) { return record.iteration > last; });
  std::erase_if(prefix.snapshots, [&](const Snapshot& snapshot) { return snapshot.iteration > last; });
  for (Column& column : prefix.columns) column.values.resize(prefix.records.size());
  return prefix;
}

void measure_delay(const CorpusRun& run, Score& score) {
  const Index last = run.trajectory.records.back().iteration;
  const auto length = static_cast<double>(last - *run.onset);
  constexpr int steps = 20;
  for (int i = 1; i <= steps; ++i) {
    const double delay = length * i / steps;
    const Trajectory prefix = prefix_of(run.trajectory, *run.onset + static_cast<Index>(delay));
    if (prefix.records.empty()) continue;
    if (find_finding(diagnose(prefix, nullptr), run.label) == nullptr) continue;
    score.delay = delay;
    score.delay_share = delay / length;
    return;
  }
}

}  // namespace

std::string verdict_of(const Diagnosis& diagnosis, const std::string& label) {
  const Finding* named = principal_finding(diagnosis);
  const bool is_bare_budget =
      named != nullptr && named->id == "budget-exhausted" && named->severity == Severity::information;
  if (named == nullptr || is_bare_budget) {
    const bool has_trouble = label != no_trouble && label != "budget-exhausted" && label != "converged-minimum";
    return has_trouble && !diagnosis.limits.empty() ? not_to_be_told : no_trouble;
  }
  const bool is_open = named->id == "plateau" && named->certainty == Certainty::suspected && label != "plateau";
  return is_open ? not_to_be_told : named->id;
}

Score score(const RunName& name, const CorpusRun& run, Delays delays) {
  const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
  Score score;
  score.name = name.text();
  score.label = run.label;
  score.verdict = verdict_of(diagnosis, run.label);
  score.is_right = score.verdict == run.label || run.also_right.count(score.verdict) > 0;
  score.must = run.must;
  score.allowed = run.must;
  score.allowed.insert(run.may.begin(), run.may.end());
  score.allows_any = run.may.count(any_finding) > 0;
  for (const Finding& finding : diagnosis.findings) {
    if (!score.found.insert(finding.id).second) continue;
    if (score.allows_any || score.allowed.count(finding.id) > 0) continue;
    score.false_alarms.push_back(finding.id);
    if (finding.certainty == Certainty::proven) score.false_proofs.push_back(finding.id);
  }
  for (const std::string& id : run.must) {
    if (score.found.count(id) == 0) score.missed.push_back(id);
  }
  if (delays == Delays::measure && run.onset && run.must.count(run.label) > 0) measure_delay(run, score);
  return score;
}

Summary summarize(const std::vector<Score>& scores) {
  Summary summary;
  for (const FindingDescription& description : finding_descriptions()) summary.findings[description.id];
  for (const Score& score : scores) {
    ++summary.runs;
    ++summary.confusion[score.label][score.verdict];
    if (score.is_decided()) {
      ++summary.decided;
      summary.right += score.is_right ? 1 : 0;
    } else if (score.label != not_to_be_told) {
      ++summary.undetermined_where_decidable;
    }
    summary.false_alarms += score.false_alarms.size();
    summary.false_proofs += score.false_proofs.size();
    for (auto& [id, rates] : summary.findings) {
      const bool is_found = score.found.count(id) > 0;
      if (score.must.count(id) > 0) {
        ++rates.due;
        rates.made += is_found ? 1 : 0;
      } else if (score.allowed.count(id) == 0 && !score.allows_any) {
        ++rates.absent;
        rates.alarms += is_found ? 1 : 0;
      }
      rates.false_proofs +=
          static_cast<std::size_t>(std::count(score.false_proofs.begin(), score.false_proofs.end(), id));
    }
    if (score.delay) {
      summary.delays[score.label].push_back(*score.delay);
      summary.delay_shares[score.label].push_back(*score.delay_share);
    }
  }
  for (auto* lists : {&summary.delays, &summary.delay_shares}) {
    for (auto& [label, list] : *lists) std::sort(list.begin(), list.end());
  }
  return summary;
}

}  // namespace perigee::corpus
