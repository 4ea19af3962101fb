#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/kaplan_meier.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::statistics {

namespace {

// d/(n (n - d)), Greenwood's term; 0 where all are gone: what follows such a step is multiplied by S = 0.
double greenwood_term(const SurvivalStep& step) {
  const auto n = static_cast<double>(step.at_risk);
  const auto d = static_cast<double>(step.events);
  return step.at_risk == step.events ? 0.0 : d / (n * (n - d));
}

}  // namespace

SurvivalCurve kaplan_meier(std::span<const CensoredTime> times, double level) {
  const double z = two_sided_normal_quantile(level, "kaplan_meier");
  if (times.empty()) throw std::invalid_argument("kaplan_meier: there must be at least one time, got 0");
  const std::vector<CensoredTime> sorted = sorted_times(times, "kaplan_meier");
  SurvivalCurve curve;
  curve.runs = static_cast<Index>(sorted.size());
  curve.last_time = sorted.back().time;
  double sum = 0.0;  // of Greenwood's terms
  double survival = 1.0;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    Index events = 0;
    for (; end < sorted.size() && sorted[end].time == sorted[i].time; ++end) {
      events += sorted[end].outcome == Outcome::event ? 1 : 0;
    }
    if (events > 0) {
      SurvivalStep step;
      step.time = sorted[i].time;
      step.at_risk = static_cast<Index>(sorted.size() - i);
      step.events = events;
      survival *= static_cast<double>(step.at_risk - events) / static_cast<double>(step.at_risk);
      sum += greenwood_term(step);
      step.survival = survival;
      step.standard_error = survival * std::sqrt(sum);
      if (survival > 0.0) {
        const double exponent = std::exp(z * std::sqrt(sum) / std::abs(std::log(survival)));
        step.band = {std::pow(survival, exponent), std::pow(survival, 1.0 / exponent)};
      }
      curve.steps.push_back(step);
    }
    i = end;
  }
  return curve;
}

double survival_at(const SurvivalCurve& curve, double time) {
  const auto after = std::upper_bound(curve.steps.begin(), curve.steps.end(), time,
                                      [](double t, const SurvivalStep& step) { return t < step.time; });
  const double survival = after == curve.steps.begin() ? 1.0 : std::prev(after)->survival;
  if (time > curve.last_time && survival > 0.0) return std::numeric_limits<double>::quiet_NaN();
  return survival;
}

Estimate restricted_mean(const SurvivalCurve& curve, double horizon) {
  const double last = curve.steps.empty() ? 1.0 : curve.steps.back().survival;
  if (!(horizon > 0.0) || !std::isfinite(horizon) || (horizon > curve.last_time && last > 0.0)) {
    throw std::invalid_argument("restricted_mean: horizon must be in (0, " + format_number(curve.last_time) +
                                "], the times seen, got " + format_number(horizon));
  }
  // From the horizon back: `area` is int_{t_i}^horizon S.
  double area = 0.0;
  double variance = 0.0;
  double end = horizon;
  for (auto step = curve.steps.rbegin(); step != curve.steps.rend(); ++step) {
    if (step->time >= horizon) continue;
    area += step->survival * (end - step->time);
    end = step->time;
    variance += area * area * greenwood_term(*step);
  }
  return {area + end, std::sqrt(variance)};
}

std::optional<double> median_time(const SurvivalCurve& curve) {
  // S is a product of rounded ratios: a half may come out as 0.5000000000000001.
  constexpr double half = 0.5 * (1.0 + 1e-12);
  for (const SurvivalStep& step : curve.steps) {
    if (step.survival <= half) return step.time;
  }
  return std::nullopt;
}

}  // namespace perigee::statistics
