#include <perigee/diagnostics/divergence.hpp>

#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee {

namespace {

struct Growth {
  std::string sentence;
  Evidence last;
  double factor = 0.0;  // by which the last value exceeds the first half
  double threshold = 0.0;
  double trend = 0.0;  // Mann-Kendall statistic of the second half
};

// Block maxima: an oscillation that grows is a growth.
double trend_of(const std::vector<double>& values) {
  const std::size_t blocks = std::min<std::size_t>(48, values.size());
  std::vector<double> maxima;
  for (std::size_t b = 0; b < blocks; ++b) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(b * values.size() / blocks);
    const auto last = values.begin() + static_cast<std::ptrdiff_t>((b + 1) * values.size() / blocks);
    maxima.push_back(*std::max_element(first, last));
  }
  return mann_kendall(maxima);
}

class Halves {
 public:
  explicit Halves(const Series& series) {
    if (series.size() < 2) return;
    const double middle = 0.5 * (series.time.front() + series.time.back());
    const auto split = std::upper_bound(series.time.begin(), series.time.end(), middle) - series.time.begin();
    early.assign(series.value.begin(), series.value.begin() + split);
    late.assign(series.value.begin() + split, series.value.end());
  }
  bool exist() const { return !early.empty() && !late.empty(); }
  double early_least() const { return *std::min_element(early.begin(), early.end()); }
  double early_largest() const { return *std::max_element(early.begin(), early.end()); }

  std::vector<double> early;
  std::vector<double> late;
};

std::optional<Growth> gradient_growth_of(const Trajectory& trajectory, const DivergenceOptions& options) {
  const Halves norms(gradient_norm_series(trajectory));
  if (!norms.exist() || !(norms.early_largest() > 0.0)) return std::nullopt;
  const double last = norms.late.back();
  const double factor = last / norms.early_largest();
  return Growth{"The gradient norm grew by a factor of " + format_number(factor, 3) + " in the second half of the run",
                {"last_gradient_norm", last, "value per unit of x"},
                factor,
                options.gradient_growth,
                trend_of(norms.late)};
}

std::optional<Growth> upward_growth_of(const Halves& values, const DivergenceOptions& options) {
  const double unit = std::max(values.early_largest() - values.early_least(),
                               options.relative_rise / options.value_growth *
                                   std::max(std::abs(values.early_largest()), std::abs(values.early_least())));
  if (!(unit > 0.0)) return std::nullopt;
  const double factor = (values.late.back() - values.early_largest()) / unit;
  return Growth{"The value rose past its earlier range by " + format_number(factor, 3) + " times that range",
                {"last_value", values.late.back(), "value"},
                factor,
                options.value_growth,
                trend_of(values.late)};
}

std::optional<Growth> downward_growth_of(const Halves& values, const std::optional<Growth>& gradient,
                                         const DivergenceOptions& options) {
  const double depth = -values.late.back() / std::max(1.0, std::abs(values.early.front()));
  if (!(depth > 0.0) || !gradient || !(gradient->factor > 1.0) || !(gradient->trend > options.trend))
    return std::nullopt;
  std::vector<double> negated;
  for (const double value : values.late) negated.push_back(-value);
  return Growth{"The value fell ever faster, as if without bound",
                {"last_value", values.late.back(), "value"},
                depth,
                options.depth,
                trend_of(negated)};
}

// Largest finite curvature recorded along a step; NaN: none.
double largest_curvature(const Trajectory& trajectory) {
  double largest = not_measured;
  for (const StepRecord& record : trajectory.records) {
    if (std::isfinite(record.curvature)) largest = std::fmax(largest, record.curvature);
  }
  return largest;
}

}  // namespace

void detect_divergence(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const DivergenceOptions& options = input.options.divergence;
  const Series series = value_series(trajectory);
  const Halves values(series);
  const bool is_non_finite = find_finding(diagnosis, "non-finite") != nullptr;
  const auto is_divergence = [&](const std::optional<Growth>& growth) {
    if (!growth) return false;
    if (is_non_finite) return growth->factor >= options.non_finite_share * growth->threshold;
    return growth->factor >= growth->threshold && growth->trend > options.trend;
  };

  const std::optional<Growth> gradient = gradient_growth_of(trajectory, options);
  std::optional<Growth> growth;
  if (values.exist()) {
    growth = upward_growth_of(values, options);
    if (!is_divergence(growth) && !value_bound(trajectory, series).is_known()) {
      growth = downward_growth_of(values, gradient, options);
    }
  }
  const bool has_fallen = values.exist() && values.late.back() < values.early.back();
  if (!is_divergence(growth) && !has_fallen) growth = gradient;
  if (!is_divergence(growth)) return;

  Finding finding;
  finding.id = "divergence";
  finding.last = trajectory.records.back().iteration;
  finding.first = (trajectory.records.front().iteration + finding.last) / 2;
  finding.severity = Severity::problem;
  finding.certainty = Certainty::likely;
  const double share = is_non_finite ? options.non_finite_share : 1.0;
  finding.evidence = {{"growth_factor", growth->factor, "1", Comparison::at_least, share * growth->threshold},
                      {"trend_statistic", growth->trend, "1"},
                      growth->last};
  if (!is_non_finite) {  // what ceased to be finite grew, however it came there
    finding.evidence[1].comparison = Comparison::at_least;
    finding.evidence[1].threshold = options.trend;
  }
  finding.message = growth->sentence + ", to " + format_number(growth->last.value, 4) +
                    (is_non_finite ? ", before the numbers ceased to be finite." : ", and had not stopped at the end.");
  const double curvature = largest_curvature(trajectory);
  finding.recommendation =
      "Shorten the step (below 2/curvature" +
      (curvature > 0.0 ? " = " + format_number(2.0 / curvature, 2) + " by the curvature recorded" : std::string()) +
      " for gradient descent) or use a line search; if the value falls without bound, check the sign and the domain of "
      "the objective.";
  finding.counterevidence =
      "A longer run in which the growth ends and the earlier level is reached again: then it was "
      "an excursion, such as a jump over a barrier.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
