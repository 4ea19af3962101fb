// Points whose kind is known, judged with exact and with differenced Hessian-vector products.
#include "support/catch.hpp"

#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/functional.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace perigee;

namespace {

using Value = std::function<double(ConstVectorView)>;
using Gradient = std::function<void(ConstVectorView, VectorView)>;
using Product = std::function<void(ConstVectorView, ConstVectorView, VectorView)>;

// The same function twice: with its own Hessian-vector product, and with differences of gradients.
struct Function {
  Index dimension;
  Value value;
  Gradient gradient;
  Product product;
};

std::vector<std::pair<std::string, std::unique_ptr<Objective>>> both(const Function& f) {
  std::vector<std::pair<std::string, std::unique_ptr<Objective>>> result;
  auto exact = functional(f.dimension, f.value, f.gradient, f.product);
  auto differenced = functional(f.dimension, f.value, f.gradient);
  result.emplace_back("exact products", std::make_unique<decltype(exact)>(exact));
  result.emplace_back("differences", std::make_unique<decltype(differenced)>(differenced));
  return result;
}

PointJudgement judge(const Objective& objective, std::vector<double> x, std::uint64_t seed = 1) {
  return judge_point(objective, ConstVectorView(x), RandomSource(seed));
}

// x^2 - y^2 + (x^4 + y^4)/4: strict saddle at 0 with eigenvalues 2 and -2, minima at (0, +-sqrt 2).
const Function capped_saddle{
    2, [](ConstVectorView x) { return x[0] * x[0] - x[1] * x[1] + 0.25 * (std::pow(x[0], 4) + std::pow(x[1], 4)); },
    [](ConstVectorView x, VectorView g) {
      g[0] = 2.0 * x[0] + std::pow(x[0], 3);
      g[1] = -2.0 * x[1] + std::pow(x[1], 3);
    },
    [](ConstVectorView x, ConstVectorView v, VectorView p) {
      p[0] = (2.0 + 3.0 * x[0] * x[0]) * v[0];
      p[1] = (-2.0 + 3.0 * x[1] * x[1]) * v[1];
    }};

// x^3 - 3 x y^2 + (x^2 + y^2)^2: H = 0 at 0, and f falls along three rays.
const Function monkey_saddle{2,
                             [](ConstVectorView x) {
                               const double r = x[0] * x[0] + x[1] * x[1];
                               return std::pow(x[0], 3) - 3.0 * x[0] * x[1] * x[1] + r * r;
                             },
                             [](ConstVectorView x, VectorView g) {
                               const double r = x[0] * x[0] + x[1] * x[1];
                               g[0] = 3.0 * x[0] * x[0] - 3.0 * x[1] * x[1] + 4.0 * r * x[0];
                               g[1] = -6.0 * x[0] * x[1] + 4.0 * r * x[1];
                             },
                             [](ConstVectorView x, ConstVectorView v, VectorView p) {
                               const double r = x[0] * x[0] + x[1] * x[1];
                               const double s = 8.0 * (x[0] * v[0] + x[1] * v[1]);
                               p[0] = 6.0 * x[0] * v[0] - 6.0 * x[1] * v[1] + 4.0 * r * v[0] + s * x[0];
                               p[1] = -6.0 * x[1] * v[0] - 6.0 * x[0] * v[1] + 4.0 * r * v[1] + s * x[1];
                             }};

// sum_i c_i x_i^p_i: eigenvalues 2 c_i where p_i = 2, and 0 where p_i is larger.
Function separable(std::vector<double> c, std::vector<int> p) {
  const Index n = static_cast<Index>(c.size());
  const auto at = [](const auto& values, Index i) { return values[static_cast<std::size_t>(i)]; };
  return {n,
          [=](ConstVectorView x) {
            double sum = 0.0;
            for (Index i = 0; i < n; ++i) sum += at(c, i) * std::pow(x[i], at(p, i));
            return sum;
          },
          [=](ConstVectorView x, VectorView g) {
            for (Index i = 0; i < n; ++i) g[i] = at(c, i) * at(p, i) * std::pow(x[i], at(p, i) - 1);
          },
          [=](ConstVectorView x, ConstVectorView v, VectorView product) {
            for (Index i = 0; i < n; ++i) {
              product[i] = at(c, i) * at(p, i) * (at(p, i) - 1) * std::pow(x[i], at(p, i) - 2) * v[i];
            }
          }};
}

// f(x + a v) really is lower by what was reported: the witness does not depend on any curvature.
void require_witness(const Objective& objective, const std::vector<double>& x, const PointJudgement& judgement) {
  REQUIRE(judgement.descent_step != 0.0);
  REQUIRE(judgement.descent_direction.size() == objective.dimension());
  CHECK(judgement.descent_direction.view().norm() == Approx(1.0));
  std::vector<double> moved = x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    moved[i] += judgement.descent_step * judgement.descent_direction[static_cast<Index>(i)];
  }
  CHECK(judgement.descent_decrease > 0.0);
  CHECK(objective.value(x) - objective.value(moved) == Approx(judgement.descent_decrease));
}

}  // namespace

