#include "support/catch.hpp"
#include "support/sampling.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/registry.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

using Options = StochasticGradientDescentOptions;

// N numbers of mean 0 and variance 1 exactly: draws of N(0, 1), shifted and scaled.
std::vector<double> normal_scores(std::size_t count) {
  std::vector<double> scores(count);
  RandomEngine engine(17);
  fill_standard_normal(engine, scores);
  const double mean = estimate_of(scores).mean;
  double squares = 0.0;
  for (double& score : scores) {
    score -= mean;
    squares += score * score;
  }
  for (double& score : scores) score /= std::sqrt(squares / static_cast<double>(count));
  return scores;
}

// f_i(x) = lambda x^2/2 + sigma c_i x: mean lambda x^2/2, gradients of variance sigma^2 around it.
auto scattered_parabola(double lambda, double sigma, std::vector<double> scores) {
  const auto terms = static_cast<Index>(scores.size());
  return functional_sum(1, terms, [=, scores = std::move(scores)](Index i, ConstVectorView x, VectorView g) {
    const double tilt = sigma * scores[static_cast<std::size_t>(i)];
    g[0] += lambda * x[0] + tilt;
    return 0.5 * lambda * x[0] * x[0] + tilt * x[0];
  });
}

// Two variables and 10 terms whose mean is the capped saddle plus a constant slope.
auto scattered_saddle() {
  return functional_sum(2, 10, [](Index i, ConstVectorView x, VectorView g) {
    const double tilt = 0.1 * (static_cast<double>(i) - 4.0);
    g[0] += 2.0 * x[0] + std::pow(x[0], 3);
    g[1] += -2.0 * x[1] + std::pow(x[1], 3) + tilt;
    return x[0] * x[0] - x[1] * x[1] + 0.25 * (std::pow(x[0], 4) + std::pow(x[1], 4)) + tilt * x[1];
  });
}

}  // namespace

TEST_CASE("stochastic gradient descent keeps the promises of every solver") {
  const StochasticGradientDescent plain({.learning_rate = 0.05});
  const StochasticGradientDescent momentum({.learning_rate = 0.02, .momentum = 0.7});
  const StochasticGradientDescent gaussian({.learning_rate = 0.05, .noise = {NoiseLaw::gaussian, 0.1}});
  const StochasticGradientDescent sphere(
      {.learning_rate = schedules::robbins_monro(0.5, 10.0), .momentum = 0.3, .noise = {NoiseLaw::sphere, 0.1}});
  const StochasticGradientDescent ball({.learning_rate = 0.05, .noise = {NoiseLaw::ball, 0.1}});
  for (const StochasticGradientDescent& solver : {plain, momentum, gaussian, sphere, ball}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_one_gradient_a_step(solver);
  }
  check_deterministic(plain);
  check_deterministic(momentum);
}

TEST_CASE("the seed matters with noise and with batches, and the run of an ensemble too") {
  const auto sum = scattered_saddle();
  const StochasticGradientDescent noisy({.learning_rate = 0.05, .noise = {NoiseLaw::sphere, 0.1}});
  const StochasticGradientDescent batches({.learning_rate = 0.05, .batch = {.size = 2}});
  for (const StochasticGradientDescent& solver : {noisy, batches}) {
    const auto x_for = [&](const RandomSource& random) {
      return run(sum, solver, {1.0, 0.01}, {.stop = max_iterations(20), .random = random}).x;
    };
    CHECK(x_for(RandomSource(1)) == x_for(RandomSource(1)));
    CHECK(x_for(RandomSource(1)) != x_for(RandomSource(2)));
    CHECK(x_for(RandomSource(1)) != x_for(RandomSource(1, 1)));
  }
}

