#include "support/catch.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/solvers/barzilai_borwein.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace perigee;
using namespace perigee::test;

namespace {

const std::vector<double> spectrum{1.0, 2.5, 7.0, 19.0, 40.0, 100.0};
const Vector six_ones{1.0, 1.0, 1.0, 1.0, 1.0, 1.0};

// sum_i lambda_i^power g_i^2
double moment(const Vector& gradient, const std::vector<double>& eigenvalues, int power) {
  double sum = 0.0;
  for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
    const double g = gradient[static_cast<Index>(i)];
    sum += std::pow(eigenvalues[i], power) * g * g;
  }
  return sum;
}

}  // namespace

TEST_CASE("barzilai-borwein keeps the promises of every solver") {
  for (const BarzilaiBorwein& solver :
       {BarzilaiBorwein(), BarzilaiBorwein({.step = BarzilaiBorweinStep::short_step, .memory = 3}),
        BarzilaiBorwein({.memory = 1, .initial_step = 0.001})}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_deterministic(solver);
  }
}

TEST_CASE(
    "on a quadratic the long step is the exact line-search step of the iterate before, the short one g'Hg/g'HHg") {
  // s = -alpha g and y = Hs, so s's/s'y = g'g/g'Hg and s'y/y'y = g'Hg/g'HHg with g of the iterate before. The memory is
  // long enough for the safeguard never to interfere.
  const auto f = diagonal_quadratic(spectrum);
  for (const BarzilaiBorweinStep step : {BarzilaiBorweinStep::long_step, BarzilaiBorweinStep::short_step}) {
    const Witness witness =
        watch(f, BarzilaiBorwein({.step = step, .memory = 1000, .initial_step = 0.01}), six_ones, 40);
    const int power = step == BarzilaiBorweinStep::long_step ? 0 : 1;
    for (std::size_t k = 2; k <= 40; ++k) {
      const Vector& g = witness.gradients[k - 2];
      const double expected = moment(g, spectrum, power) / moment(g, spectrum, power + 1);
      CHECK(witness.records[k].step_size == Approx(expected).epsilon(1e-9));
      CHECK(witness.records[k].step_size >= 0.01 * (1.0 - 1e-12));  // in [1/l, 1/m]
      CHECK(witness.records[k].step_size <= 1.0 + 1e-12);
      CHECK(witness.records[k].counts.gradients == k + 1);  // one trial each
    }
  }
}

TEST_CASE("in two dimensions convergence is R-superlinear") {
  // Barzilai and Borwein (1988): of R-order sqrt 2. R-linear
  // convergence would have the digits gained grow in proportion to k; here the second half of the steps to 1e-120 gains
  // more than twice the digits of the first half, at each condition number.
  for (const double kappa : {3.0, 20.0, 500.0}) {
    const Witness witness = watch(diagonal_quadratic({1.0, kappa}), BarzilaiBorwein({.memory = 1000}), {1.0, 1.0}, 200);
    std::size_t last = 0;
    while (last + 1 < witness.records.size() && witness.records[last].gradient_norm > 1e-120) ++last;
    INFO("kappa " << kappa << ", steps " << last);
    REQUIRE(witness.records[last].gradient_norm <= 1e-120);
    const auto digits = [&](std::size_t k) {
      return std::log10(witness.records[0].gradient_norm / witness.records[k].gradient_norm);
    };
    CHECK(digits(last) - digits(last / 2) > 2.0 * digits(last / 2));
  }
}

TEST_CASE("in n dimensions convergence is linear and far ahead of steepest descent") {
  // Dai and Liao (2002) prove R-linear convergence. Exact steepest descent contracts f by at worst, and in the long run
  // by nearly, ((kappa - 1)/(kappa + 1))^2 a step (Akaike 1959): at kappa = 1e4 it has not got there in ten times as
  // many steps.
  std::vector<double> eigenvalues;
  for (int i = 0; i < 50; ++i) eigenvalues.push_back(std::pow(1e4, i / 49.0));
  const auto f = diagonal_quadratic(eigenvalues);
  Vector x0(50);
  x0.view().setOnes();
  const double target = 1e-12 * f.value(x0);
  for (const BarzilaiBorweinStep step : {BarzilaiBorweinStep::long_step, BarzilaiBorweinStep::short_step}) {
    const RunResult result =
        run(f, BarzilaiBorwein({.step = step}), x0, {.stop = value_target(target) | max_iterations(100000)});
    CHECK(result.end.id == "value-target");
    const RunResult steepest = run(f, GradientDescent({.line_search = line_searches::exact()}), x0,
                                   {.stop = value_target(target) | max_iterations(10 * result.iterations)});
    CHECK(steepest.end.id == "max-iterations");
  }
}

TEST_CASE("every accepted value is below the largest of the last M by c alpha |g|^2, and some are above the last") {
  // Grippo, Lampariello and Lucidi (1986), recomputed from the records, on a function with curvature of both signs.
  const problems::Rosenbrock f(2);
  for (const Index memory : {Index{1}, Index{10}}) {
    const Witness witness = watch(f, BarzilaiBorwein({.memory = memory}), {-1.2, 1.0}, 60);
    int rises = 0;
    for (std::size_t k = 0; k + 1 < witness.records.size(); ++k) {
      double reference = witness.records[k].value;
      for (std::size_t j = 0; j < static_cast<std::size_t>(memory) && j <= k; ++j) {
        reference = std::max(reference, witness.records[k - j].value);
      }
      const double g = witness.records[k].gradient_norm;
      const StepRecord& next = witness.records[k + 1];
      CHECK(next.value <= reference - 1e-4 * next.step_size * g * g * (1.0 - 1e-12));
      if (next.value > witness.records[k].value) ++rises;
    }
    CHECK((rises > 0) == (memory > 1));
  }
}

