// Lines of equal value of a function known on a grid.
//
// Marching squares (Lorensen and Cline 1987, "Marching cubes", in two dimensions): a line crosses the side of a cell
// whose ends lie on different sides of the level, at the place of linear interpolation; where all four sides are
// crossed, the mean of the corners tells which are joined.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_CONTOUR_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_CONTOUR_HPP

#include <perigee/diagnostics/landscape.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace perigee {

/// A piece of a contour, in the coordinates of the grid; closed if the first point is the last.
using ContourLine = std::vector<std::pair<double, double>>;

/// The lines of value `level`, each as long as it goes on. Cells with a corner that is not finite have none.
/// Deterministic. Cost: O(cells).
std::vector<ContourLine> contour_lines(const PlaneValues& plane, double level);

/// At most `most` increasing levels, strictly between the smallest and the largest finite value: quantiles of the
/// values, so that the lines divide the plane evenly, rounded to the fewest digits that keep them apart. Empty if all
/// values are equal.
std::vector<double> contour_levels(const PlaneValues& plane, std::size_t most);

}  // namespace perigee

#endif
