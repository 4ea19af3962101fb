#include "support/catch.hpp"

#include <perigee/lib/line_search.hpp>

#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

// phi given as a function of alpha; counts the calls.
class Line final : public LineFunction {
 public:
  using Function = std::function<LineValue(double)>;
  explicit Line(Function function) : function_(std::move(function)) {}
  LineValue evaluate(double alpha) override {
    ++calls;
    return function_(alpha);
  }
  int calls = 0;

 private:
  Function function_;
};

struct Case {
  const char* name;
  Line::Function phi;
};

// The first three are functions (5.1) to (5.3) of More and Thuente (1994): a bad scale, a flat start, many wiggles.
std::vector<Case> cases() {
  return {
      {"More-Thuente 5.1",
       [](double a) -> LineValue {
         const double b = 2.0;
         return {-a / (a * a + b), (a * a - b) / ((a * a + b) * (a * a + b))};
       }},
      {"More-Thuente 5.2",
       [](double a) -> LineValue {
         const double b = 0.004;
         return {std::pow(a + b, 5) - 2.0 * std::pow(a + b, 4), 5.0 * std::pow(a + b, 4) - 8.0 * std::pow(a + b, 3)};
       }},
      {"More-Thuente 5.3",
       [](double a) -> LineValue {
         const double b = 0.01;
         const double l = 39.0;
         const double pi = 3.141592653589793;
         double base = a <= 1.0 - b ? 1.0 - a : a >= 1.0 + b ? a - 1.0 : (a - 1.0) * (a - 1.0) / (2.0 * b) + b / 2.0;
         double slope = a <= 1.0 - b ? -1.0 : a >= 1.0 + b ? 1.0 : (a - 1.0) / b;
         base += 2.0 * (1.0 - b) / (l * pi) * std::sin(l * pi / 2.0 * a);
         slope += (1.0 - b) * std::cos(l * pi / 2.0 * a);
         return {base, slope};
       }},
      {"quadratic",
       [](double a) -> LineValue {
         return {(a - 3.0) * (a - 3.0), 2.0 * (a - 3.0)};
       }},
  };
}

}  // namespace

TEST_CASE("strong Wolfe steps satisfy both conditions, from first trials over seven decades") {
  for (const Case& each : cases()) {
    for (const double initial : {1e-3, 1e-1, 1.0, 1e1, 1e3, 1e4}) {
      for (const double curvature : {0.1, 0.9}) {
        INFO(each.name << " from " << initial << ", c2 = " << curvature);
        Line line(each.phi);
        const LineValue zero = each.phi(0.0);
        const LineSearchResult found =
            line_searches::strong_wolfe({.curvature = curvature})->search(line, zero, initial);
        REQUIRE(found.status == LineSearchStatus::success);
        const LineValue there = each.phi(found.step);
        CHECK(there.value <= zero.value + 1e-4 * found.step * zero.slope);
        CHECK(std::abs(there.slope) <= -curvature * zero.slope);
        CHECK(found.trials == line.calls);
      }
    }
  }
}

TEST_CASE("Armijo steps decrease sufficiently and are not needlessly short") {
  // On a quadratic with phi'' = 2, backtracking by at most 10 accepts a step >= 0.1 * 2 (1 - c1)/phi''.
  const Line::Function quadratic = cases()[3].phi;
  for (const double initial : {1e-2, 1.0, 1e2, 1e6}) {
    INFO(initial);
    Line line(quadratic);
    const LineValue zero = quadratic(0.0);
    const LineSearchResult found = line_searches::armijo()->search(line, zero, initial);
    REQUIRE(found.status == LineSearchStatus::success);
    CHECK(quadratic(found.step).value <= zero.value + 1e-4 * found.step * zero.slope);
    CHECK(found.step >= std::min(initial, 0.1 * 6.0 * (1.0 - 1e-4)));
  }
}

TEST_CASE("the exact search finds the minimizer of a quadratic and a local one of wilder functions") {
  for (const double initial : {1e-4, 1.0, 1e4}) {
    Line line(cases()[3].phi);
    const LineSearchResult found = line_searches::exact()->search(line, cases()[3].phi(0.0), initial);
    REQUIRE(found.status == LineSearchStatus::success);
    CHECK(found.step == Approx(3.0).epsilon(1e-7));
  }
  // -a/(a^2 + 2) has its only minimizer at sqrt 2.
  Line line(cases()[0].phi);
  CHECK(line_searches::exact()->search(line, cases()[0].phi(0.0), 10.0).step == Approx(std::sqrt(2.0)).epsilon(1e-7));
}

TEST_CASE("values outside the domain shorten the step instead of breaking the search") {
  // A logarithmic barrier: finite below 2, NaN beyond; the minimizer 1 lies inside.
  const Line::Function phi = [](double a) -> LineValue {
    if (a >= 2.0) return {NAN, NAN};
    return {-2.0 * a - 2.0 * std::log(2.0 - a), -2.0 + 2.0 / (2.0 - a)};
  };
  for (const double initial : {0.01, 1.9, 2.0, 1e3}) {
    for (const auto& search :
         {line_searches::armijo(), line_searches::strong_wolfe({.curvature = 0.1}), line_searches::exact()}) {
      INFO(search->text() << " from " << initial);
      Line line(phi);
      const LineSearchResult found = search->search(line, phi(0.0), initial);
      REQUIRE(found.status == LineSearchStatus::success);
      CHECK(found.step < 2.0);
      CHECK(phi(found.step).value < phi(0.0).value);
    }
  }
}

TEST_CASE("no search claims success where there is nothing to gain") {
  const Line::Function rising = [](double a) -> LineValue { return {a, 1.0}; };
  // The slope lies: it says down, the values go up. No step may be called successful.
  const Line::Function lying = [](double a) -> LineValue { return {a, -1.0}; };
  for (const auto& search : {line_searches::armijo(), line_searches::strong_wolfe(), line_searches::exact()}) {
    INFO(search->text());
    Line line(rising);
    CHECK(search->search(line, rising(0.0), 1.0).status == LineSearchStatus::not_descent);
    Line second(lying);
    const LineSearchResult found = search->search(second, lying(0.0), 1.0);
    CHECK(found.status == LineSearchStatus::no_convergence);
    CHECK(found.step == 0.0);
  }
}

TEST_CASE("line searches read back from text, and wrong options are refused") {
  CHECK(line_searches::parse("strong-wolfe(curvature=0.1)")->text() == "strong-wolfe(decrease=1e-04, curvature=0.1)");
  CHECK(line_searches::parse("armijo")->text() == "armijo(decrease=1e-04)");
  CHECK_THROWS_AS(line_searches::parse("wolfe"), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::parse("armijo(curvature=0.1)"), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::strong_wolfe({.decrease = 0.5, .curvature = 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::armijo({.decrease = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::exact({.relative_tolerance = -1.0}), std::invalid_argument);
}
