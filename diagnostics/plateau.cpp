#include <perigee/diagnostics/plateau.hpp>

#include <perigee/diagnostics/course.hpp>
#include <perigee/diagnostics/lost_ground.hpp>
#include <perigee/diagnostics/rate.hpp>
#include <perigee/diagnostics/resolution.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee {

namespace {

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

// Standard deviation from the median absolute one.
double deviation_from(double level, const std::vector<double>& values, const Segment& segment) {
  std::vector<double> deviations;
  for (std::size_t i = segment.first; i <= segment.last; ++i) deviations.push_back(std::abs(values[i] - level));
  return 1.4826 * median_of(std::move(deviations));
}

// Without the points at the ends that do not lie at its level: noise, or a spike, may have made them join.
Segment trimmed(const std::vector<double>& log_excess, Segment segment, const PlateauOptions& options) {
  const double level = median_between(log_excess, segment.first, segment.last);
  const double band = std::max(options.band, 4.0 * deviation_from(level, log_excess, segment));
  while (segment.first < segment.last && std::abs(log_excess[segment.first] - level) > band) ++segment.first;
  while (segment.first < segment.last && std::abs(log_excess[segment.last] - level) > band) --segment.last;
  return segment;
}

// Whether, after the segment, the excess falls by a fifth and three standard deviations, and sooner than in a third of
// what the segment lasted. What is left by a rise held up nothing: the level before an explosion is no plateau.
bool is_left_quickly(const Series& values, const std::vector<double>& log_excess, const Segment& segment,
                     const PlateauOptions& options) {
  const double level = median_between(log_excess, segment.first, segment.last);
  const double away = std::log(options.departure) + 3.0 * deviation_from(level, log_excess, segment);
  const double duration = values.time[segment.last] - values.time[segment.first];
  for (std::size_t i = segment.last + 1; i + 2 < values.size(); ++i) {
    if (options.lasting * (values.time[i] - values.time[segment.last]) > duration) return false;
    if (level - median_between(log_excess, i, i + 2) >= away) return true;
  }
  return false;
}

bool is_plateau(const Series& values, const std::vector<double>& log_time, const std::vector<double>& log_excess,
                const Segment& segment, const PlateauOptions& options) {
  if (segment.test.trend != Trend::plateau) return false;
  const bool is_terminal = segment.last + 1 == values.size();
  const double length = log_time[segment.last] - log_time[segment.first];
  const bool ends_a_descent = is_terminal && segment.first > 0;
  if (length < std::log(ends_a_descent ? options.terminal_length : options.length)) return false;
  if (!is_terminal) return is_left_quickly(values, log_excess, segment, options);
  if (segment.first > 0) return true;
  return start_level(log_excess, segment) - end_level(log_excess, segment) < -std::log1p(-options.lost_from_start);
}

// By so much may the level be off for the way its numbers were written. The level itself may end in zeros that its text
// does not show; values of its size and above show more digits.
double rounding_at(const Series& values, double level, const ValueBound& bound) {
  std::vector<double> shown;
  for (const double value : values.value) {
    if (std::abs(value) >= std::abs(level)) shown.push_back(value);
  }
  return std::max(1e-14 * std::max(std::abs(bound.value), std::abs(level)), resolution_of(shown));
}

Plateau describe(const Series& values, const ValueBound& bound, const Segment& segment, const PlateauOptions& options) {
  Plateau plateau;
  plateau.first = static_cast<Index>(values.time[segment.first]);
  plateau.last = static_cast<Index>(values.time[segment.last]);
  plateau.test = segment.test;
  plateau.level = median_between(values.value, segment.first, segment.last);
  plateau.change = end_level(values.value, segment) - start_level(values.value, segment);
  const double range = *std::max_element(values.value.begin(), values.value.end()) - bound.value;
  plateau.excess_share = (plateau.level - bound.value) / range;
  plateau.is_terminal = segment.last + 1 == values.size();
  plateau.is_at_optimum = bound.is_known() && plateau.level - bound.value <=
                                                  options.optimum * range + rounding_at(values, plateau.level, bound);
  return plateau;
}

double last_gradient_norm(const Trajectory& trajectory, Index iteration) {
  const Series norms = window_of(gradient_norm_series(trajectory), -1.0, static_cast<double>(iteration));
  return norms.empty() ? not_measured : norms.value.back();
}

// A level at the end above one that was reached before is no place to be content with.
void tell_lost_ground(const LostGround& lost, Finding& finding) {
  finding.severity = Severity::problem;
  finding.evidence.push_back({"best_level_before", lost.best, "value"});
  finding.evidence.push_back({"best_level_at", static_cast<double>(lost.best_iteration), "iterations"});
  finding.evidence.push_back({"rose_at", static_cast<double>(lost.rise), "iterations"});
  finding.evidence.push_back({"gained_before", lost.gained, "value"});
  finding.message += " " + course_of(lost);
  finding.recommendation = way_back(lost);
}

// What the whole curve says, beside the plateau itself.
struct Surroundings {
  double gradient_norm = not_measured;  // at the end of the plateau
  double gradient_tolerance = 0.0;
  double value_range = 0.0;
  double step_size = not_measured;   // of every step within the plateau
  double step_after = not_measured;  // median over a fifth of its length after it
  Index first = 0;                   // of the run
  Index last = 0;
};

std::string format_percent(double duration, const Surroundings& run) {
  return format_number(100.0 * duration / static_cast<double>(run.last - run.first), 2) + "%";
}

std::vector<double> step_sizes_between(const Trajectory& trajectory, double first, double last) {
  std::vector<double> sizes;
  for (const StepRecord& record : trajectory.records) {
    const double iteration = static_cast<double>(record.iteration);
    if (iteration >= first && iteration <= last && record.step_size > 0.0) sizes.push_back(record.step_size);
  }
  return sizes;
}

// The one size of all steps within; NaN where there are several, as of a line search, whose steps follow the landscape.
double constant_step_size(const std::vector<double>& sizes) {
  if (sizes.empty()) return not_measured;
  const auto [least, largest] = std::minmax_element(sizes.begin(), sizes.end());
  return *largest <= 1.01 * *least ? *largest : not_measured;
}

Finding make_finding(const Plateau& plateau, const CurveReading& reading, const Surroundings& run,
                     const PlateauOptions& options) {
  const double gradient_norm = run.gradient_norm;
  const bool is_stationary = gradient_norm <= run.gradient_tolerance * (1.0 + std::abs(plateau.level));
  Finding finding;
  finding.id = "plateau";
  finding.first = plateau.first;
  finding.last = plateau.last;
  finding.evidence = {
      {"level", plateau.level, "value"},
      {"change", plateau.change, "value"},
      {"change_share", run.value_range > 0.0 ? std::abs(plateau.change) / run.value_range : not_measured, "1"},
      {"exponent", plateau.test.exponent, "1"},
      {"exponent_lower", plateau.test.lower, "1", Comparison::at_least, -options.exponent},
      {"exponent_upper", plateau.test.upper, "1", Comparison::at_most, options.exponent},
      {"bound", reading.bound.value, "value"},
      {"excess_share", plateau.excess_share, "1"},
      {"gradient_norm", gradient_norm, "value per unit of x"},
      {"iterations", static_cast<double>(plateau.last - plateau.first), "iterations"},
      {"autocorrelation_time", plateau.test.autocorrelation_time, "records"},
  };
  finding.message = "From iteration " + std::to_string(plateau.first) + " to " + std::to_string(plateau.last) +
                    " the value stayed near " + format_number(plateau.level, 4) + " (f - b ~ t^-p with p in [" +
                    format_number(plateau.test.lower, 2) + ", " + format_number(plateau.test.upper, 2) +
                    "], b = " + format_number(reading.bound.value, 4) + ", " +
                    std::string(name_of(reading.bound.source)) + ")";
  if (!plateau.is_terminal) {
    const auto duration = static_cast<double>(plateau.last - plateau.first);
    const bool is_costly = duration >= options.costly_share * static_cast<double>(run.last - run.first);
    finding.severity = is_costly ? Severity::warning : Severity::information;
    finding.certainty = Certainty::likely;
    finding.message += ", and then left that level.";
    if (options.shorter_step * run.step_after <= run.step_size) {
      finding.evidence.push_back({"step_size_within", run.step_size, "1"});
      finding.evidence.push_back({"step_size_after", run.step_after, "1"});
      finding.message += " It went on as the step size fell from " + format_number(run.step_size, 3) + " to " +
                         format_number(run.step_after, 3) +
                         ": the longer step, or the noise that it lets in, held it up.";
      finding.recommendation = "Lower the step size sooner: at most the " +
                               std::to_string(plateau.last - plateau.first) + " iterations of the stretch, " +
                               format_percent(duration, run) + " of the run, are to be gained.";
      finding.counterevidence = "The same level, left at the same time, in a run whose step size stays as it was.";
      return finding;
    }
    finding.recommendation = "Try a longer step, a preconditioner or a perturbation there: at most the " +
                             std::to_string(plateau.last - plateau.first) + " iterations of the stretch, " +
                             format_percent(duration, run) + " of the run, are to be gained.";
    finding.counterevidence =
        "A value at the end of the stretch that lies below its start by more than the test "
        "allows, 1 - 2^-" +
        format_number(options.exponent) + " = " + format_number(100.0 * (1.0 - std::exp2(-options.exponent)), 2) +
        "% of the excess for each doubling of the iterations.";
    return finding;
  }
  finding.message += " and the run ended there.";
  const bool is_whole_run = plateau.first == run.first;
  finding.certainty = reading.bound.is_known() && !is_whole_run ? Certainty::likely : Certainty::suspected;
  const bool is_short_of_optimum =
      reading.bound.source == BoundSource::optimal_value && finding.certainty == Certainty::likely;
  finding.severity = is_short_of_optimum ? Severity::problem : Severity::warning;
  finding.recommendation = "Ask what kind of point it is: diagnose with the objective at hand, or try a longer step.";
  finding.counterevidence =
      reading.bound.is_known() ? "A longer run whose value falls below " + format_number(plateau.level, 4) +
                                     " by more than " + format_number(100.0 * (1.0 - std::exp2(-options.exponent)), 2) +
                                     "% of what is left while the iterations double."
                               : "A known optimal value near " + format_number(plateau.level, 4) +
                                     ", or a gradient norm that goes on falling: then the run converged.";
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

CurveReading read_curve(const Trajectory& trajectory, const PlateauOptions& options) {
  CurveReading reading;
  const Series values = value_series(trajectory);
  reading.bound = value_bound(trajectory, values);
  if (values.empty()) return reading;
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, reading.bound);
  std::size_t end = 0;  // one past the points of the last phase
  const auto add_phase = [&](std::string_view kind, std::size_t first, std::size_t last) {
    const auto last_iteration = static_cast<Index>(values.time[last]);
    if (end == first && !reading.phases.empty() && reading.phases.back().kind == kind) {
      reading.phases.back().last = last_iteration;
    } else {
      reading.phases.push_back({std::string(kind), static_cast<Index>(values.time[first]), last_iteration});
    }
    end = last + 1;
  };
  for (const Segment& segment : segment_curve(log_time, log_excess, options.exponent)) {
    if (segment.test.trend == Trend::undetermined) continue;
    if (segment.test.trend != Trend::plateau) {
      add_phase(name_of(segment.test.trend), segment.first, segment.last);
      continue;
    }
    const Segment level = trimmed(log_excess, segment, options);
    const Plateau plateau = describe(values, reading.bound, level, options);
    if (plateau.is_at_optimum) {
      add_phase("at-optimum", segment.first, segment.last);
    } else if (is_plateau(values, log_time, log_excess, level, options)) {
      add_phase("plateau", level.first, level.last);
      reading.plateaus.push_back(plateau);
    } else if (segment.first == 0 && plateau.change < 0.0) {
      // The flat beginning of a curve that goes on falling belongs to the descent.
      add_phase("descent", segment.first, segment.last);
    }
  }
  return reading;
}

// A loss that falls from 1e-3 to 1e-9 looks flat above a bound extrapolated from a run that began at 1.
bool falls_above_zero(const DiagnosisInput& input, const Series& values, const Plateau& plateau) {
  const double middle = 0.5 * static_cast<double>(plateau.first + plateau.last);
  return course_of_value(input.trajectory, values, middle, static_cast<double>(plateau.last),
                         input.options.plateau.exponent)
             .trend == Trend::descent;
}

void detect_plateau(const DiagnosisInput& input, Diagnosis& diagnosis) {
  CurveReading reading = read_curve(input.trajectory, input.options.plateau);
  const Series values = value_series(input.trajectory);
  if (values.empty()) return;
  // On the scale of what grows without bound everything before looks flat.
  if (!reading.bound.is_known() && find_finding(diagnosis, "divergence") != nullptr) return;
  const auto [least, largest] = std::minmax_element(values.value.begin(), values.value.end());
  for (const Plateau& plateau : reading.plateaus) {
    const double gradient_norm = last_gradient_norm(input.trajectory, plateau.last);
    if (plateau.is_terminal && !reading.bound.is_known()) {
      // Values close to an unknown limit look flat; a gradient that keeps falling says that they converge.
      const Rate rate = gradient_rate(input.trajectory, input.options.rate);
      const bool gradient_falls = rate.verdict != RateVerdict::undetermined && rate.exponent > 0.5;
      if (gradient_falls || falls_above_zero(input, values, plateau)) {
        reading.phases.back().kind = "descent";
        continue;
      }
      diagnosis.limits.push_back(std::string(unknown_bound_limit) + ": state the optimal value or a lower bound" +
                                 std::string(std::isnan(gradient_norm) ? ", or record gradient norms." : "."));
    }
    const double first = static_cast<double>(plateau.first);
    const double last = static_cast<double>(plateau.last);
    const double after = last + 0.2 * (last - first);
    diagnosis.findings.push_back(
        make_finding(plateau, reading,
                     {.gradient_norm = gradient_norm,
                      .gradient_tolerance = input.options.gradient_tolerance,
                      .value_range = *largest - *least,
                      .step_size = constant_step_size(step_sizes_between(input.trajectory, first, last)),
                      .step_after = median_of(step_sizes_between(input.trajectory, last, after)),
                      .first = static_cast<Index>(values.time.front()),
                      .last = static_cast<Index>(values.time.back())},
                     input.options.plateau));
    const std::optional<LostGround> lost =
        plateau.is_terminal ? find_lost_ground(values, input.options.lost_ground) : std::nullopt;
    if (lost) tell_lost_ground(*lost, diagnosis.findings.back());
  }
  diagnosis.phases.insert(diagnosis.phases.end(), reading.phases.begin(), reading.phases.end());
}

void explain_plateaus(Diagnosis& diagnosis, Index first, Index last, const std::string& reason) {
  for (Finding& finding : diagnosis.findings) {
    if (finding.id != "plateau" || finding.severity == Severity::information) continue;
    const Index shared = std::min(finding.last, last) - std::max(finding.first, first);
    if (2 * shared < finding.last - finding.first) continue;
    finding.severity = Severity::information;
    finding.message += " " + reason;
    finding.recommendation.clear();  // the cause has its own
  }
}

}  // namespace perigee
