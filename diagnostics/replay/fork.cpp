#include <perigee/diagnostics/replay/fork.hpp>

#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace perigee {

namespace {

constexpr std::array<std::string_view, 5> traps = {"gravity-well", "saddle-passage", "strict-saddle",
                                                   "degenerate-stationary-point", "local-maximum"};
constexpr double well_share = 0.1;
constexpr double plateau_share = 0.2;

bool is_trap(const Finding& finding) {
  if (std::find(traps.begin(), traps.end(), finding.id) == traps.end()) return false;
  const bool is_point = finding.id == "degenerate-stationary-point" || finding.id == "local-maximum";
  return !is_point || finding.severity == Severity::problem;
}

std::vector<SlowPhase> slow_phases(const Trajectory& trajectory, const Diagnosis& diagnosis) {
  const Index end = trajectory.records.back().iteration;
  std::vector<SlowPhase> phases;
  for (const Finding& finding : diagnosis.findings) {
    if (is_trap(finding)) phases.push_back({finding.id, finding.first, finding.last, finding.last == end});
  }
  const std::size_t trap_count = phases.size();
  for (const Finding& finding : diagnosis.findings) {
    if (finding.id != "plateau") continue;
    Index covered = 0;
    for (std::size_t i = 0; i < trap_count; ++i) {
      covered += std::max<Index>(0, std::min(finding.last, phases[i].last) - std::max(finding.first, phases[i].first));
    }
    if (2 * covered >= finding.last - finding.first) continue;
    const bool is_end = finding.last == end && finding.severity != Severity::information;
    phases.push_back({finding.id, finding.first, finding.last, is_end});
  }
  std::stable_sort(phases.begin(), phases.end(),
                   [](const SlowPhase& a, const SlowPhase& b) { return a.first < b.first; });
  return phases;
}

const Snapshot& snapshot_in(const Trajectory& trajectory, const SlowPhase& phase) {
  for (const Snapshot& snapshot : trajectory.snapshots) {
    if (snapshot.iteration >= phase.first && snapshot.iteration <= phase.last) return snapshot;
  }
  throw std::invalid_argument("replay: the run has no snapshot in its slow phase, iterations " +
                              std::to_string(phase.first) + " to " + std::to_string(phase.last) + " (" + phase.finding +
                              "); fork it elsewhere, or record it with more snapshots");
}

const Snapshot& snapshot_before(const Trajectory& trajectory, Index iteration) {
  const Snapshot* found = nullptr;
  for (const Snapshot& snapshot : trajectory.snapshots) {
    if (snapshot.iteration <= iteration) found = &snapshot;
  }
  if (found == nullptr) {
    throw std::invalid_argument("replay: the run has no snapshot up to iteration " + std::to_string(iteration));
  }
  return *found;
}

std::optional<SlowPhase> phase_around(const Trajectory& trajectory, const Diagnosis& diagnosis, Index iteration) {
  std::optional<SlowPhase> found;
  for (const SlowPhase& phase : slow_phases(trajectory, diagnosis)) {
    const bool contains = phase.first <= iteration && iteration <= phase.last;
    if (contains && (!found || phase.last - phase.first < found->last - found->first)) found = phase;
  }
  return found;
}

void choose_departure(const Trajectory& trajectory, Fork& fork) {
  double share = saddle_departure_share;
  if (fork.phase && fork.phase->finding == "gravity-well") share = well_share;
  if (fork.phase && fork.phase->finding == "plateau") share = plateau_share;
  const ValueBound bound = value_bound(trajectory, value_series(trajectory));
  const double left = value_left(trajectory, fork.level);
  const std::string what = bound.is_known() ? std::string(name_of(bound.source)) + " " + format_number(bound.value, 4)
                                            : "the range of the values recorded";
  fork.departure = share * left;
  fork.departure_rule =
      bound.is_known()
          ? format_number(share) + " of what is left, " + format_number(left, 4) + ", above " + what
          : format_number(share) + " of " + what + ", " + format_number(left, 4) + ", for want of a known bound";
  if (fork.departure > 0.0 && fork.level - fork.departure < fork.level) return;
  throw std::invalid_argument("replay: at iteration " + std::to_string(fork.iteration) + ", value " +
                              format_number(fork.level) + ", nothing tells how far down 'left' is (" +
                              fork.departure_rule + "); give the departure");
}

// How the recorded run itself went on from the fork.
void read_on(const Trajectory& trajectory, Fork& fork) {
  const StepRecord* start = nullptr;
  for (const StepRecord& record : trajectory.records) {
    if (record.iteration == fork.iteration) start = &record;
    if (start == nullptr || record.batch_size != 0 || !(record.value < fork.level - fork.departure)) continue;
    fork.recorded_iterations = static_cast<double>(record.iteration - start->iteration);
    fork.recorded_cost = cost_of(record.counts) - cost_of(start->counts);
    return;
  }
}

}  // namespace

double cost_of(const OracleCounts& counts) {
  return static_cast<double>(counts.gradients) + 2.0 * static_cast<double>(counts.hessian_vector_products) +
         static_cast<double>(counts.values) / 3.0;
}

std::optional<SlowPhase> longest_slow_phase(const Trajectory& trajectory, const Diagnosis& diagnosis) {
  std::optional<SlowPhase> longest;
  if (trajectory.records.empty()) return longest;
  for (const SlowPhase& phase : slow_phases(trajectory, diagnosis)) {
    const bool is_longer =
        !longest || phase.is_end > longest->is_end ||
        (phase.is_end == longest->is_end && phase.last - phase.first > longest->last - longest->first);
    if (is_longer) longest = phase;
  }
  return longest;
}

Fork find_fork(const Trajectory& trajectory, const Diagnosis& diagnosis, const Objective& objective,
               const ForkOptions& options) {
  if (trajectory.snapshots.empty()) {
    throw std::invalid_argument("replay: the run has no snapshot of its iterates to go on from");
  }
  if (trajectory.records.empty()) throw std::invalid_argument("replay: the run has no records");
  Fork fork;
  const Snapshot* snapshot = nullptr;
  if (options.iteration) {
    snapshot = &snapshot_before(trajectory, *options.iteration);
    fork.phase = phase_around(trajectory, diagnosis, snapshot->iteration);
  } else {
    fork.phase = longest_slow_phase(trajectory, diagnosis);
    if (!fork.phase) {
      throw std::invalid_argument("replay: the diagnosis finds no slow phase in this run; say which iteration to fork");
    }
    snapshot = &snapshot_in(trajectory, *fork.phase);
  }
  if (snapshot->x.size() != objective.dimension()) {
    throw std::invalid_argument("replay: the objective must have the dimension of the snapshots, got " +
                                std::to_string(objective.dimension()) + " and " + std::to_string(snapshot->x.size()));
  }
  fork.iteration = snapshot->iteration;
  fork.x = snapshot->x;
  fork.level = objective.value(fork.x.view());
  if (!std::isfinite(fork.level)) {
    throw std::invalid_argument("replay: the value at iteration " + std::to_string(fork.iteration) +
                                " must be finite, got " + format_number(fork.level));
  }
  if (options.departure) {
    if (!(*options.departure > 0.0) || !std::isfinite(*options.departure)) {
      throw std::invalid_argument("replay: departure must be > 0, got " + format_number(*options.departure));
    }
    fork.departure = *options.departure;
    fork.departure_rule = "as given";
  } else {
    choose_departure(trajectory, fork);
  }
  read_on(trajectory, fork);
  return fork;
}

}  // namespace perigee
