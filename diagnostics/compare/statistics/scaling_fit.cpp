#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/scaling_fit.hpp>

#include <perigee/lib/format.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace perigee::statistics {

namespace {

double finite(double value) {
  if (std::isfinite(value)) return value;
  throw std::invalid_argument("fit_scaling: values must be finite, got " + format_number(value));
}

double logarithm(double value) {
  if (value > 0.0) return std::log(finite(value));
  throw std::invalid_argument("fit_scaling: values on a logarithmic scale must be > 0, got " + format_number(value));
}

double on_scale(double value, Scale scale) {
  switch (scale) {
    case Scale::linear:
      return finite(value);
    case Scale::logarithmic:
      return logarithm(value);
    case Scale::inverse_logarithmic:
      break;
  }
  return -logarithm(value);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

ScalingFit fit_scaling(std::span<const double> difficulties, std::span<const double> costs, Scale scale,
                       Response response, std::optional<double> theory_slope, double level, double unit) {
  if (difficulties.size() != costs.size() || costs.size() < 2) {
    throw std::invalid_argument("fit_scaling: there must be at least two difficulties and as many costs, got " +
                                std::to_string(difficulties.size()) + " and " + std::to_string(costs.size()));
  }
  if (!(unit >= 0.0)) throw std::invalid_argument("fit_scaling: unit must be >= 0, got " + format_number(unit));
  std::vector<double> u;
  std::vector<double> v;
  for (const double difficulty : difficulties) u.push_back(on_scale(difficulty, scale));
  for (const double cost : costs) v.push_back(response == Response::linear ? finite(cost) : logarithm(cost));

  const double mean_u = mean_of(u);
  const double mean_v = mean_of(v);
  double uu = 0.0;
  double uv = 0.0;
  double vv = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    uu += (u[i] - mean_u) * (u[i] - mean_u);
    uv += (u[i] - mean_u) * (v[i] - mean_v);
    vv += (v[i] - mean_v) * (v[i] - mean_v);
  }
  if (uu == 0.0)
    throw std::invalid_argument("fit_scaling: difficulties must differ, got " + format_number(difficulties[0]));

  ScalingFit fit;
  fit.slope = uv / uu;
  fit.intercept = mean_v - fit.slope * mean_u;
  fit.points = u.size();
  fit.theory_slope = theory_slope;
  double residual = 0.0;
  double rounding = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    rounding += std::abs(u[i] - mean_u) * 0.5 * unit / (response == Response::linear ? 1.0 : costs[i]);
    const double off = v[i] - fit.intercept - fit.slope * u[i];
    residual += off * off;
  }
  fit.r_squared = 1.0 - residual / vv;
  const double freedom = static_cast<double>(u.size()) - 2.0;
  if (freedom > 0.0) {
    const double half =
        two_sided_student_quantile(level, freedom, "fit_scaling") * std::sqrt(residual / freedom / uu) + rounding / uu;
    fit.slope_interval = {fit.slope - half, fit.slope + half};
  }
  return fit;
}

std::optional<bool> agrees_with_theory(const ScalingFit& fit) {
  if (!fit.theory_slope || std::isnan(fit.slope_interval.lower)) return std::nullopt;
  return fit.slope_interval.lower <= *fit.theory_slope && *fit.theory_slope <= fit.slope_interval.upper;
}

}  // namespace perigee::statistics