TEST_CASE("the capped saddle's origin is a strict saddle, proven") {
  for (const auto& [name, objective] : both(capped_saddle)) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, {0.0, 0.0});
    CHECK(judgement.point_class == PointClass::strict_saddle);
    CHECK(judgement.certainty == Certainty::proven);
    CHECK(judgement.spectrum.verdict == CurvatureVerdict::negative);
    CHECK(std::abs(judgement.spectrum.lambda_min + 2.0) <=
          judgement.spectrum.lambda_min_residual + judgement.spectrum.error);
    CHECK(judgement.spectrum.lambda_min == Approx(-2.0).margin(1e-6));
    CHECK(judgement.spectrum.lambda_max == Approx(2.0).margin(1e-6));
    CHECK(judgement.spectrum.lower_bound <= -2.0 + 1e-12);
    CHECK(judgement.spectrum.lower_bound >= -2.0 - 1e-6);
    CHECK(judgement.spectrum.negative_ritz_values == 1);
    CHECK(std::abs(judgement.descent_direction[1]) == Approx(1.0));
    require_witness(*objective, {0.0, 0.0}, judgement);
  }
}

TEST_CASE("the capped saddle's minima are minima, and points between are not stationary") {
  for (const auto& [name, objective] : both(capped_saddle)) {
    INFO(name);
    // f'' = 2 and -2 + 3 * 2 = 4.
    const PointJudgement minimum = judge(*objective, {0.0, std::sqrt(2.0)});
    CHECK(minimum.point_class == PointClass::minimum);
    CHECK(minimum.certainty == (name == "exact products" ? Certainty::proven : Certainty::likely));
    CHECK(minimum.spectrum.lambda_min == Approx(2.0).margin(1e-6));
    CHECK(minimum.spectrum.lambda_max == Approx(4.0).margin(1e-6));
    CHECK(minimum.spectrum.lower_bound > 1.999);
    CHECK(minimum.descent_step == 0.0);
    const PointJudgement between = judge(*objective, {0.0, 0.5});
    CHECK(between.point_class == PointClass::not_stationary);
    CHECK(between.certainty == Certainty::proven);
    CHECK(between.gradient_norm == Approx(0.875));
    CHECK(std::isnan(between.spectrum.lambda_min));
    CHECK(between.spectrum.products == 0);
  }
}

TEST_CASE("the monkey saddle's origin is a degenerate saddle, never a minimum") {
  for (const auto& [name, objective] : both(monkey_saddle)) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      INFO(name << ", seed " << seed);
      const PointJudgement judgement = judge(*objective, {0.0, 0.0}, seed);
      REQUIRE(judgement.point_class == PointClass::degenerate);
      REQUIRE(judgement.degeneracy == Degeneracy::saddle);
      REQUIRE(judgement.certainty == Certainty::likely);
      require_witness(*objective, {0.0, 0.0}, judgement);
      // Along the angle phi, f = r^3 cos(3 phi) + r^4 has its least value -27/256 cos^4(3 phi): a step of use.
      REQUIRE(judgement.descent_decrease > 1e-3);
      REQUIRE(judgement.descent_decrease <= 27.0 / 256.0 + 1e-12);
    }
  }
}

