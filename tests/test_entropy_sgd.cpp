#include "support/catch.hpp"
#include "support/sampling.hpp"
#include "support/solver_contract.hpp"

#include <perigee/diagnostics/flatness.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/entropy_sgd.hpp>
#include <perigee/solvers/registry.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

constexpr double narrow_width = 0.15;
constexpr double wide_width = 0.8;

// Two Gaussian valleys of depth 1 in a bowl that is 0 at both bottoms: narrow at 1, wide at -1. The tail of the wide
// one makes the narrow one deeper, by 0.044.
double two_valleys(double x) {
  return 0.05 * std::pow(x * x - 1.0, 2) - std::exp(-0.5 * std::pow((x - 1.0) / narrow_width, 2)) -
         std::exp(-0.5 * std::pow((x + 1.0) / wide_width, 2));
}

double two_valleys_derivative(double x) {
  return 0.2 * x * (x * x - 1.0) +
         (x - 1.0) / (narrow_width * narrow_width) * std::exp(-0.5 * std::pow((x - 1.0) / narrow_width, 2)) +
         (x + 1.0) / (wide_width * wide_width) * std::exp(-0.5 * std::pow((x + 1.0) / wide_width, 2));
}

auto valleys() {
  return functional(
      1, [](ConstVectorView x) { return two_valleys(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = two_valleys_derivative(x[0]); });
}

// -T ln E exp(-(f(x + z) - f(x))/T), z ~ N(0, T/gamma), by the trapezoidal rule over 8 standard deviations.
double local_entropy_by_quadrature(double x, double scope, double temperature) {
  const double deviation = std::sqrt(temperature / scope);
  double sum = 0.0;
  double mass = 0.0;
  for (int i = -4000; i <= 4000; ++i) {
    const double z = 0.002 * i;
    const double weight = std::exp(-0.5 * z * z);
    mass += weight;
    sum += weight * std::exp(-(two_valleys(x + deviation * z) - two_valleys(x)) / temperature);
  }
  return -temperature * std::log(sum / mass);
}

// Where 400 runs from the narrow valley end.
struct Ends {
  int wide = 0;
  int narrow = 0;
  double mean_rise = 0.0;  // of the local entropy, over the ends
};

constexpr int runs = 400;

Ends ends_of(const Solver& solver, Index iterations) {
  const auto objective = valleys();
  Ends ends;
  for (int i = 0; i < runs; ++i) {
    const double start = 0.9 + 0.2 * i / (runs - 1.0);
    const double x = run(objective, solver, {start},
                         {.stop = max_iterations(iterations), .random = RandomSource(3, static_cast<std::uint64_t>(i))})
                         .x[0];
    ends.wide += std::abs(x + 1.0) < 0.5 * wide_width ? 1 : 0;
    ends.narrow += std::abs(x - 1.0) < 0.5 * narrow_width ? 1 : 0;
    ends.mean_rise += local_entropy_by_quadrature(x, 10.0, 0.5) / runs;
  }
  return ends;
}

}  // namespace

TEST_CASE("Entropy-SGD keeps the promises of every solver") {
  const EntropySgd paper({.learning_rate = 0.3, .inner_rate = 0.05, .inner_iterations = 5, .noise = 0.1, .scope = 1.0});
  const EntropySgd code({.learning_rate = 0.7,
                         .inner_rate = 0.05,
                         .inner_iterations = 5,
                         .averaging = 0.25,
                         .noise = 0.1,
                         .scope = 0.5,
                         .form = EntropyForm::published_code});
  const EntropySgd quiet({.learning_rate = 0.3, .inner_rate = 0.05, .inner_iterations = 1, .noise = 0.0, .scope = 1.0});
  for (const EntropySgd& solver : {paper, code, quiet}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
  }
  check_deterministic(quiet);
  const RunResult result = run(capped_saddle(), paper, {1.0, 0.01}, {.stop = max_iterations(7)});
  CHECK(result.counts == OracleCounts{.gradients = 1 + 7 * 5});
}

