#include <perigee/lib/recorder.hpp>

#include <stdexcept>
#include <utility>

namespace perigee {

bool keeps_snapshot(const SnapshotRule& rule, const StepRecord& record, Index last_kept, std::size_t kept) {
  if (last_kept < 0) return true;
  if (kept + 1 >= static_cast<std::size_t>(rule.at_most)) return false;
  if (rule.at_perturbations && (record.kind == StepKind::perturbation || record.kind == StepKind::jump)) return true;
  if (rule.every > 0 && record.iteration % rule.every == 0) return true;
  return rule.log_spacing > 0.0 &&
         static_cast<double>(record.iteration) >= rule.log_spacing * static_cast<double>(last_kept);
}

Recorder::Recorder(SnapshotRule rule, Probe probe)
    : rule_(rule), probe_(std::move(probe)), probed_(static_cast<Index>(probe_.names.size())) {
  if (rule_.every < 0)
    throw std::invalid_argument("SnapshotRule: every must be >= 0, got " + std::to_string(rule_.every));
  if (rule_.at_most < 2) {
    throw std::invalid_argument("SnapshotRule: at_most must be >= 2, got " + std::to_string(rule_.at_most));
  }
  if (rule_.log_spacing != 0.0 && !(rule_.log_spacing > 1.0)) {
    throw std::invalid_argument("SnapshotRule: log_spacing must be 0 or > 1, got " + std::to_string(rule_.log_spacing));
  }
  if (!probe_.names.empty() && !probe_.measure) {
    throw std::invalid_argument("Probe: measure must not be empty when names are given");
  }
  for (const std::string& name : probe_.names) trajectory_.columns.push_back({name, {}});
}

void Recorder::keep_snapshot(const Stepper& stepper) {
  trajectory_.snapshots.push_back({stepper.record().iteration, Vector(stepper.current().x())});
}

void Recorder::observe(const StepRecord&, const Stepper& stepper) {
  trajectory_.records.push_back(stepper.record());
  const Index last_kept = trajectory_.snapshots.empty() ? -1 : trajectory_.snapshots.back().iteration;
  if (keeps_snapshot(rule_, stepper.record(), last_kept, trajectory_.snapshots.size())) keep_snapshot(stepper);
  if (probe_.names.empty()) return;
  probe_.measure(stepper.current().x(), probed_);
  for (std::size_t i = 0; i < trajectory_.columns.size(); ++i) {
    trajectory_.columns[i].values.push_back(probed_[static_cast<Index>(i)]);
  }
}

void Recorder::finish(const End& end, const Stepper& stepper) {
  trajectory_.end = end;
  trajectory_.decisions = stepper.decisions();
  if (trajectory_.snapshots.empty() || trajectory_.snapshots.back().iteration != stepper.record().iteration) {
    keep_snapshot(stepper);
  }
}

}  // namespace perigee