TEST_CASE("flat points: the first order that does not vanish tells, if the value can show it") {
  struct Case {
    std::string name;
    Function function;
    Degeneracy expected;
  };
  const std::vector<Case> cases{
      {"x^4 + y^2 rises", separable({1.0, 1.0}, {4, 2}), Degeneracy::flat_minimum},
      {"x^6 + y^2 rises", separable({1.0, 1.0}, {6, 2}), Degeneracy::flat_minimum},
      {"x^3 + y^2 falls on one side", separable({1.0, 1.0}, {3, 2}), Degeneracy::saddle},
      {"-x^4 + y^2 falls on both", separable({-1.0, 1.0}, {4, 2}), Degeneracy::saddle},
      {"-x^4 - y^4 + z^2: no wrong proof from truncation errors", separable({-1.0, -1.0, 1.0}, {4, 4, 2}),
       Degeneracy::saddle},
      {"-x^4 - y^4 alone, likewise", separable({-1.0, -1.0}, {4, 4}), Degeneracy::saddle},
      {"y^2 does not move along x", separable({0.0, 1.0}, {4, 2}), Degeneracy::undetermined},
      {"one variable, x^4", separable({1.0}, {4}), Degeneracy::flat_minimum},
      {"one variable, x^3", separable({1.0}, {3}), Degeneracy::saddle},
      {"the constant", separable({0.0, 0.0}, {2, 2}), Degeneracy::undetermined},
  };
  for (const Case& c : cases) {
    for (const auto& [name, objective] : both(c.function)) {
      INFO(c.name << ", " << name);
      const std::vector<double> origin(static_cast<std::size_t>(c.function.dimension), 0.0);
      const PointJudgement judgement = judge(*objective, origin);
      CHECK(judgement.point_class == PointClass::degenerate);
      CHECK(name_of(judgement.degeneracy) == name_of(c.expected));
      if (c.expected == Degeneracy::saddle) require_witness(*objective, origin, judgement);
    }
  }
}

TEST_CASE("a decrease that begins far away does not make a flat point a saddle") {
  // x^4 (0.3 - x) + y^2 rises near 0 and falls beyond x = 0.3.
  const Function f{2, [](ConstVectorView x) { return std::pow(x[0], 4) * (0.3 - x[0]) + x[1] * x[1]; },
                   [](ConstVectorView x, VectorView g) {
                     g[0] = 1.2 * std::pow(x[0], 3) - 5.0 * std::pow(x[0], 4);
                     g[1] = 2.0 * x[1];
                   },
                   [](ConstVectorView x, ConstVectorView v, VectorView p) {
                     p[0] = (3.6 * x[0] * x[0] - 20.0 * std::pow(x[0], 3)) * v[0];
                     p[1] = 2.0 * v[1];
                   }};
  for (const auto& [name, objective] : both(f)) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, {0.0, 0.0});
    CHECK(judgement.point_class == PointClass::degenerate);
    CHECK(judgement.degeneracy == Degeneracy::flat_minimum);
    CHECK(judgement.descent_step == 0.0);
  }
}

// f = 1 - exp(-x^2/2) + h exp(-(x - 20)^2/2) + y^2: a well at 0 with a level around it, and a wall of height h at 20.
Function well_beyond_a_wall(double h) {
  return {2,
          [h](ConstVectorView x) {
            return 1.0 - std::exp(-0.5 * x[0] * x[0]) + h * std::exp(-0.5 * std::pow(x[0] - 20.0, 2)) + x[1] * x[1];
          },
          [h](ConstVectorView x, VectorView g) {
            g[0] = x[0] * std::exp(-0.5 * x[0] * x[0]) - h * (x[0] - 20.0) * std::exp(-0.5 * std::pow(x[0] - 20.0, 2));
            g[1] = 2.0 * x[1];
          },
          [h](ConstVectorView x, ConstVectorView v, VectorView p) {
            const double u = x[0] - 20.0;
            p[0] = ((1.0 - x[0] * x[0]) * std::exp(-0.5 * x[0] * x[0]) + h * (u * u - 1.0) * std::exp(-0.5 * u * u)) *
                   v[0];
            p[1] = 2.0 * v[1];
          }};
}

