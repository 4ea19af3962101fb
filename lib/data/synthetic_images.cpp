#include <perigee/lib/data/synthetic_images.hpp>

#include <perigee/lib/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::data {

namespace {

struct Stroke {
  double row, column, width;
};
using Prototype = std::array<Stroke, 3>;

double uniform(RandomEngine& engine, double least, double greatest) {
  return least + (greatest - least) * uniform_unit(engine);
}

}  // namespace

LabelledSamples synthetic_images(Index count, std::uint64_t seed) {
  if (count < 1) throw std::invalid_argument("synthetic_images: count must be >= 1, got " + std::to_string(count));
  const RandomSource random(seed);
  RandomEngine engine = random.engine("prototypes");
  constexpr double last = static_cast<double>(synthetic_side - 1);
  std::array<Prototype, synthetic_class_count> prototypes{};
  for (Prototype& prototype : prototypes) {
    for (Stroke& stroke : prototype) {
      stroke.row = uniform(engine, 0.0, last);
      stroke.column = uniform(engine, 0.0, last);
      stroke.width = uniform(engine, 1.0, 2.0);
    }
  }
  LabelledSamples samples{.feature_count = synthetic_side * synthetic_side, .class_count = synthetic_class_count};
  Vector noise(samples.feature_count);
  for (Index i = 0; i < count; ++i) {
    RandomEngine of_image = random.engine("image", static_cast<std::uint64_t>(i));
    const Index label = i % synthetic_class_count;
    const double down = uniform(of_image, -1.0, 1.0);
    const double right = uniform(of_image, -1.0, 1.0);
    const double brightness = uniform(of_image, 0.7, 1.0);
    fill_standard_normal(of_image, noise);
    for (Index pixel = 0; pixel < samples.feature_count; ++pixel) {
      double ink = 0.0;
      for (const Stroke& stroke : prototypes[static_cast<std::size_t>(label)]) {
        const double row = static_cast<double>(pixel / synthetic_side) - down - stroke.row;
        const double column = static_cast<double>(pixel % synthetic_side) - right - stroke.column;
        ink += std::exp(-0.5 * (row * row + column * column) / (stroke.width * stroke.width));
      }
      const double shade = brightness * ink + 0.15 * noise[pixel];
      samples.features.push_back(static_cast<float>(std::clamp(shade, 0.0, 1.0)));
    }
    samples.labels.push_back(static_cast<std::uint16_t>(label));
  }
  return samples;
}

}  // namespace perigee::data
