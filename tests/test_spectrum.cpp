// The curvature engine against spectra that are known: by construction, or from a dense eigen-solver.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/diagnostics/spectrum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;

namespace {

// diag(eigenvalues), counting the products. Lanczos is invariant under rotations of a Gaussian start, so a diagonal
// operator is as good a test of the mathematics as a full one.
struct DiagonalOperator {
  std::vector<double> eigenvalues;
  Index* calls;
  void operator()(ConstVectorView v, VectorView product) const {
    ++*calls;
    for (Index i = 0; i < v.size(); ++i) product[i] = eigenvalues[static_cast<std::size_t>(i)] * v[i];
  }
};

struct Counted {
  Spectrum spectrum;
  Index calls = 0;
};

Counted analyze(const std::vector<double>& eigenvalues, const SpectrumOptions& options = {}, std::uint64_t seed = 1) {
  Counted counted;
  counted.spectrum = analyze_spectrum(static_cast<Index>(eigenvalues.size()),
                                      DiagonalOperator{eigenvalues, &counted.calls}, RandomSource(seed), options);
  return counted;
}

std::vector<double> log_spaced(std::size_t count, double low, double high) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(count - 1));
  }
  return values;
}

double distance_to_nearest(const std::vector<double>& eigenvalues, double value) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const double eigenvalue : eigenvalues) nearest = std::min(nearest, std::abs(eigenvalue - value));
  return nearest;
}

// Q diag(eigenvalues) Q' with Q from the QR factors of a Gaussian matrix.
Eigen::MatrixXd random_symmetric(const std::vector<double>& eigenvalues, RandomEngine& engine) {
  const Index n = static_cast<Index>(eigenvalues.size());
  Eigen::MatrixXd gaussian(n, n);
  fill_standard_normal(engine, VectorView(gaussian.data(), n * n));
  const Eigen::MatrixXd q = test::orthogonal_factor(gaussian);
  const Eigen::Map<const Eigen::VectorXd> diagonal(eigenvalues.data(), n);
  const Eigen::MatrixXd product = q * diagonal.asDiagonal() * q.transpose();
  return 0.5 * (product + product.transpose());
}

SymmetricOperator multiply_by(const Eigen::MatrixXd& matrix) {
  return [&matrix](ConstVectorView v, VectorView product) { product = matrix * v; };
}

}  // namespace

TEST_CASE("low rank: 980 zeros and 1..20 have smallest eigenvalue 0, not 1") {
  std::vector<double> eigenvalues(980, 0.0);
  for (int i = 1; i <= 20; ++i) eigenvalues.push_back(i);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Counted counted = analyze(eigenvalues, {}, seed);
    const Spectrum& spectrum = counted.spectrum;
    INFO("seed " << seed << ", lambda_min " << spectrum.lambda_min << ", products " << spectrum.products);
    CHECK(spectrum.verdict == CurvatureVerdict::not_negative);
    CHECK(std::abs(spectrum.lambda_min) <= spectrum.lambda_min_residual + spectrum.error);
    CHECK(spectrum.lambda_min_residual <= 2e-5);  // 1e-6 of the scale, 20
    CHECK(spectrum.lower_bound <= spectrum.error);
    CHECK(spectrum.lower_bound >= -0.02);
    CHECK(spectrum.lambda_max == Approx(20.0).epsilon(1e-10));
    CHECK(spectrum.negative_ritz_values == 0);
    // 21 distinct eigenvalues: a Krylov space of dimension 21 at most, and one product for the residual.
    CHECK(spectrum.products <= 22);
    CHECK(spectrum.products == counted.calls);
    CHECK(spectrum.flat_directions.size() == 1);
  }
}

