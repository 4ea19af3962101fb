#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/report/svg_steps.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace perigee {
namespace {

constexpr double stretched_width = 1000.0;  // of the nested picture, in its own units
constexpr int most_time_ticks = 6;          // on a phone's width; fewer where the labels are long
constexpr int most_value_ticks = 6;
constexpr std::size_t most_dashed_marks = 40;  // more of them are drawn as short ticks
constexpr double narrow_width = 290.0;         // of a picture on a phone, CSS pixels
constexpr double wide_width = 760.0;           // of a picture on anything else
constexpr double name_width = 0.07;            // of a name at the end of a line, as a part of a narrow picture's width
constexpr double character_width = 6.6;        // of the names of phases, at most

std::string percent(double part) { return svg_coordinate(100.0 * part) + '%'; }

Axis time_axis(const std::vector<double>& iterations, AxisScale scale = AxisScale::linear) {
  const bool has_long_labels = scale == AxisScale::linear && iterations.back() >= 1e5;
  return {iterations.front(), iterations.back(), scale, has_long_labels ? most_time_ticks - 2 : most_time_ticks};
}

std::string time_ticks(const Axis& axis, double height) {
  std::string result;
  for (const AxisTick& tick : axis.ticks()) {
    const std::string x = percent(tick.position);
    result += "<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"0\" y2=\"" + svg_coordinate(height) +
              "\"/><text class=\"tick\" text-anchor=\"middle\" x=\"" + x + "\" y=\"" + svg_coordinate(height + 17.0) +
              "\">" + markup::escape(tick.label) + "</text>";
  }
  return result;
}

std::string value_ticks(const Axis& axis, double height) {
  std::string result;
  for (const AxisTick& tick : axis.ticks()) {
    const double y = (1.0 - tick.position) * height;
    result += "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"" + svg_coordinate(y) + "\" y2=\"" + svg_coordinate(y) +
              "\"/><text class=\"tick\" text-anchor=\"end\" x=\"-8\" y=\"" + svg_coordinate(y + 4.0) + "\">" +
              markup::escape(tick.label) + "</text>";
  }
  return result;
}

// The part of the width that a phase takes.
struct Extent {
  double begin;
  double end;
};

Extent extent_of(const Phase& phase, const Axis& axis) {
  return {std::clamp(axis.position(static_cast<double>(phase.first)), 0.0, 1.0),
          std::clamp(axis.position(static_cast<double>(phase.last)), 0.0, 1.0)};
}

// A tint and, for readers without colors and for print, a pattern over it; descent, the rule, has none.
std::string phase_bands(const Chart& chart, const Axis& axis) {
  std::string result;
  for (const Phase& phase : chart.phases) {
    const Extent extent = extent_of(phase, axis);
    if (!(extent.end > extent.begin)) continue;
    const std::string place = "\" x=\"" + percent(extent.begin) + "\" y=\"0\" width=\"" +
                              percent(extent.end - extent.begin) + "\" height=\"" + svg_coordinate(chart.height) +
                              "\"/>";
    result += phase_swatch(phase.kind, place);
  }
  return result;
}

// Names stand above the frame, where no curve passes: the kind where it has room, else the phase's number in the table
// of phases. A page is narrow or wide, so both are decided here and the style sheet shows one of them.
std::string phase_names(const Chart& chart, const Axis& axis) {
  std::string result;
  for (std::size_t i = 0; i < chart.phases.size(); ++i) {
    const Extent extent = extent_of(chart.phases[i], axis);
    const std::string kind = markup::valid_utf8(chart.phases[i].kind);
    const std::string number = std::to_string(i + 1);
    const auto fitting = [&](double page_width) {
      const double room = (extent.end - extent.begin) * page_width;
      for (const std::string& text : {kind, number}) {
        if (static_cast<double>(markup::code_points(text)) * character_width + 4.0 <= room) return text;
      }
      return std::string();
    };
    const auto name = [&](const std::string& style, const std::string& text) {
      if (text.empty()) return;
      result += "<text class=\"" + style + "\" text-anchor=\"middle\" x=\"" +
                percent(0.5 * (extent.begin + extent.end)) + "\" y=\"-5\">" + markup::escape(text) + "</text>";
    };
    const std::string on_narrow = fitting(narrow_width);
    const std::string on_wide = fitting(wide_width);
    if (on_narrow == on_wide) {
      name("phase-name", on_wide);
    } else {
      name("phase-name at-narrow", on_narrow);
      name("phase-name at-wide", on_wide);
    }
  }
  return result;
}

// The short names at the right, each at the height of its line's end, moved apart where they would touch. A line that
// ends earlier has its name there.
std::string end_names(const Chart& chart, const Axis& time, const Axis& values) {
  struct End {
    double x;
    double y;
    const ChartSeries* series;
  };
  std::vector<End> ends;
  for (const ChartSeries& series : chart.series) {
    if (series.end_name.empty()) continue;
    for (std::size_t i = series.values.size(); i-- > 0;) {
      if (!std::isfinite(series.values[i])) continue;
      ends.push_back(
          {time.position(chart.iterations[i]), (1.0 - values.position(series.values[i])) * chart.height, &series});
      break;
    }
  }
  // Only names above each other can touch.
  std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.x < b.x; });
  const auto move_apart = [&](auto first, auto last) {
    std::sort(first, last, [](const End& a, const End& b) { return a.y < b.y; });
    constexpr double line_height = 12.0;
    for (auto end = first + 1; end != last; ++end) end->y = std::max(end->y, (end - 1)->y + line_height);
    (last - 1)->y = std::min((last - 1)->y, chart.height - 5.0);  // clear of the axis and its numbers
    for (auto end = last - 1; end != first; --end) (end - 1)->y = std::min((end - 1)->y, end->y - line_height);
  };
  for (auto first = ends.begin(); first != ends.end();) {
    auto last = first + 1;
    while (last != ends.end() && last->x - (last - 1)->x < name_width) ++last;
    move_apart(first, last);
    first = last;
  }
  std::string result;
  for (const End& end : ends) {
    result += "<text class=\"name\" dx=\"4\" x=\"" + percent(end.x) + "\" y=\"" + svg_coordinate(end.y + 4.0) + "\">" +
              markup::escape(end.series->end_name) + "</text>";
  }
  return result;
}

