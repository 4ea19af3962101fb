#include <perigee/diagnostics/escape_forecast.hpp>

#include <perigee/diagnostics/escape_time.hpp>
#include <perigee/diagnostics/gravity_well.hpp>
#include <perigee/diagnostics/recorded_policies.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace perigee {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double normal_quantile = 1.645;     // 95%, one-sided
constexpr double student_quantile = 1.895;    // 95%, one-sided, 7 degrees of freedom
constexpr std::size_t blocks = 8;             // of a well
constexpr double flow_error = 0.02;           // of the time, at least
constexpr double model_factor = 2.0;          // of R/r
constexpr double curvature_tolerance = 0.05;  // of lambda
constexpr std::size_t fewest_points = 6;      // of a growth
constexpr std::size_t most_points = 200;      // of a growth: its slope costs their square
constexpr double least_growth = 3.0;          // of the gradient norm, for a forecast without the objective
constexpr double straight = 2.0;              // ratio of the slopes of its halves, at most
constexpr double proportional = 0.1;          // |s|/(eta |g|) - 1 of a gradient step, at most

using Records = std::vector<StepRecord>;

// ---- wells -------------------------------------------------------------------------------------------------------

struct Speed {
  double mean = 1.0;  // of the run over that of the flow
  double deviation = 0.0;
  bool is_known = false;
};

Speed compare_speed(std::span<const double> time, std::span<const std::vector<double>> policies,
                    const std::vector<double>& rewards, double learning_rate) {
  std::vector<double> expected(blocks, 0.0);
  std::vector<double> recorded(blocks, 0.0);
  const std::size_t intervals = time.size() - 1;
  double before = inverse_probability_speed(policies[0], rewards, learning_rate);
  for (std::size_t i = 0; i < intervals; ++i) {
    const double after = inverse_probability_speed(policies[i + 1], rewards, learning_rate);
    const std::size_t block = i * blocks / intervals;
    expected[block] += 0.5 * (before + after) * (time[i + 1] - time[i]);
    recorded[block] +=
        1.0 / optimal_probability(policies[i + 1], rewards) - 1.0 / optimal_probability(policies[i], rewards);
    before = after;
  }
  double scale = 0.0;  // the mean |change| of a block, so that a block in which the flow turns round counts fairly
  for (const double change : expected) scale += std::abs(change) / static_cast<double>(blocks);
  Speed speed;
  if (!(scale > 0.0) || !std::isfinite(scale)) return speed;
  std::vector<double> ratios;
  for (std::size_t j = 0; j < blocks; ++j) ratios.push_back(1.0 - (recorded[j] - expected[j]) / scale);
  double sum = 0.0;
  for (const double ratio : ratios) sum += ratio;
  speed.mean = sum / static_cast<double>(blocks);
  double squares = 0.0;
  for (const double ratio : ratios) squares += (ratio - speed.mean) * (ratio - speed.mean);
  speed.deviation = std::sqrt(squares / static_cast<double>(blocks - 1));
  speed.is_known = std::isfinite(speed.mean);
  return speed;
}

// ---- saddles -----------------------------------------------------------------------------------------------------

double time_to(double growth_of_distance, double rate) {
  if (growth_of_distance <= 1.0) return 0.0;
  return rate > 0.0 ? std::log(growth_of_distance) / rate : never;
}

// The learning rate, where the steps near record `at` are that times the gradient.
std::optional<double> gradient_step(const Records& records, std::size_t at) {
  std::vector<double> sizes;
  std::vector<double> deviations;
  for (std::size_t i = at > 20 ? at - 20 : 1; i <= at && i < records.size(); ++i) {
    const double step = records[i].step_size;
    const double expected = step * records[i - 1].gradient_norm;
    if (!(step > 0.0) || !std::isfinite(step) || !(expected > 0.0)) continue;
    sizes.push_back(step);
    deviations.push_back(std::abs(records[i].step_norm / expected - 1.0));
  }
  if (sizes.empty() || !(median_of(std::move(deviations)) <= proportional)) return std::nullopt;
  return median_of(std::move(sizes));
}

