// The line searches of More and Thuente and of Hager and Zhang, and captured line-search cases.
#include "support/catch.hpp"

#include <perigee/lib/captured_line.hpp>
#include <perigee/lib/line_search.hpp>

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;

namespace {

using Function = std::function<LineValue(double)>;

class Line final : public LineFunction {
 public:
  explicit Line(Function function) : function_(std::move(function)) {}
  LineValue evaluate(double alpha) override {
    ++calls;
    last = alpha;
    return function_(alpha);
  }
  int calls = 0;
  double last = -1.0;

 private:
  Function function_;
};

struct Case {
  std::string name;
  Function phi;
  double decrease;            // mu of the paper's table
  double curvature;           // eta
  double digit;               // unit of the last digit printed there
  std::vector<double> steps;  // the paper's, from initial steps 1e-3, 1e-1, 1e1, 1e3
  std::vector<int> trials;    // the paper's
};

// gamma(b) = sqrt(1 + b^2) - b; phi of Yanai, Ozawa and Kaneko (1981), function (5.4).
Function yanai(double b1, double b2) {
  const auto gamma = [](double b) { return std::sqrt(1.0 + b * b) - b; };
  return [=](double a) -> LineValue {
    const double r1 = std::sqrt((1.0 - a) * (1.0 - a) + b2 * b2);
    const double r2 = std::sqrt(a * a + b1 * b1);
    return {gamma(b1) * r1 + gamma(b2) * r2, -gamma(b1) * (1.0 - a) / r1 + gamma(b2) * a / r2};
  };
}

// Functions (5.1) to (5.4) of More and Thuente (1994), tables I to VI.
std::vector<Case> paper() {
  const Function first = [](double a) -> LineValue {
    const double square = a * a + 2.0;
    return {-a / square, (a * a - 2.0) / (square * square)};
  };
  const Function second = [](double a) -> LineValue {
    const double c = a + 0.004;
    return {std::pow(c, 5) - 2.0 * std::pow(c, 4), 5.0 * std::pow(c, 4) - 8.0 * std::pow(c, 3)};
  };
  const Function third = [](double a) -> LineValue {
    const double b = 0.01;
    const double frequency = 39.0 * 3.141592653589793 / 2.0;
    const double base = a <= 1.0 - b ? 1.0 - a : a >= 1.0 + b ? a - 1.0 : (a - 1.0) * (a - 1.0) / (2.0 * b) + b / 2.0;
    const double slope = a <= 1.0 - b ? -1.0 : a >= 1.0 + b ? 1.0 : (a - 1.0) / b;
    return {base + (1.0 - b) / frequency * std::sin(frequency * a), slope + (1.0 - b) * std::cos(frequency * a)};
  };
  return {
      {"table I", first, 1e-3, 1e-1, 0.1, {1.4, 1.4, 10.0, 37.0}, {6, 3, 1, 4}},
      {"table II", second, 1e-1, 1e-1, 0.1, {1.6, 1.6, 1.6, 1.6}, {12, 8, 8, 11}},
      {"table III", third, 1e-1, 1e-1, 0.1, {1.0, 1.0, 1.0, 1.0}, {12, 12, 10, 13}},
      {"table IV", yanai(1e-3, 1e-3), 1e-3, 1e-3, 0.01, {0.08, 0.10, 0.35, 0.83}, {4, 1, 3, 4}},
      {"table V", yanai(1e-2, 1e-3), 1e-3, 1e-3, 0.001, {0.075, 0.078, 0.073, 0.076}, {6, 3, 7, 8}},
      {"table VI", yanai(1e-3, 1e-2), 1e-3, 1e-3, 0.01, {0.93, 0.93, 0.92, 0.92}, {13, 11, 8, 11}},
  };
}

constexpr double initial_steps[] = {1e-3, 1e-1, 1e1, 1e3};

}  // namespace

