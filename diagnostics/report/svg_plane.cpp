#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/downsample.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plane.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {
namespace {

struct Point {
  double x;
  double y;
};

std::string coordinates(Point point) { return svg_coordinate(point.x) + ' ' + svg_coordinate(point.y); }

std::string text_at(Point point, std::string_view anchor, std::string_view style, std::string_view text) {
  return "<text class=\"" + std::string(style) + "\" text-anchor=\"" + std::string(anchor) + "\" x=\"" +
         svg_coordinate(point.x) + "\" y=\"" + svg_coordinate(point.y) + "\">" + markup::escape(text) + "</text>";
}

std::string circle(Point point, double radius, std::string_view style) {
  return "<circle class=\"" + std::string(style) + "\" cx=\"" + svg_coordinate(point.x) + "\" cy=\"" +
         svg_coordinate(point.y) + "\" r=\"" + svg_coordinate(radius) + "\"/>";
}

std::string line(const std::vector<Point>& points) {
  std::string path;
  for (const Point& point : points) path += (path.empty() ? 'M' : 'L') + coordinates(point);
  return "<path class=\"curve series-0\" d=\"" + path + "\"/>";
}

// Start above its point, end below, both towards the middle: they stay legible where the two are close.
std::string ends(const std::vector<Point>& points, double middle) {
  const Point start = points.front();
  const Point end = points.back();
  const auto anchor = [middle](Point point) { return point.x > middle ? "end" : "start"; };
  return circle(start, 5.0, "start") + circle(end, 5.0, "end") +
         text_at({start.x, start.y - 10.0}, anchor(start), "name", "start") +
         text_at({end.x, end.y + 19.0}, anchor(end), "name", "end");
}

std::string open_picture(double width, double height, const std::string& description) {
  return "<svg class=\"plane\" viewBox=\"0 0 " + svg_coordinate(width) + ' ' + svg_coordinate(height) +
         "\" role=\"img\" aria-label=\"" + markup::escape(description) + "\">";
}

std::string axis_name(std::string_view coordinate, std::string_view component, double share) {
  if (std::isnan(share)) return std::string(coordinate);
  return std::string(component) + ", " + format_number(100.0 * share, 3) + "% of the variance";
}

}  // namespace

std::string svg_plane(const PlanePath& path) {
  if (path.first.empty()) return "";
  constexpr double left = 64.0;
  constexpr double top = 26.0;
  constexpr double width = 344.0;
  constexpr double height = 260.0;
  const auto axis_of = [](const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return Axis::padded(*low, *high, AxisScale::linear, 5, 0.1);
  };
  const Axis horizontal = axis_of(path.first);
  const Axis vertical = axis_of(path.second);
  const std::string x_name = axis_name("x\xE2\x82\x81", "component 1", path.first_share);
  const std::string y_name = axis_name("x\xE2\x82\x82", "component 2", path.second_share);
  std::string result = open_picture(left + width + 12.0, top + height + 44.0,
                                    "Path of the iterates through " + std::to_string(path.first.size()) +
                                        " snapshots. Horizontal: " + x_name + ". Vertical: " + y_name + '.');
  for (const AxisTick& tick : horizontal.ticks()) {
    const double x = left + tick.position * width;
    result += "<path class=\"grid\" d=\"M" + coordinates({x, top}) + 'v' + svg_coordinate(height) + "\"/>" +
              text_at({x, top + height + 17.0}, "middle", "tick", tick.label);
  }
  for (const AxisTick& tick : vertical.ticks()) {
    const double y = top + (1.0 - tick.position) * height;
    result += "<path class=\"grid\" d=\"M" + coordinates({left, y}) + 'h' + svg_coordinate(width) + "\"/>" +
              text_at({left - 8.0, y + 4.0}, "end", "tick", tick.label);
  }
  result += "<rect class=\"frame\" x=\"" + svg_coordinate(left) + "\" y=\"" + svg_coordinate(top) + "\" width=\"" +
            svg_coordinate(width) + "\" height=\"" + svg_coordinate(height) + "\"/>";
  result += text_at({left + width, top + height + 37.0}, "end", "axis-name", x_name);
  result += text_at({left, top - 10.0}, "start", "axis-name", y_name);
  std::vector<Point> points;
  for (std::size_t i = 0; i < path.first.size(); ++i) {
    points.push_back(
        {left + horizontal.position(path.first[i]) * width, top + (1.0 - vertical.position(path.second[i])) * height});
  }
  result += line(points);
  for (const Point& point : points) result += circle(point, 2.2, "snapshot");
  return result + ends(points, left + 0.5 * width) + "</svg>";
}

