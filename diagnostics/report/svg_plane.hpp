// A run as a path in a plane: the plane of its principal components, or the triangle of three probabilities.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_SVG_PLANE_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_SVG_PLANE_HPP

#include <perigee/diagnostics/landscape.hpp>
#include <perigee/diagnostics/report/principal_plane.hpp>

#include <string>

namespace perigee {

/// The path with its start and end marked, one dot a snapshot, over the lines of equal value of f where `plane` has
/// values: the lower, the darker, and some of them named. Empty text for an empty path.
std::string svg_plane(const PlanePath& path, const PlaneValues& plane = {});

/// The path of a policy of three actions in the probability simplex, corners named after the columns, the best one
/// marked. Empty text unless there are exactly three probability columns that add up to 1 (within 1e-3) everywhere.
std::string svg_simplex(const Trajectory& trajectory);

}  // namespace perigee

#endif
