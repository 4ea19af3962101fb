// What a run that still goes on is doing, in a few words: the end of its diagnosis so far.
//
// In this order: a finding about the end of the record (non-finite, divergence, step-too-large, noise-floor,
// gravity-well); a gradient norm that grows exponentially while the value falls, as it does on the way out of a saddle
// (saddle_passage.hpp); the plateau that the record ends in, with its forecast if there is one (escape_forecast.hpp);
// the rate of the value or of the squared gradient norm, where it is decided (rate.hpp); else the phase that the record
// ends in. Nothing here decides anything that the detectors have not decided.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_CURRENT_COURSE_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_CURRENT_COURSE_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/lib/trajectory.hpp>

#include <string>

namespace perigee {

struct CurrentCourse {
  std::string kind;      // a finding's id, "escape", a phase's kind, or "undetermined"
  std::string sentence;  // for people; without full stop
};

/// `diagnosis` is that of the trajectory. O(records).
CurrentCourse current_course(const Trajectory& trajectory, const Diagnosis& diagnosis);

}  // namespace perigee

#endif