TEST_CASE("More-Thuente: the paper's own tables, steps and numbers of trials") {
  for (const Case& each : paper()) {
    for (std::size_t i = 0; i < 4; ++i) {
      INFO(each.name << " from " << initial_steps[i]);
      Line line(each.phi);
      const LineValue zero = each.phi(0.0);
      const LineSearchResult found =
          line_searches::more_thuente({.decrease = each.decrease, .curvature = each.curvature})
              ->search(line, zero, initial_steps[i]);
      REQUIRE(found.status == LineSearchStatus::success);
      CHECK(found.trials == line.calls);
      CHECK(line.last == found.step);
      const LineValue there = each.phi(found.step);
      CHECK(there.value <= zero.value + each.decrease * found.step * zero.slope);
      CHECK(std::abs(there.slope) <= -each.curvature * zero.slope);
      const double digit = each.steps[i] >= 10.0 ? 1.0 : each.digit;
      CHECK(std::abs(found.step - each.steps[i]) <= 0.5 * digit * (1.0 + 1e-9));
      CHECK(found.trials == each.trials[i]);
    }
  }
}

TEST_CASE("Hager-Zhang steps satisfy the Wolfe or the approximate Wolfe conditions") {
  const HagerZhangOptions options{.decrease = 0.1, .curvature = 0.3};
  for (const Case& each : paper()) {
    for (const double initial : initial_steps) {
      INFO(each.name << " from " << initial);
      Line line(each.phi);
      const LineValue zero = each.phi(0.0);
      const LineSearchResult found = line_searches::hager_zhang(options)->search(line, zero, initial);
      REQUIRE(found.status == LineSearchStatus::success);
      CHECK(found.trials == line.calls);
      CHECK(found.trials <= 25);
      const LineValue there = each.phi(found.step);
      const bool wolfe = there.value <= zero.value + options.decrease * found.step * zero.slope;
      const bool approximate = there.value <= zero.value + options.value_error * std::abs(zero.value) &&
                               (2.0 * options.decrease - 1.0) * zero.slope >= there.slope;
      CHECK((wolfe || approximate));
      CHECK(there.slope >= options.curvature * zero.slope);
    }
  }
}

TEST_CASE("on a quadratic the secant step of Hager and Zhang is exact: the minimizer after one bracket") {
  const Function phi = [](double a) -> LineValue { return {(a - 3.0) * (a - 3.0), 2.0 * (a - 3.0)}; };
  // From 4 the first trial closes the bracket and the second is the zero of the secant, whatever the curvature asked.
  Line line(phi);
  const LineSearchResult found =
      line_searches::hager_zhang({.decrease = 1e-4, .curvature = 1e-3})->search(line, phi(0.0), 5.9);
  // The slope at 5.9 satisfies the one-sided Wolfe condition but 5.9 does not decrease enough for delta = 0.1.
  CHECK(found.status == LineSearchStatus::success);
  Line tight(phi);
  const LineSearchResult exact =
      line_searches::hager_zhang({.decrease = 0.1, .curvature = 0.1})->search(tight, phi(0.0), 5.9);
  CHECK(exact.status == LineSearchStatus::success);
  CHECK(exact.step == Approx(3.0).epsilon(1e-14));
  CHECK(exact.trials == 2);
}

TEST_CASE("Hager-Zhang decides by slopes where values carry no digits") {
  // phi = 1 + (a - 1e-9)^2/2 in double precision: every value on the way is 1, and the slopes are right.
  const double minimizer = 1e-9;
  const Function phi = [=](double a) -> LineValue {
    return {1.0 + 0.5 * (a - minimizer) * (a - minimizer), a - minimizer};
  };
  Line line(phi);
  const LineSearchResult found =
      line_searches::hager_zhang({.decrease = 0.1, .curvature = 0.1})->search(line, phi(0.0), 1e-10);
  REQUIRE(found.status == LineSearchStatus::success);
  CHECK(found.step == Approx(minimizer).epsilon(0.1));
}

