// Stochastic Lanczos quadrature against spectra that are known by construction.
#include "support/catch.hpp"

#include <perigee/diagnostics/spectral_density.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

SymmetricOperator diagonal(const std::vector<double>& eigenvalues) {
  return
      [&eigenvalues](ConstVectorView v, VectorView product) { product = ConstVectorView(eigenvalues).cwiseProduct(v); };
}

}  // namespace

TEST_CASE("each rule has mass 1 and the moments v'Hv, v'H^2v of its start") {
  // Gauss rules are exact to degree 2k - 1; k = 3 products give five moments. The start is drawn again from its stream.
  std::vector<double> eigenvalues(200);
  RandomEngine engine = RandomSource(1).engine("spectrum");
  fill_standard_normal(engine, eigenvalues);
  const SpectralDensity density =
      spectral_density(200, diagonal(eigenvalues), RandomSource(2), {.starts = 4, .products = 3});
  REQUIRE(density.rules.size() == 4);
  CHECK(density.products == 12);
  for (std::size_t start = 0; start < 4; ++start) {
    RandomEngine same = RandomSource(2).engine("spectral-density", start);
    Vector v(200);
    fill_standard_normal(same, v);
    v.view() /= v.view().norm();
    for (int degree = 0; degree <= 5; ++degree) {
      double moment = 0.0;
      for (Index i = 0; i < 200; ++i)
        moment += v[i] * v[i] * std::pow(eigenvalues[static_cast<std::size_t>(i)], degree);
      double sum = 0.0;
      for (const auto& node : density.rules[start].nodes) sum += node.weight * std::pow(node.value, degree);
      INFO("start " << start << ", degree " << degree);
      CHECK(sum == Approx(moment).epsilon(1e-10).margin(1e-12));
    }
  }
}

TEST_CASE("Wigner's semicircle") {
  // Eigenvalues at the quantiles of the semicircle law on [-2, 2]; smoothed by 0.2 the density at t is
  // sqrt(4 - t^2)/(2 pi), up to the smoothing's O(width^2) in the middle, 0.003. A start's share in a window of m
  // eigenvalues is off by sqrt(2/m), relative: m ~ 300 of 2000 and 10 starts leave 0.026, of which 5 are allowed.
  std::vector<double> eigenvalues;
  for (int i = 0; i < 2000; ++i) {
    const double target = (i + 0.5) / 2000.0;
    double low = -2.0;
    double high = 2.0;
    for (int step = 0; step < 60; ++step) {
      const double t = 0.5 * (low + high);
      const double law =
          0.5 + t * std::sqrt(4.0 - t * t) / (4.0 * std::numbers::pi) + std::asin(t / 2.0) / std::numbers::pi;
      (law < target ? low : high) = t;
    }
    eigenvalues.push_back(low);
  }
  const SpectralDensity density = spectral_density(2000, diagonal(eigenvalues), RandomSource(3));
  for (const double t : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
    const double law = std::sqrt(4.0 - t * t) / (2.0 * std::numbers::pi);
    CHECK(density.density(t, 0.2) == Approx(law).epsilon(0.13));
  }
  CHECK(density.density(3.5, 0.2) < 1e-6);
}

TEST_CASE("the index: the interval holds the number of negative eigenvalues, and is of use") {
  // 100 operators of 500 variables, a share between 0 and 60 percent of them negative. The interval is to fail with
  // probability 0.03 at most: more than 12 failures of 100 have probability below 1e-4 (binomial).
  int failures = 0;
  double total_width = 0.0;
  for (std::uint64_t run = 0; run < 100; ++run) {
    RandomEngine engine = RandomSource(run).engine("spectrum");
    std::vector<double> eigenvalues(500);
    const double share = 0.6 * uniform_unit(engine);
    for (double& value : eigenvalues) value = uniform_unit(engine) - share;
    const double truth =
        static_cast<double>(std::count_if(eigenvalues.begin(), eigenvalues.end(), [](double x) { return x < 0.0; }));
    const IndexEstimate estimate = count_below(spectral_density(500, diagonal(eigenvalues), RandomSource(run)), 0.0);
    CHECK(estimate.low <= estimate.count);
    CHECK(estimate.count <= estimate.high);
    failures += truth < estimate.low || truth > estimate.high ? 1 : 0;
    total_width += estimate.high - estimate.low;
  }
  INFO(failures << " failures, mean width " << total_width / 100.0);
  CHECK(failures <= 12);
  CHECK(total_width / 100.0 < 100.0);
}

TEST_CASE("no Ritz value below the threshold is not the same as no eigenvalue below it") {
  // One of 1000 eigenvalues is negative, and five products do not show it: the interval has to hold it.
  std::vector<double> eigenvalues(1000);
  for (std::size_t i = 0; i < 1000; ++i) eigenvalues[i] = static_cast<double>(i) / 1000.0;
  eigenvalues.front() = -1e-3;
  const IndexEstimate estimate =
      count_below(spectral_density(1000, diagonal(eigenvalues), RandomSource(1), {.products = 5}), 0.0);
  CHECK(estimate.count == 0.0);
  CHECK(estimate.high >= 1.0);
  CHECK(estimate.high < 300.0);
}

TEST_CASE("with as many products as variables the index is exact, whatever the multiplicities") {
  const std::vector<double> eigenvalues{-2.0, -2.0, -2.0, 0.0, 0.0, 1.0, 5.0, 5.0};
  const SpectralDensity density = spectral_density(8, diagonal(eigenvalues), RandomSource(1));
  CHECK(density.products == 8);
  const IndexEstimate negative = count_below(density, -1e-9);
  CHECK(negative.count == 3.0);
  CHECK(negative.low == 3.0);
  CHECK(negative.high == 3.0);
  CHECK(count_below(density, 1e-9).count == 5.0);
  CHECK(count_below(density, 6.0).count == 8.0);
}

TEST_CASE("few different eigenvalues: a rule ends early and is exact; broken products end the estimate") {
  std::vector<double> eigenvalues(300, 1.0);
  std::fill(eigenvalues.begin(), eigenvalues.begin() + 60, -1.0);
  const SpectralDensity density = spectral_density(300, diagonal(eigenvalues), RandomSource(5), {.starts = 20});
  CHECK(density.products == 40);
  // n sum of squares of 60 of 300 components: mean 60, standard deviation of the mean of 20 below 2.2; 5 of them.
  CHECK(count_below(density, 0.0).count == Approx(60.0).margin(11.0));
  CHECK(count_below(density, 0.0).rule_error == 0.0);

  const SpectralDensity broken = spectral_density(
      300, [](ConstVectorView, VectorView product) { product.setConstant(std::nan("")); }, RandomSource(1));
  CHECK_FALSE(broken.is_finite);
  CHECK(broken.rules.empty());
  CHECK(std::isnan(count_below(broken, 0.0).count));
  CHECK(std::isnan(count_below(broken, 0.0).high));
}

TEST_CASE("options out of range are refused") {
  const std::vector<double> one{1.0};
  CHECK_THROWS_WITH(spectral_density(0, diagonal(one), RandomSource(1)),
                    "spectral density: dimension must be >= 1, got 0");
  CHECK_THROWS_WITH(spectral_density(1, diagonal(one), RandomSource(1), {.starts = 1}),
                    "spectral density: starts must be >= 2, got 1");
  CHECK_THROWS_WITH(spectral_density(1, diagonal(one), RandomSource(1), {.products = 0}),
                    "spectral density: products must be >= 1, got 0");
}
