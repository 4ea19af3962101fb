// Stochastic gradient descent with Gaussian noise on quadratics, by the plainest loop: floors, flats, slopes, escapes.
#ifndef PERIGEE_TESTS_SUPPORT_NOISY_RUNS_HPP
#define PERIGEE_TESTS_SUPPORT_NOISY_RUNS_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <cmath>
#include <vector>

namespace perigee::test {

struct NoisyRun {
  std::vector<double> eigenvalues;  // times the learning rate, which is 1; negative ones lead away
  double drift = 0.0;               // length of a constant gradient, in standard deviations of the noise's length
  double momentum = 0.0;
  Index iterations = 2000;
  Index burn_in = 0;          // unrecorded iterations before the first
  Index snapshot_every = 10;  // 0: none
};

inline Trajectory simulate(const NoisyRun& run, std::uint64_t seed) {
  const auto n = static_cast<Index>(run.eigenvalues.size());
  Trajectory trajectory;
  trajectory.settings = {{"momentum", std::to_string(run.momentum)}};
  Vector x(n), noise(n), step(n);
  RandomEngine engine = RandomSource(seed).engine("noisy run");
  // The length of n standard normal numbers is about sqrt(n): so is that of the drift at drift = 1.
  const double slope = run.drift;
  for (Index k = -run.burn_in; k <= run.iterations; ++k) {
    fill_standard_normal(engine, noise.view());
    double value = 1.0;
    double squares = 0.0;
    double lengths = 0.0;
    for (Index i = 0; i < n; ++i) {
      const double lambda = run.eigenvalues[static_cast<std::size_t>(i)];
      value += 1e-4 * (0.5 * lambda * x[i] * x[i] + slope * x[i]);
      const double gradient = lambda * x[i] + slope + noise[i];
      squares += gradient * gradient;
      if (k >= 0) lengths += step[i] * step[i];
      step[i] = run.momentum * step[i] - gradient;
    }
    if (k >= 0) {
      StepRecord record;
      record.iteration = k;
      record.kind = k == 0 ? StepKind::initial : StepKind::step;
      record.batch_size = 1;
      record.value = value;
      record.gradient_norm = std::sqrt(squares);
      if (k > 0) {
        record.step_size = 1.0;
        record.step_norm = std::sqrt(lengths);
      }
      trajectory.records.push_back(record);
      if (run.snapshot_every > 0 && k % run.snapshot_every == 0) trajectory.snapshots.push_back({k, x});
    }
    for (Index i = 0; i < n; ++i) x[i] += step[i];
  }
  return trajectory;
}

}  // namespace perigee::test

#endif