TEST_CASE("a level that leads down is a plateau, unless a wall stands in between") {
  // At x = 40 every term in x is below 1e-80: f is 1, its gradient and curvature along x are 0 to rounding.
  for (const auto& [name, objective] : both(well_beyond_a_wall(0.0))) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, {40.0, 0.0});
    CHECK(judgement.point_class == PointClass::degenerate);
    CHECK(name_of(judgement.degeneracy) == "plateau");
    require_witness(*objective, {40.0, 0.0}, judgement);
    // 1 - f = exp(-x^2/2) is 1e-6 at |x| = 5.26, and the halved steps end within a fiftieth of the bottom's distance.
    CHECK(judgement.flat_distance < 40.0 - 5.2);
    CHECK(judgement.flat_distance > 40.0 - 5.3 - 41.0 / 32.0);
    CHECK(std::abs(40.0 - std::abs(judgement.descent_step)) < 0.1);
    CHECK(judgement.descent_decrease > 0.99);
  }
  for (const auto& [name, objective] : both(well_beyond_a_wall(0.1))) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, {40.0, 0.0});
    CHECK(name_of(judgement.degeneracy) == "undetermined");
    CHECK(judgement.descent_step == 0.0);
  }
  // Not level at all: the gradient, 0, is not that of the value.
  const auto wrong = functional(
      2, [](ConstVectorView x) { return -x[0]; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  CHECK(name_of(judge(wrong, {40.0, 0.0}).degeneracy) == "undetermined");
}

TEST_CASE("maxima: proven where the basis spans the space, likely where a Krylov space was exhausted") {
  for (const auto& [name, objective] : both(separable({-1.0, -2.0}, {2, 2}))) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, {0.0, 0.0});
    CHECK(judgement.point_class == PointClass::local_maximum);
    CHECK(judgement.certainty == Certainty::proven);
    CHECK(judgement.spectrum.negative_ritz_values == 2);
    CHECK(name_of(judgement.point_class) == "maximum");
    require_witness(*objective, {0.0, 0.0}, judgement);
  }
  const auto large = both(separable(std::vector<double>(100, -1.0), std::vector<int>(100, 2)));
  const PointJudgement judgement = judge(*large[0].second, std::vector<double>(100, 0.0));
  CHECK(judgement.point_class == PointClass::local_maximum);
  CHECK(judgement.certainty == Certainty::likely);
  // A zero eigenvalue beside negative ones: a way down, but no strict maximum.
  for (const auto& [name, objective] : both(separable({-1.0, -1.0}, {2, 4}))) {
    INFO(name);
    CHECK(judge(*objective, {0.0, 0.0}).point_class == PointClass::strict_saddle);
  }
}

TEST_CASE("one variable") {
  for (const auto& [name, objective] : both(separable({2.0}, {2}))) {
    CHECK(judge(*objective, {0.0}).point_class == PointClass::minimum);
    CHECK(judge(*objective, {1.0}).point_class == PointClass::not_stationary);
  }
  for (const auto& [name, objective] : both(separable({-2.0}, {2}))) {
    CHECK(judge(*objective, {0.0}).point_class == PointClass::local_maximum);
  }
}

TEST_CASE("a kink is not curvature") {
  // |x| + y^2 with the subgradient 0 at the kink: differences of gradients are 1/h.
  const auto kink = functional(
      2, [](ConstVectorView x) { return std::abs(x[0]) + x[1] * x[1]; },
      [](ConstVectorView x, VectorView g) {
        g[0] = x[0] > 0.0 ? 1.0 : x[0] < 0.0 ? -1.0 : 0.0;
        g[1] = 2.0 * x[1];
      });
  const PointJudgement judgement = judge(kink, {0.0, 0.0});
  CHECK_FALSE(judgement.smooth);
  CHECK(judgement.point_class == PointClass::undetermined);
  CHECK(judgement.certainty == Certainty::suspected);
  // Negative at the kink: still no proof of anything.
  const auto roof = functional(
      1, [](ConstVectorView x) { return -std::abs(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] > 0.0   ? -1.0
                                                   : x[0] < 0.0 ? 1.0
                                                                : 0.0; });
  CHECK_FALSE(judge(roof, {0.0}).smooth);
  CHECK(judge(roof, {0.0}).point_class == PointClass::undetermined);
}

