#include <perigee/diagnostics/compare/escape_rule.hpp>

#include <perigee/lib/ensemble.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <limits>

namespace perigee {

namespace {

double distance_between(const Vector& a, const Vector& b) { return (a.view() - b.view()).norm(); }

double distance_to_nearest_other(const Problem& problem, const StationaryPoint& of) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const StationaryPoint& other : problem.stationary_points) {
    if (&other != &of) nearest = std::min(nearest, distance_between(of.x, other.x));
  }
  return nearest;
}

}  // namespace

EscapeRule escape_rule(const Problem& problem, const StartText& start, const CampaignOptions& options) {
  const Vector& x = start.base();
  if (x.size() == 0 || !problem.optimal_value) return {};
  for (const StationaryPoint& point : problem.stationary_points) {
    if (point.type == StationaryType::minimum || !(point.value > *problem.optimal_value)) continue;
    const double nearest = distance_to_nearest_other(problem, point);
    const double offset = distance_between(point.x, x);
    if (!(offset <= 1e-3 * std::min(nearest, 1.0 + euclidean_norm(point.x)))) continue;
    double distance = options.escape_distance * (offset + start.distance());
    if (nearest < std::numeric_limits<double>::infinity()) {
      distance = std::clamp(distance, nearest / 10.0, nearest / 2.0);
    }
    return {point.value - options.escape_fraction * (point.value - *problem.optimal_value), point.x, distance};
  }
  return {};
}

bool has_escaped(const EscapeRule& rule, double value, ConstVectorView x) {
  return value <= rule.value && squared_distance(x, rule.saddle) > rule.distance * rule.distance;
}

}  // namespace perigee
