#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/contour.hpp>
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

// To a tenth: contours have many points.
std::string short_coordinates(Point point) {
  const auto tenth = [](double value) { return svg_coordinate(std::round(value * 10.0) / 10.0); };
  return tenth(point.x) + ' ' + tenth(point.y);
}

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

// Where the picture of a plane lies, and what is there.
struct Frame {
  static constexpr double left = 64.0;
  static constexpr double top = 26.0;
  static constexpr double width = 344.0;
  static constexpr double height = 260.0;
  Axis horizontal;
  Axis vertical;

  Point at(double first, double second) const {
    return {left + horizontal.position(first) * width, top + (1.0 - vertical.position(second)) * height};
  }
};

// As far as f is known; without f, a little beyond the path.
Axis axis_of(const std::vector<double>& coordinates, const std::vector<double>& grid) {
  if (!grid.empty()) return {grid.front(), grid.back(), AxisScale::linear, 5};
  const auto [low, high] = std::minmax_element(coordinates.begin(), coordinates.end());
  return Axis::padded(*low, *high, AxisScale::linear, 5, 0.1);
}

constexpr std::size_t most_contours = 10;
constexpr std::size_t most_contour_names = 4;

// Where the name of a level is written: on its longest line, as far as can be from the path and the other names.
Point name_place(const std::vector<Point>& contour, const std::vector<Point>& avoided) {
  Point best = contour.front();
  double best_distance = -1.0;
  for (const Point& point : contour) {
    if (point.x < Frame::left + 24.0 || point.x > Frame::left + Frame::width - 24.0) continue;
    if (point.y < Frame::top + 14.0 || point.y > Frame::top + Frame::height - 8.0) continue;
    double distance = 1e9;
    for (const Point& other : avoided) distance = std::min(distance, std::hypot(point.x - other.x, point.y - other.y));
    if (distance > best_distance) {
      best_distance = distance;
      best = point;
    }
  }
  return best_distance < 22.0 ? Point{-1.0, -1.0} : best;
}

std::string contours(const PlaneValues& plane, const Frame& frame, const std::vector<Point>& path) {
  const std::vector<double> levels = contour_levels(plane, most_contours);
  std::string lines;
  std::string names;
  std::vector<Point> avoided = path;
  const std::size_t stride = (levels.size() + most_contour_names - 1) / most_contour_names;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    std::string data;
    std::vector<Point> longest;
    for (const ContourLine& contour : contour_lines(plane, levels[k])) {
      std::vector<Point> points;
      for (const auto& [first, second] : contour) points.push_back(frame.at(first, second));
      for (std::size_t i = 0; i < points.size(); ++i) data += (i == 0 ? 'M' : 'L') + short_coordinates(points[i]);
      if (points.size() > longest.size()) longest = std::move(points);
    }
    if (data.empty()) continue;
    const double opacity = 1.0 - 0.65 * static_cast<double>(k) / static_cast<double>(levels.size());
    lines += "<path class=\"contour\" stroke-opacity=\"" + svg_coordinate(opacity) + "\" d=\"" + data + "\"/>";
    if (k % stride != stride / 2) continue;
    const Point place = name_place(longest, avoided);
    if (place.x < 0.0) continue;
    avoided.push_back(place);
    names += text_at({place.x, place.y + 4.0}, "middle", "contour-name", axis_label(levels[k], 3));
  }
  return lines + names;
}

}  // namespace

std::string svg_plane(const PlanePath& path, const PlaneValues& plane) {
  if (path.first.empty()) return "";
  constexpr double left = Frame::left;
  constexpr double top = Frame::top;
  constexpr double width = Frame::width;
  constexpr double height = Frame::height;
  const Frame frame{axis_of(path.first, plane.first), axis_of(path.second, plane.second)};
  const Axis& horizontal = frame.horizontal;
  const Axis& vertical = frame.vertical;
  const std::string x_name = axis_name("x\xE2\x82\x81", "component 1", path.first_share);
  const std::string y_name = axis_name("x\xE2\x82\x82", "component 2", path.second_share);
  std::string result = open_picture(left + width + 12.0, top + height + 44.0,
                                    "Path of the iterates through " + std::to_string(path.first.size()) + " snapshots" +
                                        (plane.values.empty() ? "" : ", over lines of equal value of f") +
                                        ". Horizontal: " + x_name + ". Vertical: " + y_name + '.');
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
    points.push_back(frame.at(path.first[i], path.second[i]));
  }
  if (!plane.values.empty()) result += contours(plane, frame, points);
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
