#include "support/catch.hpp"
#include "support/flat_saddle.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/neon2.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

Eigen::VectorXd first_direction(const RandomSource& random, Index dimension) {
  Vector direction(dimension);
  RandomEngine engine = random.engine("negative-curvature", 0);
  fill_uniform_ball(engine, 1.0, direction);
  return direction.view().normalized();
}

// T_t(a) in closed form, so that nothing is shared with a recurrence.
double chebyshev_first(Index t, double a) {
  const double degree = static_cast<double>(t);
  if (std::abs(a) <= 1.0) return std::cos(degree * std::acos(a));
  const double sign = a < 0.0 && t % 2 == 1 ? -1.0 : 1.0;
  return sign * std::cosh(degree * std::acosh(std::abs(a)));
}

// U_t(a), |a| > 1 or |a| < 1.
double chebyshev_second(Index t, double a) {
  const double degree = static_cast<double>(t) + 1.0;
  if (std::abs(a) < 1.0) return std::sin(degree * std::acos(a)) / std::sin(std::acos(a));
  const double sign = a < 0.0 && t % 2 == 1 ? -1.0 : 1.0;
  return sign * std::sinh(degree * std::acosh(std::abs(a))) / std::sinh(std::acosh(std::abs(a)));
}

double curvature_along(const Eigen::VectorXd& lambda, const Eigen::VectorXd& direction) {
  return direction.dot(lambda.cwiseProduct(direction)) / direction.squaredNorm();
}

// A quadratic that keeps the points at which its gradient was asked for.
class WatchedQuadratic final : public Objective {
 public:
  explicit WatchedQuadratic(Eigen::VectorXd lambda) : lambda_(std::move(lambda)) {}
  Index dimension() const override { return lambda_.size(); }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    points.push_back(Eigen::VectorXd(x));
    gradient = lambda_.cwiseProduct(x);
    return 0.5 * x.dot(lambda_.cwiseProduct(x));
  }
  mutable std::vector<Eigen::VectorXd> points;

 private:
  Eigen::VectorXd lambda_;
};

}  // namespace

TEST_CASE("neon2 keeps the promises of every solver") {
  const Neon2 practical(Neon2Parameters::practical(10.0, 1e-3, 1.0));
  const Neon2 power(Neon2Parameters::practical(10.0, 1e-3, 1.0, 1.0, SearchPolynomial::power));
  const Neon2 theory(Neon2Parameters::theory(
      {.gradient_lipschitz = 10.0, .hessian_lipschitz = 10.0, .tolerance = 1e-2, .value_gap = 3.0, .dimension = 2}));
  for (const auto* solver : {&practical, &power, &theory}) {
    check_observed(*solver);
    check_resumed(*solver);
    check_starts(*solver);
    check_wall(*solver);
  }
}

TEST_CASE("the points of the search are Chebyshev's polynomials of the Hessian, to rounding") {
  // y_t = U_{t-1}(A) xi at every probe, and the point that ends the search, where its length reaches the radius, is
  // T_t(A) xi: both against closed forms. Curvatures on both sides of [-3 delta/4, L], and at its ends.
  const Eigen::VectorXd lambda = (Eigen::VectorXd(6) << 1.0, 0.7, 0.2, 0.01, -0.07, -0.1).finished();
  const WatchedQuadratic objective(lambda);
  Neon2Parameters parameters = Neon2Parameters::practical(1.0, 1e-3, 0.1);
  parameters.search.curvature_threshold = 0.2;  // below every curvature: only the growth to r ends the search
  const Neon2 solver(parameters);
  const double sigma = parameters.search.start_length;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const RandomSource random(seed);
    objective.points.clear();
    const RunResult result = run(objective, solver, Vector(6), {.stop = max_iterations(1), .random = random});
    INFO("seed " << seed);
    REQUIRE(result.end.id == "curvature-not-confirmed");
    REQUIRE(objective.points.size() >= 10);
    const Eigen::VectorXd xi = sigma * first_direction(random, 6);
    const auto updates = static_cast<Index>(objective.points.size()) - 2;  // without x_0 and the measurement
    double length_before = 0.0;
    for (Index t = 1; t <= updates; ++t) {
      Eigen::VectorXd expected(6);
      Eigen::VectorXd grown(6);
      for (Index i = 0; i < 6; ++i) {
        const double a = 1.0 - 0.075 - lambda[i];
        expected[i] = chebyshev_second(t - 1, a) * xi[i];
        grown[i] = chebyshev_first(t, a) * xi[i];
      }
      CHECK((objective.points[static_cast<std::size_t>(t)] - expected).norm() <= 1e-12 * expected.norm());
      CHECK(length_before < parameters.search.radius);
      length_before = grown.norm();
      if (t < updates) continue;
      CHECK(grown.norm() >= parameters.search.radius);
      const Eigen::VectorXd measured = objective.points.back();
      CHECK(measured.norm() == Approx(parameters.search.radius).epsilon(1e-12));
      CHECK((measured / measured.norm() - grown / grown.norm()).norm() <= 1e-12);
    }
  }
}

