// Softmax and escort transforms: definitions, invariances, extremes, messages.
#include "support/catch.hpp"

#include <perigee/lib/random.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <cmath>
#include <limits>
#include <numeric>

using namespace perigee;
using namespace perigee::transforms;

namespace {

Vector normal_vector(Index n, std::uint64_t counter) {
  Vector x(n);
  RandomEngine engine = RandomSource(31).engine("theta", counter);
  fill_standard_normal(engine, x);
  return x;
}

double sum_of(const Vector& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

TEST_CASE("softmax is the definition, sums to one, and ignores shifts") {
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    const Vector theta = normal_vector(7, trial);
    Vector pi(7), shifted_pi(7), shifted = theta;
    softmax(theta, pi);
    const double sum = theta.view().array().exp().sum();
    for (Index a = 0; a < 7; ++a) CHECK(pi[a] == Approx(std::exp(theta[a]) / sum).epsilon(1e-14));
    CHECK(sum_of(pi) == Approx(1.0).epsilon(1e-15));
    shifted.view().array() += 512.0;  // a power of two: the differences lose at most 9 bits
    softmax(shifted, shifted_pi);
    CHECK((pi.view() - shifted_pi.view()).cwiseAbs().maxCoeff() <= 1e-12);
  }
}

TEST_CASE("softmax does not overflow and may work in place") {
  Vector theta{1e308, 1e308, -1e308};
  softmax(theta, theta);
  CHECK(theta == Vector{0.5, 0.5, 0.0});
  Vector single{-700.0};
  softmax(single, single);
  CHECK(single == Vector{1.0});
  Vector none;
  softmax(none, none);
  CHECK(none.empty());
}

TEST_CASE("escort is the definition, sums to one, and ignores scale and signs") {
  for (const double p : {1.0, 1.5, 2.0, 3.0, 64.0}) {
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
      const Vector theta = normal_vector(6, trial);
      Vector pi(6), other_pi(6), other = theta;
      escort(theta, p, pi);
      const double sum = theta.view().array().abs().pow(p).sum();
      for (Index a = 0; a < 6; ++a) {
        CHECK(pi[a] == Approx(std::pow(std::abs(theta[a]), p) / sum).epsilon(1e-12).margin(1e-300));
      }
      CHECK(sum_of(pi) == Approx(1.0).epsilon(1e-15));
      CHECK(p_norm(theta, p) == Approx(std::pow(sum, 1.0 / p)).epsilon(1e-13));
      other.view() *= -1024.0;
      other[0] = -other[0];
      escort(other, p, other_pi);
      CHECK(pi == other_pi);  // exactly: only a power of two and signs changed
    }
  }
}

TEST_CASE("escort at the extremes of its range") {
  Vector pi(2);
  escort(Vector{1e308, 1e308}, 64.0, pi);
  CHECK(pi == Vector{0.5, 0.5});
  escort(Vector{1e-308, 0.0}, 64.0, pi);
  CHECK(pi == Vector{1.0, 0.0});
  CHECK(p_norm(Vector{3e300, 4e300}, 2.0) == Approx(5e300).epsilon(1e-15));
  CHECK(p_norm(Vector{3e-310, 4e-310}, 2.0) == Approx(5e-310).epsilon(1e-12));
  CHECK(p_norm(Vector{0.0, 0.0}, 3.0) == 0.0);
  escort(Vector{0.0, 0.0}, 2.0, pi);  // outside the domain
  CHECK(std::isnan(pi[0]));
  escort(Vector{1.0, std::numeric_limits<double>::quiet_NaN()}, 2.0, pi);
  CHECK(std::isnan(pi[0]));
}

TEST_CASE("starts realize the policy they are asked for") {
  const Vector pi{0.7, 0.2, 1e-5, 0.1 - 1e-5};
  Vector back(4);
  softmax(softmax_start(pi), back);
  CHECK((back.view() - pi.view()).cwiseAbs().maxCoeff() <= 1e-15);
  for (const double p : {1.0, 1.7, 2.0, 64.0}) {
    const Vector theta = escort_start(pi, p);
    escort(theta, p, back);
    CHECK((back.view() - pi.view()).cwiseQuotient(pi.view()).cwiseAbs().maxCoeff() <= 1e-13);
    CHECK(p_norm(theta, p) == Approx(1.0).epsilon(1e-14));
  }
}

TEST_CASE("wrong arguments are refused in words") {
  Vector pi(1);
  REQUIRE_THROWS_WITH(escort(Vector{1.0}, 0.5, pi), "escort: p must be >= 1 and finite, got 0.5");
  REQUIRE_THROWS_WITH(p_norm(Vector{1.0}, std::numeric_limits<double>::infinity()),
                      "p_norm: p must be >= 1 and finite, got inf");
  REQUIRE_THROWS_WITH(softmax_start(Vector{0.0, 1.0}), "softmax_start: probabilities must be in (0, 1], got 0");
  REQUIRE_THROWS_WITH(softmax_start(Vector{0.5, 0.4}), "softmax_start: probabilities must sum to 1, got 0.9");
  REQUIRE_THROWS_WITH(escort_start(Vector{-0.5, 1.5}, 2.0), "escort_start: probabilities must be in [0, 1], got -0.5");
  REQUIRE_THROWS_WITH(escort_start(Vector{0.5, 0.4}, 2.0), "escort_start: probabilities must sum to 1, got 0.9");
}
