#include <perigee/diagnostics/compare/recorded_run.hpp>

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <charconv>
#include <stdexcept>

namespace perigee {

std::optional<Problem> problem_of(const RunConfiguration& configuration) {
  std::string name;
  Parameters::Assignments assignments;
  for (const auto& [key, value] : configuration.entries) {
    if (key == "problem") name = value;
    if (key.starts_with("problem.")) assignments.emplace_back(key.substr(8), value);
  }
  for (const problems::Entry& entry : problems::registry()) {
    if (entry.name == name) return entry.make(Parameters(name, entry.parameters, assignments));
  }
  return std::nullopt;
}

NamedChoice solver_of(const RunConfiguration& configuration, const Problem& problem) {
  NamedChoice choice;
  Parameters::Assignments recorded;
  for (const auto& [key, value] : configuration.entries) {
    if (key == "solver") choice.name = value;
    if (key.starts_with("solver.")) recorded.emplace_back(key.substr(7), value);
    if (key.starts_with(given_to_solver_prefix))
      choice.assignments.emplace_back(key.substr(given_to_solver_prefix.size()), value);
  }
  // The settings recorded are the outcome of what was given: they tell whether this is that solver.
  if (all_solvers::make(choice.name, choice.assignments, problem)->settings() != recorded) {
    throw std::invalid_argument("the solver " + choice.name +
                                " of the recorded run cannot be made again: its settings are not those recorded");
  }
  return choice;
}

std::uint64_t seed_of(const RunConfiguration& configuration) {
  std::uint64_t seed = 0;
  for (const auto& [key, value] : configuration.entries) {
    if (key == "seed") std::from_chars(value.data(), value.data() + value.size(), seed);
  }
  return seed;
}

void describe(const Problem& problem, Trajectory& trajectory) {
  trajectory.problem = problem.name;
  trajectory.optimal_value = trajectory.lower_bound = problem.optimal_value;
  if (!problem.policy) return;
  const auto actions = static_cast<std::size_t>(problem.policy->action_count());
  if (!trajectory.policy || trajectory.policy->probability_columns.size() != actions) return;
  trajectory.policy->rewards = problem.policy->rewards();
  trajectory.policy->optimal_action = problem.policy->optimal_action();
  trajectory.policy->transform = problem.policy->transform();
}

}  // namespace perigee