std::string level_lines(const Chart& chart, const Axis& values) {
  std::string result;
  for (const ChartLevel& level : chart.levels) {
    const double y = (1.0 - values.position(level.value)) * chart.height;
    // The name goes to the side of the line that has room for it.
    const double text_y = y > 24.0 ? y - 6.0 : y + 16.0;
    result += "<line class=\"level\" x1=\"0\" x2=\"100%\" y1=\"" + svg_coordinate(y) + "\" y2=\"" + svg_coordinate(y) +
              "\"/><text class=\"axis-name\" x=\"6\" y=\"" + svg_coordinate(text_y) + "\">" +
              markup::escape(level.label) + "</text>";
  }
  return result;
}

std::string mark_lines(const Chart& chart, const Axis& axis) {
  const double top = chart.marks.size() > most_dashed_marks ? chart.height - 10.0 : 0.0;
  std::string result;
  for (const ChartMark& mark : chart.marks) {
    const std::string x = percent(axis.position(static_cast<double>(mark.iteration)));
    result += "<line class=\"mark-" + std::string(name_of(mark.kind)) + "\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" +
              svg_coordinate(top) + "\" y2=\"" + svg_coordinate(chart.height) + "\"/>";
  }
  return result;
}

// Line segments and, where a measured point has no neighbour, dots.
std::string curve(const Chart& chart, const ChartSeries& series, const Axis& time, const Axis& values) {
  if (series.shape == SeriesShape::steps) return svg_steps(chart, series, time, values, stretched_width);
  std::string lines;
  std::string dots;
  std::string start;
  std::size_t run_length = 0;
  const auto finish_run = [&] {
    if (run_length == 1) dots += start + "h0";
    run_length = 0;
  };
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const double value = series.values[i];
    if (std::isnan(value)) continue;
    if (std::isinf(value)) {
      finish_run();
      continue;
    }
    const double y = std::clamp(1.0 - values.position(value), -1.0, 2.0) * chart.height;
    const std::string point =
        svg_coordinate(time.position(chart.iterations[i]) * stretched_width) + ' ' + svg_coordinate(y);
    if (series.shape == SeriesShape::points) {
      dots += 'M' + point + "h0";
      continue;
    }
    if (run_length == 0) start = 'M' + point;
    if (run_length == 1) lines += start;
    if (run_length >= 1) lines += 'L' + point;
    ++run_length;
  }
  finish_run();
  const std::string color = "series-" + std::to_string(series.style % 8);
  const std::string dashes = series.style >= 8 ? " dashed" : "";
  std::string result;
  if (!lines.empty()) result += "<path class=\"curve " + color + dashes + "\" d=\"" + lines + "\"/>";
  if (!dots.empty()) result += "<path class=\"curve dot " + color + "\" d=\"" + dots + "\"/>";
  return result;
}

