#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plane.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/report/svg_spectrum.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {
namespace {

std::string legend_entry(const std::string& swatch, std::string_view text) {
  return "<li><svg viewBox=\"0 0 18 12\" aria-hidden=\"true\">" + swatch + "</svg>" + markup::escape(text) + "</li>";
}

constexpr const char* swatch_place = "\" width=\"18\" height=\"12\"/>";

std::string series_legend(const Chart& chart) {
  std::string entries;
  for (const ChartSeries& series : chart.series) {
    entries += legend_entry("<path class=\"curve series-" + std::to_string(series.style % 8) +
                                (series.style >= 8 ? " dashed" : "") + "\" d=\"M1 6h16\"/>",
                            series.label);
  }
  return "<ul class=\"legend static-legend\">" + entries + "</ul>";
}

// The kinds of phases and marks that occur, once each.
std::string ground_legend(const Chart& chart) {
  std::vector<std::string> seen;
  const auto is_new = [&seen](std::string_view text) {
    if (std::find(seen.begin(), seen.end(), text) != seen.end()) return false;
    seen.emplace_back(text);
    return true;
  };
  std::string entries;
  for (const Phase& phase : chart.phases) {
    if (!is_new(phase.kind)) continue;
    entries += legend_entry(phase_swatch(phase.kind, swatch_place), phase.kind);
  }
  for (const ChartMark& mark : chart.marks) {
    const std::string kind(name_of(mark.kind));
    if (is_new(kind)) entries += legend_entry("<path class=\"mark-" + kind + "\" d=\"M9 0v12\"/>", kind);
  }
  return entries.empty() ? "" : "<ul class=\"legend\">" + entries + "</ul>";
}

std::string caption(std::string_view title, std::string_view text) {
  return "<figcaption><h3>" + markup::escape(title) + "</h3><p class=\"caption\">" + markup::escape(text) +
         "</p></figcaption>";
}

std::string picture(std::string_view title, std::string_view text, const std::string& svg) {
  return "<figure class=\"picture\">" + caption(title, text) + svg + "</figure>\n";
}

std::string strips_figure(const Trajectory& trajectory, AxisScale time_scale) {
  const std::vector<const Column*> columns = probability_columns(trajectory);
  if (columns.size() <= 3) return "";
  std::vector<double> iterations;
  for (const StepRecord& record : trajectory.records) iterations.push_back(static_cast<double>(record.iteration));
  std::string text = "One strip for each action or class";
  if (columns.size() > most_strip_rows) {
    text += "; the " + std::to_string(most_strip_rows) + " of " + std::to_string(columns.size()) +
            " with the highest peaks";
  }
  std::string figure = picture("Probabilities at a glance", text, svg_strips(iterations, columns, time_scale));
  const std::string scale = "<p class=\"caption\">probability 0<span class=\"strip-scale\"></span>1</p></figure>";
  figure.replace(figure.rfind("</figure>"), 9, scale);
  return figure;
}

std::string spectrum_figure(const Landscape& landscape) {
  if (landscape.spectra.empty()) return "";
  Index products = 0;
  bool all_complete = true;
  for (const SpectrumAt& spectrum : landscape.spectra) {
    products += spectrum.products;
    all_complete = all_complete && spectrum.is_complete;
  }
  const std::string text =
      std::string("How the Hessian's eigenvalues are spread, one row a snapshot, each to its own height; ticks: ") +
      (all_complete ? "the eigenvalues" : "Ritz values, the outermost of them bounds from inside") +
      ". Hatched, left of 0: negative curvature. " + std::to_string(products) + " Hessian-vector products.";
  return picture("Spectrum at snapshots", text, svg_spectra(landscape.spectra));
}

std::string plane_figures(const Report& report) {
  const Trajectory& trajectory = report.trajectory;
  std::string figures;
  if (const std::string simplex = svg_simplex(trajectory); !simplex.empty()) {
    figures +=
        picture("Policy", "The path in the simplex of probabilities; the nearer to a corner, the likelier it", simplex);
  }
  const PlanePath path = principal_plane(trajectory.snapshots);
  if (const std::string plane = svg_plane(path, report.landscape.plane); !plane.empty()) {
    const std::string text =
        std::to_string(path.iterations.size()) + " snapshots, iterations " + std::to_string(path.iterations.front()) +
        " to " + std::to_string(path.iterations.back()) +
        (std::isnan(path.first_share) ? ", in their own coordinates" : ", in the plane of their principal components") +
        (report.landscape.plane.values.empty() ? "" : "; lines of equal f, the lower the darker");
    figures += picture("Path of the iterates", text, plane);
  }
  return figures.empty() ? "" : "<div class=\"pictures\">" + figures + "</div>\n";
}

std::string number_json(double value, const std::string& finite) {
  if (std::isnan(value)) return "null";
  if (std::isinf(value)) return value > 0.0 ? "\"Infinity\"" : "\"-Infinity\"";
  return finite;
}

template <class Element, class Convert>
std::string array_json(const std::vector<Element>& elements, Convert convert) {
  std::string result = "[";
  for (const Element& element : elements) {
    if (result.size() > 1) result += ',';
    result += convert(element);
  }
  return result + ']';
}

std::string chart_json(const Chart& chart) {
  const auto rounded = [](double value) { return number_json(value, format_number(value, 7)); };
  const auto exact = [](double value) { return number_json(value, format_exact(value)); };
  const auto series_json = [&rounded](const ChartSeries& series) {
    return "{\"label\":" + markup::json_literal(series.label) + ",\"end\":" + markup::json_literal(series.end_name) +
           ",\"style\":" + std::to_string(series.style) + ",\"values\":" + array_json(series.values, rounded) + '}';
  };
  const auto phase_json = [](const Phase& phase) {
    return "{\"kind\":" + markup::json_literal(phase.kind) + ",\"style\":\"" + std::string(phase_style(phase.kind)) +
           "\",\"first\":" + std::to_string(phase.first) + ",\"last\":" + std::to_string(phase.last) + '}';
  };
  const auto mark_json = [](const ChartMark& mark) {
    return "{\"kind\":\"" + std::string(name_of(mark.kind)) + "\",\"iteration\":" + std::to_string(mark.iteration) +
           '}';
  };
  const auto level_json = [&exact](const ChartLevel& level) {
    return "{\"value\":" + exact(level.value) + ",\"label\":" + markup::json_literal(level.label) + '}';
  };
  return "{\"id\":" + markup::json_literal(chart.id) + ",\"height\":" + format_exact(chart.height) + ",\"scale\":\"" +
         (chart.scale == AxisScale::logarithmic ? "logarithmic" : "linear") + "\",\"time\":\"" +
         (chart.time_scale == AxisScale::linear ? "linear" : "logarithmic") +
         "\",\"levels\":" + array_json(chart.levels, level_json) +
         ",\"iterations\":" + array_json(chart.iterations, exact) +
         ",\"series\":" + array_json(chart.series, series_json) +
         ",\"phases\":" + array_json(chart.phases, phase_json) + ",\"marks\":" + array_json(chart.marks, mark_json) +
         '}';
}

}  // namespace

