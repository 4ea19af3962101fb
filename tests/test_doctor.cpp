// The doctor finds what was put into an objective, and nothing in a sound one. Quadratics have known spectra; the noise
// is held against the one that was added.
#include "support/catch.hpp"

#include <perigee/diagnostics/doctor.hpp>
#include <perigee/diagnostics/value_noise.hpp>
#include <perigee/lib/functional.hpp>

#include <algorithm>
#include <cmath>

using namespace perigee;

namespace {

auto quadratic(double a, double b) {
  return functional(
      2, [a, b](ConstVectorView x) { return 0.5 * (a * x[0] * x[0] + b * x[1] * x[1]); },
      [a, b](ConstVectorView x, VectorView gradient) {
        gradient[0] = a * x[0];
        gradient[1] = b * x[1];
      });
}

Health health_of(const DoctorReport& report, const std::string& topic) {
  for (const Examination& examination : report.examinations) {
    if (examination.topic == topic) return examination.health;
  }
  FAIL("no examination " << topic << " in\n" << report.text());
  return Health::undecided;
}

const RandomSource source(3);

}  // namespace

TEST_CASE("a sound quadratic is healthy, and its curvatures are found") {
  const auto f = quadratic(1.0, 100.0);
  const DoctorReport report = examine(f, {0.7, -0.4}, source);
  INFO(report.text());
  CHECK(report.health() == Health::good);
  CHECK(report.examinations.size() == 7);
  // Hessian-vector products are differences of gradients here: exact to about 1e-9.
  CHECK(report.lambda_min == Approx(1.0).epsilon(1e-6));
  CHECK(report.lambda_max == Approx(100.0).epsilon(1e-6));
  CHECK(report.smoothness == Approx(100.0).epsilon(1e-6));
  CHECK(report.scale_ratio == Approx(100.0).epsilon(1e-6));
  CHECK(report.suggested_step == Approx(0.01).epsilon(1e-6));
  // Rounding of a value near 8 is some 1e-15.
  CHECK(report.noise > 0.0);
  CHECK(report.noise < 1e-13);
}

TEST_CASE("variables in units that do not fit together are named") {
  const DoctorReport report = examine(quadratic(1.0, 1e6), {0.7, -0.4}, source);
  INFO(report.text());
  CHECK(health_of(report, "scaling") == Health::caution);
  CHECK(report.scale_ratio == Approx(1e6).epsilon(1e-3));
  CHECK(report.text().find("x_1: 1e+06") != std::string::npos);
}

TEST_CASE("a wrong gradient is bad, whatever else is good") {
  const auto f = functional(
      2, [](ConstVectorView x) { return std::exp(x[0]) + x[1] * x[1]; },
      [](ConstVectorView x, VectorView gradient) {
        gradient[0] = 1.01 * std::exp(x[0]);
        gradient[1] = 2.0 * x[1];
      });
  const DoctorReport report = examine(f, {0.3, 0.5}, source);
  CHECK(health_of(report, "derivatives") == Health::bad);
  CHECK(report.health() == Health::bad);
}

TEST_CASE("an objective that is no function of x is told, and then nothing else") {
  auto calls = std::make_shared<int>(0);
  const auto f = functional(
      1, [calls](ConstVectorView x) { return x[0] * x[0] + 1e-3 * ++*calls; },
      [](ConstVectorView x, VectorView gradient) { gradient[0] = 2.0 * x[0]; });
  const DoctorReport report = examine(f, {0.5}, source);
  REQUIRE(report.examinations.size() == 1);
  CHECK(health_of(report, "repeatability") == Health::bad);
}

TEST_CASE("the edge of the domain is seen where a step can reach it") {
  const auto barrier = functional(
      1, [](ConstVectorView x) { return x[0] - std::log(x[0]); },
      [](ConstVectorView x, VectorView gradient) { gradient[0] = x[0] > 0.0 ? 1.0 - 1.0 / x[0] : NAN; });
  CHECK(health_of(examine(barrier, {0.005}, source), "domain") == Health::caution);
  CHECK(health_of(examine(barrier, {5.0}, source), "domain") == Health::good);
  const DoctorReport outside = examine(barrier, {-1.0}, source);
  CHECK(outside.health() == Health::bad);
  CHECK(outside.examinations.size() == 1);
}

