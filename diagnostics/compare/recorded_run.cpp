#include <perigee/diagnostics/compare/recorded_run.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/version.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <charconv>
#include <stdexcept>
#include <utility>

namespace perigee {

RunConfiguration configuration_of(const RunDescription& description, const Solver& made) {
  RunConfiguration configuration;
  const auto put = [&](std::string name, std::string text) {
    configuration.entries.emplace_back(std::move(name), std::move(text));
  };
  put("version", std::string(version()));
  if (description.problem.name.empty()) {
    put("objective", description.objective);
  } else {
    put("problem", description.problem.name);
  }
  for (const auto& [key, value] : description.problem.assignments) put("problem." + key, value);
  put("solver", description.solver.name);
  for (const auto& [key, value] : made.settings()) put("solver." + key, value);
  for (const auto& [key, value] : description.solver.assignments) put(std::string(given_to_solver_prefix) + key, value);
  put("start", description.start);
  put("seed", std::to_string(description.seed));
  put("gradient_tolerance", format_exact(description.gradient_tolerance));
  put("budget", std::to_string(description.budget));
  return configuration;
}

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