std::string description_of(const Chart& chart) {
  std::string text = chart.title + " over " + chart.time_name + ' ' + format_exact(chart.iterations.front()) + " to " +
                     format_exact(chart.iterations.back()) + ". " + chart.caption + '.';
  for (const ChartSeries& series : chart.series) {
    const auto is_measured = [](double value) { return std::isfinite(value); };
    const auto first = std::find_if(series.values.begin(), series.values.end(), is_measured);
    const auto last = std::find_if(series.values.rbegin(), series.values.rend(), is_measured);
    if (first == series.values.end()) continue;
    text += ' ' + series.label + ": from " + format_number(*first, 3) + " to " + format_number(*last, 3) + '.';
  }
  return text;
}

std::string open_picture(std::string_view style, double height, const std::string& description) {
  return "<svg class=\"" + std::string(style) + "\" width=\"100%\" height=\"" + svg_coordinate(height) +
         "\" role=\"img\" aria-label=\"" + markup::escape(description) + "\">";
}

std::string open_stretched(double width, double height, double shown_height) {
  return "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"" + svg_coordinate(shown_height) + "\" viewBox=\"0 0 " +
         svg_coordinate(width) + ' ' + svg_coordinate(height) + "\" preserveAspectRatio=\"none\">";
}

}  // namespace

std::string svg_coordinate(double value) { return format_number(std::round(value * 100.0) / 100.0 + 0.0, 9); }

std::string phase_swatch(std::string_view kind, const std::string& place) {
  const std::string style(phase_style(kind));
  std::string result = "<rect class=\"phase-" + style + place;
  if (style != "descent") result += "<rect fill=\"url(#hatch-" + style + ")" + place;
  return result;
}

std::string svg_patterns() {
  const auto pattern = [](const std::string& name, const std::string& size, const std::string& path) {
    return "<pattern id=\"hatch-" + name + "\" patternUnits=\"userSpaceOnUse\" width=\"" + size + "\" height=\"" +
           size + "\"><path class=\"hatch\" d=\"" + path + "\"/></pattern>";
  };
  return "<defs>" + pattern("plateau", "9", "M-2 2L2 -2M0 9L9 0M7 11L11 7") +
         pattern("ascent", "9", "M-2 7L2 11M0 0L9 9M7 -2L11 2") + pattern("held", "9", "M0 4.5H9") +
         pattern("rest", "8", "M4 0V8") + pattern("other", "10", "M2 3h1.2M7 8h1.2") +
         pattern("negative", "6", "M-1 1L1 -1M0 6L6 0M5 7L7 5") + "</defs>";
}

std::string_view phase_style(std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> styles{{{"descent", "descent"},
                                                                                  {"plateau", "plateau"},
                                                                                  {"ascent", "ascent"},
                                                                                  {"divergence", "ascent"},
                                                                                  {"oscillation", "ascent"},
                                                                                  {"gravity-well", "held"},
                                                                                  {"saddle-passage", "held"},
                                                                                  {"stuck", "held"},
                                                                                  {"converged", "rest"},
                                                                                  {"at-optimum", "rest"},
                                                                                  {"rounding-floor", "rest"}}};
  for (const auto& [known, style] : styles) {
    if (kind == known) return style;
  }
  return "other";
}

std::string shortened(std::string_view text, std::size_t length) {
  const std::string valid = markup::valid_utf8(text);
  if (markup::code_points(valid) <= length) return valid;
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at < valid.size(); ++at) {
    if ((static_cast<unsigned char>(valid[at]) & 0xC0) != 0x80 && ++count == length) break;
  }
  return valid.substr(0, at) + "\xE2\x80\xA6";
}

