#include <perigee/diagnostics/noise_floor.hpp>

#include <perigee/diagnostics/course.hpp>
#include <perigee/diagnostics/noise_scale.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>
#include <perigee/diagnostics/vanishing_noise.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t fewest_blocks = 3;

double setting(const Trajectory& trajectory, std::string_view name) {
  for (const auto& [key, value] : trajectory.settings) {
    if (key == name) return std::strtod(value.c_str(), nullptr);
  }
  return 0.0;
}

// By how much momentum lengthens a random walk of the recorded steps.
double momentum_factor(const Trajectory& trajectory) {
  const double momentum = std::clamp(setting(trajectory, "momentum"), 0.0, 0.999);
  return (1.0 + momentum) / (1.0 - momentum);
}

// Sums of ||s_k||^2 up to an iteration. Where only some records were kept, they stand for those between.
class SquaredSteps {
 public:
  explicit SquaredSteps(const std::vector<StepRecord>& records, Index first) {
    for (std::size_t i = 1; i < records.size(); ++i) {
      if (records[i].iteration <= first) continue;
      if (!std::isfinite(records[i].step_norm)) continue;
      const double spacing = static_cast<double>(records[i].iteration - records[i - 1].iteration);
      sum_ += spacing * records[i].step_norm * records[i].step_norm;
      iterations_.push_back(records[i].iteration);
      sums_.push_back(sum_);
    }
  }
  bool empty() const { return sums_.empty(); }
  double up_to(Index iteration) const {
    const auto after = std::upper_bound(iterations_.begin(), iterations_.end(), iteration);
    return after == iterations_.begin() ? 0.0 : sums_[static_cast<std::size_t>(after - iterations_.begin()) - 1];
  }
  double between(Index first, Index last) const { return up_to(last) - up_to(first); }

 private:
  double sum_ = 0.0;
  std::vector<Index> iterations_;
  std::vector<double> sums_;
};

using Chosen = std::vector<const Snapshot*>;

// The snapshots nearest to the ends of `blocks` blocks of equal length.
Chosen block_ends(const Chosen& snapshots, std::size_t blocks) {
  Chosen ends;
  const auto first = static_cast<double>(snapshots.front()->iteration);
  const auto last = static_cast<double>(snapshots.back()->iteration);
  for (std::size_t j = 0; j <= blocks; ++j) {
    const double wanted = first + (last - first) * static_cast<double>(j) / static_cast<double>(blocks);
    const auto distance = [wanted](const Snapshot* snapshot) {
      return std::abs(static_cast<double>(snapshot->iteration) - wanted);
    };
    const Snapshot* nearest =
        *std::min_element(snapshots.begin(), snapshots.end(),
                          [&](const Snapshot* a, const Snapshot* b) { return distance(a) < distance(b); });
    if (ends.empty() || nearest != ends.back()) ends.push_back(nearest);
  }
  return ends;
}

double squared_distance(const Snapshot& a, const Snapshot& b) { return (a.x.view() - b.x.view()).squaredNorm(); }

// (sum v_i)^2/sum v_i^2 of the coordinates' variances over the shortest lag.
double effective_dimension(const Chosen& snapshots) {
  Vector variances(snapshots.front()->x.size());
  for (std::size_t i = 1; i < snapshots.size(); ++i) {
    variances.view() += (snapshots[i]->x.view() - snapshots[i - 1]->x.view()).cwiseAbs2();
  }
  const double sum = variances.view().sum();
  return sum > 0.0 ? sum * sum / variances.view().squaredNorm() : not_measured;
}

struct Distance {
  double ratio = not_measured;      // rho
  double deviation = not_measured;  // standard normal under a random walk
  double degrees = 0.0;             // nu
  double late_share = not_measured;
  double alignment = 0.0;    // cosine of the last two displacements, in standard deviations of a random walk's
  double last_growth = 0.0;  // ratio of their lengths
  std::size_t blocks = 0;
};

