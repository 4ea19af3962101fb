// The simplex of three probabilities with a field in it and paths through it.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_SIMPLEX_PICTURE_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_SIMPLEX_PICTURE_HPP

#include <perigee/diagnostics/report/svg_document.hpp>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace perigee::reproduce {

using Triple = std::array<double, 3>;  // probabilities; sum 1

struct SimplexPath {
  std::string label;
  std::vector<Triple> points;
  int style = 0;  // as ChartSeries::style
};

/// The corners, named, in the order lower left, lower right, top, and the paths. If `field` is not empty, cells show
/// it: the shade of |field| in [0, 1], negative values in another color. One SVG element, 400 CSS pixels high.
SvgPanel simplex_panel(const std::string& title, const std::array<std::string, 3>& corners,
                       const std::function<double(const Triple&)>& field, const std::vector<SimplexPath>& paths);

}  // namespace perigee::reproduce

#endif
