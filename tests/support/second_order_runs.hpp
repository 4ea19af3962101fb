// What every second-order solver must achieve on known problems, and must not claim: one check a promise.
#ifndef PERIGEE_TESTS_SUPPORT_SECOND_ORDER_RUNS_HPP
#define PERIGEE_TESTS_SUPPORT_SECOND_ORDER_RUNS_HPP

#include "support/second_order.hpp"

#include <perigee/lib/problems/capped_saddle.hpp>
#include <perigee/lib/problems/monkey_saddle.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <numbers>
#include <set>

namespace perigee::test {

// Strongly convex, H diagonal and Lipschitz: sum_i exp(x_i) - (1 + 0.3 cos i) x_i + 0.05 i x_i^2.
inline auto convex_exponentials(Index n) {
  const auto shift = [](Index i) { return 1.0 + 0.3 * std::cos(static_cast<double>(i)); };
  return functional(
      n,
      [shift](ConstVectorView x) {
        double sum = 0.0;
        for (Index i = 0; i < x.size(); ++i) {
          sum += std::exp(x[i]) - shift(i) * x[i] + 0.05 * static_cast<double>(i) * x[i] * x[i];
        }
        return sum;
      },
      [shift](ConstVectorView x, VectorView g) {
        for (Index i = 0; i < x.size(); ++i) g[i] = std::exp(x[i]) - shift(i) + 0.1 * static_cast<double>(i) * x[i];
      },
      [](ConstVectorView x, ConstVectorView v, VectorView product) {
        for (Index i = 0; i < x.size(); ++i) product[i] = (std::exp(x[i]) + 0.1 * static_cast<double>(i)) * v[i];
      });
}

// -cos x_1 - 2 cos x_2 - 3 cos(x_3 + x_1): the Hessian's Lipschitz constant is at most 3 2^(3/2) + 2; every minimum is
// -6.
struct Waves {
  template <class T>
  T operator()(const T* x) const {
    using std::cos;
    return -cos(x[0]) - 2.0 * cos(x[1]) - 3.0 * cos(x[2] + x[0]);
  }
};
inline constexpr double waves_hessian_lipschitz = 6.0 * std::numbers::sqrt2 + 2.0;

// log ||g_{k+1}|| / log ||g_k|| at the last step above rounding: the order of convergence, the constants being of order
// 1. The solver's gradient tolerance must be 1e-10.
inline double last_order(const Objective& objective, const Solver& solver) {
  Watcher watcher;
  const RunResult result = run(objective, solver, Vector(objective.dimension()), {.observers = {&watcher}});
  CHECK(result.end.id == "second-order-stationary");
  double order = 0.0;
  for (std::size_t k = 0; k + 1 < watcher.seen.size(); ++k) {
    const double from = watcher.seen[k].gradient_norm;
    const double to = watcher.seen[k + 1].gradient_norm;
    if (from < 0.05 && to > 1e-14) order = std::log(to) / std::log(from);
  }
  return order;
}

inline Index count_jumps(const Watcher& watcher) {
  return std::count_if(watcher.seen.begin(), watcher.seen.end(),
                       [](const StepRecord& record) { return record.kind == StepKind::jump; });
}

// The contracts, on a saddle and in a valley.
inline void check_second_order_contracts(const Solver& solver) {
  const problems::CappedSaddle saddle;
  const problems::Rosenbrock valley(6);
  check_observation(saddle, solver, {1.0, 0.0});
  check_observation(valley, solver, {-1.2, 1.0, -1.2, 1.0, -1.2, 1.0});
  check_resume(saddle, solver, {1.0, 0.0});
  check_resume(saddle, solver, {0.0, 0.0});
  check_resume(valley, solver, {-1.2, 1.0, -1.2, 1.0, -1.2, 1.0});
  check_non_finite(solver);
  check_degenerate_uses(solver);
  CHECK(solver.ends_itself());
}

// From the saddle itself and from its stable manifold, on which no gradient has a component of escape: one jump, then
// the minimum, on either side.
inline void check_escape(const Solver& solver, Index most_iterations) {
  const problems::CappedSaddle saddle;
  std::set<bool> sides;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const double start : {0.0, 1.0}) {
      Watcher watcher;
      const RunResult result =
          run(saddle, solver, {start, 0.0}, {.random = RandomSource(seed), .observers = {&watcher}});
      INFO(result.end.message);
      CHECK(result.end.id == "second-order-stationary");
      CHECK(std::abs(result.x[1]) == Approx(std::numbers::sqrt2).epsilon(1e-6));
      CHECK(result.value == Approx(-1.0).epsilon(1e-10));
      CHECK(count_jumps(watcher) == 1);
      CHECK(result.iterations <= most_iterations);
      sides.insert(result.x[1] > 0.0);
    }
  }
  CHECK(sides.size() == 2);  // the side is random: all of one side has probability 2^-39
}

