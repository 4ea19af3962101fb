// What the registry entries of the solvers share: descriptions of parameters, and defaults from the problem.
#ifndef PERIGEE_SOLVERS_ENTRY_SUPPORT_HPP
#define PERIGEE_SOLVERS_ENTRY_SUPPORT_HPP

#include <perigee/solvers/registry.hpp>

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee::solvers {

inline ParameterDescription positive(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name),
          .default_value = std::move(default_value),
          .least = std::numeric_limits<double>::min(),

          .summary = std::move(summary)};
}

inline ParameterDescription count(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name),
          .kind = ParameterKind::integer,
          .default_value = std::move(default_value),
          .least = 1,
          .greatest = 9e15,
          .summary = std::move(summary)};
}

inline ParameterDescription text(std::string name, std::string default_value, std::string summary) {
  return {.name = std::move(name),
          .kind = ParameterKind::text,
          .default_value = std::move(default_value),
          .summary = std::move(summary)};
}

// The parameter, or what the problem knows, or an error that says what to pass.
inline double given_or(const Parameters& parameters, const char* name, std::optional<double> known,
                       const Problem& problem, const char* solver) {
  if (parameters.has(name)) return parameters.real(name);
  if (known) return *known;
  throw std::invalid_argument(std::string(solver) + ": '" + name + "' must be set, because problem '" + problem.name +
                              "' does not know a value for it");
}

// The step that works, where the problem suggests one; the global constant may be far more careful.
inline std::optional<double> practical_gradient_lipschitz(const Problem& problem) {
  if (problem.suggested_step) return 1.0 / *problem.suggested_step;
  return problem.gradient_lipschitz;
}

// The learning rate that was asked for, or else the step that the problem suggests, or else 1/l.
inline Schedule schedule_or_known(const Parameters& parameters, const Problem& problem, const char* solver) {
  if (parameters.has("learning_rate")) return schedules::parse(parameters.text("learning_rate"));
  return 1.0 / given_or(parameters, "learning_rate", practical_gradient_lipschitz(problem), problem, solver);
}

}  // namespace perigee::solvers

#endif
