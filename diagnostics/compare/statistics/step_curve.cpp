#include <perigee/diagnostics/compare/statistics/step_curve.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace perigee::statistics {

namespace {

void require_points(std::size_t most, const char* who) {
  if (most >= 3) return;
  throw std::invalid_argument(std::string(who) + ": there must be room for at least 3 points, got " +
                              std::to_string(most));
}

}  // namespace

StepCurve step_curve(std::span<const double> sorted, std::size_t total, std::size_t most) {
  require_points(most, "step_curve");
  if (sorted.size() > total) {
    throw std::invalid_argument("step_curve: finite values must be at most " + std::to_string(total) + ", got " +
                                std::to_string(sorted.size()));
  }
  StepCurve curve;
  const double least_step = static_cast<double>(sorted.size()) / static_cast<double>(most - 2);
  const bool keeps_all = sorted.size() <= most;
  std::size_t kept = 0;  // values at or below the last point
  for (std::size_t end = 1; end <= sorted.size(); ++end) {
    if (end < sorted.size() && sorted[end] == sorted[end - 1]) continue;
    const bool is_end = curve.at.empty() || end == sorted.size();
    if (!keeps_all && !is_end && static_cast<double>(end - kept) < least_step) continue;
    curve.at.push_back(sorted[end - 1]);
    curve.share.push_back(static_cast<double>(end) / static_cast<double>(total));
    kept = end;
  }
  return curve;
}

double share_at(const StepCurve& curve, double x) {
  const auto after = std::upper_bound(curve.at.begin(), curve.at.end(), x);
  return after == curve.at.begin() ? 0.0 : curve.share[static_cast<std::size_t>(after - curve.at.begin()) - 1];
}

SurvivalCurve thinned(const SurvivalCurve& curve, std::size_t most) {
  require_points(most, "thinned");
  if (curve.steps.size() <= most) return curve;
  SurvivalCurve result{.steps = {}, .last_time = curve.last_time, .runs = curve.runs};
  const double least_step = (1.0 - curve.steps.back().survival) / static_cast<double>(most - 2);
  double kept = 1.0;
  for (const SurvivalStep& step : curve.steps) {
    const bool is_end = &step == &curve.steps.front() || &step == &curve.steps.back();
    if (!is_end && kept - step.survival < least_step) continue;
    result.steps.push_back(step);
    kept = step.survival;
  }
  return result;
}

}  // namespace perigee::statistics