TEST_CASE("the zero operator has no curvature, exactly") {
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{30}, std::size_t{1000}}) {
    const Counted counted = analyze(std::vector<double>(n, 0.0));
    CHECK(counted.spectrum.verdict == CurvatureVerdict::not_negative);
    CHECK(counted.spectrum.lambda_min == 0.0);
    CHECK(counted.spectrum.lower_bound == 0.0);
    CHECK(counted.spectrum.lambda_max == 0.0);
    CHECK(counted.spectrum.exhausted_space);
    CHECK(counted.spectrum.products == counted.calls);
    CHECK(counted.spectrum.flat_directions.size() == std::min<std::size_t>(n, n <= 32 ? 4 : 1));
  }
  // A stated product error is all that is left of the bound.
  const Counted noisy = analyze(std::vector<double>(5, 0.0), {.product_error = 1e-8});
  CHECK(noisy.spectrum.verdict == CurvatureVerdict::not_negative);
  CHECK(noisy.spectrum.lower_bound == Approx(-3e-8 * std::sqrt(5.0)));
}

TEST_CASE("one variable") {
  const Counted positive = analyze({3.0});
  CHECK(positive.spectrum.verdict == CurvatureVerdict::not_negative);
  CHECK(positive.spectrum.lambda_min == Approx(3.0));
  CHECK(positive.spectrum.lower_bound == Approx(3.0));
  const Counted negative = analyze({-3.0});
  CHECK(negative.spectrum.verdict == CurvatureVerdict::negative);
  CHECK(negative.spectrum.lambda_min == Approx(-3.0));
  CHECK(negative.spectrum.negative_ritz_values == 1);
  CHECK(negative.spectrum.basis_size == 1);
  for (const Counted* counted : {&positive, &negative}) {
    CHECK(counted->calls == 1);
    CHECK(counted->spectrum.products == 1);
    CHECK(counted->spectrum.lambda_min_residual <= 1e-15);
  }
}

TEST_CASE("no variables") {
  const Spectrum spectrum = analyze_spectrum(
      0, [](ConstVectorView, VectorView) { throw std::logic_error("called"); }, RandomSource(1));
  CHECK(spectrum.verdict == CurvatureVerdict::not_negative);
  CHECK(spectrum.products == 0);
}

TEST_CASE("a log-spaced spectrum with one small negative eigenvalue is never misjudged") {
  std::vector<double> eigenvalues = log_spaced(999, 1e-4, 1e4);
  eigenvalues.push_back(-1e-4);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    // Asked for signs down to 1e-9 of the scale, 200 products cannot tell, and say so.
    const Spectrum fine = analyze(eigenvalues, {.curvature_tolerance = 1e-9}, seed).spectrum;
    INFO("seed " << seed << ", bracket [" << fine.lower_bound << ", " << fine.lambda_min << "]");
    CHECK(fine.verdict == CurvatureVerdict::undecided);
    CHECK(fine.lower_bound <= -1e-4);
    CHECK(fine.lambda_min >= -1e-4 - fine.error);
    CHECK(fine.lambda_min < 1.0);           // the bracket is worth something: 1e-4 of the scale,
    CHECK(fine.lower_bound > -1e-3 * 1e4);  // and on the other side at least the default tolerance
    CHECK(fine.products <= 200);
    // At the default tolerance, 1e-3 of the scale, the same bracket is an answer.
    const Spectrum coarse = analyze(eigenvalues, {}, seed).spectrum;
    CHECK(coarse.verdict == CurvatureVerdict::not_negative);
    CHECK(coarse.lower_bound <= -1e-4);
  }
}

TEST_CASE("the identity is exhausted by one product; up to 32 variables by as many products as variables") {
  const Counted large = analyze(std::vector<double>(1000, 1.0));
  CHECK(large.spectrum.products == 1);
  CHECK(large.calls == 1);
  CHECK(large.spectrum.exhausted_space);
  CHECK(large.spectrum.basis_size == 1);
  CHECK(large.spectrum.lambda_min == Approx(1.0));
  CHECK(large.spectrum.lower_bound > 0.99);
  const Counted small = analyze(std::vector<double>(20, 1.0));
  CHECK(small.spectrum.basis_size == 20);
  CHECK(small.calls == 21);
  CHECK(small.spectrum.lower_bound == Approx(1.0).margin(1e-11));
}