TEST_CASE("what is shown of a minibatch run is the batch's value and gradient at the iterate, and says so") {
  const auto sum = scattered_saddle();
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    const Minibatch batch{.size = 3, .sampling = sampling};
    const StochasticGradientDescent solver({.learning_rate = 0.05, .momentum = 0.5, .batch = batch});
    const Witness witness = watch(sum, solver, {1.0, 0.01}, 50, RandomSource(6));
    MinibatchSampler sampler(10, batch, RandomSource(6));
    for (std::size_t k = 0; k <= 50; ++k) {
      const StepRecord& record = witness.records[k];
      const std::span<const Index> terms = sampler.batch(static_cast<Index>(k));
      Vector gradient(2);
      CHECK(record.value == sum.batch_value_and_gradient(terms, witness.points[k], gradient));
      CHECK(witness.gradients[k] == gradient);
      CHECK(record.gradient_norm == Approx(gradient.view().norm()));
      CHECK(record.batch_size == terms.size());
      CHECK(record.counts == OracleCounts{.gradients = k + 1});
      CHECK(std::isnan(record.curvature));  // two batches: no curvature between them
      if (k == 0) continue;
      // The step is the one of the formula.
      Eigen::VectorXd expected = witness.points[k - 1].view() - 0.05 * witness.gradients[k - 1].view();
      if (k > 1) expected += 0.5 * (witness.points[k - 1].view() - witness.points[k - 2].view());
      CHECK((witness.points[k].view() - expected).norm() < 1e-15);
      CHECK(record.step_norm == Approx((witness.points[k].view() - witness.points[k - 1].view()).norm()));
      CHECK(record.step_size == 0.05);
    }
  }
}

TEST_CASE("a minibatch run resumes bit for bit, inside an epoch and at its edges") {
  const auto sum = scattered_saddle();
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    const StochasticGradientDescent solver({.learning_rate = 0.05,
                                            .momentum = 0.5,
                                            .batch = {.size = 3, .sampling = sampling},
                                            .noise = {NoiseLaw::ball, 0.1}});
    const Witness whole = watch(sum, solver, {1.0, 0.01}, 40, RandomSource(6));
    for (const Index cut : {0, 1, 3, 4, 5, 22}) {  // an epoch has 4 batches
      Oracle oracle(sum);
      const auto stepper = solver.start(oracle, {1.0, 0.01}, RandomSource(6));
      const StepRecord first = stepper->record();
      for (Index k = 0; k < cut; ++k) REQUIRE(stepper->step() == StepStatus::advanced);
      const std::vector<std::uint8_t> state = save_run(first, *stepper);
      Witness rest;
      run(sum, solver, {1.0, 0.01},
          {.stop = max_iterations(40), .random = RandomSource(6), .observers = {&rest}, .state = state});
      REQUIRE(rest.records.size() == static_cast<std::size_t>(40 - cut));
      for (std::size_t i = 0; i < rest.records.size(); ++i) {
        const std::size_t k = static_cast<std::size_t>(cut) + 1 + i;
        CHECK(same_record(rest.records[i], whole.records[k]));
        CHECK(rest.records[i].batch_size == whole.records[k].batch_size);
        CHECK(rest.points[i] == whole.points[k]);
      }
    }
  }
}

TEST_CASE("a batch whose gradient vanishes is no success") {
  // Every term but one is flat; the only minimizer is at 1.
  const auto needle = functional_sum(1, 10, [](Index i, ConstVectorView x, VectorView g) {
    if (i != 0) return 0.0;
    g[0] += x[0] - 1.0;
    return 0.5 * (x[0] - 1.0) * (x[0] - 1.0);
  });
  const StochasticGradientDescent solver({.learning_rate = 0.1, .batch = {.size = 1}});
  const RunResult result = run(needle, solver, {5.0}, {.stop = gradient_tolerance(1e-3) | max_iterations(30)});
  CHECK(result.end.end_class == EndClass::budget);
}

TEST_CASE("a term that is not finite ends the run at the last finite iterate") {
  const auto sum = functional_sum(1, 4, [](Index i, ConstVectorView x, VectorView g) {
    g[0] += 1.0;
    return i == 3 && x[0] < 0.5 ? NAN : x[0];
  });
  Witness witness;
  const RunResult result = run(sum, StochasticGradientDescent({.learning_rate = 0.1, .batch = {.size = 1}}), {1.0},
                               {.observers = {&witness}});
  CHECK(result.end.id == "non-finite");
  CHECK(std::isfinite(result.value));
  CHECK(result.x == witness.points.back());
  CHECK(result.x[0] < 0.75);
}

