// Curves that go in steps, with a band around them: shares, profiles, survival. Internal to diagnostics/report.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_SVG_STEPS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_SVG_STEPS_HPP

#include <perigee/diagnostics/report/axis.hpp>

#include <string>

namespace perigee {

/// The paths of one series, its band below its line, `width` units from end to end of the time axis. One stroke a step:
/// samples that leave the height as it is cost nothing.
std::string svg_steps(const Chart& chart, const ChartSeries& series, const Axis& time, const Axis& values,
                      double width);

}  // namespace perigee

#endif
