// The pictures of a page: the charts over time, the strips of probabilities, the planes.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_HTML_PICTURES_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_HTML_PICTURES_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>

namespace perigee {

/// Figures for the charts in their order and for what is seen at a glance beside them; empty if there is nothing.
std::string html_pictures(const Report& report, const std::vector<Chart>& charts);

/// The charts as JSON for the page's script: {"charts": [{id, height, scale, iterations, series: [{label, style,
/// values}], phases: [{kind, style, first, last}], marks: [{kind, iteration}]}]}. Not measured is null, infinities
/// are texts. Holds no '<'.
std::string chart_data(const std::vector<Chart>& charts);

}  // namespace perigee

#endif