TEST_CASE("without noise it is gradient descent, with momentum the heavy ball, to the last bit") {
  const auto saddle = capped_saddle();
  const auto x_of = [&](const Solver& solver) { return watch(saddle, solver, {1.0, 0.01}, 60).points; };
  CHECK(x_of(StochasticGradientDescent({.learning_rate = 0.05})) == x_of(GradientDescent({.learning_rate = 0.05})));
  CHECK(x_of(StochasticGradientDescent({.learning_rate = 0.05, .momentum = 0.8})) ==
        x_of(HeavyBall({.learning_rate = 0.05, .momentum = 0.8})));
}

TEST_CASE("noise ball: a constant rate ends with the exact variance, which falls like 1/batch") {
  // x' = (1 - eta lambda) x - eta xi, Var xi = sigma^2/b: Var x = eta sigma^2/(b lambda (2 - eta lambda)).
  const double lambda = 2.0;
  const double sigma = 3.0;
  const auto sum = scattered_parabola(lambda, sigma, normal_scores(50));
  for (const double eta : {0.05, 0.3, 0.7}) {
    for (const Index size : {1, 4, 16}) {
      const StochasticGradientDescent solver(
          {.learning_rate = eta, .batch = {.size = size, .sampling = Sampling::with_replacement}});
      INFO("eta " << eta << ", batch " << size);
      const double expected = eta * sigma * sigma / (static_cast<double>(size) * lambda * (2.0 - eta * lambda));
      check_mean(estimate_of_chain(squares_along(sum, solver, {0.0}, 0, 1000, 200000, 1)), expected, 0.012);
    }
  }
}

TEST_CASE("with momentum the ball is that of the second-order recursion") {
  // x'' = (1 + beta - h) x' - beta x - eta xi, h = eta lambda:
  // Var x = eta^2 sigma^2 (1 + beta)/((1 - beta) h (2 (1 + beta) - h)) (Box and Jenkins 1970, section 3.2.4).
  const auto sum = scattered_parabola(2.0, 3.0, normal_scores(50));
  const double eta = 0.1;
  for (const double beta : {0.5, 0.9}) {
    const StochasticGradientDescent solver(
        {.learning_rate = eta, .momentum = beta, .batch = {.size = 4, .sampling = Sampling::with_replacement}});
    const double h = eta * 2.0;
    const double expected = eta * eta * 9.0 / 4.0 * (1.0 + beta) / ((1.0 - beta) * h * (2.0 * (1.0 + beta) - h));
    check_mean(estimate_of_chain(squares_along(sum, solver, {0.0}, 0, 1000, 300000, 2)), expected, 0.02);
  }
}

TEST_CASE("without replacement the iterate at the ends of epochs has the variance of a random permutation") {
  // x after an epoch is q^N x - eta sum_i w_i g_{pi(i)}, w_i = q^{N-1-i}, with sum_i g_i = 0, so
  // Var sum = sigma^2 N/(N - 1) (sum w^2 - (sum w)^2/N), independent of the epochs before.
  const double eta = 0.05;
  const double q = 1.0 - eta;
  const auto sum = scattered_parabola(1.0, 1.0, normal_scores(10));
  double weights = 0.0;
  double squares = 0.0;
  for (int i = 0; i < 10; ++i) {
    weights += std::pow(q, i);
    squares += std::pow(q, 2 * i);
  }
  const double expected = eta * eta * 10.0 / 9.0 * (squares - weights * weights / 10.0) / (1.0 - std::pow(q, 20));
  const std::vector<double> along = squares_along(
      sum, StochasticGradientDescent({.learning_rate = eta, .batch = {.size = 1}}), {0.0}, 0, 1000, 1000000, 3);
  std::vector<double> at_ends;
  for (std::size_t k = 9; k < along.size(); k += 10) at_ends.push_back(along[k]);
  check_mean(estimate_of_chain(at_ends), expected, 0.01);
  CHECK(expected < 0.05 * eta / (2.0 - eta));  // far inside the ball of independent draws
}

