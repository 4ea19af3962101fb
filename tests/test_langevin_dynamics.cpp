#include "support/catch.hpp"
#include "support/sampling.hpp"
#include "support/solver_contract.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/langevin_dynamics.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

double well(double x) { return 0.25 * (x * x - 1.0) * (x * x - 1.0); }
double well_derivative(double x) { return x * (x * x - 1.0); }

// (x^2 - 1)^2/4: minima at +-1, a barrier of height 1/4 at 0.
auto double_well() {
  return functional(
      1, [](ConstVectorView x) { return well(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = well_derivative(x[0]); });
}

const LangevinDynamics& unadjusted() {
  static const LangevinDynamics solver({.learning_rate = 0.02, .temperature = 0.05});
  return solver;
}

const LangevinDynamics& corrected() {
  static const LangevinDynamics solver(
      {.learning_rate = 0.2, .temperature = 0.5, .correction = Correction::metropolis});
  return solver;
}

}  // namespace

TEST_CASE("Langevin dynamics keeps the promises of every solver") {
  const LangevinDynamics modelled({.learning_rate = 0.02, .modelled_batch = 3.0});
  const LangevinDynamics annealed({.learning_rate = schedules::cosine(0.05, 0.0, 150),
                                   .temperature = schedules::step_decay(0.5, 0.5, 20),
                                   .correction = Correction::metropolis});
  for (const LangevinDynamics& solver : {unadjusted(), corrected(), modelled, annealed}) {
    check_observed(solver);
    check_resumed(solver);
    check_starts(solver);
    check_wall(solver);
    check_one_gradient_a_step(solver);
    const auto x_for = [&](const RandomSource& random) {
      return run(capped_saddle(), solver, {1.0, 0.01}, {.stop = max_iterations(20), .random = random}).x;
    };
    CHECK(x_for(RandomSource(1)) != x_for(RandomSource(2)));
    CHECK(x_for(RandomSource(1)) != x_for(RandomSource(1, 1)));
  }
}

TEST_CASE("at temperature 0, but for rounding, it is gradient descent") {
  const auto saddle = capped_saddle();
  const Witness cold =
      watch(saddle, LangevinDynamics({.learning_rate = 0.05, .temperature = 1e-300}), {1.0, 0.01}, 100);
  CHECK(cold.points == watch(saddle, GradientDescent({.learning_rate = 0.05}), {1.0, 0.01}, 100).points);
}

TEST_CASE("a modelled batch is the temperature a/(2b), step by step") {
  const auto saddle = capped_saddle();
  // 0.125/(2 * 4) and the rates of the schedule halve together.
  const Witness modelled =
      watch(saddle, LangevinDynamics({.learning_rate = schedules::step_decay(0.125, 0.5, 10), .modelled_batch = 4.0}),
            {1.0, 0.01}, 50);
  const Witness direct = watch(saddle,
                               LangevinDynamics({.learning_rate = schedules::step_decay(0.125, 0.5, 10),
                                                 .temperature = schedules::step_decay(0.015625, 0.5, 10)}),
                               {1.0, 0.01}, 50);
  CHECK(modelled.points == direct.points);
}

TEST_CASE("unadjusted, a quadratic ends with the variance T/(lambda (1 - a lambda/2)) exactly") {
  // x' = (1 - a lambda) x + sqrt(2 a T) z.
  const std::vector<double> eigenvalues{0.5, 2.0, 6.0};
  const auto quadratic = diagonal_quadratic(eigenvalues);
  const double a = 0.25;
  const double temperature = 0.3;
  const LangevinDynamics solver({.learning_rate = a, .temperature = temperature});
  for (Index i = 0; i < 3; ++i) {
    const double lambda = eigenvalues[static_cast<std::size_t>(i)];
    check_mean(estimate_of_chain(squares_along(quadratic, solver, Vector(3), i, 1000, 200000, 1)),
               temperature / (lambda * (1.0 - 0.5 * a * lambda)), 0.015);
  }
}

TEST_CASE("with the Metropolis correction a quadratic has the variance T/lambda, whatever the rate") {
  // The Gibbs density exactly; at a = 1/lambda the unadjusted variance would be twice that.
  const auto quadratic = diagonal_quadratic({2.0, 2.0});
  for (const double a : {0.1, 0.5, 0.7}) {
    const LangevinDynamics solver({.learning_rate = a, .temperature = 0.3, .correction = Correction::metropolis});
    INFO("rate " << a);
    check_mean(estimate_of_chain(squares_along(quadratic, solver, {0.1, 0.1}, 1, 1000, 300000, 2)), 0.15, 0.02);
  }
}

