// The mirror maps: inverses, gradients, measures of stationarity.
#include "support/catch.hpp"

#include <perigee/solvers/mirror_map.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

Vector round_trip(const MirrorMap& map, const Vector& x) {
  Vector z(x.size()), back(x.size());
  map.to_dual(x, z);
  map.to_primal(z, back);
  return back;
}

}  // namespace

TEST_CASE("every map leads back from where it led, over many orders of magnitude") {
  // to_primal is the inverse of to_dual; relative error of a few hundred roundings.
  const auto check_back = [](const MirrorMap& map, const Vector& x, double tolerance) {
    const Vector back = round_trip(map, x);
    INFO(map.text << " at " << x.view().transpose());
    for (Index i = 0; i < x.size(); ++i) CHECK(std::abs(back[i] - x[i]) <= tolerance * std::abs(x[i]));
  };
  const Vector plain{3.0, -2.0, 0.0, 1e-9, -1e-3};
  check_back(mirror_maps::euclidean(), plain, 0.0);
  for (const double p : {1.05, 1.5, 2.0, 3.0, 10.0}) {
    check_back(mirror_maps::p_norm(p), plain, 1e-13);
    check_back(mirror_maps::p_norm(p), {1e200, -2e200, 5e199}, 1e-13);
    check_back(mirror_maps::p_norm(p), {1e-200, -2e-200, 0.0}, 1e-13);
  }
  check_back(mirror_maps::p_norm(1.5), {0.0, 0.0}, 0.0);
  check_back(mirror_maps::orthant_entropy(), {1e-300, 1.0, 1e300, 2.5}, 1e-12);
  check_back(mirror_maps::simplex_entropy(), {1e-300, 0.25, 0.75 - 1e-8, 1e-8}, 1e-12);
}

TEST_CASE("a map's dual point is the gradient of its psi") {
  // Central differences of psi, h = 1e-6: error of order h^2 and eps/h.
  struct Case {
    MirrorMap map;
    std::function<double(const Vector&)> psi;
  };
  const auto power_sum = [](const Vector& x, double p) {
    return std::accumulate(x.begin(), x.end(), 0.0,
                           [p](double sum, double e) { return sum + std::pow(std::abs(e), p); });
  };
  const auto entropy = [](const Vector& x) {
    return std::accumulate(x.begin(), x.end(), 0.0, [](double sum, double e) { return sum + e * std::log(e) - e; });
  };
  const std::vector<Case> cases{
      {mirror_maps::euclidean(), [&](const Vector& x) { return 0.5 * power_sum(x, 2.0); }},
      {mirror_maps::p_norm(1.5), [&](const Vector& x) { return 0.5 * std::pow(power_sum(x, 1.5), 2.0 / 1.5); }},
      {mirror_maps::p_norm(4.0), [&](const Vector& x) { return 0.5 * std::pow(power_sum(x, 4.0), 2.0 / 4.0); }},
      {mirror_maps::orthant_entropy(), entropy},
      {mirror_maps::simplex_entropy(), entropy},
  };
  const Vector x{0.2, 0.5, 0.3};
  for (const Case& one : cases) {
    Vector z(3);
    one.map.to_dual(x, z);
    for (Index i = 0; i < 3; ++i) {
      Vector above = x, below = x;
      above[i] += 1e-6;
      below[i] -= 1e-6;
      INFO(one.map.text << ", element " << i);
      CHECK(z[i] == Approx((one.psi(above) - one.psi(below)) / 2e-6).epsilon(1e-8));
    }
  }
}

TEST_CASE("on the simplex the measure is the largest decrease of the linear model") {
  // max_y g'(x - y) is attained at a corner of the simplex: compared with all of them.
  const MirrorMap map = mirror_maps::simplex_entropy();
  const Vector x{0.2, 0.5, 0.3};
  const Vector g{0.4, -1.0, 3.0};
  double largest = -std::numeric_limits<double>::infinity();
  for (Index a = 0; a < 3; ++a) largest = std::max(largest, g.view().dot(x.view()) - g[a]);
  CHECK(map.stationarity(x, g) == Approx(largest).epsilon(1e-14));
  // A gradient that is the same everywhere moves nothing; nor does any that keeps a corner.
  CHECK(map.stationarity(x, Vector{2.0, 2.0, 2.0}) == 0.0);
  CHECK(map.stationarity(Vector{0.0, 1.0, 0.0}, g) == 0.0);
  CHECK(map.stationarity(Vector{0.0, 0.0, 1.0}, g) == Approx(4.0));
}

TEST_CASE("on the orthant the measure is 0 exactly where x >= 0, g >= 0 and x_i g_i = 0") {
  const MirrorMap map = mirror_maps::orthant_entropy();
  CHECK(map.stationarity(Vector{0.0, 2.0}, Vector{3.0, 0.0}) == 0.0);
  CHECK(map.stationarity(Vector{1e-9, 2.0}, Vector{-3.0, 0.0}) == 3.0);  // tiny, but wants to grow
  CHECK(map.stationarity(Vector{0.5, 2.0}, Vector{3.0, 0.0}) == 0.5);
  CHECK(map.stationarity(Vector{0.0, 2.0}, Vector{3.0, 0.25}) == 0.25);
}

TEST_CASE("maps are known by their texts, and wrong ones are refused") {
  CHECK_THROWS_AS(mirror_maps::p_norm(1.0), std::invalid_argument);
  CHECK_THROWS_AS(mirror_maps::p_norm(std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(mirror_maps::parse("entropy"), std::invalid_argument);
  CHECK_THROWS_AS(mirror_maps::parse("euclidean(p=2)"), std::invalid_argument);
  CHECK_THROWS_AS(mirror_maps::parse("p-norm"), std::invalid_argument);
  for (const MirrorMap& map : {mirror_maps::euclidean(), mirror_maps::simplex_entropy(), mirror_maps::orthant_entropy(),
                               mirror_maps::p_norm(1.25)}) {
    CHECK(mirror_maps::parse(map.text).text == map.text);
  }
}
