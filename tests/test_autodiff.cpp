// Autodiff: dual numbers, jets of them, and objectives made of one functor.
#include "support/catch.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/random.hpp>

#include <Eigen/Core>
#include <cmath>
#include <functional>
#include <vector>

using namespace perigee;

namespace {

struct DualFunction {
  const char* name;
  std::function<Dual(Dual)> dual;
  std::function<double(double)> derivative;  // in closed form, or by another identity than the code's
  double least, greatest;
};

// Mixes the ways of writing constants: T(1.0), 2.0 * x, x * 2.0, 3.0 - x, pow with constants on both sides.
struct EveryOperator {
  template <class T>
  T operator()(const T* x) const {
    using std::abs, std::atan2, std::cos, std::exp, std::fmax, std::hypot, std::log, std::pow, std::sin, std::sqrt,
        std::tanh;
    T sum = T(1.0) + 2.0 * x[0] + x[1] * 2.0 - 0.5 / (x[2] + 3.0) + (3.0 - x[0]) / 2.0;
    sum += 1.5;
    sum *= 0.5;
    sum -= x[1] - 1.0;
    if (x[0] > 0.0 && 0.0 < x[0]) sum += exp(-x[0] * x[1]);
    sum += sin(x[0]) * cos(x[1]) + log(x[2] + 4.0) + sqrt(x[2] * x[2] + 1.0) + tanh(x[1]);
    sum += pow(x[0], 3.0) + pow(x[2] + 5.0, 1.5) + pow(2.0, x[1]) + pow(x[2] + 5.0, x[1]);
    sum += abs(x[1] - 10.0) + atan2(x[0], x[2] + 6.0) + hypot(x[0], x[1] + 7.0) + fmax(x[0], -100.0);
    return sum;
  }
};

// f = sum_i exp(x_i) x_{i+1} + x'x of any length: gradient and Hessian known in closed form.
struct Chain {
  explicit Chain(Index n) : dimension(n) {}
  template <class T>
  T operator()(const T* x) const {
    using std::exp;
    T sum(0.0);
    for (Index i = 0; i < dimension; ++i) {
      sum += x[i] * x[i];
      if (i + 1 < dimension) sum += exp(x[i]) * x[i + 1];
    }
    return sum;
  }
  Index dimension;
};

struct Constant {
  template <class T>
  T operator()(const T*) const {
    return T(3.0);
  }
};

}  // namespace

TEST_CASE("functions of dual numbers carry the derivatives of the tables") {
  const std::vector<DualFunction> functions{
      {"exp", [](Dual x) { return exp(x); }, [](double x) { return std::exp(x); }, -3, 3},
      {"exp2", [](Dual x) { return exp2(x); }, [](double x) { return std::log(2.0) * std::pow(2.0, x); }, -3, 3},
      {"expm1", [](Dual x) { return expm1(x); }, [](double x) { return std::exp(x); }, -3, 3},
      {"log", [](Dual x) { return log(x); }, [](double x) { return 1.0 / x; }, 0.1, 5},
      {"log2", [](Dual x) { return log2(x); }, [](double x) { return 1.0 / (x * std::log(2.0)); }, 0.1, 5},
      {"log10", [](Dual x) { return log10(x); }, [](double x) { return 1.0 / (x * std::log(10.0)); }, 0.1, 5},
      {"log1p", [](Dual x) { return log1p(x); }, [](double x) { return 1.0 / (1.0 + x); }, -0.9, 5},
      {"sqrt", [](Dual x) { return sqrt(x); }, [](double x) { return 0.5 * std::pow(x, -0.5); }, 0.1, 5},
      {"cbrt", [](Dual x) { return cbrt(x); }, [](double x) { return std::pow(x, -2.0 / 3.0) / 3.0; }, 0.1, 5},
      {"sin", [](Dual x) { return sin(x); }, [](double x) { return std::sin(x + std::acos(0.0)); }, -3, 3},
      {"cos", [](Dual x) { return cos(x); }, [](double x) { return std::cos(x + std::acos(0.0)); }, -3, 3},
      {"tan", [](Dual x) { return tan(x); }, [](double x) { return 1.0 / (std::cos(x) * std::cos(x)); }, -1, 1},
      {"asin", [](Dual x) { return asin(x); }, [](double x) { return 1.0 / std::cos(std::asin(x)); }, -0.9, 0.9},
      {"acos", [](Dual x) { return acos(x); }, [](double x) { return -1.0 / std::sin(std::acos(x)); }, -0.9, 0.9},
      {"atan", [](Dual x) { return atan(x); }, [](double x) { return 1.0 / (1.0 + x * x); }, -3, 3},
      {"sinh", [](Dual x) { return sinh(x); }, [](double x) { return 0.5 * (std::exp(x) + std::exp(-x)); }, -3, 3},
      {"cosh", [](Dual x) { return cosh(x); }, [](double x) { return 0.5 * (std::exp(x) - std::exp(-x)); }, -3, 3},
      {"tanh", [](Dual x) { return tanh(x); }, [](double x) { return 2.0 / (1.0 + std::cosh(2.0 * x)); }, -30, 30},
      {"erf", [](Dual x) { return erf(x); },
       [](double x) { return 2.0 / std::sqrt(std::acos(-1.0)) * std::exp(-x * x); }, -3, 3},
      {"erfc", [](Dual x) { return erfc(x); },
       [](double x) { return -2.0 / std::sqrt(std::acos(-1.0)) * std::exp(-x * x); }, -3, 3},
      {"abs", [](Dual x) { return abs(x); }, [](double x) { return x > 0.0 ? 1.0 : -1.0; }, -3, 3},
      {"pow(x, 2.5)", [](Dual x) { return pow(x, 2.5); }, [](double x) { return 2.5 * x * std::sqrt(x); }, 0.1, 3},
      {"pow(2, x)", [](Dual x) { return pow(2.0, x); }, [](double x) { return std::log(2.0) * std::exp2(x); }, -3, 3},
      {"x/(1+x^2)", [](Dual x) { return x / (1.0 + x * x); },
       [](double x) { return (1.0 - x * x) / ((1.0 + x * x) * (1.0 + x * x)); }, -3, 3},
      {"atan2(x, 2)", [](Dual x) { return atan2(x, 2.0); }, [](double x) { return 2.0 / (4.0 + x * x); }, -3, 3},
      {"hypot(x, 2)", [](Dual x) { return hypot(x, 2.0); }, [](double x) { return x / std::sqrt(x * x + 4.0); }, -3, 3},
  };
  RandomEngine engine = RandomSource(1).engine("points");
  for (const DualFunction& function : functions) {
    for (int i = 0; i < 20; ++i) {
      const double x = function.least + (function.greatest - function.least) * uniform_unit(engine);
      const double expected = function.derivative(x);
      INFO(function.name << " at " << x);
      CHECK(function.dual(Dual(x, 1.0)).derivative == Approx(expected).epsilon(1e-12).margin(1e-14));
      CHECK(function.dual(Dual(x, -3.0)).derivative == Approx(-3.0 * expected).epsilon(1e-12).margin(1e-14));
    }
  }
}

