// From what a file says of a run back to the problem, the solver and the seed; and from a problem to the log of a run
// of it that says nothing.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RECORDED_RUN_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RECORDED_RUN_HPP

#include <perigee/diagnostics/compare/named_choice.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problem.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace perigee {

/// Entries of a configuration with this prefix are what was given to make the solver; those with "solver." are what its
/// settings came to.
inline constexpr std::string_view given_to_solver_prefix = "given-to-solver.";

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