Distance measure(const Chosen& snapshots, const SquaredSteps& steps, double factor, double dimension,
                 std::size_t wanted) {
  const Chosen ends = block_ends(snapshots, wanted);
  Distance distance;
  distance.blocks = ends.size() - 1;
  if (distance.blocks < fewest_blocks) return distance;
  double sum = 0.0;
  double late = 0.0;
  const double span = static_cast<double>(ends.back()->iteration - ends.front()->iteration);
  const double late_from = static_cast<double>(ends.back()->iteration) - 0.26 * span;
  for (std::size_t j = 1; j < ends.size(); ++j) {
    const double squared = squared_distance(*ends[j], *ends[j - 1]);
    sum += squared;
    if (static_cast<double>(ends[j - 1]->iteration) >= late_from) late += squared;
  }
  distance.ratio = sum / (factor * steps.between(ends.front()->iteration, ends.back()->iteration));
  distance.late_share = late / sum;
  const std::size_t end = ends.size() - 1;
  const double last_length = std::sqrt(squared_distance(*ends[end], *ends[end - 1]));
  const double length_before = std::sqrt(squared_distance(*ends[end - 1], *ends[end - 2]));
  const double product =
      (ends[end]->x.view() - ends[end - 1]->x.view()).dot(ends[end - 1]->x.view() - ends[end - 2]->x.view());
  distance.alignment = product / (last_length * length_before) * std::sqrt(dimension);
  distance.last_growth = last_length / length_before;
  distance.degrees = dimension * static_cast<double>(distance.blocks);
  const double spread = 2.0 / (9.0 * distance.degrees);  // Wilson and Hilferty (1931)
  distance.deviation = (std::cbrt(distance.ratio) - (1.0 - spread)) / std::sqrt(spread);
  return distance;
}

bool is_floor(const Distance& distance, const NoiseFloorOptions& options) {
  return distance.deviation <= -options.deviation && distance.ratio <= options.floor_ratio;
}

bool is_growth(const Distance& distance, const NoiseFloorOptions& options) {
  return distance.deviation >= options.deviation && distance.ratio >= options.growth_ratio;
}

// One direction of many may lead away while the others hover, long before it dominates the distance travelled.
bool has_begun_to_leave(const Distance& distance, const NoiseFloorOptions& options) {
  return distance.alignment >= options.deviation && distance.last_growth >= options.growth_ratio;
}

NoiseVerdict decide(const Distance& fine, const Distance& coarse, const NoiseFloorOptions& options) {
  const Distance& growing = is_growth(coarse, options) ? coarse : fine;
  if (is_growth(growing, options)) {
    return fine.late_share >= options.escape_share ? NoiseVerdict::escape : NoiseVerdict::slope;
  }
  if (has_begun_to_leave(fine, options)) return NoiseVerdict::escape;
  if (is_floor(fine, options) || is_floor(coarse, options)) return NoiseVerdict::floor;
  const bool is_level = std::abs(fine.deviation) < options.deviation &&
                        std::abs(coarse.deviation) < options.deviation && fine.ratio >= options.floor_ratio &&
                        fine.ratio <= options.growth_ratio;
  return is_level && fine.degrees >= options.fewest_degrees ? NoiseVerdict::flat : NoiseVerdict::undetermined;
}

// Steps that shrink or grow on the way are not those of a floor.
bool is_stationary(const SquaredSteps& steps, Index first, Index last, const NoiseFloorOptions& options) {
  const Index middle = first + (last - first) / 2;
  const double early = steps.between(first, middle);
  const double late = steps.between(middle, last);
  return std::max(early, late) <= options.stationarity * std::min(early, late);
}

// Whether the value falls from there to the end of the run.
bool falls_from(const DiagnosisInput& input, Index first) {
  const Series values = value_series(input.trajectory);
  if (values.empty()) return false;
  return course_of_value(input.trajectory, values, static_cast<double>(first), values.time.back(),
                         input.options.plateau.exponent)
             .trend == Trend::descent;
}

double median_value(const Trajectory& trajectory, double first, double last) {
  return median_of(window_of(value_series(trajectory), first, last).value);
}

constexpr const char* way_out =
    "Lower the learning rate, enlarge the batch, or average the iterates: the excess over the minimum is proportional "
    "to the learning rate and inversely to the batch, so that half of the one or twice the other halves it, while more "
    "iterations alone gain nothing.";

Finding floor_finding(const NoiseReading& reading, double level, const NoiseFloorOptions& options) {
  Finding finding;
  finding.id = "noise-floor";
  finding.first = reading.first;
  finding.last = reading.last;
  finding.severity = Severity::warning;
  finding.certainty = Certainty::likely;
  // The coarser blocks may have decided instead of these.
  const bool fine_decided = reading.distance_ratio <= options.floor_ratio && reading.deviation <= -options.deviation;
  const Comparison comparison = fine_decided ? Comparison::at_most : Comparison::none;
  finding.evidence = {
      {"distance_ratio", reading.distance_ratio, "1", comparison, options.floor_ratio},
      {"fluctuation_dissipation_ratio", 1.0 - reading.distance_ratio, "1"},
      {"deviation_from_random_walk", reading.deviation, "standard deviations", comparison, -options.deviation},
      {"effective_dimension", reading.effective_dimension, "1"},
      {"blocks", static_cast<double>(reading.blocks), "1"},
      {"lag", static_cast<double>(reading.lag), "iterations"},
      {"level", level, "value"}};
  finding.message =
      "The iterates hover at a noise floor near the value " + format_number(level, 4) + ": over " +
      std::to_string(reading.lag) + " iterations they travel only " +
      format_number(std::sqrt(reading.distance_ratio), 2) +
      " times as far as a random walk with their steps would (R = " + format_number(1.0 - reading.distance_ratio, 2) +
      "; 1 at a floor, 0 where it is flat).";
  finding.recommendation = way_out;
  finding.counterevidence =
      "A value that falls further at the same learning rate over a longer run, or iterates that drift away.";
  return finding;
}

