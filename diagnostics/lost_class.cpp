#include <perigee/diagnostics/lost_class.hpp>

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee {

namespace {

constexpr std::size_t most_blocks = 48;

std::vector<double> block_medians(const std::vector<double>& values) {
  const std::size_t blocks = std::min(most_blocks, values.size());
  std::vector<double> medians;
  for (std::size_t b = 0; b < blocks; ++b) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(b * values.size() / blocks);
    const auto last = values.begin() + static_cast<std::ptrdiff_t>((b + 1) * values.size() / blocks);
    medians.push_back(median_of({first, last}));
  }
  return medians;
}

std::vector<Series> class_series(const Trajectory& trajectory) {
  std::vector<Series> series;
  for (const std::string& name : trajectory.policy->probability_columns) {
    const Column* column = trajectory.column(name);
    series.push_back(column == nullptr ? Series{} : column_series(trajectory, *column));
  }
  return series;
}

double middle_of(const Series& series) { return 0.5 * (series.time.front() + series.time.back()); }

// Medians over the last tenth of the log: one minibatch step does not decide.
double final_level(const Series& series) {
  const double span = series.time.back() - series.time.front();
  return median_of(window_of(series, series.time.back() - 0.1 * span, series.time.back()).value);
}

bool value_stands_still(const Trajectory& trajectory, const LostClassOptions& options, double tolerance) {
  const Series values = value_series(trajectory);
  if (static_cast<Index>(values.size()) < options.records) return false;
  const std::size_t late = window_of(values, middle_of(values), values.time.back()).size();
  const std::vector<double> log_time = log_time_of(values);
  const std::vector<double> log_excess = log_excess_of(values, value_bound(trajectory, values));
  const TrendTest test = test_trend(std::span(log_time).last(late), std::span(log_excess).last(late), tolerance);
  return test.trend == Trend::plateau;
}

// When a rising p will be `probability`, in iterations from the last of `time` on, if it goes on as in the header.
double time_left(const std::vector<double>& time, const std::vector<double>& log_p, double probability) {
  const std::size_t half = time.size() / 2;
  const auto slope_of = [&](std::size_t first, std::size_t count) {
    return theil_sen(std::span(time).subspan(first, count), std::span(log_p).subspan(first, count)).slope;
  };
  const double overall = slope_of(0, time.size());
  const double before = slope_of(0, half);
  const double after = slope_of(half, time.size() - half);
  const double level_before = median_of({log_p.begin(), log_p.begin() + static_cast<std::ptrdiff_t>(half)});
  const double level = median_of({log_p.begin() + static_cast<std::ptrdiff_t>(half), log_p.end()});
  double power = std::log(after / before) / (level - level_before);
  power = power > 0.0 ? std::min(power, 1.0) : 0.0;  // not a number where either slope is no rise
  const double missing = std::log(probability) - level;
  const double rate = std::fmax(overall, after);
  const double needed = power > 0.0 ? -std::expm1(-power * missing) / (power * rate) : missing / rate;
  return needed - (time.back() - median_of({time.begin() + static_cast<std::ptrdiff_t>(half), time.end()}));
}

double horizon_of(const Series& series, const LostClassOptions& options) {
  return options.horizon * (series.time.back() - series.time.front());
}

std::optional<LostClass> judge(const std::vector<Series>& classes, std::size_t k, const LostClassOptions& options) {
  const Series& own = classes[k];
  if (static_cast<Index>(own.size()) < options.records) return std::nullopt;
  LostClass lost;
  lost.index = static_cast<Index>(k);
  lost.start_probability = own.value.front();
  lost.final_probability = final_level(own);
  lost.lowest_probability = *std::min_element(own.value.begin(), own.value.end());

  const Series late = window_of(own, middle_of(own), own.time.back());
  lost.largest_late_probability = *std::max_element(late.value.begin(), late.value.end());
  if (!(lost.largest_late_probability < options.probability)) return std::nullopt;
  std::vector<double> logarithms;
  for (const double p : late.value) logarithms.push_back(std::log(std::max(p, 1e-300)));
  const std::vector<double> medians = block_medians(logarithms);
  lost.trend = mann_kendall(medians);
  if (lost.trend > options.rise) {
    lost.time_left = time_left(block_medians(late.time), medians, options.probability);
    if (!(lost.time_left > horizon_of(own, options))) return std::nullopt;
  }

  std::vector<double> others;
  for (std::size_t j = 0; j < classes.size(); ++j) {
    if (j != k && !classes[j].empty()) others.push_back(final_level(classes[j]));
  }
  lost.others_median = median_of(others);
  if (!(lost.others_median > options.learnt)) return std::nullopt;

  std::size_t entry = own.size();
  while (entry > 0 && own.value[entry - 1] < options.probability) --entry;
  lost.first = static_cast<Index>(own.time[entry]);
  return lost;
}

double threshold_of(const std::vector<Evidence>& evidence, std::string_view name) {
  for (const Evidence& item : evidence) {
    if (item.name == name) return item.threshold;
  }
  return not_measured;
}

// What class k contributes to a value that is the mean of 1 - p over the classes; NaN if the value is not that.
struct Share {
  double of_value = not_measured;
  double contribution = not_measured;
};

Share share_of(const std::vector<Series>& classes, std::size_t k, double final_value, double same_loss) {
  double sum = 0.0;
  for (const Series& series : classes) {
    if (series.empty()) return {};
    sum += 1.0 - final_level(series);
  }
  const double count = static_cast<double>(classes.size());
  if (!(std::abs(sum / count - final_value) <= same_loss * std::abs(final_value))) return {};
  const double contribution = (1.0 - final_level(classes[k])) / count;
  return {contribution / final_value, contribution};
}

}  // namespace

