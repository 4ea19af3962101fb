// Whether any solver claims what is not so: every registered solver, plain and certified, on every registered problem
// of at most 60 variables, from each of its starts; what it claims of the point that it returns is judged by a dense
// Hessian (tests/support/false_success.hpp).
//
//     bench_false_success [--budget GRADIENTS] [--seconds PER_RUN] [SOLVER ...]
//
// Solvers that do not end themselves are stopped at ||g|| <= 1e-6, every one at the budget (default 2000 gradients) or
// after 0.2 seconds. Prints a line for each refuted claim, and a table of how the runs ended.
#include "support/false_success.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace perigee;

struct Count {
  int runs = 0;
  int unsuitable = 0;  // the solver cannot be made for the problem, and says so
  int convergence = 0;
  int budget = 0;
  int breakdown = 0;
  int refuted = 0;
};

// What the solver's claims are about, read from its settings.
test::ClaimedTolerances tolerances_of(const Solver& solver) {
  test::ClaimedTolerances claimed;
  for (const auto& [name, value] : solver.settings()) {
    const auto number = parse_number(value);
    if (!number) continue;
    if (name == "gradient_threshold" || name == "gradient_tolerance") claimed.gradient = *number;
    if (name == "curvature" || name == "curvature_threshold") claimed.curvature = *number;
  }
  return claimed;
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::uint64_t budget = 2000;
  double seconds = 0.2;
  std::vector<std::string> names;
  for (int i = 1; i < argument_count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--budget" && i + 1 < argument_count) {
      budget = std::stoull(arguments[++i]);
    } else if (argument == "--seconds" && i + 1 < argument_count) {
      seconds = std::stod(arguments[++i]);
    } else {
      names.push_back(argument);
    }
  }
  if (names.empty()) {
    for (const solvers::Entry& entry : all_solvers::registry()) {
      names.push_back(entry.name);
      if (entry.name != "guided") names.push_back("certified(" + entry.name + ")");
    }
  }
  std::vector<Problem> problems;
  for (const problems::Entry& entry : problems::registry()) {
    Problem problem = problems::make(entry.name);
    if (problem.objective->dimension() <= 60) problems.push_back(std::move(problem));
  }
  std::printf("| solver | runs | unsuitable | convergence | budget | breakdown | refuted claims |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  int refuted = 0;
  for (const std::string& name : names) {
    Count count;
    for (const Problem& problem : problems) {
      for (const StartPoint& start : problem.starts) {
        RunResult result;
        test::ClaimedTolerances claimed;
        try {
          const auto solver = all_solvers::make(name, {}, problem);
          claimed = tolerances_of(*solver);
          StopRule stop = max_gradients(budget) | max_iterations(static_cast<Index>(budget)) | max_seconds(seconds);
          if (!solver->ends_itself()) stop = gradient_tolerance(1e-6) | stop;
          result = run(*problem.objective, *solver, start.x, {.stop = stop, .random = RandomSource(1)});
        } catch (const std::invalid_argument&) {
          ++count.unsuitable;
          continue;
        }
        ++count.runs;
        (result.end.end_class == EndClass::convergence ? count.convergence
         : result.end.end_class == EndClass::budget    ? count.budget
                                                       : count.breakdown)++;
        const std::string claim = test::refuted_claim(problem, result, claimed);
        if (claim.empty()) continue;
        ++count.refuted;
        std::fprintf(stderr, "%s on %s from %s: %s\n", name.c_str(), problem.name.c_str(), start.name.c_str(),
                     claim.c_str());
      }
    }
    refuted += count.refuted;
    std::printf("| `%s` | %d | %d | %d | %d | %d | %d |\n", name.c_str(), count.runs, count.unsuitable,
                count.convergence, count.budget, count.breakdown, count.refuted);
    std::fflush(stdout);
  }
  std::printf("\n%d refuted claims\n", refuted);
  return refuted == 0 ? 0 : 1;
}
