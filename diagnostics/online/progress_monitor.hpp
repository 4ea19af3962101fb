// Is a run still getting anywhere? Asked while it goes, in constant memory.
//
// Since the last restart, at the iterations k = 2^j, the octave (k/2, k] is held against what came before it:
//
//     slow:  f(k/2) - f(k) <= value_share (f(0) - f(k))   and   min ||g|| in the octave >= gradient_share min ||g||
//     before
//
// A run that converges, linearly or like a power of k, has gradients that fall from octave to octave; one that crosses
// a valley has values that fall. Only where neither does is there a plateau or a saddle's neighbourhood, or a method
// that does not suit the landscape.
//
// This is less than a diagnosis, on purpose: whoever asks (solvers/guided) starts anew after every remedy, so that most
// stretches are far too short for the detectors, asks at every octave, and keeps the answer's state in its checkpoints.
// What a whole run is doing is the question of live_diagnosis.hpp.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_PROGRESS_MONITOR_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_PROGRESS_MONITOR_HPP

#include <perigee/lib/vector.hpp>

#include <string>

namespace perigee {

class StateReader;
class StateWriter;

struct ProgressMonitorOptions {
  Index patience = 64;          // no octave that ends before this many iterations is judged, >= 2
  double value_share = 0.05;    // in (0, 1)
  double gradient_share = 0.5;  // in (0, 1)
};

class ProgressMonitor {
 public:
  /// Throws std::invalid_argument on an option out of range.
  explicit ProgressMonitor(ProgressMonitorOptions options = {});

  /// Begins anew at an iterate with this value and gradient norm.
  void restart(double value, double gradient_norm);

  /// The next iterate. O(1).
  void observe(double value, double gradient_norm);

  /// Whether an octave ended at the last iterate and was slow.
  bool is_slow() const { return is_slow_; }

  /// What was measured in that octave, with its numbers; for a slow one.
  std::string reason() const;

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  ProgressMonitorOptions options_;
  Index iteration_ = 0;  // since the restart
  Index octave_end_ = 1;
  double first_value_ = 0.0;
  double octave_value_ = 0.0;     // at its begin
  double value_ = 0.0;            // at its end
  double octave_gradient_ = 0.0;  // least in the octave
  double former_gradient_ = 0.0;  // least before it
  double judged_begin_ = 0.0;     // octave_value_ and octave_gradient_ of the last octave judged
  double judged_gradient_ = 0.0;
  bool is_slow_ = false;
};

}  // namespace perigee

#endif
