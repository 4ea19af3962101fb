// The charts of a report: which quantities over time, on which scale, with which phases and marks.
// A chart is data; svg_plot draws it, and the page's script draws it again where scripts run.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_CHART_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_CHART_HPP

#include <perigee/diagnostics/report.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace perigee {

enum class AxisScale {
  linear,
  logarithmic,  // base 10; every value of such a chart is positive, not measured (NaN) or infinite
};

enum class SeriesShape { line, points };

struct ChartSeries {
  std::string label;
  std::vector<double> values;  // aligned with Chart::iterations; NaN: bridged; infinite: the line breaks
  int style = 0;               // 0 to 7: place in the palette; 8 to 15: the same colors, dashed
  SeriesShape shape = SeriesShape::line;
};

struct ChartMark {
  Index iteration = 0;
  StepKind kind = StepKind::perturbation;  // perturbation or jump
};

/// One chart over the iterations of a run, or over another quantity that increases.
struct Chart {
  std::string id;       // kebab-case, unique in a report
  std::string title;    // "Value"
  std::string caption;  // what is drawn, on which scale, and what is left out
  AxisScale scale = AxisScale::linear;
  std::vector<double> iterations{};  // increasing
  std::vector<ChartSeries> series{};
  std::vector<Phase> phases{};
  std::vector<ChartMark> marks{};
  double height = 220.0;                     // CSS pixels of the plotting area
  AxisScale time_scale = AxisScale::linear;  // of the horizontal axis; logarithmic wants iterations > 0
  std::string time_name = "iterations";      // what the horizontal axis shows
};

inline constexpr std::size_t chart_sample_limit = 2000;  // samples drawn per series

/// Value, gradient norm, steps, probabilities and up to six other recorded columns: each only if something of it is
/// finite. The value is drawn as f - f* on a logarithmic scale where f* (or a lower bound of f) is known, f itself on
/// a logarithmic scale where it is positive and spans at least a factor of ten, and on a linear scale otherwise.
std::vector<Chart> charts_of(const Report& report);

/// The probability columns of the policy, in the order of the actions; only those that exist.
std::vector<const Column*> probability_columns(const Trajectory& trajectory);

}  // namespace perigee

#endif
