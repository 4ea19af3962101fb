// Vectors in bounded memory: against dense eigen-solvers, known spectra, and the probability of the bound.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/diagonal_operators.hpp"
#include "support/large_allocations.hpp"

#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/thick_restart_lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using test::bulk_and_outliers;
using test::diagonal;

namespace {

// `first` values, then others evenly from `low` to `high`, n in all.
std::vector<double> spectrum_of(std::vector<double> first, std::size_t n, double low, double high) {
  const std::size_t evenly = n - first.size();
  for (std::size_t i = 0; i < evenly; ++i) {
    first.push_back(low + (high - low) * static_cast<double>(i) / static_cast<double>(evenly - 1));
  }
  return first;
}

ExtremeEigenpairs pairs_of(const std::vector<double>& eigenvalues, const ThickRestartOptions& options,
                           std::uint64_t seed = 1) {
  return extreme_eigenpairs(static_cast<Index>(eigenvalues.size()), diagonal(eigenvalues), RandomSource(seed), options);
}

std::vector<double> values_of(const EigenpairsAtEnd& end) {
  std::vector<double> values;
  for (const Eigenpair& pair : end.pairs) values.push_back(pair.value);
  return values;
}

void check_near(const std::vector<double>& values, const std::vector<double>& expected, double margin) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(margin));
}

}  // namespace

TEST_CASE("both ends agree with a dense eigen-solver, vectors and all") {
  // 50 variables, a basis of 24 (20 at least): restarts are needed. Residuals r: |value - lambda| <= r^2/gap, angle <=
  // r/gap (Davis and Kahan 1970), with gaps of about 0.5 at the ends of the semicircle.
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Index n = 50;
    RandomEngine engine = RandomSource(seed).engine("matrix");
    Eigen::MatrixXd matrix(n, n);
    fill_standard_normal(engine, VectorView(matrix.data(), n * n));
    matrix = (0.5 * (matrix + matrix.transpose())).eval();
    const test::SymmetricEigenpairs dense = test::symmetric_eigenpairs(matrix);
    Index calls = 0;
    const SymmetricOperator product = [&](ConstVectorView v, VectorView result) {
      ++calls;
      result = matrix * v;
    };
    const ExtremeEigenpairs found =
        extreme_eigenpairs(n, product, RandomSource(seed), {.ends = SpectrumEnds::both, .wanted = 4});
    CHECK(found.is_decided);
    CHECK(found.products == calls);
    CHECK(found.restarts >= 1);
    REQUIRE(found.smallest.pairs.size() == 4);
    REQUIRE(found.largest.pairs.size() == 4);
    const double scale = test::spectral_norm(matrix);
    for (const bool is_smallest : {true, false}) {
      const EigenpairsAtEnd& end = is_smallest ? found.smallest : found.largest;
      for (Index i = 0; i < 4; ++i) {
        const Eigenpair& pair = end.pairs[static_cast<std::size_t>(i)];
        const Index place = is_smallest ? i : n - 1 - i;
        const double residual = (matrix * pair.vector.view() - pair.value * pair.vector.view()).norm();
        CHECK(pair.residual == Approx(residual).margin(1e-12));
        CHECK(residual <= 1e-6 * scale + found.error);
        CHECK(std::abs(pair.value - dense.values[place]) <= 1e-9);
        CHECK(std::abs(pair.vector.view().dot(dense.vectors.col(place))) >= 1.0 - 1e-9);
        CHECK(pair.vector.view().norm() == Approx(1.0).epsilon(1e-13));
      }
    }
    CHECK(found.smallest.bound <= dense.values[0]);
    CHECK(found.largest.bound >= dense.values[n - 1]);
  }
}

TEST_CASE("restarts change nothing that is found, only what it costs") {
  // One end; the same pairs from a basis that never is full and from one of 8.
  const std::vector<double> eigenvalues = spectrum_of({-0.3, -0.2}, 400, 0.0, 2.0);
  const ExtremeEigenpairs whole =
      pairs_of(eigenvalues, {.wanted = 2, .basis_size = 200, .max_products = 150, .accuracy = 1e-8});
  const ExtremeEigenpairs thick = pairs_of(eigenvalues, {.wanted = 2, .basis_size = 8, .accuracy = 1e-8});
  CHECK(whole.is_decided);
  CHECK(whole.restarts == 0);
  CHECK(thick.is_decided);
  CHECK(thick.restarts > 5);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(whole.smallest.pairs[i].value == Approx(eigenvalues[i]).margin(1e-13));
    CHECK(thick.smallest.pairs[i].value == Approx(eigenvalues[i]).margin(1e-13));
    CHECK(std::abs(thick.smallest.pairs[i].vector[static_cast<Index>(i)]) >= 1.0 - 1e-13);
  }
}