TEST_CASE("Robbins-Monro: with eta_k = 1/(k + 1) the mean square error is sigma^2/k exactly") {
  // On x^2/2 the iterate x_k is then the mean of k independent draws, whatever x_0 is.
  const auto sum = scattered_parabola(1.0, 2.0, normal_scores(50));
  const StochasticGradientDescent solver({.learning_rate = schedules::robbins_monro(1.0, 1.0),
                                          .batch = {.size = 1, .sampling = Sampling::with_replacement}});
  std::vector<std::vector<double>> squares(3);
  const std::vector<Index> marks{10, 100, 1000};
  for (std::uint64_t run_index = 0; run_index < 4000; ++run_index) {
    Oracle oracle(sum);
    const auto stepper = solver.start(oracle, {100.0}, RandomSource(4, run_index));
    for (std::size_t mark = 0; mark < marks.size(); ++mark) {
      while (stepper->record().iteration < marks[mark]) stepper->step();
      const double x = stepper->current().x()[0];
      squares[mark].push_back(x * x);
    }
  }
  for (std::size_t mark = 0; mark < marks.size(); ++mark) {
    check_mean(estimate_of(squares[mark]), 4.0 / static_cast<double>(marks[mark]), 0.03);
  }
}

TEST_CASE("the noise has the law, the size and the isotropy that it promises") {
  // On a flat function with eta = 1 a step is the noise alone.
  const Index d = 5;
  const double r = 0.7;
  const auto flat = functional(
      d, [](ConstVectorView) { return 0.0; }, [](ConstVectorView, VectorView g) { g.setZero(); });
  for (const NoiseLaw law : {NoiseLaw::gaussian, NoiseLaw::sphere, NoiseLaw::ball}) {
    const Witness witness = watch(flat, StochasticGradientDescent({.learning_rate = 1.0, .noise = {law, r}}), Vector(d),
                                  20000, RandomSource(5));
    std::vector<double> squared;
    std::vector<double> first;
    std::vector<double> product;
    std::vector<double> ball_share;  // (||xi||/r)^d, uniform in (0, 1) for the ball
    for (std::size_t k = 1; k < witness.points.size(); ++k) {
      const Eigen::VectorXd xi = witness.points[k - 1].view() - witness.points[k].view();
      squared.push_back(xi.squaredNorm());
      first.push_back(xi[0] * xi[0]);
      product.push_back(xi[0] * xi[1]);
      ball_share.push_back(std::pow(xi.norm() / r, d));
      if (law == NoiseLaw::sphere) CHECK(xi.norm() == Approx(r).epsilon(1e-10));
      if (law == NoiseLaw::ball) CHECK(xi.norm() <= r * (1.0 + 1e-10));
      CHECK(witness.records[k].kind == StepKind::step);
    }
    INFO(name_of(law));
    const double mean_square = law == NoiseLaw::ball ? r * r * 5.0 / 7.0 : r * r;
    if (law != NoiseLaw::sphere) check_mean(estimate_of(squared), mean_square, 0.01);
    check_mean(estimate_of(first), mean_square / 5.0, 0.02);
    const Estimate off = estimate_of(product);
    CHECK(std::abs(off.mean) < 5.0 * off.standard_error);
    if (law == NoiseLaw::ball) check_mean(estimate_of(ball_share), 0.5, 0.01);
  }
}

TEST_CASE("from an exact saddle the noise is amplified along negative curvature, as computed") {
  // y' = (1 + h) y - eta xi_y from 0, h = eta gamma: E y_k^2 = eta^2 r^2/d ((1 + h)^{2k} - 1)/((1 + h)^2 - 1).
  const auto saddle = diagonal_quadratic({1.0, -1.0, 2.0});
  const double eta = 0.1;
  const double r = 0.01;
  for (const NoiseLaw law : {NoiseLaw::gaussian, NoiseLaw::sphere}) {
    const StochasticGradientDescent solver({.learning_rate = eta, .noise = {law, r}});
    std::vector<double> squares;
    for (std::uint64_t run_index = 0; run_index < 10000; ++run_index) {
      Oracle oracle(saddle);
      const auto stepper = solver.start(oracle, {0.0, 0.0, 0.0}, RandomSource(8, run_index));
      for (int k = 0; k < 40; ++k) stepper->step();
      const double y = stepper->current().x()[1];
      squares.push_back(y * y);
    }
    const double growth = 1.1 * 1.1;
    check_mean(estimate_of(squares), eta * eta * r * r / 3.0 * (std::pow(growth, 40) - 1.0) / (growth - 1.0), 0.02);
  }
  // And on the capped saddle it arrives at a minimum, where gradient descent stays for ever. From its typical size y
  // needs about 80 steps to grow by 1.1 each to 1; only a start below 1e-13 of that would take more than 400.
  const StochasticGradientDescent noisy({.learning_rate = 0.05, .noise = {NoiseLaw::sphere, 0.01}});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CHECK(run(capped_saddle(), noisy, {0.0, 0.0}, {.stop = max_iterations(800), .random = RandomSource(seed)}).value <
          -0.999);
  }
}