TEST_CASE("both searches stay inside the domain, and expand to a far minimizer") {
  // A logarithmic barrier: finite below 2, NaN beyond; the minimizer 1 lies inside.
  const Function barrier = [](double a) -> LineValue {
    if (a >= 2.0) return {NAN, NAN};
    return {-2.0 * a - 2.0 * std::log(2.0 - a), -2.0 + 2.0 / (2.0 - a)};
  };
  const Function far = [](double a) -> LineValue { return {(a - 1e6) * (a - 1e6), 2.0 * (a - 1e6)}; };
  for (const auto& search : {line_searches::more_thuente({.curvature = 0.1}),
                             line_searches::hager_zhang({.decrease = 0.05, .curvature = 0.1})}) {
    for (const double initial : {0.01, 1.9, 2.0, 1e3, 1e9}) {
      INFO(search->text() << " from " << initial);
      Line line(barrier);
      const LineSearchResult found = search->search(line, barrier(0.0), initial);
      REQUIRE(found.status == LineSearchStatus::success);
      CHECK(found.step < 2.0);
      CHECK(barrier(found.step).slope >= 0.1 * barrier(0.0).slope);
      CHECK(barrier(found.step).value < barrier(0.0).value);
    }
    Line line(far);
    const LineSearchResult found = search->search(line, far(0.0), 1e-6);
    REQUIRE(found.status == LineSearchStatus::success);
    CHECK(std::abs(far(found.step).slope) <= 0.1 * 2e6 + 1e-6);
  }
}

TEST_CASE("no success without descent, without decrease, or on a line without end") {
  const Function rising = [](double a) -> LineValue { return {a, 1.0}; };
  const Function lying = [](double a) -> LineValue { return {a, -1.0}; };     // the slope says down, values go up
  const Function falling = [](double a) -> LineValue { return {-a, -1.0}; };  // unbounded below
  const Function nowhere = [](double a) -> LineValue { return {a == 0.0 ? 0.0 : NAN, a == 0.0 ? -1.0 : NAN}; };
  for (const auto& search : {line_searches::more_thuente(), line_searches::hager_zhang()}) {
    INFO(search->text());
    Line up(rising);
    CHECK(search->search(up, rising(0.0), 1.0).status == LineSearchStatus::not_descent);
    CHECK(up.calls == 0);
    Line flat(rising);
    CHECK(search->search(flat, {0.0, 0.0}, 1.0).status == LineSearchStatus::not_descent);
    Line liar(lying);
    const LineSearchResult lied = search->search(liar, lying(0.0), 1.0);
    CHECK(lied.status == LineSearchStatus::no_convergence);
    CHECK(lied.step == 0.0);
    CHECK(lied.trials <= 60);
    Line abyss(falling);
    const LineSearchResult fallen = search->search(abyss, falling(0.0), 1.0);
    CHECK(fallen.status == LineSearchStatus::no_convergence);
    CHECK(fallen.step == 1e10);  // max_step: a long step that decreases sufficiently
    Line outside(nowhere);
    const LineSearchResult none = search->search(outside, nowhere(0.0), 1.0);
    CHECK(none.status == LineSearchStatus::no_convergence);
    CHECK(none.step == 0.0);
    CHECK(none.trials == outside.calls);
  }
}