TEST_CASE("a direction that has grown to the radius has the curvature that its growth proves") {
  // e'He <= -3 delta/4 + (sigma/r)^2 (L + 3 delta/4) on a quadratic with curvatures in [-L, L], whatever the seed; the
  // growth R = sqrt(8 L/delta + 6) of both parameter sets makes that <= -5 delta/8. Measured curvatures are read from
  // the message of a run whose threshold nothing meets.
  for (const double delta : {0.3, 0.03, 0.003}) {
    const Eigen::VectorXd lambda =
        (Eigen::VectorXd(6) << 1.0, 0.5, 0.0, -0.7 * delta, -0.76 * delta, -delta).finished();
    const WatchedQuadratic objective(lambda);
    Neon2Parameters parameters = Neon2Parameters::practical(1.0, 1e-3, delta);
    parameters.search.curvature_threshold = 2.0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      objective.points.clear();
      const RunResult result =
          run(objective, Neon2(parameters), Vector(6), {.stop = max_iterations(1), .random = RandomSource(seed)});
      INFO("delta " << delta << ", seed " << seed);
      REQUIRE(result.end.id == "curvature-not-confirmed");
      CHECK(curvature_along(lambda, objective.points.back()) <= -0.625 * delta);
    }
  }
}

TEST_CASE("the search ends where the polynomials say, by what it measures or by what it has grown to") {
  // At the saddle of a quadratic, with the documented first draw. Each gradient is accounted for: the start, one an
  // update, one more where the growth decides, and the move.
  const Eigen::VectorXd lambda = (Eigen::VectorXd(4) << 1.0, 0.6, 0.05, -0.02).finished();
  const WatchedQuadratic objective(lambda);
  for (const SearchPolynomial polynomial : {SearchPolynomial::chebyshev, SearchPolynomial::power}) {
    const Neon2Parameters parameters = Neon2Parameters::practical(1.0, 1e-3, 0.02, 1.0, polynomial);
    const bool is_power = polynomial == SearchPolynomial::power;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      const RandomSource random(seed);
      const Eigen::VectorXd xi = parameters.search.start_length * first_direction(random, 4);
      std::uint64_t gradients = 1;
      for (Index t = 1;; ++t) {
        REQUIRE(t <= parameters.search.iterations);
        ++gradients;
        Eigen::VectorXd probed(4);
        Eigen::VectorXd grown(4);
        for (Index i = 0; i < 4; ++i) {
          const double a = 1.0 - 0.015 - lambda[i];
          probed[i] = xi[i] * (is_power ? std::pow(a, static_cast<double>(t - 1)) : chebyshev_second(t - 1, a));
          grown[i] = xi[i] * (is_power ? std::pow(a, static_cast<double>(t)) : chebyshev_first(t, a));
        }
        if (curvature_along(lambda, probed) <= -0.01) break;
        if (grown.norm() < parameters.search.radius) continue;
        ++gradients;
        break;
      }
      const RunResult result =
          run(objective, Neon2(parameters), Vector(4), {.stop = max_iterations(1), .random = random});
      INFO("seed " << seed << ", power " << is_power << ": " << result.end.message);
      CHECK(result.iterations == 1);
      CHECK(result.counts == OracleCounts{.gradients = gradients + 1});
      CHECK(curvature_along(lambda, result.x.view()) <= -0.01);
    }
  }
}

