#include <perigee/diagnostics/flatness.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee {

namespace {

void check_positive(const char* name, double value) {
  if (value > 0.0 && std::isfinite(value)) return;
  throw std::invalid_argument(std::string("local entropy: ") + name + " must be > 0 and finite, got " +
                              format_number(value));
}

}  // namespace

LocalEntropy local_entropy(const Objective& objective, ConstVectorView x, const RandomSource& random,
                           const LocalEntropyOptions& options) {
  check_positive("scope", options.scope);
  check_positive("temperature", options.temperature);
  if (options.samples < 2) {
    throw std::invalid_argument("local entropy: samples must be >= 2, got " + std::to_string(options.samples));
  }
  if (x.size() != objective.dimension()) {
    throw std::invalid_argument("local entropy: length of x must be " + std::to_string(objective.dimension()) +
                                ", got " + std::to_string(x.size()));
  }
  const double center = objective.value(x);
  const double deviation = std::sqrt(options.temperature / options.scope);
  std::vector<double> exponents(static_cast<std::size_t>(options.samples));
  Vector point(x.size());
  std::uint64_t sample = 0;
  bool has_nan = std::isnan(center);
  for (double& exponent : exponents) {
    RandomEngine engine = random.engine("local-entropy", sample++);
    VectorView around = point.view();
    fill_standard_normal(engine, around);
    around = x + deviation * around;
    exponent = -(objective.value(point) - center) / options.temperature;
    has_nan = has_nan || std::isnan(exponent);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (has_nan) return {nan, nan, nan};
  const double largest = *std::max_element(exponents.begin(), exponents.end());
  if (std::isinf(largest)) return {-options.temperature * largest, nan, nan};
  double sum = 0.0;
  double squares = 0.0;
  for (const double exponent : exponents) {
    const double weight = std::exp(exponent - largest);
    sum += weight;
    squares += weight * weight;
  }
  // The delta method: Var ln(mean w) = Var w/(n (mean w)^2) = (n sum w^2/(sum w)^2 - 1)/(n - 1).
  const double count = static_cast<double>(options.samples);
  const double variance = std::max(0.0, count * squares / (sum * sum) - 1.0) / (count - 1.0);
  return {-options.temperature * (largest + std::log(sum / count)), options.temperature * std::sqrt(variance),
          sum * sum / squares};
}

TraceEstimate estimate_trace(Index dimension, const SymmetricOperator& hessian, Index probes,
                             const RandomSource& random) {
  if (probes < 1) throw std::invalid_argument("trace: probes must be >= 1, got " + std::to_string(probes));
  Vector signs(dimension);
  Vector product(dimension);
  double mean = 0.0;
  double squares = 0.0;  // of the deviations from the mean
  for (Index probe = 0; probe < probes; ++probe) {
    RandomEngine engine = random.engine("trace", static_cast<std::uint64_t>(probe));
    for (Index i = 0; i < dimension; ++i) signs[i] = uniform_unit(engine) < 0.5 ? -1.0 : 1.0;
    hessian(signs, product);
    const double sample = signs.view().dot(product.view());
    const double off = sample - mean;
    mean += off / static_cast<double>(probe + 1);
    squares += off * (sample - mean);
  }
  const double count = static_cast<double>(probes);
  return {mean, probes > 1 ? std::sqrt(squares / (count * (count - 1.0))) : std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace perigee
