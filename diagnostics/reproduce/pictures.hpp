// Charts over the steps of a run, as the figures of the papers have them.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_PICTURES_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_PICTURES_HPP

#include <perigee/diagnostics/report/svg_document.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee::reproduce {

/// What the axes of a chart are: the value's first, then the time's.
enum class Axes { linear, logarithmic_value, logarithmic_time, logarithmic };

/// An empty chart with named axes over `times` (increasing; positive for a logarithmic time).
inline Chart chart_over(std::vector<double> times, std::string title, std::string value_name, std::string time_name,
                        Axes axes) {
  const bool has_logarithmic_value = axes == Axes::logarithmic_value || axes == Axes::logarithmic;
  const bool has_logarithmic_time = axes == Axes::logarithmic_time || axes == Axes::logarithmic;
  const std::string suffix = ", logarithmic scale";
  return {.id = "chart",
          .title = std::move(title),
          .caption = value_name + (has_logarithmic_value ? suffix : ""),
          .scale = has_logarithmic_value ? AxisScale::logarithmic : AxisScale::linear,
          .iterations = std::move(times),
          .height = 200.0,
          .time_scale = has_logarithmic_time ? AxisScale::logarithmic : AxisScale::linear,
          .time_name = time_name + (has_logarithmic_time ? suffix : "")};
}

/// Two series at one pair of axes whose times differ: the times are merged, and each series is bridged between its own.
inline void add_points(Chart& chart, ChartSeries description, const std::vector<std::pair<double, double>>& points) {
  std::vector<double> times;
  std::vector<std::vector<double>> values(chart.series.size() + 1);
  std::size_t old = 0;
  std::size_t added = 0;
  while (old < chart.iterations.size() || added < points.size()) {
    const bool takes_new =
        old == chart.iterations.size() || (added < points.size() && points[added].first < chart.iterations[old]);
    times.push_back(takes_new ? points[added].first : chart.iterations[old]);
    for (std::size_t i = 0; i < chart.series.size(); ++i) {
      values[i].push_back(takes_new ? not_measured : chart.series[i].values[old]);
    }
    values.back().push_back(takes_new ? points[added].second : not_measured);
    ++(takes_new ? added : old);
  }
  chart.iterations = std::move(times);
  for (std::size_t i = 0; i < chart.series.size(); ++i) chart.series[i].values = std::move(values[i]);
  description.values = std::move(values.back());
  chart.series.push_back(std::move(description));
}

}  // namespace perigee::reproduce

#endif