// What the negative curvature of a spectrum at x does to gradient steps.
SaddleState saddle_state(const Objective& objective, ConstVectorView x, const Spectrum& spectrum, double step_size,
                         double departure) {
  Vector gradient(x.size());
  objective.value_and_gradient(x, gradient.view());
  const double slope = std::abs(gradient.view().dot(spectrum.direction.view()));
  return {.curvature = spectrum.lambda_min,
          .curvature_error = spectrum.lambda_min_residual + spectrum.error,
          .slope = slope,
          .greatest_slope = spectrum.negative_ritz_values > 1 ? gradient.view().norm() : slope,
          .step_size = step_size,
          .departure = departure};
}

// ---- findings ----------------------------------------------------------------------------------------------------

std::string time_text(const EscapeForecast& forecast, double from) {
  return format_number(from + forecast.remaining, 4) + " (90% interval " + format_number(from + forecast.lower, 4) +
         " to " + format_number(from + forecast.upper, 4) + ")";
}

void add_remaining(const EscapeForecast& forecast, const std::string& basis, Finding& finding) {
  finding.evidence.push_back({"remaining_forecast", forecast.remaining, "iterations"});
  finding.evidence.push_back({"remaining_lower", forecast.lower, "iterations"});
  finding.evidence.push_back({"remaining_upper", forecast.upper, "iterations"});
  finding.message += std::isinf(forecast.remaining) ? " It would not have left by itself: " + basis + "."
                                                    : " Forecast: left after another " + time_text(forecast, 0.0) +
                                                          " iterations, from " + basis + ".";
}

// What was forecast at iteration `made`, against the exit.
void add_outcome(const EscapeForecast& forecast, double made, double exit, Finding& finding) {
  const double ratio = forecast.remaining / (exit - made);
  finding.evidence.push_back({"forecast_made_at", made, "iterations"});
  finding.evidence.push_back({"forecast_exit", made + forecast.remaining, "iterations"});
  finding.evidence.push_back({"forecast_exit_lower", made + forecast.lower, "iterations"});
  finding.evidence.push_back({"forecast_exit_upper", made + forecast.upper, "iterations"});
  finding.evidence.push_back({"actual_exit", exit, "iterations"});
  finding.evidence.push_back({"forecast_ratio", ratio, "1"});
  finding.message += " At iteration " + format_number(made) +
                     ", half-way, the exit would have been forecast for iteration " + time_text(forecast, made) +
                     "; it came at " + format_number(exit) + ".";
}

void forecast_passage(const DiagnosisInput& input, Finding& finding) {
  const Trajectory& trajectory = input.trajectory;
  const Records& records = trajectory.records;
  const Index half = finding.first + (finding.last - finding.first) / 2;
  const Snapshot* snapshot = nullptr;
  for (const Snapshot& other : trajectory.snapshots) {
    if (other.iteration >= finding.first && other.iteration <= half) snapshot = &other;
  }
  if (input.objective == nullptr || snapshot == nullptr) return;
  std::size_t at = 0;
  while (at + 1 < records.size() && records[at].iteration < snapshot->iteration) ++at;
  // A random move after the forecast is another start.
  for (std::size_t i = at + 1; i < records.size() && records[i].iteration <= finding.last; ++i) {
    if (records[i].kind == StepKind::perturbation || records[i].kind == StepKind::jump) return;
  }
  const double level = records[at].value;
  const double departure = saddle_departure_share * value_left(trajectory, level);
  const std::optional<double> step_size = gradient_step(records, at);
  if (!step_size || !(departure > 0.0)) return;
  std::size_t exit = at;
  while (exit < records.size() && !(records[exit].value < level - departure)) ++exit;
  if (exit == records.size() || exit == at) return;
  const ConstVectorView x = snapshot->x.view();
  const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
    input.objective->hessian_vector_product(x, v, product);
  };
  const Spectrum spectrum = analyze_spectrum(x.size(), hessian, input.options.random,
                                             {.max_products = input.options.saddle_passage.max_products});
  if (spectrum.verdict != CurvatureVerdict::negative || spectrum.direction.size() != x.size()) return;
  const EscapeForecast forecast = forecast_saddle(saddle_state(*input.objective, x, spectrum, *step_size, departure));
  if (!std::isfinite(forecast.remaining)) return;
  add_outcome(forecast, static_cast<double>(snapshot->iteration), static_cast<double>(records[exit].iteration),
              finding);
}