TEST_CASE("a Hessian-vector product that is not of this function is noticed") {
  const auto wrong_sign = functional(
      2, [](ConstVectorView x) { return 0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = x; },
      [](ConstVectorView, ConstVectorView v, VectorView p) { p = -v; });
  const PointJudgement judgement = judge(wrong_sign, {0.0, 0.0});
  CHECK_FALSE(judgement.smooth);
  CHECK(judgement.point_class == PointClass::undetermined);
  // Off by 0.1%: the difference enters the bounds, and products are no longer taken as exact.
  const auto slightly_off = functional(
      2, [](ConstVectorView x) { return 0.5 * x.squaredNorm(); }, [](ConstVectorView x, VectorView g) { g = x; },
      [](ConstVectorView, ConstVectorView v, VectorView p) { p = 1.001 * v; });
  const PointJudgement cautious = judge(slightly_off, {0.0, 0.0});
  CHECK(cautious.point_class == PointClass::minimum);
  CHECK(cautious.certainty == Certainty::likely);
  CHECK(cautious.product_error == Approx(2e-3).epsilon(0.01));
  CHECK(cautious.spectrum.lower_bound <= 1.0);
}

TEST_CASE("large third and fourth derivatives do not fool differences into a proof") {
  // Along x the quartic is so strong that differences with h = 6e-6 see curvature 12 c h^2/3 instead of 0: for
  // c = -1e9 that is -0.14, as large as the curvature of y.
  for (const double c : {-1e9, -1e6, -1e3}) {
    const Function f = separable({c, 0.1}, {4, 2});
    const auto objectives = both(f);
    const PointJudgement judgement = judge(*objectives[1].second, {0.0, 0.0});
    INFO("c = " << c << ", lambda_min " << judgement.spectrum.lambda_min << ", error " << judgement.spectrum.error);
    CHECK(judgement.point_class != PointClass::strict_saddle);
    CHECK(judgement.point_class != PointClass::minimum);
    CHECK(judgement.point_class != PointClass::local_maximum);
  }
}

TEST_CASE("one negative eigenvalue among a thousand") {
  std::vector<double> c(1000);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = 0.5 * (1.0 + static_cast<double>(i % 100) / 10.0);
  c[617] = -0.25;
  for (const auto& [name, objective] : both(separable(c, std::vector<int>(1000, 2)))) {
    INFO(name);
    const std::vector<double> origin(1000, 0.0);
    const PointJudgement judgement = judge(*objective, origin);
    CHECK(judgement.point_class == PointClass::strict_saddle);
    CHECK(judgement.certainty == Certainty::proven);
    CHECK(judgement.spectrum.lambda_min == Approx(-0.5).margin(2e-5));
    CHECK(std::abs(judgement.descent_direction[617]) > 0.999);
    CHECK(judgement.spectrum.products <= 200 + 5);
    require_witness(*objective, origin, judgement);
  }
  c[617] = 0.25;  // and none
  for (const auto& [name, objective] : both(separable(c, std::vector<int>(1000, 2)))) {
    INFO(name);
    const PointJudgement judgement = judge(*objective, std::vector<double>(1000, 0.0));
    CHECK(judgement.point_class == PointClass::minimum);
    CHECK(judgement.certainty == Certainty::likely);
    CHECK(judgement.spectrum.lower_bound <= 0.5);
  }
}

TEST_CASE("a curvature that is negative by next to nothing does not end the search: the valley is degenerate") {
  // 40 variables, curvatures 1, ..., 12, zeros and -2e-8, at a point whose gradient is larger than what -2e-8 explains.
  std::vector<double> c(40, 0.0);
  for (std::size_t i = 0; i < 12; ++i) c[i] = 0.5 * static_cast<double>(i + 1);
  c[20] = -1e-8;
  std::vector<double> x(40, 0.0);
  x[0] = 1e-7;
  const auto objectives = both(separable(c, std::vector<int>(40, 2)));
  const PointJudgement judgement = judge(*objectives[0].second, x);
  CHECK(judgement.point_class == PointClass::degenerate);
  CHECK(judgement.spectrum.lower_bound >= -1e-3 * 12.0);
  CHECK(judgement.spectrum.lambda_min <= 1e-12);
}

