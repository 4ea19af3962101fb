// The settings of a solver as numbers, and the learning rate of plain gradient descent.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_FIXED_RATE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_FIXED_RATE_HPP

#include <perigee/lib/solver.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace perigee {

/// One of the solver's settings as it stands there; empty: it has none of that name.
std::string text_setting(const Solver& solver, std::string_view name);

/// The same as a number; nothing: it is none, or not one number.
std::optional<double> number_setting(const Solver& solver, std::string_view name);

/// The rate if the solver is gradient descent and its rate is one number.
std::optional<double> fixed_rate(const Solver& solver);

}  // namespace perigee

#endif
