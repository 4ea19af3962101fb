#include <perigee/diagnostics/plateau.hpp>

#include <perigee/diagnostics/rate.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

const double shortest_length = 1.5 * std::log(2.0);  // in log time
constexpr double most_lost_from_start = 0.05;        // of the excess, for a run that starts and ends in it
constexpr double optimum_share = 1e-6;               // of the range: counts as the optimum itself
const double departure = std::log(1.25);             // in log excess: the plateau is left

double median_between(const std::vector<double>& values, std::size_t first, std::size_t last) {
  return median_of(
      {values.begin() + static_cast<std::ptrdiff_t>(first), values.begin() + static_cast<std::ptrdiff_t>(last + 1)});
}

// Median over the first or the last tenth of a segment.
double start_level(const std::vector<double>& values, const Segment& segment) {
  return median_between(values, segment.first, segment.first + (segment.last - segment.first) / 10);
}
double end_level(const std::vector<double>& values, const Segment& segment) {
  return median_between(values, segment.last - (segment.last - segment.first) / 10, segment.last);
}

// Whether, after the segment, the excess changes by a fifth for good sooner than the segment lasted.
bool is_left_quickly(const Series& values, const std::vector<double>& log_excess, const Segment& segment) {
  const double level = end_level(log_excess, segment);
  const double duration = values.time[segment.last] - values.time[segment.first];
  for (std::size_t i = segment.last + 1; i + 2 < values.size(); ++i) {
    if (values.time[i] - values.time[segment.last] > duration) return false;
    if (std::abs(median_between(log_excess, i, i + 2) - level) >= departure) return true;
  }
  return false;
}

bool is_plateau(const Series& values, const std::vector<double>& log_time, const std::vector<double>& log_excess,
                const Segment& segment) {
  if (segment.test.trend != Trend::plateau) return false;
  if (log_time[segment.last] - log_time[segment.first] < shortest_length) return false;
  const bool is_terminal = segment.last + 1 == values.size();
  if (!is_terminal) return is_left_quickly(values, log_excess, segment);
  if (segment.first > 0) return true;
  return start_level(log_excess, segment) - end_level(log_excess, segment) < -std::log1p(-most_lost_from_start);
}

Plateau describe(const Series& values, const ValueBound& bound, const Segment& segment) {
  Plateau plateau;
  plateau.first = static_cast<Index>(values.time[segment.first]);
  plateau.last = static_cast<Index>(values.time[segment.last]);
  plateau.test = segment.test;
  plateau.level = median_between(values.value, segment.first, segment.last);
  plateau.change = end_level(values.value, segment) - start_level(values.value, segment);
  const double range = *std::max_element(values.value.begin(), values.value.end()) - bound.value;
  plateau.excess_share = (plateau.level - bound.value) / range;
  plateau.is_terminal = segment.last + 1 == values.size();
  const double rounding = 1e-14 * std::max(std::abs(bound.value), std::abs(plateau.level));
  plateau.is_at_optimum =
      bound.source == BoundSource::optimal_value && !(plateau.level - bound.value > optimum_share * range + rounding);
  return plateau;
}

double last_gradient_norm(const Trajectory& trajectory, Index iteration) {
  const Series norms = window_of(gradient_norm_series(trajectory), -1.0, static_cast<double>(iteration));
  return norms.empty() ? not_measured : norms.value.back();
}