// A run that ended on a plateau with a gradient that grows: a saddle it has not left yet.
void forecast_plateau(const DiagnosisInput& input, Finding& finding) {
  const Trajectory& trajectory = input.trajectory;
  const Records& records = trajectory.records;
  if (trajectory.policy) return;  // a gravity well grows too, and not exponentially
  const double departure = saddle_departure_share * value_left(trajectory, records.back().value);
  const std::optional<double> step_size = gradient_step(records, records.size() - 1);
  if (!step_size || !(departure > 0.0)) return;
  std::size_t lowest = records.size() - 1;
  for (std::size_t i = records.size(); i-- > 0 && records[i].iteration >= finding.first;) {
    if (records[i].batch_size != 0 || !(records[i].gradient_norm > 0.0)) return;
    if (records[i].kind == StepKind::perturbation || records[i].kind == StepKind::jump) break;
    if (records[i].gradient_norm < records[lowest].gradient_norm) lowest = i;
  }
  if (records.back().gradient_norm < least_growth * records[lowest].gradient_norm) return;
  std::vector<double> time;
  std::vector<double> log_norm;
  std::vector<double> curvature;
  const std::size_t stride = 1 + (records.size() - lowest) / most_points;
  // The lower half of the growth is still mixed with what decays.
  const double middle = 0.5 * (std::log(records[lowest].gradient_norm) + std::log(records.back().gradient_norm));
  for (std::size_t i = records.size(); i-- > lowest;) {
    const double z = std::log(records[i].gradient_norm);
    if (z < middle) break;
    if ((records.size() - 1 - i) % stride != 0) continue;
    time.push_back(static_cast<double>(records[i].iteration));
    log_norm.push_back(z);
    if (std::isfinite(records[i].curvature)) curvature.push_back(records[i].curvature);
  }
  std::reverse(time.begin(), time.end());
  std::reverse(log_norm.begin(), log_norm.end());
  if (time.size() < fewest_points || median_of(std::move(curvature)) >= 0.0) return;
  const std::size_t part = time.size() / 2;
  const double early = fit_line(std::span(time).first(part), std::span(log_norm).first(part)).slope;
  const double late = fit_line(std::span(time).subspan(part), std::span(log_norm).subspan(part)).slope;
  if (!(early > 0.0) || !(late > 0.0) || std::max(early, late) > straight * std::min(early, late)) return;
  const EscapeForecast forecast = forecast_growth(time, log_norm, *step_size, departure);
  if (std::isnan(forecast.remaining)) return;
  add_remaining(forecast,
                "the growth of the gradient norm, by a factor of " +
                    format_number(std::exp(fit_line(time, log_norm).slope), 4) + " an iteration, as near a saddle",
                finding);
}

}  // namespace

double value_left(const Trajectory& trajectory, double level) {
  const Series values = value_series(trajectory);
  const ValueBound bound = value_bound(trajectory, values);
  if (bound.is_known()) return level - bound.value;
  if (values.empty()) return 0.0;
  const auto [least, largest] = std::minmax_element(values.value.begin(), values.value.end());
  return *largest - *least;
}

EscapeForecast forecast_saddle(const SaddleState& saddle) {
  const double lambda = std::abs(saddle.curvature);
  const double exit = std::sqrt(2.0 * saddle.departure / lambda);
  const double error = saddle.curvature_error + curvature_tolerance * lambda;
  const auto rate = [&](double curvature) { return std::log1p(saddle.step_size * curvature); };
  const auto growth = [&](double slope, double factor) { return factor * exit * lambda / slope; };
  return {time_to(growth(saddle.slope, 1.0), rate(lambda)),
          std::max(0.0, time_to(growth(saddle.greatest_slope, 1.0 / model_factor), rate(lambda + error)) - 1.0),
          time_to(growth(saddle.slope, model_factor), rate(lambda - error)) + 1.0};
}

EscapeForecast forecast_growth(std::span<const double> time, std::span<const double> log_norm, double step_size,
                               double departure) {
  if (time.size() < fewest_points) return {};
  const SlopeInterval growth = theil_sen(time, log_norm, normal_quantile);
  if (!(growth.lower > 0.0)) return {};
  const double now = fit_line(time, log_norm).at(time.back());
  const auto remaining = [&](double rate, double factor) {
    const double lambda = std::expm1(growth.slope) / step_size;
    const double exit = std::log(factor * std::sqrt(2.0 * departure * lambda));
    return std::max(0.0, (exit - now) / rate);
  };
  return {remaining(growth.slope, 1.0), std::max(0.0, remaining(growth.upper, 1.0 / model_factor) - 1.0),
          remaining(growth.lower, model_factor) + 1.0};
}