TEST_CASE("the far end of -H is the near end of H, number by number") {
  const std::vector<double> eigenvalues = spectrum_of({-0.3, -0.2}, 300, 0.0, 2.0);
  std::vector<double> negated = eigenvalues;
  for (double& value : negated) value = -value;
  const ExtremeEigenpairs of_smallest = pairs_of(eigenvalues, {.wanted = 2});
  const ExtremeEigenpairs of_largest = pairs_of(negated, {.ends = SpectrumEnds::largest, .wanted = 2});
  CHECK(of_smallest.largest.pairs.empty());
  CHECK(of_largest.smallest.pairs.empty());
  CHECK(of_smallest.products == of_largest.products);
  CHECK(of_largest.largest.bound == Approx(-of_smallest.smallest.bound).epsilon(1e-6));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(of_largest.largest.pairs[i].value == Approx(-of_smallest.smallest.pairs[i].value).epsilon(1e-9));
  }
}

TEST_CASE("spaces that close: low rank, zero, the identity, few variables") {
  // 980 zeros and 1 ... 20: a start forced into the range of H would never see the 0.
  const std::vector<double> low_rank = [] {
    std::vector<double> values(1000, 0.0);
    for (std::size_t i = 0; i < 20; ++i) values[i] = static_cast<double>(i + 1);
    return values;
  }();
  const ExtremeEigenpairs of_low_rank = pairs_of(low_rank, {});
  CHECK(of_low_rank.is_decided);
  check_near(values_of(of_low_rank.smallest), {0.0}, 1e-11);
  CHECK(of_low_rank.products <= 22);  // 21 different eigenvalues, and the vector's own
  // One start shows each eigenvalue once; further starts show that the 0 is many.
  check_near(values_of(pairs_of(low_rank, {.wanted = 3}).smallest), {0.0, 1.0, 2.0}, 1e-11);
  const ExtremeEigenpairs checked = pairs_of(low_rank, {.wanted = 3, .check_products = 100});
  check_near(values_of(checked.smallest), {0.0, 0.0, 0.0}, 1e-11);
  CHECK(checked.smallest.others_bound <= 0.0);

  const ExtremeEigenpairs of_zero = pairs_of(std::vector<double>(100, 0.0), {.wanted = 2});
  CHECK(of_zero.is_decided);
  check_near(values_of(of_zero.smallest), {0.0, 0.0}, 0.0);
  CHECK(of_zero.smallest.bound == 0.0);

  const ExtremeEigenpairs of_identity = pairs_of(std::vector<double>(100, 3.0), {.wanted = 3});
  CHECK(of_identity.is_decided);
  CHECK(of_identity.starts == 3);
  check_near(values_of(of_identity.smallest), {3.0, 3.0, 3.0}, 1e-12);
  CHECK(std::abs(of_identity.smallest.pairs[0].vector.view().dot(of_identity.smallest.pairs[2].vector.view())) <=
        1e-12);

  const ExtremeEigenpairs of_one = pairs_of({5.0}, {.ends = SpectrumEnds::both, .wanted = 2});
  CHECK(of_one.is_decided);
  CHECK(of_one.is_exhaustive);
  check_near(values_of(of_one.smallest), {5.0}, 1e-14);
  check_near(values_of(of_one.largest), {5.0}, 1e-14);

  // As many variables as basis vectors: all of the spectrum, with multiplicities, and nothing left to chance.
  const ExtremeEigenpairs of_few =
      pairs_of({2.0, -1.0, 2.0, -1.0, 0.5, 2.0}, {.ends = SpectrumEnds::both, .wanted = 3});
  CHECK(of_few.is_exhaustive);
  check_near(values_of(of_few.smallest), {-1.0, -1.0, 0.5}, 1e-12);
  check_near(values_of(of_few.largest), {2.0, 2.0, 2.0}, 1e-12);
  CHECK(of_few.smallest.others_bound == Approx(2.0).epsilon(1e-11));
  CHECK(of_few.largest.others_bound == Approx(0.5).epsilon(1e-11));

  const ExtremeEigenpairs of_none = pairs_of({}, {});
  CHECK(of_none.is_decided);
  CHECK(of_none.smallest.pairs.empty());
}

