// A chart over the iterations as inline SVG that adapts to the width of the page without a script.
//
// Text and lines keep their size at every width: horizontal places are percentages, and the curves lie in a nested
// picture that is stretched with strokes of constant width. Colors come from classes (series-0 to series-7,
// phase-..., mark-...) of the page's style sheet; no style attributes, so a strict content security policy holds.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_SVG_PLOT_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_SVG_PLOT_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// The chart as one `<svg>` element with role img and a description. Deterministic; linear in the samples.
std::string svg_plot(const Chart& chart);

/// Probabilities of many actions as one strip each: the darker, the likelier. A cell is the mean over its stretch of
/// the run; at most `most_strip_rows` rows, those with the highest peaks. Values outside [0, 1] count as the nearer
/// end.
std::string svg_strips(const std::vector<double>& iterations, const std::vector<const Column*>& columns,
                       AxisScale time_scale = AxisScale::linear);
inline constexpr std::size_t most_strip_rows = 24;

/// The style of a kind of phase: "descent", "plateau", "ascent" (what goes up or to and fro), "held" (at a place that
/// is no minimum), "rest" (arrived), or "other".
std::string_view phase_style(std::string_view kind);

/// Rectangles of the phase's tint and pattern; `place` closes the class attribute and gives x, y, width and height. The
/// patterns must be in the document: svg_patterns().
std::string phase_swatch(std::string_view kind, const std::string& place);

/// `<defs>` of the patterns that phases and negative curvature are drawn with: once a document.
std::string svg_patterns();

/// A coordinate in SVG, to a hundredth.
std::string svg_coordinate(double value);

/// The text if it has at most `length` code points, else its first length - 1 and an ellipsis. Valid UTF-8 in and out.
std::string shortened(std::string_view text, std::size_t length);

}  // namespace perigee

#endif