Finding make_finding(const Plateau& plateau, const CurveReading& reading, double gradient_norm,
                     double gradient_tolerance, double total_drop) {
  const bool is_stationary = gradient_norm <= gradient_tolerance * (1.0 + std::abs(plateau.level));
  Finding finding;
  finding.id = "plateau";
  finding.first = plateau.first;
  finding.last = plateau.last;
  finding.evidence = {
      {"level", plateau.level, "value"},
      {"change", plateau.change, "value"},
      {"change_share", total_drop > 0.0 ? std::abs(plateau.change) / total_drop : not_measured, "1"},
      {"exponent", plateau.test.exponent, "1"},
      {"exponent_lower", plateau.test.lower, "1"},
      {"exponent_upper", plateau.test.upper, "1"},
      {"exponent_threshold", plateau_exponent, "1"},
      {"bound", reading.bound.value, "value"},
      {"excess_share", plateau.excess_share, "1"},
      {"gradient_norm", gradient_norm, "value per unit of x"},
      {"autocorrelation_time", plateau.test.autocorrelation_time, "records"},
  };
  finding.message = "From iteration " + std::to_string(plateau.first) + " to " + std::to_string(plateau.last) +
                    " the value stayed near " + format_number(plateau.level, 4) + " (f - b ~ t^-p with p in [" +
                    format_number(plateau.test.lower, 2) + ", " + format_number(plateau.test.upper, 2) +
                    "], b = " + format_number(reading.bound.value, 4) + ", " +
                    std::string(name_of(reading.bound.source)) + ")";
  if (!plateau.is_terminal) {
    finding.severity = Severity::warning;
    finding.certainty = Certainty::likely;
    finding.message += ", and then left that level.";
    finding.recommendation = "The stretch cost " + std::to_string(plateau.last - plateau.first) +
                             " iterations; a longer step, a preconditioner or a perturbation there would shorten it.";
    return finding;
  }
  finding.message += " and the run ended there.";
  finding.severity = reading.bound.source == BoundSource::optimal_value ? Severity::problem : Severity::warning;
  finding.certainty = reading.bound.is_known() ? Certainty::likely : Certainty::suspected;
  finding.recommendation = "Ask what kind of point it is: diagnose with the objective at hand, or try a longer step.";
  if (!reading.bound.is_known()) {
    if (is_stationary) {
      finding.severity = Severity::information;
      finding.message += " The gradient vanishes there (norm " + format_number(gradient_norm, 2) +
                         "): a minimum or a saddle; only curvature can tell.";
    } else {
      finding.message += " Values alone cannot tell this from convergence.";
      if (std::isnan(gradient_norm)) finding.recommendation = "Record gradient norms, or state the optimal value.";
    }
  }
  return finding;
}

}  // namespace

CurveReading read_curve(const Trajectory& trajectory) {
  CurveReading reading;
  const Series values = value_series(trajectory);
  reading.bound = value_bound(trajectory, values);
  if (values.empty()) return reading;
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, reading.bound);
  for (const Segment& segment : segment_curve(log_time, log_excess)) {
    const auto first = static_cast<Index>(values.time[segment.first]);
    const auto last = static_cast<Index>(values.time[segment.last]);
    std::string kind(name_of(segment.test.trend));
    if (segment.test.trend == Trend::undetermined) continue;
    if (segment.test.trend == Trend::plateau) {
      const Plateau plateau = describe(values, reading.bound, segment);
      const bool is_long = is_plateau(values, log_time, log_excess, segment);
      if (plateau.is_at_optimum) {
        kind = "at-optimum";
      } else if (is_long) {
        reading.plateaus.push_back(plateau);
      } else {
        // The flat beginning of a curve that goes on falling belongs to the descent.
        if (!(plateau.change < 0.0)) continue;
        kind = "descent";
      }
    }
    reading.phases.push_back({kind, first, last});
  }
  return reading;
}

void detect_plateau(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const CurveReading reading = read_curve(input.trajectory);
  diagnosis.phases.insert(diagnosis.phases.end(), reading.phases.begin(), reading.phases.end());
  const Series values = value_series(input.trajectory);
  if (values.empty()) return;
  const auto [least, largest] = std::minmax_element(values.value.begin(), values.value.end());
  for (const Plateau& plateau : reading.plateaus) {
    const double gradient_norm = last_gradient_norm(input.trajectory, plateau.last);
    if (plateau.is_terminal && !reading.bound.is_known()) {
      // Values close to an unknown limit look flat; a gradient that keeps falling says that they converge.
      const Rate rate = gradient_rate(input.trajectory);
      if (rate.verdict != RateVerdict::undetermined && rate.exponent > 0.5) continue;
      diagnosis.limits.push_back(std::string(unknown_bound_limit) + ": state the optimal value or a lower bound" +
                                 std::string(std::isnan(gradient_norm) ? ", or record gradient norms." : "."));
    }
    diagnosis.findings.push_back(
        make_finding(plateau, reading, gradient_norm, input.options.gradient_tolerance, *largest - *least));
  }
}

void explain_plateaus(Diagnosis& diagnosis, Index first, Index last, const std::string& reason) {
  for (Finding& finding : diagnosis.findings) {
    if (finding.id != "plateau" || finding.severity == Severity::information) continue;
    const Index shared = std::min(finding.last, last) - std::max(finding.first, first);
    if (2 * shared < finding.last - finding.first) continue;
    finding.severity = Severity::information;
    finding.message += " " + reason;
  }
}

}  // namespace perigee
