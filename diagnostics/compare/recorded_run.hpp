// What a file says of a run, and from there back to the problem, the solver and the seed; and from a problem to the log
// of a run of it that says nothing.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RECORDED_RUN_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RECORDED_RUN_HPP

#include <perigee/diagnostics/compare/named_choice.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/solver.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace perigee {

/// Entries of a configuration with this prefix are what was given to make the solver; those with "solver." are what its
/// settings came to.
inline constexpr std::string_view given_to_solver_prefix = "given-to-solver.";

/// A run in words.
struct RunDescription {
  NamedChoice problem{};    // of the registry; without a name: an objective of somebody's own
  std::string objective{};  // what that is called
  NamedChoice solver{};
  std::string start{};
  std::uint64_t seed = 0;
  double gradient_tolerance = 0.0;
  std::uint64_t budget = 0;
};

/// The configuration that the functions below read. `made`: the solver as it was made of description.solver.
RunConfiguration configuration_of(const RunDescription& description, const Solver& made);

/// The problem that a recorded run was of, if it is in the registry; nothing otherwise.
std::optional<Problem> problem_of(const RunConfiguration& configuration);

/// The solver that a recorded run was of, as it can be made again on `problem`. Throws std::invalid_argument if the
/// settings recorded are not those of a registered solver.
NamedChoice solver_of(const RunConfiguration& configuration, const Problem& problem);

/// The seed that a recorded run was started with; 0 if it names none.
std::uint64_t seed_of(const RunConfiguration& configuration);

/// Writes what is known of the problem into the trajectory of a log.
void describe(const Problem& problem, Trajectory& trajectory);

}  // namespace perigee

#endif
