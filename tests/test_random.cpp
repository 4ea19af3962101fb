#include "support/catch.hpp"

#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace perigee;

TEST_CASE("xoshiro256** gives the published sequence") {
  // First outputs of the authors' reference implementation from the state {1, 2, 3, 4}.
  RandomEngine engine(std::array<std::uint64_t, 4>{1, 2, 3, 4});
  CHECK(engine() == 11520U);
  CHECK(engine() == 0U);
  CHECK(engine() == 1509978240U);
  CHECK(engine() == 1215971899390074240U);
}

TEST_CASE("a stream is named by seed, purpose, run and counter, and by nothing else") {
  const auto first = [](std::uint64_t seed, std::uint64_t run, std::string_view purpose, std::uint64_t counter) {
    return RandomSource(seed, run).engine(purpose, counter)();
  };
  CHECK(first(1, 2, "minibatch", 3) == first(1, 2, "minibatch", 3));
  const std::set<std::uint64_t> different{first(1, 2, "minibatch", 3), first(2, 2, "minibatch", 3),
                                          first(1, 1, "minibatch", 3), first(1, 2, "perturbation", 3),
                                          first(1, 2, "minibatch", 4), first(2, 1, "minibatch", 3)};
  CHECK(different.size() == 6);
}

TEST_CASE("points in the ball follow the law of the uniform distribution") {
  // (|x|/r)^n is uniform on (0, 1), and x_1^2/|x|^2 has mean 1/n. With 20000 draws the Kolmogorov-Smirnov
  // distance exceeds 1.95/sqrt(20000) with probability 1e-3, and the mean its 4 sigma band with 6e-5.
  const Index n = 5;
  const double radius = 3.0;
  const int draws = 20000;
  RandomEngine engine = RandomSource(7).engine("perturbation");
  std::vector<double> scaled;
  double mean_share = 0.0;
  Vector x(n);
  for (int i = 0; i < draws; ++i) {
    fill_uniform_ball(engine, radius, x);
    scaled.push_back(std::pow(x.view().norm() / radius, static_cast<double>(n)));
    mean_share += x[0] * x[0] / x.view().squaredNorm() / draws;
  }
  std::sort(scaled.begin(), scaled.end());
  double distance = 0.0;
  for (int i = 0; i < draws; ++i) {
    distance = std::max({distance, std::abs(scaled[static_cast<std::size_t>(i)] - static_cast<double>(i) / draws),
                         std::abs(scaled[static_cast<std::size_t>(i)] - (i + 1.0) / draws)});
  }
  CHECK(distance < 1.95 / std::sqrt(static_cast<double>(draws)));
  // x_1^2/|x|^2 is Beta(1/2, (n-1)/2): variance 2(n-1)/(n^2 (n+2)).
  const double sigma = std::sqrt(2.0 * (n - 1.0) / (n * n * (n + 2.0)) / draws);
  CHECK(std::abs(mean_share - 1.0 / n) < 4.0 * sigma);
}

TEST_CASE("standard normal draws have the moments of N(0, 1)") {
  // 4 sigma bands of the mean (1/sqrt N) and of the fourth moment (sqrt(96/N)): false alarm 1.3e-4.
  const Index draws = 100000;
  RandomEngine engine = RandomSource(11).engine("noise");
  Vector z(draws);
  fill_standard_normal(engine, z);
  CHECK(std::abs(z.view().mean()) < 4.0 / std::sqrt(static_cast<double>(draws)));
  CHECK(std::abs(z.view().array().pow(4).mean() - 3.0) < 4.0 * std::sqrt(96.0 / static_cast<double>(draws)));
}
