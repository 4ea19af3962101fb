#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/report_assets.hpp>
#include <perigee/diagnostics/report/svg_document.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>

#include <sstream>

namespace perigee {
namespace {

constexpr double document_width = 800.0;
constexpr double left = 76.0;  // room for the numbers of the vertical axis
constexpr double plot_width = 690.0;
constexpr std::size_t line_length = 118;  // code points of a caption's line at its font size
constexpr std::size_t legend_columns = 3;
constexpr double legend_row = 19.0;

// The page's style sheet, and what a file without a page needs beside it: a font, and pictures that fill the place they
// are given instead of a column of the page.
std::string style_element() {
  return "<style>" + std::string(report_assets::style().text) +
         "svg { font-family: system-ui, \"Segoe UI\", Roboto, Arial, \"DejaVu Sans\", sans-serif; }\n"
         "svg.plot, svg.plane { width: 100%; max-width: none; margin: 0; }\n"
         ".surface { fill: var(--surface); }\n"
         ".heat-negative { fill: var(--series-1); shape-rendering: crispEdges; }\n"
         "svg .title { font-size: 17px; font-weight: 600; fill: var(--text); }\n"
         "svg .caption { font-size: 13px; fill: var(--muted); }\n"
         "</style>";
}

std::string text_at(double x, double y, const std::string& style, const std::string& anchor, const std::string& text) {
  return "<text class=\"" + style + "\" x=\"" + svg_coordinate(x) + "\" y=\"" + svg_coordinate(y) +
         "\" text-anchor=\"" + anchor + "\">" + markup::escape(text) + "</text>";
}

std::vector<std::string> broken_into_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    if (lines.empty() || markup::code_points(lines.back()) + 1 + markup::code_points(word) > line_length) {
      lines.push_back(word);
    } else {
      lines.back() += ' ' + word;
    }
  }
  return lines;
}

std::string legend_entry(const LegendEntry& entry, double x, double y) {
  const std::string color = "series-" + std::to_string(entry.style % 8);
  const bool is_line = entry.shape == SeriesShape::line;
  const std::string shape = is_line ? (entry.style >= 8 ? " dashed" : "") : " dot";
  return "<path class=\"curve " + color + shape + "\" d=\"M" + svg_coordinate(is_line ? x : x + 9.0) + ' ' +
         svg_coordinate(y - 4.0) + (is_line ? "h18" : "h0") + "\"/>" +
         text_at(x + 24.0, y, "caption", "start", entry.label);
}

}  // namespace

SvgPanel chart_panel(const Chart& chart) {
  SvgPanel panel{.title = chart.title,
                 .vertical_name = chart.caption,
                 .horizontal_name = chart.time_name,
                 .picture = svg_plot(chart),
                 .height = chart.height + 24.0};
  if (chart.series.size() > 1) {
    for (const ChartSeries& series : chart.series) panel.legend.push_back({series.label, series.style, series.shape});
  }
  return panel;
}

std::string svg_document(const std::string& title, const std::string& caption, const std::vector<SvgPanel>& panels) {
  double y = 32.0;
  std::string content = text_at(20.0, y, "title", "start", title);
  for (const std::string& line : broken_into_lines(caption)) {
    y += 19.0;
    content += text_at(20.0, y, "caption", "start", line);
  }
  for (const SvgPanel& panel : panels) {
    y += 40.0;
    content += text_at(20.0, y, "name", "start", panel.title);
    y += 24.0;
    content += text_at(left, y, "axis-name", "start", panel.vertical_name);
    y += 12.0;
    content += "<svg x=\"" + svg_coordinate(left) + "\" y=\"" + svg_coordinate(y) + "\" width=\"" +
               svg_coordinate(plot_width) + "\" height=\"" + svg_coordinate(panel.height) + "\" overflow=\"visible\">" +
               panel.picture + "</svg>";
    y += panel.height + 14.0;
    content += text_at(left + plot_width, y, "axis-name", "end", panel.horizontal_name);
    for (std::size_t i = 0; i < panel.legend.size(); ++i) {
      if (i % legend_columns == 0) y += legend_row;
      const double x = left + plot_width / legend_columns * static_cast<double>(i % legend_columns);
      content += legend_entry(panel.legend[i], x, y + 3.0);
    }
  }
  y += 26.0;
  const std::string height = svg_coordinate(y);
  const std::string width = svg_coordinate(document_width);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 " +
         width + ' ' + height + "\">" + style_element() + svg_patterns() + "<rect class=\"surface\" width=\"" + width +
         "\" height=\"" + height + "\"/>" + content + "</svg>\n";
}

}  // namespace perigee
