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
  logarithmic,            // base 10; every value of such a chart is positive, not measured (NaN) or infinite
  logarithmic_from_zero,  // log10(1 + value): counts from 0 on
};

enum class SeriesShape {
  line,
  points,
  steps,  // each value holds until the next; the line ends before the first that is not finite
};

struct ChartSeries {
  std::string label;
  std::vector<double> values;  // aligned with Chart::iterations; NaN: bridged; infinite: the line breaks
  int style = 0;               // 0 to 7: place in the palette; 8 to 15: the same colors, dashed
  SeriesShape shape = SeriesShape::line;
  std::string end_name{};  // a few characters at the right end of the line, where color is not to be the only sign
  // A band around steps, aligned with the values, tinted in the series' color; NaN: as wide as nothing. Both or
  // neither.
  std::vector<double> lower{};
  std::vector<double> upper{};
};

struct ChartMark {
  Index iteration = 0;
  StepKind kind = StepKind::perturbation;  // perturbation or jump
};

/// A value that decides something, drawn as a line across the chart with its name on it.
struct ChartLevel {
  double value = 0.0;
  std::string label;
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
  std::vector<ChartLevel> levels{};
  std::vector<double> shown{};               // values that the vertical axis reaches whatever the series do
  double height = 220.0;                     // CSS pixels of the plotting area
  AxisScale time_scale = AxisScale::linear;  // of the horizontal axis; logarithmic wants > 0, from zero >= 0
  std::string time_name = "iterations";      // what the horizontal axis shows
};

inline constexpr std::size_t chart_sample_limit = 2000;   // samples drawn per series, at most
inline constexpr std::size_t chart_point_limit = 12'000;  // samples drawn in a chart, over all its series

inline constexpr double long_run = 1000.0;  // iterations from which time is drawn logarithmically

/// Value, gradient norm, steps, step size times curvature, probabilities and up to six other recorded columns: each
/// only if something of it is finite. Time is logarithmic from zero in runs of at least `long_run` iterations that
/// were recorded from near the start. The value is drawn as f - f* on a logarithmic scale where f* (or a lower bound of
/// f) is known, f itself on a logarithmic scale where it is positive and spans at least a factor of ten, and on a
/// linear scale otherwise.
std::vector<Chart> charts_of(const Report& report);

/// The values of several runs in one chart, each as in its own, over logarithmic time: f - f* (or above the lower
/// bound) where that is known of all of them. At most `most_overlaid` runs, the first. No series if none has a value.
Chart overlay_chart(const std::vector<Report>& reports);
inline constexpr std::size_t most_overlaid = 12;

/// What a run is called: its problem, else its file without folders, else "Unnamed run".
std::string subject_of(const Report& report);

/// The same for several, with solver and file where these are needed to tell them apart.
std::vector<std::string> names_of(const std::vector<Report>& reports);

/// The probability columns of the policy, in the order of the actions; only those that exist.
std::vector<const Column*> probability_columns(const Trajectory& trajectory);

}  // namespace perigee

#endif
