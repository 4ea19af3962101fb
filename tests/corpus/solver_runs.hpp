// The same landscape under many methods: each ends near a known point, and its label is that point's.
#ifndef PERIGEE_TESTS_CORPUS_SOLVER_RUNS_HPP
#define PERIGEE_TESTS_CORPUS_SOLVER_RUNS_HPP

#include "construction.hpp"

#include <utility>

namespace perigee::corpus {

using SolverPointer = std::shared_ptr<const Solver>;

/// Methods with step sizes that suit curvatures up to `top`: momentum, quasi-Newton, conjugate gradients, two-point
/// steps, a trust region, Adam, and gradient descent by four line searches. Each with its name.
std::vector<std::pair<std::string, SolverPointer>> many_solvers(double top);

}  // namespace perigee::corpus

#endif