TEST_CASE("noise of values: that which was added") {
  // sigma_k^2 has about five degrees of freedom: the median over 101 samples is within a factor of 1.5 of sigma, and
  // what is linear in the index does not count.
  const double sigma = 1e-5;
  std::vector<double> found;
  for (std::uint64_t sample = 0; sample < 101; ++sample) {
    Vector noise(9);
    RandomEngine engine = source.engine("noise", sample);
    fill_standard_normal(engine, noise.view());
    std::vector<double> values;
    for (Index i = 0; i < 9; ++i) values.push_back(3.0 + 1e-6 * static_cast<double>(i) + sigma * noise[i]);
    const double level = noise_of_values(values);
    if (!std::isnan(level)) found.push_back(level);
  }
  REQUIRE(found.size() > 70);
  std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2), found.end());
  const double median = found[found.size() / 2];
  CHECK(median > sigma / 1.5);
  CHECK(median < sigma * 1.5);
  // Squares: all differences from the third on are zero, none changes sign.
  CHECK(std::isnan(noise_of_values({0, 1, 4, 9, 16, 25, 36, 49, 64})));
}

TEST_CASE("values with a fine ripple are noisy, and the doctor says so") {
  // A sine of amplitude a, too fast to be followed, is noise of standard deviation a/sqrt(2).
  const double a = 1e-7;
  const auto f = functional(
      2, [a](ConstVectorView x) { return 1.0 + std::cos(x[0]) + x[1] * x[1] + a * std::sin(1e14 * (x[0] + x[1])); },
      [](ConstVectorView x, VectorView gradient) {
        gradient[0] = -std::sin(x[0]);
        gradient[1] = 2.0 * x[1];
      });
  const DoctorReport report = examine(f, {0.4, 0.6}, source);
  INFO(report.text());
  CHECK(report.noise > a / std::sqrt(2.0) / 4.0);
  CHECK(report.noise < a / std::sqrt(2.0) * 4.0);
  CHECK(health_of(report, "noise") == Health::caution);
}

TEST_CASE("values rounded to a grid have the noise of the grid") {
  // Rounding errors are uniform on a grid's cell: a standard deviation of cell/sqrt(12).
  for (const double grid : {1e-3, 1e-6, 1e-9}) {
    for (const Index n : {1, 2, 5}) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto f = functional(
            n,
            [grid](ConstVectorView x) {
              double sum = 0.3;
              for (Index i = 0; i < x.size(); ++i)
                sum += static_cast<double>(i + 1) * x[i] * x[i] + 0.1 * std::sin(x[i]);
              return std::round(sum / grid) * grid;
            },
            [](ConstVectorView x, VectorView gradient) { gradient = 2.0 * x; });
        Vector x(n);
        for (Index i = 0; i < n; ++i) x[i] = 0.5 + 0.1 * static_cast<double>(seed) - 0.3 * static_cast<double>(i);
        const double noise = value_noise(f, x.view(), RandomSource(seed));
        CAPTURE(grid, n, seed);
        CHECK(noise > grid / std::sqrt(12.0) / 4.0);
        CHECK(noise < grid / std::sqrt(12.0) * 4.0);
      }
    }
  }
}

TEST_CASE("noise is not mistaken for a wrong gradient, nor does it hide one") {
  const auto rounded = [](double factor) {
    return functional(
        2, [](ConstVectorView x) { return std::round((std::exp(x[0]) + x[1] * x[1]) * 1e6) * 1e-6; },
        [factor](ConstVectorView x, VectorView gradient) {
          gradient[0] = factor * std::exp(x[0]);
          gradient[1] = 2.0 * x[1];
        });
  };
  const DoctorReport right = examine(rounded(1.0), {0.3, 0.5}, source);
  INFO(right.text());
  CHECK(health_of(right, "derivatives") == Health::undecided);
  CHECK(health_of(right, "noise") == Health::caution);
  CHECK(health_of(examine(rounded(1.2), {0.3, 0.5}, source), "derivatives") == Health::bad);
}

TEST_CASE("a point of the wrong length is refused") {
  CHECK_THROWS_WITH(examine(quadratic(1.0, 2.0), {1.0}, source),
                    "examine: x must have the objective's dimension 2, got 1");
}
