// Estimates with standard errors, and the exact numbers that random walks in a potential are compared with.
#ifndef PERIGEE_TESTS_SUPPORT_SAMPLING_HPP
#define PERIGEE_TESTS_SUPPORT_SAMPLING_HPP

#include "support/catch.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/lib/solver.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace perigee::test {

struct Estimate {
  double mean;
  double standard_error;
};

/// Of independent values.
inline Estimate estimate_of(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count * (count - 1.0)))};
}

/// Of the values of a chain: 200 blocks, each long against the correlation time, taken as independent.
inline Estimate estimate_of_chain(const std::vector<double>& values) {
  constexpr std::size_t blocks = 200;
  const std::size_t length = values.size() / blocks;
  std::vector<double> means(blocks, 0.0);
  for (std::size_t i = 0; i < blocks * length; ++i) means[i / length] += values[i] / static_cast<double>(length);
  return estimate_of(means);
}

/// The mean is the expected one: within 5 standard errors (false alarm 1.3e-6 at 200 independent values, Student's t),
/// which are to be less than `resolution` times the expected value, so that the check has teeth.
inline void check_mean(const Estimate& estimate, double expected, double resolution) {
  INFO(estimate.mean << " +- " << estimate.standard_error << ", expected " << expected);
  CHECK(estimate.standard_error < resolution * std::abs(expected));
  CHECK(std::abs(estimate.mean - expected) < 5.0 * estimate.standard_error);
}

/// The squares of coordinate i along one run: `warm_up` iterations left out, then `count` kept.
inline std::vector<double> squares_along(const Objective& objective, const Solver& solver, const Vector& x0, Index i,
                                         Index warm_up, Index count, std::uint64_t seed) {
  Oracle oracle(objective);
  const auto stepper = solver.start(oracle, x0, RandomSource(seed));
  std::vector<double> squares;
  squares.reserve(static_cast<std::size_t>(count));
  for (Index k = 0; k < warm_up + count; ++k) {
    REQUIRE(stepper->step() == StepStatus::advanced);
    const double x = stepper->current().x()[i];
    if (k >= warm_up) squares.push_back(x * x);
  }
  return squares;
}

/// The iterations that runs with seeds 0, 1, ... take from x0 to x >= target, in one dimension.
inline std::vector<double> passages(const Objective& objective, const Solver& solver, double x0, double target,
                                    std::uint64_t runs) {
  std::vector<double> times;
  for (std::uint64_t run = 0; run < runs; ++run) {
    Oracle oracle(objective);
    const auto stepper = solver.start(oracle, {x0}, RandomSource(9, run));
    while (stepper->current().x()[0] < target) REQUIRE(stepper->step() == StepStatus::advanced);
    times.push_back(static_cast<double>(stepper->record().iteration));
  }
  return times;
}

using Curve = std::function<double(double)>;

/// Mean number of steps from x0 to x >= target of x' = x - a f'(x) + sqrt(2 a T) z, exactly: tau solves
/// tau(x) = 1 + int_{-inf}^{target} p(y|x) tau(y) dy, here by Nystroem's method on `cells` midpoints above `low`.
inline double mean_passage_steps(const Curve& derivative, double a, double temperature, double x0, double target,
                                 double low, Index cells) {
  const double h = (target - low) / static_cast<double>(cells);
  const auto node = [&](Index i) { return low + (static_cast<double>(i) + 0.5) * h; };
  const auto weight = [&](double from, double to) {
    const double variance = 2.0 * a * temperature;
    const double off = to - from + a * derivative(from);
    return h * std::exp(-off * off / (2.0 * variance)) / std::sqrt(2.0 * 3.141592653589793 * variance);
  };
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(cells, cells);
  for (Index i = 0; i < cells; ++i) {
    for (Index j = 0; j < cells; ++j) system(i, j) -= weight(node(i), node(j));
  }
  const Eigen::VectorXd steps = solve_dense(system, Eigen::VectorXd::Ones(cells));
  double mean = 1.0;
  for (Index j = 0; j < cells; ++j) mean += weight(x0, node(j)) * steps[j];
  return mean;
}

/// Mean time from x0 to target of dx = -f' dt + sqrt(2T) dW (Gardiner 2009, section 5.5, with a wall at -infinity):
/// (1/T) int_{x0}^{target} exp(f(y)/T) int_{-inf}^y exp(-f(z)/T) dz dy, by midpoints.
inline double mean_passage_time(const Curve& f, double temperature, double x0, double target, double low) {
  constexpr int cells = 40000;
  const double h = (target - low) / cells;
  double inner = 0.0;
  double outer = 0.0;
  for (int i = 0; i < cells; ++i) {
    const double y = low + (i + 0.5) * h;
    const double density = h * std::exp(-f(y) / temperature);
    if (y > x0) outer += h * std::exp(f(y) / temperature) * (inner + 0.5 * density);
    inner += density;
  }
  return outer / temperature;
}

}  // namespace perigee::test

#endif