std::string phase_icon(std::string_view kind) {
  return "<svg class=\"icon\" viewBox=\"0 0 18 12\" aria-hidden=\"true\">" + phase_swatch(kind, swatch_place) +
         "</svg>";
}

std::string chart_figure(const Chart& chart) {
  return "<figure class=\"chart\" id=\"chart-" + markup::escape(chart.id) + "\">" +
         caption(chart.title, chart.caption) + "<div class=\"static\">" + svg_plot(chart) +
         "</div><div class=\"live-plot\"></div>" + (chart.series.size() > 1 ? series_legend(chart) : "") +
         ground_legend(chart) + "</figure>\n";
}

std::string small_chart_figure(const Chart& chart) {
  return "<figure class=\"chart\" id=\"chart-" + markup::escape(chart.id) + "\"><figcaption><h3>" +
         markup::escape(chart.title) + "</h3></figcaption>" + svg_plot(chart) + "</figure>\n";
}

std::string html_pictures(const Report& report, const std::vector<Chart>& charts) {
  std::string result;
  for (const Chart& chart : charts) {
    result += chart_figure(chart);
    if (chart.id.ends_with("probabilities")) result += strips_figure(report.trajectory, chart.time_scale);
  }
  return result + spectrum_figure(report.landscape) + plane_figures(report);
}

std::string chart_data(const std::vector<Chart>& charts) {
  return "{\"charts\":" + array_json(charts, chart_json) + '}';
}

}  // namespace perigee
