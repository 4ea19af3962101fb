#include <perigee/diagnostics/compare/level_stays.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace perigee {

namespace {

constexpr double median_deviation = 1.2533;  // sqrt(pi/2): of the median of normal numbers, over that of their mean
constexpr double linked_deviations = 4.0;    // two ends of one level differ by less, but for 6e-5 of them
constexpr double same_value = 1e-6;          // relative to 1 + |f|
constexpr double settled_share = 0.05;       // of the usual range: a fall of more reaches no level
constexpr double moving_share = 0.25;        // of the way to the next better level
constexpr double passed_share = 0.1;         // of the runs, seen to stand still at a level where none ends, at least
constexpr double core_share = 0.25;          // of the way to a neighbouring level
constexpr double deviations_apart = 6.0;     // of noise, from a level to another core, at least
constexpr std::size_t fewest_blocks = 20;    // of a curve
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Observation {
  double value = 0.0;
  double error = 0.0;  // standard error
  double fall = 0.0;
  std::size_t curve = 0;
  bool is_end = false;
};

// Standard deviation of a median of `count` values under that noise.
double median_error(const RecordNoise& noise, std::size_t count) {
  const double inflation = (1.0 + noise.correlation) / (1.0 - noise.correlation);
  return median_deviation * noise.deviation * std::sqrt(inflation / static_cast<double>(count));
}

std::vector<double> values_between(const Series& series, std::size_t begin, std::size_t end) {
  return {series.value.begin() + static_cast<std::ptrdiff_t>(begin),
          series.value.begin() + static_cast<std::ptrdiff_t>(end)};
}

Observation end_of(const Series& series, std::size_t curve) {
  const std::size_t n = series.size();
  const double span = series.time.back() - series.time.front();
  const auto after = std::lower_bound(series.time.begin(), series.time.end(), series.time.back() - 0.1 * span);
  // At least four points, but no more than the second half of a short curve.
  std::size_t count = std::max<std::size_t>(static_cast<std::size_t>(series.time.end() - after), 4);
  count = std::max<std::size_t>(1, std::min(count, n / 2));
  const std::size_t first = n - count;
  Observation end;
  end.curve = curve;
  end.is_end = true;
  end.value = median_of(values_between(series, first, n));
  const RecordNoise noise = noise_of(values_between(series, n / 2, n));
  end.error = median_error(noise, count);
  if (n == 1) return end;
  // Two neighbouring stretches of the same length: the halves of the tail, or the tail and what comes before it.
  const std::size_t half = std::max<std::size_t>(1, count / 2);
  const double change =
      median_of(values_between(series, n - half, n)) - median_of(values_between(series, n - 2 * half, n - half));
  const double time = series.time[n - 1 - (half - 1) / 2] - series.time[n - 1 - half - (half - 1) / 2];
  const double uncertain = 3.0 * std::sqrt(2.0) * median_error(noise, half);
  end.fall = std::max(0.0, std::abs(change) - uncertain) / time * span;
  return end;
}

std::optional<Observation> standstill_of(const Series& series, const Stretch& stretch, std::size_t curve) {
  const Series window = window_of(series, stretch.first, stretch.last);
  if (window.size() < 4) return std::nullopt;
  Observation observation;
  observation.curve = curve;
  observation.value = median_of(window.value);
  observation.error = median_error(noise_of(window.value), window.size());
  const std::size_t quarter = window.size() / 4;
  observation.fall = std::abs(median_of(values_between(window, 0, quarter)) -
                              median_of(values_between(window, window.size() - quarter, window.size())));
  return observation;
}

bool is_one_level(const Observation& a, const Observation& b, double usual_range) {
  const double noise = linked_deviations * std::hypot(a.error, b.error);
  const double still_falling = std::min(std::max(a.fall, b.fall), settled_share * usual_range);
  return b.value - a.value <= std::max({noise, same_value * (1.0 + std::abs(b.value)), still_falling});
}

// Levels of sorted observations: the place of each one's.
std::vector<std::size_t> link(const std::vector<Observation>& sorted, double usual_range) {
  std::vector<std::size_t> places;
  std::size_t place = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && !is_one_level(sorted[i - 1], sorted[i], usual_range)) ++place;
    places.push_back(place);
  }
  return places;
}

// A level at which no run ends must be seen in more than one of them: a stretch of noise may stand still anywhere.
bool is_supported(const ValueLevel& level, const std::set<std::size_t>& curves, std::size_t curve_count) {
  const auto enough =
      static_cast<double>(curves.size()) >= std::max(2.0, passed_share * static_cast<double>(curve_count));
  return !level.ends.empty() || enough;
}

void gather_levels(const std::vector<Observation>& sorted, std::size_t curve_count, LevelReading& reading) {
  const std::vector<std::size_t> places = link(sorted, reading.usual_range);
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    while (end < sorted.size() && places[end] == places[begin]) ++end;
    ValueLevel level;
    std::vector<double> values;
    std::set<std::size_t> members;
    for (std::size_t i = begin; i < end; ++i) {
      const Observation& member = sorted[i];
      const bool is_moving = member.is_end && !reading.levels.empty() &&
                             member.fall > moving_share * (member.value - reading.levels.back().value);
      if (is_moving) {
        reading.moving.push_back(member.curve);
        continue;
      }
      values.push_back(member.value);
      members.insert(member.curve);
      if (member.is_end) level.ends.push_back(member.curve);
    }
    begin = end;
    if (!is_supported(level, members, curve_count)) continue;
    level.lowest = values.front();
    level.highest = values.back();
    level.value = median_of(std::move(values));
    std::sort(level.ends.begin(), level.ends.end());
    reading.levels.push_back(std::move(level));
  }
  std::sort(reading.moving.begin(), reading.moving.end());
}