TEST_CASE("one eigenvalue -0.1 among 999 in [0, 10] is proven negative") {
  RandomEngine engine = RandomSource(3).engine("test");
  std::vector<double> eigenvalues{-0.1};
  while (eigenvalues.size() < 1000) eigenvalues.push_back(10.0 * uniform_unit(engine));
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Counted counted = analyze(eigenvalues, {}, seed);
    INFO("seed " << seed << ", products " << counted.calls);
    CHECK(counted.spectrum.verdict == CurvatureVerdict::negative);
    CHECK(std::abs(counted.spectrum.lambda_min + 0.1) <= 1e-5);  // 1e-6 of the scale
    CHECK(counted.spectrum.negative_ritz_values == 1);
    CHECK(std::abs(counted.spectrum.direction[0]) > 0.99);
    CHECK(counted.spectrum.direction.view().norm() == Approx(1.0));
    // An Arnoldi code restarted with 20 vectors takes 141.
    CHECK(counted.calls < 141);
    CHECK(counted.spectrum.products == counted.calls);
  }
}

TEST_CASE("random spectra: the certificates hold, and the probabilistic bound fails no more often than it says") {
  // 600 independent runs, each with a bound that may fail with probability at most 0.05: under that hypothesis more
  // than 60 failures have probability below 1e-7 (binomial, mean 30, standard deviation 5.3).
  constexpr int runs = 600;
  const SpectrumOptions options{.max_products = 9, .failure_probability = 0.05};
  int bound_failures = 0;
  int proven = 0;
  int useful_bounds = 0;
  for (int run = 0; run < runs; ++run) {
    const RandomSource source(static_cast<std::uint64_t>(run), 77);
    RandomEngine engine = source.engine("matrix");
    const std::size_t n = 20 + static_cast<std::size_t>(run % 41);
    std::vector<double> prescribed(n);
    for (double& value : prescribed) value = -0.3 + 2.0 * std::pow(uniform_unit(engine), 1 + run % 3);
    const Eigen::MatrixXd matrix = random_symmetric(prescribed, engine);
    const test::SymmetricEigenpairs dense = test::symmetric_eigenpairs(matrix);
    const std::vector<double> truth(dense.values.data(), dense.values.data() + n);

    const Spectrum spectrum = analyze_spectrum(static_cast<Index>(n), multiply_by(matrix), source, options);
    INFO("run " << run << ", n " << n);
    REQUIRE(spectrum.products <= 9);
    const double rounding = 1e-12;
    REQUIRE(spectrum.lambda_min >= truth.front() - rounding);  // Courant-Fischer
    REQUIRE(spectrum.lambda_max <= truth.back() + rounding);
    REQUIRE(distance_to_nearest(truth, spectrum.lambda_min) <= spectrum.lambda_min_residual + rounding);  // Weinstein
    REQUIRE(distance_to_nearest(truth, spectrum.lambda_max) <= spectrum.lambda_max_residual + rounding);
    const auto negative = std::count_if(truth.begin(), truth.end(), [](double value) { return value < 0.0; });
    REQUIRE(spectrum.negative_ritz_values <= negative);  // Cauchy interlacing
    if (spectrum.verdict == CurvatureVerdict::negative) {
      ++proven;
      REQUIRE(truth.front() < 0.0);
    }
    if (truth.front() < spectrum.lower_bound) ++bound_failures;
    if (spectrum.lower_bound > truth.front() - 1.0) ++useful_bounds;  // half the spread of the spectrum
  }
  INFO(bound_failures << " bounds failed, " << useful_bounds << " useful, " << proven << " proven negative");
  CHECK(bound_failures <= 60);
  CHECK(useful_bounds > runs / 2);
  CHECK(proven > runs / 2);
}