TEST_CASE("with the correction a double well is visited as the Gibbs density says, by quadrature") {
  const double temperature = 0.3;
  double weights = 0.0;
  double squares = 0.0;
  for (int i = 0; i < 8000; ++i) {
    const double x = -4.0 + 0.001 * (i + 0.5);
    const double density = std::exp(-well(x) / temperature);
    weights += density;
    squares += density * x * x;
  }
  for (const double a : {0.2, 0.6}) {
    const LangevinDynamics solver(
        {.learning_rate = a, .temperature = temperature, .correction = Correction::metropolis});
    check_mean(estimate_of_chain(squares_along(double_well(), solver, {1.0}, 0, 1000, 300000, 3)), squares / weights,
               0.01);
  }
  // Without it the rate 0.2 is off by far more than the resolution of this test, and 0.6 explodes: the gradient grows
  // faster than x.
  const LangevinDynamics biased({.learning_rate = 0.2, .temperature = temperature});
  const Estimate off = estimate_of_chain(squares_along(double_well(), biased, {1.0}, 0, 1000, 300000, 3));
  CHECK(std::abs(off.mean - squares / weights) > 10.0 * off.standard_error);
  CHECK(run(double_well(), LangevinDynamics({.learning_rate = 0.6, .temperature = temperature}), {1.0}).end.id ==
        "non-finite");
}

TEST_CASE("a wall of infinite value is sampled against, not broken at") {
  // x^2/2 on x > 0: half a normal law, E x^2 = T.
  const auto half = functional(
      1, [](ConstVectorView x) { return x[0] > 0.0 ? 0.5 * x[0] * x[0] : INFINITY; },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] > 0.0 ? x[0] : NAN; });
  const LangevinDynamics solver({.learning_rate = 0.3, .temperature = 0.7, .correction = Correction::metropolis});
  check_mean(estimate_of_chain(squares_along(half, solver, {1.0}, 0, 1000, 300000, 4)), 0.7, 0.02);
}

TEST_CASE("a rejected proposal repeats the iterate and is counted") {
  const Witness witness = watch(capped_saddle(), corrected(), {1.0, 0.01}, 2000, RandomSource(5));
  int rejections = 0;
  for (std::size_t k = 1; k <= 2000; ++k) {
    const StepRecord& record = witness.records[k];
    CHECK(record.counts.gradients == k + 1);
    CHECK((record.step_norm == 0.0) == (witness.points[k] == witness.points[k - 1]));
    if (record.step_norm > 0.0) continue;
    ++rejections;
    CHECK(record.value == witness.records[k - 1].value);
    CHECK(std::isnan(record.curvature));
  }
  CHECK(rejections > 20);
  CHECK(rejections < 1000);
}

TEST_CASE("mean passage over a barrier: the chain's exact time, which is Kramers's integral as a goes to 0") {
  const auto objective = double_well();
  for (const double temperature : {0.1, 0.0625}) {
    const double continuous = mean_passage_time(well, temperature, -1.0, 1.0, -3.0);
    double last_error = 1.0;
    for (const double a : {0.2, 0.1, 0.05}) {
      const double steps = mean_passage_steps(well_derivative, a, temperature, -1.0, 1.0, -2.8, 500);
      const double error = std::abs(a * steps / continuous - 1.0);
      INFO("T " << temperature << ", a " << a << ": " << a * steps << " against " << continuous);
      CHECK(error < 0.5 * last_error);  // of first order in a, at least
      last_error = error;
    }
    CHECK(last_error < 0.02);
    const LangevinDynamics solver({.learning_rate = 0.1, .temperature = temperature});
    check_mean(estimate_of(passages(objective, solver, -1.0, 1.0, 2000)),
               mean_passage_steps(well_derivative, 0.1, temperature, -1.0, 1.0, -2.8, 500), 0.025);
  }
  // Arrhenius: the times at the two temperatures differ by about exp(h (1/T_2 - 1/T_1)) = e^1.5, the ratio of Kramers's
  // formula, whose corrections are of order T/h.
  CHECK(std::log(mean_passage_time(well, 0.0625, -1.0, 1.0, -3.0) / mean_passage_time(well, 0.1, -1.0, 1.0, -3.0)) ==
        Approx(0.25 * (16.0 - 10.0)).epsilon(0.15));
}