std::string course_of_class(const std::vector<Evidence>& evidence) {
  const double start = evidence_value(evidence, "probability_at_start");
  const double end = evidence_value(evidence, "probability_at_end");
  const double left = evidence_value(evidence, "iterations_to_rise");
  const std::string course = end < start
                                 ? "fell from " + format_number(start, 3) + " to " + format_number(end, 3)
                                 : "began at " + format_number(start, 3) + ", stands at " + format_number(end, 3);
  if (!std::isfinite(left)) return course + " and does not rise";
  return course + " and rises too slowly to matter (going on so, it would need about " + format_count(left, 2) +
         " more iterations to " + format_number(threshold_of(evidence, "largest_late_probability")) + ")";
}

std::vector<LostClass> find_lost_classes(const Trajectory& trajectory, const LostClassOptions& options,
                                         double tolerance) {
  if (!trajectory.policy || trajectory.policy->probability_columns.size() < 3) return {};
  const std::vector<Series> classes = class_series(trajectory);
  std::vector<LostClass> found;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    if (const std::optional<LostClass> lost = judge(classes, k, options)) found.push_back(*lost);
  }
  if (!found.empty() && !value_stands_still(trajectory, options, tolerance)) found.clear();
  return found;
}

void detect_lost_classes(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const LostClassOptions& options = input.options.lost_class;
  const std::vector<LostClass> found = find_lost_classes(trajectory, options, input.options.plateau.exponent);
  if (found.empty()) return;
  const std::vector<Series> classes = class_series(trajectory);
  const double final_value = final_level(value_series(trajectory));
  for (const LostClass& lost : found) {
    const std::size_t k = static_cast<std::size_t>(lost.index);
    const Share share = share_of(classes, k, final_value, options.same_loss);
    Finding finding;
    finding.id = "gravity-well";
    finding.first = lost.first;
    finding.last = trajectory.records.back().iteration;
    finding.severity = Severity::problem;
    finding.certainty = Certainty::likely;
    const bool rises = std::isfinite(lost.time_left);
    finding.evidence = {
        {"class", static_cast<double>(lost.index), "column, counted from 0"},
        {"probability_at_start", lost.start_probability, "1"},
        {"probability_lowest", lost.lowest_probability, "1"},
        {"largest_late_probability", lost.largest_late_probability, "1", Comparison::at_most, options.probability},
        {"probability_at_end", lost.final_probability, "1"},
        {"others_median_at_end", lost.others_median, "1", Comparison::at_least, options.learnt},
        {"trend_statistic", lost.trend, "1", rises ? Comparison::none : Comparison::at_most,
         rises ? not_measured : options.rise},
        {"iterations_to_rise", lost.time_left, "iterations", rises ? Comparison::at_least : Comparison::none,
         rises ? horizon_of(classes[k], options) : not_measured},
        {"final_value", final_value, "value"},
        {"contribution_to_value", share.contribution, "value"},
        {"share_of_value", share.of_value, "1"}};
    finding.message = "The class of " + trajectory.policy->probability_columns[k] +
                      " is not learnt: the mean probability of its right answer " + course_of_class(finding.evidence) +
                      ", while the other classes stand at " + format_number(lost.others_median, 3) + " (median)";
    if (std::isfinite(share.of_value)) {
      finding.message += "; read as the mean of 1 - p, the final value " + format_number(final_value, 4) +
                         " owes about " + format_number(share.contribution, 3) + " to it";
    }
    finding.message += ".";
    finding.recommendation =
        "Restart from another seed, use cross-entropy or an escort transform for the head, or regularize by entropy: "
        "the expected reward through a softmax gives a class no gradient once its probability is small.";
    if (std::isnan(share.of_value)) {
      finding.recommendation +=
          " If the loss is cross-entropy already, look at the labels and the number of examples "
          "of that class.";
    }
    if (std::isfinite(share.of_value)) {
      finding.recommendation += " With the class learnt, the value should end near " +
                                format_number(final_value - share.contribution, 2) + " instead of " +
                                format_number(final_value, 3) + ".";
    }
    finding.counterevidence = "A longer log in which " + trajectory.policy->probability_columns[k] + " rises above " +
                              format_number(options.probability) +
                              ", or the news that the data hold no example of that class.";
    diagnosis.findings.push_back(std::move(finding));
    explain_plateaus(diagnosis, lost.first, trajectory.records.back().iteration, "The class not learnt explains it.");
  }
}

}  // namespace perigee