TEST_CASE("clusters are resolved, and a multiple eigenvalue is counted where further starts are paid for") {
  const std::vector<double> clustered = spectrum_of({-1.0, -0.9999, -0.9998}, 400, 0.0, 1.0);
  const ExtremeEigenpairs of_cluster = pairs_of(clustered, {.wanted = 3, .accuracy = 1e-9});
  CHECK(of_cluster.is_decided);
  check_near(values_of(of_cluster.smallest), {-1.0, -0.9999, -0.9998}, 1e-12);

  const std::vector<double> multiple = spectrum_of({-1.0, -1.0, -1.0}, 500, 0.0, 1.0);
  // Another eigenvalue -1 remains beyond two of them: nothing that is said excludes it.
  const ExtremeEigenpairs two = pairs_of(multiple, {.wanted = 2, .check_products = 200});
  check_near(values_of(two.smallest), {-1.0, -1.0}, 1e-9);
  CHECK(two.smallest.others_bound <= -1.0);
  // None but 0 and more remains beyond three.
  const ExtremeEigenpairs three = pairs_of(multiple, {.wanted = 3, .check_products = 200});
  check_near(values_of(three.smallest), {-1.0, -1.0, -1.0}, 1e-9);
  CHECK(three.smallest.others_bound > -1.0);
  CHECK(three.smallest.others_bound <= 0.0);
  // A single start promises nothing about multiplicities.
  CHECK(pairs_of(multiple, {.wanted = 3}).smallest.others_bound == -std::numeric_limits<double>::infinity());
}

TEST_CASE("what the budget does not decide is not claimed") {
  // Eigenvalues from 1e-4 to 1e4, evenly on the logarithm, and -1e-4, which is 1e-8 of the scale: no affordable number
  // of products resolves it. The Rayleigh quotient is an upper bound, the probable bound a lower one.
  std::vector<double> eigenvalues(1000);
  for (std::size_t i = 1; i < 1000; ++i) eigenvalues[i] = std::pow(10.0, -4.0 + 8.0 * static_cast<double>(i) / 999.0);
  eigenvalues[0] = -1e-4;
  for (const Index products : {100, 1000}) {
    const ExtremeEigenpairs found = pairs_of(eigenvalues, {.max_products = products, .accuracy = 1e-9});
    CHECK_FALSE(found.is_decided);
    CHECK(found.products == products);
    REQUIRE(found.smallest.pairs.size() == 1);
    const Eigenpair& pair = found.smallest.pairs.front();
    CHECK_FALSE(pair.is_converged);
    CHECK(pair.residual > 1e-5);
    CHECK(pair.value >= -1e-4 - found.error);
    CHECK(found.smallest.bound <= -1e-4);
    CHECK(found.smallest.bound > -1e3);  // and says something
  }
}

TEST_CASE("1e5 variables: the vector of -1e-3 under a bulk at 1e-4, in 24 vectors") {
  const std::vector<double> saddle = bulk_and_outliers(-1e-3);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const ExtremeEigenpairs found = pairs_of(saddle, {}, seed);
    CHECK(found.is_decided);
    CHECK(found.products <= 50);  // measured: 33 to 37
    const Eigenpair& pair = found.smallest.pairs.front();
    CHECK(pair.residual <= 1e-6);
    CHECK(std::abs(pair.value + 1e-3) <= 1e-6 * 1e-6 / 1e-3 + found.error);  // Kato and Temple, gap 1e-3
    CHECK(std::abs(pair.vector[20]) >= std::sqrt(1.0 - 1e-6));               // Davis and Kahan: sine <= 1e-3
    CHECK(found.smallest.bound <= -1e-3);
    CHECK(found.smallest.bound >= -0.01);
  }
}