TEST_CASE("batch and learning rate may grow together: the time to cross a barrier stays the same") {
  // A double well with normal gradient noise of variance 10: temperature eta 10/(2b). Each run is compared with the
  // exact mean passage of its chain, and the passages with each other in units of t = eta k.
  const std::vector<double> scores = normal_scores(2000);
  const auto sum = functional_sum(1, 2000, [&](Index i, ConstVectorView x, VectorView g) {
    const double tilt = std::sqrt(10.0) * scores[static_cast<std::size_t>(i)];
    const double well = x[0] * x[0] - 1.0;
    g[0] += x[0] * well + tilt;
    return 0.25 * well * well + tilt * x[0];
  });
  const auto time = [&](double eta, Index size) {
    const StochasticGradientDescent solver(
        {.learning_rate = eta, .batch = {.size = size, .sampling = Sampling::with_replacement}});
    const Estimate steps = estimate_of(passages(sum, solver, -1.0, 1.0, 1500));
    const double temperature = eta * 10.0 / (2.0 * static_cast<double>(size));
    const auto derivative = [](double x) { return x * (x * x - 1.0); };
    INFO("eta " << eta << ", batch " << size);
    check_mean(steps, mean_passage_steps(derivative, eta, temperature, -1.0, 1.0, -2.8, 500), 0.03);
    return eta * steps.mean;
  };
  const double base = time(0.02, 1);
  CHECK(time(0.04, 2) == Approx(base).epsilon(0.15));
  CHECK(time(0.08, 4) == Approx(base).epsilon(0.15));
  CHECK(time(0.04, 1) < 0.5 * base);  // the rate alone: twice the temperature
}

TEST_CASE("stochastic gradient descent refuses wrong options") {
  using Solver = StochasticGradientDescent;
  for (const double momentum : {-0.1, 1.0, std::nan("")}) {
    CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .momentum = momentum}), std::invalid_argument);
  }
  for (const double scale : {-1.0, static_cast<double>(INFINITY), std::nan("")}) {
    CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .noise = {NoiseLaw::ball, scale}}), std::invalid_argument);
  }
  CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .batch = {.size = -1}}), std::invalid_argument);
  CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .batch = {.size = Index{1} << 32}}), std::invalid_argument);
  // Batches of what is no sum, and more terms than there are.
  CHECK_THROWS_AS(run(capped_saddle(), Solver({.learning_rate = 0.1, .batch = {.size = 1}}), {1.0, 1.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(run(scattered_saddle(), Solver({.learning_rate = 0.1, .batch = {.size = 11}}), {1.0, 1.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(noise_law_of("cauchy"), std::invalid_argument);
}

TEST_CASE("by name stochastic gradient descent shows all of its settings") {
  const solvers::Entry entry = solvers::stochastic_gradient_descent();
  const Problem octopus = problems::make("octopus");
  const auto made = entry.make(Parameters(entry.name, entry.parameters,
                                          {{"learning_rate", "0.25"},
                                           {"momentum", "0.5"},
                                           {"batch_size", "8"},
                                           {"sampling", "with-replacement"},
                                           {"noise", "sphere"},
                                           {"noise_scale", "0.125"}}),
                               octopus);
  CHECK(made->name() == entry.name);
  CHECK(made->settings() == std::vector<std::pair<std::string, std::string>>{{"learning_rate", "0.25"},
                                                                             {"momentum", "0.5"},
                                                                             {"batch_size", "8"},
                                                                             {"sampling", "with-replacement"},
                                                                             {"noise", "sphere"},
                                                                             {"noise_scale", "0.125"}});
  const auto by_default = entry.make(Parameters(entry.name, entry.parameters, {}), octopus);
  CHECK(run(*octopus.objective, *by_default, octopus.starts[0].x, {.stop = max_iterations(5)}).iterations == 5);
  CHECK_THROWS_AS(Parameters(entry.name, entry.parameters, {{"batch_size", "-1"}}), std::invalid_argument);
}