TEST_CASE("without noise a quadratic contracts by the closed form, in both forms and with scoping") {
  const double lambda = 3.0;
  const double inner = 0.1;
  const double eta = 0.4;
  for (const EntropyForm form : {EntropyForm::paper, EntropyForm::published_code}) {
    for (const double alpha : {0.25, 0.75, 1.0}) {
      const EntropySgd solver({.learning_rate = eta,
                               .inner_rate = inner,
                               .inner_iterations = 7,
                               .averaging = alpha,
                               .noise = 0.0,
                               .scope = 0.5,
                               .scope_growth = 0.2,
                               .form = form});
      const Witness witness = watch(diagonal_quadratic({lambda}), solver, {2.0}, 8);
      double x = 2.0;
      for (std::size_t k = 0; k < 8; ++k) {
        const double scope = 0.5 * std::pow(1.2, static_cast<double>(k));
        const double a = scope / (lambda + scope);
        const double b = 1.0 - alpha;
        const double q = 1.0 - inner * (lambda + scope);
        const double mean = a + (1.0 - a) * (std::pow(b, 7) + alpha * q * (std::pow(q, 7) - std::pow(b, 7)) / (q - b));
        x *= 1.0 - eta * (form == EntropyForm::paper ? scope : 1.0) * (1.0 - mean);
        CHECK(witness.points[k + 1][0] == Approx(x).epsilon(1e-12));
        CHECK(std::isnan(witness.records[k + 1].step_size));
      }
    }
  }
}

TEST_CASE("the inner loop is Langevin dynamics at temperature e^2/2 (paper) and e^2 (published code)") {
  // From x = 0 on a quadratic, with mu = y_L and the whole way to it: Var x_1 = s^2 (1 - q^{2L})/(1 - q^2).
  const double lambda = 2.0;
  const double scope = 0.5;
  const double inner = 0.1;
  const double q = 1.0 - inner * (lambda + scope);
  for (const EntropyForm form : {EntropyForm::paper, EntropyForm::published_code}) {
    const bool is_paper = form == EntropyForm::paper;
    const EntropySgd solver({.learning_rate = is_paper ? 1.0 / scope : 1.0,
                             .inner_rate = inner,
                             .inner_iterations = 6,
                             .averaging = 1.0,
                             .noise = 0.3,
                             .scope = scope,
                             .form = form});
    std::vector<double> squares;
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
      const double x =
          run(diagonal_quadratic({lambda}), solver, {0.0}, {.stop = max_iterations(1), .random = RandomSource(seed)})
              .x[0];
      squares.push_back(x * x);
    }
    const double variance = 0.09 * inner * (is_paper ? 1.0 : 2.0);
    check_mean(estimate_of(squares), variance * (1.0 - std::pow(q, 12)) / (1.0 - q * q), 0.015);
  }
}

TEST_CASE("the outer step is a step down the local entropy: exactly that of the inner chain, and nearly its gradient") {
  // Double well f = (y^2 - 1)^2/4 at x = 1.6, gamma = 1, T = 0.3. The law of y_j is propagated by midpoints, which
  // gives E mu_L exactly; as eta' goes to 0 and L to infinity, gamma (x - E mu_L) goes to F'(x), here by quadrature.
  const double x = 1.6;
  const double scope = 1.0;
  const double temperature = 0.3;
  const double inner = 0.02;
  const double alpha = 0.01;
  const Index loops = 1000;
  const auto value = [](double y) { return 0.25 * std::pow(y * y - 1.0, 2); };
  const auto slope = [](double y) { return y * (y * y - 1.0); };
  const Index cells = 160;
  const double h = 7.0 / static_cast<double>(cells);
  const double variance = 2.0 * inner * temperature;
  const auto node = [&](Index i) { return -3.5 + (static_cast<double>(i) + 0.5) * h; };
  const auto row_from = [&](double y) {
    Eigen::VectorXd row(cells);
    const double mean = y - inner * (slope(y) + scope * (y - x));
    for (Index j = 0; j < cells; ++j) row[j] = h * std::exp(-0.5 * std::pow(node(j) - mean, 2) / variance);
    return Eigen::VectorXd(row / std::sqrt(2.0 * 3.141592653589793 * variance));
  };
  Eigen::MatrixXd transition(cells, cells);
  Eigen::VectorXd nodes(cells);
  for (Index i = 0; i < cells; ++i) {
    transition.col(i) = row_from(node(i));
    nodes[i] = node(i);
  }
  Eigen::VectorXd law = row_from(x);
  double exact = x;
  for (Index j = 1; j <= loops; ++j) {
    exact += alpha * (law.dot(nodes) - exact);
    law = transition * law;
  }
  CHECK(law.sum() == Approx(1.0).epsilon(1e-6));
  const EntropySgd solver({.learning_rate = 1.0 / scope,
                           .inner_rate = inner,
                           .inner_iterations = loops,
                           .averaging = alpha,
                           .noise = std::sqrt(2.0 * temperature),
                           .scope = scope});
  const auto objective = functional(
      1, [&](ConstVectorView y) { return value(y[0]); }, [&](ConstVectorView y, VectorView g) { g[0] = slope(y[0]); });
  std::vector<double> steps;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    steps.push_back(x - run(objective, solver, {x}, {.stop = max_iterations(1), .random = RandomSource(7, seed)}).x[0]);
  }
  check_mean(estimate_of(steps), x - exact, 0.015);
  const auto local_entropy_at = [&](double center) {
    double sum = 0.0;
    for (double y = -5.0; y < 5.0; y += 1e-3) {
      sum += 1e-3 * std::exp(-(value(y) + 0.5 * scope * std::pow(y - center, 2)) / temperature);
    }
    return -temperature * std::log(sum);
  };
  const double gradient = (local_entropy_at(x + 1e-4) - local_entropy_at(x - 1e-4)) / 2e-4;
  CHECK(scope * (x - exact) == Approx(gradient).epsilon(0.02));  // the bias of eta'
}