TEST_CASE("theory parameters are the formulas of the documentation, and sqrt(L/delta) of them are updates") {
  // l = rho = 1, eps = 0.01: delta = 0.1, R = sqrt(86). Delta_f = 9 delta^3/24 leaves a tenth of failure_probability to
  // one search: p = 0.01, c = 0.01 sqrt(pi/20), T = ceil(acosh(R/c)/acosh(1.025)) = ceil(8.4512.../0.22314...) = 38.
  const Neon2Parameters parameters = Neon2Parameters::theory({.gradient_lipschitz = 1.0,
                                                              .hessian_lipschitz = 1.0,
                                                              .tolerance = 0.01,
                                                              .value_gap = 9.0e-3 / 24.0,
                                                              .failure_probability = 0.1,
                                                              .dimension = 10});
  const double component = 0.01 * std::sqrt(3.14159265358979323846 / 20.0);
  const double growth = std::sqrt(86.0);
  CHECK(parameters.learning_rate == 1.0);
  CHECK(parameters.search.curvature == Approx(0.1).epsilon(1e-12));
  CHECK(parameters.search.iterations == 38);
  CHECK(parameters.search.start_length ==
        Approx(0.1 * std::pow(component / growth, 2) / (16.0 * std::pow(38.0, 3))).epsilon(1e-12));
  CHECK(parameters.search.radius == Approx(growth * parameters.search.start_length).epsilon(1e-12));
  CHECK(parameters.search.curvature_threshold == Approx(0.05).epsilon(1e-12));
  CHECK(parameters.step_length == Approx(0.05).epsilon(1e-12));
  // A hundredth of the curvature: ten times the updates (acosh(1 + x) = sqrt(2 x) (1 - x/12...)); with the power
  // method a hundred times (ln(1 + x) = x (1 - x/2...)).
  for (const auto& [polynomial, factor] :
       {std::pair(SearchPolynomial::chebyshev, 10.0), std::pair(SearchPolynomial::power, 100.0)}) {
    const double strong = static_cast<double>(updates_to_grow(polynomial, 1.0, 1e-3, 10.0, 1e-3));
    const double weak = static_cast<double>(updates_to_grow(polynomial, 1.0, 1e-5, 10.0, 1e-3));
    CHECK(weak / strong == Approx(factor).epsilon(0.01));
  }
}

