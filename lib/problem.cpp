#include <perigee/lib/problem.hpp>

#include <stdexcept>

namespace perigee {

std::string_view name_of(StationaryType type) {
  switch (type) {
    case StationaryType::minimum:
      return "minimum";
    case StationaryType::strict_saddle:
      return "strict-saddle";
    case StationaryType::maximum:
      return "maximum";
    case StationaryType::degenerate:
      return "degenerate";
  }
  return "";
}

const Vector& start_of(const Problem& problem, const std::string& name) {
  std::string known;
  for (const StartPoint& start : problem.starts) {
    if (start.name == name) return start.x;
    known += (known.empty() ? "" : ", ") + start.name;
  }
  throw std::invalid_argument(problem.name + ": no start '" + name + "'; it has " + known);
}

Probe probe_of(const Problem& problem) {
  if (!problem.policy || problem.policy->action_count() > most_recorded_actions) return {};
  Probe probe;
  for (Index a = 0; a < problem.policy->action_count(); ++a) probe.names.push_back("pi_" + std::to_string(a));
  probe.measure = [policy = problem.policy](ConstVectorView x, VectorView pi) { policy->probabilities(x, pi); };
  return probe;
}

void annotate(Trajectory& trajectory, const Problem& problem, const Solver& solver) {
  trajectory.problem = problem.name;
  trajectory.solver = solver.name();
  trajectory.settings = solver.settings();
  trajectory.optimal_value = problem.optimal_value;
  trajectory.lower_bound = problem.optimal_value;
  const Probe probe = probe_of(problem);
  if (probe.names.empty()) return;
  trajectory.policy = PolicyInformation{probe.names, problem.policy->rewards(), problem.policy->optimal_action(),
                                        problem.policy->transform()};
}

}  // namespace perigee