TEST_CASE("both searches read back from text, and wrong options are refused") {
  CHECK(line_searches::parse("more-thuente(curvature=0.1)")->text() == "more-thuente(decrease=1e-04, curvature=0.1)");
  CHECK(line_searches::parse("hager-zhang")->text() == line_searches::hager_zhang()->text());
  for (const auto& search : {line_searches::more_thuente({.decrease = 0.01, .curvature = 0.2}),
                             line_searches::hager_zhang({.decrease = 0.2, .curvature = 0.7, .value_error = 1e-9})}) {
    CHECK(line_searches::parse(search->text())->text() == search->text());
  }
  CHECK_THROWS_AS(line_searches::parse("more-thuente(value_error=1)"), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::more_thuente({.decrease = 0.5, .curvature = 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::more_thuente({.curvature = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::more_thuente({.max_step = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::more_thuente({.relative_width = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::more_thuente({.max_trials = 0}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::hager_zhang({.decrease = 0.5}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::hager_zhang({.decrease = 0.2, .curvature = 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::hager_zhang({.value_error = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(line_searches::hager_zhang({.max_trials = 0}), std::invalid_argument);
}

TEST_CASE("a captured search replays trial by trial, through text, without the function") {
  for (const auto& search :
       {line_searches::armijo(), line_searches::strong_wolfe({.curvature = 0.1}),
        line_searches::more_thuente({.curvature = 0.1}),
        line_searches::hager_zhang({.decrease = 0.05, .curvature = 0.1}), line_searches::exact()}) {
    for (const Case& each : paper()) {
      INFO(search->text() << " on " << each.name);
      Line line(each.phi);
      LineRecorder recorder(line, each.phi(0.0));
      const LineSearchResult found = search->search(recorder, each.phi(0.0), 7.0);
      REQUIRE(recorder.samples().size() == static_cast<std::size_t>(line.calls) + 1);

      ReplayedLine replayed(parse_line_samples(text_of(recorder.samples())));
      CHECK(replayed.at_zero().value == each.phi(0.0).value);
      const LineSearchResult again = search->search(replayed, replayed.at_zero(), 7.0);
      CHECK(again.status == found.status);
      CHECK(again.step == found.step);
      CHECK(again.trials == found.trials);
      CHECK_FALSE(replayed.strayed());
    }
  }
}

TEST_CASE("between samples the replayed line is the cubic through them; beyond them it is unknown") {
  const auto cubic = [](double a) -> LineValue {
    return {a * a * a - 2.0 * a * a - a + 5.0, 3.0 * a * a - 4.0 * a - 1.0};
  };
  ReplayedLine line({{3.0, {NAN, 1.0}}, {0.0, cubic(0.0)}, {2.0, cubic(2.0)}, {0.5, cubic(0.5)}});
  for (const double a : {0.1, 0.4, 0.7, 1.3, 1.99}) {  // a cubic is reproduced exactly, values and slopes
    CHECK(line.evaluate(a).value == Approx(cubic(a).value).epsilon(1e-14));
    CHECK(line.evaluate(a).slope == Approx(cubic(a).slope).epsilon(1e-13));
  }
  CHECK(line.strayed());
  CHECK(std::isnan(line.evaluate(2.5).value));
  CHECK(std::isnan(line.evaluate(3.0).value));
  CHECK(line.evaluate(3.0).slope == 1.0);
  CHECK(std::isnan(line.evaluate(9.0).value));
  CHECK(std::isnan(line.evaluate(-1.0).value));
}

TEST_CASE("a capture that cannot be read is refused with the line that is wrong") {
  CHECK(parse_line_samples("0 1 -1\n\n1e-3 nan inf\n").size() == 2);
  try {
    parse_line_samples("0 1 -1\n0.5 2\n");
    FAIL("a line with two numbers was read");
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).find("line 2") != std::string::npos);
  }
  CHECK_THROWS_AS(parse_line_samples("0 1 x\n"), std::invalid_argument);
  CHECK_THROWS_AS(ReplayedLine(std::vector<LineSample>{}), std::invalid_argument);
  CHECK_THROWS_AS(ReplayedLine(std::vector<LineSample>{{1.0, {1.0, 1.0}}}), std::invalid_argument);
  CHECK_THROWS_AS(ReplayedLine(std::vector<LineSample>{{0.0, {NAN, 1.0}}}), std::invalid_argument);
  CHECK_THROWS_AS(ReplayedLine({{0.0, {1.0, 1.0}}, {-1.0, {1.0, 1.0}}}), std::invalid_argument);
}