TEST_CASE("every inner gradient sees the next batch, and the shown one is the first of its loop") {
  std::vector<Index> seen;
  const auto sum = functional_sum(1, 10, [&](Index i, ConstVectorView x, VectorView g) {
    seen.push_back(i);
    g[0] += x[0] - 0.1 * static_cast<double>(i);
    return 0.5 * x[0] * x[0] - 0.1 * static_cast<double>(i) * x[0];
  });
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    const Minibatch batch{.size = 3, .sampling = sampling};
    const EntropySgd solver({.learning_rate = 1.0,
                             .inner_iterations = 4,
                             .scope = 0.5,
                             .batch = batch,
                             .form = EntropyForm::published_code});
    seen.clear();
    const Witness witness = watch(sum, solver, {1.0}, 5, RandomSource(6));
    const std::vector<Index> by_solver = seen;
    MinibatchSampler sampler(10, batch, RandomSource(6));
    std::vector<Index> expected;
    for (Index draw = 0; draw <= 5 * 4; ++draw) {
      const auto terms = sampler.batch(draw);
      expected.insert(expected.end(), terms.begin(), terms.end());
      if (draw % 4 == 0) CHECK(witness.records[static_cast<std::size_t>(draw / 4)].batch_size == terms.size());
    }
    CHECK(by_solver == expected);
    CHECK(std::isnan(witness.records[3].curvature));
  }
}

TEST_CASE("from a narrow valley Entropy-SGD ends in the wide one of no greater depth; stochastic gradients do not") {
  // 5000 gradients each. A true share of 0.88 falls below 0.8 in 400 runs with probability 3e-6 (binomial).
  const double growth = 0.05;
  const EntropySgd entropy({.learning_rate = schedules::exponential(5.0, std::log1p(growth)),
                            .inner_rate = 0.02,
                            .inner_iterations = 50,
                            .averaging = 0.05,
                            .noise = 1.0,
                            .scope = 0.1,
                            .scope_growth = growth});
  const Ends by_entropy = ends_of(entropy, 100);
  INFO("wide " << by_entropy.wide << ", narrow " << by_entropy.narrow << ", rise " << by_entropy.mean_rise);
  CHECK(by_entropy.wide > 0.8 * runs);
  // Cold noise, T = eta r^2/2 = 0.00125, must climb a barrier of more than 600 T: nobody leaves.
  const Ends by_cold =
      ends_of(StochasticGradientDescent({.learning_rate = 0.01, .noise = {NoiseLaw::gaussian, 0.5}}), 5000);
  INFO("cold: wide " << by_cold.wide << ", narrow " << by_cold.narrow << ", rise " << by_cold.mean_rise);
  CHECK(by_cold.wide == 0);
  CHECK(by_cold.narrow == runs);
  // As hot as the inner loop, T = 1/2, the iterate crosses as easily but does not settle: the Gibbs density, by
  // quadrature, has 0.39 of its mass in the core of the wide valley. 6 standard deviations of the binomial: 2e-9.
  double core = 0.0;
  double all = 0.0;
  for (double x = -6.0; x < 6.0; x += 1e-4) {
    const double density = std::exp(-two_valleys(x) / 0.5);
    all += density;
    if (std::abs(x + 1.0) < 0.5 * wide_width) core += density;
  }
  const Ends by_hot = ends_of(
      StochasticGradientDescent({.learning_rate = 0.02, .noise = {NoiseLaw::gaussian, std::sqrt(1.0 / 0.02)}}), 5000);
  INFO("hot: wide " << by_hot.wide << ", narrow " << by_hot.narrow << ", Gibbs " << core / all);
  CHECK(by_hot.wide == Approx(runs * core / all).margin(6.0 * std::sqrt(runs * 0.25)));
  CHECK(by_hot.wide < 0.5 * runs);
  // Where Entropy-SGD ends the surroundings are flatter.
  CHECK(by_entropy.mean_rise < 0.3 * by_cold.mean_rise);
}