std::string batch_words(double terms) {
  return std::isinf(terms) ? "the whole objective" : "a batch of " + format_number(terms);
}

// Where gradient norms of two batch sizes were recorded: how much of a gradient is noise, and from which batch on less
// than half.
void add_noise_scale(const Trajectory& trajectory, Index first, Finding& finding) {
  const NoiseScale scale = read_noise_scale(trajectory, first);
  if (!scale.is_measured()) return;
  finding.evidence.push_back({"gradient_noise_scale", scale.scale, "terms"});
  finding.evidence.push_back({"gradient_noise_scale_lower", scale.lower, "terms"});
  finding.evidence.push_back({"gradient_noise_scale_upper", scale.upper, "terms"});
  finding.evidence.push_back({"squared_gradient", scale.squared_gradient, "value per unit of x, squared"});
  finding.evidence.push_back({"noise_trace", scale.noise_trace, "value per unit of x, squared"});
  finding.evidence.push_back({"small_batch", scale.small_batch, "terms"});
  finding.evidence.push_back({"big_batch", scale.big_batch, "terms"});
  const std::string from = " (from the gradient norms at " + format_number(scale.small_batch) + " and " +
                           (std::isinf(scale.big_batch) ? "all" : format_number(scale.big_batch)) + " terms).";
  if (std::isinf(scale.upper)) {
    finding.message += " The gradient noise scale is at least " + format_count(scale.lower, 2) +
                       " terms: the gradient behind the noise cannot be told from zero" + from;
    return;
  }
  finding.message += " The gradient noise scale is " + format_count(scale.scale, 2) + " terms, 95% interval " +
                     format_count(scale.lower, 2) + " to " + format_count(scale.upper, 2) + ": of the gradient of " +
                     batch_words(scale.small_batch) + " a share of " +
                     format_number(scale.scale / (scale.scale + scale.small_batch), 2) + " is noise" + from;
  finding.recommendation += " In the gradient of a batch of about " + format_count(scale.scale, 2) +
                            " terms, noise and slope would be equal; far beyond that, more terms gain little.";
}

// Without snapshots: does the value lose as little as noise would have it?
void suspect_floor(const DiagnosisInput& input, Index first, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  const NoiseFloorOptions& options = input.options.noise_floor;
  const Index last = trajectory.records.back().iteration;
  if (falls_from(input, first)) return;
  double promised = 0.0;
  for (std::size_t i = 1; i < trajectory.records.size(); ++i) {
    const StepRecord& record = trajectory.records[i];
    const double norm = trajectory.records[i - 1].gradient_norm;
    const double gain = record.step_size * norm * norm;
    if (record.iteration <= first || !std::isfinite(gain)) continue;
    promised += gain * static_cast<double>(record.iteration - trajectory.records[i - 1].iteration);
  }
  const double tenth = 0.1 * static_cast<double>(last - first);
  const double before = median_value(trajectory, static_cast<double>(first), static_cast<double>(first) + tenth);
  const double level = median_value(trajectory, static_cast<double>(last) - tenth, static_cast<double>(last));
  const double lost = std::abs(before - level);
  if (!(promised > 0.0) || !(lost * options.unkept_promise <= promised)) return;
  const double start = value_series(trajectory).value.front();
  if (!(start - level > options.unkept_promise * lost) || !(start > level)) return;  // it never came down to a floor

  Finding finding;
  finding.id = "noise-floor";
  finding.first = first;
  finding.last = last;
  finding.severity = Severity::warning;
  finding.certainty = Certainty::suspected;
  finding.evidence = {{"promised_decrease", promised, "value", Comparison::at_least, options.unkept_promise * lost},
                      {"decrease", before - level, "value"},
                      {"level", level, "value"}};
  finding.message =
      "The value stands near " + format_number(level, 4) +
      ", although gradient steps of these lengths promise a decrease of " + format_number(promised, 3) +
      ": most of the recorded gradients is noise. Whether they hover at a floor or wander where it is flat "
      "cannot be told without the iterates.";
  finding.recommendation = way_out;
  finding.counterevidence =
      "Snapshots of the parameters that drift as a random walk does: then it is flat there, and no floor.";
  diagnosis.limits.push_back(
      "Whether the level end is a noise floor or a flat region: record snapshots of the parameters, ten or more over "
      "the second half of the run.");
  add_noise_scale(trajectory, first, finding);
  explain_plateaus(diagnosis, first, last, "The finding noise-floor may explain it.");
  diagnosis.findings.push_back(std::move(finding));
}

