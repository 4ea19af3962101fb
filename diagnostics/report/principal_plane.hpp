// A path through many dimensions seen in a plane.
//
// Principal component analysis (Pearson, 1901) of the snapshots: with X the m snapshots less their mean, the
// coordinates along component j are sqrt(mu_j) u_j, where mu_j, u_j is the j-th eigenpair of the m x m Gram matrix
// X X'. Two pairs by power iteration with deflation. The Gram matrix keeps the cost at O(m^2 n) and the storage
// independent of n.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_PRINCIPAL_PLANE_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_PRINCIPAL_PLANE_HPP

#include <perigee/lib/trajectory.hpp>

#include <vector>

namespace perigee {

/// The snapshots in a plane, in the order of the run.
struct PlanePath {
  std::vector<Index> iterations;
  std::vector<double> first;           // coordinate along the first axis
  std::vector<double> second;          // along the second
  double first_share = not_measured;   // part of the variance along the first axis, in [0, 1]
  double second_share = not_measured;  // NaN for both where the axes are the coordinates themselves (n = 2)
  // A point (a, b) of the plane is x = origin + a first_direction + b second_direction, unit vectors; empty where the
  // path has no second component.
  Vector origin{};
  Vector first_direction{};
  Vector second_direction{};
};

/// The plane of the first two principal components; for n = 2 the coordinates themselves. Snapshots with non-finite
/// elements are left out, and of very many or very large ones an even selection is used (the first and the last
/// always among it). Each component points from the start of the run to its end. Empty if fewer than three snapshots
/// remain, n < 2, they differ in length, or all are the same point. Deterministic.
PlanePath principal_plane(const std::vector<Snapshot>& snapshots);

}  // namespace perigee

#endif
