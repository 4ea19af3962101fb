#include <perigee/diagnostics/value_noise.hpp>

#include <perigee/lib/trajectory.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr int count = 9;
constexpr int most_spacings = 8;
constexpr double other_spacing = 3.3;  // no small fraction
constexpr std::uint64_t lines = 3;

std::vector<double> values_along(const Objective& objective, ConstVectorView x, ConstVectorView direction,
                                 double spacing) {
  std::vector<double> values;
  Vector point(x.size());
  for (int i = 0; i < count; ++i) {
    point.view() = x + (i - count / 2) * spacing * direction;
    values.push_back(objective.value(point.view()));
  }
  return values;
}

}  // namespace

double noise_of_values(const std::vector<double>& values) {
  std::vector<double> differences = values;
  std::vector<double> levels;
  std::vector<bool> changes_sign;
  double gamma = 1.0;  // (k!)^2/(2k)!
  for (int k = 1; differences.size() > 2; ++k) {
    for (std::size_t i = 0; i + 1 < differences.size(); ++i) differences[i] = differences[i + 1] - differences[i];
    differences.pop_back();
    gamma *= 0.5 * k / (2.0 * k - 1.0);
    double sum = 0.0;
    for (const double difference : differences) sum += difference * difference;
    levels.push_back(std::sqrt(gamma * sum / static_cast<double>(differences.size())));
    const auto [least, greatest] = std::minmax_element(differences.begin(), differences.end());
    changes_sign.push_back(*least * *greatest < 0.0);
  }
  for (std::size_t k = 0; k + 2 < levels.size(); ++k) {
    const auto [least, greatest] = std::minmax({levels[k], levels[k + 1], levels[k + 2]});
    if (changes_sign[k] && greatest <= 4.0 * least) return levels[k];
  }
  return not_measured;
}

namespace {

double noise_along(const Objective& objective, ConstVectorView x, ConstVectorView direction, double spacing) {
  for (int attempt = 0; attempt < most_spacings; ++attempt) {
    const std::vector<double> values = values_along(objective, x, direction, spacing);
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
      return not_measured;
    }
    int equal = 0;
    for (std::size_t i = 0; i + 1 < values.size(); ++i) equal += values[i] == values[i + 1] ? 1 : 0;
    if (2 * equal >= count) {
      if (attempt + 1 == most_spacings && equal == count - 1) return 0.0;
      spacing *= 100.0;
      continue;
    }
    const double noise = noise_of_values(values);
    if (!std::isnan(noise)) {
      const double again = noise_of_values(values_along(objective, x, direction, other_spacing * spacing));
      return std::isnan(again) ? noise : std::max(noise, again);
    }
    spacing *= 0.1;
  }
  return not_measured;
}

}  // namespace

double value_noise(const Objective& objective, ConstVectorView x, const RandomSource& random) {
  double largest = not_measured;
  Vector direction(x.size());
  for (std::uint64_t line = 0; line < lines; ++line) {
    RandomEngine engine = random.engine("value-noise", line);
    fill_standard_normal(engine, direction.view());
    const double length = direction.view().norm();
    if (!(length > 0.0)) return not_measured;
    direction.view() /= length;
    const double spacing = 1e-12 * (1.0 + x.norm()) * std::pow(1.7, static_cast<double>(line));
    const double level = noise_along(objective, x, direction.view(), spacing);
    if (!std::isnan(level)) largest = std::isnan(largest) ? level : std::max(largest, level);
  }
  return largest;
}

}  // namespace perigee
