// Synthetic curves with known course, and autoregressive noise.
#ifndef PERIGEE_TESTS_SUPPORT_CURVES_HPP
#define PERIGEE_TESTS_SUPPORT_CURVES_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <cmath>
#include <functional>
#include <vector>

namespace perigee::test {

/// n numbers of x_k = rho x_{k-1} + sqrt(1 - rho^2) z_k, z_k ~ N(0, 1): variance 1, correlation rho^|i - j|.
inline std::vector<double> autoregressive_noise(std::uint64_t seed, std::size_t n, double rho) {
  std::vector<double> noise(n);
  RandomEngine engine = RandomSource(seed).engine("noise");
  fill_standard_normal(engine, noise);
  for (std::size_t k = 1; k < n; ++k) noise[k] = rho * noise[k - 1] + std::sqrt(1.0 - rho * rho) * noise[k];
  return noise;
}

/// A trajectory of values f(t), t = 0, 1, ..., last, with nothing else measured.
inline Trajectory trajectory_of(const std::function<double(double)>& f, Index last, Index spacing = 1) {
  Trajectory trajectory;
  for (Index t = 0; t <= last; t += spacing) {
    StepRecord record;
    record.iteration = t;
    record.kind = t == 0 ? StepKind::initial : StepKind::step;
    record.value = f(static_cast<double>(t));
    trajectory.records.push_back(record);
  }
  return trajectory;
}

/// Multiplies every value by exp(size x_k), x autoregressive.
inline Trajectory with_relative_noise(Trajectory trajectory, std::uint64_t seed, double size, double rho) {
  const std::vector<double> noise = autoregressive_noise(seed, trajectory.records.size(), rho);
  for (std::size_t k = 0; k < noise.size(); ++k) trajectory.records[k].value *= std::exp(size * noise[k]);
  return trajectory;
}

/// Adds size x_k to every value, x autoregressive.
inline Trajectory with_additive_noise(Trajectory trajectory, std::uint64_t seed, double size, double rho) {
  const std::vector<double> noise = autoregressive_noise(seed, trajectory.records.size(), rho);
  for (std::size_t k = 0; k < noise.size(); ++k) trajectory.records[k].value += size * noise[k];
  return trajectory;
}

}  // namespace perigee::test

#endif
