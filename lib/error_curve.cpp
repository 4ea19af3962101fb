#include <perigee/lib/error_curve.hpp>

#include <algorithm>

namespace perigee::detail {

namespace {

constexpr double clearance = 50.0;
constexpr double straightness = 0.06;

struct Line {
  double slope;
  double residual;  // root mean square
};

Line fit_line(const std::vector<double>& steps, const std::vector<double>& error, std::size_t begin, std::size_t end) {
  const double count = static_cast<double>(end - begin);
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (std::size_t i = begin; i < end; ++i) {
    mean_x += std::log10(steps[i]) / count;
    mean_y += std::log10(error[i]) / count;
  }
  double xx = 0.0;
  double xy = 0.0;
  double yy = 0.0;
  for (std::size_t i = begin; i < end; ++i) {
    const double dx = std::log10(steps[i]) - mean_x;
    const double dy = std::log10(error[i]) - mean_y;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const double slope = xy / xx;
  return {slope, std::sqrt(std::max(0.0, yy - slope * xy) / count)};
}

}  // namespace

bool Curve::is_clear(std::size_t i) const {
  return std::isfinite(error[i]) && std::isfinite(rounding[i]) && error[i] > clearance * rounding[i];
}

bool Stretch::is_straight_stretch() const { return residual < straightness; }

Stretch lowest_stretch(const std::vector<double>& steps, const Curve& curve, int steps_per_decade) {
  const std::size_t longest = static_cast<std::size_t>(steps_per_decade) + 1;
  const std::size_t shortest = longest / 2 + 1;
  Stretch best;
  std::size_t lowest = steps.size();
  for (std::size_t begin = 0; begin + longest <= steps.size(); ++begin) {
    std::size_t end = begin;
    while (end < steps.size() && end - begin < longest && curve.is_clear(end)) ++end;
    if (end - begin < shortest) continue;
    lowest = std::min(lowest, begin);
    if (begin > lowest + 2 * longest) break;
    for (; end - begin >= shortest && !best.is_straight_stretch(); --end) {
      const Line line = fit_line(steps, curve.error, begin, end);
      if (line.residual < best.residual) best = {line.slope, line.residual, begin, end};
    }
    if (best.is_straight_stretch()) break;
  }
  return best;
}

Stretch stretch_beside(const Stretch& other, const std::vector<double>& steps, const Curve& curve,
                       int steps_per_decade) {
  bool is_clear = other.begin < other.end;
  for (std::size_t i = other.begin; i < other.end; ++i) is_clear = is_clear && curve.is_clear(i);
  if (!is_clear) return lowest_stretch(steps, curve, steps_per_decade);
  const Line line = fit_line(steps, curve.error, other.begin, other.end);
  return {line.slope, line.residual, other.begin, other.end};
}

}  // namespace perigee::detail
