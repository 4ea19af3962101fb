// The pictures of a page: the charts over time, the strips of probabilities, the planes.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_HTML_PICTURES_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_HTML_PICTURES_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <string_view>

namespace perigee {

/// Figures for the charts in their order and for what is seen at a glance beside them; empty if there is nothing.
std::string html_pictures(const Report& report, const std::vector<Chart>& charts);

/// The chart with its title, caption and legends.
std::string chart_figure(const Chart& chart);

/// The chart among others of its kind: its title and its picture, what is said of all of them stands elsewhere.
std::string small_chart_figure(const Chart& chart);

/// A phase's tint and pattern as a small picture for a line of text.
std::string phase_icon(std::string_view kind);

/// The charts as JSON for the page's script: {"charts": [{id, height, scale, time, levels: [{value, label}],
/// iterations, series: [{label, end, style, values}], phases: [{kind, style, first, last}], marks: [{kind,
/// iteration}]}]}. Not measured is null, infinities are texts. Holds no '<'.
std::string chart_data(const std::vector<Chart>& charts);

}  // namespace perigee

#endif
