#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/report/svg_steps.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {
namespace {

// Horizontal and vertical strokes that follow steps from sample `first` to `last` (either may be the greater),
// beginning at its first point. Samples that leave the height as it is need no stroke of their own.
std::string staircase(const Chart& chart, const std::vector<double>& heights, const Axis& time, double width,
                      std::size_t first, std::size_t last) {
  const auto x = [&](std::size_t i) { return svg_coordinate(time.position(chart.iterations[i]) * width); };
  std::string path = x(first) + ' ' + svg_coordinate(heights[first]);
  const bool forward = first < last;
  std::size_t at = first;
  for (std::size_t i = first; i != last;) {
    const std::size_t next = forward ? i + 1 : i - 1;
    if (svg_coordinate(heights[next]) != svg_coordinate(heights[at])) {
      // Steps rise where a new value begins: at its own place when drawn forwards, at the later one's backwards.
      const std::size_t corner = forward ? next : i;
      path += 'H' + x(corner) + 'V' + svg_coordinate(heights[next]);
      at = next;
    }
    i = next;
  }
  return path + 'H' + x(last);
}

}  // namespace

std::string svg_steps(const Chart& chart, const ChartSeries& series, const Axis& time, const Axis& values,
                      double width) {
  // The line ends before the first value that is not finite.
  const auto end = std::find_if(series.values.begin(), series.values.end(), [](double v) { return !std::isfinite(v); });
  const auto count = static_cast<std::size_t>(end - series.values.begin());
  if (count < 2) return "";
  const auto heights_of = [&](const std::vector<double>& some) {
    std::vector<double> heights;
    for (std::size_t i = 0; i < count; ++i) {
      const double value = std::isnan(some[i]) ? series.values[i] : some[i];
      heights.push_back((1.0 - values.position(value)) * chart.height);
    }
    return heights;
  };
  const std::size_t last = count - 1;
  const std::string color = std::to_string(series.style % 8);
  std::string result;
  if (!series.lower.empty()) {
    result += "<path class=\"band band-" + color + "\" d=\"M" +
              staircase(chart, heights_of(series.upper), time, width, 0, last) + 'L' +
              staircase(chart, heights_of(series.lower), time, width, last, 0) + "Z\"/>";
  }
  return result + "<path class=\"curve series-" + color + (series.style >= 8 ? " dashed" : "") + "\" d=\"M" +
         staircase(chart, heights_of(series.values), time, width, 0, last) + "\"/>";
}

}  // namespace perigee