struct Core {
  double lower = -infinity;
  double upper = infinity;
};

std::vector<Core> cores_of(const std::vector<ValueLevel>& levels) {
  std::vector<Core> cores(levels.size());
  for (std::size_t j = 1; j < levels.size(); ++j) {
    const double radius = core_share * (levels[j].value - levels[j - 1].value);
    cores[j - 1].upper = levels[j - 1].value + radius;
    cores[j].lower = levels[j].value - radius;
    cores[j].upper = levels[j].value + radius;  // of the worst; the next level narrows it
  }
  return cores;
}

// Records to a block, so that noise does not carry it from its level into another core `distance` away.
std::size_t block_length(const Series& series, double distance) {
  const RecordNoise noise = noise_of(series.value);
  if (deviations_apart * noise.deviation <= distance) return 1;
  const double ratio = deviations_apart * median_error(noise, 1) / distance;
  return static_cast<std::size_t>(std::ceil(std::min(ratio * ratio, 1e9)));
}

void read_stays(const Series& series, std::size_t curve, const std::vector<Core>& cores, std::vector<Stay>& stays) {
  std::optional<Stay> stay;
  double last_inside = 0.0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double value = series.value[i];
    const auto core = std::find_if(cores.begin(), cores.end(), [value](const Core& one) { return value <= one.upper; });
    if (core == cores.end() || value < core->lower) continue;
    const auto level = static_cast<std::size_t>(core - cores.begin());
    if (!stay || stay->level != level) {
      if (stay) {
        stay->end = series.time[i];
        stay->passage = series.time[i] - last_inside;
        stay->next = level;
        stays.push_back(*stay);
      }
      stay = Stay{.curve = curve, .level = level, .begin = series.time[i]};
    }
    last_inside = series.time[i];
  }
  if (!stay) return;
  stay->end = series.time.back();
  stays.push_back(*stay);
}

void read_all_stays(std::span<const Curve> curves, LevelReading& reading) {
  const std::vector<ValueLevel>& levels = reading.levels;
  if (levels.size() < 2) return;
  double least_gap = infinity;
  for (std::size_t j = 1; j < levels.size(); ++j)
    least_gap = std::min(least_gap, levels[j].value - levels[j - 1].value);
  std::size_t length = 1;
  for (const Curve& curve : curves)
    length = std::max(length, block_length(*curve.values, (1.0 - core_share) * least_gap));
  const bool is_long_enough = std::all_of(curves.begin(), curves.end(), [length](const Curve& curve) {
    return length == 1 || curve.values->size() / length >= fewest_blocks;
  });
  if (!is_long_enough) return;
  reading.has_stays = true;
  const std::vector<Core> cores = cores_of(levels);
  std::vector<double> spacings;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const Series series = block_medians(*curves[i].values, length);
    if (series.size() < 2) continue;
    spacings.push_back((series.time.back() - series.time.front()) / static_cast<double>(series.size() - 1));
    read_stays(series, i, cores, reading.stays);
  }
  reading.spacing = median_of(std::move(spacings));
}

}  // namespace

Series block_medians(const Series& series, std::size_t length) {
  if (length <= 1) return series;
  Series result;
  for (std::size_t begin = 0; begin < series.size(); begin += length) {
    const std::size_t end = std::min(begin + length, series.size());
    result.time.push_back(series.time[begin + (end - begin - 1) / 2]);
    result.value.push_back(median_of(values_between(series, begin, end)));
  }
  return result;
}

LevelReading read_levels(std::span<const Curve> curves) {
  LevelReading reading;
  if (curves.empty()) return reading;
  std::vector<Observation> observations;
  for (std::size_t i = 0; i < curves.size(); ++i) observations.push_back(end_of(*curves[i].values, i));
  const Observation best = *std::min_element(observations.begin(), observations.end(),
                                             [](const auto& a, const auto& b) { return a.value < b.value; });
  reading.best_fall = best.fall;
  std::vector<double> ranges;
  for (const Curve& curve : curves) ranges.push_back(curve.values->value.front() - best.value);
  reading.usual_range = std::max(0.0, median_of(std::move(ranges)));
  for (std::size_t i = 0; i < curves.size(); ++i) {
    for (const Stretch& stretch : curves[i].standstills) {
      if (auto observation = standstill_of(*curves[i].values, stretch, i)) observations.push_back(*observation);
    }
  }
  std::sort(observations.begin(), observations.end(),
            [](const Observation& a, const Observation& b) { return a.value < b.value; });
  gather_levels(observations, curves.size(), reading);
  read_all_stays(curves, reading);
  const auto has_no_end = [](const ValueLevel& level) { return level.ends.empty(); };
  // Too near to others for this noise: better the stays at the levels where runs end than none.
  if (!reading.has_stays && std::erase_if(reading.levels, has_no_end) > 0) read_all_stays(curves, reading);
  return reading;
}

}  // namespace perigee