std::string svg_simplex(const Trajectory& trajectory) {
  const std::vector<const Column*> columns = probability_columns(trajectory);
  if (columns.size() != 3 || trajectory.policy->probability_columns.size() != 3) return "";
  std::vector<std::vector<double>> probabilities(3);
  for (std::size_t i = 0; i < trajectory.records.size(); ++i) {
    const double sum = columns[0]->values[i] + columns[1]->values[i] + columns[2]->values[i];
    if (!std::isfinite(sum)) continue;
    if (std::abs(sum - 1.0) > 1e-3) return "";
    for (std::size_t k = 0; k < 3; ++k) probabilities[k].push_back(columns[k]->values[i] / sum);
  }
  if (probabilities[0].empty()) return "";
  constexpr Point corners[3] = {{40.0, 290.0}, {380.0, 290.0}, {210.0, 34.0}};
  std::vector<Point> points;
  for (const std::size_t i : select_samples(probabilities, 1000)) {
    Point point{0.0, 0.0};
    for (std::size_t k = 0; k < 3; ++k) {
      point.x += probabilities[k][i] * corners[k].x;
      point.y += probabilities[k][i] * corners[k].y;
    }
    points.push_back(point);
  }
  const PolicyInformation& policy = *trajectory.policy;
  const auto corner_name = [&](std::size_t k) {
    std::string name = shortened(columns[k]->name, 14);
    if (policy.rewards.size() == 3) name += ": " + format_number(policy.rewards[k], 3);
    if (policy.optimal_action && *policy.optimal_action == static_cast<Index>(k)) name += " (best)";
    return name;
  };
  std::string description = "Path of the policy in the simplex of three probabilities, from";
  for (std::size_t k = 0; k < 3; ++k) description += ' ' + format_number(probabilities[k].front(), 3);
  description += " to";
  for (std::size_t k = 0; k < 3; ++k) description += ' ' + format_number(probabilities[k].back(), 3);
  std::string result = open_picture(420.0, 330.0, description + '.');
  // Lines of equal probability: quarters of each.
  for (std::size_t k = 0; k < 3; ++k) {
    const Point& own = corners[k];
    const Point& left = corners[(k + 1) % 3];
    const Point& right = corners[(k + 2) % 3];
    for (const double part : {0.25, 0.5, 0.75}) {
      const auto between = [part, &own](const Point& other) {
        return Point{part * own.x + (1.0 - part) * other.x, part * own.y + (1.0 - part) * other.y};
      };
      result += "<path class=\"grid\" d=\"M" + coordinates(between(left)) + 'L' + coordinates(between(right)) + "\"/>";
    }
  }
  result += "<path class=\"frame\" d=\"M" + coordinates(corners[0]) + 'L' + coordinates(corners[1]) + 'L' +
            coordinates(corners[2]) + "Z\"/>" + line(points) + ends(points, 210.0);
  result += text_at({8.0, 322.0}, "start", "axis-name", corner_name(0));
  result += text_at({412.0, 322.0}, "end", "axis-name", corner_name(1));
  return result + text_at({210.0, 16.0}, "middle", "axis-name", corner_name(2)) + "</svg>";
}

}  // namespace perigee
