#include <perigee/diagnostics/cli/configured_run.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <stdexcept>

namespace perigee::cli {

namespace {

std::vector<std::string> names_of(const std::vector<ParameterDescription>& parameters) {
  std::vector<std::string> names;
  for (const ParameterDescription& parameter : parameters) names.push_back(parameter.name);
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Assigned {
  Parameters::Assignments problem;
  Parameters::Assignments solver;
};

Assigned assign(const RunCommandOptions& options) {
  // Unknown names are found here, so that a misspelt problem is not reported as a wrong parameter.
  const std::vector<std::string> of_problem = names_of(problems::entry_named(options.problem).parameters);
  const std::vector<std::string> of_solver = names_of(all_solvers::entry_named(options.solver).parameters);
  Assigned assigned;
  for (const std::string& text : options.assignments) {
    const auto [key, value] = parse_assignment(text);
    if (key.starts_with("problem.")) {
      assigned.problem.emplace_back(key.substr(8), value);
    } else if (key.starts_with("solver.")) {
      assigned.solver.emplace_back(key.substr(7), value);
    } else if (contains(of_problem, key) && contains(of_solver, key)) {
      throw std::invalid_argument("--set " + key + ": both " + options.problem + " and " + options.solver +
                                  " have it; write problem." + key + " or solver." + key);
    } else if (contains(of_problem, key)) {
      assigned.problem.emplace_back(key, value);
    } else if (contains(of_solver, key)) {
      assigned.solver.emplace_back(key, value);
    } else {
      std::vector<std::string> all = of_problem;
      all.insert(all.end(), of_solver.begin(), of_solver.end());
      const std::string nearest = nearest_name(key, all);
      std::string known;
      for (const std::string& name : all) known += (known.empty() ? "" : ", ") + name;
      throw std::invalid_argument("--set " + key + ": neither " + options.problem + " nor " + options.solver +
                                  " has it" + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?") +
                                  " (they take " + known + ")");
    }
  }
  return assigned;
}

Vector numbers_of(const std::string& text) {
  std::vector<double> numbers;
  std::size_t first = 0;
  while (first <= text.size()) {
    const std::size_t comma = std::min(text.find(',', first), text.size());
    const std::optional<double> number = parse_number(text.substr(first, comma - first));
    if (!number) {
      throw std::invalid_argument("--start: expected a number, got '" + text.substr(first, comma - first) + "'");
    }
    numbers.push_back(*number);
    first = comma + 1;
  }
  return Vector(ConstVectorView(numbers));
}

Vector start_from(const RunCommandOptions& options, const Problem& problem) {
  if (options.start.empty()) return problem.starts.at(0).x;
  if (options.start == "random") {
    if (!problem.random_start) throw std::invalid_argument("--start random: " + problem.name + " has no random start");
    RandomEngine engine = RandomSource(options.seed).engine("start");
    return problem.random_start(engine);
  }
  const bool named = std::any_of(problem.starts.begin(), problem.starts.end(),
                                 [&](const StartPoint& start) { return start.name == options.start; });
  const bool numeric = options.start.find_first_not_of("0123456789+-.,eEinfa") == std::string::npos;
  if (named || !numeric) return start_of(problem, options.start);
  Vector start = numbers_of(options.start);
  if (start.size() != problem.objective->dimension()) {
    throw std::invalid_argument("--start: " + problem.name + " has dimension " +
                                std::to_string(problem.objective->dimension()) + ", got " +
                                std::to_string(start.size()) + " numbers");
  }
  return start;
}

}  // namespace

ConfiguredRun configure(const RunCommandOptions& options) {
  const Assigned assigned = assign(options);
  ConfiguredRun configured;
  configured.problem = problems::make(options.problem, assigned.problem);
  configured.solver = all_solvers::make(options.solver, assigned.solver, configured.problem);
  configured.start = start_from(options, configured.problem);
  configured.configuration =
      configuration_of({.problem = {options.problem, assigned.problem},
                        .solver = {options.solver, assigned.solver},
                        .start = options.start.empty() ? configured.problem.starts.at(0).name : options.start,
                        .seed = options.seed,
                        .gradient_tolerance = options.gradient_tolerance,
                        .budget = options.budget},
                       *configured.solver);
  return configured;
}

}  // namespace perigee::cli
