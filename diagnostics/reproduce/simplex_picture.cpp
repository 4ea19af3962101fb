#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/reproduce/simplex_picture.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr double width = 420.0;
constexpr double height = 330.0;
constexpr double shown_height = 400.0;
constexpr int cells = 36;  // of one side
constexpr std::array<std::array<double, 2>, 3> corner_places{{{40.0, 300.0}, {380.0, 300.0}, {210.0, 26.0}}};

std::string place_of(const Triple& pi) {
  double x = 0.0;
  double y = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    x += pi[k] * corner_places[k][0];
    y += pi[k] * corner_places[k][1];
  }
  return svg_coordinate(x) + ' ' + svg_coordinate(y);
}

// The probabilities at a node of the grid: i steps to the right, j upwards.
Triple node(int i, int j) {
  const double right = static_cast<double>(i) / cells;
  const double up = static_cast<double>(j) / cells;
  return {std::max(0.0, 1.0 - right - up), right, up};
}

std::string cell(const std::array<Triple, 3>& corners, const std::function<double(const Triple&)>& field) {
  Triple middle{};
  for (const Triple& corner : corners) {
    for (std::size_t k = 0; k < 3; ++k) middle[k] += corner[k] / 3.0;
  }
  const double value = field(middle);
  const double shade = std::round(50.0 * std::min(1.0, std::abs(value))) / 50.0;
  return "<path class=\"" + std::string(value < 0.0 ? "heat-negative" : "heat") + "\" fill-opacity=\"" +
         svg_coordinate(shade) + "\" d=\"M" + place_of(corners[0]) + 'L' + place_of(corners[1]) + 'L' +
         place_of(corners[2]) + "Z\"/>";
}

std::string cells_of(const std::function<double(const Triple&)>& field) {
  std::string result;
  for (int j = 0; j < cells; ++j) {
    for (int i = 0; i + j < cells; ++i) {
      result += cell({node(i, j), node(i + 1, j), node(i, j + 1)}, field);
      if (i + j + 2 <= cells) result += cell({node(i + 1, j), node(i + 1, j + 1), node(i, j + 1)}, field);
    }
  }
  return result;
}

std::string path_of(const SimplexPath& path) {
  constexpr std::size_t most_points = 400;
  std::string d;
  const std::size_t last = path.points.size() - 1;
  const std::size_t count = std::min(most_points, path.points.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = count == 1 ? 0 : i * last / (count - 1);
    d += (i == 0 ? 'M' : 'L') + place_of(path.points[at]);
  }
  return "<path class=\"curve series-" + std::to_string(path.style % 8) + (path.style >= 8 ? " dashed" : "") +
         "\" d=\"" + d + "\"/>";
}

std::string name_at(double x, double y, const std::string& anchor, const std::string& name) {
  return "<text class=\"axis-name\" text-anchor=\"" + anchor + "\" x=\"" + svg_coordinate(x) + "\" y=\"" +
         svg_coordinate(y) + "\">" + markup::escape(name) + "</text>";
}

}  // namespace

SvgPanel simplex_panel(const std::string& title, const std::array<std::string, 3>& corners,
                       const std::function<double(const Triple&)>& field, const std::vector<SimplexPath>& paths) {
  std::string description = title + ", in the simplex of three probabilities";
  for (const SimplexPath& path : paths) description += "; " + path.label;
  std::string picture = "<svg class=\"plane\" viewBox=\"0 0 " + svg_coordinate(width) + ' ' + svg_coordinate(height) +
                        "\" role=\"img\" aria-label=\"" + markup::escape(description) + "\">";
  if (field) picture += cells_of(field);
  picture += "<path class=\"frame\" d=\"M" + place_of({1.0, 0.0, 0.0}) + 'L' + place_of({0.0, 1.0, 0.0}) + 'L' +
             place_of({0.0, 0.0, 1.0}) + "Z\"/>";
  SvgPanel panel{.title = title, .vertical_name = "", .horizontal_name = "", .picture = "", .height = shown_height};
  for (const SimplexPath& path : paths) {
    picture += path_of(path);
    panel.legend.push_back({path.label, path.style});
  }
  picture += name_at(8.0, 322.0, "start", corners[0]) + name_at(412.0, 322.0, "end", corners[1]) +
             name_at(210.0, 14.0, "middle", corners[2]);
  panel.picture = picture + "</svg>";
  return panel;
}

}  // namespace perigee::reproduce
