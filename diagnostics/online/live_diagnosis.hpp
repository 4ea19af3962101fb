// The diagnosis of a run while it goes: an observer in constant memory.
//
// A step costs a few additions (condenser.hpp); everything else is done when somebody asks, by the very detectors that
// judge a recorded run, on the records condensed so far. Without the objective and, unless the run has noise, without
// snapshots: what needs them (the kind of the end point) is left to the diagnosis of the whole run.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_LIVE_DIAGNOSIS_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_LIVE_DIAGNOSIS_HPP

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/online/condenser.hpp>
#include <perigee/diagnostics/online/current_course.hpp>
#include <perigee/lib/observer.hpp>

namespace perigee {

struct LiveDiagnosisOptions {
  std::size_t most_records = 512;   // a power of two, >= 128
  std::size_t most_snapshots = 64;  // of a run with noise: equally spaced, even, >= 32; halved whenever they are full
};

class LiveDiagnosis final : public Observer {
 public:
  /// `description`: what the diagnosis should know of the run beside its records: problem, solver, settings, policy,
  /// optimal value or bound. Its records, columns and snapshots are not looked at.
  /// Throws std::invalid_argument on an option out of range.
  explicit LiveDiagnosis(Trajectory description = {}, LiveDiagnosisOptions options = {});

  void observe(const StepRecord& first, const Stepper& stepper) override {
    (void)first;
    const StepRecord& record = stepper.record();
    condenser_.add(record);
    if (is_noisy_ || record.batch_size > 0) observe_point(stepper);
  }
  void finish(const End& end, const Stepper& stepper) override;
  bool wants_curvature() const override { return true; }

  /// For a loop of one's own: the next row, and nothing else.
  void observe(const StepRecord& record) { condenser_.add(record); }

  /// The run so far, condensed. O(most_records).
  Trajectory trajectory() const;
  /// Its diagnosis, some milliseconds.
  Diagnosis diagnosis(const DiagnoseOptions& options = {}) const;
  /// What it is doing now; the same cost.
  CurrentCourse course(const DiagnoseOptions& options = {}) const;

  /// Complete but for the description: a loaded one sees what one that was never interrupted sees.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  void observe_point(const Stepper& stepper);

  LiveDiagnosisOptions options_;
  Trajectory description_;
  bool is_noisy_;
  Condenser condenser_;
  Index snapshot_spacing_ = 1;  // in iterations
};

}  // namespace perigee

#endif
