#include <perigee/diagnostics/report/contour.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace perigee {
namespace {

using Edge = std::size_t;  // a side of a cell: twice the number of its lower left grid point, + 1 if it is vertical

class Grid {
 public:
  Grid(const PlaneValues& plane, double level) : plane_(plane), level_(level), columns_(plane.first.size()) {}

  Edge horizontal(std::size_t i, std::size_t j) const { return 2 * (j * columns_ + i); }
  Edge vertical(std::size_t i, std::size_t j) const { return horizontal(i, j) + 1; }

  double value(std::size_t i, std::size_t j) const { return plane_.values[j * columns_ + i]; }
  // A corner on the level counts as above, so that no line ends in a corner.
  bool is_above(std::size_t i, std::size_t j) const { return value(i, j) >= level_; }

  std::pair<double, double> crossing(Edge edge) const {
    const std::size_t i = edge / 2 % columns_;
    const std::size_t j = edge / 2 / columns_;
    const bool is_vertical = edge % 2 == 1;
    const double begin = value(i, j);
    const double end = is_vertical ? value(i, j + 1) : value(i + 1, j);
    // Halves, because the difference of two finite numbers may overflow.
    const double part = std::clamp((0.5 * level_ - 0.5 * begin) / (0.5 * end - 0.5 * begin), 0.0, 1.0);
    const auto between = [part](double from, double to) { return from + part * (to - from); };
    if (is_vertical) return {plane_.first[i], between(plane_.second[j], plane_.second[j + 1])};
    return {between(plane_.first[i], plane_.first[i + 1]), plane_.second[j]};
  }

 private:
  const PlaneValues& plane_;
  double level_;
  std::size_t columns_;
};

// Which sides are joined by a line, each side with at most two others.
using Joints = std::map<Edge, std::vector<Edge>>;

void join(Joints& joints, Edge a, Edge b) {
  joints[a].push_back(b);
  joints[b].push_back(a);
}

void cross_cell(const Grid& grid, std::size_t i, std::size_t j, double level, Joints& joints) {
  // Corners and sides counterclockwise from the lower left; side k leads from corner k to corner k + 1.
  const std::array<std::pair<std::size_t, std::size_t>, 4> corners{{{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}}};
  const std::array<Edge, 4> sides{grid.horizontal(i, j), grid.vertical(i + 1, j), grid.horizontal(i, j + 1),
                                  grid.vertical(i, j)};
  double mean = 0.0;
  for (const auto& [column, row] : corners) mean += 0.25 * grid.value(column, row);
  if (!std::isfinite(mean)) return;
  const auto above = [&](std::size_t k) { return grid.is_above(corners[k % 4].first, corners[k % 4].second); };
  std::vector<Edge> crossed;
  for (std::size_t k = 0; k < 4; ++k) {
    if (above(k) != above(k + 1)) crossed.push_back(sides[k]);
  }
  if (crossed.size() == 2) join(joints, crossed[0], crossed[1]);
  if (crossed.size() < 4) return;
  // A saddle: the lines cut off the corners that lie on the other side than the middle.
  const bool cuts_first_corner = above(0) != (mean >= level);
  join(joints, sides[0], cuts_first_corner ? sides[3] : sides[1]);
  join(joints, sides[2], cuts_first_corner ? sides[1] : sides[3]);
}

// Follows the line from `edge` to its end, taking the joints out.
ContourLine take_line(const Grid& grid, Joints& joints, Edge edge) {
  ContourLine line{grid.crossing(edge)};
  for (auto at = joints.find(edge); at != joints.end() && !at->second.empty(); at = joints.find(edge)) {
    const Edge next = at->second.back();
    at->second.pop_back();
    std::vector<Edge>& back = joints[next];
    back.erase(std::find(back.begin(), back.end(), edge));
    line.push_back(grid.crossing(next));
    edge = next;
  }
  return line;
}

double rounded(double value, int digits) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.*e", digits - 1, value);
  return std::strtod(text.data(), nullptr);
}

}  // namespace

std::vector<ContourLine> contour_lines(const PlaneValues& plane, double level) {
  if (plane.values.empty()) return {};
  const Grid grid(plane, level);
  Joints joints;
  for (std::size_t j = 0; j + 1 < plane.second.size(); ++j) {
    for (std::size_t i = 0; i + 1 < plane.first.size(); ++i) cross_cell(grid, i, j, level, joints);
  }
  std::vector<ContourLine> lines;
  // Open lines from their ends; what is left then are closed ones.
  for (const std::size_t ends : {1U, 2U}) {
    for (auto& [edge, others] : joints) {
      if (others.size() == ends) lines.push_back(take_line(grid, joints, edge));
    }
  }
  return lines;
}

std::vector<double> contour_levels(const PlaneValues& plane, std::size_t most) {
  std::vector<double> values;
  for (const double value : plane.values) {
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.empty() || most == 0) return {};
  std::sort(values.begin(), values.end());
  const double low = values.front();
  const double high = values.back();
  std::vector<double> quantiles;
  for (std::size_t k = 0; k < most; ++k) {
    const double level = values[(2 * k + 1) * (values.size() - 1) / (2 * most)];
    if (level > low && level < high && (quantiles.empty() || level > quantiles.back())) quantiles.push_back(level);
  }
  std::vector<double> levels;
  for (std::size_t k = 0; k < quantiles.size(); ++k) {
    const double below = k == 0 ? low : quantiles[k - 1];
    const double above = k + 1 == quantiles.size() ? high : quantiles[k + 1];
    const double allowed = 0.2 * std::min(quantiles[k] - below, above - quantiles[k]);
    int digits = 1;
    while (digits < 17 && !(std::abs(rounded(quantiles[k], digits) - quantiles[k]) <= allowed)) ++digits;
    levels.push_back(rounded(quantiles[k], digits));
  }
  return levels;
}

}  // namespace perigee
