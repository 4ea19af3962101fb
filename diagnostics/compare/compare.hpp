// A first comparison of solvers: who reaches the target, how often, at what cost.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_COMPARE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_COMPARE_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/vector.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace perigee {

/// A registered problem or solver with its parameters: "octopus" or "octopus(dimension=5)" on the command line.
struct NamedChoice {
  std::string name;
  Parameters::Assignments assignments;
};

struct CompareOptions {
  std::vector<NamedChoice> problems{};  // each must know its optimal value
  std::vector<NamedChoice> solvers{};
  Index seeds = 20;              // runs a pair, seeds 0, ..., seeds - 1; >= 1
  std::uint64_t budget = 10000;  // gradient evaluations a run, >= 1
  double target = 1e-3;          // tau: solved where f <= f* + tau (f(x_0) - f*); in (0, 1)
  std::string start{};           // a start's name, "random" (drawn from the seed, the same for every solver), or
                                 // empty: the problem's first start
  unsigned threads = 1;          // >= 1; results do not depend on it
};

/// One (problem, solver) pair over all seeds.
struct ComparisonRow {
  std::string problem;
  std::string solver;
  Index runs = 0;
  Index successes = 0;
  double success_low = 0.0;  // 95% Wilson interval of the success probability
  double success_high = 0.0;
  // Medians to the target over all runs, failures counting as infinite: may be infinite.
  double median_gradients = 0.0;  // gradient evaluations alone
  double median_cost = 0.0;       // gradients + 2 Hessian-vector products + values/3
};

/// Runs every solver on every problem from the same starts with the same budget. Rows in the order
/// problem-major. Throws std::invalid_argument on unknown names, wrong parameters, or a problem without a
/// known optimal value. Cost: at most problems x solvers x seeds x budget gradients.
std::vector<ComparisonRow> compare(const CompareOptions& options);

}  // namespace perigee

#endif