TEST_CASE("rate and modelled batch may grow together: the time to cross a barrier stays the same") {
  const auto objective = double_well();
  const auto time = [&](double a, double size) {
    const LangevinDynamics solver({.learning_rate = a, .modelled_batch = size});
    const Estimate steps = estimate_of(passages(objective, solver, -1.0, 1.0, 2000));
    INFO("rate " << a << ", batch " << size);
    check_mean(steps, mean_passage_steps(well_derivative, a, a / (2.0 * size), -1.0, 1.0, -2.8, 500), 0.03);
    return a * steps.mean;
  };
  const double base = time(0.05, 0.25);  // T = 0.1
  CHECK(time(0.1, 0.5) == Approx(base).epsilon(0.15));
  CHECK(time(0.1, 0.25) < 0.5 * base);
}

TEST_CASE("staged annealing is at equilibrium at the end of each stage") {
  // T = 1, 1/4, 1/16, 100 steps each; the memory of a stage fades like (1 - a lambda)^200 = 8e-10 in the variance.
  const auto parabola = diagonal_quadratic({1.0});
  const double a = 0.1;
  const LangevinDynamics solver({.learning_rate = a, .temperature = schedules::step_decay(1.0, 0.25, 100)});
  std::vector<std::vector<double>> squares(3);
  for (std::uint64_t run_index = 0; run_index < 4000; ++run_index) {
    Oracle oracle(parabola);
    const auto stepper = solver.start(oracle, {0.0}, RandomSource(6, run_index));
    for (std::vector<double>& stage : squares) {
      for (int k = 0; k < 100; ++k) stepper->step();
      const double x = stepper->current().x()[0];
      stage.push_back(x * x);
    }
  }
  double temperature = 1.0;
  for (const std::vector<double>& stage : squares) {
    check_mean(estimate_of(stage), temperature / (1.0 - 0.5 * a), 0.03);
    temperature /= 4.0;
  }
}

TEST_CASE("logarithmic annealing reaches the deeper well as often as its chain says, and hardly if it is too cold") {
  // A double well tilted by x/20; from the shallower minimum at 0.97 the barrier is 0.2. The law of x_k is propagated
  // exactly, by midpoints narrower than half of the narrowest transition. 5 binomial standard errors: 6e-7 each.
  const double a = 0.1;
  const Index steps = 1000;
  const auto derivative = [](double x) { return well_derivative(x) + 0.05; };
  const auto tilted = functional(
      1, [](ConstVectorView x) { return well(x[0]) + 0.05 * x[0]; },
      [&](ConstVectorView x, VectorView g) { g[0] = derivative(x[0]); });
  const Index cells = 200;
  const double h = 6.0 / static_cast<double>(cells);
  const auto node = [&](Index i) { return -3.0 + (static_cast<double>(i) + 0.5) * h; };
  const auto exact_share = [&](const Schedule& temperature) {
    Eigen::VectorXd density = Eigen::VectorXd::Zero(cells);
    for (Index k = 0; k < steps; ++k) {
      const double variance = 2.0 * a * temperature(k, {0.0});
      const double peak = h / std::sqrt(2.0 * 3.141592653589793 * variance);
      Eigen::VectorXd next = Eigen::VectorXd::Zero(cells);
      for (Index i = 0; i < (k == 0 ? 1 : cells); ++i) {
        const double from = k == 0 ? 0.97 : node(i);
        const double mass = k == 0 ? 1.0 : density[i];
        if (mass < 1e-14) continue;
        const double mean = from - a * derivative(from);
        for (Index j = 0; j < cells; ++j) {
          const double off = node(j) - mean;
          next[j] += mass * peak * std::exp(-0.5 * off * off / variance);
        }
      }
      density = next;
    }
    CHECK(density.sum() == Approx(1.0).epsilon(1e-6));
    return density.head(cells / 2).sum();  // x < 0
  };
  std::vector<double> shares;
  for (const double scale : {0.5, 0.15}) {
    const Schedule temperature = schedules::logarithmic(scale, 2.0);
    const LangevinDynamics solver({.learning_rate = a, .temperature = temperature});
    const int runs = 3000;
    int deeper = 0;
    for (std::uint64_t i = 0; i < runs; ++i) {
      const RunResult result =
          run(tilted, solver, {0.97}, {.stop = max_iterations(steps), .random = RandomSource(12, i)});
      deeper += result.x[0] < 0.0 ? 1 : 0;
    }
    const double share = exact_share(temperature);
    INFO("C = " << scale << ": " << deeper << " of " << runs << ", exact share " << share);
    CHECK(std::abs(deeper - runs * share) < 5.0 * std::sqrt(runs * share * (1.0 - share)));
    shares.push_back(share);
  }
  // C = 0.15 is below the depth: it freezes where it started.
  CHECK(shares[0] > 10.0 * shares[1]);
}

