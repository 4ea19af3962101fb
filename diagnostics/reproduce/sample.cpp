#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee::reproduce {

std::vector<Index> logarithmic_steps(Index last, std::size_t count) {
  std::vector<Index> steps{0};
  const double length = std::log(static_cast<double>(last) + 1.0);
  for (std::size_t i = 1; i < count; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(count - 1);
    const auto step = std::min(last, static_cast<Index>(std::lround(std::exp(part * length))) - 1);
    if (step > steps.back()) steps.push_back(step);
  }
  return steps;
}

Interval median_interval(std::vector<double> sample) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (sample.size() < 6) return {nan, nan};
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  const double half = 0.98 * std::sqrt(n);  // 1.96 standard deviations of a binomial with p = 1/2
  const auto lower = static_cast<std::size_t>(std::max(0.0, std::floor(0.5 * n - half)));
  const auto upper = static_cast<std::size_t>(std::min(n - 1.0, std::ceil(0.5 * n + half)));
  return {sample[lower], sample[upper]};
}

Mean mean_of(const std::vector<double>& sample) {
  const auto n = static_cast<double>(sample.size());
  double sum = 0.0;
  for (const double value : sample) sum += value;
  const double mean = sum / n;
  double squares = 0.0;
  for (const double value : sample) squares += (value - mean) * (value - mean);
  const double half = 1.959963984540054 * std::sqrt(squares / (n - 1.0) / n);
  return {mean, mean - half, mean + half};
}

std::string interval_text(double lower, double upper, int digits) {
  return "[" + format_number(lower, digits) + ", " + format_number(upper, digits) + "]";
}

std::vector<double> uniform_rewards(RandomEngine& engine, Index arms) {
  std::vector<double> rewards(static_cast<std::size_t>(arms));
  for (double& reward : rewards) reward = uniform_unit(engine);
  return rewards;
}

}  // namespace perigee::reproduce
