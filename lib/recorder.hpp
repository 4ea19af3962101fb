// Keeps a run in memory as a Trajectory.
#ifndef PERIGEE_LIB_RECORDER_HPP
#define PERIGEE_LIB_RECORDER_HPP

#include <perigee/lib/observer.hpp>
#include <perigee/lib/trajectory.hpp>

#include <functional>
#include <string>
#include <vector>

namespace perigee {

/// Which iterates are kept as snapshots of x. The first and the last always are.
struct SnapshotRule {
  Index every = 0;               // k divisible by this; 0: none
  double log_spacing = 1.2;      // the next one at k >= this times the last one; 0: none
  bool at_perturbations = true;  // iterates whose step was perturbed or a jump
  Index at_most = 400;           // beyond this many, only the last is still added
};

/// Extra quantities of an iterate, one number per name, recorded as columns.
struct Probe {
  std::vector<std::string> names;
  std::function<void(ConstVectorView x, VectorView values)> measure;  // values has length names.size()
};

/// Whether the rule keeps iterate k, given the iteration of the last snapshot kept (-1: none yet).
bool keeps_snapshot(const SnapshotRule& rule, const StepRecord& record, Index last_kept, std::size_t kept);

/// Records every iterate, the probe's columns, and snapshots by rule. Use one for one run.
class Recorder final : public Observer {
 public:
  explicit Recorder(SnapshotRule rule = {}, Probe probe = {});
  void observe(const StepRecord& first, const Stepper& stepper) override;
  void finish(const End& end, const Stepper& stepper) override;
  bool wants_curvature() const override { return true; }

  /// Room for this many records, so that recording does not allocate on the way.
  void reserve(std::size_t records) { trajectory_.records.reserve(records); }

  Trajectory& trajectory() { return trajectory_; }
  const Trajectory& trajectory() const { return trajectory_; }

 private:
  void keep_snapshot(const Stepper& stepper);
  SnapshotRule rule_;
  Probe probe_;
  Vector probed_;
  Trajectory trajectory_;
};

}  // namespace perigee

#endif