TEST_CASE("gradients of batches add their own temperature") {
  // f_i = x^2/2 +- 2x: x' = (1 - a) x - a xi + sqrt(2 a T) z with Var xi = 4/b.
  const auto sum = functional_sum(1, 10, [](Index i, ConstVectorView x, VectorView g) {
    const double tilt = i % 2 == 0 ? 2.0 : -2.0;
    g[0] += x[0] + tilt;
    return 0.5 * x[0] * x[0] + tilt * x[0];
  });
  const double a = 0.2;
  const double temperature = 0.1;
  for (const Index size : {1, 8}) {
    const LangevinDynamics solver({.learning_rate = a,
                                   .temperature = temperature,
                                   .batch = {.size = size, .sampling = Sampling::with_replacement}});
    const double expected =
        (2.0 * a * temperature + a * a * 4.0 / static_cast<double>(size)) / (1.0 - (1.0 - a) * (1.0 - a));
    check_mean(estimate_of_chain(squares_along(sum, solver, {0.0}, 0, 1000, 200000, 7)), expected, 0.015);
  }
  // What is shown is the batch's, and resuming changes nothing.
  const Minibatch batch{.size = 4};
  const LangevinDynamics solver({.learning_rate = a, .temperature = temperature, .batch = batch});
  const Witness whole = watch(sum, solver, {1.0}, 20, RandomSource(8));
  MinibatchSampler sampler(10, batch, RandomSource(8));
  for (std::size_t k = 0; k <= 20; ++k) {
    const std::span<const Index> terms = sampler.batch(static_cast<Index>(k));
    Vector gradient(1);
    CHECK(whole.records[k].value == sum.batch_value_and_gradient(terms, whole.points[k], gradient));
    CHECK(whole.gradients[k] == gradient);
    CHECK(whole.records[k].batch_size == terms.size());
    CHECK(std::isnan(whole.records[k].curvature));
  }
  for (const Index cut : {1, 2, 3, 10}) {
    Oracle oracle(sum);
    const auto stepper = solver.start(oracle, {1.0}, RandomSource(8));
    const StepRecord first = stepper->record();
    for (Index k = 0; k < cut; ++k) stepper->step();
    const std::vector<std::uint8_t> state = save_run(first, *stepper);
    const RunResult resumed =
        run(sum, solver, {1.0}, {.stop = max_iterations(20), .random = RandomSource(8), .state = state});
    CHECK(resumed.x == whole.points[20]);
  }
}

TEST_CASE("Langevin dynamics refuses wrong options") {
  using Solver = LangevinDynamics;
  CHECK_THROWS_AS(Solver({.learning_rate = 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .temperature = 0.1, .modelled_batch = 1.0}), std::invalid_argument);
  for (const double size : {0.0, -1.0, static_cast<double>(INFINITY), std::nan("")}) {
    CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .modelled_batch = size}), std::invalid_argument);
  }
  CHECK_THROWS_AS(Solver({.learning_rate = 0.1, .temperature = 0.1, .batch = {.size = -1}}), std::invalid_argument);
  CHECK_THROWS_AS(
      Solver({.learning_rate = 0.1, .temperature = 0.1, .batch = {.size = 1}, .correction = Correction::metropolis}),
      std::invalid_argument);
  CHECK_THROWS_AS(
      run(capped_saddle(), Solver({.learning_rate = 0.1, .temperature = 0.1, .batch = {.size = 1}}), {1.0, 1.0}),
      std::invalid_argument);
  CHECK_THROWS_AS(correction_of("barker"), std::invalid_argument);
}

TEST_CASE("by name Langevin dynamics shows all of its settings") {
  const solvers::Entry entry = solvers::langevin_dynamics();
  const Problem octopus = problems::make("octopus");
  using Settings = std::vector<std::pair<std::string, std::string>>;
  const auto settings_for = [&](const Parameters::Assignments& assignments) {
    const auto made = entry.make(Parameters(entry.name, entry.parameters, assignments), octopus);
    CHECK(made->name() == entry.name);
    return made->settings();
  };
  CHECK(settings_for({{"learning_rate", "0.25"}, {"modelled_batch", "8"}, {"batch_size", "2"}}) ==
        Settings{{"learning_rate", "0.25"},
                 {"modelled_batch", "8"},
                 {"batch_size", "2"},
                 {"sampling", "without-replacement"},
                 {"correction", "none"}});
  CHECK(settings_for(
            {{"temperature", "step-decay(initial=0.5, factor=0.5, interval=100)"}, {"correction", "metropolis"}})[1]
            .second == schedules::step_decay(0.5, 0.5, 100).text());
  CHECK(settings_for({})[1].second == "0.01");
  CHECK_THROWS_AS(settings_for({{"temperature", "0.1"}, {"modelled_batch", "8"}}), std::invalid_argument);
}