TEST_CASE("ill-conditioned minima are minima, not degenerate") {
  // Curvatures 1 and 1e-8: far below eps_H = 1e-3, but the bound decides.
  const auto objectives = both(separable({0.5, 0.5e-8}, {2, 2}));
  const PointJudgement judgement = judge(*objectives[0].second, {0.0, 0.0});
  CHECK(judgement.point_class == PointClass::minimum);
  CHECK(judgement.spectrum.lower_bound == Approx(1e-8).epsilon(1e-3));
}

TEST_CASE("every call is counted") {
  struct Counts {
    int gradients = 0;
    int values = 0;
    int products = 0;
  } counts;
  const auto objective = functional(
      50,
      [&](ConstVectorView x) {
        ++counts.values;
        return 0.5 * x.squaredNorm() - x[0] * x[0];
      },
      [&](ConstVectorView x, VectorView g) {
        ++counts.gradients;
        g = x;
        g[0] = -x[0];
      },
      [&](ConstVectorView, ConstVectorView v, VectorView p) {
        ++counts.products;
        p = v;
        p[0] = -v[0];
      });
  const PointJudgement judgement = judge(objective, std::vector<double>(50, 0.0));
  CHECK(judgement.point_class == PointClass::strict_saddle);
  // One gradient at x and two for each differenced product; functional() evaluates the value with each gradient.
  CHECK((counts.gradients - 1) % 2 == 0);
  CHECK(judgement.spectrum.products == counts.products + (counts.gradients - 1) / 2);
  CHECK(counts.values - counts.gradients <= 30);
}

TEST_CASE("values that are not finite leave the point undetermined") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto broken = functional(
      1, [nan](ConstVectorView) { return nan; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  CHECK(judge(broken, {0.0}).point_class == PointClass::undetermined);
  // Finite at the point only.
  const auto island = functional(
      1, [](ConstVectorView x) { return x[0]; },
      [nan](ConstVectorView x, VectorView g) { g[0] = x[0] == 0.0 ? 0.0 : nan; });
  const PointJudgement judgement = judge(island, {0.0});
  CHECK(judgement.point_class == PointClass::undetermined);
  CHECK(std::isnan(judgement.product_error));
}

TEST_CASE("bad arguments are refused") {
  const auto objectives = both(capped_saddle);
  const auto message = [&](const std::vector<double>& x, const PointOptions& options) -> std::string {
    try {
      judge_point(*objectives[0].second, x, RandomSource(1), options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({0.0}, {}) == "judge_point: x has the objective's length 2, got 1");
  CHECK(message({0.0, 0.0}, {.gradient_tolerance = -1.0}) == "judge_point: gradient_tolerance >= 0, got -1");
  CHECK(message({0.0, 0.0}, {.spectrum = {.max_products = 0}}) == "analyze_spectrum: max_products >= 1, got 0");
}

TEST_CASE("beside a valley of minimizers no minimum is proven: the small curvature is the distance's") {
  // (x y - 1)^2/2: minimizers are the hyperbola x y = 1, with one zero eigenvalue each. At (1 + d, 1 + d) the curvature
  // along the valley is 1 - (1 + d)^2, about -2 d, and the gradient 2 sqrt(2) |d|: the stationary point that this
  // curvature promises would be more than 1 away.
  const auto valley = functional(
      2, [](ConstVectorView x) { return 0.5 * (x[0] * x[1] - 1.0) * (x[0] * x[1] - 1.0); },
      [](ConstVectorView x, VectorView g) {
        const double residual = x[0] * x[1] - 1.0;
        g[0] = residual * x[1];
        g[1] = residual * x[0];
      },
      [](ConstVectorView x, ConstVectorView v, VectorView product) {
        const double residual = x[0] * x[1] - 1.0;
        const double along = v[0] * x[1] + v[1] * x[0];
        product[0] = along * x[1] + residual * v[1];
        product[1] = along * x[0] + residual * v[0];
      });
  for (const double d : {1e-7, -1e-7, 1e-8}) {
    const PointJudgement judgement = judge_point(valley, {1.0 + d, 1.0 + d}, RandomSource(1));
    INFO(d << ": " << name_of(judgement.point_class));
    CHECK(judgement.certainty != Certainty::proven);
    CHECK(judgement.point_class != PointClass::minimum);
  }
}