TEST_CASE("with theory parameters a strict saddle is found and left by a step that needs no halving") {
  // Curvature -delta = -0.1, the weakest that the theory promises to find; |x_1|^3/6 has rho = 1. The promises:
  // e'He <= -delta/2 and a fall of delta^3/24 at least. One search fails with probability <= 1e-3, so 100 seeds fail
  // with probability <= 0.1 by the bound.
  Eigen::VectorXd lambda = Eigen::VectorXd::Zero(20);
  lambda[0] = -0.1;
  for (Index i = 10; i < 20; ++i) lambda[i] = 0.1 * static_cast<double>(i - 9);
  const auto objective = functional(
      20, [&](ConstVectorView x) { return 0.5 * x.dot(lambda.cwiseProduct(x)) + std::pow(std::abs(x[0]), 3) / 6.0; },
      [&](ConstVectorView x, VectorView g) {
        g = lambda.cwiseProduct(x);
        g[0] += 0.5 * x[0] * std::abs(x[0]);
      });
  const Neon2 solver(Neon2Parameters::theory({.gradient_lipschitz = 1.1,
                                              .hessian_lipschitz = 1.0,
                                              .tolerance = 0.01,
                                              .value_gap = 1e-5,
                                              .failure_probability = 1e-3,
                                              .dimension = 20}));
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const RunResult result =
        run(objective, solver, Vector(20), {.stop = max_iterations(1), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    REQUIRE(result.iterations == 1);
    CHECK(curvature_along(lambda, result.x.view()) <= -0.05 + 1e-9);  // measured over less than r
    CHECK(result.x.view().norm() == Approx(0.05).epsilon(1e-12));
    CHECK(result.value <= -1e-3 / 24.0);
  }
}

TEST_CASE("a start without a component along the negative curvature is the one case that is missed") {
  // T is such that a component of c or more suffices. In two dimensions with curvatures 1 and -delta, the search
  // finds exactly if |c_2| cosh(T acosh(1 + delta/(4 L))) is large enough; with T = 1 it fails for some seeds, with the
  // practical T the chance is <= 2/pi asin(1e-3) = 6.4e-4 a seed, 200 seeds: 0.12 by the bound.
  Neon2Parameters parameters = Neon2Parameters::practical(1.0, 1e-3, 0.01);
  const auto missed = [&](const Neon2Parameters& with) {
    int count = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const RunResult result = run(diagonal_quadratic({1.0, -0.01}), Neon2(with), {0.0, 0.0},
                                   {.stop = max_iterations(1), .random = RandomSource(seed)});
      if (result.iterations == 0) ++count;
    }
    return count;
  };
  CHECK(missed(parameters) == 0);
  parameters.search.iterations = 1;
  CHECK(missed(parameters) > 100);
}

TEST_CASE("a search that would see nothing but rounding claims nothing") {
  // A strict saddle with curvature -0.1 at x = (0, 1). The theory's sigma is below 1e-16 here, so that x + y is x and
  // every difference of gradients is 0: without the check that would read as flat, and as a proof.
  const auto objective = diagonal_quadratic({-0.1, 0.0});
  const Neon2Parameters parameters = Neon2Parameters::theory(
      {.gradient_lipschitz = 1.0, .hessian_lipschitz = 1.0, .tolerance = 0.01, .value_gap = 1.0, .dimension = 2});
  REQUIRE(parameters.search.start_length < 1e-16);
  const RunResult drowned = run(objective, Neon2(parameters), {0.0, 1.0}, {.stop = max_iterations(10)});
  CHECK(drowned.end.end_class == EndClass::breakdown);
  CHECK(drowned.end.id == "probe-below-rounding");
  CHECK(drowned.counts == OracleCounts{.gradients = 1});
  // At x = 0 nothing is rounded, and the same parameters find it; the practical ones do at both points.
  CHECK(run(objective, Neon2(parameters), {0.0, 0.0}, {.stop = max_iterations(1)}).iterations == 1);
  const Neon2 practical(Neon2Parameters::practical(1.0, 0.01, 0.1));
  CHECK(run(objective, practical, {0.0, 1.0}, {.stop = max_iterations(1)}).iterations == 1);
}

TEST_CASE("at a minimum nothing is found, and the end says so with its numbers") {
  const Neon2Parameters parameters = Neon2Parameters::practical(2.0, 1e-3, 0.5);
  const Neon2 solver(parameters);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(diagonal_quadratic({1.5, 0.5, 0.0}), solver, {0.0, 1e-4, 3.0},
                                 {.stop = max_iterations(100), .random = RandomSource(seed)});
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.end.id == "no-negative-curvature-found");
    CHECK(result.iterations == 0);
    CHECK(result.counts == OracleCounts{.gradients = static_cast<std::uint64_t>(1 + parameters.search.iterations)});
    CHECK(result.end.message.find("second order not certified with practical parameters") != std::string::npos);
    CHECK(result.end.message.find("0.25") != std::string::npos);
  }
}