EscapeForecast forecast_well(std::span<const double> time, std::span<const std::vector<double>> policies,
                             const std::vector<double>& rewards, double learning_rate, double threshold) {
  if (time.size() <= blocks) return {};
  const double flow = softmax_escape_time(policies.back(), rewards, learning_rate, threshold);
  const Speed speed = compare_speed(time, policies, rewards, learning_rate);
  if (!speed.is_known || !std::isfinite(flow)) return {};
  const double block = (time.back() - time.front()) / static_cast<double>(blocks);
  const double to_come = std::max(flow / block, 1e-3);
  const double spread =
      student_quantile * speed.deviation * std::sqrt(1.0 / static_cast<double>(blocks) + 1.0 / to_come);
  const double fastest = speed.mean + spread;
  const double slowest = speed.mean - spread;
  const double lower = fastest > 0.0 ? flow / fastest : never;
  const double upper = slowest > 0.0 ? flow / slowest : never;
  return {speed.mean > 0.0 ? flow / speed.mean : never, std::max(0.0, (1.0 - flow_error) * lower - 1.0),
          (1.0 + flow_error) * upper + 1.0};
}

bool add_well_forecast(const Trajectory& trajectory, const RecordedPolicies& policies, const GravityWell& well,
                       double band, Finding& finding) {
  if (trajectory.policy->transform != "softmax") return false;
  const bool has_left = std::isfinite(well.escape_time);
  // Half-way to the exit, or at the end.
  const double until =
      has_left ? static_cast<double>(well.first) + 0.5 * well.escape_time : static_cast<double>(well.last);
  std::vector<double> time;
  std::vector<double> steps;
  std::size_t begin = 0;
  for (std::size_t row = 0; row < policies.record.size(); ++row) {
    const StepRecord& record = trajectory.records[policies.record[row]];
    if (record.iteration < well.first || static_cast<double>(record.iteration) > until) continue;
    if (time.empty()) begin = row;
    time.push_back(static_cast<double>(record.iteration));
    if (record.step_size > 0.0) steps.push_back(record.step_size);
  }
  const double learning_rate = median_of(std::move(steps));
  if (!std::isfinite(learning_rate)) return false;
  const std::span<const std::vector<double>> seen(policies.probabilities.data() + begin, time.size());
  const EscapeForecast forecast =
      forecast_well(time, seen, trajectory.policy->rewards, learning_rate, (1.0 - band) * well.gap);
  if (std::isnan(forecast.remaining)) return false;
  if (has_left) {
    add_outcome(forecast, time.back(), static_cast<double>(well.first) + well.escape_time, finding);
  } else {
    add_remaining(forecast, "the flow of the policy at the speed recorded", finding);
  }
  return true;
}

void add_saddle_forecast(const Trajectory& trajectory, const Objective& objective, ConstVectorView x,
                         const Spectrum& spectrum, Finding& finding) {
  const Records& records = trajectory.records;
  if (records.back().gradient_norm == 0.0) {
    add_remaining({never, never, never}, "the gradient is zero to the last bit, and no gradient step moves the point",
                  finding);
    return;
  }
  const double departure = saddle_departure_share * value_left(trajectory, records.back().value);
  const std::optional<double> step_size = gradient_step(records, records.size() - 1);
  if (!step_size || !(departure > 0.0) || spectrum.direction.size() != x.size()) return;
  const SaddleState saddle = saddle_state(objective, x, spectrum, *step_size, departure);
  const double r = saddle.slope / std::abs(saddle.curvature);
  const double exit = std::sqrt(2.0 * departure / std::abs(saddle.curvature));
  add_remaining(forecast_saddle(saddle),
                saddle.slope == 0.0 ? "the gradient has no component along the negative curvature"
                                    : "ln(R/r)/ln(1 + eta |lambda|) with r = " + format_number(r, 3) + ", R = " +
                                          format_number(exit, 3) + ", eta = " + format_number(*step_size, 3) +
                                          " and lambda = " + format_number(saddle.curvature, 4),
                finding);
}

void detect_escape_forecast(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Index end = input.trajectory.records.back().iteration;
  Index passages = 0;
  for (Finding& finding : diagnosis.findings) {
    if (finding.id == "plateau" && finding.last == end) forecast_plateau(input, finding);
    if (finding.id == "saddle-passage" && passages++ < input.options.saddle_passage.most_judged) {
      forecast_passage(input, finding);
    }
  }
}

}  // namespace perigee