// A run that meets no small gradient but its last does not depend on the seed; one that jumps depends on nothing else.
inline void check_chance(const Solver& solver) {
  const problems::CappedSaddle saddle;
  const RunResult one = run(saddle, solver, {1.0, 0.5}, {.random = RandomSource(1)});
  const RunResult other = run(saddle, solver, {1.0, 0.5}, {.random = RandomSource(2)});
  CHECK(one.x == other.x);
  const RunResult jumped = run(saddle, solver, {0.0, 0.0}, {.random = RandomSource(1)});
  const RunResult again = run(saddle, solver, {0.0, 0.0}, {.random = RandomSource(1)});
  CHECK(jumped.x == again.x);
}

// The monkey saddle's Hessian vanishes: the end says so. From beside it the minimum is reached.
inline void check_degenerate_saddle(const Solver& solver) {
  const problems::MonkeySaddle monkey;
  const RunResult stuck = run(monkey, solver, {0.0, 0.0});
  CHECK(stuck.iterations == 0);
  CHECK(stuck.end.id == "second-order-stationary");
  CHECK(stuck.end.message.find("degenerate saddle is not excluded") != std::string::npos);
  const RunResult beside = run(monkey, solver, {0.5, 0.4});
  CHECK(beside.value == Approx(-27.0 / 256.0));
}

// Every saddle of the octopus is passed, from 20 random starts.
inline void check_octopus(const Solver& solver, Index most_iterations) {
  const problems::Octopus octopus({.dimension = 10, .smoothness = std::numbers::e});
  RandomEngine engine = RandomSource(1).engine("starts");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Vector start(10);
    for (Index i = 0; i < 10; ++i) start[i] = 2.0 * uniform_unit(engine) - 1.0;
    const RunResult result = run(octopus, solver, start, {.random = RandomSource(seed)});
    INFO(result.end.message);
    CHECK(result.value == Approx(-10.0 * octopus.drop()).epsilon(1e-9));
    CHECK(result.iterations <= most_iterations);
    CHECK(result.end.id == "second-order-stationary");
  }
}

// From the saddle, its stable manifold, and 1e-6 beside either, at condition numbers from 10 to 10^4. Cost: gradients +
// 2 products + values/3.
inline void check_ill_conditioned_saddle(const Solver& solver, double most_cost) {
  for (const double e : {1e-1, 1e-2, 1e-3, 1e-4}) {
    const auto f = ill_conditioned_saddle(10, e);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      for (const double first : {0.0, 1e-6}) {
        for (const double rest : {0.0, 1.0}) {
          Vector start(10);
          start.view().setConstant(rest);
          start[0] = first;
          const RunResult result = run(f, solver, start, {.random = RandomSource(seed)});
          INFO("e " << e << ": " << result.end.message);
          const auto& counts = result.counts;
          CHECK(static_cast<double>(counts.gradients + 2 * counts.hessian_vector_products) +
                    static_cast<double>(counts.values) / 3.0 <=
                most_cost);
          CHECK(result.value == Approx(-e * e).epsilon(1e-4));
          CHECK(result.end.id == "second-order-stationary");
        }
      }
    }
  }
}

// The chained Rosenbrock function in 100 variables has two minima: 0, and 3.9866.
inline void check_long_valley(const Solver& solver) {
  Vector start(100);
  for (Index i = 0; i < 100; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
  const problems::Rosenbrock chain(100);
  const RunResult result = run(chain, solver, start);
  INFO(result.end.message);
  CHECK(result.end.id == "second-order-stationary");
  CHECK(result.gradient_norm <= 1e-6);
  CHECK((result.value < 1e-9 || result.value == Approx(3.986623854)));
  CHECK(dense_lambda_min(chain, result.x) > 0.0);
}

// An independent look at the end of a run on every registered problem: gradient norm, and the smallest eigenvalue of
// the dense Hessian. The solver's tolerances must be the default ones.
inline void check_claims(const Solver& solver) {
  for (const problems::Entry& entry : problems::registry()) {
    const Problem problem = problems::make(entry.name);
    for (const StartPoint& start : problem.starts) {
      const RunResult result = run(*problem.objective, solver, start.x, {.stop = max_iterations(500)});
      INFO(entry.name << " from " << start.name << ": " << result.end.message);
      CHECK(result.end.message.find("minimum") == std::string::npos);
      if (result.end.end_class != EndClass::convergence) continue;
      CHECK(result.gradient_norm <= 1e-6);
      if (result.end.id == "second-order-stationary") CHECK(dense_lambda_min(*problem.objective, result.x) >= -1e-5);
    }
  }
}

}  // namespace perigee::test

#endif
