// Charts and planes as one SVG file that stands alone: titles, axis names, legends and the report's colors, light and
// dark, are in it; it needs no page, no script and no network.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_SVG_DOCUMENT_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_SVG_DOCUMENT_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <vector>

namespace perigee {

struct LegendEntry {
  std::string label;  // UTF-8 text, not markup
  int style = 0;      // as ChartSeries::style
  SeriesShape shape = SeriesShape::line;
};

/// One picture of a document with what is written around it.
struct SvgPanel {
  std::string title;
  std::string vertical_name;          // above the left end of the picture
  std::string horizontal_name;        // below its right end
  std::string picture;                // one <svg> element that fills the width it is given
  double height = 0.0;                // of the picture, CSS pixels
  std::vector<LegendEntry> legend{};  // below the picture, three to a row
};

/// The chart as a panel: its caption names the vertical axis, its series make the legend (if there are several).
SvgPanel chart_panel(const Chart& chart);

/// A whole SVG file, 800 CSS pixels wide, the panels below each other. `caption` is broken into lines.
std::string svg_document(const std::string& title, const std::string& caption, const std::vector<SvgPanel>& panels);

}  // namespace perigee

#endif
