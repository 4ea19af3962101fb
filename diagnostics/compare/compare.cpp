#include <perigee/diagnostics/compare/compare.hpp>
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

Vector start_for(const Problem& problem, const std::string& start, std::uint64_t seed) {
  if (start.empty()) return problem.starts.at(0).x;
  if (start != "random") return start_of(problem, start);
  if (!problem.random_start) {
    throw std::invalid_argument("compare: problem '" + problem.name + "' has no random start");
  }
  RandomEngine engine = RandomSource(seed).engine("start");
  return problem.random_start(engine);
}

// What a run spent until it reached the target; `never` if it did not.
struct Spent {
  double gradients = never;
  double cost = never;
};

Spent cost_of_run(const Problem& problem, const Solver& solver, const CompareOptions& options, std::uint64_t seed) {
  const Vector x0 = start_for(problem, options.start, seed);
  const double best = *problem.optimal_value;
  const double target = best + options.target * (problem.objective->value(x0) - best);
  const RunResult result =
      run(*problem.objective, solver, x0,
          {.stop = value_target(target) | max_gradients(options.budget), .random = RandomSource(seed)});
  // A solver that ends itself at the very iterate that reaches the target ends by its own criterion.
  if (!(result.value <= target)) return {};
  const auto gradients = static_cast<double>(result.counts.gradients);
  return {gradients, gradients + 2.0 * static_cast<double>(result.counts.hessian_vector_products) +
                         static_cast<double>(result.counts.values) / 3.0};
}

double median_of(std::vector<double> costs) {
  std::sort(costs.begin(), costs.end());
  const std::size_t n = costs.size();
  if (n % 2 == 1) return costs[n / 2];
  // The mean of a finite and an infinite cost is infinite: fewer than half the runs were solved for sure.
  return 0.5 * (costs[n / 2 - 1] + costs[n / 2]);
}

struct Pair {
  const Problem* problem;
  std::unique_ptr<Solver> solver;
};

}  // namespace

std::vector<ComparisonRow> compare(const CompareOptions& options) {
  if (options.seeds < 1)
    throw std::invalid_argument("compare: seeds must be >= 1, got " + std::to_string(options.seeds));
  if (options.budget < 1) throw std::invalid_argument("compare: budget must be >= 1");
  if (options.threads < 1) throw std::invalid_argument("compare: threads must be >= 1");
  if (!(options.target > 0.0 && options.target < 1.0)) {
    throw std::invalid_argument("compare: target must be in (0, 1), got " + format_number(options.target));
  }

  std::vector<Problem> problem_list;
  for (const NamedChoice& choice : options.problems) {
    problem_list.push_back(problems::make(choice.name, choice.assignments));
    const Problem& problem = problem_list.back();
    if (!problem.optimal_value) {
      throw std::invalid_argument("compare: the optimal value of problem '" + problem.name + "' is not known");
    }
    start_for(problem, options.start, 0);  // a wrong start is refused before anything runs
  }
  std::vector<Pair> pairs;
  for (const Problem& problem : problem_list) {
    for (const NamedChoice& choice : options.solvers) {
      pairs.push_back({&problem, all_solvers::make(choice.name, choice.assignments, problem)});
    }
  }

  // Every run has its own slot, so the order in which threads finish cannot matter.
  const auto seeds = static_cast<std::size_t>(options.seeds);
  std::vector<Spent> spent(pairs.size() * seeds);
  for_each_index(spent.size(), options.threads, [&](std::size_t job) {
    const Pair& pair = pairs[job / seeds];
    spent[job] = cost_of_run(*pair.problem, *pair.solver, options, job % seeds);
  });

  std::vector<ComparisonRow> rows;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    std::vector<double> gradients;
    std::vector<double> costs;
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      gradients.push_back(spent[p * seeds + seed].gradients);
      costs.push_back(spent[p * seeds + seed].cost);
    }
    const auto successes =
        static_cast<Index>(std::count_if(costs.begin(), costs.end(), [](double cost) { return cost < never; }));
    const auto [low, high] = statistics::wilson_interval(successes, options.seeds);
    rows.push_back({pairs[p].problem->name, pairs[p].solver->name(), options.seeds, successes, low, high,
                    median_of(std::move(gradients)), median_of(std::move(costs))});
  }
  return rows;
}

}  // namespace perigee