TEST_CASE("memory does not grow with the number of products") {
  std::vector<double> eigenvalues(5000);
  for (std::size_t i = 0; i < 5000; ++i) eigenvalues[i] = std::pow(10.0, -4.0 + 8.0 * static_cast<double>(i) / 4999.0);
  test::large_allocation_size = 5000 * sizeof(double);
  std::vector<int> allocations;
  for (const Index products : {40, 400}) {
    test::large_allocations = 0;
    CHECK(pairs_of(eigenvalues, {.max_products = products}).products == products);
    allocations.push_back(test::large_allocations);
  }
  CHECK(allocations[0] == allocations[1]);
  CHECK(allocations[1] <= 24 + 2 + 1);  // the basis, what comes next, a product, and the vector returned
}

TEST_CASE("without a restart the bound is that of the kept basis, computed otherwise") {
  // The product of t - theta_j here, pivots of T - t I there.
  const std::vector<double> eigenvalues = spectrum_of({-0.5}, 200, 0.0, 1.0);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const ExtremeEigenpairs found = pairs_of(eigenvalues, {.max_products = 16, .accuracy = 1e-12}, seed);
    RandomEngine engine = RandomSource(seed).engine("lanczos");
    LanczosSubspace basis(200);
    basis.begin(engine);
    for (int k = 0; k < 15; ++k) REQUIRE(basis.extend(diagonal(eigenvalues)));
    const LanczosErrors errors = lanczos_errors(basis, 0.0, {});
    const double bound = probable_lower_bound(basis, smallest_eigenvalue(basis.matrix()), 1e-6, errors);
    CHECK(found.smallest.bound == Approx(bound - errors.all_values).epsilon(1e-9));
  }
}

TEST_CASE("after restarts the bound fails no more often than it says") {
  // 40 variables, -1 below a bulk in [0, 1], a basis of 6, eta = 1e-2: of 1000 starts, a start counts as failed if the
  // bound fails after any number of products up to 16. Nominal: 10; more than 10 + 4 sqrt(10) = 22.6 has a probability
  // below 1e-3. None at all would mean that the polynomial is not that of the restarts.
  const std::vector<double> eigenvalues = spectrum_of({-1.0}, 40, 0.0, 1.0);
  int failures = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    bool has_failed = false;
    for (Index products = 3; products <= 17; ++products) {
      const ExtremeEigenpairs found =
          pairs_of(eigenvalues,
                   {.basis_size = 6, .max_products = products, .accuracy = 1e-12, .failure_probability = 1e-2}, seed);
      has_failed = has_failed || found.smallest.bound > -1.0;
    }
    failures += has_failed;
  }
  INFO(failures << " failures");
  CHECK(failures <= 22);
  CHECK(failures >= 1);
}

TEST_CASE("products that are not finite end the search, and options out of range are refused") {
  Index calls = 0;
  const SymmetricOperator breaks = [&calls](ConstVectorView v, VectorView product) {
    product = 2.0 * v;
    product[0] = v[0] + (++calls > 3 ? std::numeric_limits<double>::quiet_NaN() : 0.0);
    product[1] = -v[1];
    product[2] = 7.0 * v[2];
    product[3] = 5.0 * v[3];
  };
  const ExtremeEigenpairs broken = extreme_eigenpairs(100, breaks, RandomSource(1));
  CHECK_FALSE(broken.is_finite);
  CHECK_FALSE(broken.is_decided);
  CHECK(broken.products == 4);
  CHECK(broken.smallest.pairs.empty());

  const std::vector<double> eigenvalues(3, 1.0);
  const auto refusal = [&](const ThickRestartOptions& options) {
    try {
      pairs_of(eigenvalues, options);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  CHECK(refusal({.wanted = 0}) == "extreme_eigenpairs: wanted >= 1, got 0");
  CHECK(refusal({.wanted = 3, .basis_size = 9}) == "extreme_eigenpairs: basis_size >= 10 for as many pairs, got 9");
  CHECK(refusal({.ends = SpectrumEnds::both, .max_products = 2}) ==
        "extreme_eigenpairs: max_products >= 3 for as many pairs, got 2");
  CHECK(refusal({.accuracy = 0.0}) == "extreme_eigenpairs: accuracy in (0, 1), got 0");
  CHECK(refusal({.check_products = -1}) == "extreme_eigenpairs: check_products >= 0, got -1");
  CHECK(refusal({.failure_probability = 1.0}) == "extreme_eigenpairs: failure_probability in (0, 1), got 1");
}