TEST_CASE("powers with constant exponents are differentiable wherever the power is") {
  CHECK(pow(Dual(0.0, 1.0), Dual(2.0)).derivative == 0.0);
  CHECK(pow(Dual(0.0, 1.0), Dual(1.0)).derivative == 1.0);
  CHECK(pow(Dual(0.0, 1.0), Dual(0.0)).derivative == 0.0);
  CHECK(pow(Dual(-2.0, 1.0), Dual(3.0)).derivative == 12.0);
}

TEST_CASE("a functor may mix plain numbers, and its product is the derivative of its gradient") {
  const auto objective = autodiff<EveryOperator>(3);
  CHECK(objective.has_exact_hessian_vector_product());
  RandomEngine engine = RandomSource(2).engine("points");
  for (int trial = 0; trial < 20; ++trial) {
    Vector x(3), v(3), gradient(3), product(3), by_differences(3);
    for (Index i = 0; i < 3; ++i) x[i] = 0.2 + uniform_unit(engine);
    fill_standard_normal(engine, v);
    // Bit for bit: value() and value_and_gradient() run the same code.
    CHECK(objective.value_and_gradient(x, gradient) == objective.value(x));
    for (Index i = 0; i < 3; ++i) {
      const double h = 6e-6;
      Vector forward = x, backward = x;
      forward[i] += h;
      backward[i] -= h;
      const double quotient = (objective.value(forward) - objective.value(backward)) / (2.0 * h);
      CHECK(gradient[i] == Approx(quotient).epsilon(1e-7).margin(1e-7));  // truncation h^2 f''' and rounding 1e-16/h
    }
    objective.hessian_vector_product(x, v, product);
    objective.Objective::hessian_vector_product(x, v, by_differences);
    CHECK((product.view() - by_differences.view()).norm() <= 1e-7 * (1.0 + product.view().norm()));
  }
}

TEST_CASE("any dimension: gradient and product equal the closed form, chunk by chunk") {
  for (const Index n : {1, 2, 7, 8, 9, 16, 37}) {
    const auto objective = autodiff<Chain>(n);
    const auto same = autodiff(Chain(n), n);
    RandomEngine engine = RandomSource(3).engine("points", static_cast<std::uint64_t>(n));
    Vector x(n), v(n), gradient(n), product(n);
    fill_standard_normal(engine, x);
    fill_standard_normal(engine, v);
    Eigen::MatrixXd hessian = 2.0 * Eigen::MatrixXd::Identity(n, n);
    Eigen::VectorXd expected = 2.0 * x.view();
    for (Index i = 0; i + 1 < n; ++i) {
      expected[i] += std::exp(x[i]) * x[i + 1];
      expected[i + 1] += std::exp(x[i]);
      hessian(i, i) += std::exp(x[i]) * x[i + 1];
      hessian(i, i + 1) = hessian(i + 1, i) = std::exp(x[i]);
    }
    CHECK(objective.dimension() == n);
    CHECK(same.value(x) == objective.value(x));
    objective.value_and_gradient(x, gradient);
    objective.hessian_vector_product(x, v, product);
    INFO("n = " << n);
    CHECK((gradient.view() - expected).norm() <= 1e-13 * expected.norm());
    CHECK((product.view() - hessian * v.view()).norm() <= 1e-13 * hessian.norm() * v.view().norm());
  }
}

TEST_CASE("constants, no variables and negative dimensions") {
  Vector x{1.0, 2.0}, gradient{7.0, 7.0};
  CHECK(autodiff<Constant>(2).value_and_gradient(x, gradient) == 3.0);
  CHECK(gradient == Vector{0.0, 0.0});
  CHECK(autodiff<Constant>(0).value(Vector()) == 3.0);
  REQUIRE_THROWS_WITH(autodiff<Constant>(-1), "autodiff: dimension must be >= 0, got -1");
}