TEST_CASE("next to a strict saddle the step is 1/gamma and the escaping component doubles") {
  // On -gamma y^2/2 alone s'y < 0 and |s|/|y| = 1/gamma exactly.
  const double gamma = 0.25;
  const Witness witness = watch(diagonal_quadratic({-gamma}), BarzilaiBorwein({.initial_step = 0.1}), {1e-8}, 20);
  for (std::size_t k = 2; k <= 20; ++k) {
    CHECK(witness.records[k].step_size == Approx(1.0 / gamma).epsilon(1e-12));
    CHECK(witness.points[k][0] / witness.points[k - 1][0] == Approx(2.0).epsilon(1e-12));
    CHECK(witness.records[k].curvature == Approx(-gamma).epsilon(1e-12));
  }
}

TEST_CASE("on a slope without curvature the step grows tenfold") {
  const auto slope = functional(
      1, [](ConstVectorView x) { return x[0]; }, [](ConstVectorView, VectorView g) { g[0] = 1.0; });
  const Witness witness = watch(slope, BarzilaiBorwein({.initial_step = 0.001}), {0.0}, 6);
  for (std::size_t k = 2; k <= 6; ++k) {
    CHECK(witness.records[k].step_size == Approx(10.0 * witness.records[k - 1].step_size).epsilon(1e-12));
  }
}

TEST_CASE("a step out of the domain is shortened until it is inside") {
  // -log(1 - x^2) + x/10 is defined on (-1, 1) only; the first trial of 1e6 is far outside.
  const auto barrier = functional(
      1, [](ConstVectorView x) { return -std::log1p(-x[0] * x[0]) + 0.1 * x[0]; },
      [](ConstVectorView x, VectorView g) { g[0] = 2.0 * x[0] / (1.0 - x[0] * x[0]) + 0.1; });
  const RunResult result = run(barrier, BarzilaiBorwein({.initial_step = 1e6}), {0.9},
                               {.stop = gradient_tolerance(1e-10) | max_iterations(100)});
  CHECK(result.end.id == "gradient-tolerance");
  CHECK(result.x[0] == Approx(10.0 - std::sqrt(101.0)).epsilon(1e-8));  // 2x = -0.1 (1 - x^2)
}

TEST_CASE("it reaches the minimum of Rosenbrock's function to full precision") {
  const problems::Rosenbrock f(2);
  for (const BarzilaiBorweinStep step : {BarzilaiBorweinStep::long_step, BarzilaiBorweinStep::short_step}) {
    const RunResult result = run(f, BarzilaiBorwein({.step = step}), {-1.2, 1.0},
                                 {.stop = gradient_tolerance(1e-10) | max_iterations(2000)});
    CHECK(result.end.id == "gradient-tolerance");
    CHECK(result.x[0] == Approx(1.0).epsilon(1e-8));
  }
}

TEST_CASE("where values differ by rounding only the gradient decides") {
  // Values near 1e6 with an error of 1e-9, ten units in their last place, and exact gradients: below gradients of about
  // 1e-4 values say nothing any more, and with a memory of 1 half of them would be refused.
  const auto rough = functional(
      2, [](ConstVectorView x) { return 1e6 + std::cosh(x[0]) + 5.0 * x[1] * x[1] + 1e-9 * std::sin(1e12 * x.sum()); },
      [](ConstVectorView x, VectorView g) {
        g[0] = std::sinh(x[0]);
        g[1] = 10.0 * x[1];
      });
  for (const Index memory : {Index{1}, Index{10}}) {
    const RunResult result = run(rough, BarzilaiBorwein({.memory = memory}), {1.0, 1.0},
                                 {.stop = gradient_tolerance(1e-10) | max_iterations(500)});
    INFO(result.end.message);
    CHECK(result.end.id == "gradient-tolerance");
  }
}

TEST_CASE("where no step can be taken the run ends as a breakdown, not as convergence") {
  // The gradient has the wrong sign: every step goes up.
  const auto wrong = functional(
      1, [](ConstVectorView x) { return x[0] * x[0]; }, [](ConstVectorView x, VectorView g) { g[0] = -2.0 * x[0]; });
  const RunResult uphill = run(wrong, BarzilaiBorwein(), {1.0});
  CHECK(uphill.end.end_class == EndClass::breakdown);
  CHECK(uphill.end.id == "line-search-failed");
  CHECK(uphill.x == Vector{1.0});
  const RunResult stationary = run(capped_saddle(), BarzilaiBorwein(), {0.0, 0.0});
  CHECK(stationary.end.end_class == EndClass::breakdown);
  CHECK(stationary.end.message == "barzilai-borwein at iteration 0: the gradient is 0: there is no direction to go");
}

TEST_CASE("barzilai-borwein refuses wrong options") {
  CHECK_THROWS_AS(BarzilaiBorwein({.memory = 0}), std::invalid_argument);
  CHECK_THROWS_AS(BarzilaiBorwein({.decrease = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(BarzilaiBorwein({.decrease = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(BarzilaiBorwein({.initial_step = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(BarzilaiBorwein({.initial_step = NAN}), std::invalid_argument);
}

TEST_CASE("by name barzilai-borwein has the defaults of the options") {
  const solvers::Entry entry = solvers::barzilai_borwein();
  const auto made = [&](const Parameters::Assignments& assignments) {
    return entry.make(Parameters(entry.name, entry.parameters, assignments), problems::make("octopus"));
  };
  CHECK(made({})->name() == entry.name);
  CHECK(made({})->settings() == BarzilaiBorwein().settings());
  CHECK(made({{"step", "short"}})->settings()[0].second == "short");
  CHECK_THROWS_AS(made({{"step", "middling"}}), std::invalid_argument);
}