TEST_CASE("the sampled local entropy of the two valleys is that of quadrature") {
  // 5 standard errors each: false alarm 6e-7.
  for (const double x : {1.0, -1.0}) {
    const LocalEntropy sampled =
        local_entropy(valleys(), {x}, RandomSource(5), {.scope = 10.0, .temperature = 0.5, .samples = 40000});
    CHECK(sampled.standard_error < 0.005);
    CHECK(std::abs(sampled.rise - local_entropy_by_quadrature(x, 10.0, 0.5)) < 5.0 * sampled.standard_error);
  }
  CHECK(local_entropy_by_quadrature(-1.0, 10.0, 0.5) < 0.5 * local_entropy_by_quadrature(1.0, 10.0, 0.5));
}

TEST_CASE("a scope that outgrows the inner rate diverges and ends as non-finite") {
  // eta' (lambda + gamma) > 2 from iteration 53 on: the inner loop amplifies.
  const EntropySgd solver({.learning_rate = 1.0,
                           .inner_rate = 0.1,
                           .inner_iterations = 20,
                           .scope = 0.1,
                           .scope_growth = 0.1,
                           .form = EntropyForm::published_code});
  const RunResult result = run(diagonal_quadratic({1.0}), solver, {1.0}, {.stop = max_iterations(10000)});
  CHECK(result.end.id == "non-finite");
  CHECK(result.iterations > 49);
  CHECK(std::isfinite(result.value));
}

TEST_CASE("Entropy-SGD refuses wrong options") {
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .inner_rate = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .inner_iterations = 0}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .averaging = 1.1}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .noise = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .scope = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .scope_growth = NAN}), std::invalid_argument);
  CHECK_THROWS_AS(EntropySgd({.learning_rate = 1.0, .batch = {.size = -1}}), std::invalid_argument);
  CHECK_THROWS_AS(run(capped_saddle(), EntropySgd({.learning_rate = 1.0, .batch = {.size = 1}}), {1.0, 1.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(entropy_form_of("code"), std::invalid_argument);
}

TEST_CASE("by name Entropy-SGD shows all of its settings and descends with its defaults") {
  const solvers::Entry entry = solvers::entropy_sgd();
  const Problem octopus = problems::make("octopus");
  const std::vector<std::pair<std::string, std::string>> settings{
      {"learning_rate", "0.25"}, {"inner_rate", "0.125"}, {"inner_iterations", "10"},
      {"averaging", "0.5"},      {"noise", "0.0625"},     {"scope", "0.75"},
      {"scope_growth", "0.5"},   {"batch_size", "8"},     {"sampling", "with-replacement"},
      {"form", "published-code"}};
  CHECK(entry.make(Parameters(entry.name, entry.parameters, settings), octopus)->settings() == settings);
  const Problem rosenbrock = problems::make("rosenbrock");
  for (const char* form : {"paper", "published-code"}) {
    const auto made = entry.make(Parameters(entry.name, entry.parameters, {{"form", form}}), rosenbrock);
    CHECK(made->name() == entry.name);
    const Vector& start = rosenbrock.starts[0].x;
    const RunResult result = run(*rosenbrock.objective, *made, start, {.stop = max_iterations(200)});
    CHECK(result.value < 0.5 * rosenbrock.objective->value(start));
  }
}