TEST_CASE("from the exact saddle it arrives at a minimum for every seed") {
  const auto objective = capped_saddle();
  for (const SearchPolynomial polynomial : {SearchPolynomial::chebyshev, SearchPolynomial::power}) {
    const Neon2 solver(Neon2Parameters::practical(10.0, 1e-3, 1.0, 1.0, polynomial));
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const RunResult result =
          run(objective, solver, {0.0, 0.0}, {.stop = max_iterations(2000), .random = RandomSource(seed)});
      INFO("seed " << seed << ": " << result.end.message);
      CHECK(result.end.id == "no-negative-curvature-found");
      CHECK(result.value == Approx(-1.0).margin(1e-6));
      CHECK(result.gradient_norm <= 1e-3);
    }
  }
}

TEST_CASE("gradients of a search grow like the root of L/delta, without Chebyshev like L/delta") {
  // From an exact saddle with curvatures -e, 0, e and seven between 0.1 and L = 1 to the first move: medians of ten
  // seeds, exponents from kappa = L/e = 10^2 to 10^4. (Where all the other curvatures are equal, a polynomial with a
  // root there removes them in a few updates whatever e is.)
  const auto exponent = [](SearchPolynomial polynomial) {
    std::vector<double> medians;
    for (const double e : {1e-2, 1e-4}) {
      const auto objective = diagonal_quadratic({-e, 0.0, e, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0});
      const Neon2 solver(Neon2Parameters::practical(1.0, 1e-9, e, 1.0, polynomial));
      std::vector<double> counts;
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const RunResult result =
            run(objective, solver, Vector(10), {.stop = max_iterations(1), .random = RandomSource(seed)});
        REQUIRE(result.iterations == 1);
        counts.push_back(static_cast<double>(result.counts.gradients));
      }
      medians.push_back(median(counts));
    }
    return std::log10(medians[1] / medians[0]) / 2.0;
  };
  CHECK(exponent(SearchPolynomial::chebyshev) == Approx(0.5).margin(0.1));
  CHECK(exponent(SearchPolynomial::power) == Approx(1.0).margin(0.1));
}

TEST_CASE("neon2 crosses the octopus for every seed") {
  const Problem octopus = problems::make("octopus", {{"smoothness", "2.718281828459045"}});
  const auto solver = solvers::make("neon2", {}, octopus);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RunResult result = run(*octopus.objective, *solver, octopus.starts[0].x,
                                 {.stop = max_iterations(5000), .random = RandomSource(seed)});
    INFO("seed " << seed << ": " << result.end.message);
    CHECK(result.end.end_class == EndClass::convergence);
    CHECK(result.value == Approx(*octopus.optimal_value).epsilon(1e-6));
    CHECK(result.counts.gradients < 3000);
  }
}

TEST_CASE("neon2 refuses wrong parameters and never mixes theory and practice") {
  const auto changed = [](auto change) {
    Neon2Parameters parameters = Neon2Parameters::practical(1.0, 1e-3, 0.1);
    change(parameters);
    return Neon2(parameters);
  };
  CHECK_THROWS_AS(changed([](auto& p) { p.learning_rate = 0.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.search.radius = p.search.start_length; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.search.curvature = 2.0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.search.iterations = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(changed([](auto& p) { p.step_length = NAN; }), std::invalid_argument);
  CHECK_THROWS_AS(Neon2Parameters::practical(1.0, 1e-3, 2.0), std::invalid_argument);

  const Problem octopus = problems::make("octopus");
  const auto make = [&](const Parameters::Assignments& assignments) {
    return solvers::make("neon2", assignments, octopus);
  };
  CHECK(make({{"polynomial", "power"}})->settings()[3].second == "power");
  CHECK_THROWS_AS(make({{"polynomial", "legendre"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"hessian_lipschitz", "2"}}), std::invalid_argument);
  CHECK_THROWS_AS(make({{"parameters", "theory"}, {"curvature", "0.5"}}), std::invalid_argument);
  CHECK(make({{"parameters", "theory"}, {"gradient_lipschitz", "10"}, {"hessian_lipschitz", "2"}, {"value_gap", "3"}})
            ->settings()
            .front()
            .second == "theory");
}