// What else says where the run has come to rest says it better.
void settle_vanished_noise(Finding finding, Diagnosis& diagnosis) {
  for (const char* other : {"rounding-floor", "strict-saddle", "degenerate-stationary-point", "local-maximum"}) {
    if (find_finding(diagnosis, other) != nullptr) return;
  }
  explain_plateaus(diagnosis, finding.first, finding.last, "The finding rounding-floor explains it.");
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace

std::string_view name_of(NoiseVerdict verdict) {
  switch (verdict) {
    case NoiseVerdict::floor:
      return "floor";
    case NoiseVerdict::flat:
      return "flat";
    case NoiseVerdict::slope:
      return "slope";
    case NoiseVerdict::escape:
      return "escape";
    case NoiseVerdict::undetermined:
      return "undetermined";
  }
  return "";
}

NoiseReading read_noise(const Trajectory& trajectory, Index first, const NoiseFloorOptions& options) {
  NoiseReading reading;
  Chosen snapshots;
  for (const Snapshot& snapshot : trajectory.snapshots) {
    if (snapshot.iteration < first || snapshot.x.empty()) continue;
    if (snapshots.empty() || snapshot.iteration > snapshots.back()->iteration) snapshots.push_back(&snapshot);
  }
  if (snapshots.size() < fewest_blocks + 1) return reading;
  reading.first = snapshots.front()->iteration;
  reading.last = snapshots.back()->iteration;
  const SquaredSteps steps(trajectory.records, reading.first);
  const double dimension = effective_dimension(snapshots);
  if (steps.empty() || !std::isfinite(dimension)) return reading;
  const double factor = momentum_factor(trajectory);
  const Distance fine = measure(snapshots, steps, factor, dimension, 8);
  const Distance coarse = measure(snapshots, steps, factor, dimension, 4);
  reading.distance_ratio = fine.ratio;
  reading.deviation = fine.deviation;
  reading.late_share = fine.late_share;
  reading.effective_dimension = dimension;
  reading.blocks = static_cast<Index>(fine.blocks);
  reading.lag = fine.blocks > 0 ? (reading.last - reading.first) / reading.blocks : 0;
  reading.verdict = decide(fine, coarse, options);
  if (reading.verdict == NoiseVerdict::floor && !is_stationary(steps, reading.first, reading.last, options)) {
    reading.verdict = NoiseVerdict::undetermined;
  }
  return reading;
}

bool has_noise(const Trajectory& trajectory) {
  const bool has_batches = std::any_of(trajectory.records.begin(), trajectory.records.end(),
                                       [](const StepRecord& record) { return record.batch_size > 0; });
  return has_batches || setting(trajectory, "noise_scale") > 0.0 || trajectory.solver == "langevin-dynamics";
}

void detect_noise_floor(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const Trajectory& trajectory = input.trajectory;
  if (!has_noise(trajectory)) return;
  for (const char* other : {"divergence", "non-finite"}) {
    if (find_finding(diagnosis, other) != nullptr) return;
  }
  const NoiseFloorOptions& options = input.options.noise_floor;
  const Index begin = trajectory.records.front().iteration;
  const Index last = trajectory.records.back().iteration;
  const Index first = begin + (last - begin) / 2;
  if (std::optional<Finding> vanished = find_vanished_noise(trajectory, first, options)) {
    settle_vanished_noise(std::move(*vanished), diagnosis);
    return;
  }
  const NoiseReading reading = read_noise(trajectory, first, options);
  switch (reading.verdict) {
    case NoiseVerdict::floor: {
      if (falls_from(input, first)) return;
      const double level =
          median_value(trajectory, static_cast<double>(reading.first), static_cast<double>(reading.last));
      explain_plateaus(diagnosis, reading.first, reading.last, "The finding noise-floor explains it.");
      diagnosis.findings.push_back(floor_finding(reading, level, options));
      add_noise_scale(trajectory, reading.first, diagnosis.findings.back());
      return;
    }
    case NoiseVerdict::flat:
      for (Finding& finding : diagnosis.findings) {
        if (finding.id != "plateau" || finding.last != last) continue;
        finding.message += " The iterates wander there as far as a random walk would: it is flat, no noise floor.";
        finding.evidence.push_back({"distance_ratio", reading.distance_ratio, "1"});
      }
      return;
    case NoiseVerdict::slope:
    case NoiseVerdict::escape:
      return;
    case NoiseVerdict::undetermined:
      if (reading.blocks == 0) suspect_floor(input, first, diagnosis);
      return;
  }
}

}  // namespace perigee