TEST_CASE("the failure probability is neither exceeded nor idle") {
  // With one eigenvalue well apart, ||p_k(H) v_1|| = 1 is nearly all due to it just before it is found, so that the
  // bound of some k fails almost as soon as |gamma_1| <= delta: with probability eta, which holds for all k at once.
  // eta = 0.3: of 600 runs at most 239 fail except with probability 1e-7 (binomial, mean 180, standard deviation
  // 11.2). A delta twice too large would fail about 360 times.
  constexpr int runs = 600;
  int failures = 0;
  for (int run = 0; run < runs; ++run) {
    const RandomSource source(static_cast<std::uint64_t>(run), 5);
    RandomEngine engine = source.engine("spectrum");
    std::vector<double> eigenvalues{-1.0};
    while (eigenvalues.size() < 40) eigenvalues.push_back(uniform_unit(engine));
    bool has_failed = false;
    for (Index budget = 1; budget <= 14; ++budget) {
      Index calls = 0;
      const Spectrum spectrum = analyze_spectrum(40, DiagonalOperator{eigenvalues, &calls}, source,
                                                 {.max_products = budget, .failure_probability = 0.3});
      if (spectrum.lower_bound > -1.0) has_failed = true;
      REQUIRE(spectrum.lambda_min >= -1.0 - 1e-12);
    }
    failures += has_failed ? 1 : 0;
  }
  INFO(failures << " failures");
  CHECK(failures <= 239);
  CHECK(failures > 90);
}

TEST_CASE("a whole basis finds every eigenvalue, whatever the multiplicities") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("matrix");
    const std::size_t n = 1 + static_cast<std::size_t>(seed) % 32;
    std::vector<double> eigenvalues(n);
    for (double& value : eigenvalues) value = std::floor(5.0 * uniform_unit(engine)) - 2.0;  // -2 ... 2, repeated
    const Eigen::MatrixXd matrix = random_symmetric(eigenvalues, engine);
    const Spectrum spectrum = analyze_spectrum(static_cast<Index>(n), multiply_by(matrix), RandomSource(seed));
    const double smallest = *std::min_element(eigenvalues.begin(), eigenvalues.end());
    const auto negative =
        std::count_if(eigenvalues.begin(), eigenvalues.end(), [](double value) { return value < 0.0; });
    INFO("seed " << seed << ", n " << n);
    CHECK(spectrum.basis_size == static_cast<Index>(n));
    CHECK(spectrum.negative_ritz_values == negative);
    CHECK(spectrum.lambda_min == Approx(smallest).margin(1e-12));
    CHECK(spectrum.lower_bound <= smallest + 1e-14);
    CHECK(spectrum.lower_bound >= smallest - 1e-10);
    CHECK(spectrum.lambda_max == Approx(*std::max_element(eigenvalues.begin(), eigenvalues.end())).margin(1e-12));
  }
}

TEST_CASE("noise in the products widens the bounds instead of breaking the claims") {
  // Each product carries a fresh random error of norm 1e-3, of which the caller says nothing: the lack of symmetry
  // gives it away. All 1000 eigenvalues are 0 or in [1, 2], so a claim of negative curvature would be false.
  std::vector<double> eigenvalues(1000, 0.0);
  for (std::size_t i = 500; i < 1000; ++i) eigenvalues[i] = 1.0 + static_cast<double>(i) / 1000.0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("noise");
    Vector noise(1000);
    const auto noisy = [&](ConstVectorView v, VectorView product) {
      fill_standard_normal(engine, noise.view());
      for (Index i = 0; i < v.size(); ++i) product[i] = eigenvalues[static_cast<std::size_t>(i)] * v[i];
      product += (1e-3 * v.norm() / noise.view().norm()) * noise.view();
    };
    const Spectrum spectrum = analyze_spectrum(1000, noisy, RandomSource(seed), {.max_products = 60});
    INFO("seed " << seed << ", lambda_min " << spectrum.lambda_min << ", error " << spectrum.error);
    CHECK(spectrum.verdict != CurvatureVerdict::negative);
    CHECK(spectrum.lower_bound <= 0.0);
    CHECK(spectrum.error > 1e-5);
    const Spectrum told =
        analyze_spectrum(1000, noisy, RandomSource(seed), {.max_products = 60, .product_error = 1e-3});
    CHECK(told.verdict != CurvatureVerdict::negative);
    CHECK(told.lambda_min + told.error >= 0.0);
  }
}

