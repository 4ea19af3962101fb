// The learning rate of plain gradient descent.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_FIXED_RATE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_FIXED_RATE_HPP

#include <perigee/lib/solver.hpp>

#include <optional>

namespace perigee {

/// The rate if the solver is gradient descent and its rate is one number.
std::optional<double> fixed_rate(const Solver& solver);

}  // namespace perigee

#endif
