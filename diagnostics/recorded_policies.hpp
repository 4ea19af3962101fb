// The policies of a run, as they were recorded.
#ifndef PERIGEE_DIAGNOSTICS_RECORDED_POLICIES_HPP
#define PERIGEE_DIAGNOSTICS_RECORDED_POLICIES_HPP

#include <perigee/lib/trajectory.hpp>

#include <cstddef>
#include <vector>

namespace perigee {

/// One row a record; records with a gap are left out.
struct RecordedPolicies {
  std::vector<std::size_t> record;                 // index into Trajectory::records
  std::vector<std::vector<double>> probabilities;  // in the order of the actions
};

/// Empty if the trajectory has no policy or one of its columns is missing. O(records x actions).
RecordedPolicies recorded_policies(const Trajectory& trajectory);

}  // namespace perigee

#endif