TEST_CASE("non-finite products end the search undecided") {
  for (const double poison : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (const Index n : {Index{1}, Index{5}, Index{100}}) {
      Index calls = 0;
      const auto hessian = [&](ConstVectorView v, VectorView product) {
        product = -v;
        for (Index i = 0; i < n; ++i) product[i] *= static_cast<double>(i);
        if (++calls == std::min<Index>(n, 3)) product[n - 1] = poison;
      };
      const Spectrum spectrum = analyze_spectrum(n, hessian, RandomSource(1));
      CHECK(spectrum.verdict == CurvatureVerdict::undecided);
      CHECK(spectrum.lower_bound == -std::numeric_limits<double>::infinity());
      CHECK(std::isnan(spectrum.lambda_min));
      CHECK(spectrum.products == calls);
      CHECK(calls == std::min<Index>(n, 3));
    }
  }
}

TEST_CASE("units do not matter: scaling the operator scales the answer") {
  std::vector<double> eigenvalues{-1.0, 0.5, 2.0, 3.0};
  for (std::size_t i = 0; i < 60; ++i) eigenvalues.push_back(4.0 + 0.1 * static_cast<double>(i));
  const Spectrum unit = analyze(eigenvalues).spectrum;
  for (const double factor : {1e-250, 1e-30, 1e30, 1e250}) {
    std::vector<double> scaled = eigenvalues;
    for (double& value : scaled) value *= factor;
    const Spectrum spectrum = analyze(scaled).spectrum;
    INFO("factor " << factor);
    CHECK(spectrum.verdict == CurvatureVerdict::negative);
    CHECK(spectrum.products == unit.products);
    CHECK(spectrum.lambda_min / factor == Approx(unit.lambda_min));
    CHECK(spectrum.lower_bound / factor == Approx(unit.lower_bound));
  }
}

TEST_CASE("the budget is kept, and one product is enough for a bound") {
  RandomEngine engine = RandomSource(9).engine("test");
  std::vector<double> eigenvalues(500);
  for (double& value : eigenvalues) value = 1.0 + uniform_unit(engine);
  for (const Index budget : {Index{1}, Index{2}, Index{3}, Index{7}}) {
    const Counted counted = analyze(eigenvalues, {.max_products = budget});
    CHECK(counted.calls <= budget);
    CHECK(counted.spectrum.products == counted.calls);
    CHECK(counted.spectrum.lambda_min >= 1.0);
    CHECK(counted.spectrum.lower_bound <= 1.0);
  }
}

TEST_CASE("a smaller failure probability costs a wider bracket") {
  // |p_k| falls to the left of the Ritz values' hull from infinity, so 1/delta is reached later for smaller delta.
  RandomEngine engine = RandomSource(9).engine("test");
  std::vector<double> eigenvalues(500);
  for (double& value : eigenvalues) value = uniform_unit(engine);
  double last = std::numeric_limits<double>::infinity();
  for (const double eta : {0.5, 0.1, 1e-3, 1e-9}) {
    const double bound =
        analyze(eigenvalues, {.max_products = 10, .curvature_tolerance = 1e-9, .failure_probability = eta})
            .spectrum.lower_bound;
    CHECK(bound < last);
    last = bound;
  }
}

TEST_CASE("options out of range are refused by name") {
  const auto hessian = [](ConstVectorView v, VectorView product) { product = v; };
  const auto message = [&](const SpectrumOptions& options) -> std::string {
    try {
      analyze_spectrum(2, hessian, RandomSource(1), options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({.max_products = 0}) == "analyze_spectrum: max_products >= 1, got 0");
  CHECK(message({.curvature_tolerance = -1.0}) == "analyze_spectrum: curvature_tolerance in [0, 1), got -1");
  CHECK(message({.negligible = 1.0}) == "analyze_spectrum: negligible in [0, 1), got 1");
  CHECK(message({.failure_probability = 0.0}) == "analyze_spectrum: failure_probability in (0, 1), got 0");
  CHECK(message({.failure_probability = 1.0}) == "analyze_spectrum: failure_probability in (0, 1), got 1");
  CHECK(message({.product_error = -1.0}) == "analyze_spectrum: product_error >= 0 and finite, got -1");
  CHECK(message({}).empty());
}
