// Loss curves: what a training log shows, values alone. f* = 0 in all of them; it is stated in half of the runs.
//
//   left      a descent, a level stretch, a further descent
//   ended     a descent, and a level stretch above f* up to the end of the run
//   healthy   a descent that goes on to the end
//   spiked    the same with a few upward jumps that decay
//
// Noise multiplies the values by exp(size x), x autoregressive with correlation 0 or 0.5.
#include "construction.hpp"

#include "../support/curves.hpp"

#include <algorithm>
#include <cmath>

namespace perigee::corpus {

namespace {

// The excess at time t of a descent over the time scale 1 that begins at 0 with the value 1 and goes on for ever.
using Descent = double (*)(double t);

double exponential(double t) { return std::exp(-t); }
double stretched(double t) { return std::exp(-2.0 * (std::sqrt(1.0 + t) - 1.0)); }
double hyperbolic(double t) { return 1.0 / (1.0 + t); }
double inverse_square(double t) { return 1.0 / ((1.0 + t) * (1.0 + t)); }
double root(double t) { return 1.0 / std::sqrt(1.0 + t); }
double sigmoid(double t) { return 2.0 / (1.0 + std::exp(t)); }
// Gradient flow of a product of two weights, (1 - u v)^2/2 with u = v: the mode of a linear network.
double product_mode(double t) {
  const double grown = std::exp(2.0 * t);
  const double rest = 1.0 - 0.25 * grown / (0.75 + 0.25 * grown);
  return rest * rest / 0.5625;
}
double two_scales(double t) { return 0.7 * std::exp(-2.0 * t) + 0.3 * std::exp(-0.5 * t); }
double damped_wave(double t) { return std::exp(-t) * (1.0 + 0.3 * std::sin(3.0 * t)); }

struct Noise {
  double size;
  double correlation;
};
constexpr Noise noises[] = {{0.0, 0.0}, {0.01, 0.5}, {0.03, 0.0}, {0.03, 0.5}};

void add_runs(const std::string& family, Descent descent, Collector& collector) {
  // Slow laws need longer for the same factor: the time scale is in units of the time to fall to a fifth.
  double fifth = 0.0;
  while (descent(fifth) > 0.2) fifth += 0.01;
  int variant = 0;
  const auto add = [&](const std::string& treatment, bool knows_optimum, const Noise& noise,
                       const std::function<CorpusRun(RandomEngine&)>& make) {
    const Recording recording = ++variant % 4 == 0 ? Recording::printed : Recording::values;
    const RunName name{family, treatment, std::to_string(variant), recording};
    collector.add(name, [&, name, recording] {
      RandomEngine engine = engine_of(name);
      CorpusRun run = make(engine);
      if (noise.size > 0.0) {
        run.trajectory = test::with_relative_noise(std::move(run.trajectory), engine(), noise.size, noise.correlation);
      }
      if (knows_optimum) run.trajectory.optimal_value = 0.0;
      return finished(recording, std::move(run));
    });
  };
  for (const Noise& noise : noises) {
    for (const bool knows_optimum : {true, false}) {
      for (const double level : {0.5, 0.2}) {
        add("left", knows_optimum, noise, [&](RandomEngine& engine) {
          const double scale = (10.0 + 20.0 * uniform_unit(engine)) / fifth;
          const double leaves = (8.0 + 6.0 * uniform_unit(engine)) * scale * fifth;
          CorpusRun run;
          run.trajectory = test::trajectory_of(
              [=](double t) {
                const double late = std::max(0.0, t - leaves);
                return (1.0 - level) * exponential(3.0 * t / (scale * fifth)) + level * descent(late / scale);
              },
              static_cast<Index>(2.0 * leaves));
          run.label = "plateau";
          run.must = {run.label};
          run.onset = static_cast<Index>(scale * fifth);
          return run;
        });
      }
      add("ended", knows_optimum, noise, [&](RandomEngine& engine) {
        const double level = 0.1 + 0.3 * uniform_unit(engine);
        const double scale = (15.0 + 20.0 * uniform_unit(engine)) / fifth;
        const double flat_from = 1.5 * scale * fifth;
        CorpusRun run;
        run.trajectory = test::trajectory_of(
            [=](double t) { return level + (1.0 - level) * exponential(2.0 * t / (scale * fifth)); },
            static_cast<Index>(8.0 * flat_from));
        run.label = knows_optimum ? "plateau" : not_to_be_told;
        run.also_right = {"plateau"};
        if (knows_optimum) run.must = {"plateau"};
        run.may = {"plateau"};
        run.onset = static_cast<Index>(flat_from);
        return run;
      });
      for (const char* treatment : {"healthy", "spiked"}) {
        add(treatment, knows_optimum, noise, [&](RandomEngine& engine) {
          const double scale = (40.0 + 100.0 * uniform_unit(engine)) / fifth;
          const double length = (2.0 + 2.0 * uniform_unit(engine)) * scale * fifth;
          const bool has_spikes = treatment[0] == 's';
          const double spikes[] = {length * (0.2 + 0.1 * uniform_unit(engine)),
                                   length * (0.5 + 0.1 * uniform_unit(engine))};
          CorpusRun run;
          run.trajectory = test::trajectory_of(
              [=](double t) {
                double value = descent(t / scale);
                for (const double at : spikes) {
                  if (has_spikes && t >= at) value *= 1.0 + 2.0 * std::exp((at - t) / (0.01 * length));
                }
                return value;
              },
              static_cast<Index>(length));
          run.label = no_trouble;
          return run;
        });
      }
    }
  }
}

Family family_of(const std::string& name, Descent descent) {
  return {name, "curve",
          [descent](const std::string& family, Collector& collector) { add_runs(family, descent, collector); }};
}

}  // namespace

std::vector<Family> curves() {
  return {family_of("damped-wave", damped_wave),     family_of("exponential-decay", exponential),
          family_of("hyperbolic-decay", hyperbolic), family_of("inverse-square-decay", inverse_square),
          family_of("product-mode", product_mode),   family_of("root-decay", root),
          family_of("sigmoid-drop", sigmoid),        family_of("stretched-decay", stretched),
          family_of("two-scale-decay", two_scales)};
}

}  // namespace perigee::corpus