std::string svg_plot(const Chart& chart) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const ChartSeries& series : chart.series) {
    for (const double value : series.values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (chart.iterations.empty() || low > high) return "";
  const bool has_points = std::any_of(chart.series.begin(), chart.series.end(),
                                      [](const ChartSeries& series) { return series.shape == SeriesShape::points; });
  // Points at the frame would be cut in half; lines may begin and end there.
  const Axis time = has_points ? Axis::padded(chart.iterations.front(), chart.iterations.back(), chart.time_scale,
                                              most_time_ticks, 0.02)
                               : time_axis(chart.iterations, chart.time_scale);
  for (const ChartLevel& level : chart.levels) {
    low = std::min(low, level.value);
    high = std::max(high, level.value);
  }
  for (const double value : chart.shown) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const Axis values = Axis::padded(low, high, chart.scale, most_value_ticks);
  std::string result = open_picture("plot", chart.height + 24.0, description_of(chart));
  result += phase_bands(chart, time) + time_ticks(time, chart.height) + value_ticks(values, chart.height);
  result += mark_lines(chart, time);
  result += open_stretched(stretched_width, chart.height, chart.height);
  for (const ChartSeries& series : chart.series) result += curve(chart, series, time, values);
  result += "</svg>" + level_lines(chart, values) + end_names(chart, time, values) + phase_names(chart, time) +
            "<rect class=\"frame\" x=\"0\" y=\"0\" width=\"100%\" height=\"" + svg_coordinate(chart.height) +
            "\"/></svg>";
  return result;
}

std::string svg_strips(const std::vector<double>& iterations, const std::vector<const Column*>& columns,
                       AxisScale time_scale) {
  if (iterations.empty() || columns.empty()) return "";
  constexpr std::size_t most_cells = 160;
  constexpr double row_height = 18.0;
  const auto peak = [](const Column& column) {
    double highest = -1.0;
    for (const double value : column.values) highest = std::max(highest, std::isfinite(value) ? value : -1.0);
    return highest;
  };
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < columns.size(); ++i) order.emplace_back(-peak(*columns[i]), i);
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), most_strip_rows));
  std::sort(order.begin(), order.end(), [](const auto& left, const auto& right) { return left.second < right.second; });

  const std::size_t cells = std::min(most_cells, iterations.size());
  const double height = row_height * static_cast<double>(order.size());
  const Axis time = time_axis(iterations, time_scale);
  std::string names;
  std::string rects;
  for (std::size_t row = 0; row < order.size(); ++row) {
    const Column& column = *columns[order[row].second];
    std::vector<double> sums(cells, 0.0);
    std::vector<int> counts(cells, 0);
    for (std::size_t i = 0; i < iterations.size(); ++i) {
      if (!std::isfinite(column.values[i])) continue;
      const double place = std::clamp(time.position(iterations[i]), 0.0, 1.0) * static_cast<double>(cells);
      const std::size_t cell = std::min(cells - 1, static_cast<std::size_t>(place));
      sums[cell] += std::clamp(column.values[i], 0.0, 1.0);
      ++counts[cell];
    }
    // Neighbouring cells of one shade (a twentieth) are one rectangle; a cell without a value keeps the shade before.
    std::vector<int> shades(cells, 0);
    for (std::size_t cell = 0; cell < cells; ++cell) {
      shades[cell] = counts[cell] > 0 ? static_cast<int>(std::lround(20.0 * sums[cell] / counts[cell]))
                     : cell > 0       ? shades[cell - 1]
                                      : 0;
    }
    for (std::size_t begin = 0; begin < cells;) {
      std::size_t end = begin + 1;
      while (end < cells && shades[end] == shades[begin]) ++end;
      if (shades[begin] > 0) {
        rects += "<rect class=\"heat\" x=\"" + std::to_string(begin) + "\" y=\"" +
                 svg_coordinate(static_cast<double>(row) + 0.06) + "\" width=\"" + std::to_string(end - begin) +
                 "\" height=\"0.88\" fill-opacity=\"" + svg_coordinate(shades[begin] / 20.0) + "\"/>";
      }
      begin = end;
    }
    names += "<text class=\"tick\" text-anchor=\"end\" x=\"-8\" y=\"" +
             svg_coordinate(row_height * (static_cast<double>(row) + 0.5) + 4.0) + "\">" +
             markup::escape(shortened(column.name, 10)) + "</text>";
  }
  std::string result = open_picture("plot strips", height + 24.0,
                                    "Probabilities of " + std::to_string(order.size()) +
                                        " actions or classes over the iterations: the darker, the likelier.");
  result += "<rect class=\"heat-zero\" x=\"0\" y=\"0\" width=\"100%\" height=\"" + svg_coordinate(height) + "\"/>";
  result += time_ticks(time, height);
  result += open_stretched(static_cast<double>(cells), static_cast<double>(order.size()), height) + rects + "</svg>";
  return result + names + "</svg>";
}

}  // namespace perigee
