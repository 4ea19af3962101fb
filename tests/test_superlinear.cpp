#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/superlinear.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/registry.hpp>

#include <cmath>
#include <functional>

using namespace perigee;

namespace {

// ||grad f_t|| = norm(t).
Trajectory norms(Index count, const std::function<double(double)>& norm) {
  Trajectory trajectory;
  for (Index t = 0; t < count; ++t) {
    StepRecord record;
    record.iteration = t;
    record.gradient_norm = norm(static_cast<double>(t));
    trajectory.records.push_back(record);
  }
  return trajectory;
}

}  // namespace

TEST_CASE("a sequence of order q is told so, whether or not it goes on at the level of rounding") {
  for (const double q : {1.5, 1.618, 2.0, 3.0}) {
    // log norm = -q^t: of order q by construction.
    const auto norm = [q](double t) { return std::max(std::exp(-std::pow(q, t)), 1e-17); };
    const auto found = superlinear_end(norms(20, norm));
    CAPTURE(q);
    REQUIRE(found.has_value());
    CHECK_FALSE(superlinear_end(norms(20, norm), {.factor = 1e20}).has_value());
    CHECK(found->last - found->first == 3);
    // The step that reaches the level of rounding is cut short where it overshoots 1e-17.
    CHECK(found->order <= q * (1.0 + 1e-9));
    CHECK(found->order > 1.0 + 0.5 * (q - 1.0));
  }
}

TEST_CASE("linear rates, power laws and level curves are not superlinear, in noise of 0.2 of the logarithm either") {
  // By construction none is. With noise the last step of a rate of 1/2 would have to be 13.8 standard deviations (0.2
  // sqrt 2) too long.
  const std::function<double(double)> laws[] = {[](double t) { return std::exp(-0.7 * t); },
                                                [](double t) { return std::exp(-0.01 * t); },
                                                [](double t) { return 1.0 / (1.0 + t); }, [](double) { return 0.3; }};
  for (const auto& law : laws) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      RandomEngine engine = RandomSource(seed).engine("noise");
      const auto noisy = [&](double t) {
        Vector draw(1);
        fill_standard_normal(engine, draw);
        return law(t) * std::exp(0.2 * draw[0]);
      };
      CHECK_FALSE(superlinear_end(norms(60, noisy)).has_value());
    }
  }
}

TEST_CASE("gaps, minibatches and short runs tell nothing") {
  const auto quadratic = [](double t) { return std::exp(-std::pow(2.0, t)); };
  CHECK_FALSE(superlinear_end(norms(3, quadratic)).has_value());
  CHECK_FALSE(superlinear_end({}).has_value());
  Trajectory sparse = norms(5, quadratic);
  for (StepRecord& record : sparse.records) record.iteration *= 10;
  CHECK_FALSE(superlinear_end(sparse).has_value());
  Trajectory noisy = norms(5, quadratic);
  for (StepRecord& record : noisy.records) record.batch_size = 8;
  CHECK_FALSE(superlinear_end(noisy).has_value());
}

TEST_CASE("Newton's method converges superlinearly, gradient descent does not") {
  // Nocedal and Wright (2006), theorem 4.9: trust-region Newton methods end superlinearly at minima with a positive
  // definite Hessian.
  // Rosenbrock's valley makes the last steps unequal, and nothing is said of it: himmelblau is taken.
  const Problem problem = problems::make("himmelblau");
  for (const auto& [name, is_newton] :
       {std::pair("trust-region-newton-cg", true), std::pair("gradient-descent", false)}) {
    Recorder recorder;
    const auto solver = solvers::make(name, {}, problem);
    run(*problem.objective, *solver, problem.starts[0].x,
        {.stop = gradient_tolerance(1e-10) | max_iterations(3000), .observers = {&recorder}});
    CAPTURE(name);
    CHECK(superlinear_end(recorder.trajectory()).has_value() == is_newton);
    if (!is_newton) continue;
    const Diagnosis diagnosis = diagnose(recorder.trajectory(), problem.objective.get());
    const Finding* minimum = find_finding(diagnosis, "converged-minimum");
    REQUIRE(minimum != nullptr);
    CHECK(minimum->message.find("superlinearly, of order about") != std::string::npos);
  }
}
